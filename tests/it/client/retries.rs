//! Retries: which requests are retried, which never are, and the messages.

use super::{deleted, failed, hostile, thread};
use crate::support::mock_server::Response;
use crate::support::test_env::shows;
use serde_json::json;

#[test]
fn reads_are_retried() {
    for first in [failed(500), failed(502), failed(408), failed(409), failed(429), Response::Cut, Response::Half] {
        let (listener, asst) = hostile([first, thread()]);
        assert_eq!(asst.run(["threads", "get", "thread_1", "-o", "id"]).ok().stdout, "thread_1\n");
        assert_eq!(listener.lines(), ["GET /v1/threads/thread_1"; 2]);
    }
}

#[test]
fn the_number_of_retries_is_limited() {
    let (listener, asst) = hostile((0..10).map(|_| failed(503)));
    shows!(asst.run(["threads", "get", "thread_1", "--retries", "3"]), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable (503, code server_error)
      caused by: The server had an error
    exit 7
    ");
    assert_eq!(listener.lines().len(), 4);
    let (listener, asst) = hostile((0..10).map(|_| failed(503)));
    asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(7);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn client_errors_are_not_retried() {
    for (status, code) in [(400, 5), (401, 4), (403, 4), (404, 3), (413, 5), (422, 5), (501, 11)] {
        let (listener, asst) = hostile([Response::error(status, "No thread found with id 'thread_1'.", None)]);
        asst.run(["threads", "get", "thread_1"]).code(code);
        assert_eq!(listener.lines().len(), 1, "{status}");
    }
}

#[test]
fn a_create_with_an_unknown_outcome_is_never_retried() {
    for first in [failed(500), failed(503), failed(408), Response::Cut, Response::Half, Response::text(200, "<html>")] {
        let (listener, asst) = hostile([first]);
        asst.run(["threads", "create"]).code(10).says("stays open");
        assert_eq!(listener.lines(), ["POST /v1/threads"]);
        asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    }
}

#[test]
fn an_unknown_outcome_is_reported_with_a_hint() {
    let (_listener, asst) = hostile([failed(500).with("x-request-id", "req_1")]);
    shows!(asst.run(["threads", "create"]), @r"
    --- stderr ---
    warning: intent [intent] stays open: `asst ledger doctor` shows what may have been created, `asst ledger settle [intent] ID|--none` closes it
    error: could not create thread: outcome unknown (500, code server_error, request id req_1)
      caused by: the request may have been executed, so it was not repeated
      caused by: The server had an error
      hint: run `asst ledger doctor` before you repeat the command: it shows what may have been created
    exit 10
    ");
    let (_listener, asst) = hostile([failed(500)]);
    shows!(asst.run(["messages", "create", "thread_1", "--content", "hi"]), @r"
    --- stderr ---
    error: could not create message of thread_1: outcome unknown (500, code server_error)
      caused by: the request may have been executed, so it was not repeated
      caused by: The server had an error
      hint: this request is not recorded: check the backend before you repeat the command
    exit 10
    ");
    let (_listener, asst) = hostile([failed(500)]);
    shows!(asst.run(["threads", "create", "-o", "json"]), @r#"
    --- stderr ---
    {"warning":"intent [intent] stays open: `asst ledger doctor` shows what may have been created, `asst ledger settle [intent] ID|--none` closes it"}
    {"error":{"exit_code":10,"kind":"outcome_unknown","message":"could not create thread: outcome unknown: the request may have been executed, so it was not repeated: The server had an error","status":500,"type":"invalid_request_error","code":"server_error","param":null,"request_id":null,"hint":"run `asst ledger doctor` before you repeat the command: it shows what may have been created","retryable":false}}
    exit 10
    "#);
}

#[test]
fn x_should_retry_does_not_cause_a_second_create() {
    let (listener, asst) = hostile([failed(500).with("x-should-retry", "true")]);
    asst.run(["threads", "create"]).code(10);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn a_create_that_was_rate_limited_is_retried() {
    let (listener, asst) = hostile([failed(429).with("retry-after-ms", "5"), thread()]);
    asst.run(["threads", "create"]).ok();
    assert_eq!(listener.lines().len(), 2);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_wait_beyond_the_maximum_exits_6() {
    let (listener, asst) = hostile([failed(429).with("retry-after", "600")]);
    shows!(asst.run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: rate limited (429, code server_error)
      caused by: the server asks for a wait of 600 s, but the limit is 120 s
      caused by: The server had an error
      hint: pass --max-wait to allow a longer wait
    exit 6
    ");
    assert_eq!(listener.lines().len(), 1);
    let (listener, asst) = hostile([failed(429).with("retry-after", "30")]);
    asst.run(["threads", "get", "thread_1", "--max-wait", "10s"]).code(6);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn an_exceeded_quota_is_not_retried() {
    let (listener, asst) =
        hostile([Response::error(429, "You exceeded your current quota", Some("insufficient_quota"))]);
    shows!(asst.run(["threads", "create"]), @r"
    --- stderr ---
    error: could not create thread: rate limited (429, code insufficient_quota)
      caused by: You exceeded your current quota
    exit 6
    ");
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn x_should_retry_false_prevents_a_retry() {
    let (listener, asst) = hostile([failed(500).with("x-should-retry", "false")]);
    asst.run(["threads", "get", "thread_1"]).code(7);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn a_deletion_that_is_not_confirmed_is_a_failure() {
    let (_listener, asst) = hostile([deleted("thread_1", false)]);
    shows!(asst.run(["threads", "delete", "thread_1"]), @r#"
    --- stderr ---
    error: could not delete thread thread_1: failed
      caused by: the server did not confirm the deletion: {"id":"thread_1","object":"thread.deleted","deleted":false}
    exit 1
    "#);
    let (_listener, asst) = hostile([Response::text(200, "")]);
    asst.run(["threads", "delete", "thread_1"]).code(1);
}

#[test]
fn a_404_after_a_lost_response_confirms_the_deletion() {
    let (listener, asst) = hostile([Response::Cut, Response::error(404, "No thread found with id 'thread_1'.", None)]);
    asst.run(["threads", "delete", "thread_1"]).ok();
    assert_eq!(listener.lines(), ["DELETE /v1/threads/thread_1"; 2]);
}

#[test]
fn a_404_without_the_id_does_not_confirm_a_deletion_after_a_lost_response() {
    for message in ["", "default backend - 404", "No such route: DELETE /v1/threads/thread_1"] {
        let (_listener, asst) = hostile([Response::Cut, Response::error(404, message, None)]);
        asst.run(["threads", "delete", "thread_1"]).code(3);
        assert_eq!(asst.run(["ledger", "events", "-o", "id"]).ok().ids(), Vec::<String>::new(), "{message}");
    }
}

#[test]
fn a_deletion_of_a_missing_thread_exits_3() {
    let missing = || Response::error(404, "No thread found with id 'thread_1'.", None);
    let (_listener, asst) = hostile([missing(), missing()]);
    shows!(asst.run(["threads", "delete", "thread_1"]), @r"
    --- stderr ---
    error: could not delete thread thread_1: not found (404)
      caused by: No thread found with id 'thread_1'.
    exit 3
    ");
    asst.run(["threads", "delete", "thread_1", "--ignore-not-found"]).ok();
}

#[test]
fn a_response_that_does_not_arrive_times_out() {
    let (listener, asst) = hostile([Response::Stall, Response::Stall]);
    shows!(asst.run(["threads", "get", "thread_1", "--request-timeout", "300ms", "--retries", "1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable
      caused by: no response within 0.3 s
      hint: pass --request-timeout to allow more time
    exit 7
    ");
    assert_eq!(listener.lines().len(), 2);
    let (_listener, asst) = hostile([Response::Stall]);
    asst.run(["threads", "create", "--request-timeout", "300ms"]).code(10);
}

#[test]
fn a_rejected_upload_from_a_pipe_is_not_retried_and_leaves_no_intent() {
    let (listener, asst) = hostile([failed(429), Response::json(200, &json!({ "id": "file-1", "object": "file" }))]);
    asst.fed("piped", &["files", "upload", "-", "--filename", "a.txt"]).code(6);
    assert_eq!(listener.lines().len(), 1, "standard input cannot be read twice");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let asst = crate::support::test_env::Asst::with_backend("http://127.0.0.1:1/v1");
    asst.fed("piped", &["files", "upload", "-", "--filename", "a.txt"]).code(7);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}
