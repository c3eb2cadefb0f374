//! Event streams are forwarded piece by piece, and the objects in them are recorded on the way.

use super::{Recording, rows};
use crate::support::mock_server::{MockServer, Response};
use crate::support::raw_http::RawResponse;
use crate::support::test_env::Asst;
use std::io::Write;
use std::sync::Mutex;
use std::sync::mpsc::{Sender, channel};

/// Starts a backend that responds to one request with a stream. The test sends each piece.
fn streaming() -> (MockServer, Sender<&'static str>) {
    let (send, pieces) = channel::<&'static str>();
    let pieces = Mutex::new(Some(pieces));
    let listener = MockServer::new(move |_, _| {
        let pieces = pieces.lock().unwrap().take().expect("one request");
        Response::own(move |stream| {
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\n\
                        transfer-encoding: chunked\r\n\r\n";
            stream.write_all(head.as_bytes()).unwrap();
            for piece in pieces {
                stream.write_all(format!("{:x}\r\n{piece}\r\n", piece.len()).as_bytes()).unwrap();
            }
            let _ = stream.write_all(b"0\r\n\r\n");
        })
    });
    (listener, send)
}

const THREAD: &str =
    "event: thread.created\ndata: {\"id\":\"thread_1\",\"object\":\"thread\",\"metadata\":{\"a\":\"b\"}}\n\n";
const RUN: &str =
    "event: thread.run.created\ndata: {\"id\":\"run_1\",\"object\":\"thread.run\",\"thread_id\":\"thread_1\"}\n\n";

/// Returns the next chunk of a response as text.
fn chunk(answer: &mut RawResponse) -> String {
    String::from_utf8(answer.chunk().unwrap()).unwrap()
}

fn started(asst: &Asst) -> (Recording<'_>, RawResponse) {
    let recording = Recording::start(asst, &[]);
    let answer = recording.begin("POST /v1/threads/runs\ncontent-type: application/json", b"{}");
    assert_eq!((answer.status, answer.header("content-type")), (200, Some("text/event-stream; charset=utf-8")));
    (recording, answer)
}

#[test]
fn objects_are_recorded_before_their_piece_is_forwarded() {
    let (listener, send) = streaming();
    let asst = Asst::with_backend(&listener.url());
    let (recording, mut answer) = started(&asst);
    // The test sends the next piece after the previous one has arrived.
    send.send(THREAD).unwrap();
    assert_eq!(chunk(&mut answer), THREAD.trim_end_matches("\r\n"));
    let known = rows(&asst);
    assert_eq!((&known[0]["id"], &known[0]["metadata"]["a"]), (&"thread_1".into(), &"b".into()));
    let (begin, end) = RUN.split_at(40);
    send.send(begin).unwrap();
    send.send(end).unwrap();
    assert_eq!(chunk(&mut answer), RUN);
    let known = rows(&asst);
    assert_eq!((known.len(), &known[0]["id"], &known[0]["parent"]), (2, &"run_1".into(), &"thread_1".into()));
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    // From here on the proxy holds nothing back.
    for piece in ["event: thread.message.delta\nda", "ta: {}\n\n", "data: [DONE]\n\n"] {
        send.send(piece).unwrap();
        assert_eq!(chunk(&mut answer), piece, "{piece:?}");
    }
    drop(send);
    assert_eq!(chunk(&mut answer), "");
    recording.end().ok().says("2 created");
}

#[test]
fn a_stream_that_ends_before_its_run_leaves_the_intent_open() {
    let (listener, send) = streaming();
    let asst = Asst::with_backend(&listener.url());
    let (recording, mut answer) = started(&asst);
    send.send(THREAD).unwrap();
    send.send("event: error\nda").unwrap();
    drop(send);
    assert_eq!(chunk(&mut answer), THREAD);
    assert_eq!(chunk(&mut answer), "event: error\nda");
    assert_eq!(chunk(&mut answer), "");
    recording.end().ok().says("stays open").says("1 created, 0 deleted, 1 left, 1 of unknown outcome");
    assert_eq!(rows(&asst)[0]["id"], "thread_1");
}

#[test]
fn run_is_recorded_after_the_program_disconnects() {
    let (listener, send) = streaming();
    let asst = Asst::with_backend(&listener.url());
    let (recording, answer) = started(&asst);
    drop(answer);
    send.send(THREAD).unwrap();
    send.send(RUN).unwrap();
    drop(send);
    recording.end().ok().says("2 created");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}
