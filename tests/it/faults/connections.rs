//! Connections that break or stall: before an answer, within it, and after the commit.

use super::{faulty, threads};
use crate::support::raw_http;
use crate::support::test_env::PATIENCE;
use std::io::Read;
use std::time::{Duration, Instant};

/// Sends a request and returns all bytes until the connection is closed.
fn bytes(url: &str, path: &str) -> Vec<u8> {
    let host = raw_http::host(url);
    let head = format!("GET /v1{path} HTTP/1.1\nhost: {host}\nopenai-beta: assistants=v2");
    let mut stream = raw_http::send(host, &head, b"").unwrap();
    let mut found = Vec::new();
    let mut piece = [0; 1024];
    loop {
        match stream.read(&mut piece) {
            Ok(0) => return found,
            Ok(length) => found.extend_from_slice(&piece[..length]),
            Err(error) if error.kind() == std::io::ErrorKind::ConnectionReset => return found,
            Err(error) => panic!("{error}; so far {:?}", String::from_utf8_lossy(&found)),
        }
    }
}

#[test]
fn a_connection_is_cut_before_a_response() {
    let (server, asst) = faulty(&["cut,on=GET /assistants,times=2"]);
    assert_eq!(bytes(&server.url, "/assistants"), b"");
    asst.run(["assistants", "list"]).ok();
    let (_server, asst) = faulty(&["cut,on=POST /threads"]);
    asst.run(["threads", "create"]).code(10).says("stays open");
    assert_eq!(threads(&asst), 0);
}

#[test]
fn a_create_that_is_cut_after_the_commit_stays_open_in_the_ledger() {
    let (_server, asst) = faulty(&["cut-after-commit,on=POST /threads"]);
    asst.run(["threads", "create"]).code(10).says("stays open");
    assert_eq!(threads(&asst), 1, "the server has it");
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}

#[test]
fn a_connection_is_cut_within_a_response() {
    let (server, asst) = faulty(&["cut-within=10,on=GET /assistants,times=2"]);
    let found = String::from_utf8(bytes(&server.url, "/assistants")).unwrap();
    let (head, body) = found.split_once("\r\n\r\n").unwrap();
    assert!(head.to_lowercase().contains("content-length: "), "{head}");
    assert_eq!(body, "{\"object\":");
    asst.run(["assistants", "list"]).ok();
    let (_server, asst) = faulty(&["cut-within"]);
    asst.run(["assistants", "list", "--retries", "1"])
        .code(7)
        .says("the connection was lost before the response was complete");
}

#[test]
fn a_stalled_response_times_out() {
    let limit = ["--request-timeout", "300ms", "--retries", "0"];
    let list = |faults: &[&str]| {
        let (server, asst) = faulty(faults);
        let ran = asst.run([&["assistants", "list"], &limit[..]].concat());
        drop(server);
        ran
    };
    list(&["stall"]).code(7).says("no response within");
    list(&["stall-within"]).code(7).says("no further data");
    list(&["stall=10ms"]).code(7).says("the connection was lost");
    let (_server, asst) = faulty(&["stall-after-commit,on=POST"]);
    asst.run([&["threads", "create"], &limit[..]].concat()).code(10).says("stays open");
    assert_eq!(threads(&asst), 1);
}

#[test]
fn a_slow_response_arrives_whole() {
    let (_server, asst) = faulty(&["slow=30ms,on=GET"]);
    (0..4).for_each(|_| drop(asst.run(["assistants", "create", "--model", "echo"]).ok()));
    let begun = Instant::now();
    assert_eq!(asst.run(["assistants", "list", "-o", "id"]).ok().ids().len(), 4);
    // Four assistants are longer than four pieces.
    assert!(begun.elapsed() >= Duration::from_millis(4 * 30), "{:?}", begun.elapsed());
}

#[cfg(unix)]
#[test]
fn a_server_with_stalled_requests_ends_on_sigterm() {
    let (server, _asst) = faulty(&["stall,times=1"]);
    let (send, answered) = std::sync::mpsc::channel();
    for _ in 0..2 {
        let (url, send) = (server.url.clone(), send.clone());
        std::thread::spawn(move || send.send(raw_http::call(&url, "GET", "/assistants", None).is_ok()));
    }
    // Only the first request stalls, so it has begun when the second one is answered.
    assert!(answered.recv_timeout(PATIENCE).unwrap());
    assert!(server.terminate().success());
}
