//! Hostile JSON in files and flags.

use super::{RAW, disguised, function, nested};
use crate::support::test_env::Asst;
use serde_json::{Value, json};

#[test]
fn a_body_is_sent_unchanged() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1");
    for inside in [disguised(), vec![nested(100, 10)]].concat() {
        let body = json!({ "model": "m", "tools": [function(&inside)] }).to_string();
        let path = asst.file("body.json", &body);
        let given = format!("@{}", path.display());
        let shown = asst.run(["assistants", "create", "--body", &given, "--dry-run", "-o", "json"]).ok();
        let inside = inside.to_string().split_whitespace().collect::<String>();
        assert!(shown.stdout.split_whitespace().collect::<String>().contains(&inside), "{}", shown.text());
    }
}

#[test]
fn a_flag_with_deep_json_is_refused_with_line_and_column() {
    let asst = Asst::new();
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    let path = asst.file("deep.json", format!("{{\"a\":\n{deep}}}"));
    let given = format!("@{}", path.display());
    for flag in ["--body", "--response-format"] {
        asst.run(["assistants", "create", flag, &given]).code(2).says("nested too deep").says("line 2, column 160");
    }
}

#[test]
fn an_import_reads_ids_from_hostile_json_lines() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1");
    let mut lines = String::new();
    for (n, inside) in [disguised(), vec![nested(100, 10)]].concat().iter().enumerate() {
        let id = format!("thread_{n:024}");
        lines.push_str(&json!({ "id": id, "object": "thread", "created_at": 1_700_000_000, "x": inside }).to_string());
        lines.push('\n');
    }
    asst.fed(&lines, &["ledger", "import", "-"]).ok();
    let ids = asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().ids();
    assert_eq!(ids.len(), lines.lines().count());
}

#[test]
fn hostile_tool_outputs_and_logs_do_not_crash_the_command() {
    let asst = Asst::new();
    let entry = json!({ "name": "f", "arguments": nested(100, 10).to_string(), "output": "1", "x": nested(100, 10) });
    let log = asst.file("log.jsonl", format!("{entry}\n"));
    let replay = log.to_str().unwrap();
    // The log is read before a request is sent.
    let args = ["runs", "create", "thread_1", "--assistant-id", "a", "--replay", replay, "--stream"];
    let ran = asst.run(args);
    assert!(ran.code.is_some(), "{}", ran.text());
    let outputs: Value = json!([{ "tool_call_id": "call_1", "output": "x", RAW: "[" }]);
    let ran = asst.run(["runs", "submit", "thread_1", "run_1", "--tool-outputs", &outputs.to_string(), "--dry-run"]);
    assert!(ran.code.is_some(), "{}", ran.text());
}
