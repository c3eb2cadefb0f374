//! An answer whose body is still to be read.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use futures_util::stream::{self, Stream};
use reqwest::StatusCode;
use reqwest::header::HeaderMap;
use tokio::sync::Semaphore;
use tokio::time::{Instant, timeout_at};

use super::error::{Phase, TransportError};
use super::trace::Exchange;

/// How much of an answer is read into memory, where nothing else is said: a page of 100 messages of 256,000 characters,
/// and a process that stays below 64 MiB.
pub const DEFAULT_LIMIT: u64 = 28 << 20;

/// How much of an error is read: beyond it is no message.
pub const ERROR_LIMIT: u64 = 1 << 20;

/// How much of an answer is read beside others; beyond it the long ones take turns, so that many do not fill the memory.
const SHORT: usize = 256 << 10;

/// Room for a long answer. So large a piece comes from the system and goes back there; smaller ones an allocator keeps,
/// and lays out anew for the next answer. What is not written to takes no memory.
const ROOM: usize = 33 << 20;

/// An answer: the head, and the body on demand.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub(super) response: reqwest::Response,
    /// When the whole answer must be here, for a request that is short.
    pub(super) deadline: Option<Instant>,
    /// How long the body may pause.
    pub(super) idle: Duration,
    /// Whose turn it is among long answers.
    pub(super) turn: Arc<Semaphore>,
    pub(super) trace: Option<Exchange>,
}

impl fmt::Debug for Answer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Headers may set cookies, and the URL of a download may be signed.
        out.debug_struct("Answer").field("status", &self.status).finish_non_exhaustive()
    }
}

impl Answer {
    /// Returns the length of the body, where the server tells it and did not compress.
    pub fn length(&self) -> Option<u64> {
        self.response.content_length()
    }

    /// Reads the whole body. An error's body is cut at 1 MiB, any other's is refused above the limit.
    ///
    /// # Errors
    /// Where the body is too long, late, or cut off.
    pub async fn bytes(mut self, limit: u64) -> Result<Bytes, TransportError> {
        let failed = self.status.is_client_error() || self.status.is_server_error();
        let most = if failed { limit.min(ERROR_LIMIT) } else { limit };
        let deadline = self.deadline;
        let (mut whole, turn) = (BytesMut::new(), Arc::clone(&self.turn));
        let mut permit = None;
        while let Some(piece) = self.next(deadline).await? {
            if permit.is_none() && whole.len() + piece.len() > SHORT {
                let due = deadline.unwrap_or_else(|| Instant::now() + self.idle);
                let late = TransportError::Timeout { phase: Phase::Body, after: self.idle };
                permit = Some(timeout_at(due, turn.acquire()).await.map_err(|_| late)?);
                whole.reserve(if failed { 0 } else { ROOM });
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

    /// Reads the next piece of a long body, which may pause but not stop.
    ///
    /// # Errors
    /// Where nothing came for the request's time limit, or the connection was cut.
    pub async fn chunk(&mut self) -> Result<Option<Bytes>, TransportError> {
        let piece = self.next(None).await?;
        if let (Some(trace), Some(piece)) = (&mut self.trace, &piece) {
            trace.piece(piece);
        }
        Ok(piece)
    }

    /// Returns the body as a stream, for downloads and events.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, TransportError>> + Send {
        stream::unfold(Some(self), |answer| async {
            let mut answer = answer?;
            match answer.chunk().await {
                Ok(Some(piece)) => Some((Ok(piece), Some(answer))),
                Ok(None) => None,
                Err(error) => Some((Err(error), None)),
            }
        })
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
