//! The buffer of encoded events, and the construction of deltas (docs/protocol/streaming.md#deltas).

use crate::api::Dialect;
use crate::api::objects::{JsonObject, Message, OpenEnum, Run, RunStep, StepType, Thread, ToolType};
use crate::http::sse;
use crate::serve::documents::step;
use crate::serve::error::ErrorResponse;
use serde_json::{Value, json};

/// A buffer of encoded events to send.
#[derive(Debug)]
pub(super) struct Events {
    pub(super) out: Vec<u8>,
    dialect: Dialect,
    /// `true` if search results contain the passages.
    pub(super) with_content: bool,
}

impl Events {
    pub(super) fn new(dialect: Dialect) -> Self {
        Self { out: Vec::new(), dialect, with_content: false }
    }

    /// Adds the event of a new thread.
    pub(super) fn created_thread(&mut self, thread: &Thread) {
        self.add("thread.created", &thread.to_json());
    }

    /// Adds an event of a run. `state` is the last part of its name: `created`, or a status.
    pub(super) fn run(&mut self, state: &str, run: &Run) {
        self.add(&format!("thread.run.{state}"), &run.to_json());
    }

    /// Adds an event of a run step. `state` is the last part of its name: `created`, or a status.
    pub(super) fn step(&mut self, state: &str, step: &RunStep) {
        let name = format!("thread.run.step.{state}");
        let searches = step.tool_calls().valid().any(|call| call.kind().is(ToolType::FileSearch));
        let shown = searches.then(|| step::in_response(step, self.with_content));
        let step = shown.as_ref().unwrap_or(step);
        // The steps of Azure OpenAI have no usage (docs/protocol/dialects.md#azure-openai).
        if self.dialect == Dialect::AzureOpenAi && step.as_map().contains_key("usage") {
            let mut members = step.as_map().clone();
            members.shift_remove("usage");
            return self.add(&name, &RunStep::from_map(members).to_json());
        }
        self.add(&name, &step.to_json());
    }

    /// Adds an event of a message. `state` is the last part of its name: `created`, or a status.
    pub(super) fn message(&mut self, state: &str, message: &Message) {
        self.add(&format!("thread.message.{state}"), &message.to_json());
    }

    /// Adds a delta of the content of a message.
    pub(super) fn message_delta(&mut self, message: &str, part: Value) {
        let delta = json!({ "id": message, "object": "thread.message.delta", "delta": { "content": [part] } });
        self.add("thread.message.delta", &text_of(&delta));
    }

    /// Adds a delta of a tool call.
    pub(super) fn tool_call_delta(&mut self, step: &str, call: Value) {
        let details = json!({ "type": StepType::ToolCalls.name(), "tool_calls": [call] });
        let delta = json!({ "id": step, "object": "thread.run.step.delta", "delta": { "step_details": details } });
        self.add("thread.run.step.delta", &text_of(&delta));
    }

    /// Adds the event of an error.
    pub(super) fn error(&mut self, error: &ErrorResponse) {
        let error = json!({ "message": error.message, "type": error.kind(), "param": null, "code": error.code });
        self.add("error", &text_of(&error));
    }

    /// Adds the event that ends every complete stream, regardless of the outcome of the run.
    pub(super) fn done(&mut self) {
        self.add("done", "[DONE]");
    }

    /// Adds a comment, which only shows that the connection is alive.
    ///
    /// No empty line follows it. With one, Microsoft's Python SDK treats the comment as an event without a name and
    /// fails. An event without data does not work either, because OpenAI's SDKs parse the data of every event. The
    /// comment is therefore a part of the next event.
    pub(super) fn comment(&mut self, text: &str) {
        self.out.extend_from_slice(format!(": {text}\n").as_bytes());
    }

    fn add(&mut self, name: &str, data: &str) {
        sse::write(&mut self.out, Some(name), data);
    }
}

/// Returns the JSON text of a value. This is several times as fast as `Display`.
fn text_of(value: &Value) -> String {
    serde_json::to_string(value).unwrap_or_default() // A JSON value always has a text.
}

/// Returns a delta of text. The first one contains the list of annotations.
pub(super) fn text_delta(index: usize, text: &str, is_first: bool) -> Value {
    let text = if is_first { json!({ "value": text, "annotations": [] }) } else { json!({ "value": text }) };
    json!({ "index": index, "type": "text", "text": text })
}

/// Returns the first delta of a tool call.
pub(super) fn call_delta(index: usize, id: &str, name: &str) -> Value {
    let function = json!({ "name": name, "arguments": "", "output": null });
    json!({ "index": index, "id": id, "type": ToolType::Function.name(), "function": function })
}

/// Returns the delta of a search. It has no results, which are in the event of the completed step.
pub(super) fn search_delta(index: usize, id: &str) -> Value {
    let kind = ToolType::FileSearch.name();
    json!({ "index": index, "id": id, "type": kind, kind: {} })
}

/// Returns a delta of the annotations of a text, each with its index.
pub(super) fn annotations_delta(index: usize, annotations: &[Value]) -> Value {
    let numbered = annotations.iter().enumerate().map(|(n, annotation)| {
        let mut annotation = annotation.clone();
        if let Some(annotation) = annotation.as_object_mut() {
            annotation.insert("index".to_owned(), n.into());
        }
        annotation
    });
    json!({ "index": index, "type": "text", "text": { "annotations": numbered.collect::<Vec<_>>() } })
}

/// Returns a later delta of a tool call.
pub(super) fn arguments_delta(index: usize, text: &str) -> Value {
    json!({ "index": index, "type": ToolType::Function.name(), "function": { "arguments": text } })
}
