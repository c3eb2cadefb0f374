//! Faults in the transmission of a response. A body stream that fails makes the server close the connection at that
//! point.

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

fn closed() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// Returns a response that closes the connection. A body that fails at its first byte also suppresses the head.
pub(super) fn cut() -> Response {
    Response::new(Body::from_stream(stream::once(async { Err::<Bytes, _>(closed()) })))
}

/// Interrupts a response after this number of bytes, or after half of it for `None`.
pub(super) fn broken(response: Response, bytes: Option<usize>, end: Interruption) -> Response {
    let (mut head, body) = response.into_parts();
    let length = body.size_hint().exact();
    if let Some(length) = length {
        // The header must state the complete length, so that the client notices the truncation.
        head.headers.insert(CONTENT_LENGTH, length.into());
    }
    let half = length.map_or(FIRST_BYTES, |length| usize::try_from(length / 2).unwrap_or(FIRST_BYTES));
    let left = bytes.unwrap_or(half);
    let pieces = stream::unfold((body.into_data_stream(), Some(left)), move |(stream, left)| next(stream, left, end));
    Response::from_parts(head, Body::from_stream(pieces))
}

type Piece = Option<(Result<Bytes, axum::Error>, (BodyDataStream, Option<usize>))>;

/// Returns the next chunk, and nothing after a failure.
async fn next(mut stream: BodyDataStream, left: Option<usize>, end: Interruption) -> Piece {
    let left = left?;
    if left == 0 {
        sleep(FLUSH_PAUSE).await;
        return match end {
            Interruption::Cut => Some((Err(axum::Error::new(closed())), (stream, None))),
            Interruption::Stall => std::future::pending().await,
        };
    }
    match stream.next().await? {
        Ok(piece) => {
            let piece = piece.slice(..piece.len().min(left));
            let left = left - piece.len();
            Some((Ok(piece), (stream, Some(left))))
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
    let small = |piece: Result<Bytes, axum::Error>| {
        let pieces: Vec<Result<Bytes, axum::Error>> = match piece {
            Ok(piece) => (0..piece.len())
                .step_by(SLOW_CHUNK)
                .map(|at| Ok(piece.slice(at..piece.len().min(at + SLOW_CHUNK))))
                .collect(),
            Err(error) => vec![Err(error)],
        };
        stream::iter(pieces)
    };
    let paused = move |piece| async move {
        sleep(pause).await;
        piece
    };
    Response::from_parts(head, Body::from_stream(body.into_data_stream().flat_map(small).then(paused)))
}
