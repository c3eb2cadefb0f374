//! A chat completions endpoint for the tests. It streams given events, in chunks that may split any character.

use crate::support::mock_server::{MockServer, Request, Response};
use serde_json::{Value, json};
use std::io::Write;
use std::time::Duration;

/// Answers with events, in chunks of this size. The socket is flushed between chunks.
pub(super) fn stream(events: &[Value], size: usize) -> Response {
    bytes(&text(events, "\n"), size)
}

/// Writes events in the format of the wire, with this line ending, after a comment.
pub(super) fn text(events: &[Value], line: &str) -> String {
    let mut text = format!(": to keep it open{line}{line}");
    for event in events.iter().map(Value::to_string).chain(["[DONE]".to_owned()]) {
        text.push_str(&format!("data: {event}{line}{line}"));
    }
    text
}

/// Sends a body of events in chunks of this size, which may split an event or a character.
pub(super) fn bytes(text: &str, size: usize) -> Response {
    let text = text.to_owned();
    Response::own(move |stream| {
        let _ = stream.set_nodelay(true);
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\ntransfer-encoding: chunked\r\n\
                    connection: close\r\n\r\n";
        let mut sent = stream.write_all(head.as_bytes());
        for chunk in text.as_bytes().chunks(size) {
            let framed = [format!("{:x}\r\n", chunk.len()).as_bytes(), chunk, b"\r\n"].concat();
            sent = sent.and_then(|()| stream.write_all(&framed));
            if sent.is_err() {
                return;
            }
            // The pause keeps the chunks from arriving as one.
            std::thread::sleep(Duration::from_micros(200));
        }
        let _ = stream.write_all(b"0\r\n\r\n");
    })
}

/// Returns a chunk of an answer.
pub(super) fn delta(delta: Value) -> Value {
    json!({ "id": "c", "object": "chat.completion.chunk", "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
}

/// Returns the end of an answer, with its token usage.
pub(super) fn end(reason: &str) -> [Value; 2] {
    [
        json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] }),
        json!({ "choices": [], "usage": { "prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25 } }),
    ]
}

/// Returns the events of a text in these pieces.
pub(super) fn saying(pieces: &[&str]) -> Vec<Value> {
    let begin = delta(json!({ "role": "assistant", "content": "" }));
    let pieces = pieces.iter().map(|piece| delta(json!({ "content": piece })));
    std::iter::once(begin).chain(pieces).chain(end("stop")).collect()
}

/// Returns a server that answers every request with this text.
pub(super) fn always(said: &'static str) -> MockServer {
    MockServer::new(move |_, _| stream(&saying(&[said]), 7))
}

/// Returns the messages of a request.
pub(super) fn messages(request: &Request) -> Vec<Value> {
    request.json()["messages"].as_array().unwrap_or_else(|| panic!("no messages: {}", request.json())).clone()
}
