//! Line 4 of the list (see `mod.rs`). Times, nulls, IDs, texts and unknown members in any format.

use super::{saying, server};
use crate::support::mock_server::Response;
use serde_json::json;

#[test]
fn times_are_seconds_floats_milliseconds_or_text() {
    for (time, shown) in [
        ("1700000000", "2023-11-14T22:13:20Z"),
        ("1700000000.25", "2023-11-14T22:13:20.25Z"),
        ("1700000000000", "2023-11-14T22:13:20Z"),
        ("1.7e9", "2023-11-14T22:13:20Z"),
        ("\"2023-11-14T22:13:20Z\"", "2023-11-14T22:13:20Z"),
        ("0", "1970-01-01T00:00:00Z"),
        ("null", ""),
        ("\"yesterday\"", "yesterday"),
        ("99999999999999999999", "99999999999999999999"),
        ("-1e300", "-1e300"),
    ] {
        let body = format!(r#"{{"id":"thread_1","object":"thread","created_at":{time}}}"#);
        let (_listener, asst) = server(move |_| Response::text(200, body.clone()));
        let ran = asst.run(["threads", "get", "thread_1", "--columns", "id,created"]).ok();
        assert_eq!(ran.stdout, format!("thread_1\t{shown}\n"), "{time}");
        // An invalid time is stored as no time in the ledger.
        asst.run(["threads", "create"]).ok();
        asst.run(["threads", "list"]).ok();
    }
}

#[test]
fn the_ledger_reads_times_like_the_tables() {
    for time in ["1700000000.75", "1700000000000"] {
        let body = format!(r#"{{"id":"thread_1","created_at":{time}}}"#);
        let (_listener, asst) = server(move |_| Response::text(200, body.clone()));
        asst.run(["threads", "create"]).ok();
        let listed = asst.run(["threads", "list", "-o", "json"]).ok().json();
        assert_eq!(listed[0]["created_at"], 1_700_000_000, "{time}");
    }
}

#[test]
fn null_is_read_as_a_missing_member() {
    let body = r#"{"id":"asst_1","object":"assistant","created_at":1,"name":null,"model":null,"tools":null,
        "tool_resources":null,"metadata":null,"temperature":null,"response_format":null}"#;
    let (_listener, asst) = saying(200, body);
    assert_eq!(asst.run(["assistants", "get", "asst_1"]).ok().stdout, "asst_1\t\t\t\t1970-01-01T00:00:01Z\n");
    asst.run(["assistants", "create", "--model", "m"]).ok();
    asst.run(["ledger", "list"]).ok();
    let bare = r#"{"id":"asst_1"}"#;
    let (_listener, asst) = saying(200, bare);
    assert_eq!(asst.run(["assistants", "get", "asst_1"]).ok().stdout, "asst_1\t\t\t\t\n");
    assert_eq!(asst.run(["assistants", "get", "asst_1", "-o", "jsonl"]).ok().stdout.trim_end(), bare);
}

#[test]
fn the_object_member_may_be_empty_wrong_or_missing() {
    for object in [json!(""), json!(null), json!("vector_store"), json!(7)] {
        let body = json!({ "id": "thread_1", "object": object, "surprise": { "new": [1, null] } });
        let (_listener, asst) = server(move |_| Response::json(200, &body));
        asst.run(["threads", "create"]).ok();
        let got = asst.run(["threads", "get", "thread_1", "-o", "json"]).ok().json();
        assert_eq!(got["surprise"]["new"], json!([1, null]), "{object:?}");
        assert_eq!(asst.run(["threads", "list"]).ok().ids(), ["thread_1"], "{object:?}");
    }
}

#[test]
fn ids_may_have_any_format() {
    for id in [
        "507f1f77bcf86cd799439011",
        "3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "asst_3f2504e0-4f89-11d3-9a0c-0305e82c3301",
        "file-0123456789abcdef0123456789abcdef",
        "7",
        "a_b-C",
    ] {
        let (listener, asst) = server(move |request| match request.method.as_str() {
            "DELETE" => Response::json(200, &json!({ "id": id, "deleted": true })),
            _ => Response::json(200, &json!({ "id": id, "object": "assistant" })),
        });
        let made = asst.run(["assistants", "create", "--model", "m", "-o", "id"]).ok().stdout;
        assert_eq!(made, format!("{id}\n"), "{id:?}");
        asst.run(["assistants", "get", id, "--any-id"]).ok();
        asst.fed(&made, &["assistants", "delete", "-", "--any-id"]).ok();
        assert_eq!(listener.lines()[2], format!("DELETE /v1/assistants/{id}"), "{id:?}");
    }
}

#[test]
fn a_text_may_be_an_object_a_list_or_a_string() {
    for content in [
        json!([{ "type": "text", "text": { "value": "hello", "annotations": [] } }]),
        json!([{ "type": "text", "text": { "value": "hello", "annotations": null } }]),
        json!([{ "type": "text", "text": [{ "value": "hello", "annotations": [] }] }]),
        json!([{ "type": "text", "text": "hello" }]),
        json!([{ "text": { "value": "hello" } }]),
        json!({ "type": "text", "text": { "value": "hello" } }),
        json!(["hello"]),
        json!("hello"),
    ] {
        let body = json!({ "id": "msg_1", "role": "user", "content": content });
        let (_listener, asst) = server(move |_| Response::json(200, &body));
        let ran = asst.run(["messages", "get", "thread_1", "msg_1", "--columns", "content"]).ok();
        assert_eq!(ran.stdout, "hello\n", "{content}");
    }
    for content in [json!(null), json!([]), json!([null]), json!([{ "type": "text", "text": null }]), json!(7)] {
        let body = json!({ "id": "msg_1", "role": null, "content": content });
        let (_listener, asst) = server(move |_| Response::json(200, &body));
        asst.run(["messages", "get", "thread_1", "msg_1"]).ok();
    }
}

#[test]
fn metadata_may_have_another_name_or_values_that_are_not_strings() {
    let body = r#"{"id":"thread_1","metadata_":{"team":"a"}}"#;
    let (_listener, asst) = saying(200, body);
    assert_eq!(asst.run(["threads", "get", "thread_1", "-o", "jsonl"]).ok().stdout.trim_end(), body);
    asst.run(["threads", "create"]).ok();
    assert_eq!(asst.run(["threads", "list", "--metadata", "team=a"]).ok().ids(), ["thread_1"]);
    for metadata in ["\"text\"", "[1]", r#"{"n":1,"o":{"x":[]},"z":null}"#, "false"] {
        let body = format!(r#"{{"id":"thread_1","metadata":{metadata}}}"#);
        let (_listener, asst) = server(move |_| Response::text(200, body.clone()));
        asst.run(["threads", "create"]).ok();
        asst.run(["threads", "get", "thread_1"]).ok();
        asst.run(["threads", "list"]).ok();
    }
}

#[test]
fn a_file_may_lack_its_name_and_its_size() {
    for (file, saved) in [
        (json!({ "id": "file-1", "filename": "" }), "file-1"),
        (json!({ "id": "file-1", "filename": null, "bytes": "many" }), "file-1"),
        (json!({ "id": "file-1", "filename": "_", "status": null, "key": "x" }), "_"),
        (json!({ "id": "file-1", "filename": 7 }), "file-1"),
        (json!({ "id": "file-1" }), "file-1"),
    ] {
        let (_listener, asst) = server(move |request| match request.target.ends_with("/content") {
            true => Response::text(200, "ab"),
            false => Response::json(200, &file),
        });
        asst.run(["files", "get", "file-1"]).ok();
        asst.run(["files", "content", "file-1", "-O"]).ok();
        assert_eq!(std::fs::read(asst.work().join(saved)).unwrap(), b"ab", "{saved}");
    }
}
