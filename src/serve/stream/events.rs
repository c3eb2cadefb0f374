//! Contents of events: deltas, and objects in the state before the one in the store
//! (docs/protocol/streaming.md#deltas).

use crate::api::Dialect;
use crate::http::sse;
use crate::serve::lifecycle::Live;
use crate::serve::store::Status;
use serde_json::{Map, Value, json};

/// The members that are null in an object that has just begun.
const LATER: [&str; 9] = [
    "cancelled_at",
    "completed_at",
    "expired_at",
    "failed_at",
    "incomplete_at",
    "incomplete_details",
    "last_error",
    "required_action",
    "usage",
];

/// A buffer of encoded events to send.
#[derive(Debug)]
pub(super) struct Events {
    pub(super) out: Vec<u8>,
    dialect: Dialect,
}

impl Events {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { out: Vec::new(), dialect }
    }

    /// Adds an event with an object.
    pub(super) fn add(&mut self, name: &str, data: &Value) {
        let text = serde_json::to_string(data).unwrap_or_default(); // A JSON value always has a text.
        sse::write(&mut self.out, Some(name), &text);
    }

    /// Adds an event of a run.
    pub(super) fn run(&mut self, status: &str, run: &Value) {
        self.add(&format!("thread.run.{status}"), run);
    }

    /// Adds an event of a run step.
    pub(super) fn step(&mut self, what: &str, step: &Value) {
        let name = format!("thread.run.step.{what}");
        // The steps of Azure OpenAI have no usage (docs/protocol/dialects.md#azure-openai).
        if self.dialect == Dialect::AzureOpenAi && step.get("usage").is_some() {
            let mut step = step.clone();
            step.as_object_mut().map(|step| step.shift_remove("usage"));
            return self.add(&name, &step);
        }
        self.add(&name, step);
    }

    /// Adds an event of a message.
    pub(super) fn message(&mut self, what: &str, message: &Value) {
        self.add(&format!("thread.message.{what}"), message);
    }

    /// Adds a delta of a message's content.
    pub(super) fn content(&mut self, message: &str, part: Value) {
        let delta = json!({ "id": message, "object": "thread.message.delta", "delta": { "content": [part] } });
        self.message("delta", &delta);
    }

    /// Adds a delta of a tool call.
    pub(super) fn call(&mut self, step: &str, call: Value) {
        let details = json!({ "type": "tool_calls", "tool_calls": [call] });
        let delta = json!({ "id": step, "object": "thread.run.step.delta", "delta": { "step_details": details } });
        self.step("delta", &delta);
    }

    /// Adds the event that ends every stream, whatever the outcome of the run.
    pub(super) fn done(&mut self) {
        sse::write(&mut self.out, Some("done"), "[DONE]");
    }

    /// Adds a comment, which only shows that the connection is alive.
    ///
    /// No empty line follows it. With one, Microsoft's Python SDK treats the comment as an event without a name and
    /// fails. An event without data does not work either, because OpenAI's SDKs parse the data of every event. The
    /// comment is therefore a part of the next event.
    pub(super) fn comment(&mut self, text: &str) {
        self.out.extend_from_slice(format!(": {text}\n").as_bytes());
    }
}

/// Returns a delta of text. The first one contains the list of annotations.
pub(super) fn text(index: usize, text: &str, first: bool) -> Value {
    let text = if first { json!({ "value": text, "annotations": [] }) } else { json!({ "value": text }) };
    json!({ "index": index, "type": "text", "text": text })
}

/// Returns the first delta of a tool call.
pub(super) fn call(index: usize, id: &str, name: &str) -> Value {
    let function = json!({ "name": name, "arguments": "", "output": null });
    json!({ "index": index, "id": id, "type": "function", "function": function })
}

/// Returns a later delta of a tool call.
pub(super) fn arguments(index: usize, text: &str) -> Value {
    json!({ "index": index, "type": "function", "function": { "arguments": text } })
}

/// Returns a run as it was, or will be, in another status.
pub(super) fn run_as(live: &Live, status: Status) -> Value {
    let mut doc = live.run.doc.clone();
    if live.row.status != status {
        begin(&mut doc);
        doc.insert("status".into(), status.name().into());
        doc.insert("expires_at".into(), live.row.expires_at.into());
    }
    Value::Object(doc)
}

/// Returns a run that waits for the outputs of a step's tool calls.
pub(super) fn waiting(live: &Live, calls: &[Value]) -> Value {
    let mut run = run_as(live, Status::RequiresAction);
    if run["required_action"].is_null() {
        let calls = calls.iter().map(|call| {
            let function = json!({ "name": call["function"]["name"], "arguments": call["function"]["arguments"] });
            json!({ "id": call["id"], "type": "function", "function": function })
        });
        let calls: Value = calls.collect();
        let action = json!({ "type": "submit_tool_outputs", "submit_tool_outputs": { "tool_calls": calls } });
        run["required_action"] = action;
    }
    run
}

/// Returns a step or a message in the state in which it began.
pub(super) fn begun(doc: &Value) -> Value {
    let mut doc = doc.clone();
    if let Some(doc) = doc.as_object_mut() {
        begin(doc);
        doc.insert("status".into(), "in_progress".into());
        if let Some(content) = doc.get_mut("content") {
            *content = json!([]);
        }
    }
    if let Some(calls) = doc.pointer_mut("/step_details/tool_calls") {
        *calls = json!([]);
    }
    doc
}

fn begin(doc: &mut Map<String, Value>) {
    for name in LATER {
        if let Some(value) = doc.get_mut(name) {
            *value = Value::Null;
        }
    }
}
