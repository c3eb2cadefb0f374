//! Responses without a valid body, errors of every shape, and hostile responses.

use super::hostile;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, shows};
use serde_json::json;

#[test]
fn error_bodies_of_every_shape_are_reported() {
    let table = [
        (Response::text(502, "<html><head><title>502</title></head><body>Bad gateway</body></html>"), 7, "Bad gateway"),
        (Response::text(500, ""), 7, "the server failed"),
        (Response::text(400, ""), 5, "bad request"),
        (Response::json(422, &json!({"detail": "wrong"})), 5, "wrong"),
        (Response::json(403, &json!({"error": "text"})), 4, "text"),
        (Response::json(400, &json!({"error": {"message": "m", "code": 7}})), 5, "m"),
        (Response::json(400, &json!([])), 5, "caused by"),
        (Response::text(400, [0xff, 0xfe, 0x1b, b'[', b'3', b'1', b'm']), 5, "caused by"),
    ];
    for (deed, code, text) in table {
        let (_listener, asst) = hostile([deed]);
        let ran = asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(code).says(text);
        assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
    }
}

#[test]
fn invalid_response_body_exits_7() {
    let (_listener, asst) = hostile([Response::text(200, "<html>welcome to the hotel</html>")]);
    shows!(asst.run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable
      caused by: the response is invalid: it is not JSON (expected value at line 1 column 1)
      hint: check the base URL of the profile: run `asst profiles show`
    exit 7
    ");
    let (_listener, asst) = hostile([Response::text(200, "")]);
    asst.run(["threads", "get", "thread_1"]).code(7);
    let (_listener, asst) = hostile([Response::json(200, &json!({ "object": "thread" }))]);
    asst.run(["assistants", "list"]).code(7);
}

#[test]
fn missing_collection_exits_11() {
    let (_listener, asst) = hostile([Response::error(404, "Invalid URL (GET /v1/assistants)", None)]);
    shows!(asst.run(["assistants", "list"]), @r"
    --- stderr ---
    error: could not list assistants: not offered (404)
      caused by: Invalid URL (GET /v1/assistants)
      hint: the backend of profile `environment` does not have this
    exit 11
    ");
    let (_listener, asst) = hostile([Response::text(404, "404 page not found")]);
    asst.run(["threads", "create"]).code(11);
    // A 404 proves that nothing was created.
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let (_listener, asst) = hostile([Response::error(405, "Method Not Allowed", None)]);
    asst.run(["threads", "list", "--remote"]).code(11);
}

#[test]
fn locked_thread_exits_12() {
    let text = "Can't add messages to thread_1 while a run run_1 is active.";
    let (_listener, asst) = hostile([Response::error(400, text, None)]);
    shows!(asst.run(["messages", "create", "thread_1", "--content", "hi"]), @r"
    --- stderr ---
    error: could not create message of thread_1: busy (400)
      caused by: Can't add messages to thread_1 while a run run_1 is active.
      hint: `asst runs list THREAD_ID` shows the runs; wait for the active one, submit its outputs, or cancel it
    exit 12
    ");
}

#[test]
fn get_of_several_ids_exits_8_if_only_some_are_missing() {
    let listener = MockServer::new(|request, _| match request.target.rsplit('/').next() {
        Some("thread_2") => Response::error(404, "No thread found with id 'thread_2'.", None),
        Some(id) => Response::json(200, &json!({ "id": id, "object": "thread", "created_at": 1, "metadata": {} })),
        None => Response::Cut,
    });
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run(["threads", "get", "thread_1", "thread_2", "thread_3", "-o", "id"]), @r"
    thread_1
    thread_3
    --- stderr ---
    error: could not get thread thread_2: not found (404)
      caused by: No thread found with id 'thread_2'.
    exit 8
    ");
    let ran = asst.run(["threads", "get", "thread_1", "thread_2", "-o", "json"]).code(8);
    assert_eq!(ran.json().as_array().map(Vec::len), Some(1));
    asst.run(["threads", "get", "thread_2", "thread_2"]).code(3);
    asst.run(["threads", "get", "thread_1", "thread_2", "--ignore-not-found"]).ok();
}

#[test]
fn control_characters_of_a_response_are_not_printed() {
    let evil = json!({ "id": "asst_1", "object": "assistant", "name": "a\u{1b}[2J\u{202e}b\tc\nd", "created_at": 1 });
    let list = json!({ "object": "list", "data": [evil], "has_more": false });
    let (_listener, asst) = hostile([Response::json(200, &list)]);
    shows!(asst.run(["assistants", "list", "--columns", "id,name"]), @r"
    asst_1	a[2Jb\tc\nd
    exit 0
    ");
}

#[test]
fn unknown_members_are_shown_in_their_order() {
    let odd = r#"{"zebra":1,"id":"thread_1","object":"thread","created_at":"2026-01-01T00:00:00Z","apple":{"b":1.50,"a":null}}"#;
    let (_listener, asst) = hostile([Response::text(200, odd)]);
    let ran = asst.run(["threads", "get", "thread_1", "-o", "jsonl"]).ok();
    assert_eq!(ran.stdout.trim_end().replace("1.5,", "1.50,"), odd);
}

#[test]
fn a_missing_assistant_is_not_a_missing_endpoint() {
    let (_listener, asst) = hostile([Response::error(404, "No assistant found with id 'asst_1'.", None)]);
    asst.run(["threads", "create-and-run", "--assistant-id", "asst_1"]).code(3);
}
