//! A create is recorded in every spelling of its path, and the request uses the account of the profile.

use super::{Recording, minting, rows, threads};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::json;

#[test]
fn a_create_is_recorded_in_every_spelling_of_its_path() {
    // The server accepts every spelling of a path.
    let listener = MockServer::new(threads);
    let asst = Asst::with_backend(&listener.url().replace("/v1", ""));
    let recording = Recording::start(&asst, &[]);
    let paths = [
        "/v1/threads/",
        "/v1//threads",
        "//v1/threads",
        "/v1/threads//",
        "/v1/%74hreads",
        "/v1/%2574hreads",
        "/%76%31/threads",
        "/v1/Threads",
        "/v1/threads;a=b",
        "/v1/threads%20",
        "/threads?x=%2e%2e",
    ];
    for path in paths {
        assert_eq!(recording.begin(&format!("POST {path}"), b"{}").status, 200, "{path}");
    }
    for head in [
        "POST /v1/threads%00",
        "POST /v1/threads%ff",
        "DELETE /v1/threads/thread_1%0a",
        "GET /v1/threads\nx-http-method-override: POST",
        "post /v1/threads",
    ] {
        assert_eq!(recording.begin(head, b"").status, 400, "{head}");
    }
    // A read with an invalid path is forwarded, because nothing has to be recorded.
    assert_eq!(recording.begin("GET /v1/files/%ff", b"").status, 200);
    recording.end().ok().says(&format!("{} created", paths.len()));
    assert_eq!(rows(&asst).len(), paths.len());
    // The path is forwarded unchanged, except for the prefix of the proxy.
    let sent: Vec<String> = listener.lines();
    for path in ["//threads", "/%74hreads", "/%2574hreads", "/%76%31/threads", "/threads;a=b", "/threads/"] {
        assert!(sent.iter().any(|line| line == &format!("POST {path}")), "{path} in {sent:?}");
    }
}

#[test]
fn a_request_uses_the_account_of_the_profile() {
    let (listener, asst) = minting();
    let recording = Recording::start(&asst, &[]);
    let head = "POST /v1/threads\nopenai-organization: org-theirs\nopenai-project: proj_theirs\n\
                ocp-apim-subscription-key: theirs\nx-own: kept";
    assert_eq!(recording.begin(head, b"{}").status, 200);
    recording.end().ok();
    let request = listener.requests().remove(0);
    for name in ["openai-organization", "openai-project", "ocp-apim-subscription-key"] {
        assert_eq!(request.header(name), None, "{name}");
    }
    assert_eq!(request.header("x-own"), Some("kept"));
}

#[test]
fn a_key_in_a_response_is_redacted_for_the_program() {
    const KEY: &str = "sk-test-0123456789";
    let listener = MockServer::new(|request, _| {
        let body = json!({ "error": { "message": format!("Incorrect API key: {KEY}."), "code": KEY } });
        let answer = Response::json(if request.method == "PUT" { 200 } else { 401 }, &body);
        answer.with("x-request-id", &format!("req-{KEY}")).with("x-own", "kept")
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &[]);
    for head in ["GET /v1/files", "POST /v1/threads", "DELETE /v1/threads/thread_1"] {
        let mut answer = recording.begin(head, b"");
        assert_eq!((answer.status, answer.header("x-own")), (401, Some("kept")), "{head}");
        assert!(!answer.head.contains(KEY), "{head}: {}", answer.head);
        let body = String::from_utf8(answer.body().unwrap()).unwrap();
        assert!(body.contains("Incorrect API key: ******************.") && !body.contains(KEY), "{head}: {body}");
    }
    assert!(!recording.begin("PUT /v1/files", b"").head.contains(KEY));
    assert!(!recording.end().ok().stderr.contains(KEY));
}
