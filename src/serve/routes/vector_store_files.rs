//! The endpoints of the files of a vector store (docs/protocol/vector_stores.md#endpoints).

use super::crud::{self, DEFAULT_LIMIT, POLL_AFTER};
use super::vector_stores::load;
use crate::api::Kind;
use crate::api::objects::{IndexingStatus, JsonObject, OpenEnum};
use crate::api::paging::{Paging, StoreFilePaging};
use crate::api::vector_stores::{
    CreateVectorStoreFile, DeleteVectorStoreFile, GetVectorStoreFile, ListVectorStoreFiles, UpdateVectorStoreFile,
    VectorStoreFileContent,
};
use crate::serve::documents::store_file::{self, attributes_of, new_file, require_files};
use crate::serve::documents::tool_resources::require;
use crate::serve::documents::vector_store;
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::{JsonResponse, RouteResponse};
use crate::serve::retrieval;
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, ListWindow, MAX_ATTEMPTS, NewStoreFile, StoreFilePage, StoreFileRow};
use axum::{
    Router,
    body::{Body, Bytes},
    http::{HeaderValue, header::CONTENT_TYPE},
    response::{IntoResponse, Response},
};
use futures_util::{StreamExt, stream};
use serde_json::{Value, json};

/// Adds the endpoints of vector store files to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on(create).on(get).on(update).on(delete).on(content)
}

async fn list(state: AppState, request: ApiRequest<ListVectorStoreFiles>) -> Result<JsonResponse, ErrorResponse> {
    let store = request.ids.vector_store_id.as_str();
    require(&state.store, Kind::VectorStore, store).await?;
    page(&state, store, None, request.query).await
}

async fn create(state: AppState, request: ApiRequest<CreateVectorStoreFile>) -> Result<JsonResponse, ErrorResponse> {
    let store = request.ids.vector_store_id.as_str();
    let Some(file) = request.body.get("file_id").and_then(Value::as_str) else {
        let message = "This server cannot read data sources. Upload the file, and pass its ID as 'file_id'.";
        return Err(ErrorResponse::bad_request(message).param("data_source"));
    };
    let new = new_file(file, &request.body);
    add(&state, store, &[new], |batch| batch, None).await?;
    response_of(&state, store, file).await
}

async fn get(state: AppState, request: ApiRequest<GetVectorStoreFile>) -> Result<impl RouteResponse, ErrorResponse> {
    let (store, file) = (request.ids.vector_store_id.as_str(), request.ids.file_id.as_str());
    Ok(([POLL_AFTER], response_of(&state, store, file).await?))
}

async fn update(state: AppState, request: ApiRequest<UpdateVectorStoreFile>) -> Result<JsonResponse, ErrorResponse> {
    let (store, file) = (request.ids.vector_store_id.as_str(), request.ids.file_id.as_str());
    row(&state, store, file).await?;
    let attributes = attributes_of(&request.body).unwrap_or_else(|| "{}".to_owned());
    state.store.commit(Batch::default().set_attributes(store, file, &attributes)).await?;
    response_of(&state, store, file).await // Fails if the file was removed in the meantime.
}

async fn delete(state: AppState, request: ApiRequest<DeleteVectorStoreFile>) -> Result<JsonResponse, ErrorResponse> {
    let (store, file) = (request.ids.vector_store_id.as_str(), request.ids.file_id.as_str());
    row(&state, store, file).await?;
    let batch = match &state.settings.faults {
        Some(faults) if faults.detaches_everywhere() => Batch::default().detach_everywhere(file),
        _ => Batch::default().detach(store, file),
    };
    state.store.commit(batch).await?;
    Ok(crud::deleted(Kind::VectorStoreFile, file))
}

/// Returns the text of a file in parts that do not overlap. The response is sent while the passages are read. If the
/// file is detached in the meantime, the response breaks off, because the passages are removed.
async fn content(state: AppState, request: ApiRequest<VectorStoreFileContent>) -> Result<Response, ErrorResponse> {
    let (store, file) = (request.ids.vector_store_id.as_str(), request.ids.file_id.as_str());
    let found = row(&state, store, file).await?;
    if found.status != IndexingStatus::Completed {
        let message =
            format!("The file '{file}' is {}. Its content is available once it is completed.", found.status.name());
        return Err(ErrorResponse::bad_request(message).code("file_not_completed"));
    }
    // The state of the stream: the number of passages that were read, and the offset of their end in the text.
    let rows = state.store.clone();
    let parts = stream::try_unfold((0, 0), move |(read, end)| {
        let (rows, item, chunks) = (rows.clone(), found.n, found.chunks);
        async move {
            let passages = rows.passages(item, read).await?;
            let next = read + passages.len() as i64;
            if passages.is_empty() && read < chunks {
                let report = format!("file content: expected {chunks} chunks of row {item}, found {read}");
                return Err(ErrorResponse::internal(report));
            }
            Ok::<_, ErrorResponse>((!passages.is_empty()).then(|| {
                let (text, end) = parts(&passages, end, read > 0);
                (Bytes::from(text), (next, end))
            }))
        }
    });
    let mut parts = Box::pin(parts);
    let first = match parts.next().await {
        Some(Err(error)) => {
            row(&state, store, file).await?; // Fails with a better error if the file was detached in the meantime.
            return Err(error);
        }
        first => first,
    };
    let head = stream::iter([Ok(Bytes::from_static(br#"{"object":"vector_store.file_content.page","data":["#))]);
    let tail = stream::iter([Ok(Bytes::from_static(br#"],"has_more":false,"next_page":null}"#))]);
    let body = head
        .chain(stream::iter(first))
        .chain(parts)
        .chain(tail)
        .map(|part| part.map_err(|error| std::io::Error::other(error.into_report())));
    let json = HeaderValue::from_static("application/json");
    Ok(([(CONTENT_TYPE, json)], Body::from_stream(body)).into_response())
}

/// Converts passages to parts of the response, without the text before the offset `end`, which earlier parts contain.
/// Returns the elements of a JSON array and the new end. If `follows` is set, they begin with a comma.
fn parts(passages: &[(i64, String)], mut end: i64, mut follows: bool) -> (String, i64) {
    let mut json = String::new();
    for (start, text) in passages {
        let sent = usize::try_from(end - start).unwrap_or(0);
        end = end.max(start + text.len() as i64);
        if let Some(new) = text.get(sent..).filter(|new| !new.is_empty()) {
            if follows {
                json.push(',');
            }
            json.push_str(&json!({ "type": "text", "text": new }).to_string());
            follows = true;
        }
    }
    (json, end)
}

/// Returns a page of the files of a vector store, or of one of its batches.
pub(super) async fn page(
    state: &AppState,
    store: &str,
    batch: Option<&str>,
    StoreFilePaging { filter, paging }: StoreFilePaging,
) -> Result<JsonResponse, ErrorResponse> {
    let Paging { limit, order, after, before } = paging;
    let window = ListWindow { limit, order, after, before, label: filter };
    match state.store.store_files(store, batch, &window, DEFAULT_LIMIT).await? {
        StoreFilePage::UnknownCursor(id) => Err(crud::unknown_cursor(Kind::VectorStoreFile, &window, &id)),
        StoreFilePage::Found { rows, has_more } => {
            let objects = rows.iter().map(|row| (row.file.clone(), store_file::in_response(row).to_json()));
            Ok(crud::page(&objects.collect::<Vec<_>>(), has_more))
        }
    }
}

/// Adds files to a vector store. `extend` adds further changes to the batch. `batch_id` is the batch of files to which
/// they belong.
pub(super) async fn add(
    state: &AppState,
    store: &str,
    files: &[NewStoreFile],
    extend: impl Fn(Batch) -> Batch,
    batch_id: Option<&str>,
) -> Result<(), ErrorResponse> {
    let stored = load(state, store).await?;
    if vector_store::is_expired(&stored.object) {
        return Err(vector_store::expired(store));
    }
    require_files(&state.store, files).await?;
    retrieval::record_use(&state.store, stored).await?;
    for _ in 0..MAX_ATTEMPTS {
        let batch = state.store.attach(extend(Batch::default()), store, files, batch_id).await?;
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(());
        }
        load(state, store).await?; // Fails if the vector store was deleted.
        require_files(&state.store, files).await?;
    }
    Err(ErrorResponse::contended())
}

/// Returns the row of a file. The error depends on whether the vector store exists.
async fn row(state: &AppState, store: &str, file: &str) -> Result<StoreFileRow, ErrorResponse> {
    if let Some(row) = state.store.store_file(store, file).await? {
        return Ok(row);
    }
    require(&state.store, Kind::VectorStore, store).await?;
    Err(ErrorResponse::not_found(Kind::VectorStoreFile, file))
}

/// Returns a response with a file of a vector store.
async fn response_of(state: &AppState, store: &str, file: &str) -> Result<JsonResponse, ErrorResponse> {
    Ok(JsonResponse::of(&store_file::in_response(&row(state, store, file).await?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_a_text_do_not_overlap() {
        let passages = [(0, "abcde".to_owned()), (3, "defgh".to_owned()), (8, "ijk".to_owned()), (8, "ij".to_owned())];
        let (text, end) = parts(&passages, 0, false);
        assert_eq!(text, r#"{"type":"text","text":"abcde"},{"type":"text","text":"fgh"},{"type":"text","text":"ijk"}"#);
        assert_eq!(end, 11);
        assert_eq!(parts(&[(9, "jkl".to_owned())], end, true), (r#",{"type":"text","text":"l"}"#.to_owned(), 12));
        assert_eq!(parts(&[], end, true), (String::new(), 11));
    }
}
