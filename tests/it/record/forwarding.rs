//! The proxy forwards requests and responses unchanged, and only those of the program.

use super::{Recording, minting};
use crate::support::mock_server::{MockServer, Response};
use crate::support::raw_http::RawResponse;
use crate::support::test_env::Asst;

#[test]
fn request_and_response_pass_unchanged() {
    let listener = MockServer::new(|_, _| {
        Response::text(418, b"\x00\xffbytes".to_vec())
            .with("x-own", "kept")
            .with("x-hop", "dropped")
            .with("connection", "x-hop")
            .with("location", "http://elsewhere.invalid/")
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &[]);
    let head = "PATCH /v1/some%20thing/%C3%A9?a=%20+b&a[]=1\nX-Own: kept\nuser-agent: their/1.0\naccept-encoding: gzip\n\
                content-type: text/odd\nopenai-beta: assistants=v2\nproxy-authorization: Basic eDp5";
    let mut answer = recording.begin(head, b"\x01\x02");
    assert_eq!((answer.status, answer.header("x-own"), answer.header("x-hop")), (418, Some("kept"), None));
    assert_eq!(answer.header("location"), Some("http://elsewhere.invalid/"), "a redirect is the program's own affair");
    assert_eq!(answer.body().unwrap(), b"\x00\xffbytes");
    let request = listener.requests().remove(0);
    assert_eq!((request.method.as_str(), request.target.as_str()), ("PATCH", "/v1/some%20thing/%C3%A9?a=%20+b&a[]=1"));
    assert_eq!(request.body, b"\x01\x02");
    for (name, value) in [
        ("x-own", Some("kept")),
        ("user-agent", Some("their/1.0")),
        ("accept-encoding", Some("gzip")),
        ("content-type", Some("text/odd")),
        ("openai-beta", Some("assistants=v2")),
        ("authorization", Some("Bearer sk-test-0123456789")),
        ("proxy-authorization", None),
    ] {
        assert_eq!(request.header(name), value, "{name}");
    }
    let host = listener.url();
    assert_eq!(request.header("host"), host.strip_prefix("http://").and_then(|host| host.strip_suffix("/v1")));
    let key = recording.key.clone();
    let ran = recording.end().ok();
    assert_eq!(ran.stdout, "", "standard output is the program's alone");
    assert!(!ran.stderr.contains(&key) && !ran.stderr.contains("sk-test"), "{}", ran.text());
}

#[test]
fn proxy_accepts_only_requests_with_its_key_and_host() {
    let (listener, asst) = minting();
    let recording = Recording::start(&asst, &[]);
    let (host, key) = (recording.host().to_owned(), recording.key.clone());
    let bearer = format!("authorization: Bearer {key}");
    let wrong = format!("authorization: Bearer {}", "x".repeat(key.len()));
    for (status, lines) in [
        (401, format!("host: {host}")),
        (401, format!("host: {host}\n{wrong}")),
        (401, format!("host: {host}\nauthorization: Bearer sk-test-0123456789")),
        (401, format!("host: {host}\nauthorization: Basic {key}")),
        (403, format!("host: evil.example\n{bearer}")),
        (403, format!("host: evil.example:80\n{bearer}")),
        (403, format!("host: {host}\n{bearer}\norigin: http://{host}")),
        (403, format!("host: {host}\n{bearer}\norigin: null")),
        (200, format!("host: LOCALHOST\n{bearer}")),
    ] {
        let head = format!("GET /v1/threads/thread_1 HTTP/1.1\n{lines}\nconnection: close");
        let answer = RawResponse::read(recording.send_raw(&head, b"")).unwrap();
        assert_eq!(answer.status, status, "{lines}");
    }
    for path in ["/v1/../secret", "/v1/%2e%2e/secret", "/v1/threads/..%5csecret"] {
        assert_eq!(recording.begin(&format!("GET {path}"), b"").status, 400, "{path}");
    }
    assert_eq!(listener.lines(), ["GET /v1/threads/thread_1"]);
    recording.end().ok();
}

#[test]
fn unreachable_backend_returns_502_to_the_program() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let recording = Recording::start(&asst, &[]);
    for head in ["GET /v1/files", "POST /v1/threads", "DELETE /v1/threads/thread_1"] {
        let answer = recording.begin(head, b"");
        assert_eq!(answer.status, 502, "{head:?}");
        let error = answer.json()["error"].clone();
        assert_eq!(error["code"], "backend_unreachable", "{head:?}");
        assert!(error["message"].as_str().unwrap().contains("127.0.0.1:1"), "{error}");
    }
    recording.end().ok();
    // Nothing was sent, so no intent is open.
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn cut_response_is_cut_for_the_program_too() {
    // An object may be in the second one, so the proxy reads it before it sends it on.
    let json = Response::raw("HTTP/1.1 200 OK\ncontent-type: application/json\ncontent-length: 1000\n\n{\"id\":");
    let listener = MockServer::scripted([Response::Half, json, Response::Half, Response::Cut]);
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &[]);
    for head in ["GET /v1/files", "POST /v1/chat/completions", "POST /v1/threads"] {
        let answer = recording.begin(head, b"");
        assert_eq!((answer.status, answer.header("content-length")), (200, Some("1000")), "{head:?}");
        let mut reader = answer.reader;
        let mut body = Vec::new();
        let _ = std::io::Read::read_to_end(&mut reader, &mut body);
        assert!((1..1_000).contains(&body.len()), "{head}: {} bytes", body.len());
    }
    assert_eq!(recording.begin("POST /v1/threads", b"").status, 502);
    let ran = recording.end().ok().says("stays open");
    assert!(ran.stderr.contains("2 of unknown outcome"), "{}", ran.text());
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}

#[cfg(target_os = "linux")]
#[test]
fn a_long_upload_and_a_long_download_pass_in_little_memory() {
    const LONG: usize = 50 << 20;
    let listener = MockServer::new(|request, before| match request.method.as_str() {
        "GET" => Response::text(200, vec![b'd'; LONG]),
        _ => super::all_kinds(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &[]);
    recording.post("/files", &serde_json::json!({}));
    assert_eq!(recording.begin("GET /v1/files/file-1", b"").status, 200);
    let peak = || crate::support::memory::most_kib(recording.pid()).unwrap() << 10;
    let before = peak();
    let upload = vec![b'u'; LONG];
    let answer = recording.begin("POST /v1/files\ncontent-type: multipart/form-data; boundary=x", &upload);
    let id = super::text(&answer.json()["id"]);
    assert_eq!(recording.begin("GET /v1/files/file-1/content", b"").body().unwrap().len(), LONG);
    let grown = peak().saturating_sub(before);
    assert!(grown < (LONG / 3) as u64, "{grown} bytes more were held");
    assert!(listener.requests().iter().any(|request| request.body == upload), "the upload did not come through");
    recording.end().ok();
    assert_eq!(super::rows(&asst)[0]["id"], id.as_str());
}
