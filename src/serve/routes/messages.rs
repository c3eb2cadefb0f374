//! The endpoints of messages (docs/protocol/endpoints.md#messages, docs/protocol/objects.md#message), and the check
//! that the thread has no active run, which would lock it.

use super::crud;
use crate::api::Kind;
use crate::api::messages::{CreateMessage, DeleteMessage, GetMessage, ListMessages, UpdateMessage};
use crate::api::objects::{Message, Thread};
use crate::serve::documents::message::{self, NewMessage};
use crate::serve::documents::tool_resources::require;
use crate::serve::engine::lifecycle::expire_overdue;
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::JsonResponse;
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, ListWindow, MAX_ATTEMPTS};
use axum::Router;
use serde_json::Value;
use std::slice;

/// Adds the endpoints of messages to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on(create).on(get).on(update).on(delete)
}

async fn list(state: AppState, request: ApiRequest<ListMessages>) -> Result<JsonResponse, ErrorResponse> {
    let thread = request.ids.thread_id.as_str();
    require(&state.store, Kind::Thread, thread).await?;
    let window = ListWindow { label: request.query.run_id, ..ListWindow::from(request.query.paging) };
    crud::list::<Message>(&state, thread, window).await
}

async fn create(state: AppState, request: ApiRequest<CreateMessage>) -> Result<JsonResponse, ErrorResponse> {
    let id = request.ids.thread_id.as_str();
    let body = Value::Object(request.body);
    for _ in 0..MAX_ATTEMPTS {
        let Some(mut thread) = state.store.load::<Thread>("", id).await? else {
            return Err(ErrorResponse::not_found(Kind::Thread, id));
        };
        if let Some(run) = expire_overdue(&state.store, id).await? {
            let message = format!("Can't add messages to {id} while a run {} is active.", run.id);
            return Err(ErrorResponse::bad_request(message));
        }
        let new = NewMessage::from_request(&state.store, id, &body).await?;
        let mut batch = Batch::default().exists(Kind::Thread, id).no_active_run(id);
        if !new.attachments().is_empty() {
            batch = message::attach(&state.store, batch, &mut thread, slice::from_ref(&new)).await?;
        }
        if state.store.commit(new.insert(batch)).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(new.message()));
        }
    }
    Err(ErrorResponse::contended())
}

async fn get(state: AppState, request: ApiRequest<GetMessage>) -> Result<JsonResponse, ErrorResponse> {
    let thread = request.ids.thread_id.as_str();
    require(&state.store, Kind::Thread, thread).await?;
    crud::get::<Message>(&state, thread, request.ids.message_id.as_str()).await
}

async fn update(state: AppState, request: ApiRequest<UpdateMessage>) -> Result<JsonResponse, ErrorResponse> {
    let thread = request.ids.thread_id.as_str();
    require(&state.store, Kind::Thread, thread).await?;
    crud::update::<Message>(&state, thread, request.ids.message_id.as_str(), &request.body).await
}

async fn delete(state: AppState, request: ApiRequest<DeleteMessage>) -> Result<JsonResponse, ErrorResponse> {
    let thread = request.ids.thread_id.as_str();
    require(&state.store, Kind::Thread, thread).await?;
    crud::delete::<Message>(&state, thread, request.ids.message_id.as_str()).await
}
