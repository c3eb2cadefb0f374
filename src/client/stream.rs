//! Responses that are streams of events: opened once, and read chunk by chunk.

use super::error::ClientError;
use super::request::Reply;
use crate::api::stream::{self, Said};
use crate::http;
use crate::http::sse::{Parser, TooLong};
use crate::json;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// The response to a request for a stream.
#[derive(Debug)]
pub enum Streamed {
    Events(Box<Events>),
    /// The current state of the object, from a backend that does not stream
    /// (docs/protocol/servers.md#what-a-client-must-tolerate).
    Whole(Reply),
}

/// An open stream. Its duration is not limited. A pause must not exceed the time limit of the request.
#[derive(Debug)]
pub struct Events {
    answer: http::Answer,
    parser: Parser,
    /// The backend's ID of this request.
    pub request_id: Option<String>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    /// The connection has ended. A last event without an empty line behind it may remain.
    Closed,
    Over,
}

impl Events {
    pub(super) fn of(answer: http::Answer, request_id: Option<String>) -> Self {
        Self { answer, parser: Parser::default(), request_id, state: State::Going }
    }

    /// Waits for the next chunk. Returns `false` at the end of the stream. [`Events::next`] then returns the events of
    /// the chunk.
    ///
    /// # Errors
    /// Returns an error if the connection was cut, or if no data arrived within the time limit.
    pub async fn more(&mut self) -> Result<bool, ClientError> {
        match self.state {
            State::Over => return Ok(false),
            State::Closed => self.state = State::Over,
            State::Going => match self.answer.chunk().await.map_err(ClientError::Unreachable)? {
                Some(piece) => self.parser.push(&piece),
                None => self.state = State::Closed,
            },
        }
        Ok(self.state != State::Over)
    }

    /// Returns the next event of the current chunk, or `None` if the chunk has no further event.
    ///
    /// # Errors
    /// Returns an error if an event exceeds the size limit.
    #[allow(clippy::should_implement_trait)] // The item of an iterator cannot borrow from the stream.
    pub fn next(&mut self) -> Result<Option<Event<'_>>, ClientError> {
        let request_id = &self.request_id;
        let wrong = |error: TooLong| ClientError::Answer { reason: error.to_string(), request_id: request_id.clone() };
        let event = match self.state {
            State::Going => self.parser.next(),
            State::Closed => self.parser.finish().map(|event| event.filter(|event| is_whole(&event.data))),
            State::Over => Ok(None),
        };
        Ok(event.map_err(wrong)?.map(|event| Event { name: event.name, data: event.data }))
    }
}

/// Returns `true` if the data of an event at the end of the stream is complete. Some servers omit the last empty line,
/// and a cut connection has the same effect.
fn is_whole(data: &str) -> bool {
    data.starts_with("[DONE]") || json::closed::<IgnoredAny>(data).is_ok()
}

/// An event before its interpretation.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    name: Option<&'a str>,
    data: Cow<'a, str>,
}

impl<'a> Event<'a> {
    /// Interprets the event.
    pub fn said(self) -> Said<'a> {
        match self.data {
            Cow::Borrowed(data) => stream::read(self.name, data),
            Cow::Owned(data) => stream::read(self.name, &data).into_owned(),
        }
    }
}
