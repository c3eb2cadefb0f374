//! Builds files of vector stores and batches of files, and converts stored ones to the form of responses
//! (docs/protocol/vector_stores.md#objects).

use super::tool_resources::require;
use super::vector_store::{chunking, file_counts};
use crate::api::Kind;
use crate::api::objects::{FileBatch, IndexingStatus, JsonObject, OpenEnum, VectorStoreFile};
use crate::json;
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::store::{NewStoreFile, StatusCounts, Store, StoreFileRow};
use futures_util::future::try_join_all;
use serde_json::{Map, Value, json};

/// Returns the object that responses contain for the row of a file.
pub(in crate::serve) fn in_response(row: &StoreFileRow) -> VectorStoreFile {
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

/// Parses the stored attributes of a file. Returns an empty object if they are not valid JSON.
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

/// Returns a batch in the form of responses, with a status that is derived from the counts. The stored status is
/// `cancelled` after a request to cancel the batch, and `in_progress` otherwise.
pub(in crate::serve) fn batch_in_response(mut batch: FileBatch, counts: &StatusCounts) -> FileBatch {
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

/// Checks that files exist.
///
/// # Errors
/// Returns an error if a file does not exist.
pub(in crate::serve) async fn require_files(store: &Store, files: &[NewStoreFile]) -> Result<(), ErrorResponse> {
    // A batch has up to 2,000 files, and a database server executes several queries at once.
    for chunk in files.chunks(32) {
        try_join_all(chunk.iter().map(|new| require(store, Kind::File, &new.file))).await?;
    }
    Ok(())
}

/// Returns the files that a request adds. Files under `file_ids` get the chunking and the attributes of the request,
/// and files under `files` have their own. If a file occurs twice, the last occurrence counts.
///
/// # Errors
/// Returns an error if the request has data sources, which only Foundry has.
pub(in crate::serve) fn added_files(body: &Map<String, Value>) -> Result<Vec<NewStoreFile>, ErrorResponse> {
    for name in ["data_sources", "configuration"] {
        if body.get(name).is_some_and(|value| !value.is_null()) {
            let message = format!("This server cannot read data sources. Upload the files, and remove '{name}'.");
            return Err(ErrorResponse::bad_request(message).param(name));
        }
    }
    let elements = |name: &str| body.get(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let of_ids = elements("file_ids").iter().filter_map(|id| Some(new_file(id.as_str()?, body)));
    let with_options = elements("files").iter().filter_map(Value::as_object);
    let with_options = with_options.filter_map(|file| Some(new_file(file.get("file_id")?.as_str()?, file)));
    let mut files: Vec<NewStoreFile> = Vec::new();
    for new in of_ids.chain(with_options) {
        match files.iter_mut().find(|known| known.file == new.file) {
            Some(known) => *known = new,
            None => files.push(new),
        }
    }
    Ok(files)
}

/// Returns a new file of a vector store. `options` has its chunking and its attributes.
pub(in crate::serve) fn new_file(file: &str, options: &Map<String, Value>) -> NewStoreFile {
    NewStoreFile { chunking: Some(chunking(options)), attributes: attributes_of(options), ..NewStoreFile::of(file) }
}

/// Returns the attributes in a request as JSON text, or `None` if it has none.
pub(in crate::serve) fn attributes_of(body: &Map<String, Value>) -> Option<String> {
    body.get("attributes").filter(|attributes| attributes.is_object()).map(Value::to_string)
}
