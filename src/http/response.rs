//! A response whose body has not been read yet.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::error::{Phase, TransportError};
use super::trace::Exchange;

/// The default limit in bytes for a response that is read into memory. It fits a page of 100 messages of 256,000
/// characters in a process that stays below 64 MiB.
pub const DEFAULT_LIMIT: u64 = 28 << 20;

/// The limit in bytes for the body of an error response. No useful message is longer.
pub const ERROR_LIMIT: u64 = 1 << 20;

/// The number of bytes of a response up to which it is read concurrently with others. Longer responses are read one at
/// a time, so that many of them do not fill the memory.
const CONCURRENT_LIMIT: usize = 256 << 10;

/// The capacity in bytes that is reserved for a long response. The allocator requests an area of this size from the
/// system and returns it to the system when it is freed. It would keep smaller areas, which fragments its memory. Pages
/// of the area that are never written use no memory.
const LARGE_CAPACITY: usize = 33 << 20;

/// A response: the head, and a body that is read on demand.
pub struct HttpResponse {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub(super) response: reqwest::Response,
    /// The deadline for the complete response, if the request has one.
    pub(super) deadline: Option<Instant>,
    /// The longest pause between two chunks of the body.
    pub(super) idle: Duration,
    /// The permit to read a long response. A transport has one permit, so long responses are read one at a time.
    pub(super) long_response: Arc<Semaphore>,
    pub(super) trace: Option<Exchange>,
}

impl fmt::Debug for HttpResponse {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers may set cookies, and the URL of a download may be signed.
        out.debug_struct("HttpResponse").field("status", &self.status).finish_non_exhaustive()
    }
}

impl HttpResponse {
    /// Returns the length of the body, if the server stated it and did not compress the body.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Reads the whole body. The body of an error is truncated at 1 MiB.
    ///
    /// # Errors
    /// Returns an error if the body exceeds the limit, arrives too late, or is cut off.
    pub async fn bytes(mut self, limit: u64) -> Result<Bytes, TransportError> {
        let failed = self.status.is_client_error() || self.status.is_server_error();
        let most = if failed { limit.min(ERROR_LIMIT) } else { limit };
        let deadline = self.deadline;
        let (mut whole, long_response) = (BytesMut::new(), Arc::clone(&self.long_response));
        let mut permit = None;
        while let Some(piece) = self.next(deadline).await? {
            if permit.is_none() && whole.len() + piece.len() > CONCURRENT_LIMIT {
                let due = deadline.unwrap_or_else(|| Instant::now() + self.idle);
                let late = TransportError::Timeout { phase: Phase::Body, after: self.idle };
                permit = Some(timeout_at(due, long_response.acquire()).await.map_err(|_| late)?);
                whole.reserve(if failed { 0 } else { LARGE_CAPACITY });
            }
            let room = usize::try_from(most).unwrap_or(usize::MAX) - whole.len();
            if piece.len() > room && !failed {
                return Err(TransportError::TooLarge { limit });
            }
            whole.extend_from_slice(&piece[..piece.len().min(room)]);
            if piece.len() > room {
                break;
            }
        }
        let whole = whole.freeze();
        if let Some(trace) = &mut self.trace {
            trace.piece(&whole);
        }
        Ok(whole)
    }

    /// Reads the next chunk of a long body, which has no deadline as a whole.
    ///
    /// # Errors
    /// Returns an error if no chunk arrived within the time limit, or if the connection was lost.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let piece = self.next(None).await?;
        if let (Some(trace), Some(piece)) = (&mut self.trace, &piece) {
            trace.piece(piece);
        }
        Ok(piece)
    }

    async fn next(&mut self, deadline: Option<Instant>) -> Result<Option<Bytes>, TransportError> {
        let due = deadline.unwrap_or_else(|| Instant::now() + self.idle);
        match timeout_at(due, self.response.chunk()).await {
            Err(_) => Err(TransportError::Timeout { phase: Phase::Body, after: self.idle }),
            Ok(Ok(piece)) => Ok(piece),
            Ok(Err(error)) => {
                let host = super::authority(self.response.url());
                Err(TransportError::explain(&error, &host, Phase::Body, self.idle))
            }
        }
    }
}
