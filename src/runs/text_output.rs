//! Output of the answer of a run as text. A message arrives in deltas, as a whole, or both, and each part of its text
//! is printed once.

use super::citations::Citations;
use super::describe::describe_tool_call;
use crate::api::objects::{Annotation, ContentPart, JsonObject, Message, Role, RunStep};
use crate::api::stream::{Delta, EventObject, Snapshots};
use crate::app::App;
use crate::json;
use crate::ui::{OutputTarget, Ui, sanitize_lines};
use anyhow::Result;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// A writer of the assistant's messages to standard output, and of its tool calls to standard error.
pub(super) struct TextOutput {
    ui: Arc<Ui>,
    /// The text that is not written yet.
    pending: String,
    /// The messages of which text was printed, oldest first.
    shown: Vec<ShownMessage>,
    /// The IDs of messages that are not from the assistant.
    other_messages: Vec<String>,
    steps: Snapshots,
    citations: Citations,
    is_terminal: bool,
    at_line_start: bool,
}

/// The part of a message that was printed. Its length and a checksum are stored instead of its text, because a message
/// may be long.
#[derive(Debug)]
struct ShownMessage {
    id: String,
    /// The index of the current content part.
    part: u64,
    length: usize,
    checksum: u64,
}

impl ShownMessage {
    fn add(&mut self, text: &str) {
        self.length += text.len();
        self.checksum = fnv1a(self.checksum, text);
    }

    /// Returns the part of the whole text that was not printed yet. Returns `None` if the printed text is not its
    /// beginning.
    fn rest<'t>(&self, whole: &'t str) -> Option<&'t str> {
        let (shown, rest) = whole.split_at_checked(self.length)?;
        (fnv1a(FNV_OFFSET, shown) == self.checksum).then_some(rest)
    }
}

/// The initial value of an FNV-1a checksum, which can be computed incrementally.
const FNV_OFFSET: u64 = 0xcbf2_9ce4_8422_2325;
const FNV_PRIME: u64 = 0x0000_0100_0000_01b3;

/// Returns the FNV-1a checksum of a text that continues the text with the checksum `state`.
fn fnv1a(state: u64, text: &str) -> u64 {
    text.bytes().fold(state, |state, byte| (state ^ u64::from(byte)).wrapping_mul(FNV_PRIME))
}

impl TextOutput {
    pub(super) fn new(ui: Arc<Ui>) -> Self {
        let is_terminal = matches!(ui.output_target(), OutputTarget::Terminal { .. });
        Self {
            ui,
            pending: String::new(),
            shown: Vec::new(),
            other_messages: Vec::new(),
            steps: Snapshots::default(),
            citations: Citations::default(),
            is_terminal,
            at_line_start: true,
        }
    }

    /// Processes an event of a stream.
    pub(super) fn event(&mut self, name: &str, data: &str) -> Result<()> {
        let kind = EventObject::named(name);
        if kind == EventObject::MessageDelta
            && let Some(delta) = Delta::read(data).filter(Delta::is_plain)
        {
            for part in delta.parts() {
                if let Some(text) = part.text() {
                    self.add_delta(&delta.id, part.index, text, &[]);
                }
            }
            return Ok(());
        }
        if matches!(kind, EventObject::Run | EventObject::Thread | EventObject::Other) {
            return Ok(());
        }
        let Ok(value) = json::read(data) else { return Ok(()) };
        match kind {
            EventObject::MessageDelta => self.message_delta(&value),
            EventObject::Message => self.message_event(name, &value),
            _ => {
                // An error is ignored, because it only makes the report of the step less detailed.
                let _ = self.steps.take(name, value);
                if name == "thread.run.step.completed" {
                    self.report_step()?;
                }
            }
        }
        Ok(())
    }

    /// Writes the pending text.
    pub(super) fn flush(&mut self) -> Result<()> {
        self.ui.out(&self.pending)?;
        self.pending.clear();
        Ok(())
    }

    /// Prints the part of a whole message that was not printed yet.
    pub(super) fn message(&mut self, message: &Message) {
        if is_of_other_role(message) {
            return;
        }
        let id = message.id().or_default();
        let parts = content_parts(message);
        let whole = parts.iter().map(part_text).collect::<Vec<_>>().join("\n");
        let annotations: Vec<&Annotation> = parts.iter().flat_map(annotations).collect();
        let rest = match self.shown.iter().find(|shown| shown.id == id) {
            Some(shown) => shown.rest(&whole).unwrap_or_default(),
            None if whole.is_empty() => "",
            None => {
                self.begin_message(id);
                &whole
            }
        };
        if rest.len() < whole.len() {
            self.citations.add_shown(&annotations);
        }
        if !rest.is_empty() {
            self.push_cited(rest, &annotations);
            if let Some(shown) = self.shown.iter_mut().find(|shown| shown.id == id) {
                shown.add(rest);
            }
        }
        if !whole.is_empty() {
            self.end_line();
        }
    }

    /// Ends the text with the list of citations.
    pub(super) async fn end(&mut self, app: &App) -> Result<()> {
        self.end_line();
        let footnotes = self.citations.footnotes(app).await;
        if !footnotes.is_empty() {
            self.push("\n");
            self.push(&footnotes);
        }
        self.flush()
    }

    /// Ends the current line on a terminal, so that other output starts on a new one. The output to a pipe is
    /// unchanged.
    pub(super) fn end_terminal_line(&mut self) -> Result<()> {
        if self.is_terminal {
            self.end_line();
        }
        self.flush()
    }

    fn message_event(&mut self, name: &str, message: &Value) {
        let Some(message) = Message::from_value_ref(message) else { return };
        if is_of_other_role(message) {
            self.other_messages.extend(message.id().valid().map(str::to_owned));
        } else if matches!(name, "thread.message.completed" | "thread.message.incomplete") {
            self.message(message);
        }
    }

    /// Processes a delta that contains more than text.
    fn message_delta(&mut self, data: &Value) {
        let id = data["id"].as_str().unwrap_or_default();
        for part in data["delta"]["content"].as_array().into_iter().flatten() {
            let annotations: Vec<&Annotation> = annotations(part).collect();
            self.add_delta(id, part["index"].as_u64(), &part_text(part), &annotations);
        }
    }

    fn add_delta(&mut self, id: &str, part: Option<u64>, text: &str, annotations: &[&Annotation]) {
        if self.other_messages.iter().any(|other| other == id) {
            return;
        }
        // The delta almost always belongs to the last message, so that one is compared first.
        if self.shown.last().is_none_or(|shown| shown.id != id) && !self.shown.iter().any(|shown| shown.id == id) {
            self.begin_message(id);
        }
        let part = part.unwrap_or_default();
        let Some(shown) = self.shown.iter_mut().rfind(|shown| shown.id == id) else { return };
        let begins_part = std::mem::replace(&mut shown.part, part) != part && shown.length > 0;
        if begins_part {
            shown.add("\n");
        }
        shown.add(text);
        if begins_part {
            self.push("\n");
        }
        if annotations.is_empty() {
            self.push(text);
        } else {
            self.push_cited(text, annotations);
        }
    }

    fn begin_message(&mut self, id: &str) {
        if !self.shown.is_empty() {
            self.end_line();
            self.push("\n");
        }
        self.shown.push(ShownMessage { id: id.to_owned(), part: 0, length: 0, checksum: FNV_OFFSET });
    }

    /// Adds text whose placeholders are replaced by the numbers of citations.
    fn push_cited(&mut self, text: &str, annotations: &[&Annotation]) {
        let text = self.citations.replace(text, annotations).into_owned();
        self.push(&text);
    }

    fn push(&mut self, text: &str) {
        let safe = if self.is_terminal { sanitize_lines(text) } else { Cow::Borrowed(text) };
        if !safe.is_empty() {
            self.at_line_start = safe.ends_with('\n');
            self.pending.push_str(&safe);
        }
    }

    fn end_line(&mut self) {
        if !self.at_line_start {
            self.push("\n");
        }
    }

    /// Reports the tool calls of a completed step, one line for each.
    fn report_step(&mut self) -> Result<()> {
        let Some(step) = self.steps.steps.last().and_then(RunStep::from_value_ref) else { return Ok(()) };
        let lines: Vec<String> = step.tool_calls().valid().map(describe_tool_call).collect();
        if self.is_terminal && !lines.is_empty() {
            // Output on standard error must start on a line of its own.
            self.end_line();
        }
        self.flush()?;
        lines.iter().for_each(|line| self.ui.note(line));
        Ok(())
    }
}

/// Returns `true` if a message has a role other than that of the assistant.
fn is_of_other_role(message: &Message) -> bool {
    message.role().valid().is_some_and(|role| role.known() != Some(Role::Assistant))
}

/// Returns the content of a message. Some servers send a text instead of a list of parts.
fn content_parts(message: &Message) -> &[Value] {
    let content: Option<&Value> = message.member("content").valid();
    match content {
        Some(Value::Array(parts)) => parts,
        Some(text) => std::slice::from_ref(text),
        None => &[],
    }
}

fn annotations(part: &Value) -> impl Iterator<Item = &Annotation> {
    ContentPart::from_value_ref(part).into_iter().flat_map(|part| part.annotations().valid())
}

/// Returns the text of a part of a message, or a placeholder for a part without text.
fn part_text(part: &Value) -> Cow<'_, str> {
    match part {
        Value::String(text) => text.into(),
        part => ContentPart::from_value_ref(part).and_then(ContentPart::display_text).unwrap_or_default(),
    }
}
