//! A chat completion that arrives in chunks. The chunks are forwarded and assembled.

use super::error::Trouble;
use crate::json;
use crate::serve::model::echo::words;
use crate::serve::model::{Call, Cut, Piece, Reply, Round, Speech, Turn};
use crate::serve::run_error::Failure;
use serde_json::Value;

/// The part of a completion that has arrived.
#[derive(Debug)]
pub(super) struct Hearing<'a> {
    speech: &'a Speech,
    text: String,
    refusal: String,
    calls: Vec<Began>,
    /// The reason why the model stopped.
    finish: Option<String>,
    usage: Value,
}

/// A tool call whose chunks are arriving.
#[derive(Debug, Default)]
struct Began {
    /// The index by which the chunks of the endpoint refer to the tool call.
    number: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl<'a> Hearing<'a> {
    /// Returns an empty completion that forwards its pieces to `speech`.
    pub(super) fn new(speech: &'a Speech) -> Self {
        let (text, refusal, calls) = (String::new(), String::new(), Vec::new());
        Self { speech, text, refusal, calls, finish: None, usage: Value::Null }
    }

    /// Returns `true` if any piece was forwarded.
    pub(super) fn has_spoken(&self) -> bool {
        !self.text.is_empty() || self.calls.iter().any(|call| !call.name.is_empty())
    }

    /// Adds the data of one event. Returns `true` if it was the last.
    pub(super) fn hear(&mut self, data: &str) -> Result<bool, Trouble> {
        if data.starts_with("[DONE]") {
            self.end()?;
            return Ok(true);
        }
        if data.trim().is_empty() {
            return Ok(false);
        }
        let chunk = json::read(data).map_err(|_| Trouble::Nonsense("an event of its answer is no JSON".to_owned()))?;
        self.take(&chunk, "delta")?;
        Ok(false)
    }

    /// Adds a complete response that was sent although a stream was requested.
    pub(super) fn whole(&mut self, bytes: &[u8]) -> Result<(), Trouble> {
        if bytes.is_empty() {
            return Err(Trouble::Nothing);
        }
        let answer = json::read(bytes).map_err(|_| Trouble::no_answer(bytes))?;
        self.take(&answer, "message")?;
        if answer["choices"].get(0).is_none() {
            return Err(Trouble::no_answer(bytes));
        }
        self.finish.get_or_insert_with(|| "stop".to_owned());
        Ok(())
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// If the model had not finished.
    pub(super) fn end(&self) -> Result<(), Trouble> {
        match self.finish {
            Some(_) => Ok(()),
            None if self.has_spoken() => Err(Trouble::Nonsense("its answer broke off in the middle".to_owned())),
            None => Err(Trouble::Nothing),
        }
    }

    fn take(&mut self, chunk: &Value, member: &str) -> Result<(), Trouble> {
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            return Err(Trouble::in_stream(error));
        }
        if chunk["usage"].is_object() {
            self.usage = chunk["usage"].clone();
        }
        let choice = &chunk["choices"][0];
        let delta = &choice[member];
        if let Some(text) = delta["content"].as_str().filter(|text| !text.is_empty()) {
            self.text.push_str(text);
            self.speech.tell(Piece::Text(text.to_owned()));
        }
        if let Some(text) = delta["refusal"].as_str() {
            self.refusal.push_str(text);
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            self.call(call);
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.finish = Some(reason.to_owned());
        }
        Ok(())
    }

    /// Adds a chunk of a tool call. Chunks of several tool calls may arrive in any order, and some endpoints do not
    /// number them.
    fn call(&mut self, piece: &Value) {
        let (number, id) = (piece["index"].as_u64(), piece["id"].as_str().unwrap_or_default());
        let found = match number {
            Some(_) => self.calls.iter().position(|call| call.number == number),
            None if id.is_empty() => self.calls.len().checked_sub(1),
            None => self.calls.iter().position(|call| call.id == id),
        };
        let index = found.unwrap_or(self.calls.len());
        if found.is_none() {
            self.calls.push(Began { number, id: id.to_owned(), ..Began::default() });
        }
        let Some(call) = self.calls.get_mut(index) else { return };
        let function = &piece["function"];
        let text = |name: &str| function[name].as_str().unwrap_or_default();
        let arguments = match &function["arguments"] {
            // Some endpoints send a JSON object instead of the required JSON text.
            object @ Value::Object(_) => object.to_string(),
            _ => text("arguments").to_owned(),
        };
        let mut untold = arguments.clone();
        if call.name.is_empty() && !text("name").is_empty() {
            call.name = text("name").to_owned();
            self.speech.tell(Piece::Call { index, name: call.name.clone() });
            // The arguments that arrived before the name.
            untold.insert_str(0, &call.arguments);
        }
        call.arguments.push_str(&arguments);
        if !call.name.is_empty() && !untold.is_empty() {
            self.speech.tell(Piece::Arguments { index, text: untold });
        }
    }

    /// Returns the completed round.
    pub(super) fn round(self, turn: &Turn) -> Result<Round, Failure> {
        if self.calls.iter().any(|call| call.name.is_empty()) {
            return Err(Failure::server("The model called a function without saying which."));
        }
        let counted = |name: &str| self.usage[name].as_i64().filter(|tokens| *tokens >= 0);
        let heard = || words(&turn.instructions) + turn.messages.iter().map(|said| words(&said.text())).sum::<i64>();
        let said = || {
            let calls = self.calls.iter().map(|call| words(&call.name) + words(&call.arguments));
            words(&self.text) + words(&self.refusal) + calls.sum::<i64>()
        };
        let prompt_tokens = counted("prompt_tokens").unwrap_or_else(heard);
        let completion_tokens = counted("completion_tokens").unwrap_or_else(said);
        let calls = |calls: Vec<Began>| {
            calls.into_iter().map(|Began { name, arguments, .. }| {
                // Some endpoints send no arguments for a function without parameters.
                Call { name, arguments: if arguments.is_empty() { "{}".to_owned() } else { arguments } }
            })
        };
        let reply = match self.finish.as_deref() {
            Some("length") => Reply::Incomplete(self.text, Cut::Completion),
            Some("content_filter") => Reply::Incomplete(self.text, Cut::Filter),
            _ if !self.calls.is_empty() => Reply::Calls(calls(self.calls).collect()),
            _ if !self.refusal.is_empty() => Reply::Refusal(self.refusal),
            _ => Reply::Message(self.text),
        };
        Ok(Round { reply, prompt_tokens, completion_tokens })
    }
}
