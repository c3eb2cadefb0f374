//! Responses that are streams of events: opened once, and read chunk by chunk.

use super::error::ClientError;
use super::request::ApiResponse;
use crate::api::stream::{self, StreamEvent};
use crate::http;
use crate::http::sse::{Parser, TooLong};
use crate::json;
use serde::de::IgnoredAny;
use std::borrow::Cow;

/// The response to a request for a stream.
#[derive(Debug)]
pub enum StreamResponse {
    Events(Box<EventStream>),
    /// The current state of the object, from a backend that does not stream
    /// (docs/protocol/servers.md#what-a-client-must-tolerate).
    Whole(ApiResponse),
}

/// An open stream. Its duration is not limited, but a pause between chunks must not exceed the time limit of the
/// request.
#[derive(Debug)]
pub struct EventStream {
    response: http::HttpResponse,
    parser: Parser,
    /// The backend's ID of this request.
    pub request_id: Option<String>,
    state: StreamState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum StreamState {
    Open,
    /// The connection has ended. A last event without an empty line behind it may remain.
    Closed,
    Finished,
}

impl EventStream {
    pub(super) fn of(response: http::HttpResponse, request_id: Option<String>) -> Self {
        Self { response, parser: Parser::default(), request_id, state: StreamState::Open }
    }

    /// Waits for the next chunk. Returns `false` at the end of the stream. [`EventStream::next`] then returns the
    /// events of the chunk.
    ///
    /// # Errors
    /// Returns an error if the connection was cut, or if no data arrived within the time limit.
    pub async fn read_chunk(&mut self) -> Result<bool, ClientError> {
        match self.state {
            StreamState::Finished => return Ok(false),
            StreamState::Closed => self.state = StreamState::Finished,
            StreamState::Open => match self.response.chunk().await.map_err(ClientError::Unreachable)? {
                Some(piece) => self.parser.push(&piece),
                None => self.state = StreamState::Closed,
            },
        }
        Ok(self.state != StreamState::Finished)
    }

    /// Returns the next event of the current chunk, or `None` if the chunk has no further event.
    ///
    /// # Errors
    /// Returns an error if an event exceeds the size limit.
    #[allow(clippy::should_implement_trait)] // The item of an iterator cannot borrow from the stream.
    pub fn next(&mut self) -> Result<Option<RawEvent<'_>>, ClientError> {
        let request_id = &self.request_id;
        let wrong =
            |error: TooLong| ClientError::InvalidResponse { reason: error.to_string(), request_id: request_id.clone() };
        let event = match self.state {
            StreamState::Open => self.parser.next(),
            StreamState::Closed => self.parser.finish().map(|event| event.filter(|event| is_whole(&event.data))),
            StreamState::Finished => Ok(None),
        };
        Ok(event.map_err(wrong)?.map(|event| RawEvent { name: event.name, data: event.data }))
    }
}

/// Returns `true` if the data of an event at the end of the stream is complete. Some servers omit the last empty line,
/// and a cut connection has the same effect.
fn is_whole(data: &str) -> bool {
    data.starts_with("[DONE]") || json::closed::<IgnoredAny>(data).is_ok()
}

/// An event before its interpretation.
#[derive(Debug, Clone)]
pub struct RawEvent<'a> {
    name: Option<&'a str>,
    data: Cow<'a, str>,
}

impl<'a> RawEvent<'a> {
    /// Interprets the event.
    pub fn interpret(self) -> StreamEvent<'a> {
        match self.data {
            Cow::Borrowed(data) => stream::read(self.name, data),
            Cow::Owned(data) => stream::read(self.name, &data).into_owned(),
        }
    }
}
