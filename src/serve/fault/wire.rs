//! Faults in the transmission of a response. They use a body stream that fails, because the server then closes the
//! connection at that point.

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use std::io;
use std::time::Duration;
use tokio::time::sleep;

/// The number of bytes that are sent before a response of unknown length is interrupted.
const FIRST_BYTES: usize = 1024;
/// The size of a chunk of a slow response in bytes.
const SLOW_CHUNK: usize = 256;
/// The pause that lets the sent bytes reach the network before the connection is closed.
const FLUSH_PAUSE: Duration = Duration::from_millis(5);

/// The way in which a response is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Interruption {
    /// The connection is closed.
    Cut,
    /// The connection stays open, and no more bytes are sent.
    Stall,
}

fn connection_reset() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// Returns a response that makes the server close the connection. Its body fails at the first byte, so that the head is
/// not sent either.
pub(super) fn closed_connection() -> Response {
    Response::new(Body::from_stream(stream::once(async { Err::<Bytes, _>(connection_reset()) })))
}

/// Interrupts a response after this number of bytes. `None` stands for half of the response, or for [`FIRST_BYTES`] if
/// its length is unknown.
pub(super) fn interrupted(response: Response, bytes: Option<usize>, interruption: Interruption) -> Response {
    let (mut head, body) = response.into_parts();
    let length = body.size_hint().exact();
    if let Some(length) = length {
        // The header must state the complete length, so that the client notices the truncation.
        head.headers.insert(CONTENT_LENGTH, length.into());
    }
    let half = length.map_or(FIRST_BYTES, |length| usize::try_from(length / 2).unwrap_or(FIRST_BYTES));
    let left = bytes.unwrap_or(half);
    let chunks =
        stream::unfold((body.into_data_stream(), Some(left)), move |(stream, left)| next(stream, left, interruption));
    Response::from_parts(head, Body::from_stream(chunks))
}

/// A chunk, and the state of the stream after it: the rest of the body, and the number of bytes to send.
type NextChunk = Option<(Result<Bytes, axum::Error>, (BodyDataStream, Option<usize>))>;

/// Returns the next chunk, and the state after it. `left` is the number of bytes to send, or `None` after a failure.
async fn next(mut stream: BodyDataStream, left: Option<usize>, interruption: Interruption) -> NextChunk {
    let left = left?;
    if left == 0 {
        sleep(FLUSH_PAUSE).await;
        return match interruption {
            Interruption::Cut => Some((Err(axum::Error::new(connection_reset())), (stream, None))),
            Interruption::Stall => std::future::pending().await,
        };
    }
    match stream.next().await? {
        Ok(chunk) => {
            let chunk = chunk.slice(..chunk.len().min(left));
            let left = left - chunk.len();
            Some((Ok(chunk), (stream, Some(left))))
        }
        Err(error) => Some((Err(error), (stream, None))),
    }
}

/// Splits a response into small chunks, and pauses before each of them.
pub(super) fn slow(response: Response, pause: Duration) -> Response {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        head.headers.insert(CONTENT_LENGTH, length.into());
    }
    let small = |chunk: Result<Bytes, axum::Error>| {
        let chunks: Vec<Result<Bytes, axum::Error>> = match chunk {
            Ok(chunk) => (0..chunk.len())
                .step_by(SLOW_CHUNK)
                .map(|at| Ok(chunk.slice(at..chunk.len().min(at + SLOW_CHUNK))))
                .collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(chunks)
    };
    let paused = move |chunk| async move {
        sleep(pause).await;
        chunk
    };
    Response::from_parts(head, Body::from_stream(body.into_data_stream().flat_map(small).then(paused)))
}
