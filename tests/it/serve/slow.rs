//! A server that may open few files, and callers that never finish their requests.

use super::*;
use std::time::{Duration, Instant};

#[cfg(unix)]
#[test]
fn more_half_sent_requests_than_files_may_be_open_do_not_block_the_server() {
    let asst = Asst::new();
    let server = asst.serve_with_files(100, &[]);
    let host = server.url.trim_start_matches("http://").trim_end_matches("/v1");
    let mut slow = Vec::new();
    for round in 0..3 {
        for _ in 0..200 {
            let mut stream = TcpStream::connect(host).unwrap();
            let _ = stream.write_all(b"POST /v1/threads HTTP/1.1\r\nhost: localhost\r\nx-slow: "); // It may be closed by now.
            slow.push(stream);
        }
        let began = Instant::now();
        ask(&server.url, "GET", "/files", None);
        assert!(began.elapsed() < Duration::from_secs(5), "round {round}: {:?}", began.elapsed());
    }
}
