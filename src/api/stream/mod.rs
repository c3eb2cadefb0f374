//! Events of a streamed run (docs/protocol/streaming.md): what they are called, what they say, and how their pieces are
//! merged.

mod accumulate;
mod delta;
mod snapshot;

use crate::json::{self, Closed};
pub use accumulate::{Merged, accumulate};
pub use delta::{Delta, Part};
pub use snapshot::Snapshots;

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use std::borrow::Cow;

/// The names by which text comes.
pub const MESSAGE_DELTA: &str = "thread.message.delta";
pub const STEP_DELTA: &str = "thread.run.step.delta";

/// What an event of the wire says.
#[derive(Debug, Clone, PartialEq)]
pub enum Said<'a> {
    /// Something happened: the event's name, and its data as it came. Names that nobody knows are kept.
    Event { name: Cow<'a, str>, data: Cow<'a, str> },
    /// The stream broke on the server's side.
    Error(Broken),
    /// `[DONE]`: nothing comes any more.
    Done,
}

impl Said<'_> {
    /// Returns it with nothing borrowed.
    pub fn into_owned(self) -> Said<'static> {
        match self {
            Said::Event { name, data } => {
                Said::Event { name: name.into_owned().into(), data: data.into_owned().into() }
            }
            Said::Error(broken) => Said::Error(broken),
            Said::Done => Said::Done,
        }
    }
}

/// An error in the middle of a stream.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Broken {
    pub message: String,
    pub kind: Option<String>,
    pub code: Option<String>,
    pub param: Option<String>,
}

/// What may stand beside the data, or around it (docs/protocol/servers.md#what-a-client-must-tolerate).
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

/// Reads an event: its name may stand in its own line or in the JSON, or be known from the object only.
pub fn read<'a>(name: Option<&'a str>, data: &'a str) -> Said<'a> {
    // The SDKs stop there, whatever the event is called (docs/protocol/streaming.md#decoder-rules).
    if data.starts_with("[DONE]") {
        return Said::Done;
    }
    match name {
        Some("error") => Said::Error(Broken::read(data)),
        Some(name) if name.starts_with("thread.") => event(name, data),
        name => enveloped(name, data),
    }
}

fn event<'a>(name: impl Into<Cow<'a, str>>, data: impl Into<Cow<'a, str>>) -> Said<'a> {
    Said::Event { name: name.into(), data: data.into() }
}

fn enveloped<'a>(name: Option<&'a str>, data: &'a str) -> Said<'a> {
    let Ok(found) = json::closed::<Envelope<'a>>(data) else {
        return event(name.unwrap_or_default(), data);
    };
    if found.error.is_some_and(|error| !matches!(error.get(), "null" | "false" | "\"\"" | "0")) {
        return Said::Error(Broken::read(data));
    }
    match (name, found.event, found.data, found.object) {
        (None, Some(name), Some(data), _) if name == "error" => Said::Error(Broken::read(data.get())),
        (None, Some(name), Some(inner), _) => {
            // Some put the text `[DONE]` where an object stands otherwise.
            if inner.get().starts_with("\"[DONE]") { Said::Done } else { event(name, inner.get()) }
        }
        (None, Some(name), None, _) => event(name, data),
        (None, None, _, Some(object)) => event(name_of(&object, found.status.as_deref()), data),
        (name, ..) => event(name.unwrap_or_default(), data),
    }
}

/// Returns the name of the event that an object belongs to which came without one.
fn name_of(object: &str, status: Option<&str>) -> String {
    match (object, status) {
        ("thread", _) => "thread.created".to_owned(),
        ("thread.run" | "thread.message" | "thread.run.step", Some(status)) => format!("{object}.{status}"),
        ("thread.run" | "thread.message" | "thread.run.step", None) => format!("{object}.created"),
        (object, _) => object.to_owned(),
    }
}

/// What the data of an event is: which object, whole or a piece of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Of {
    Thread,
    Run,
    Step,
    StepDelta,
    Message,
    MessageDelta,
    /// Something that nobody knows yet.
    Other,
}

impl Of {
    /// Returns what an event of this name has as its data.
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

impl Broken {
    /// Tells whether it names a rate limit or a quota, which waiting or paying cures.
    pub fn is_limit(&self) -> bool {
        let names =
            |text: &Option<String>| matches!(text.as_deref(), Some("rate_limit_exceeded" | "insufficient_quota"));
        names(&self.code) || names(&self.kind)
    }

    /// Tells whether it says that the request itself was wrong, so that nothing was done.
    pub fn is_refusal(&self) -> bool {
        self.kind.as_deref() == Some("invalid_request_error")
    }

    /// Reads the data of an error: flat as the document has it, nested as errors are elsewhere, or a text.
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

    fn name_and_data(said: Said<'_>) -> (String, String) {
        match said {
            Said::Event { name, data } => (name.into_owned(), data.into_owned()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_name_stands_in_its_line_or_in_the_json_or_is_known_from_the_object() {
        let pair = |name: &str, data: &str| (name.to_owned(), data.to_owned());
        let run = r#"{"object":"thread.run","status":"queued"}"#;
        assert_eq!(name_and_data(read(Some("thread.run.queued"), run)), pair("thread.run.queued", run));
        let wrapped = format!(r#"{{"data":{run},"event":"thread.run.created"}}"#);
        assert_eq!(name_and_data(read(None, &wrapped)), pair("thread.run.created", run));
        assert_eq!(name_and_data(read(None, run)), pair("thread.run.queued", run));
        let delta = r#"{"object":"thread.message.delta","id":"msg_1"}"#;
        assert_eq!(name_and_data(read(None, delta)), pair(MESSAGE_DELTA, delta));
        assert_eq!(name_and_data(read(Some("brand.new"), "{\"a\":1}")), pair("brand.new", "{\"a\":1}"));
        assert_eq!(name_and_data(read(None, "no json")), pair("", "no json"));
        // A run whose last_error is told is no error of the stream.
        let failed = r#"{"object":"thread.run","status":"failed","error":"x"}"#;
        assert_eq!(name_and_data(read(Some("thread.run.failed"), failed)), pair("thread.run.failed", failed));
    }

    #[test]
    fn errors_are_known_by_name_and_by_member() {
        let said = |name, data| match read(name, data) {
            Said::Error(broken) => (broken.message, broken.kind, broken.code),
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
        assert!(matches!(read(Some("message"), r#"{"error":null}"#), Said::Event { .. }));
    }

    #[test]
    fn the_end_is_known_by_its_text() {
        assert_eq!(read(Some("done"), "[DONE]"), Said::Done);
        assert_eq!(read(None, "[DONE] "), Said::Done);
        assert_eq!(read(None, r#"{"event":"done","data":"[DONE]"}"#), Said::Done);
    }

    #[test]
    fn a_name_tells_what_its_data_is() {
        for (name, of) in [
            ("thread.created", Of::Thread),
            ("thread.run.requires_action", Of::Run),
            ("thread.run.step.in_progress", Of::Step),
            (STEP_DELTA, Of::StepDelta),
            ("thread.message.incomplete", Of::Message),
            (MESSAGE_DELTA, Of::MessageDelta),
            ("thread.dream.begun", Of::Other),
            ("done", Of::Other),
        ] {
            assert_eq!(Of::named(name), of, "{name}");
        }
    }
}
