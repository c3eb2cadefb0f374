//! JSON request bodies. A body and its parsed values are held in memory as a whole, within budgets that all requests
//! share.

use super::body::has_stalled;
use crate::env::heap;
use crate::http::{MemoryBudget, Reservation};
use crate::json::{self, Error, JsonLimits};
use crate::serve::error::ErrorResponse;
use axum::{
    body::{Body, Bytes},
    http::{HeaderMap, StatusCode, header::CONTENT_LENGTH},
};
use bytes::BytesMut;
use futures_util::StreamExt;
use serde_json::Value;
use std::{error, time::Duration};

/// The maximum size of a body in bytes. Files have their own limit.
pub(in crate::serve) const BODY_LIMIT: usize = JsonLimits::REQUEST.bytes;

/// The maximum total size in bytes of the bodies that are arriving.
const ARRIVING: usize = 64 << 20;
/// The maximum total size in bytes of the parsed bodies, until their requests are answered.
const PARSED: usize = 512 << 20;
/// The size in bytes up to which a body counts as short. Short bodies never wait for longer ones. While they arrive,
/// only the limit on connections bounds their memory.
const SHORT: usize = 16 << 10;
/// The maximum total size in bytes of the parsed short bodies, until their requests are answered.
const PARSED_SHORT: usize = 64 << 20;
/// The maximum time that a request waits for its share of a budget.
const BUDGET_TIMEOUT: Duration = Duration::from_secs(10);

/// The buffer size for a long body, in bytes. The allocator returns a block of this size to the system when it is
/// freed, but keeps smaller ones. Unwritten parts take no memory.
const LONG_BUFFER: usize = 33 << 20;
/// The size in bytes above which a body counts as long, so that its memory is returned to the system afterwards.
const LONG: usize = 256 << 10;

/// The number of copies of a body's text while its request is handled. They are in the body, the parsed request, the
/// new object, the statement for the store, the store itself, and the response.
const COPIES: usize = 6;
/// The maximum memory of a parsed value in bytes, in addition to its text.
const BYTES_PER_VALUE: usize = 320;

/// The memory budgets for bodies.
#[derive(Debug, Clone)]
pub(in crate::serve) struct BodyMemory {
    /// For bodies while they arrive, except short ones.
    arriving: MemoryBudget,
    /// For parsed bodies, except short ones.
    parsed: MemoryBudget,
    /// For parsed short bodies.
    parsed_short: MemoryBudget,
}

impl Default for BodyMemory {
    fn default() -> Self {
        Self {
            arriving: MemoryBudget::new(ARRIVING, BUDGET_TIMEOUT),
            parsed: MemoryBudget::new(PARSED, BUDGET_TIMEOUT),
            parsed_short: MemoryBudget::new(PARSED_SHORT, BUDGET_TIMEOUT),
        }
    }
}

/// The memory that a body has reserved.
#[derive(Debug)]
pub(in crate::serve) struct ReservedMemory {
    reservation: Reservation,
    is_long: bool,
}

impl Drop for ReservedMemory {
    fn drop(&mut self) {
        if self.is_long {
            heap::trim_soon();
        }
    }
}

impl BodyMemory {
    /// Reads a whole body and parses it. Returns `None` for an empty one. `accept` is called before the body is parsed.
    /// The returned [`ReservedMemory`] must be kept until the request is answered.
    ///
    /// # Errors
    /// Returns an error if the body is not JSON, exceeds a limit, or stops arriving, and if no memory becomes free in
    /// time.
    pub(in crate::serve) async fn read(
        &self,
        headers: &HeaderMap,
        body: Body,
        accept: impl FnOnce() -> Result<(), ErrorResponse>,
    ) -> Result<Option<(Value, ReservedMemory)>, ErrorResponse> {
        let (bytes, arrived) = self.receive(headers, body).await?;
        if bytes.is_empty() {
            return Ok(None);
        }
        accept()?;
        // A value takes at least two bytes of text.
        let values = JsonLimits::REQUEST.values.min(bytes.len() / 2 + 1);
        let budget = if bytes.len() > SHORT { &self.parsed } else { &self.parsed_short };
        let reservation = budget.reserve(memory_of(bytes.len(), values)).await.ok_or_else(overloaded)?;
        let mut reserved = ReservedMemory { reservation, is_long: bytes.len() > LONG };
        let (value, values) = json::read_counted(&bytes, JsonLimits::REQUEST).map_err(|error| unreadable(&error))?;
        reserved.reservation.shrink_to(memory_of(bytes.len(), values));
        drop((bytes, arrived));
        Ok(Some((value, reserved)))
    }

    /// Reads a whole body. Returns it with the memory that was reserved for its arrival.
    async fn receive(&self, headers: &HeaderMap, body: Body) -> Result<(Bytes, Reservation), ErrorResponse> {
        let announced = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
        if announced.is_some_and(|length| length > BODY_LIMIT) {
            return Err(too_large());
        }
        let long = announced.filter(|length| *length > SHORT);
        let mut reservation = self.arriving.reserve(long.unwrap_or(0)).await.ok_or_else(overloaded)?;
        let mut chunks = body.into_data_stream();
        let Some(first) = chunks.next().await else { return Ok((Bytes::new(), reservation)) };
        let first = first.map_err(|error| interrupted(&error))?;
        if announced == Some(first.len()) {
            return Ok((first, reservation));
        }
        let mut received = BytesMut::new();
        let mut next = Some(Ok(first));
        while let Some(chunk) = next {
            let chunk = chunk.map_err(|error| interrupted(&error))?;
            let length = received.len() + chunk.len();
            if length > BODY_LIMIT {
                return Err(too_large());
            }
            if announced.is_none() && length > SHORT {
                let more = if received.len() > SHORT { chunk.len() } else { length };
                if !self.arriving.extend(&mut reservation, more) {
                    return Err(overloaded());
                }
            }
            if received.capacity() < length {
                received.reserve(if length.max(announced.unwrap_or(0)) > LONG { LONG_BUFFER } else { chunk.len() });
            }
            received.extend_from_slice(&chunk);
            next = chunks.next().await;
        }
        Ok((received.freeze(), reservation))
    }
}

/// Returns the memory that a body needs until its request is answered.
fn memory_of(bytes: usize, values: usize) -> usize {
    COPIES * bytes + BYTES_PER_VALUE * values
}

fn too_large() -> ErrorResponse {
    let message = format!("The body of your request is too large: at most {BODY_LIMIT} bytes are accepted.");
    ErrorResponse::new(StatusCode::PAYLOAD_TOO_LARGE, message)
}

/// Returns the error for a request whose body got no memory before the end of its wait.
fn overloaded() -> ErrorResponse {
    let message = "The server has no memory left for another request body. Please try again later.";
    ErrorResponse::new(StatusCode::SERVICE_UNAVAILABLE, message).code("server_overloaded").retry_after(1)
}

/// Returns the error for a body that stopped arriving.
fn interrupted(error: &(dyn error::Error + 'static)) -> ErrorResponse {
    if has_stalled(error) {
        ErrorResponse::body_timeout()
    } else {
        ErrorResponse::bad_request("The request body ended early.")
    }
}

/// Returns the error for a body that is not JSON, or exceeds a limit.
fn unreadable(error: &Error) -> ErrorResponse {
    if !error.is_limit() {
        return ErrorResponse::bad_request(
            "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP \
             library correctly. The API expects a JSON payload, but what was sent was not valid JSON.)",
        );
    }
    let message = format!("The JSON body of your request exceeds a limit: {}.", error.message());
    let status = if error.is_depth() { StatusCode::BAD_REQUEST } else { StatusCode::PAYLOAD_TOO_LARGE };
    ErrorResponse::new(status, message)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use tokio::time::timeout;

    #[tokio::test]
    async fn a_short_body_does_not_wait_for_long_ones() {
        let bodies = BodyMemory::default();
        let _arriving = bodies.arriving.reserve(ARRIVING).await.unwrap();
        let _read = bodies.parsed.reserve(PARSED).await.unwrap();
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
    async fn a_long_body_without_a_length_counts_in_full() {
        let bodies = BodyMemory::default();
        let _most = bodies.arriving.reserve(ARRIVING - SHORT - (2 << 10)).await.unwrap();
        let body = |bytes: usize| {
            let pieces = (0..bytes >> 10).map(|_| Ok::<_, std::io::Error>(Bytes::from(vec![b' '; 1 << 10])));
            Body::from_stream(futures_util::stream::iter(pieces.collect::<Vec<_>>()))
        };
        assert!(bodies.receive(&HeaderMap::new(), body(SHORT + (2 << 10))).await.is_ok());
        assert!(bodies.receive(&HeaderMap::new(), body(SHORT + (3 << 10))).await.is_err());
    }
}
