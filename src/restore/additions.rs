//! The sequence of messages and items that the target of a restore receives.

use super::known_files::FileLookup;
use super::loss::Losses;
use super::map::ObjectKind;
use super::options::{ChosenConversion, Conversion, TargetForm, ToolCallMode};
use super::render::{self, Addition};
use super::source::{self, StepPairs};
use crate::api::objects::{ConversationItem, ItemType, JsonObject, Message, RunStep};
use crate::archive::{ArchiveError, ArchiveReader, ArchivedObject, Container, JsonLines, LinesState};
use serde_json::{Map, Value};
use std::collections::{HashMap, VecDeque};

/// An object of the archive that is to be restored.
pub(super) struct SourceObject {
    pub(super) kind: ObjectKind,
    pub(super) id: String,
    archived: ArchivedObject,
    lines: LinesState,
    runs: u64,
    steps: LinesState,
}

impl SourceObject {
    /// Reads an object. Returns `None` if the archive does not have it.
    ///
    /// # Errors
    /// Returns an error if a file of the object is missing, or differs from the manifest.
    pub(super) fn read(archive: &ArchiveReader, kind: ObjectKind, id: &str) -> Result<Option<Self>, ArchiveError> {
        let manifest = archive.manifest();
        let (archived, lines, runs, steps) = match kind {
            ObjectKind::Thread => {
                let Some(entry) = manifest.threads.get(id) else { return Ok(None) };
                (archive.thread(id)?, &entry.messages, entry.runs.end.count, entry.steps.clone())
            }
            ObjectKind::Conversation => {
                let Some(entry) = manifest.conversations.get(id) else { return Ok(None) };
                (archive.container(Container::Conversation, id)?, &entry.items, 0, LinesState::default())
            }
        };
        Ok(archived.map(|archived| Self { kind, id: id.to_owned(), archived, lines: lines.clone(), runs, steps }))
    }

    /// Returns the object as the server sent it.
    pub(super) fn object(&self) -> &Map<String, Value> {
        &self.archived.object
    }

    /// Returns the name of the file with the messages or items.
    fn lines_name(&self) -> &'static str {
        match self.kind {
            ObjectKind::Thread => "messages.jsonl",
            ObjectKind::Conversation => Container::Conversation.items_file(),
        }
    }

    /// Returns a digest of the contents that a restore sends: the SHA-256 of the messages or items, and that of the run
    /// steps if their tool calls are sent.
    pub(super) fn digest(&self, conversion: &Conversion) -> String {
        let sha256 = |name: &str| self.archived.digest(name).map_or("", |digest| digest.sha256.as_str());
        match (self.kind, conversion.tool_calls) {
            (ObjectKind::Conversation, _) | (_, ToolCallMode::Drop) => sha256(self.lines_name()).to_owned(),
            (ObjectKind::Thread, _) => format!("{}+{}", sha256(self.lines_name()), sha256("steps.jsonl")),
        }
    }

    /// Returns the form in which the object is restored. A conversation stays a conversation.
    pub(super) fn conversion(&self, chosen: ChosenConversion) -> Conversion {
        match self.kind {
            ObjectKind::Thread => chosen.to(chosen.form),
            ObjectKind::Conversation => chosen.to(TargetForm::Conversations),
        }
    }

    /// Starts reading the messages or items in order.
    ///
    /// # Errors
    /// Returns an error if a file of the archive cannot be read.
    pub(super) fn additions<'a>(
        &self,
        conversion: &'a Conversion,
        files: &'a dyn FileLookup,
    ) -> Result<Additions<'a>, ArchiveError> {
        let lines = self.archived.lines(self.lines_name(), &self.lines)?;
        let mut losses = Losses { runs_lost: self.runs, ..Losses::default() };
        let mut pending = Vec::new();
        for step in self.archived.lines("steps.jsonl", &self.steps)? {
            let mut own = Losses::default();
            match source::step_pairs(RunStep::from_map_ref(&step?), &mut own) {
                Some(found) if conversion.tool_calls == ToolCallMode::Drop => {
                    own.tool_calls_lost += found.pairs.len() as u64;
                    own.steps_lost = 1;
                }
                found => pending.extend(found),
            }
            losses += own;
        }
        pending.sort_by(|first: &StepPairs, second| first.created_at.total_cmp(&second.created_at));
        let ready = VecDeque::from([Addition { items: Vec::new(), losses }]);
        let calls = HashMap::new();
        Ok(Additions { kind: self.kind, lines, conversion, files, pending: pending.into(), ready, calls })
    }
}

/// An iterator over the additions of an object, in order. An addition without items only has losses.
pub(super) struct Additions<'a> {
    kind: ObjectKind,
    lines: JsonLines,
    conversion: &'a Conversion,
    files: &'a dyn FileLookup,
    /// The function calls of the thread that were not returned yet, oldest first.
    pending: VecDeque<StepPairs>,
    ready: VecDeque<Addition>,
    /// The function calls of the conversation whose output was not read yet, by their call IDs.
    calls: HashMap<String, Map<String, Value>>,
}

impl Iterator for Additions<'_> {
    type Item = Result<Addition, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(addition) = self.ready.pop_front() {
                return Some(Ok(addition));
            }
            match self.lines.next() {
                Some(Ok(line)) if self.kind == ObjectKind::Thread => self.read_message(Message::from_map_ref(&line)),
                Some(Ok(line)) => self.read_item(line),
                Some(Err(error)) => return Some(Err(error)),
                None => {
                    self.take_rest();
                    if self.ready.is_empty() {
                        return None;
                    }
                }
            }
        }
    }
}

impl Additions<'_> {
    fn read_message(&mut self, message: &Message) {
        let message = source::of_thread(message, self.conversion.citations, self.files);
        let created = message.created_at.map_or(f64::INFINITY, |seconds| seconds as f64);
        // The calls of a run come before the message that the run wrote after them. Those of a run without a later
        // message come before the next message.
        let mut before = VecDeque::new();
        let mut same_second = VecDeque::new();
        while let Some(call) = self.pending.pop_front_if(|call| call.created_at.floor() <= created) {
            let is_before = call.created_at.floor() < created || message.run_id.as_ref() == Some(&call.run_id);
            if is_before { &mut before } else { &mut same_second }.push_back(call);
        }
        same_second.into_iter().rev().for_each(|call| self.pending.push_front(call));
        self.take_calls(before);
        self.ready.push_back(render::message(message, self.conversion, self.files));
    }

    fn take_calls(&mut self, steps: VecDeque<StepPairs>) {
        let pairs = steps.iter().flat_map(|step| &step.pairs);
        self.ready.extend(pairs.filter_map(|pair| render::function_pair(pair, self.conversion)));
    }

    fn read_item(&mut self, line: Map<String, Value>) {
        let item = ConversationItem::from_map_ref(&line);
        let call_id = item.call_id().or_default().to_owned();
        match item.kind().known() {
            Some(ItemType::Message) => {
                let message = source::of_item(item);
                self.ready.push_back(render::message(message, self.conversion, self.files));
            }
            Some(ItemType::FunctionCall) => drop(self.calls.insert(call_id, line)),
            Some(ItemType::FunctionCallOutput) => {
                let addition = match self.calls.remove(&call_id) {
                    Some(call) => self.call_and_output(&call, &line),
                    None => Addition { items: Vec::new(), losses: lost_items(1) },
                };
                self.ready.push_back(addition);
            }
            // The calls of hosted tools need IDs of their own backend.
            _ => self.ready.push_back(Addition { items: Vec::new(), losses: lost_items(1) }),
        }
    }

    /// Returns a function call of a conversation with its output, without the IDs and states that the source gave them.
    fn call_and_output(&self, call: &Map<String, Value>, output: &Map<String, Value>) -> Addition {
        if self.conversion.tool_calls == ToolCallMode::Drop {
            return Addition { items: Vec::new(), losses: Losses { tool_calls_lost: 1, ..Losses::default() } };
        }
        let text = |object: &Map<String, Value>, name: &str| match object.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => String::new(),
        };
        let mut losses = Losses::default();
        // An output of parts can refer to files of the old backend, so it becomes a text.
        let output = match ConversationItem::from_map_ref(output).output().valid() {
            Some(Value::Array(parts)) => source::output_text(parts, self.files, &mut losses),
            _ => text(output, "output"),
        };
        let pair = source::FunctionPair {
            call_id: text(call, "call_id"),
            name: text(call, "name"),
            arguments: text(call, "arguments"),
            output,
        };
        let mut addition = render::function_pair(&pair, self.conversion).unwrap_or_default();
        addition.losses += losses;
        addition
    }

    /// Adds what remains after the last message or item.
    fn take_rest(&mut self) {
        let rest = std::mem::take(&mut self.pending);
        self.take_calls(rest);
        let open = std::mem::take(&mut self.calls).len() as u64;
        if open > 0 {
            // A call without its output would make the next response of the target fail.
            self.ready.push_back(Addition { items: Vec::new(), losses: lost_items(open) });
        }
    }
}

fn lost_items(count: u64) -> Losses {
    Losses { messages_lost: count, ..Losses::default() }
}
