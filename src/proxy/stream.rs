//! Forwarding of a response that is a stream of events. Objects that the stream reports as created are recorded on the
//! way.

use super::events::EventBuffer;
use super::recorder::{RequestOutcome, RequestRecord};
use super::response::{request_id, respond};
use crate::api::Spec;
use crate::http::ForwardedResponse;
use axum::{body::Body, response::Response};
use futures_util::stream;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// The number of chunks that are buffered for a slow client.
const WAITING: usize = 8;

/// Forwards a stream chunk by chunk. Until the run is recorded, each event is held back until the object in it is
/// recorded.
pub(super) async fn pass(
    mut answer: ForwardedResponse,
    spec: &'static Spec,
    record: Box<dyn RequestRecord>,
    reply: oneshot::Sender<Response>,
) {
    let (send, mut receive) = mpsc::channel(WAITING);
    let body = Body::from_stream(stream::poll_fn(move |context| receive.poll_recv(context)));
    let _ = reply.send(respond(&answer, body));
    let request_id = request_id(&answer);
    let (mut events, mut record) = (EventBuffer::default(), Some(record));
    loop {
        let (piece, lost) = match answer.chunk().await {
            Ok(Some(piece)) if record.is_none() => (piece, None),
            Ok(Some(piece)) => {
                let fed = events.push(&piece);
                for object in fed.objects {
                    record = take(record, spec, object, request_id.as_deref()).await;
                }
                // The rest is the start of an event that no longer has to be held back.
                let rest = if record.is_none() { events.rest() } else { bytes::Bytes::new() };
                ([fed.ready, rest].concat().into(), None)
            }
            Ok(None) => {
                let reason = "the stream ended without the run".to_owned();
                (events.rest(), Some((RequestOutcome::Unreadable { reason }, None)))
            }
            Err(error) => {
                let lost = RequestOutcome::Lost { sent: error.sent(), reason: error.to_string() };
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

/// Records an object of the stream. Returns the record while more objects are expected.
async fn take(
    record: Option<Box<dyn RequestRecord>>,
    spec: &Spec,
    value: Value,
    request_id: Option<&str>,
) -> Option<Box<dyn RequestRecord>> {
    let mut record = record?;
    let request_id = request_id.map(str::to_owned);
    let object = value.get("object").and_then(Value::as_str);
    if object == Some(spec.kind.object_type()) {
        record.end(RequestOutcome::Answered { value, request_id }).await;
        return None;
    }
    let also = spec.details.also_creates.iter().find(|also| object == Some(also.kind.object_type()));
    if let Some(also) = also {
        record.part(also.kind, value, request_id).await;
    }
    Some(record)
}
