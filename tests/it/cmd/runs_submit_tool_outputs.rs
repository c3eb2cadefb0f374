//! `asst runs submit-tool-outputs`: outputs that a run does not accept.

use crate::bad_input::refused;
use crate::support::test_env::Asst;
use serde_json::Value;

/// Creates a run that waits for the output of one tool call. Returns the IDs of the thread, the run, and the call.
fn waiting(asst: &Asst) -> [String; 3] {
    let tool = r#"{"type":"function","function":{"name":"f"}}"#;
    let assistant = asst.local(&["assistants", "create", "--model", "m", "--tool", tool]).ok().id();
    let begin = ["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", "call f"];
    let run = asst.local(&[&begin[..], &["--wait", "-o", "json"]].concat()).code(24).json();
    let call = &run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"];
    [&run["thread_id"], &run["id"], call].map(|id: &Value| id.as_str().unwrap().to_owned())
}

#[test]
fn invalid_tool_outputs_are_refused_before_any_request() {
    let submit = ["runs", "submit", "thread_1", "run_1"];
    for (flags, says) in [
        (&[][..], "Missing required parameter: 'tool_outputs'"),
        (&["--tool-output", "call_1"], "expected CALL_ID=TEXT"),
        (
            &["--tool-outputs", r#"[{"tool_call_id":"call_1","output":{"a":1}}]"#],
            "'tool_outputs[0].output': expected a string",
        ),
        (
            &["--tool-outputs", r#"[{"tool_call_id":"call_1","output":5}]"#],
            "'tool_outputs[0].output': expected a string",
        ),
        (&["--tool-outputs", r#"{"x":1}"#], "'tool_outputs': expected an array"),
    ] {
        refused(&Asst::new(), &[&submit[..], flags].concat()).code(2).says(says);
    }
}

#[test]
fn submit_takes_exactly_the_pending_outputs_of_a_waiting_run() {
    let asst = Asst::new();
    let [thread, run, call] = &waiting(&asst);
    let output = |call: &str| format!("{call}=x");
    let (right, wrong) = (output(call), output("call_0"));
    let submit = |flags: &[&str]| asst.local(&[&["runs", "submit", thread, run], flags].concat());
    for flags in [
        &["--tool-outputs", "[]"][..],
        &["--tool-outputs", r#"[{"output":"x"}]"#],
        &["--tool-output", &wrong],
        &["--tool-output", &right, "--tool-output", &wrong],
        &["--tool-output", &right, "--tool-output", &right],
    ] {
        submit(flags).code(5).says(&format!("Expected tool outputs for call_ids ['{call}'], got ["));
    }
    assert_eq!(submit(&["--tool-output", &right, "--wait"]).ok().stdout, "f: x\n");
    submit(&["--tool-output", &right]).code(12).says("Runs in status \"completed\" do not accept tool outputs.");
}
