//! The endpoints of threads (docs/protocol/endpoints.md#threads, docs/protocol/objects.md#thread). `runs` has the
//! endpoint that creates a thread together with a run.

use super::crud;
use crate::api::Kind;
use crate::api::objects::Thread;
use crate::api::threads::{CreateThread, DeleteThread, GetThread, ListThreads, UpdateThread};
use crate::serve::documents::thread;
use crate::serve::documents::tool_resources::{ResourceChanges, ResourceOwner};
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::JsonResponse;
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, MAX_ATTEMPTS};
use axum::Router;

/// Adds the endpoints of threads to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on(create).on(get).on(update).on(delete)
}

async fn list(state: AppState, request: ApiRequest<ListThreads>) -> Result<JsonResponse, ErrorResponse> {
    crud::list::<Thread>(&state, "", request.query).await
}

async fn create(state: AppState, request: ApiRequest<CreateThread>) -> Result<JsonResponse, ErrorResponse> {
    for _ in 0..MAX_ATTEMPTS {
        let (thread, batch) = thread::create(&state.store, Batch::default(), &request.body).await?;
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(&thread));
        }
    }
    Err(ErrorResponse::contended())
}

async fn get(state: AppState, request: ApiRequest<GetThread>) -> Result<JsonResponse, ErrorResponse> {
    crud::get::<Thread>(&state, "", request.ids.thread_id.as_str()).await
}

async fn update(state: AppState, request: ApiRequest<UpdateThread>) -> Result<JsonResponse, ErrorResponse> {
    let resources = request.body.get("tool_resources");
    ResourceChanges::of(&state.store, resources, ResourceOwner::Thread).await?; // Checks the objects that it names.
    crud::update::<Thread>(&state, "", request.ids.thread_id.as_str(), &request.body).await
}

async fn delete(state: AppState, request: ApiRequest<DeleteThread>) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.thread_id.as_str();
    let active = state.store.active_run(id).await?;
    if !state.store.remove_thread(id).await? {
        return Err(ErrorResponse::not_found(Kind::Thread, id));
    }
    if let Some(run) = active {
        state.engine.notify_changed(&run.id);
    }
    Ok(crud::deleted(Kind::Thread, id))
}
