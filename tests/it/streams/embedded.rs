//! Streamed runs with the embedded server.

use crate::support::test_env::{Asst, Ran};
use serde_json::Value;

const TOOL: &str = r#"{"type":"function","function":{"name":"get_weather"}}"#;

struct Local {
    asst: Asst,
    assistant: String,
}

impl Local {
    fn new() -> Self {
        let asst = Asst::new();
        let assistant = asst.local(&["assistants", "create", "--model", "m", "--tool", TOOL]).ok().id();
        Self { asst, assistant }
    }

    /// Runs the assistant on a new thread with a message.
    fn say(&self, text: &str, flags: &[&str]) -> Ran {
        let create = ["threads", "create-and-run", "--assistant-id", &self.assistant, "--thread-message", text];
        self.asst.local(&[&create[..], flags].concat())
    }
}

#[test]
fn run_is_streamed_in_the_order_of_the_protocol() {
    let local = Local::new();
    assert_eq!(local.say("hello there", &["--stream"]).ok().stdout, "hello there\n");
    let events = local.say("hello there", &["--stream", "-o", "jsonl"]).ok().stdout;
    let events: Vec<Value> = events.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    let mut names: Vec<&str> = events.iter().map(|event| event["event"].as_str().unwrap()).collect();
    names.dedup();
    assert_eq!(
        names,
        [
            "thread.created",
            "thread.run.created",
            "thread.run.queued",
            "thread.run.in_progress",
            "thread.run.step.created",
            "thread.run.step.in_progress",
            "thread.message.created",
            "thread.message.in_progress",
            "thread.message.delta",
            "thread.message.completed",
            "thread.run.step.completed",
            "thread.run.completed",
            "done",
        ]
    );
    let thread = events[0]["data"]["id"].as_str().unwrap();
    assert!(local.asst.local(&["threads", "list"]).ok().ids().contains(&thread.to_owned()));
}

#[test]
fn run_with_a_tool_call_continues_with_its_outputs() {
    let local = Local::new();
    let ran = local.say("call get_weather {\"city\":\"Paris\"}", &["--stream", "-o", "json"]).code(24);
    let run = ran.json();
    let id = |value: &Value| value.as_str().unwrap().to_owned();
    let call = id(&run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"]);
    let (thread, run) = (id(&run["thread_id"]), id(&run["id"]));
    let output = format!("{call}=18 degrees");
    let submitted =
        local.asst.local(&["runs", "submit-tool-outputs", &thread, &run, "--tool-output", &output, "--stream"]).ok();
    assert!(submitted.stdout.contains("18 degrees"), "{}", submitted.text());
    submitted.says("note: get_weather({\"city\":\"Paris\"}) = 18 degrees");
}

#[test]
fn each_way_to_follow_a_run_ends_with_the_same_code() {
    let local = Local::new();
    for (text, code) in [("fail", 20), ("incomplete", 21)] {
        for way in ["--stream", "--wait"] {
            local.say(text, &[way]).code(code);
        }
    }
}
