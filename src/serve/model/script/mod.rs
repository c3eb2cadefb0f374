//! The model `script:FILE`: responses from the rules of a file, which is read once when the server starts.

mod condition;
mod file;
#[cfg(test)]
mod tests;

use super::echo::words;
use super::{Piece, Reply, Round, Speech, Turn, Wants};
use crate::env::input;
use crate::serve::run_error::Failure;
use file::{Answer, Answers, File};
use std::time::Duration;
use tokio::time::sleep;

/// A parsed script.
#[derive(Debug)]
pub struct Script {
    name: String,
    file: File,
}

impl Script {
    /// Reads a script in YAML, of which JSON is a subset.
    ///
    /// # Errors
    /// Returns an error with line and column if the file cannot be read or is not a valid script.
    pub(super) fn read(path: &str) -> Result<Self, String> {
        let file: File = input::read_yaml(path).map_err(|error| error.to_string())?;
        if file.rules.is_empty() && file.default.is_none() {
            return Err(format!("{path} has neither rules nor a default"));
        }
        Ok(Self { name: path.to_owned(), file })
    }

    /// Publishes and returns the response of the first rule that matches.
    pub(super) async fn speak(&self, turn: &Turn, speech: &Speech) -> Round {
        let Some(answer) = self.answers(turn).map(Answers::next) else {
            let message = format!("No rule of {} fits, and it has no default.", self.name);
            return Round::failed(Failure::server(message));
        };
        pause(answer.after).await;
        answer.tell(speech).await;
        answer.round(turn)
    }

    /// Returns the optional input that the rules need.
    pub(super) fn wants(&self) -> Wants {
        Wants { images: false, assistant: self.file.rules.iter().any(|rule| rule.when.asks_for_assistant()) }
    }

    fn answers(&self, turn: &Turn) -> Option<&Answers> {
        let rule = self.file.rules.iter().find(|rule| rule.when.holds(turn));
        rule.map(|rule| &rule.answer).or(self.file.default.as_ref())
    }
}

impl Answer {
    /// Publishes the text and then each tool call, with the pause of the response between the chunks.
    async fn tell(&self, speech: &Speech) {
        let mut first = true;
        for piece in &self.pieces {
            self.wait(&mut first).await;
            speech.tell(Piece::Text(piece.clone()));
        }
        for (index, call) in self.calls.iter().enumerate() {
            self.wait(&mut first).await;
            speech.tell(Piece::Call { index, name: call.name.clone() });
            for text in call.arguments.split_inclusive(char::is_whitespace) {
                self.wait(&mut first).await;
                speech.tell(Piece::Arguments { index, text: text.to_owned() });
            }
        }
    }

    async fn wait(&self, first: &mut bool) {
        if !std::mem::take(first) {
            pause(self.pace).await;
        }
    }

    fn round(&self, turn: &Turn) -> Round {
        let text = self.pieces.concat();
        let reply = match (&self.fail, &self.refuse, self.incomplete) {
            (Some(failure), ..) => Reply::Failed(failure.clone()),
            (_, Some(refusal), _) => Reply::Refusal(refusal.clone()),
            (_, _, Some(why)) => Reply::Incomplete(text, why),
            _ if self.calls.is_empty() => Reply::Message(text),
            // The text was published already and becomes its own message.
            _ => Reply::Calls(self.calls.clone()),
        };
        let said = self.pieces.iter().map(|piece| words(piece)).sum::<i64>();
        let called = self.calls.iter().map(|call| words(&call.name) + words(&call.arguments)).sum::<i64>();
        let heard = turn.messages.iter().map(|said| words(&said.text())).sum::<i64>();
        Round {
            reply,
            prompt_tokens: self.usage.prompt.unwrap_or_else(|| words(&turn.instructions) + heard),
            completion_tokens: self.usage.completion.unwrap_or(said + called),
        }
    }
}

async fn pause(time: Duration) {
    if !time.is_zero() {
        sleep(time).await;
    }
}
