//! Failures below the protocol: connections that stall, trickle or break off, and heads that are not HTTP.

use super::{fails, hostile, thread, unread};
use crate::support::mock_server::Response;
use crate::support::tcp_server::TcpServer;
use crate::support::test_env::Asst;
use std::io::{Read, Write};
use std::time::Duration;

const TICK: Duration = Duration::from_millis(50);
const GET: [&str; 5] = ["threads", "get", "thread_1", "--retries", "0"];

/// Checks that a read ends after its timeout.
#[track_caller]
fn stalls(deed: Response, text: &str) {
    fails([deed], &[&GET[..], &["--request-timeout", "1500ms"]].concat(), 7, text);
}

#[test]
fn a_refused_connection_exits_7_and_leaves_no_intent() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    for (args, code) in [(&GET[..], 7), (&["threads", "create"], 7), (&["threads", "delete", "thread_1"], 7)] {
        let ran = asst.run(args).code(code).says("cannot connect to 127.0.0.1:1: Connection refused");
        assert_eq!(ran.stdout, "", "{args:?}");
    }
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_response_that_stalls_times_out() {
    stalls(Response::Stall, "no response within 1.5 s");
    stalls(Response::begin("HTTP/1.1 200 OK\ncontent-ty"), "no response within 1.5 s");
    stalls(Response::begin("HTTP/1.1 200 OK\ncontent-length: 99\n\n{\"id\""), "no further data within 1.5 s");
    stalls(Response::begin("HTTP/1.1 500 Oops\ncontent-length: 99\n\n{\"error\""), "no further data within 1.5 s");
    stalls(Response::begin("HTTP/1.1 100 Continue\n\n"), "no response within 1.5 s");
}

#[test]
fn a_response_that_trickles_times_out() {
    stalls(Response::drip("HTTP/1.1 200 OK\nx-filler: ", TICK), "no response within 1.5 s");
    let body = "HTTP/1.1 200 OK\ncontent-length: 9999999\n\n";
    stalls(Response::drip(body, TICK), "no further data within 1.5 s");
    stalls(Response::drip("HTTP/1.1 200 OK\ncontent-type: application/json\n\n", TICK), "within 1.5 s");
    stalls(Response::drip("HTTP/1.1 404 Not Found\ncontent-length: 9999999\n\n", TICK), "within 1.5 s");
    // The answer to an upload has the same timeout, although the upload itself may take longer.
    let (listener, asst) = hostile([Response::drip(body, TICK)]);
    asst.file("a.txt", "hi");
    asst.run(["files", "upload", "a.txt", "--request-timeout", "1500ms"]).code(10).says("within 1.5 s");
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn a_slow_download_succeeds_and_a_stalled_one_times_out() {
    let slow = Response::own(|stream| {
        use std::io::Write;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\n");
        for _ in 0..5 {
            std::thread::sleep(Duration::from_millis(800));
            let _ = stream.write_all(b"x");
        }
    });
    let (_listener, asst) = hostile([slow]);
    let ran = asst.run(["files", "content", "file-1", "--request-timeout", "3s"]).ok();
    assert_eq!(ran.stdout, "xxxxx");
    let (_listener, asst) = hostile([Response::begin("HTTP/1.1 200 OK\ncontent-length: 9\n\nabc")]);
    asst.run(["files", "content", "file-1", "--to", "a.bin", "--request-timeout", "1500ms"])
        .code(7)
        .says("no further data within 1.5 s");
    assert_eq!(std::fs::read_dir(asst.work()).unwrap().count(), 0, "a file or a part of it stayed");
}

#[test]
fn a_response_that_breaks_off_is_an_error() {
    let lost = "the connection was lost before the response was complete";
    unread(Response::Cut, 7, lost);
    unread(Response::Half, 7, lost);
    unread(Response::raw("HTTP/1.1 200 OK\ncontent-"), 7, lost);
    unread(Response::raw("HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\n5\n{\"id\"\n"), 7, lost);
    unread(Response::raw("HTTP/1.1 200 OK\ncontent-length: 5\n\n{\"id\":\"thread_1\"}"), 7, "its JSON is incomplete");
}

#[test]
fn a_response_that_is_not_http_is_an_error() {
    let garbled = "the response cannot be decoded";
    unread(Response::raw("SSH-2.0-OpenSSH_9.9\n"), 7, garbled);
    unread(Response::raw("HTTP/1.1 200 OK\ncontent-length: -5\n\n{}"), 7, garbled);
    unread(Response::raw("HTTP/1.1 200 OK\ncontent-length: 2\ncontent-length: 3\n\n{} "), 7, garbled);
    unread(Response::raw("HTTP/1.1 200 OK\ntransfer-encoding: chunked\n\nlots\n{}\n0\n\n"), 7, garbled);
    unread(Response::raw("HTTP/1.1 200 OK\nbad header\u{0}: x\ncontent-length: 2\n\n{}"), 7, garbled);
    unread(Response::raw("HTTP/1.1 20 OK\n\n"), 7, garbled);
}

#[test]
fn too_many_or_too_long_headers_are_refused() {
    let many: String = (0..10_000).map(|number| format!("x-flood-{number}: {number}\n")).collect();
    unread(
        Response::raw(&format!("HTTP/1.1 200 OK\n{many}content-length: 2\n\n{{}}")),
        7,
        "the response cannot be decoded",
    );
    let long = "y".repeat(1 << 20);
    unread(
        Response::raw(&format!("HTTP/1.1 200 OK\nx-flood: {long}\ncontent-length: 2\n\n{{}}")),
        7,
        "the response cannot be decoded",
    );
    unread(Response::endless("HTTP/1.1 200 OK\nx-flood: ", vec![b'y'; 1 << 16]), 7, "the response cannot be decoded");
    unread(Response::endless("HTTP/1.1 200 OK\n", *b"x-flood: y\r\n"), 7, "the response cannot be decoded");
    let hints = "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(100);
    stalls(Response::endless("", hints), "no response within 1.5 s");
}

#[test]
fn http_1_0_and_informational_responses_are_accepted() {
    let body = r#"{"id":"thread_1","object":"thread"}"#;
    for head in [
        "HTTP/1.0 200 OK\n\n".to_owned(),
        format!("HTTP/1.0 200 OK\ncontent-length: {}\n\n", body.len()),
        format!("HTTP/1.1 103 Early Hints\nlink: </x>\n\nHTTP/1.1 200 OK\ncontent-length: {}\n\n", body.len()),
        format!("HTTP/1.1 100 Continue\n\nHTTP/1.1 200 OK\ncontent-length: {}\n\n", body.len()),
        "HTTP/1.1 200\n\n".to_owned(),
        format!("HTTP/1.1 299 Odd\ncontent-length: {}\n\n", body.len()),
    ] {
        let (_listener, asst) = hostile([Response::raw(&format!("{head}{body}"))]);
        assert_eq!(asst.run(["threads", "get", "thread_1", "-o", "id"]).ok().stdout, "thread_1\n", "{head}");
    }
}

#[test]
fn a_success_status_without_the_object_is_a_failure() {
    let empty = |status: &str| Response::raw(&format!("HTTP/1.1 {status}\ncontent-length: 0\n\n"));
    unread(empty("200 OK"), 7, "it is empty");
    unread(Response::raw("HTTP/1.1 204 No Content\n\n"), 7, "it is empty");
    unread(empty("205 Reset Content"), 7, "it is empty");
    unread(
        Response::raw("HTTP/1.1 206 Partial Content\ncontent-length: 2\n\n{}"),
        7,
        "it is only a part of the content (206)",
    );
    unread(Response::raw("HTTP/1.1 304 Not Modified\n\n"), 7, "status 304");
    unread(empty("300 Multiple Choices"), 7, "status 300");
    for status in ["204 No Content", "206 Partial Content"] {
        let (_listener, asst) = hostile([Response::raw(&format!("HTTP/1.1 {status}\ncontent-length: 0\n\n"))]);
        asst.run(["files", "content", "file-1", "--to", "a.bin"]).code(7).says("expected the whole file");
        assert_eq!(std::fs::read_dir(asst.work()).unwrap().count(), 0, "{status:?}");
    }
}

#[test]
fn a_server_without_tls_is_reported() {
    for answer in [&b""[..], b"HTTP/1.1 400 Bad Request\r\n\r\n"] {
        // Answers after the first bytes, because a TLS handshake never ends in an HTTP request line.
        let server = eager(answer);
        let asst = Asst::with_backend(&format!("https://{}/v1", server.address()));
        let ran = asst.run(GET).code(7).says("not use TLS");
        assert_eq!(ran.stdout, "", "{answer:?}");
        let ran = asst.run(["threads", "create", "--retries", "0"]).code(7);
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
        assert!(!ran.stderr.contains("stays open"), "{}", ran.text());
    }
}

/// Starts a server that is not HTTP: each connection gets the answer after its first bytes.
fn eager(answer: &'static [u8]) -> TcpServer {
    TcpServer::new(move |mut stream| {
        let _ = stream.read(&mut [0; 4096]);
        let _ = stream.write_all(answer);
    })
}

/// Answers with keep-alive on a connection, and closes it.
fn stale(body: &'static str) -> Response {
    Response::raw(&format!("HTTP/1.1 200 OK\nconnection: keep-alive\ncontent-length: {}\n\n{body}", body.len()))
}

#[test]
fn a_connection_that_the_server_closed_is_not_reused() {
    let page = r#"{"data":[{"id":"asst_1"}],"has_more":true}"#;
    let last = r#"{"data":[{"id":"asst_2"}],"has_more":false}"#;
    let (listener, asst) = hostile([stale(page), stale(last)]);
    assert_eq!(asst.run(["assistants", "list", "-o", "id"]).ok().stdout, "asst_1\nasst_2\n");
    assert_eq!(listener.lines().len(), 2);
    // A request that cannot be retried never uses a connection that may be about to close.
    let file = r#"{"id":"file-1","object":"file"}"#;
    let (listener, asst) = hostile([stale(file), stale(file), stale(file), stale(file)]);
    ["a", "b", "c", "d"].iter().for_each(|name| drop(asst.file(name, "hi")));
    asst.run(["files", "upload", "a", "b", "c", "d", "--retries", "0"]).ok();
    assert_eq!(listener.lines().len(), 4);
}

#[test]
fn bytes_after_a_response_are_ignored() {
    // The second answer on the connection has no request.
    let twice = "HTTP/1.1 200 OK\ncontent-length: 17\n\n{\"id\":\"thread_1\"}HTTP/1.1 200 OK\ncontent-length: 2\n\n{}";
    let (_listener, asst) = hostile([Response::raw(twice)]);
    assert_eq!(asst.run(["threads", "get", "thread_1", "-o", "id"]).ok().stdout, "thread_1\n");
    fails([Response::Cut, thread()], &["threads", "get", "thread_1", "--retries", "0"], 7, "lost");
}
