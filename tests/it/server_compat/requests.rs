//! Line 7 of the list (see `mod.rs`). Requests: they contain nothing that a strict server refuses, under any base URL.

use super::server;
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::Asst;

#[test]
fn a_base_url_may_have_any_path() {
    for (base, begin) in [
        ("", ""),
        ("/", ""),
        ("/v1", "/v1"),
        ("/v1/", "/v1"),
        ("/api/v1", "/api/v1"),
        ("/api/v1/", "/api/v1"),
        ("/a%20b/v1", "/a%20b/v1"),
    ] {
        let listener = MockServer::new(|_, _| Response::text(200, r#"{"id":"thread_1","data":[],"has_more":false}"#));
        let asst = Asst::with_backend(&listener.at(base));
        asst.run(["threads", "get", "thread_1"]).ok();
        asst.run(["assistants", "list"]).ok();
        asst.run(["threads", "create"]).ok();
        let expected = ["GET {}/threads/thread_1", "GET {}/assistants?limit=100", "POST {}/threads"];
        assert_eq!(listener.lines(), expected.map(|line| line.replace("{}", begin)), "{base}");
    }
}

#[test]
fn requests_without_a_body_have_no_content_type() {
    let (_listener, asst) = server(|request| {
        let empty = request.body.is_empty() && request.header("content-type").is_some();
        if empty { Response::error(400, "Body cannot be empty", None) } else { mint(request, 0) }
    });
    asst.run(["threads", "delete", "thread_1"]).ok();
    asst.run(["threads", "get", "thread_1"]).ok();
    asst.run(["assistants", "list"]).ok();
    asst.run(["threads", "create"]).ok();
    asst.run(["runs", "create", "thread_1", "--assistant-id", "asst_1"]).ok();
}

#[test]
fn any_key_is_sent_to_a_server_without_authentication() {
    for key in ["x", "none", "sk-ünïcode", "a key with blanks", &"k".repeat(4_000)] {
        let listener = MockServer::minting();
        let asst = Asst::new().env("OPENAI_BASE_URL", listener.url()).env("OPENAI_API_KEY", key);
        let ran = asst.run(["threads", "create"]);
        // A key that no header can carry is refused before any request.
        if key.is_ascii() {
            ran.ok();
            assert_eq!(
                listener.requests()[0].header("authorization"),
                Some(format!("Bearer {key}").as_str()),
                "{key:?}"
            );
        } else {
            let ran = ran.code(4).says("a character beyond ASCII");
            assert!(!ran.text().contains(key), "{key:?}");
            assert_eq!(listener.lines().len(), 0, "{key:?}");
        }
    }
}
