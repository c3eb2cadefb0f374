//! The endpoints of run steps (docs/protocol/endpoints.md#run-steps, docs/protocol/objects.md#run-step).

use super::crud;
use crate::api::Kind;
use crate::api::objects::RunStep;
use crate::api::steps::{GetStep, ListSteps};
use crate::serve::documents::step;
use crate::serve::documents::tool_resources::require;
use crate::serve::engine::lifecycle::expire_overdue;
use crate::serve::error::ErrorResponse;
use crate::serve::request::ApiRequest;
use crate::serve::response::JsonResponse;
use crate::serve::router::MountEndpoint;
use crate::serve::state::AppState;
use crate::serve::store::ListWindow;
use axum::Router;

/// Adds the endpoints of run steps to a router.
pub(super) fn mount(router: Router<AppState>) -> Router<AppState> {
    router.on(list).on(get)
}

async fn list(state: AppState, request: ApiRequest<ListSteps>) -> Result<JsonResponse, ErrorResponse> {
    let run = request.ids.run_id.as_str();
    require_run(&state, request.ids.thread_id.as_str(), run).await?;
    let with_content = step::includes_content(request.query.include.include.as_ref());
    let window = ListWindow::from(request.query.paging);
    let (mut rows, has_more) = crud::rows::<RunStep>(&state, run, &window, crud::DEFAULT_LIMIT).await?;
    for (_, text) in &mut rows {
        *text = step::text_in_response(std::mem::take(text), with_content)?;
    }
    Ok(crud::page(&rows, has_more))
}

async fn get(state: AppState, request: ApiRequest<GetStep>) -> Result<JsonResponse, ErrorResponse> {
    let run = request.ids.run_id.as_str();
    require_run(&state, request.ids.thread_id.as_str(), run).await?;
    let id = request.ids.step_id.as_str();
    let found = state.store.get(Kind::Step, run, id).await?.ok_or_else(|| ErrorResponse::not_found(Kind::Step, id))?;
    let with_content = step::includes_content(request.query.include.as_ref());
    Ok(JsonResponse::Object(step::text_in_response(found, with_content)?))
}

/// Checks that a run exists. If the run has expired, ends it first, because this changes its steps.
async fn require_run(state: &AppState, thread: &str, run: &str) -> Result<(), ErrorResponse> {
    require(&state.store, Kind::Thread, thread).await?;
    expire_overdue(&state.store, thread).await?;
    match state.store.has(Kind::Run, thread, run).await? {
        true => Ok(()),
        false => Err(ErrorResponse::not_found(Kind::Run, run)),
    }
}
