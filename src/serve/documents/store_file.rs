//! Files of vector stores, and batches of them (docs/protocol/vector_stores.md#objects).

use super::vector_store::file_counts;
use crate::api::Kind;
use crate::api::objects::{FileBatch, IndexingStatus, JsonObject, OpenEnum, VectorStoreFile};
use crate::json;
use crate::serve::ids;
use crate::serve::store::{StatusCounts, StoreFileRow};
use serde_json::{Value, json};

/// Returns the object of a row.
pub(in crate::serve) fn shown(row: &StoreFileRow) -> VectorStoreFile {
    let error = row.error.as_ref().map(|(code, message)| json!({ "code": code, "message": message }));
    let sizes = json!({
        "max_chunk_size_tokens": row.chunking.size,
        "chunk_overlap_tokens": row.chunking.overlap,
    });
    VectorStoreFile::from_literal(json!({
        "id": row.file,
        "object": Kind::VectorStoreFile.object_type(),
        "usage_bytes": row.usage_bytes,
        "created_at": row.created_at,
        "vector_store_id": row.store,
        "status": row.status.name(),
        "last_error": error,
        "chunking_strategy": { "type": "static", "static": sizes },
        "attributes": attributes(&row.attributes),
    }))
}

/// Returns stored attributes.
pub(in crate::serve) fn attributes(text: &str) -> Value {
    json::stored(text).unwrap_or_else(|_| json!({}))
}

/// Returns a new batch of files.
pub(in crate::serve) fn batch(store: &str) -> FileBatch {
    FileBatch::from_literal(json!({
        "id": ids::new(Kind::FileBatch),
        "object": Kind::FileBatch.object_type(),
        "created_at": ids::now(),
        "vector_store_id": store,
        "status": IndexingStatus::InProgress.name(),
        "file_counts": {},
    }))
}

/// Returns a batch as responses show it. The stored status is `cancelled` after a request to cancel it.
pub(in crate::serve) fn shown_batch(mut batch: FileBatch, counts: &StatusCounts) -> FileBatch {
    let was_cancelled = batch.status().is(IndexingStatus::Cancelled);
    let status = match counts {
        counts if counts.in_progress > 0 => IndexingStatus::InProgress,
        counts if was_cancelled && counts.cancelled > 0 => IndexingStatus::Cancelled,
        counts if counts.failed > 0 && counts.failed == counts.total() => IndexingStatus::Failed,
        _ => IndexingStatus::Completed,
    };
    batch.set("status", status.name());
    batch.set("file_counts", file_counts(counts));
    batch
}
