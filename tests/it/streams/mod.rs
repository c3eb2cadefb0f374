//! Runs that are streamed or waited for, on scripted servers.

mod cut;
mod embedded;
mod interrupted;
mod output;
mod recorded;
mod unnamed_runs;
mod variants;

use crate::support::mock_server::{Request, Response};
use serde_json::{Value, json};
use std::io::Write;
use std::time::Duration;

pub(crate) const CREATE: [&str; 5] = ["runs", "create", "thread_1", "--assistant-id", "asst_1"];

/// Returns a run in the form of a server.
pub(crate) fn run(status: &str) -> Value {
    json!({
        "id": "run_1", "object": "thread.run", "created_at": 1_700_000_000, "thread_id": "thread_1",
        "assistant_id": "asst_1", "status": status, "required_action": null, "last_error": null, "metadata": {}
    })
}

/// Returns a run that waits for the output of a tool call.
pub(crate) fn waiting_run() -> Value {
    let call = json!({"id": "call_1", "type": "function", "function": {"name": "get_weather", "arguments": "{\"city\":\"Paris\"}"}});
    let mut run = run("requires_action");
    run["required_action"] = json!({"type": "submit_tool_outputs", "submit_tool_outputs": {"tool_calls": [call]}});
    run
}

/// Returns a message of the assistant.
pub(crate) fn message(id: &str, text: &str, annotations: &Value) -> Value {
    json!({
        "id": id, "object": "thread.message", "created_at": 1_700_000_001, "thread_id": "thread_1", "run_id": "run_1",
        "role": "assistant", "status": "completed",
        "content": [{"type": "text", "text": {"value": text, "annotations": annotations}}]
    })
}

pub(crate) fn delta(id: &str, text: &str) -> (&'static str, Value) {
    let content = json!([{"index": 0, "type": "text", "text": {"value": text}}]);
    ("thread.message.delta", json!({"id": id, "object": "thread.message.delta", "delta": {"content": content}}))
}

pub(crate) fn created(id: &str) -> (&'static str, Value) {
    let mut message = message(id, "", &json!([]));
    message["content"] = json!([]);
    message["status"] = json!("in_progress");
    ("thread.message.created", message)
}

/// Returns all events of a plain response (docs/protocol/streaming.md#order-of-events).
pub(crate) fn story() -> Vec<(&'static str, Value)> {
    let step = |status: &str| json!({"id": "step_1", "object": "thread.run.step", "type": "message_creation", "status": status, "run_id": "run_1"});
    vec![
        ("thread.run.created", run("queued")),
        ("thread.run.queued", run("queued")),
        ("thread.run.in_progress", run("in_progress")),
        ("thread.run.step.created", step("in_progress")),
        created("msg_1"),
        delta("msg_1", "Hel"),
        delta("msg_1", "lo, wörld 🎉\n"),
        delta("msg_1", "and more"),
        ("thread.message.completed", message("msg_1", "Hello, wörld 🎉\nand more", &json!([]))),
        ("thread.run.step.completed", step("completed")),
        ("thread.run.completed", run("completed")),
    ]
}

pub(crate) const SAID: &str = "Hello, wörld 🎉\nand more\n";

/// Formats events as a server does.
pub(crate) fn text(events: &[(&str, Value)]) -> String {
    events.iter().map(|(name, data)| format!("event: {name}\ndata: {data}\n\n")).collect()
}

pub(crate) const DONE: &str = "event: done\ndata: [DONE]\n\n";

pub(crate) const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream; charset=utf-8\r\nx-request-id: req_1\r\nconnection: close\r\n\r\n";

/// Sends a stream in pieces of `piece` bytes, and closes the connection.
pub(crate) fn streamed(text: &str, piece: usize) -> Response {
    let text = text.to_owned();
    Response::own(move |stream| {
        let _ = stream.set_nodelay(true);
        let _ = stream.write_all(HEAD.as_bytes());
        for piece in text.as_bytes().chunks(piece) {
            if stream.write_all(piece).is_err() {
                return;
            }
        }
    })
}

/// Sends a stream, and leaves the connection open until the client closes it.
pub(crate) fn hanging(text: &str) -> Response {
    Response::begin(&format!("{HEAD}{text}").replace("\r\n", "\n"))
}

/// Sends a chunked stream and cuts it before its end.
pub(crate) fn torn(text: &str) -> Response {
    let body = format!("{:x}\r\n{text}\r\n", text.len());
    let head = HEAD.replace("connection: close", "transfer-encoding: chunked");
    Response::Raw(format!("{head}{body}").into_bytes())
}

pub(crate) fn list(items: &[Value]) -> Response {
    Response::json(200, &json!({"object": "list", "data": items, "first_id": null, "last_id": null, "has_more": false}))
}

/// Returns `true` if a request lists messages.
pub(crate) fn lists_messages(request: &Request) -> bool {
    request.method == "GET" && request.target.contains("/messages?")
}

/// A duration that is long enough to observe that something does not happen.
pub(crate) const WHILE: Duration = Duration::from_millis(300);
