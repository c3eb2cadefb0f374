//! A server with a low limit of open files, and clients that are slow or many.

use super::*;
use std::io::Write;
use std::net::TcpStream;
use std::time::{Duration, Instant};

#[cfg(unix)]
#[test]
fn more_half_sent_requests_than_files_may_be_open_do_not_block_the_server() {
    let asst = Asst::new();
    let server = asst.serve_within("-n 100");
    let host = raw_http::host(&server.url);
    let mut slow = Vec::new();
    for round in 0..3 {
        for _ in 0..200 {
            let mut stream = TcpStream::connect(host).unwrap();
            let _ = stream.write_all(b"POST /v1/threads HTTP/1.1\r\nhost: localhost\r\nx-slow: "); // It may be closed.
            slow.push(stream);
        }
        let began = Instant::now();
        ask(&server.url, "GET", "/files", None);
        assert!(began.elapsed() < Duration::from_secs(5), "round {round}: {:?}", began.elapsed());
    }
}

#[cfg(unix)]
#[test]
fn server_raises_its_limit_of_open_files() {
    let asst = Asst::new();
    let server = asst.serve_within("-S -n 64");
    let host = raw_http::host(&server.url);
    let ask = |stream: &mut TcpStream| {
        stream.write_all(b"GET /v1/files HTTP/1.1\r\nhost: localhost\r\n\r\n").unwrap();
        let mut response = RawResponse::read(stream.try_clone().unwrap()).unwrap();
        assert_eq!(response.status, 200, "{}", response.head);
        response.body().unwrap();
    };
    let mut idle: Vec<TcpStream> = (0..100).map(|_| TcpStream::connect(host).unwrap()).collect();
    idle.iter_mut().for_each(ask);
    idle.iter_mut().for_each(ask);
}
