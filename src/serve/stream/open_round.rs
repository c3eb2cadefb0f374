//! The events of a round that is not in the store yet.

use super::earlier::begun_message;
use super::events::{self, Events};
use crate::api::objects::{ContentPart, JsonObject, List, Message, OpenEnum, Run, StepStatus, ToolCall, ToolType};
use crate::serve::documents::{message, step};
use crate::serve::engine::lifecycle::RunEnding;
use crate::serve::ids::RoundIds;
use crate::serve::pubsub::OutputDelta;
use std::sync::Arc;

/// A round whose output is sent as it arrives.
#[derive(Debug)]
pub(super) struct OpenRound {
    pub(super) ids: Arc<RoundIds>,
    pub(super) sent: SentOutput,
}

/// The output of a round that was sent so far.
#[derive(Debug)]
pub(super) enum SentOutput {
    /// The text of the message.
    Message(String),
    /// The arguments of each tool call that has started.
    ToolCalls(Vec<String>),
}

impl OpenRound {
    /// Sends the first events of a round.
    pub(super) fn begin(events: &mut Events, run: &Run, ids: Arc<RoundIds>, first: &OutputDelta) -> Self {
        let (step, sent) = match first {
            OutputDelta::Text(_) => (step::of_message(run, &ids), SentOutput::Message(String::new())),
            OutputDelta::Call { .. } | OutputDelta::Search { .. } | OutputDelta::Arguments { .. } => {
                (step::of_tool_calls(run, &ids, Vec::new()), SentOutput::ToolCalls(Vec::new()))
            }
        };
        events.step("created", &step);
        events.step("in_progress", &step);
        if let SentOutput::Message(_) = sent {
            let message = begun_message(&message::of_round(run, &ids, "", Vec::new()));
            events.message("created", &message);
            events.message("in_progress", &message);
        }
        Self { ids, sent }
    }

    /// Sends a part of the output. A part that does not continue the sent output is skipped. The follower sends it once
    /// the round is in the store.
    pub(super) fn send(&mut self, events: &mut Events, delta: OutputDelta) {
        match (&mut self.sent, delta) {
            (SentOutput::Message(sent), OutputDelta::Text(text)) => {
                events.message_delta(&self.ids.message, events::text_delta(0, &text, sent.is_empty()));
                sent.push_str(&text);
            }
            (SentOutput::ToolCalls(sent), OutputDelta::Call { index, id, name }) if index == sent.len() => {
                events.tool_call_delta(&self.ids.tool_calls_step, events::call_delta(index, &id, &name));
                sent.push(String::new());
            }
            (SentOutput::ToolCalls(sent), OutputDelta::Search { index, id }) if index == sent.len() => {
                events.tool_call_delta(&self.ids.tool_calls_step, events::search_delta(index, &id));
                sent.push(String::new());
            }
            (SentOutput::ToolCalls(sent), OutputDelta::Arguments { index, text }) => {
                if let Some(sent) = sent.get_mut(index) {
                    events.tool_call_delta(&self.ids.tool_calls_step, events::arguments_delta(index, &text));
                    sent.push_str(&text);
                }
            }
            _ => {}
        }
    }

    /// Returns the ID that the step has in the store.
    pub(super) fn step_id(&self) -> &str {
        match self.sent {
            SentOutput::Message(_) => &self.ids.message_step,
            SentOutput::ToolCalls(_) => &self.ids.tool_calls_step,
        }
    }

    /// Sends the final events of a round that will not be stored. Its message is incomplete, and its step ends like the
    /// run.
    pub(super) fn abort(self, events: &mut Events, run: &Run, ending: &RunEnding) {
        let mut step = match &self.sent {
            SentOutput::Message(text) => {
                let mut message = message::of_round(run, &self.ids, text, Vec::new());
                message::mark_incomplete(&mut message, ending.message_reason());
                events.message("incomplete", &message);
                step::of_message(run, &self.ids)
            }
            SentOutput::ToolCalls(_) => step::of_tool_calls(run, &self.ids, Vec::new()),
        };
        ending.close_step(&mut step);
        events.step(step.status().text().unwrap_or(StepStatus::Failed.name()), &step);
    }
}

/// Sends the content of a stored message, except the text that was already sent.
pub(super) fn send_rest_of_message(events: &mut Events, message: &Message, sent: &str) {
    let id = message.id().or_default();
    for (index, value) in message.content().or_default().values().iter().enumerate() {
        let part = ContentPart::from_value_ref(value);
        let Some(text) = part.and_then(|part| part.text().valid()) else {
            let mut part = value.clone();
            if let Some(part) = part.as_object_mut() {
                part.insert("index".to_owned(), index.into());
            }
            events.message_delta(id, part);
            continue;
        };
        let sent = if index == 0 { sent } else { "" };
        // If the stored text does not start with the sent text, no delta can correct this. The event of the complete
        // message does.
        let Some(rest) = text.value().or_default().strip_prefix(sent) else { continue };
        if !rest.is_empty() || sent.is_empty() {
            events.message_delta(id, events::text_delta(index, rest, sent.is_empty()));
        }
        let annotations = text.annotations().or_default().values();
        if !annotations.is_empty() {
            events.message_delta(id, events::annotations_delta(index, annotations));
        }
    }
}

/// Sends the tool calls of a stored step, except the parts that were already sent. `sent` has the sent arguments of
/// each call.
pub(super) fn send_rest_of_calls(events: &mut Events, step: &str, calls: List<'_, &ToolCall>, sent: &[String]) {
    for (index, call) in calls.valid().enumerate() {
        let function = call.function().valid();
        let name = function.and_then(|function| function.name().valid()).unwrap_or_default();
        let arguments = function.and_then(|function| function.arguments().valid()).unwrap_or_default();
        let sent = sent.get(index);
        if call.kind().is(ToolType::FileSearch) {
            if sent.is_none() {
                events.tool_call_delta(step, events::search_delta(index, call.id().or_default()));
            }
            continue;
        }
        if sent.is_none() {
            events.tool_call_delta(step, events::call_delta(index, call.id().or_default(), name));
        }
        match arguments.strip_prefix(sent.map_or("", String::as_str)) {
            None | Some("") => {}
            Some(rest) => events.tool_call_delta(step, events::arguments_delta(index, rest)),
        }
    }
}
