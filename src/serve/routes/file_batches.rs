//! The endpoints of batches of files (docs/protocol/vector_stores.md#endpoints).

use super::crud::POLL_AFTER;
use super::vector_store_files::{add, page};
use crate::api::Kind;
use crate::api::objects::{FileBatch, IndexingStatus, JsonObject, OpenEnum};
use crate::api::vector_stores::{CancelFileBatch, CreateFileBatch, GetFileBatch, ListFileBatchFiles};
use crate::serve::documents::store_file::{self, added_files};
use crate::serve::documents::tool_resources::require;
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::{JsonResponse, RouteResponse};
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, MAX_ATTEMPTS, NewObject, Stored};
use axum::Router;

/// Adds the endpoints of batches to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(create).on(get).on(cancel).on(list)
}

async fn create(state: AppState, request: ApiRequest<CreateFileBatch>) -> Result<JsonResponse, ErrorResponse> {
    let store = request.ids.vector_store_id.as_str();
    let files = added_files(&request.body)?;
    let file_batch = store_file::batch(store);
    let id = file_batch.id().or_default();
    let insert = |batch: Batch| batch.insert(&NewObject { parent: store, ..NewObject::top(&file_batch) });
    add(&state, store, &files, insert, Some(id)).await?;
    response_of(&state, load(&state, store, id).await?).await
}

async fn get(state: AppState, request: ApiRequest<GetFileBatch>) -> Result<impl RouteResponse, ErrorResponse> {
    let (store, id) = (request.ids.vector_store_id.as_str(), request.ids.batch_id.as_str());
    Ok(([POLL_AFTER], response_of(&state, load(&state, store, id).await?).await?))
}

/// Cancels the files of a batch that are not indexed yet. Completed and failed files are not changed.
async fn cancel(state: AppState, request: ApiRequest<CancelFileBatch>) -> Result<JsonResponse, ErrorResponse> {
    let (store, id) = (request.ids.vector_store_id.as_str(), request.ids.batch_id.as_str());
    for _ in 0..MAX_ATTEMPTS {
        let mut stored = load(&state, store, id).await?;
        stored.object.set("status", IndexingStatus::Cancelled.name());
        let batch = Batch::default().unchanged(&stored).replace(&stored).cancel_files(store, id);
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return response_of(&state, stored).await;
        }
    }
    Err(ErrorResponse::contended())
}

async fn list(state: AppState, request: ApiRequest<ListFileBatchFiles>) -> Result<JsonResponse, ErrorResponse> {
    let (store, id) = (request.ids.vector_store_id.as_str(), request.ids.batch_id.as_str());
    load(&state, store, id).await?;
    page(&state, store, Some(id), request.query).await
}

/// Reads a batch.
///
/// # Errors
/// Returns an error if the vector store does not exist, or if the batch is not in it.
async fn load(state: &AppState, store: &str, id: &str) -> Result<Stored<FileBatch>, ErrorResponse> {
    if let Some(found) = state.store.load::<FileBatch>(store, id).await? {
        return Ok(found);
    }
    require(&state.store, Kind::VectorStore, store).await?;
    Err(ErrorResponse::not_found(Kind::FileBatch, id))
}

/// Returns a response with a batch and its current counts.
async fn response_of(state: &AppState, stored: Stored<FileBatch>) -> Result<JsonResponse, ErrorResponse> {
    let counts = state.store.counts_of_batch(&stored.id).await?;
    Ok(JsonResponse::of(&store_file::batch_in_response(stored.object, &counts)))
}
