//! Builds new vector stores, and converts stored ones to the form of responses. The counts and the size in a stored
//! object are placeholders. Responses get the values from the rows of the files.

use super::members::metadata_of;
use crate::api::Kind;
use crate::api::objects::{JsonObject, OpenEnum, VectorStore, VectorStoreStatus};
use crate::json;
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::store::{Chunking, StatusCounts};
use serde_json::{Map, Value, json};

/// The number of seconds of a day.
const DAY: i64 = 86_400;

/// The members that a response leaves out instead of setting them to null (docs/protocol/objects.md#file).
const NOT_NULL: [&str; 2] = ["expires_after", "expires_at"];

/// Returns the vector store that a request creates. Unless the request sets `expires_after`, the vector store expires
/// after `days` days without use.
pub(in crate::serve) fn create(request: &Map<String, Value>, days: Option<i64>) -> VectorStore {
    let now = ids::now();
    let default = days.map(|days| json!({ "anchor": "last_active_at", "days": days }));
    let given = |name: &str| request.get(name).filter(|value| !value.is_null()).cloned();
    VectorStore::from_literal(json!({
        "id": ids::new(Kind::VectorStore),
        "object": "vector_store",
        "created_at": now,
        "name": given("name"),
        "usage_bytes": 0,
        "file_counts": {},
        "status": VectorStoreStatus::Completed.name(),
        "expires_after": given("expires_after").or(default),
        "expires_at": null,
        "last_active_at": now,
        "metadata": metadata_of(request),
    }))
}

/// Returns a stored vector store in the form of responses.
pub(in crate::serve) fn in_response(mut store: VectorStore, counts: &StatusCounts) -> VectorStore {
    let expires_at = expires_at(&store);
    let status = if is_expired(&store) {
        VectorStoreStatus::Expired
    } else if counts.in_progress > 0 {
        VectorStoreStatus::InProgress
    } else {
        VectorStoreStatus::Completed
    };
    store.set("usage_bytes", counts.usage_bytes);
    store.set("file_counts", file_counts(counts));
    store.set("status", status.name());
    store.set("expires_at", expires_at);
    if store.name().is_missing() {
        store.set("name", "");
    }
    let members = store.as_map_mut();
    for name in NOT_NULL {
        if members.get(name).is_some_and(Value::is_null) {
            members.shift_remove(name);
        }
    }
    store
}

/// Parses a stored vector store, and returns it in the form of responses.
pub(in crate::serve) fn text_in_response(text: &str, counts: &StatusCounts) -> Result<VectorStore, ErrorResponse> {
    Ok(in_response(VectorStore::from_map(json::stored(text).and_then(json::into_object)?), counts))
}

/// Returns `true` if a vector store has expired. It can then neither be searched nor get files.
pub(in crate::serve) fn is_expired(store: &VectorStore) -> bool {
    expires_at(store).is_some_and(|time| time <= ids::now())
}

/// Returns the error for an expired vector store.
pub(in crate::serve) fn expired(id: &str) -> ErrorResponse {
    ErrorResponse::bad_request(format!("Vector store '{id}' has expired.")).code("vector_store_expired")
}

/// Returns the member `file_counts` of a response.
pub(in crate::serve) fn file_counts(counts: &StatusCounts) -> Value {
    let StatusCounts { in_progress, completed, failed, cancelled, .. } = *counts;
    json!({
        "in_progress": in_progress,
        "completed": completed,
        "failed": failed,
        "cancelled": cancelled,
        "total": counts.total(),
    })
}

/// Returns the chunking that a request sets, or the default.
pub(in crate::serve) fn chunking(request: &Map<String, Value>) -> Chunking {
    let sizes = request.get("chunking_strategy").and_then(|strategy| strategy.get("static"));
    let tokens = |name: &str| sizes.and_then(|sizes| sizes.get(name)).and_then(Value::as_i64);
    match (tokens("max_chunk_size_tokens"), tokens("chunk_overlap_tokens")) {
        (Some(size), Some(overlap)) => Chunking { size, overlap },
        _ => Chunking::default(),
    }
}

/// Returns the time at which a vector store expires, in seconds since 1970.
fn expires_at(store: &VectorStore) -> Option<i64> {
    let days = store.expires_after().valid()?.days().valid()?;
    let used = store.member::<i64>("last_active_at").valid()?;
    Some(used.saturating_add(days.saturating_mul(DAY)))
}
