//! `asst api`: raw requests.

use crate::bad_input::refused;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, served, shows};

#[test]
fn api_command_sends_raw_requests() {
    let (_server, asst) = served(&[]);
    let made = asst.run(["api", "POST", "/threads", "--body", r#"{"metadata":{"a":"b"}}"#]).ok().json();
    let path = format!("/threads/{}", made["id"].as_str().unwrap());
    assert_eq!(asst.run(["api", "get", &path]).ok().json()["metadata"]["a"], "b");
    assert_eq!(asst.run(["api", "DELETE", &path, "--jq", ".deleted"]).ok().stdout, "true\n");
    asst.run(["api", "GET", &path]).code(3);
    asst.run(["api", "GET", "/nothing"]).code(3);
    assert_eq!(asst.run(["api", "GET", "/vector_stores", "--jq", ".data | length"]).ok().stdout, "0\n");
    asst.run(["api", "POST", "/uploads", "--body", "{}"]).code(5).says("Missing required parameter: 'filename'.");
}

#[test]
fn a_raw_request_cannot_leave_the_base_url() {
    for path in ["/../x", "https://host/x", "/a/./b", "/a#b"] {
        refused(&Asst::new(), &["api", "GET", path]).code(2);
    }
    shows!(refused(&Asst::new(), &["api", "PATCH", "/threads"]), @r"
    --- stderr ---
    error: invalid value 'PATCH' for '<METHOD>': expected GET, POST or DELETE
    exit 2
    ");
}

#[test]
fn raw_path_outside_the_base_url_exits_2() {
    let listener = MockServer::scripted([]);
    let asst = Asst::with_backend(&listener.url());
    for path in ["/../x", "/%2e%2e/x", "/a/.%2E/x", "/..\\x", "http://elsewhere/x"] {
        asst.run(["api", "GET", path]).code(2);
    }
    assert_eq!(listener.lines().len(), 0);
}

#[test]
fn raw_request_with_stream_is_refused() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run(["api", "POST", "/threads/thread_1/runs", "--body", r#"{"stream":true}"#]), @r"
    --- stderr ---
    error: this command cannot read the stream that `stream` requests
      hint: `runs create`, `runs submit-tool-outputs` and `threads create-and-run` read a stream: pass --stream to them
    exit 2
    ");
    asst.run(["api", "POST", "/chat/completions", "--body", r#"{"stream":true}"#]).code(2);
    asst.run(["threads", "create", "--body", r#"{"stream":true}"#]).code(2);
    assert_eq!(listener.lines(), Vec::<String>::new());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let whole = ["runs", "create", "thread_1", "--assistant-id", "asst_1", "--body", r#"{"stream":false}"#];
    asst.run(whole).ok();
}
