//! Answers that are streams of events: opened once, read piece by piece, whatever comes instead.

use super::error::ClientError;
use super::request::Reply;
use crate::api::stream::{self, Said};
use crate::http;
use crate::http::sse::{Parser, TooLong};
use crate::json;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// What a request for a stream was answered with.
#[derive(Debug)]
pub enum Streamed {
    Events(Box<Events>),
    /// The backend does not stream: this is the object as it is for now
    /// (docs/protocol/servers.md#what-a-client-must-tolerate).
    Whole(Reply),
}

/// A stream that goes on. Nothing limits how long it lasts, only how long it may be silent: the request's time limit.
#[derive(Debug)]
pub struct Events {
    answer: http::Answer,
    parser: Parser,
    /// What the backend calls this request.
    pub request_id: Option<String>,
    state: State,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Going,
    /// The connection ended; what stands at the end without an empty line is still to be read.
    Closed,
    Over,
}

impl Events {
    pub(super) fn of(answer: http::Answer, request_id: Option<String>) -> Self {
        Self { answer, parser: Parser::default(), request_id, state: State::Going }
    }

    /// Waits for the next piece; false at the end of the stream. After each, [`Events::next`] has the events in it.
    ///
    /// # Errors
    /// Where the connection was cut, or nothing came for too long.
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

    /// Returns the next event of the piece that came; `None` when the next piece is wanted.
    ///
    /// # Errors
    /// Where an event is beyond all measure.
    #[allow(clippy::should_implement_trait)] // An event borrows from the stream, which an iterator's item cannot.
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

/// Tells whether the data of an event at the very end of a stream came whole: some servers leave out the empty line
/// behind it, and of others the connection was cut.
fn is_whole(data: &str) -> bool {
    data.starts_with("[DONE]") || json::closed::<IgnoredAny>(data).is_ok()
}

/// An event before it is understood.
#[derive(Debug, Clone)]
pub struct Event<'a> {
    name: Option<&'a str>,
    data: Cow<'a, str>,
}

impl<'a> Event<'a> {
    /// Returns what it says.
    pub fn said(self) -> Said<'a> {
        match self.data {
            Cow::Borrowed(data) => stream::read(self.name, data),
            Cow::Owned(data) => stream::read(self.name, &data).into_owned(),
        }
    }
}
