//! Invalid arguments, the form of their errors, and a closed standard output.

use super::refused;
use crate::support::test_env::{Asst, shows};
use std::io::Read;
use std::process::Stdio;

#[test]
fn a_key_is_refused_as_an_argument_and_not_repeated() {
    let ran = Asst::new().run(["threads", "list", "--api-key", "sk-secret"]);
    assert!(!ran.stderr.contains("sk-secret"));
    shows!(ran, @r"
    --- stderr ---
    error: unexpected argument '--api-key' found
      hint: usage: asst threads list [OPTIONS]
    exit 2
    ");
}

#[test]
fn a_filter_after_quiet_is_refused_with_a_hint() {
    shows!(Asst::new().run(["threads", "list", "-q", ".id"]), @r"
    --- stderr ---
    error: unexpected argument '.id' found
      hint: -q silences stderr; for a filter use --jq '.id'
    exit 2
    ");
}

#[test]
fn an_invalid_jq_filter_is_refused_with_its_position() {
    shows!(Asst::new().run(["threads", "list", "--jq", ".id |"]), @r"
    --- stderr ---
    error: invalid value '.id |' for '--jq <EXPR>': expected term, found the end at character 6 of `.id |`
    exit 2
    ");
}

#[test]
fn a_misspelt_command_is_refused_with_similar_names() {
    shows!(Asst::new().run(["thread", "lsit"]), @r"
    --- stderr ---
    error: unrecognized subcommand 'lsit'
      hint: some similar subcommands exist: 'ls', 'list'
    exit 2
    ");
    shows!(Asst::new().run(["messages", "get", "thread_1"]), @r"
    --- stderr ---
    error: expected THREAD_ID MESSAGE_ID, found 1 IDs
    exit 2
    ");
}

#[test]
fn errors_are_json_if_the_output_is_json() {
    let unreachable = Asst::with_backend("http://127.0.0.1:1/v1");
    shows!(Asst::new().run(["threads", "get", "thread_1", "-o", "json"]), @r#"
    --- stderr ---
    {"error":{"exit_code":4,"kind":"not_permitted","message":"no profile is chosen and the environment names no backend","status":null,"type":null,"code":null,"param":null,"request_id":null,"hint":"set OPENAI_API_KEY, or choose a profile of config.toml with --profile NAME, or use the embedded server with --local","retryable":false}}
    exit 4
    "#);
    shows!(refused(&Asst::new(), &["assistants", "create", "--model", "m", "--temperature", "3", "-ojson"]), @r#"
    --- stderr ---
    {"error":{"exit_code":2,"kind":"usage","message":"Invalid 'temperature': decimal above maximum value. Expected a value <= 2, but got 3.0 instead.","status":null,"type":null,"code":"decimal_above_max_value","param":"temperature","request_id":null,"hint":"set it with --temperature","retryable":false}}
    exit 2
    "#);
    shows!(unreachable.run(["threads", "get", "run_1", "-o", "jsonl"]), @r#"
    --- stderr ---
    {"error":{"exit_code":2,"kind":"usage","message":"expected a thread ID, got a run ID: run_1","status":null,"type":null,"code":null,"param":null,"request_id":null,"hint":"pass --any-id to send it anyway","retryable":false}}
    exit 2
    "#);
    shows!(unreachable.run(["threads", "gte", "--output=json"]), @r#"
    --- stderr ---
    {"error":{"exit_code":2,"kind":"usage","message":"unrecognized subcommand 'gte'","status":null,"type":null,"code":null,"param":null,"request_id":null,"hint":"the commands are list, create, get, update, delete, prune, create-and-run","retryable":false}}
    exit 2
    "#);
}

#[test]
fn a_closed_standard_output_is_no_failure() {
    let rows: String = (0..20_000).map(|n| format!("thread_{n:024}\n")).collect();
    let asst = Asst::new();
    asst.fed(rows, &["ledger", "import", "-", "--origin", "somewhere"]).ok();
    let mut child = asst.command(["ledger", "list", "-o", "jsonl"]).stdout(Stdio::piped()).spawn().unwrap();
    let mut first = [0; 10];
    child.stdout.take().unwrap().read_exact(&mut first).unwrap();
    let ran = asst.ran(child.wait_with_output().unwrap());
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

#[test]
fn a_dash_among_ids_is_refused_before_the_request() {
    let listener = crate::support::mock_server::MockServer::scripted([]);
    let asst = Asst::with_backend(&listener.url());
    for args in [["threads", "get", "thread_1", "-"], ["threads", "get", "-", "-"], ["messages", "get", "-", "msg_1"]] {
        asst.run(args).code(2);
    }
    let ran = asst.run(["threads", "get", "thread_1", "-q", ".id"]).code(2);
    ran.says("hint: -q silences stderr; for a filter use --jq '.id'");
    assert_eq!(listener.lines().len(), 0);
}

#[test]
fn an_unknown_command_without_a_similar_name_lists_all_commands() {
    shows!(refused(&Asst::new(), &["runs", "follow"]), @r"
    --- stderr ---
    error: unrecognized subcommand 'follow'
      hint: the commands are list, create, get, update, cancel, prune, submit-tool-outputs, wait
    exit 2
    ");
    refused(&Asst::new(), &["zzz"]).code(2).says("assistants, threads, messages, ");
}

/// The number of items and the size of a page are different flags, but the API calls the page size `limit`.
#[test]
fn an_invalid_number_is_reported_with_its_own_flag() {
    shows!(refused(&Asst::new(), &["assistants", "list", "--limit", "0"]), @r"
    --- stderr ---
    error: invalid value '0' for '--limit <N>': expected a whole number of at least 1, got `0`
    exit 2
    ");
    refused(&Asst::new(), &["assistants", "list", "--page-size", "101"]).code(2).says("hint: set it with --page-size");
}

#[test]
fn an_invalid_tool_output_is_reported_with_its_own_flag() {
    for (flag, value, said) in [
        ("--tool-output", "text", "'--tool-output <CALL_ID=TEXT>': expected CALL_ID=TEXT"),
        ("--tool-output", "=text", "'--tool-output <CALL_ID=TEXT>': the call id before `=` is empty"),
        ("--tool-output-file", "path", "'--tool-output-file <CALL_ID=PATH>': expected CALL_ID=PATH"),
        ("--tool-output-file", "=path", "'--tool-output-file <CALL_ID=PATH>': the call id before `=` is empty"),
    ] {
        let args = ["runs", "submit-tool-outputs", "thread_1", "run_1", flag, value];
        refused(&Asst::new(), &args).code(2).says(said);
    }
}
