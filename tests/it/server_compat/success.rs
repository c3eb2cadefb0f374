//! Line 3 of the list (see `mod.rs`). Any 2xx status is a success. A deletion is one only if the response confirms it.

use super::{saying, server};
use crate::support::mock_server::Response;

#[test]
fn a_create_may_be_answered_with_201() {
    let (_listener, asst) = saying(201, r#"{"id":"thread_1","object":"thread","created_at":1700000000}"#);
    assert_eq!(asst.run(["threads", "create", "-o", "id"]).ok().stdout, "thread_1\n");
    assert_eq!(asst.run(["threads", "list"]).ok().ids(), ["thread_1"]);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn the_content_type_of_a_response_is_ignored() {
    for kind in ["text/plain; charset=utf-8", "text/html", "application/octet-stream", "application/problem+json", ""] {
        let (_listener, asst) = server(move |_| Response::text(200, r#"{"id":"thread_1"}"#).with("content-type", kind));
        assert_eq!(asst.run(["threads", "get", "thread_1", "-o", "id"]).ok().stdout, "thread_1\n", "{kind}");
    }
}

#[test]
fn a_deletion_needs_deleted_true_in_the_response() {
    let table = [
        (200, r#"{"id":"thread_1","object":"thread.deleted","deleted":true}"#, 0),
        (200, r#"{"id":"thread_1","deleted":true}"#, 0),
        (200, r#"{"id":"thread_1","object":"assistant","deleted":true}"#, 0),
        (202, r#"{"deleted":true}"#, 0),
        (200, r#"{"id":"thread_1","object":"thread.deleted","deleted":false}"#, 1),
        (200, r#"{"id":"thread_1","object":"thread.deleted"}"#, 1),
        (200, r#"{"id":"thread_1","deleted":"true"}"#, 1),
        (200, r#"{"id":"thread_1","deleted":null}"#, 1),
        (200, "null", 1),
        (200, "true", 1),
        (200, "[]", 1),
        (200, "", 1),
        (204, "", 1),
    ];
    for (status, body, code) in table {
        let (_listener, asst) = saying(status, body);
        let ran = asst.run(["threads", "delete", "thread_1"]).code(code);
        assert_eq!(ran.stdout.is_empty(), code != 0, "{body}: {}", ran.text());
        if code != 0 {
            assert!(ran.stderr.contains("did not confirm the deletion"), "{body}: {}", ran.text());
        }
    }
}

#[test]
fn the_ledger_keeps_a_thread_whose_deletion_is_not_confirmed() {
    let (_listener, asst) = server(|request| match request.method.as_str() {
        "DELETE" => Response::text(200, r#"{"id":"thread_1","deleted":false}"#),
        _ => Response::text(200, r#"{"id":"thread_1","object":"thread"}"#),
    });
    asst.run(["threads", "create"]).ok();
    asst.run(["threads", "delete", "thread_1"]).code(1);
    assert_eq!(asst.run(["threads", "list", "--state", "live"]).ok().ids(), ["thread_1"]);
}
