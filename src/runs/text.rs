//! The answer of a run as text, shown incrementally or as a whole, but each part only once.

use super::citations::Citations;
use crate::api::stream::{Delta, Of, Snapshots};
use crate::app::App;
use crate::json;
use crate::ui::{OutputTarget, Ui, sanitize_lines};
use anyhow::Result;
use serde_json::Value;
use std::borrow::Cow;
use std::sync::Arc;

/// Prints the assistant's messages to standard output, and its tool calls to standard error.
pub(super) struct Text {
    ui: Arc<Ui>,
    /// The text that is not written yet.
    out: String,
    shown: Vec<Shown>,
    /// The IDs of messages that are not from the assistant.
    others: Vec<String>,
    steps: Snapshots,
    citations: Citations,
    terminal: bool,
    at_line_start: bool,
}

/// The extent to which a message was shown. A length and a checksum replace its text, because a stream may be long.
#[derive(Debug)]
struct Shown {
    id: String,
    part: u64,
    length: usize,
    sum: u64,
}

impl Shown {
    fn add(&mut self, text: &str) {
        self.length += text.len();
        self.sum = sum(self.sum, text);
    }

    /// Returns the part of a whole text that was not shown yet. Returns `None` if the shown text differs.
    fn rest<'t>(&self, whole: &'t str) -> Option<&'t str> {
        let (head, rest) = whole.split_at_checked(self.length)?;
        (sum(FNV, head) == self.sum).then_some(rest)
    }
}

/// The initial value of an FNV-1a checksum, which can be computed incrementally.
const FNV: u64 = 0xcbf2_9ce4_8422_2325;

fn sum(begin: u64, text: &str) -> u64 {
    text.bytes().fold(begin, |sum, byte| (sum ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3))
}

impl Text {
    pub(super) fn new(ui: Arc<Ui>) -> Self {
        let terminal = matches!(ui.output_target(), OutputTarget::Terminal { .. });
        Self {
            ui,
            out: String::new(),
            shown: Vec::new(),
            others: Vec::new(),
            steps: Snapshots::default(),
            citations: Citations::default(),
            terminal,
            at_line_start: true,
        }
    }

    /// Processes an event of a stream.
    pub(super) fn hear(&mut self, name: &str, data: &str) -> Result<()> {
        let of = Of::named(name);
        if of == Of::MessageDelta
            && let Some(delta) = Delta::read(data).filter(Delta::is_plain)
        {
            for part in delta.parts() {
                if let Some(text) = part.text() {
                    self.piece(&delta.id, part.index, text, &[]);
                }
            }
            return Ok(());
        }
        if matches!(of, Of::Run | Of::Thread | Of::Other) {
            return Ok(());
        }
        let Ok(value) = json::read(data) else { return Ok(()) };
        match of {
            Of::MessageDelta => self.delta(&value),
            Of::Message => self.message_event(name, &value),
            _ => {
                // A step that cannot be assembled is only reported in less detail.
                let _ = self.steps.take(name, value);
                self.tell_step(name)?;
            }
        }
        Ok(())
    }

    /// Writes the pending text.
    pub(super) fn flush(&mut self) -> Result<()> {
        let text = std::mem::take(&mut self.out);
        self.ui.out(&text)?;
        self.out = text;
        self.out.clear();
        Ok(())
    }

    /// Shows the part of a whole message that was not shown yet.
    pub(super) fn message(&mut self, message: &Value) {
        if message["role"].as_str().is_some_and(|role| role != "assistant") {
            return;
        }
        let id = message["id"].as_str().unwrap_or_default();
        let parts = parts(message);
        let whole = parts.iter().map(said).collect::<Vec<_>>().join("\n");
        let annotations: Vec<Value> = parts.iter().flat_map(annotations).cloned().collect();
        let rest = match self.shown.iter().find(|shown| shown.id == id) {
            Some(shown) => shown.rest(&whole).unwrap_or_default(),
            None if whole.is_empty() => "",
            None => {
                self.begin(id);
                &whole
            }
        };
        if rest.len() < whole.len() {
            self.citations.note(&annotations);
        }
        if !rest.is_empty() {
            self.say_cited(rest, &annotations);
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
            self.say("\n");
            self.say(&footnotes);
        }
        self.flush()
    }

    /// Ends the current line on a terminal, so that other output starts on a new one. The output to a pipe is
    /// unchanged.
    pub(super) fn give_up(&mut self) -> Result<()> {
        if self.terminal {
            self.end_line();
        }
        self.flush()
    }

    fn message_event(&mut self, name: &str, message: &Value) {
        if message["role"].as_str().is_some_and(|role| role != "assistant") {
            self.others.extend(message["id"].as_str().map(str::to_owned));
        } else if matches!(name, "thread.message.completed" | "thread.message.incomplete") {
            self.message(message);
        }
    }

    /// Processes a delta that contains more than text.
    fn delta(&mut self, data: &Value) {
        let id = data["id"].as_str().unwrap_or_default();
        for part in data["delta"]["content"].as_array().into_iter().flatten() {
            let cited: Vec<Value> = annotations(part).to_vec();
            self.piece(id, part["index"].as_u64(), &said(part), &cited);
        }
    }

    fn piece(&mut self, id: &str, part: Option<u64>, text: &str, annotations: &[Value]) {
        if self.others.iter().any(|other| other == id) {
            return;
        }
        if self.shown.last().is_none_or(|shown| shown.id != id) && !self.shown.iter().any(|shown| shown.id == id) {
            self.begin(id);
        }
        let part = part.unwrap_or_default();
        let Some(shown) = self.shown.iter_mut().rfind(|shown| shown.id == id) else { return };
        let next = std::mem::replace(&mut shown.part, part) != part && shown.length > 0;
        if next {
            shown.add("\n");
        }
        shown.add(text);
        if next {
            self.say("\n");
        }
        if annotations.is_empty() {
            self.say(text);
        } else {
            self.say_cited(text, annotations);
        }
    }

    fn begin(&mut self, id: &str) {
        if !self.shown.is_empty() {
            self.end_line();
            self.say("\n");
        }
        self.shown.push(Shown { id: id.to_owned(), part: 0, length: 0, sum: FNV });
    }

    fn say_cited(&mut self, text: &str, annotations: &[Value]) {
        let text = self.citations.replace(text, annotations).into_owned();
        self.say(&text);
    }

    fn say(&mut self, text: &str) {
        let safe = if self.terminal { sanitize_lines(text) } else { Cow::Borrowed(text) };
        if !safe.is_empty() {
            self.at_line_start = safe.ends_with('\n');
            self.out.push_str(&safe);
        }
    }

    fn end_line(&mut self) {
        if !self.at_line_start {
            self.say("\n");
        }
    }

    /// Reports the tool calls of a completed step, one line for each.
    fn tell_step(&mut self, name: &str) -> Result<()> {
        let Some(step) = self.steps.steps.last().filter(|_| name == "thread.run.step.completed") else { return Ok(()) };
        let lines: Vec<String> =
            step["step_details"]["tool_calls"].as_array().into_iter().flatten().map(call).collect();
        if self.terminal && !lines.is_empty() {
            // Output on standard error must start on a line of its own.
            self.end_line();
        }
        self.flush()?;
        lines.iter().for_each(|line| self.ui.note(line));
        Ok(())
    }
}

/// The maximum length of arguments and outputs in such a line, in characters.
const SHOWN: usize = 200;

/// Describes a tool call in one line.
pub(super) fn call(call: &Value) -> String {
    let short = |text: &str| {
        let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
        match line.char_indices().nth(SHOWN) {
            Some((end, _)) => format!("{}…", &line[..end]),
            None => line,
        }
    };
    let function = &call["function"];
    if let Some(name) = function["name"].as_str() {
        let arguments = function["arguments"].as_str().unwrap_or_default();
        let output = function["output"].as_str().map(|output| format!(" = {}", short(output))).unwrap_or_default();
        return format!("{}({}){output}", short(name), short(arguments));
    }
    if let Some(input) = call["code_interpreter"]["input"].as_str() {
        return format!("code_interpreter: {}", short(input));
    }
    if let Some(results) = call["file_search"]["results"].as_array() {
        return format!("file_search: {} results", results.len());
    }
    short(call["type"].as_str().unwrap_or("a tool was used"))
}

fn parts(message: &Value) -> Vec<Value> {
    match &message["content"] {
        Value::Array(parts) => parts.clone(),
        Value::Null => Vec::new(),
        text => vec![text.clone()],
    }
}

fn annotations(part: &Value) -> &[Value] {
    part["text"]["annotations"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Returns the text of a part of a message, or a placeholder for a part without text.
fn said(part: &Value) -> String {
    let text = &part["text"];
    let said = [part, text, &text["value"], &part["refusal"]].into_iter().find_map(Value::as_str);
    let image = [&part["image_file"]["file_id"], &part["image_url"]["url"]].into_iter().find_map(Value::as_str);
    match (said, image, part["type"].as_str()) {
        (Some(said), ..) => said.to_owned(),
        (None, Some(image), _) => format!("[image {image}]"),
        (None, None, Some("text") | None) => String::new(),
        (None, None, Some(other)) => format!("[{other}]"),
    }
}
