//! Forwarding of a response that is a stream of events. Objects that the stream reports as created are recorded before
//! their events are forwarded.

use super::events::EventBuffer;
use super::recorder::{RequestOutcome, RequestRecord};
use super::response::{request_id, with_body};
use crate::api::Spec;
use crate::http::ForwardedResponse;
use axum::{body::Body, response::Response};
use futures_util::stream;
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};

/// The number of chunks that are buffered for a slow caller.
const BUFFERED_CHUNKS: usize = 8;

/// Forwards a stream chunk by chunk. Until the object that the request creates is recorded, each event is held back
/// until the object in the event is recorded. The rest of the stream is forwarded unread.
///
/// If the caller disconnects, the stream is read on until that object is recorded.
pub(super) async fn forward_events(
    mut response: ForwardedResponse,
    spec: &'static Spec,
    record: Box<dyn RequestRecord>,
    reply: oneshot::Sender<Response>,
) {
    let (send, mut receive) = mpsc::channel(BUFFERED_CHUNKS);
    let body = Body::from_stream(stream::poll_fn(move |context| receive.poll_recv(context)));
    let _ = reply.send(with_body(&response, body));
    let request_id = request_id(&response);
    let (mut events, mut record) = (EventBuffer::default(), Some(record));
    loop {
        // `end` is set at the end of the stream: the outcome if the created object did not occur, and the error.
        let (chunk, end) = match response.chunk().await {
            Ok(Some(chunk)) if record.is_none() => (chunk, None),
            Ok(Some(chunk)) => {
                let decoded = events.push(&chunk);
                for object in decoded.objects {
                    record = record_object(record, spec, object, request_id.as_deref()).await;
                }
                // The rest is the start of an event that no longer has to be held back.
                let rest = if record.is_none() { events.take_rest() } else { bytes::Bytes::new() };
                ([decoded.ready, rest].concat().into(), None)
            }
            Ok(None) => {
                let reason = "the stream ended without the run".to_owned();
                (events.take_rest(), Some((RequestOutcome::Unreadable { reason }, None)))
            }
            Err(error) => {
                let outcome = RequestOutcome::Lost { sent: error.sent(), reason: error.to_string() };
                (events.take_rest(), Some((outcome, Some(error))))
            }
        };
        let is_connected = chunk.is_empty() || send.send(Ok(chunk)).await.is_ok();
        if let Some((outcome, error)) = end {
            if let Some(record) = record {
                record.end(outcome).await;
            }
            if let Some(error) = error {
                let _ = send.send(Err(error)).await;
            }
            return;
        }
        if !is_connected && record.is_none() {
            return;
        }
    }
}

/// Records an object of the stream. Returns the record, or `None` if the object completed it.
async fn record_object(
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
