//! The endpoints of run steps (docs/protocol/endpoints.md#run-steps, docs/protocol/objects.md#run-step).

use super::App;
use super::error::Refused;
use super::json::Json;
use super::lifecycle::{Live, settle};
use super::pubsub::Draft;
use super::request::Call;
use super::resources::require;
use super::response;
use super::router::On;
use super::store::Window;
use crate::api::Kind::{Run, Step, Thread};
use crate::api::steps::{GetStep, ListSteps};
use axum::Router;
use serde_json::{Value, json};

/// Adds the routes of run steps.
pub(super) fn mount(router: Router<App>) -> Router<App> {
    router.on(list).on(get)
}

/// Returns the document of an open step that creates a message.
pub(super) fn of_message(live: &Live, draft: &Draft) -> Value {
    let details = json!({ "type": "message_creation", "message_creation": { "message_id": draft.message } });
    document(&draft.message_step, live, draft, details)
}

/// Returns the document of an open step with tool calls.
pub(super) fn of_calls(live: &Live, draft: &Draft, calls: Vec<Value>) -> Value {
    document(&draft.calls_step, live, draft, json!({ "type": "tool_calls", "tool_calls": calls }))
}

fn document(id: &str, live: &Live, draft: &Draft, details: Value) -> Value {
    json!({
        "id": id,
        "object": "thread.run.step",
        "created_at": draft.created_at,
        "assistant_id": live.run.doc["assistant_id"],
        "thread_id": live.row.thread,
        "run_id": live.run.id,
        "type": details["type"],
        "status": "in_progress",
        "cancelled_at": null,
        "completed_at": null,
        "expired_at": null,
        "failed_at": null,
        "last_error": null,
        "step_details": details,
        "usage": null,
        "metadata": {},
    })
}

async fn list(app: App, call: Call<ListSteps>) -> Result<Json, Refused> {
    let run = call.ids.run_id.as_str();
    of_run(&app, call.ids.thread_id.as_str(), run).await?;
    response::page(&app, Step, run, Window::from(call.query.paging)).await
}

async fn get(app: App, call: Call<GetStep>) -> Result<Json, Refused> {
    let run = call.ids.run_id.as_str();
    of_run(&app, call.ids.thread_id.as_str(), run).await?;
    response::one(&app, Step, run, call.ids.step_id.as_str()).await
}

async fn of_run(app: &App, thread: &str, run: &str) -> Result<(), Refused> {
    require(&app.store, Thread, thread).await?;
    settle(&app.store, thread).await?;
    match app.store.has(Run, thread, run).await? {
        true => Ok(()),
        false => Err(Refused::missing(Run, run)),
    }
}
