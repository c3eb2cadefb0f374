//! The events of a round that is not in the store yet.

use super::events::{self, Events};
use crate::serve::lifecycle::{Ending, Live};
use crate::serve::pubsub::{Draft, Part};
use crate::serve::{messages, steps};
use serde_json::Value;
use std::sync::Arc;

/// A round whose output is sent piece by piece.
#[derive(Debug)]
pub(super) struct Open {
    pub(super) draft: Arc<Draft>,
    pub(super) what: What,
}

/// The object that a round creates, with the content that was sent so far.
#[derive(Debug)]
pub(super) enum What {
    Message(String),
    /// The arguments of each tool call that has started.
    Calls(Vec<String>),
}

impl Open {
    /// Sends the first events of a round.
    pub(super) fn begin(events: &mut Events, live: &Live, draft: Arc<Draft>, part: &Part) -> Self {
        let what = match part {
            Part::Text(_) => {
                let step = steps::of_message(live, &draft);
                events.step("created", &step);
                events.step("in_progress", &step);
                let message = events::begun(&messages::of_run(live, &draft, ""));
                events.message("created", &message);
                events.message("in_progress", &message);
                What::Message(String::new())
            }
            Part::Call { .. } | Part::Arguments { .. } => {
                let step = steps::of_calls(live, &draft, Vec::new());
                events.step("created", &step);
                events.step("in_progress", &step);
                What::Calls(Vec::new())
            }
        };
        Self { draft, what }
    }

    /// Sends a piece. A piece that does not continue the sent content is skipped, and sent once the round is in the
    /// store.
    pub(super) fn tell(&mut self, events: &mut Events, part: Part) {
        match (&mut self.what, part) {
            (What::Message(told), Part::Text(text)) => {
                events.content(&self.draft.message, events::text(0, &text, told.is_empty()));
                told.push_str(&text);
            }
            (What::Calls(told), Part::Call { index, id, name }) if index == told.len() => {
                events.call(&self.draft.calls_step, events::call(index, &id, &name));
                told.push(String::new());
            }
            (What::Calls(told), Part::Arguments { index, text }) => {
                if let Some(told) = told.get_mut(index) {
                    events.call(&self.draft.calls_step, events::arguments(index, &text));
                    told.push_str(&text);
                }
            }
            _ => {}
        }
    }

    /// Returns the ID that the step has in the store.
    pub(super) fn step(&self) -> &str {
        match self.what {
            What::Message(_) => &self.draft.message_step,
            What::Calls(_) => &self.draft.calls_step,
        }
    }

    /// Sends the final events of a round that will not be stored. Its message is incomplete, and its step ends like the
    /// run.
    pub(super) fn break_off(self, events: &mut Events, live: &Live, ending: &Ending) {
        let step = match &self.what {
            What::Message(text) => {
                let message = messages::of_run(live, &self.draft, text);
                events.message("incomplete", &messages::broken_off(message, ending.reason()));
                steps::of_message(live, &self.draft)
            }
            What::Calls(_) => steps::of_calls(live, &self.draft, Vec::new()),
        };
        let step = Value::Object(ending.of_step(step));
        events.step(step["status"].as_str().unwrap_or_default(), &step);
    }
}

/// Sends the content of a message after the text that was already sent.
pub(super) fn rest_of_message(events: &mut Events, message: &Value, told: &str) {
    let id = message["id"].as_str().unwrap_or_default();
    for (index, part) in message["content"].as_array().into_iter().flatten().enumerate() {
        let Some(text) = part["text"]["value"].as_str() else {
            let mut part = part.clone();
            part["index"] = index.into();
            events.content(id, part);
            continue;
        };
        let told = if index == 0 { told } else { "" };
        // If the model deviated from the text it published, the complete message that follows corrects it.
        let Some(rest) = text.strip_prefix(told) else { continue };
        if !rest.is_empty() || told.is_empty() {
            let mut piece = events::text(index, rest, told.is_empty());
            let annotations = &part["text"]["annotations"];
            if annotations.as_array().is_some_and(|all| !all.is_empty()) {
                piece["text"]["annotations"] = annotations.clone();
            }
            events.content(id, piece);
        }
    }
}

/// Sends the tool calls of a step after the part that was already sent.
pub(super) fn rest_of_calls(events: &mut Events, step: &str, calls: &[Value], told: &[String]) {
    for (index, call) in calls.iter().enumerate() {
        let text = |name: &str| call["function"][name].as_str().unwrap_or_default();
        let told = told.get(index);
        if told.is_none() {
            events.call(step, events::call(index, call["id"].as_str().unwrap_or_default(), text("name")));
        }
        match text("arguments").strip_prefix(told.map_or("", String::as_str)) {
            None | Some("") => {}
            Some(rest) => events.call(step, events::arguments(index, rest)),
        }
    }
}
