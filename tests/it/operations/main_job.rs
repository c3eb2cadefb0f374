//! The main job: assistant, thread, message, run and answer, in one test.

use crate::support::test_env::{Asst, Ran, eventually, served};
use serde_json::{Value, json};
use std::collections::BTreeSet;

const WEATHER: &str = r#"{"type":"function","function":{"name":"weather","parameters":{"type":"object"}}}"#;

pub(crate) type Do<'a> = dyn Fn(&[&str]) -> Ran + 'a;

#[track_caller]
pub(crate) fn ends(run: &Do, thread: &str, id: &str, status: &str) -> Value {
    eventually(status, || {
        Some(run(&["runs", "get", thread, id, "-o", "json"]).ok().json()).filter(|run| run["status"] == status)
    })
}

/// Runs the main job, with each operation at least once.
pub(crate) fn main_job(asst: &Asst, run: &Do) {
    let assistant = run(&["assistants", "create", "--model", "echo", "--name", "HR", "--tool", WEATHER]).ok().id();
    assert_eq!(run(&["assistants", "get", &assistant]).ok().id(), assistant);
    let changed =
        run(&["assistants", "update", &assistant, "--description", "d", "--unset", "name", "-o", "json"]).ok().json();
    assert_eq!(
        (&changed["description"], &changed["name"], &changed["model"]),
        (&json!("d"), &json!(null), &json!("echo"))
    );
    assert_eq!(run(&["assistants", "list"]).ok().ids(), [assistant.as_str()]);
    asst.file("handbook.md", "# Handbook\nRest on Sundays.\n");
    let file = run(&["files", "upload", "handbook.md", "-o", "json"]).ok().json();
    assert_eq!(
        (&file["filename"], &file["bytes"], &file["purpose"]),
        (&json!("handbook.md"), &json!(28), &json!("assistants"))
    );
    let file = file["id"].as_str().unwrap().to_owned();
    assert_eq!(run(&["files", "get", &file]).ok().id(), file);
    assert_eq!(run(&["files", "list", "--purpose", "assistants"]).ok().ids(), [file.as_str()]);
    assert_eq!(run(&["files", "list", "--purpose", "vision"]).ok().stdout, "");
    let thread = run(&["threads", "create", "--message", "hello", "--metadata", "team=hr"]).ok().id();
    let changed = run(&["threads", "update", &thread, "--metadata", "team=it", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "team": "it" }));
    assert_eq!(run(&["threads", "get", &thread, "--jq", ".metadata.team"]).ok().stdout, "it\n");
    let attached = format!("{file}=file_search");
    let message =
        run(&["messages", "create", &thread, "--content", "@not a file", "--attachment", &attached]).ok().id();
    let shown = run(&["messages", "get", &thread, &message, "-o", "json"]).ok().json();
    assert_eq!(shown["content"][0]["text"]["value"], "@not a file");
    assert_eq!(shown["attachments"][0]["file_id"], json!(file));
    let changed = run(&["messages", "update", &thread, &message, "--metadata", "a=b", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "a": "b" }));
    assert_eq!(run(&["messages", "list", &thread, "--order", "asc"]).ok().ids().last(), Some(&message));
    // A completed run, with its steps.
    let first = run(&["runs", "create", &thread, "--assistant-id", &assistant]).ok().id();
    ends(run, &thread, &first, "completed");
    let changed = run(&["runs", "update", &thread, &first, "--metadata", "a=b", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "a": "b" }));
    assert_eq!(run(&["runs", "list", &thread]).ok().ids(), [first.as_str()]);
    let step = run(&["steps", "list", &thread, &first]).ok().id();
    assert_eq!(run(&["steps", "get", &thread, &first, &step]).ok().id(), step);
    let answer = run(&["messages", "list", &thread, "--run-id", &first, "-o", "json"]).ok().json();
    assert_eq!(answer[0]["content"][0]["text"]["value"], "@not a file");
    // A run with two calls. Both outputs are submitted at once.
    let question = "What's the weather?\ncall weather {\"place\":\"SF\"}\ncall weather {\"place\":\"LA\"}";
    let both =
        run(&["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", question, "-o", "json"]);
    let both = both.ok().json();
    let (requests, id) = (both["thread_id"].as_str().unwrap(), both["id"].as_str().unwrap());
    let waiting = ends(run, requests, id, "requires_action");
    let calls: Vec<&str> = waiting["required_action"]["submit_tool_outputs"]["tool_calls"]
        .as_array()
        .unwrap()
        .iter()
        .map(|call| call["id"].as_str().unwrap())
        .collect();
    assert_eq!(calls.len(), 2);
    let output = |at: usize, text: &str| format!("{}={text}", calls[at]);
    run(&["runs", "submit", requests, id, "--tool-output", &output(0, "57")]).code(5);
    asst.file("rain.txt", "0.06");
    run(&[
        "runs",
        "submit",
        requests,
        id,
        "--tool-output",
        &output(0, "57"),
        "--tool-output-file",
        &output(1, "rain.txt"),
    ])
    .ok();
    ends(run, requests, id, "completed");
    let answer = run(&["messages", "list", requests, "--limit", "1", "-o", "json"]).ok().json();
    let text = answer[0]["content"][0]["text"]["value"].as_str().unwrap().to_owned();
    assert!(text.contains("57") && text.contains("0.06"), "{text}");
    assert_eq!(run(&["steps", "list", requests, id, "--jq", ".[].type"]).ok().stdout, "message_creation\ntool_calls\n");
    // A run that is cancelled while it is stuck.
    run(&["messages", "create", &thread, "--content", "stuck"]).ok();
    let stuck = run(&["runs", "create", &thread, "--assistant-id", &assistant]).ok().id();
    run(&["messages", "create", &thread, "--content", "more"]).code(12).says("while a run ");
    run(&["runs", "create", &thread, "--assistant-id", &assistant]).code(12).says("already has an active run");
    run(&["runs", "cancel", &thread, &stuck]).ok();
    ends(run, &thread, &stuck, "cancelled");
    run(&["runs", "cancel", &thread, &stuck]).code(12);
    // The ledger also has the thread that `create-and-run` created.
    let listed: BTreeSet<String> = run(&["threads", "list"]).ok().ids().into_iter().collect();
    assert_eq!(listed, BTreeSet::from([thread.clone(), requests.to_owned()]));
    // Deletions come last.
    run(&["messages", "delete", &thread, &message]).ok();
    run(&["messages", "get", &thread, &message]).code(3);
    run(&["threads", "delete", &thread, requests]).ok();
    run(&["files", "delete", &file]).ok();
    run(&["assistants", "delete", &assistant]).ok();
    run(&["assistants", "get", &assistant]).code(3);
    assert_eq!(run(&["assistants", "list"]).ok().stdout, "");
    assert_eq!(run(&["threads", "list"]).ok().stdout, "");
    run(&["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn the_main_job_works_in_process() {
    let asst = Asst::new();
    main_job(&asst, &|args| asst.local(args));
}

#[test]
fn the_main_job_works_on_a_separate_server() {
    let (_server, asst) = served(&[]);
    main_job(&asst, &|args| asst.run(args.iter().copied()));
}

#[test]
fn expired_failed_and_incomplete_runs_release_the_thread() {
    let (_server, asst) = served(&["--run-expiry", "3s"]);
    let run = |args: &[&str]| asst.run(args.iter().copied());
    let assistant = run(&["assistants", "create", "--model", "echo"]).ok().id();
    let mut begun = Vec::new();
    for (text, status) in [("stuck", "expired"), ("fail on purpose", "failed"), ("incomplete", "incomplete")] {
        let made =
            run(&["threads", "run", "--assistant-id", &assistant, "--thread-message", text, "-o", "json"]).ok().json();
        begun.push((made["thread_id"].as_str().unwrap().to_owned(), made["id"].as_str().unwrap().to_owned(), status));
    }
    for (thread, id, status) in &begun {
        let ended = ends(&run, thread, id, status);
        match *status {
            "failed" => assert_eq!(ended["last_error"]["message"], "on purpose"),
            "incomplete" => assert!(ended["incomplete_details"]["reason"].is_string(), "{ended}"),
            _ => {}
        }
        // The end of the run released the lock of the thread.
        run(&["messages", "create", thread, "--content", "more"]).ok();
        run(&["runs", "submit", thread, id, "--tool-output", "call_1=x"]).code(12);
    }
}
