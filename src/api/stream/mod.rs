//! The events of a streamed run (docs/protocol/streaming.md): their names, their data, and how deltas are merged.

mod accumulate;
mod delta;
mod snapshot;

use crate::json::{self, Closed};
pub use accumulate::{Merged, accumulate};
pub use delta::{Delta, DeltaPart};
pub use snapshot::Snapshots;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The meaning of one server-sent event.
#[derive(Debug, Clone, PartialEq)]
pub enum StreamEvent<'a> {
    /// A regular event: its name and its data as received. Unknown names are kept.
    Event { name: Cow<'a, str>, data: Cow<'a, str> },
    /// An error that the server reported within the stream.
    Error(StreamError),
    /// `[DONE]`, the end of the stream.
    Done,
}

impl StreamEvent<'_> {
    /// Returns the event with owned data.
    pub fn into_owned(self) -> StreamEvent<'static> {
        match self {
            StreamEvent::Event { name, data } => {
                StreamEvent::Event { name: name.into_owned().into(), data: data.into_owned().into() }
            }
            StreamEvent::Error(broken) => StreamEvent::Error(broken),
            StreamEvent::Done => StreamEvent::Done,
        }
    }
}

/// An error that the server reported within a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StreamError {
    pub message: String,
    pub kind: Option<String>,
    pub code: Option<String>,
    pub param: Option<String>,
}

/// The members that some servers add to the JSON of an event, around its data or beside it
/// (docs/protocol/servers.md#what-a-client-must-tolerate).
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(borrow, default)]
    event: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    data: Option<&'a RawValue>,
    #[serde(borrow, default)]
    object: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    status: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    error: Option<&'a RawValue>,
}

impl<'a> Closed<'a> for Envelope<'a> {}

/// Interprets a server-sent event. The event name comes from the `event:` line, from the JSON, or from the type of the
/// object.
pub fn read<'a>(name: Option<&'a str>, data: &'a str) -> StreamEvent<'a> {
    // The SDKs end the stream here, whatever the name of the event (docs/protocol/streaming.md#decoder-rules).
    if data.starts_with("[DONE]") {
        return StreamEvent::Done;
    }
    match name {
        Some("error") => StreamEvent::Error(StreamError::read(data)),
        Some(name) if name.starts_with("thread.") => event(name, data),
        name => enveloped(name, data),
    }
}

fn event<'a>(name: impl Into<Cow<'a, str>>, data: impl Into<Cow<'a, str>>) -> StreamEvent<'a> {
    StreamEvent::Event { name: name.into(), data: data.into() }
}

fn enveloped<'a>(name: Option<&'a str>, data: &'a str) -> StreamEvent<'a> {
    let Ok(found) = json::closed::<Envelope<'a>>(data) else {
        return event(name.unwrap_or_default(), data);
    };
    if found.error.is_some_and(|error| !matches!(error.get(), "null" | "false" | "\"\"" | "0")) {
        return StreamEvent::Error(StreamError::read(data));
    }
    match (name, found.event, found.data, found.object) {
        (None, Some(name), Some(data), _) if name == "error" => StreamEvent::Error(StreamError::read(data.get())),
        (None, Some(name), Some(inner), _) => {
            // Some servers send the string `[DONE]` in place of an object.
            if inner.get().starts_with("\"[DONE]") { StreamEvent::Done } else { event(name, inner.get()) }
        }
        (None, Some(name), None, _) => event(name, data),
        (None, None, _, Some(object)) => event(name_of(&object, found.status.as_deref()), data),
        (name, ..) => event(name.unwrap_or_default(), data),
    }
}

/// Returns the event name for an object that arrived without one.
fn name_of(object: &str, status: Option<&str>) -> String {
    match (object, status) {
        ("thread", _) => "thread.created".to_owned(),
        ("thread.run" | "thread.message" | "thread.run.step", Some(status)) => format!("{object}.{status}"),
        ("thread.run" | "thread.message" | "thread.run.step", None) => format!("{object}.created"),
        (object, _) => object.to_owned(),
    }
}

/// The type of object in the data of an event, complete or as a delta.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventObject {
    Thread,
    Run,
    Step,
    StepDelta,
    Message,
    MessageDelta,
    /// An unknown type.
    Other,
}

impl EventObject {
    /// Returns the type of object in the data of an event with this name.
    pub fn named(name: &str) -> Self {
        let rest = match name.strip_prefix("thread.") {
            None => return Self::Other,
            Some(rest) => rest,
        };
        match rest.split_once('.') {
            None => Self::Thread,
            Some(("message", "delta")) => Self::MessageDelta,
            Some(("message", _)) => Self::Message,
            Some(("run", "step.delta")) => Self::StepDelta,
            Some(("run", below)) if below.starts_with("step.") => Self::Step,
            Some(("run", _)) => Self::Run,
            Some(_) => Self::Other,
        }
    }
}

impl StreamError {
    /// Returns `true` if the error is a rate limit or an exhausted quota.
    pub fn is_limit(&self) -> bool {
        let names =
            |text: &Option<String>| matches!(text.as_deref(), Some("rate_limit_exceeded" | "insufficient_quota"));
        names(&self.code) || names(&self.kind)
    }

    /// Returns `true` if the server rejected the request as invalid, so that it had no effect.
    pub fn is_refusal(&self) -> bool {
        self.kind.as_deref() == Some("invalid_request_error")
    }

    /// Parses the data of an error event. The specification has a flat object. Servers also send an `error` member, as
    /// in other errors, or plain text.
    fn read(data: &str) -> Self {
        let value = json::read(data).unwrap_or_else(|_| Value::from(data));
        let error = match &value["error"] {
            Value::Null => &value,
            error => error,
        };
        let text = |member: &str| match &error[member] {
            Value::String(text) => Some(text.clone()),
            Value::Number(number) => Some(number.to_string()),
            _ => None,
        };
        let message =
            text("message").or_else(|| error.as_str().map(str::to_owned)).unwrap_or_else(|| error.to_string());
        Self { message, kind: text("type"), code: text("code"), param: text("param") }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn name_and_data(said: StreamEvent<'_>) -> (String, String) {
        match said {
            StreamEvent::Event { name, data } => (name.into_owned(), data.into_owned()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn the_event_name_comes_from_its_line_the_json_or_the_object() {
        let pair = |name: &str, data: &str| (name.to_owned(), data.to_owned());
        let run = r#"{"object":"thread.run","status":"queued"}"#;
        assert_eq!(name_and_data(read(Some("thread.run.queued"), run)), pair("thread.run.queued", run));
        let wrapped = format!(r#"{{"data":{run},"event":"thread.run.created"}}"#);
        assert_eq!(name_and_data(read(None, &wrapped)), pair("thread.run.created", run));
        assert_eq!(name_and_data(read(None, run)), pair("thread.run.queued", run));
        let delta = r#"{"object":"thread.message.delta","id":"msg_1"}"#;
        assert_eq!(name_and_data(read(None, delta)), pair("thread.message.delta", delta));
        assert_eq!(name_and_data(read(Some("brand.new"), "{\"a\":1}")), pair("brand.new", "{\"a\":1}"));
        assert_eq!(name_and_data(read(None, "no json")), pair("", "no json"));
        // A failed run with an `error` member is not an error of the stream.
        let failed = r#"{"object":"thread.run","status":"failed","error":"x"}"#;
        assert_eq!(name_and_data(read(Some("thread.run.failed"), failed)), pair("thread.run.failed", failed));
    }

    #[test]
    fn an_error_is_recognised_by_its_event_name_or_by_its_member() {
        let said = |name, data| match read(name, data) {
            StreamEvent::Error(broken) => (broken.message, broken.kind, broken.code),
            other => panic!("{other:?}"),
        };
        let server = Some("server_error".to_owned());
        assert_eq!(
            said(Some("error"), r#"{"message":"m","type":"server_error","code":null}"#),
            ("m".into(), server.clone(), None)
        );
        assert_eq!(
            said(None, r#"{"error":{"message":"m","type":"server_error","code":500}}"#),
            ("m".into(), server, Some("500".into()))
        );
        assert_eq!(said(None, r#"{"error":"text"}"#).0, "text");
        assert_eq!(said(Some("error"), "not json").0, "not json");
        assert_eq!(said(None, r#"{"event":"error","data":{"message":"wrapped"}}"#).0, "wrapped");
        assert!(matches!(read(Some("message"), r#"{"error":null}"#), StreamEvent::Event { .. }));
    }

    #[test]
    fn the_end_is_recognised_by_its_text() {
        assert_eq!(read(Some("done"), "[DONE]"), StreamEvent::Done);
        assert_eq!(read(None, "[DONE] "), StreamEvent::Done);
        assert_eq!(read(None, r#"{"event":"done","data":"[DONE]"}"#), StreamEvent::Done);
    }

    #[test]
    fn the_event_name_determines_the_type_of_its_object() {
        for (name, of) in [
            ("thread.created", EventObject::Thread),
            ("thread.run.requires_action", EventObject::Run),
            ("thread.run.step.in_progress", EventObject::Step),
            ("thread.run.step.delta", EventObject::StepDelta),
            ("thread.message.incomplete", EventObject::Message),
            ("thread.message.delta", EventObject::MessageDelta),
            ("thread.dream.begun", EventObject::Other),
            ("done", EventObject::Other),
        ] {
            assert_eq!(EventObject::named(name), of, "{name}");
        }
    }
}
