//! Output of the events of a run as JSON Lines.

use crate::json;
use crate::ui::Ui;
use crate::view::Printer;
use anyhow::Result;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use std::sync::Arc;

/// A writer of events as JSON Lines.
pub(super) struct EventOutput {
    ui: Arc<Ui>,
    /// The filter of `--jq`, which is applied to each event.
    filter: Option<Printer>,
}

impl EventOutput {
    pub(super) fn new(ui: Arc<Ui>, filter: Option<Printer>) -> Self {
        Self { ui, filter }
    }

    /// Writes an event.
    ///
    /// # Errors
    /// Returns an error if the filter fails, or if stdout cannot be written.
    pub(super) fn write(&mut self, name: &str, data: &str) -> Result<()> {
        match &mut self.filter {
            Some(printer) => {
                let data = json::read(data).unwrap_or_else(|_| Value::from(data));
                let text = printer.item(&json!({ "event": name, "data": data }))?;
                Ok(self.ui.out(&text)?)
            }
            None => Ok(self.ui.out_json(&line(name, data))?),
        }
    }
}

/// Returns an event as a line. Data in JSON is copied unchanged, and other data becomes a JSON string.
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
    fn event_is_one_line_with_unchanged_data() {
        assert_eq!(line("a.b", "{\"n\": 1.50,\n \"x\":1}"), "{\"event\":\"a.b\",\"data\":{\"n\": 1.50,  \"x\":1}}\n");
        assert_eq!(line("done", "[DONE]"), "{\"event\":\"done\",\"data\":\"[DONE]\"}\n");
        assert_eq!(line("\"", "half {"), "{\"event\":\"\\\"\",\"data\":\"half {\"}\n");
    }
}
