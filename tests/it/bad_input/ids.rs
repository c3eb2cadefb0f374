//! Invalid IDs, and IDs of another kind of object.

use super::refused;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, shows};

#[test]
fn an_id_of_another_kind_is_refused() {
    shows!(refused(&Asst::new(), &["threads", "get", "run_abc"]), @r"
    --- stderr ---
    error: expected a thread ID, got a run ID: run_abc
      hint: pass --any-id to send it anyway
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "list", "run_abc"]), @r"
    --- stderr ---
    error: expected a thread ID, got a run ID: run_abc
      hint: pass --any-id to send it anyway
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "get", "thread_1", "run_abc"]), @r"
    --- stderr ---
    error: expected a message ID, got a run ID: run_abc
      hint: pass --any-id to send it anyway
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "delete", "thread_1", "asst_1"]), @r"
    --- stderr ---
    error: expected a thread ID, got an assistant ID: asst_1
      hint: pass --any-id to send it anyway
    exit 2
    ");
}

#[test]
fn the_flag_any_id_disables_the_prefix_check() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "get", "run_abc", "--any-id"]).ok();
    assert_eq!(listener.lines(), ["GET /v1/threads/run_abc"]);
}

#[test]
fn an_id_that_would_change_the_path_is_refused() {
    shows!(refused(&Asst::new(), &["threads", "get", "thread_1/runs"]), @r"
    --- stderr ---
    error: `thread_1/runs` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 9, found '/'
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", "../files"]), @r"
    --- stderr ---
    error: `../files` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 1, found '.'
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "delete", ".."]), @r"
    --- stderr ---
    error: `..` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 1, found '.'
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", "thread_1\nthread_2"]), @r"
    --- stderr ---
    error: `thread_1\nthread_2` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 9, found '\n'
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", "thread_1?x=1"]), @r"
    --- stderr ---
    error: `thread_1?x=1` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 9, found '?'
    exit 2
    ");
    shows!(refused(&Asst::new(), &["threads", "get", ""]), @r"
    --- stderr ---
    error: the thread ID cannot be empty
    exit 2
    ");
    shows!(refused(&Asst::new(), &["runs", "get", "thread_1", ""]), @r"
    --- stderr ---
    error: the run ID cannot be empty
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "list", ""]), @r"
    --- stderr ---
    error: invalid value '' for '<THREAD_ID>': the thread ID cannot be empty
    exit 2
    ");
    shows!(refused(&Asst::new(), &["messages", "list", "thread_%2e%2e"]), @r"
    --- stderr ---
    error: invalid value 'thread_%2e%2e' for '<THREAD_ID>': `thread_%2e%2e` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 8, found '%'
    exit 2
    ");
    shows!(refused(&Asst::new(), &["files", "content", "file-1/../x"]), @r"
    --- stderr ---
    error: invalid value 'file-1/../x' for '<FILE_ID>': `file-1/../x` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 7, found '/'
    exit 2
    ");
}

#[test]
fn an_error_does_not_repeat_an_id_of_ten_thousand_characters() {
    let id = "x".repeat(10_000);
    let ran = refused(&Asst::new(), &["threads", "get", &id]).code(2);
    assert!(ran.stderr.len() < 1_000, "the id is repeated whole: {} bytes", ran.stderr.len());
    let thread = format!("thread_{id}");
    let ran = refused(&Asst::new(), &["messages", "list", &thread]).code(2);
    assert!(ran.stderr.len() < 1_000, "the id is repeated whole: {} bytes", ran.stderr.len());
}

#[test]
fn an_invalid_id_on_standard_input_is_refused_before_the_first_request() {
    let backend = MockServer::scripted([]);
    let asst = Asst::with_backend(&backend.url());
    shows!(asst.fed("thread_1\nerror: no\n", &["threads", "delete", "-"]), @r"
    --- stderr ---
    error: standard input, line 2: `error:` is not an ID: expected A-Z, a-z, 0-9, `_` or `-` at character 6, found ':'
    exit 2
    ");
    asst.fed("", &["threads", "delete", "-"]).code(2).says("expected IDs on standard input, found none");
    shows!(asst.fed("thread_1\n", &["messages", "delete", "-"]), @r"
    --- stderr ---
    error: standard input, line 1: expected THREAD_ID<TAB>MESSAGE_ID
    exit 2
    ");
    assert_eq!(backend.lines(), Vec::<String>::new());
}
