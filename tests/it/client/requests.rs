//! The contents of requests, and the data that must never leave the machine.

use super::{KEY, deleted, failed, hostile, thread};
use crate::support::mock_server::{MockServer, Response};
use serde_json::json;

#[test]
fn a_key_does_not_follow_a_redirect_to_another_origin() {
    let other = MockServer::scripted([thread()]);
    let (listener, asst) =
        hostile([Response::text(307, "").with("location", &format!("{}/threads/thread_1", other.url()))]);
    let ran = asst.run(["threads", "get", "thread_1"]);
    assert_eq!(listener.lines().len(), 1);
    for request in other.requests() {
        assert_eq!(request.header("authorization"), None, "the key went to another origin");
        let all = format!("{request:?}");
        assert!(!all.contains(KEY), "the key went to another origin: {all}");
    }
    assert!(!ran.text().contains(KEY));
}

#[test]
fn a_key_is_never_shown() {
    let echo = Response::error(401, &format!("Incorrect API key provided: {KEY}."), Some("invalid_api_key"));
    let (_listener, asst) = hostile([echo]);
    let ran = asst.run(["threads", "get", "thread_1", "--trace=full"]).code(4);
    assert!(ran.stderr.contains("GET ") && ran.stderr.contains("401"), "no trace:\n{}", ran.text());
    assert!(!ran.stderr.contains(&format!("Bearer {KEY}")), "{}", ran.text());
    let (_listener, asst) = hostile([]);
    for form in ["--dry-run", "--dry-run=curl"] {
        let ran = asst.run(["threads", "create", form]).ok();
        assert!(!ran.text().contains(KEY), "{}", ran.text());
    }
    assert!(!asst.run(["profiles", "show", "-o", "json"]).text().contains(KEY));
}

#[test]
fn a_delete_and_a_get_have_no_body() {
    let (listener, asst) = hostile([deleted("thread_1", true), thread()]);
    asst.run(["threads", "delete", "thread_1"]).ok();
    asst.run(["threads", "get", "thread_1"]).ok();
    for request in listener.requests() {
        assert_eq!(request.header("content-type"), None, "{}", request.method);
        assert!(matches!(request.header("content-length"), None | Some("0")), "{}", request.method);
        assert_eq!(request.header("transfer-encoding"), None);
        assert_eq!(request.body, b"");
    }
}

#[test]
fn requests_carry_key_and_user_agent_but_no_telemetry() {
    let (listener, asst) = hostile([thread(), Response::json(200, &json!({ "data": [], "has_more": false }))]);
    asst.run(["threads", "create"]).ok();
    asst.run(["files", "list"]).ok();
    let requests = listener.requests();
    assert_eq!(requests[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(requests[0].header("user-agent"), Some(concat!("asst/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(requests[0].header("openai-beta"), Some("assistants=v2"));
    assert_eq!(requests[0].header("content-type"), Some("application/json"));
    assert_eq!(requests[1].header("openai-beta"), None);
    let stainless = requests[0].headers.iter().find(|(name, _)| name.to_lowercase().starts_with("x-stainless"));
    assert_eq!(stainless, None);
}

#[test]
fn a_download_that_is_cut_leaves_nothing_behind() {
    let (_listener, asst) = hostile([Response::Half]);
    asst.run(["files", "content", "file-1", "--to", "out.bin"]).code(7);
    assert_eq!(std::fs::read_dir(asst.work()).unwrap().count(), 0, "a file or a part of it stayed");
}

#[test]
fn an_upload_is_a_form_with_its_members() {
    let file = json!({ "id": "file-1", "object": "file", "filename": "a b.txt", "bytes": 2, "created_at": 1 });
    let (listener, asst) = hostile([Response::json(200, &file), Response::json(200, &file)]);
    asst.file("a b.txt", "hi");
    asst.run(["files", "upload", "a b.txt", "--purpose", "user_data", "--expires-after", "1h"]).ok();
    asst.fed("from a pipe", &["files", "upload", "-", "--filename", "piped.md"]).ok();
    let requests = listener.requests();
    let form = String::from_utf8_lossy(&requests[0].body).into_owned();
    for part in [
        "name=\"purpose\"\r\n\r\nuser_data\r\n",
        "name=\"expires_after[anchor]\"\r\n\r\ncreated_at\r\n",
        "name=\"expires_after[seconds]\"\r\n\r\n3600\r\n",
        "name=\"file\"; filename=\"a b.txt\"\r\n",
        "\r\n\r\nhi\r\n",
    ] {
        assert!(form.contains(part), "no {part:?} in:\n{form}");
    }
    let form = String::from_utf8_lossy(&requests[1].body).into_owned();
    for part in ["name=\"purpose\"\r\n\r\nassistants\r\n", "filename=\"piped.md\"", "\r\n\r\nfrom a pipe\r\n"] {
        assert!(form.contains(part), "no {part:?} in:\n{form}");
    }
    assert!(requests[0].header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
}

#[test]
fn upload_of_unknown_outcome_is_not_retried() {
    let (listener, asst) = hostile([failed(500)]);
    asst.file("a.txt", "hi");
    asst.run(["files", "upload", "a.txt"]).code(10);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn key_echoed_by_the_server_is_not_printed() {
    let listener = MockServer::new(|request, _| {
        let key = request.header("authorization").and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default();
        Response::error(401, &format!("Wrong key: {key}"), Some(key))
    });
    let asst = crate::support::test_env::Asst::with_backend(&listener.url());
    for args in [&["assistants", "list"][..], &["files", "content", "file-1"], &["assistants", "list", "-o", "json"]] {
        let ran = asst.run(args).code(4).says("Wrong key: [redacted]");
        assert!(!ran.text().contains(KEY), "{}", ran.text());
    }
}
