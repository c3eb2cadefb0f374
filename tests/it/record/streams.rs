//! Event streams are forwarded piece by piece, and the objects in them are recorded on the way.

use super::{Recording, rows};
use crate::support::test_env::{Asst, PATIENCE};
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener};
use std::sync::mpsc::{Receiver, Sender, channel};

/// Starts a backend that responds to one request with a stream. The test sends each piece.
fn streaming() -> (SocketAddr, Sender<&'static str>) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let address = listener.local_addr().unwrap();
    let (send, pieces): (Sender<&'static str>, Receiver<&'static str>) = channel();
    std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut request = Vec::new();
        while !request.ends_with(b"{}") {
            let mut byte = [0];
            stream.read_exact(&mut byte).unwrap();
            request.push(byte[0]);
        }
        let head =
            "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\r\n";
        stream.write_all(head.as_bytes()).unwrap();
        for piece in pieces {
            stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).unwrap();
        }
        let _ = stream.write_all(b"0\r\n\r\n");
    });
    (address, send)
}

const THREAD: &str =
    "event: thread.created\ndata: {\"id\":\"thread_1\",\"object\":\"thread\",\"metadata\":{\"a\":\"b\"}}\n\n";
const RUN: &str =
    "event: thread.run.created\ndata: {\"id\":\"run_1\",\"object\":\"thread.run\",\"thread_id\":\"thread_1\"}\n\n";

fn started(asst: &Asst) -> (Recording<'_>, super::Answer) {
    let recording = Recording::start(asst, &[]);
    let answer = recording.begin("POST /v1/threads/runs\ncontent-type: application/json", b"{}");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream; charset=utf-8")));
    (recording, answer)
}

#[test]
fn objects_are_recorded_before_their_piece_is_forwarded() {
    let (address, send) = streaming();
    let asst = Asst::with_backend(&format!("http://{address}/v1"));
    let (recording, mut answer) = started(&asst);
    // The test sends the next piece after the previous one has arrived.
    send.send(THREAD).unwrap();
    assert_eq!(answer.chunk(), THREAD.trim_end_matches("\r\n"));
    let known = rows(&asst);
    assert_eq!((&known[0]["id"], &known[0]["metadata"]["a"]), (&"thread_1".into(), &"b".into()));
    let (begin, end) = RUN.split_at(40);
    send.send(begin).unwrap();
    send.send(end).unwrap();
    assert_eq!(answer.chunk(), RUN);
    let known = rows(&asst);
    assert_eq!((known.len(), &known[0]["id"], &known[0]["parent"]), (2, &"run_1".into(), &"thread_1".into()));
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    // From here on the proxy holds nothing back.
    for piece in ["event: thread.message.delta\nda", "ta: {}\n\n", "data: [DONE]\n\n"] {
        send.send(piece).unwrap();
        assert_eq!(answer.chunk(), piece);
    }
    drop(send);
    assert_eq!(answer.chunk(), "");
    recording.end().ok().says("2 created");
}

#[test]
fn a_stream_that_ends_before_its_run_leaves_the_intent_open() {
    let (address, send) = streaming();
    let asst = Asst::with_backend(&format!("http://{address}/v1"));
    let (recording, mut answer) = started(&asst);
    send.send(THREAD).unwrap();
    send.send("event: error\nda").unwrap();
    drop(send);
    assert_eq!(answer.chunk(), THREAD);
    assert_eq!(answer.chunk(), "event: error\nda");
    assert_eq!(answer.chunk(), "");
    recording.end().ok().says("stays open").says("1 created, 0 deleted, 1 left, 1 of unknown outcome");
    assert_eq!(rows(&asst)[0]["id"], "thread_1");
}

#[test]
fn run_is_recorded_after_the_program_disconnects() {
    let (address, send) = streaming();
    let asst = Asst::with_backend(&format!("http://{address}/v1"));
    let (recording, answer) = started(&asst);
    drop(answer);
    send.send(THREAD).unwrap();
    send.send(RUN).unwrap();
    drop(send);
    recording.end().ok().says("2 created");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}
