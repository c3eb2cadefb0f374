//! A server that sends the key back in an error, a request ID, a stream, or a deletion. No message may repeat it.

use super::{KEY, MARK, hushed, user};
use crate::support::mock_server::{MockServer, Response};
use serde_json::json;

type Echo = dyn Fn() -> Response + Send + Sync;

const SOURCE: &str = "api_key_command = \"echo sk-hush-0123456789\"";

#[test]
fn echoed_key_is_neither_printed_nor_recorded() {
    let long = format!("{}{KEY}", "x".repeat(1_990));
    let error = |text: &str| json!({ "error": { "message": text, "type": text, "param": text, "code": text } });
    let stream = format!(
        "HTTP/1.1 200 OK\ncontent-type: text/event-stream\n\nevent: error\ndata: {}\n\n",
        error(&format!("bad key {KEY}"))
    );
    let deeds: Vec<(&str, Box<Echo>)> = vec![
        ("a request ID", Box::new(|| Response::error(401, "no", None).with("x-request-id", &format!("req_{KEY}")))),
        ("a request ID of success", Box::new(|| Response::text(200, "{").with("x-request-id", &format!("req_{KEY}")))),
        ("an envelope", Box::new(move || Response::json(401, &error(&format!("bad key {KEY}"))))),
        ("the end of a long message", Box::new(move || Response::text(400, long.clone()))),
        ("an encoded URL", Box::new(|| Response::text(400, "see /?key=sk%2Dhush%2D0123456789"))),
        ("JSON of another shape", Box::new(|| Response::json(400, &json!({ "detail": [{ "input": KEY }] })))),
        ("a deletion", Box::new(|| Response::json(200, &json!({ "deleted": false, "key": KEY })))),
        ("an event", Box::new(move || Response::raw(&stream))),
        ("a redirect", Box::new(|| Response::text(302, "").with("location", &format!("http://other.invalid/{KEY}")))),
    ];
    for (what, deed) in deeds {
        let listener = MockServer::new(move |_, _| deed());
        let asst = user(&listener, "compatible", SOURCE);
        for args in [
            &["threads", "get", "thread_1"][..],
            &["threads", "delete", "thread_1", "--yes"],
            &["threads", "create"],
            &["runs", "create", "thread_1", "--assistant-id", "asst_1", "--stream"],
            &["threads", "get", "thread_1", "-o", "json"],
            &["--trace=full", "threads", "get", "thread_1"],
        ] {
            let ran = asst.run(args);
            // The data of a server is printed unchanged, but messages about it must not contain the key.
            assert!(!ran.stderr.contains(MARK), "{what} {args:?}:\n{}", ran.text());
            assert!(ran.code != Some(101), "{what} {args:?}");
        }
        // The ledger must not contain the key either.
        for file in ["ledger.db", "ledger.db-wal"] {
            let bytes = std::fs::read(asst.home().join("state/asst").join(file)).unwrap_or_default();
            let found = bytes.windows(MARK.len()).any(|part| part == MARK.as_bytes());
            assert!(!found, "{what}: {file}");
        }
    }
}

#[test]
fn a_request_id_of_a_created_object_is_recorded_without_the_key() {
    let listener = MockServer::new(|request, before| {
        crate::support::mock_server::mint(request, before).with("x-request-id", &format!("req_{KEY}_1"))
    });
    let asst = user(&listener, "compatible", SOURCE);
    asst.run(["threads", "create"]).ok();
    let rows = hushed(asst.run(["ledger", "list", "-o", "json"]).ok());
    assert_eq!(rows.json()[0]["request_id"], "req_[redacted]_1");
}
