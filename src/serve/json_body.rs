//! JSON bodies, which are held as a whole with their parsed values, within a memory budget that all requests share.

use super::body::has_stalled;
use super::error::Refused;
use crate::env::heap;
use crate::http::{MemoryBudget, Reservation};
use crate::json::{self, Error, Limits};
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header::CONTENT_LENGTH},
};
use bytes::BytesMut;
use futures_util::StreamExt;
use serde_json::Value;
use std::{error, time::Duration};

/// The maximum size of a body in bytes. Files have their own limit.
pub(super) const BODY_LIMIT: usize = Limits::REQUEST.bytes;

/// The maximum total size in bytes of the bodies that are arriving.
const ARRIVING: usize = 64 << 20;
/// The maximum total size in bytes of the parsed bodies, until their requests are answered.
const READ: usize = 512 << 20;
/// Bodies up to this length never wait for longer ones. The limit of connections bounds the memory that they take while
/// they arrive.
const BRIEF: usize = 16 << 10;
/// The maximum total size in bytes of the parsed brief bodies, until their requests are answered.
const READ_OF_BRIEF: usize = 64 << 20;
/// The maximum time that a request waits for its share of the budget.
const PATIENCE: Duration = Duration::from_secs(10);

/// The buffer size for a long body, in bytes. The allocator returns a block of this size to the system when it is
/// freed, but keeps smaller ones. Unwritten parts take no memory.
const ROOM: usize = 33 << 20;
/// The size in bytes above which a body counts as long.
const LONG: usize = 256 << 10;

/// The number of copies of a body's text while its request is handled. They are in the parsed request, the new object,
/// the statement for the store, the store itself, and the response.
const COPIES: usize = 6;
/// The maximum size in bytes of a value, in addition to its text.
const OF_A_VALUE: usize = 320;

/// The memory budgets for bodies.
#[derive(Debug, Clone)]
pub(super) struct Bodies {
    arriving: MemoryBudget,
    read: MemoryBudget,
    brief: MemoryBudget,
}

impl Default for Bodies {
    fn default() -> Self {
        Self {
            arriving: MemoryBudget::new(ARRIVING, PATIENCE),
            read: MemoryBudget::new(READ, PATIENCE),
            brief: MemoryBudget::new(READ_OF_BRIEF, PATIENCE),
        }
    }
}

/// The memory that a body has reserved.
#[derive(Debug)]
pub(super) struct Held {
    hold: Reservation,
    is_long: bool,
}

impl Drop for Held {
    fn drop(&mut self) {
        if self.is_long {
            heap::give_back_soon();
        }
    }
}

impl Bodies {
    /// Reads a whole body. Returns `None` for an empty one. The returned [`Held`] must be kept until the request is
    /// answered.
    pub(super) async fn read(
        &self,
        headers: &HeaderMap,
        body: Body,
        accept: impl FnOnce() -> Result<(), Refused>,
    ) -> Result<Option<(Value, Held)>, Refused> {
        let (bytes, arrived) = self.whole(headers, body).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        accept()?;
        // A value takes at least two bytes of text.
        let values = Limits::REQUEST.values.min(bytes.len() / 2 + 1);
        let budget = if bytes.len() > BRIEF { &self.read } else { &self.brief };
        let hold = budget.reserve(taken(bytes.len(), values)).await.ok_or_else(overloaded)?;
        let mut held = Held { hold, is_long: bytes.len() > LONG };
        let (value, values) = json::read_counted(&bytes, Limits::REQUEST).map_err(|error| unreadable(&error))?;
        held.hold.shrink_to(taken(bytes.len(), values));
        drop((bytes, arrived));
        Ok(Some((value, held)))
    }

    async fn whole(&self, headers: &HeaderMap, body: Body) -> Result<(Bytes, Reservation), Refused> {
        let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > BODY_LIMIT) {
            return Err(too_large());
        }
        let long = announced.filter(|length| *length > BRIEF);
        let mut hold = self.arriving.reserve(long.unwrap_or(0)).await.ok_or_else(overloaded)?;
        let mut pieces = body.into_data_stream();
        let Some(first) = pieces.next().await else { return Ok((Bytes::new(), hold)) };
        let first = first.map_err(|error| broken(&error))?;
        if announced == Some(first.len()) {
            return Ok((first, hold));
        }
        let mut whole = BytesMut::new();
        let mut next = Some(Ok(first));
        while let Some(piece) = next {
            let piece = piece.map_err(|error| broken(&error))?;
            let length = whole.len() + piece.len();
            if length > BODY_LIMIT {
                return Err(too_large());
            }
            if announced.is_none() && length > BRIEF {
                let more = if whole.len() > BRIEF { piece.len() } else { length };
                if !self.arriving.extend(&mut hold, more) {
                    return Err(overloaded());
                }
            }
            if whole.capacity() < length {
                whole.reserve(if length.max(announced.unwrap_or(0)) > LONG { ROOM } else { piece.len() });
            }
            whole.extend_from_slice(&piece);
            next = pieces.next().await;
        }
        Ok((whole.freeze(), hold))
    }
}

/// Returns the memory that a body needs until its request is answered.
fn taken(bytes: usize, values: usize) -> usize {
    COPIES * bytes + OF_A_VALUE * values
}

fn too_large() -> Refused {
    let message = format!("The body of your request is too large: at most {BODY_LIMIT} bytes are accepted.");
    Refused::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

fn overloaded() -> Refused {
    let message = "The bodies of other requests take all the memory that this server sets aside for them. Please try \
                   again in a moment.";
    Refused::new(StatusCode::SERVICE_UNAVAILABLE, message).code("server_overloaded").retry_after(1)
}

fn broken(error: &(dyn error::Error + 'static)) -> Refused {
    if has_stalled(error) { Refused::stalled() } else { Refused::bad("The body of your request broke off.") }
}

fn unreadable(error: &Error) -> Refused {
    if !error.is_limit() {
        return Refused::bad(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP \
             library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)",
        );
    }
    let message = format!("The JSON body of your request cannot be accepted: {}.", error.message());
    let status = if error.is_depth() { StatusCode::BAD_REQUEST } else { StatusCode::PAYLOAD_TOO_LARGE };
    Refused::new(status, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    #[tokio::test]
    async fn a_brief_body_does_not_wait_for_long_ones() {
        let bodies = Bodies::default();
        let _arriving = bodies.arriving.reserve(ARRIVING).await.unwrap();
        let _read = bodies.read.reserve(READ).await.unwrap();
        let waiting = bodies.clone();
        tokio::spawn(async move { waiting.arriving.reserve(BODY_LIMIT).await });
        tokio::task::yield_now().await;
        for announced in [Some("2"), None] {
            let headers = announced.map(|length| (CONTENT_LENGTH, length.parse().unwrap())).into_iter().collect();
            let read = bodies.read(&headers, Body::from("{}"), || Ok(()));
            let read = timeout(Duration::from_secs(5), read).await;
            assert!(matches!(read, Ok(Ok(Some(_)))), "announced: {announced:?}");
        }
    }

    #[tokio::test]
    async fn a_long_body_without_a_length_is_counted_whole() {
        let bodies = Bodies::default();
        let _most = bodies.arriving.reserve(ARRIVING - BRIEF - (2 << 10)).await.unwrap();
        let body = |bytes: usize| {
            let pieces = (0..bytes >> 10).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 10])));
            Body::from_stream(futures_util::stream::iter(pieces.collect::<Vec<_>>()))
        };
        assert!(bodies.whole(&HeaderMap::new(), body(BRIEF + (2 << 10))).await.is_ok());
        assert!(bodies.whole(&HeaderMap::new(), body(BRIEF + (3 << 10))).await.is_err());
    }
}
