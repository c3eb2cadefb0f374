//! Line 2 of the list (see `mod.rs`). Errors in every format: the status and any text are shown.

use super::{saying, server};
use crate::support::mock_server::Response;

/// Checks how a read of one object reports an error.
#[track_caller]
fn told(status: u16, body: &'static str, code: i32, text: &str) {
    let (_listener, asst) = saying(status, body);
    let ran = asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(code).says(text);
    assert!(ran.stderr.contains(&format!("({status}")), "the status is not shown:\n{}", ran.text());
    assert_eq!(ran.stdout, "");
}

#[test]
fn every_error_format_is_read() {
    told(
        404,
        r#"{"error":{"code":"resource_missing","message":"No thread","type":"not_found_error","param":null}}"#,
        3,
        "No thread",
    );
    told(404, r#"{"error":{"code":"not_found","message":"gone"}}"#, 3, "gone");
    told(400, r#"{"error":{"message":"only this"}}"#, 5, "only this");
    told(400, r#"{"error":{"message":"m","type":null,"param":null,"code":null}}"#, 5, "caused by: m");
    told(400, r#"{"error":{"message":"as text","code":"400"}}"#, 5, "code 400");
    told(400, r#"{"error":{"message":"as number","code":400}}"#, 5, "code 400");
    told(404, r#"{"message":"Assistant not found","error":"Not Found","statusCode":404}"#, 3, "Assistant not found");
    told(400, r#"{"error":"text alone"}"#, 5, "text alone");
    told(404, r#"{"detail":"Thread not found"}"#, 3, "Thread not found");
    told(422, r#"{"detail":[{"loc":["body","model"],"msg":"field required","type":"missing"}]}"#, 5, "field required");
    told(422, r#"{"error":{"message":"[{'loc': ('body', 'model'), 'msg': 'Field required'}]"}}"#, 5, "Field required");
    told(500, "Internal Server Error", 7, "Internal Server Error");
    told(500, r#"{"error":{"message":"{'error': 'No connected db.'}","code":"500"}}"#, 7, "No connected db.");
    told(404, "", 3, "not found");
    told(500, "", 7, "the server failed");
    told(400, "[]", 5, "[]");
    told(400, "\"a string\"", 5, "a string");
    told(400, "7", 5, "7");
    told(400, r#"{"error":null}"#, 5, "error");
    told(400, r#"{"error":{}}"#, 5, "error");
    told(400, r#"{"error":{"message":{"text":"nested"}}}"#, 5, "nested");
    told(400, r#"{"errors":[{"message":"plural"}]}"#, 5, "plural");
}

#[test]
fn similar_statuses_have_the_same_exit_code() {
    for status in [400, 413, 415, 418, 422, 451] {
        told(status, r#"{"detail":"no"}"#, 5, "no");
    }
    for status in [401, 403] {
        told(status, r#"{"detail":"Forbidden"}"#, 4, "Forbidden");
    }
    for status in [405, 501] {
        told(status, r#"{"detail":"Method Not Allowed"}"#, 11, "Method Not Allowed");
    }
    for status in [500, 502, 503, 504, 520, 599] {
        told(status, "down", 7, "down");
    }
}

#[test]
fn a_connection_closed_without_a_response_is_reported() {
    let (_listener, asst) = server(|_| Response::Cut);
    asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(7).says("the connection was lost");
    asst.run(["assistants", "create", "--model", "m"]).code(10).says("stays open");
    asst.run(["threads", "delete", "thread_1", "--retries", "0"]).code(7);
}

#[test]
fn a_request_id_header_of_any_case_is_shown() {
    let (_listener, asst) = server(|_| Response::text(500, "oops").with("X-Request-ID", "req_7"));
    asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(7).says("request id req_7");
}
