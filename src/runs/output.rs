//! The output of a run while it is in progress.

use super::event_output::EventOutput;
use super::text_output::TextOutput;
use crate::api::objects::Run;
use crate::api::stream::StreamError;
use anyhow::Result;
use serde_json::json;

/// The output of a run.
pub(super) enum RunOutput {
    /// The answer, as text.
    Text(Box<TextOutput>),
    /// Each event, as received.
    Events(EventOutput),
    /// No output before the end.
    None,
}

impl RunOutput {
    /// Processes an event.
    pub(super) fn event(&mut self, name: &str, data: &str) -> Result<()> {
        match self {
            Self::Text(text) => text.event(name, data),
            Self::Events(events) => events.write(name, data),
            Self::None => Ok(()),
        }
    }

    /// Processes the event `done`, which is the last one of a stream.
    pub(super) fn done(&mut self) -> Result<()> {
        match self {
            Self::Events(events) => events.write("done", "[DONE]"),
            Self::Text(_) | Self::None => Ok(()),
        }
    }

    /// Processes an error event of a stream.
    pub(super) fn error(&mut self, error: &StreamError) -> Result<()> {
        let StreamError { message, kind, code, param } = error;
        let data = json!({ "message": message, "type": kind, "code": code, "param": param });
        match self {
            Self::Events(events) => events.write("error", &data.to_string()),
            Self::Text(_) | Self::None => Ok(()),
        }
    }

    /// Processes the final state of a run. For a run whose last events did not come from a stream.
    pub(super) fn final_state(&mut self, run: &Run) -> Result<()> {
        match self {
            Self::Events(events) => {
                let name = format!("thread.run.{}", run.status().text().unwrap_or("unknown"));
                events.write(&name, &json!(run).to_string())
            }
            Self::Text(_) | Self::None => Ok(()),
        }
    }

    /// Ends the current line, so that messages on stderr start on a line of their own.
    pub(super) fn end_line(&mut self) -> Result<()> {
        match self {
            Self::Text(text) => text.end_terminal_line(),
            Self::Events(_) | Self::None => Ok(()),
        }
    }

    /// Writes the output that is still buffered.
    pub(super) fn flush(&mut self) -> Result<()> {
        match self {
            Self::Text(text) => text.flush(),
            Self::Events(_) | Self::None => Ok(()),
        }
    }
}
