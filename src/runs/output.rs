//! The output of a run while it is in progress.

use super::text::Text;
use crate::api::stream::Broken;
use crate::json;
use crate::ui::{OutputTarget, Ui};
use crate::view::{Printer, escape_json};
use anyhow::Result;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::sync::Arc;

/// The output form of a run.
pub(super) enum Voice {
    /// The answer, as text.
    Text(Box<Text>),
    /// Each event, as received.
    Events(Lines),
    /// No output before the end.
    Silent,
}

/// A writer of events as JSON Lines.
pub(super) struct Lines {
    ui: Arc<Ui>,
    /// A filter that is applied to each event, if one is given.
    filter: Option<Printer>,
}

impl Voice {
    /// Processes an event.
    pub(super) fn hear(&mut self, name: &str, data: &str) -> Result<()> {
        match self {
            Self::Text(text) => text.hear(name, data),
            Self::Events(lines) => lines.event(name, data),
            Self::Silent => Ok(()),
        }
    }

    /// Processes the final event of a stream.
    pub(super) fn done(&mut self) -> Result<()> {
        match self {
            Self::Events(lines) => lines.event("done", "[DONE]"),
            Self::Text(_) | Self::Silent => Ok(()),
        }
    }

    /// Processes an error event of a stream.
    pub(super) fn broken(&mut self, broken: &Broken) -> Result<()> {
        let Broken { message, kind, code, param } = broken;
        let data = json!({ "message": message, "type": kind, "code": code, "param": param });
        match self {
            Self::Events(lines) => lines.event("error", &data.to_string()),
            Self::Text(_) | Self::Silent => Ok(()),
        }
    }

    /// Processes the final state of a run whose end was not part of a stream.
    pub(super) fn polled(&mut self, run: &Value) -> Result<()> {
        match self {
            Self::Events(lines) => {
                let name = format!("thread.run.{}", run["status"].as_str().unwrap_or("unknown"));
                lines.event(&name, &run.to_string())
            }
            Self::Text(_) | Self::Silent => Ok(()),
        }
    }

    /// Completes the current output, before other output follows.
    pub(super) fn give_up(&mut self) -> Result<()> {
        match self {
            Self::Text(text) => text.give_up(),
            Self::Events(_) | Self::Silent => Ok(()),
        }
    }

    /// Writes the output of the current chunk.
    pub(super) fn flush(&mut self) -> Result<()> {
        match self {
            Self::Text(text) => text.flush(),
            Self::Events(_) | Self::Silent => Ok(()),
        }
    }
}

impl Lines {
    pub(super) fn new(ui: Arc<Ui>, filter: Option<Printer>) -> Self {
        Self { ui, filter }
    }

    fn event(&mut self, name: &str, data: &str) -> Result<()> {
        if let Some(printer) = &mut self.filter {
            let data = json::read(data).unwrap_or_else(|_| Value::from(data));
            let text = printer.item(&json!({ "event": name, "data": data }))?;
            return Ok(self.ui.out(&text)?);
        }
        let line = line(name, data);
        Ok(match self.ui.output_target() {
            OutputTarget::Pipe => self.ui.out(&line),
            OutputTarget::Terminal { .. } => self.ui.out(&escape_json(&line)),
        }?)
    }
}

/// Returns an event as a line. Its data is unchanged if it is JSON, and a JSON string otherwise.
fn line(name: &str, data: &str) -> String {
    let name = Value::from(name);
    if json::closed::<IgnoredAny>(data).is_err() {
        return format!("{{\"event\":{name},\"data\":{}}}\n", Value::from(data));
    }
    // A line break within JSON text is always between tokens.
    let data = data.trim().replace(['\n', '\r'], " ");
    format!("{{\"event\":{name},\"data\":{data}}}\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_stands_as_it_came_on_one_line() {
        assert_eq!(line("a.b", "{\"n\": 1.50,\n \"x\":1}"), "{\"event\":\"a.b\",\"data\":{\"n\": 1.50,  \"x\":1}}\n");
        assert_eq!(line("done", "[DONE]"), "{\"event\":\"done\",\"data\":\"[DONE]\"}\n");
        assert_eq!(line("\"", "half {"), "{\"event\":\"\\\"\",\"data\":\"half {\"}\n");
    }
}
