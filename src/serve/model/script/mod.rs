//! The model `script:FILE`. Its answers come from the rules of a file, which is read once when the server starts.

mod condition;
mod file;
mod one_or_many;
mod reply;
#[cfg(test)]
mod tests;

use super::words::count_words;
use super::{InputNeeds, ModelDelta, ModelInput, ModelReply, Round, RunFailure, TokenSink};
use crate::env::input;
use file::{ReplySequence, ScriptFile};
use reply::ScriptedReply;
use std::time::Duration;
use tokio::time::sleep;

/// A parsed script.
#[derive(Debug)]
pub struct Script {
    name: String,
    file: ScriptFile,
}

impl Script {
    /// Reads a script in YAML, of which JSON is a subset.
    ///
    /// # Errors
    /// Returns an error with line and column if the file cannot be read or is not a valid script.
    pub(super) fn read(path: &str) -> Result<Self, String> {
        let file: ScriptFile = input::read_yaml(path).map_err(|error| error.to_string())?;
        if file.rules.is_empty() && file.default.is_none() {
            return Err(format!("expected `rules` or `default` in {path}"));
        }
        Ok(Self { name: path.to_owned(), file })
    }

    /// Publishes the answer of the first rule that matches, and returns it as the result of the round.
    pub(super) async fn respond(&self, input: &ModelInput, sink: &TokenSink) -> Round {
        let Some(reply) = self.matching(input).map(ReplySequence::next) else {
            let message = format!("No rule of the script {} matches, and it has no default.", self.name);
            return Round::failed(RunFailure::server(message));
        };
        pause(reply.after).await;
        reply.send(sink).await;
        reply.round(input)
    }

    /// Returns the optional parts of the input that the rules need.
    pub(super) fn needs(&self) -> InputNeeds {
        let assistant_name = self.file.rules.iter().any(|rule| rule.when.needs_assistant_name());
        InputNeeds { images: false, assistant_name }
    }

    /// Returns the answers of the first rule that matches, or the default.
    fn matching(&self, input: &ModelInput) -> Option<&ReplySequence> {
        let rule = self.file.rules.iter().find(|rule| rule.when.matches(input));
        rule.map(|rule| &rule.answer).or(self.file.default.as_ref())
    }
}

impl ScriptedReply {
    /// Publishes the text and then each tool call, with a pause between the parts.
    async fn send(&self, sink: &TokenSink) {
        let mut first = true;
        for part in &self.parts {
            self.wait(&mut first).await;
            sink.send(ModelDelta::Text(part.clone()));
        }
        for (index, call) in self.calls.iter().enumerate() {
            self.wait(&mut first).await;
            sink.send(ModelDelta::Call { index, name: call.name.clone() });
            for text in call.arguments.split_inclusive(char::is_whitespace) {
                self.wait(&mut first).await;
                sink.send(ModelDelta::Arguments { index, text: text.to_owned() });
            }
        }
    }

    async fn wait(&self, first: &mut bool) {
        if !std::mem::take(first) {
            pause(self.pace).await;
        }
    }

    /// Returns the result of the round, and its tokens.
    fn round(&self, input: &ModelInput) -> Round {
        let text = self.parts.concat();
        let reply = match (&self.fail, &self.refuse, self.incomplete) {
            (Some(failure), ..) => ModelReply::Failed(failure.clone()),
            (_, Some(refusal), _) => ModelReply::Refusal(refusal.clone()),
            (_, _, Some(reason)) => ModelReply::Incomplete(text, reason),
            _ if self.calls.is_empty() => ModelReply::Message(text),
            // The text becomes a message of its own, because it was already published.
            _ => ModelReply::Calls(self.calls.clone()),
        };
        let text = self.parts.iter().map(|part| count_words(part)).sum::<i64>();
        let calls = self.calls.iter().map(|call| count_words(&call.name) + count_words(&call.arguments)).sum::<i64>();
        Round {
            reply,
            prompt_tokens: self.usage.prompt.unwrap_or_else(|| input.count_words()),
            completion_tokens: self.usage.completion.unwrap_or(text + calls),
        }
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}
