//! Tests of the transport against misbehaving servers.
#![allow(clippy::unwrap_used)]

use std::io::Write;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// The behaviour of a server on one connection, after it has received the head of the request.
#[derive(Clone)]
enum TestResponse {
    /// Sends the text and closes the connection.
    Text(String),
    /// Reads the body up to the mark, then sends the text.
    After(&'static str, String),
    /// Sends the text and keeps the connection open.
    Stall(String),
}

struct Server {
    url: Url,
    received_requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Starts a server that accepts one connection per response, with one request on each.
    async fn start(replies: impl IntoIterator<Item = TestResponse>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = Url::parse(&format!("http://{}/start", listener.local_addr().unwrap())).unwrap();
        let received_requests = Arc::new(Mutex::new(Vec::new()));
        let (log, replies) = (received_requests.clone(), replies.into_iter().collect::<Vec<_>>());
        tokio::spawn(async move {
            for response_to_send in replies {
                let (stream, _) = listener.accept().await.unwrap();
                tokio::spawn(respond(stream, response_to_send, log.clone()));
            }
        });
        Self { url, received_requests }
    }

    fn received_requests(&self) -> Vec<String> {
        self.received_requests.lock().unwrap().clone()
    }
}

async fn respond(mut stream: TcpStream, response_to_send: TestResponse, log: Arc<Mutex<Vec<String>>>) {
    let until = if let TestResponse::After(mark, _) = &response_to_send { *mark } else { "\r\n\r\n" };
    let mut request = Vec::new();
    let mut piece = vec![0; 64 << 10];
    while !request.windows(until.len()).any(|window| window == until.as_bytes()) {
        let read = stream.read(&mut piece).await.unwrap();
        request.extend_from_slice(&piece[..read]);
        if read == 0 {
            break;
        }
    }
    log.lock().unwrap().push(String::from_utf8_lossy(&request).into_owned());
    match response_to_send {
        TestResponse::Text(text) | TestResponse::After(_, text) => stream.write_all(text.as_bytes()).await.unwrap(),
        TestResponse::Stall(text) => {
            stream.write_all(text.as_bytes()).await.unwrap();
            std::future::pending::<()>().await;
        }
    }
}

fn ok(body: &str) -> TestResponse {
    TestResponse::Text(response("200 OK", "", body))
}

fn response(status: &str, headers: &str, body: &str) -> String {
    format!("HTTP/1.1 {status}\r\n{headers}Content-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

fn redirect(status: u16, to: &str) -> TestResponse {
    TestResponse::Text(response(&format!("{status} Moved"), &format!("Location: {to}\r\n"), ""))
}

fn transport() -> Transport {
    Transport::new(TransportSettings { request_timeout: Duration::from_secs(20), ..TransportSettings::default() })
}

fn quick(trace: Option<Tracer>) -> Transport {
    Transport::new(TransportSettings {
        request_timeout: Duration::from_millis(80),
        trace,
        ..TransportSettings::default()
    })
}

fn get(url: &Url) -> HttpRequest {
    HttpRequest::new(Method::GET, url.clone())
        .secret_header(HeaderName::from_static("authorization"), HeaderValue::from_static("Bearer sk-secret-key"))
        .header(HeaderName::from_static("openai-organization"), HeaderValue::from_static("org-1"))
        .header(HeaderName::from_static("accept"), HeaderValue::from_static("application/json"))
}

fn post(url: &Url) -> HttpRequest {
    HttpRequest { method: Method::POST, ..get(url) }.body(RequestBody::Json(Bytes::from_static(b"{\"a\":1}")))
}

async fn error_of(transport: &Transport, call: &HttpRequest) -> TransportError {
    match transport.send(call).await {
        Err(error) => error,
        Ok(received) => received.bytes(DEFAULT_LIMIT).await.unwrap_err(),
    }
}

#[tokio::test]
async fn a_refused_connection_was_not_sent() {
    // No process listens on port 1. A port that was just released could be reused by another test.
    let url = Url::parse("http://127.0.0.1:1/").unwrap();
    let error = error_of(&transport(), &post(&url)).await;
    assert_eq!((error.sent(), error.is_transient()), (Sent::No, true));
    let port = url.port().unwrap();
    assert_eq!(error.to_string(), format!("cannot connect to 127.0.0.1:{port}: Connection refused"));
}

#[tokio::test]
async fn an_unknown_host_was_not_sent() {
    let error = error_of(&transport(), &get(&Url::parse("http://nowhere.invalid/").unwrap())).await;
    assert!(matches!(error, TransportError::Dns { .. }), "{error:?}");
    assert_eq!(error.sent(), Sent::No);
}

#[tokio::test]
async fn a_request_whose_connection_is_cut_may_have_been_sent() {
    let halves = ["", "HTTP/1.1 200 OK\r\nContent-Le", "HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{\"id\""];
    for half in halves {
        let server = Server::start([TestResponse::After("{\"a\":1}", half.to_owned())]).await;
        let error = error_of(&transport(), &post(&server.url)).await;
        assert!(matches!(error, TransportError::Cut { .. }), "{half}: {error:?}");
        assert_eq!(error.sent(), Sent::Maybe, "{half:?}");
        assert!(server.received_requests()[0].contains("content-type: application/json"), "{half:?}");
    }
}

#[tokio::test]
async fn a_get_has_neither_body_nor_content_type_and_names_the_program() {
    let server = Server::start([ok("{}")]).await;
    let received = transport().send(&get(&server.url)).await.unwrap();
    assert_eq!(received.status, StatusCode::OK);
    assert_eq!(received.bytes(DEFAULT_LIMIT).await.unwrap(), "{}");
    let received_requests = server.received_requests().remove(0).to_ascii_lowercase();
    assert!(
        received_requests.contains("user-agent: asst/")
            && received_requests.contains("authorization: bearer sk-secret-key")
    );
    assert!(!received_requests.contains("content-"), "{received_requests}");
}

#[tokio::test]
async fn credentials_stay_with_their_origin() {
    let other = Server::start([ok("other")]).await;
    let server = Server::start([redirect(302, "/next"), redirect(307, other.url.as_str())]).await;
    let received = transport().send(&get(&server.url)).await.unwrap();
    assert_eq!(*received.response.url(), other.url);
    assert_eq!(received.bytes(DEFAULT_LIMIT).await.unwrap(), "other");
    assert!(server.received_requests()[1].contains("sk-secret-key"), "the same origin sees them");
    let received_requests = other.received_requests().remove(0);
    assert!(
        !received_requests.contains("sk-secret-key") && !received_requests.contains("org-1"),
        "{received_requests}"
    );
    assert!(received_requests.contains("accept: application/json"));
}

#[tokio::test]
async fn a_body_is_sent_again_only_to_the_same_origin() {
    let body = || "{\"a\":1}";
    let server = Server::start([
        TestResponse::After(body(), response("307 Moved", "Location: /v2\r\n", "")),
        TestResponse::After(body(), response("200 OK", "", "created")),
    ])
    .await;
    let received = transport().send(&post(&server.url)).await.unwrap();
    assert_eq!(received.bytes(DEFAULT_LIMIT).await.unwrap(), "created");
    assert!(server.received_requests()[1].starts_with("POST /v2") && server.received_requests()[1].ends_with(body()));
    let other = Server::start([]).await;
    let server = Server::start([TestResponse::After(
        body(),
        response("308 Moved", &format!("Location: {}\r\n", other.url), ""),
    )])
    .await;
    let error = error_of(&transport(), &post(&server.url)).await;
    assert!(matches!(error, TransportError::Redirect { status: 308, .. }));
    assert_eq!((error.sent(), error.is_transient()), (Sent::No, false));
}

#[tokio::test]
async fn redirects_end_at_the_limit() {
    let server = Server::start((0..11).map(|step| redirect(302, &format!("/{step}")))).await;
    let error = error_of(&transport(), &get(&server.url)).await.to_string();
    assert!(error.contains("redirected more than 10 times"), "{error}");
    let server = Server::start([redirect(302, "/a"), redirect(302, "/start")]).await;
    assert!(error_of(&transport(), &get(&server.url)).await.to_string().contains("earlier URL"));
}

#[tokio::test]
async fn a_timeout_states_what_did_not_arrive() {
    let server = Server::start([TestResponse::Stall(String::new())]).await;
    let error = error_of(&quick(None), &post(&server.url)).await;
    assert!(matches!(error, TransportError::Timeout { phase: Phase::Response, .. }), "{error:?}");
    assert_eq!((error.sent(), error.to_string()), (Sent::Maybe, "no response within 0.08 s".to_owned()));
    let head = "HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nab";
    let server = Server::start([TestResponse::Stall(head.to_owned()), TestResponse::Stall(head.to_owned())]).await;
    let error = error_of(&quick(None), &get(&server.url)).await;
    assert!(matches!(error, TransportError::Timeout { phase: Phase::Body, .. }), "{error:?}");
    let mut response = quick(None).send(&get(&server.url)).await.unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "ab");
    assert!(matches!(response.chunk().await, Err(TransportError::Timeout { phase: Phase::Body, .. })));
}

#[tokio::test]
async fn long_responses_are_rejected_and_long_errors_are_cut() {
    let long = "x".repeat(3 << 20);
    let failed = TestResponse::Text(response("500 Oops", "", &long));
    let server = Server::start([ok(&long), ok(&long), failed]).await;
    let send = || async { transport().send(&get(&server.url)).await.unwrap() };
    assert_eq!(send().await.bytes(3 << 20).await.unwrap().len(), 3 << 20);
    let error = send().await.bytes((3 << 20) - 1).await.unwrap_err();
    assert!(matches!(error, TransportError::TooLarge { .. }));
    assert_eq!(send().await.bytes(DEFAULT_LIMIT).await.unwrap().len() as u64, ERROR_LIMIT);
}

#[tokio::test]
async fn a_server_without_tls_is_a_tls_error() {
    let server = Server::start([]).await;
    let address = server.url.as_str().replace("http:", "https:");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").await.unwrap();
    });
    let mut url = Url::parse(&address).unwrap();
    url.set_port(Some(port)).unwrap();
    let roots = tempfile::NamedTempFile::new().unwrap();
    let error = error_of(&transport(), &get(&url)).await;
    assert_eq!(error.sent(), Sent::No, "{error:?}");
    assert!(matches!(error, TransportError::Tls { .. } | TransportError::Settings { .. }), "{error:?}");
    let empty = TransportSettings { ca_file: Some(roots.path().to_path_buf()), ..TransportSettings::default() };
    let error = error_of(&Transport::new(empty), &get(&url)).await.to_string();
    assert!(error.contains("ca_file") && error.contains("no PEM certificate"), "{error}");
}

#[tokio::test]
async fn uploads_stream_from_files_and_readers() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(&vec![b'z'; 700_000]).unwrap();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let counter = seen.clone();
    let progress: ProgressCallback = Arc::new(move |bytes| counter.lock().unwrap().push(bytes));
    let source = UploadSource::File(file.path().to_path_buf());
    let form = upload(&[("purpose", "assistants")], "file", "a\"b.txt", source, Some(progress)).unwrap();
    let server = Server::start([
        TestResponse::After("--\r\n", response("307 Moved", "Location: /again\r\n", "")),
        TestResponse::After("--\r\n", response("200 OK", "", "ok")),
    ])
    .await;
    let call = HttpRequest { method: Method::POST, ..get(&server.url) }.body(RequestBody::Stream(form.clone()));
    transport().send(&call).await.unwrap();
    let received_requests = server.received_requests().remove(1);
    let (head, body) = received_requests.split_once("\r\n\r\n").unwrap();
    assert!(head.contains(&format!("content-length: {}", form.length().unwrap())), "{head}");
    assert_eq!(body.len() as u64, form.length().unwrap());
    assert!(
        body.contains("name=\"purpose\"\r\n\r\nassistants\r\n")
            && body.contains("filename=\"a%22b.txt\"\r\nContent-Type: text/plain\r\n")
    );
    assert!(body.contains(&"z".repeat(700_000)));
    assert!(seen.lock().unwrap().contains(&700_000));

    let form = upload(&[], "data", "part", UploadSource::reader(&b"from a pipe"[..]), None).unwrap();
    let call = HttpRequest { method: Method::POST, ..get(&server.url) }.body(RequestBody::Stream(form));
    let server = Server::start([TestResponse::After("0\r\n\r\n", response("200 OK", "", "ok"))]).await;
    let call = HttpRequest { url: server.url.clone(), ..call };
    transport().send(&call).await.unwrap();
    assert!(
        server.received_requests()[0].contains("transfer-encoding: chunked")
            && server.received_requests()[0].contains("from a pipe")
    );
    let error = error_of(&transport(), &call).await;
    assert!(error.to_string().contains("only once"), "{error}");
    assert!(upload(&[], "file", "x", UploadSource::File("/does/not/exist".into()), None).is_err());
}

#[tokio::test]
async fn a_trace_shows_everything_except_the_key() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let log = lines.clone();
    let tracer = Tracer::new(TraceLevel::Cut, move |line| log.lock().unwrap().push(line.to_owned()));
    let body = format!("sk-secret-key is \u{1b}[31m wrong {}", "x".repeat(5000));
    let server = Server::start([ok(&body)]).await;
    let mut call = post(&server.url);
    call.url.set_query(Some("key=sk-secret-key"));
    let settings = TransportSettings { trace: Some(tracer), ..TransportSettings::default() };
    Transport::new(settings).send(&call).await.unwrap().bytes(DEFAULT_LIMIT).await.unwrap();
    let text = lines.lock().unwrap().join("\n");
    assert!(!text.contains("sk-secret-key") && !text.contains('\u{1b}'), "{text}");
    for expected in
        ["> POST http://", "authorization: [redacted]", "> {\"a\":1}", "< 200 OK", "[redacted] is \\u{1b}[31m"]
    {
        assert!(text.contains(expected), "{expected} in {text}");
    }
    assert!(text.len() < 4000 && text.contains("bytes in all"));
}

#[test]
fn every_form_of_a_loopback_address_is_recognised() {
    let loopback = |host: &str| is_loopback(&Url::parse(&format!("http://{host}/")).unwrap());
    for host in [
        "localhost",
        "LOCALHOST.",
        "a.localhost",
        "127.0.0.1",
        "127.9.9.9",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "0.0.0.0",
        "2130706433",
    ] {
        assert!(loopback(host), "{host}");
    }
    assert!(!loopback("localhost.example") && !loopback("10.0.0.1") && !loopback("[2001:db8::1]"));
}
