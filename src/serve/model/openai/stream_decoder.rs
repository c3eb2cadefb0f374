//! The decoder of a chat completion that arrives in chunks. It publishes the chunks and assembles the result.

use super::error::EndpointError;
use crate::json;
use crate::serve::model::failure::RunFailure;
use crate::serve::model::words::count_words;
use crate::serve::model::{IncompleteReason, ModelDelta, ModelInput, ModelReply, RequestedCall, Round, TokenSink};
use serde_json::Value;

/// The part of a completion that has arrived so far.
#[derive(Debug)]
pub(super) struct StreamDecoder<'a> {
    sink: &'a TokenSink,
    text: String,
    refusal: String,
    calls: Vec<PartialCall>,
    /// The reason why the model stopped.
    finish_reason: Option<String>,
    usage: Value,
}

/// A tool call whose chunks are arriving.
#[derive(Debug, Default)]
struct PartialCall {
    /// The index by which the chunks of the endpoint refer to the tool call.
    number: Option<u64>,
    id: String,
    name: String,
    arguments: String,
}

impl<'a> StreamDecoder<'a> {
    /// Creates a decoder that publishes output to `sink`.
    pub(super) fn new(sink: &'a TokenSink) -> Self {
        let (text, refusal, calls) = (String::new(), String::new(), Vec::new());
        Self { sink, text, refusal, calls, finish_reason: None, usage: Value::Null }
    }

    /// Returns `true` if any output was published.
    pub(super) fn has_output(&self) -> bool {
        !self.text.is_empty() || self.calls.iter().any(|call| !call.name.is_empty())
    }

    /// Adds the data of one event. Returns `true` if it was the last event.
    pub(super) fn push_event(&mut self, data: &str) -> Result<bool, EndpointError> {
        if data.starts_with("[DONE]") {
            self.finish()?;
            return Ok(true);
        }
        if data.trim().is_empty() {
            return Ok(false);
        }
        let chunk = json::read(data).map_err(|_| EndpointError::Malformed("an event is not valid JSON".to_owned()))?;
        self.push_chunk(&chunk, "delta")?;
        Ok(false)
    }

    /// Adds a complete response that was sent although a stream was requested.
    pub(super) fn push_whole(&mut self, bytes: &[u8]) -> Result<(), EndpointError> {
        if bytes.is_empty() {
            return Err(EndpointError::Empty);
        }
        let response = json::read(bytes).map_err(|_| EndpointError::not_a_completion(bytes))?;
        self.push_chunk(&response, "message")?;
        if response["choices"].get(0).is_none() {
            return Err(EndpointError::not_a_completion(bytes));
        }
        self.finish_reason.get_or_insert_with(|| "stop".to_owned());
        Ok(())
    }

    /// Ends the stream.
    ///
    /// # Errors
    /// Returns an error if the stream ended before the model had finished.
    pub(super) fn finish(&self) -> Result<(), EndpointError> {
        match self.finish_reason {
            Some(_) => Ok(()),
            None if self.has_output() => Err(EndpointError::Malformed("it ended early".to_owned())),
            None => Err(EndpointError::Empty),
        }
    }

    /// Adds a chunk. `member` is the member of a choice that contains the output: `delta` in a stream, and `message` in
    /// a complete response.
    fn push_chunk(&mut self, chunk: &Value, member: &str) -> Result<(), EndpointError> {
        if let Some(error) = chunk.get("error").filter(|error| !error.is_null()) {
            return Err(EndpointError::in_stream(error));
        }
        if chunk["usage"].is_object() {
            self.usage = chunk["usage"].clone();
        }
        let choice = &chunk["choices"][0];
        let delta = &choice[member];
        if let Some(text) = delta["content"].as_str().filter(|text| !text.is_empty()) {
            self.text.push_str(text);
            self.sink.send(ModelDelta::Text(text.to_owned()));
        }
        if let Some(text) = delta["refusal"].as_str() {
            self.refusal.push_str(text);
        }
        for call in delta["tool_calls"].as_array().into_iter().flatten() {
            self.push_call(call);
        }
        if let Some(reason) = choice["finish_reason"].as_str() {
            self.finish_reason = Some(reason.to_owned());
        }
        Ok(())
    }

    /// Adds a chunk of a tool call. Chunks of several tool calls may arrive in any order, and some endpoints do not
    /// number them.
    fn push_call(&mut self, chunk: &Value) {
        let (number, id) = (chunk["index"].as_u64(), chunk["id"].as_str().unwrap_or_default());
        let found = match number {
            Some(_) => self.calls.iter().position(|call| call.number == number),
            None if id.is_empty() => self.calls.len().checked_sub(1),
            None => self.calls.iter().position(|call| call.id == id),
        };
        let index = found.unwrap_or(self.calls.len());
        if found.is_none() {
            self.calls.push(PartialCall { number, id: id.to_owned(), ..PartialCall::default() });
        }
        let Some(call) = self.calls.get_mut(index) else { return };
        let function = &chunk["function"];
        let text = |name: &str| function[name].as_str().unwrap_or_default();
        let arguments = match &function["arguments"] {
            // Some endpoints send a JSON object instead of the required JSON text.
            object @ Value::Object(_) => object.to_string(),
            _ => text("arguments").to_owned(),
        };
        let mut unsent = arguments.clone();
        if call.name.is_empty() && !text("name").is_empty() {
            call.name = text("name").to_owned();
            self.sink.send(ModelDelta::Call { index, name: call.name.clone() });
            // The arguments that arrived before the name are published after it.
            unsent.insert_str(0, &call.arguments);
        }
        call.arguments.push_str(&arguments);
        if !call.name.is_empty() && !unsent.is_empty() {
            self.sink.send(ModelDelta::Arguments { index, text: unsent });
        }
    }

    /// Returns the result of the round. Tokens that the endpoint did not count are counted as words.
    pub(super) fn round(self, input: &ModelInput) -> Result<Round, RunFailure> {
        if self.calls.iter().any(|call| call.name.is_empty()) {
            return Err(RunFailure::server("The model called a function without a name."));
        }
        let counted = |name: &str| self.usage[name].as_i64().filter(|tokens| *tokens >= 0);
        let prompt_words = || input.count_words();
        let completion_words = || {
            let calls = self.calls.iter().map(|call| count_words(&call.name) + count_words(&call.arguments));
            count_words(&self.text) + count_words(&self.refusal) + calls.sum::<i64>()
        };
        let prompt_tokens = counted("prompt_tokens").unwrap_or_else(prompt_words);
        let completion_tokens = counted("completion_tokens").unwrap_or_else(completion_words);
        let calls = |calls: Vec<PartialCall>| {
            calls.into_iter().map(|PartialCall { name, arguments, .. }| {
                // Some endpoints send no arguments for a function without parameters.
                RequestedCall { name, arguments: if arguments.is_empty() { "{}".to_owned() } else { arguments } }
            })
        };
        let reply = match self.finish_reason.as_deref() {
            Some("length") => ModelReply::Incomplete(self.text, IncompleteReason::Completion),
            Some("content_filter") => ModelReply::Incomplete(self.text, IncompleteReason::Filter),
            _ if !self.calls.is_empty() => ModelReply::Calls(calls(self.calls).collect()),
            _ if !self.refusal.is_empty() => ModelReply::Refusal(self.refusal),
            _ => ModelReply::Message(self.text),
        };
        Ok(Round { reply, prompt_tokens, completion_tokens })
    }
}
