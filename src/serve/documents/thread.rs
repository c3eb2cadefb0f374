//! Builds new threads with their first messages.

use super::members::metadata_of;
use super::message::NewMessage;
use super::tool_resources::{ResourceChanges, ResourceOwner};
use crate::api::Kind;
use crate::api::objects::{JsonObject, Thread};
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::store::{Batch, NewObject, Store};
use serde_json::{Map, Value, json};

/// Adds a new thread with its first messages to a batch. Returns the thread.
///
/// # Errors
/// Returns an error if an object to which the request refers does not exist.
pub(in crate::serve) async fn create(
    store: &Store,
    batch: Batch,
    request: &Map<String, Value>,
) -> Result<(Thread, Batch), ErrorResponse> {
    let id = ids::new(Kind::Thread);
    let mut resources = ResourceChanges::of(store, request.get("tool_resources"), ResourceOwner::Thread).await?;
    let mut messages = Vec::new();
    for message in request.get("messages").and_then(Value::as_array).into_iter().flatten() {
        let message = NewMessage::from_request(store, &id, message).await?;
        resources.attach(store, message.attachments()).await?;
        messages.push(message);
    }
    let thread = Thread::from_literal(json!({
        "id": id,
        "object": "thread",
        "created_at": ids::now(),
        "metadata": metadata_of(request),
        "tool_resources": resources.resources(),
    }));
    let batch = resources.commit(store, batch).await?.insert(&NewObject::top(&thread));
    let batch = messages.iter().fold(batch, |batch, message| message.insert(batch));
    Ok((thread, batch))
}
