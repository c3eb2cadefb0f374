//! An answer that is a stream of events: what it says was made is recorded as it passes.

use super::events::Events;
use super::pass::{request_id, respond};
use super::record::{Ending, Record};
use crate::api::Kind;
use crate::http::Passed;
use axum::{body::Body, response::Response};
use futures_util::stream;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// Pieces that wait for a caller who reads slowly.
const WAITING: usize = 8;

/// Passes a stream on, piece by piece. Until the run is recorded no event goes on before what it names is.
pub(super) async fn pass(mut answer: Passed, record: Box<dyn Record>, reply: oneshot::Sender<Response>) {
    let (send, mut receive) = mpsc::channel(WAITING);
    let body = Body::from_stream(stream::poll_fn(move |context| receive.poll_recv(context)));
    let _ = reply.send(respond(&answer, body));
    let request_id = request_id(&answer);
    let (mut events, mut record) = (Events::default(), Some(record));
    loop {
        let (piece, lost) = match answer.chunk().await {
            Ok(Some(piece)) if record.is_none() => (piece, None),
            Ok(Some(piece)) => {
                let fed = events.feed(&piece);
                for object in fed.objects {
                    record = take(record, object, request_id.as_deref()).await;
                }
                // The beginning of an event that need not wait any more.
                let rest = if record.is_none() { events.rest() } else { bytes::Bytes::new() };
                ([fed.ready, rest].concat().into(), None)
            }
            Ok(None) => {
                let reason = "the stream ended without the run".to_owned();
                (events.rest(), Some((Ending::Unread { reason }, None)))
            }
            Err(error) => {
                let lost = Ending::Lost { sent: error.sent(), reason: error.to_string() };
                (events.rest(), Some((lost, Some(error))))
            }
        };
        let heard = piece.is_empty() || send.send(Ok(piece)).await.is_ok();
        if let Some((ending, error)) = lost {
            if let Some(record) = record {
                record.end(ending).await;
            }
            if let Some(error) = error {
                let _ = send.send(Err(error)).await;
            }
            return;
        }
        if !heard && record.is_none() {
            return;
        }
    }
}

/// Records an object of the stream; returns the record as long as there is more to come.
async fn take(record: Option<Box<dyn Record>>, value: Value, request_id: Option<&str>) -> Option<Box<dyn Record>> {
    let mut record = record?;
    let request_id = request_id.map(str::to_owned);
    match value.get("object").and_then(Value::as_str) {
        Some("thread.run") => {
            record.end(Ending::Answered { value, request_id }).await;
            None
        }
        Some("thread") => {
            record.part(Kind::Thread, value, request_id).await;
            Some(record)
        }
        _ => Some(record),
    }
}
