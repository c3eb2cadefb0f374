//! Answers whose bytes do not come as they should. A body that fails makes the connection close where it stands.

use axum::body::{Body, BodyDataStream, Bytes, HttpBody};
use axum::http::header::CONTENT_LENGTH;
use axum::response::Response;
use futures_util::{StreamExt, stream};
use std::io;
use std::time::Duration;
use tokio::time::sleep;

/// Bytes of an answer of unknown length that come before it breaks off.
const FIRST: usize = 1024;
/// Bytes that a slow answer sends at a time.
const PIECE: usize = 256;
/// What was sent must have left before the connection closes.
const FLUSH: Duration = Duration::from_millis(5);

/// How an answer breaks off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// The connection is closed.
    Cut,
    /// Nothing more comes.
    Stall,
}

fn closed() -> io::Error {
    io::ErrorKind::ConnectionReset.into()
}

/// Closes the connection without a word: a body that fails at its first byte lets nothing out, the head included.
pub(super) fn cut() -> Response {
    Response::new(Body::from_stream(stream::once(async { Err::<Bytes, _>(closed()) })))
}

/// Lets an answer break off behind so many bytes; without a number behind half of it.
pub(super) fn broken(response: Response, bytes: Option<usize>, end: End) -> Response {
    let (mut head, body) = response.into_parts();
    let length = body.size_hint().exact();
    if let Some(length) = length {
        // The whole length is promised.
        head.headers.insert(CONTENT_LENGTH, length.into());
    }
    let half = length.map_or(FIRST, |length| usize::try_from(length / 2).unwrap_or(FIRST));
    let left = bytes.unwrap_or(half);
    let pieces = stream::unfold((body.into_data_stream(), Some(left)), move |(stream, left)| next(stream, left, end));
    Response::from_parts(head, Body::from_stream(pieces))
}

type Piece = Option<(Result<Bytes, axum::Error>, (BodyDataStream, Option<usize>))>;

/// Returns the next piece; after the failure nothing comes.
async fn next(mut stream: BodyDataStream, left: Option<usize>, end: End) -> Piece {
    let left = left?;
    if left == 0 {
        sleep(FLUSH).await;
        return match end {
            End::Cut => Some((Err(axum::Error::new(closed())), (stream, None))),
            End::Stall => std::future::pending().await,
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

/// Pauses before each piece of an answer; what came in one piece is sent in small ones.
pub(super) fn slow(response: Response, pause: Duration) -> Response {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        head.headers.insert(CONTENT_LENGTH, length.into());
    }
    let small = |piece: Result<Bytes, axum::Error>| {
        let pieces: Vec<Result<Bytes, axum::Error>> = match piece {
            Ok(piece) => {
                (0..piece.len()).step_by(PIECE).map(|at| Ok(piece.slice(at..piece.len().min(at + PIECE)))).collect()
            }
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
