//! The endpoints of assistants (docs/protocol/endpoints.md#assistants, docs/protocol/objects.md#assistant).

use super::crud;
use crate::api::Kind;
use crate::api::assistants::{CreateAssistant, DeleteAssistant, GetAssistant, ListAssistants, UpdateAssistant};
use crate::api::objects::{Assistant, JsonObject};
use crate::serve::documents::assistant;
use crate::serve::documents::tool_resources::{ResourceChanges, ResourceOwner};
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::request::ApiRequest;
use crate::serve::response::JsonResponse;
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::{Batch, CommitOutcome, MAX_ATTEMPTS, NewObject};
use axum::Router;
use serde_json::{Map, Value};

/// Adds the endpoints of assistants to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on(create).on(get).on(update).on(delete)
}

async fn list(state: AppState, request: ApiRequest<ListAssistants>) -> Result<JsonResponse, ErrorResponse> {
    crud::list::<Assistant>(&state, "", request.query).await
}

async fn create(state: AppState, request: ApiRequest<CreateAssistant>) -> Result<JsonResponse, ErrorResponse> {
    check_model(&request.body)?;
    let resources = request.body.get("tool_resources").cloned();
    let mut assistant = assistant::from_request(request.body);
    for _ in 0..MAX_ATTEMPTS {
        let changes = ResourceChanges::of(&state.store, resources.as_ref(), ResourceOwner::Assistant).await?;
        assistant.set("id", ids::new(Kind::Assistant));
        assistant.set("created_at", ids::now());
        assistant.set("tool_resources", changes.resources().clone());
        let batch = changes.commit(&state.store, Batch::default()).await?.insert(&NewObject::top(&assistant));
        if state.store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(JsonResponse::of(&assistant));
        }
    }
    Err(ErrorResponse::contended())
}

async fn get(state: AppState, request: ApiRequest<GetAssistant>) -> Result<JsonResponse, ErrorResponse> {
    crud::get::<Assistant>(&state, "", request.ids.assistant_id.as_str()).await
}

async fn update(state: AppState, request: ApiRequest<UpdateAssistant>) -> Result<JsonResponse, ErrorResponse> {
    check_model(&request.body)?;
    let resources = request.body.get("tool_resources");
    ResourceChanges::of(&state.store, resources, ResourceOwner::Assistant).await?; // Checks the objects that it names.
    crud::update::<Assistant>(&state, "", request.ids.assistant_id.as_str(), &request.body).await
}

async fn delete(state: AppState, request: ApiRequest<DeleteAssistant>) -> Result<JsonResponse, ErrorResponse> {
    crud::delete::<Assistant>(&state, "", request.ids.assistant_id.as_str()).await
}

fn check_model(body: &Map<String, Value>) -> Result<(), ErrorResponse> {
    match body.get("model").and_then(Value::as_str) {
        Some(model) if model.trim().is_empty() => {
            let message = format!("The requested model '{model}' cannot be used with the Assistants API.");
            Err(ErrorResponse::bad_request(message).code("unsupported_model").param("model"))
        }
        _ => Ok(()),
    }
}
