//! The endpoints of threads (docs/protocol/endpoints.md#threads, docs/protocol/objects.md#thread). The endpoint that
//! creates a thread together with a run is in `runs`.

use super::error::Refused;
use super::json::Json;
use super::lifecycle::contended;
use super::messages::NewMessage;
use super::request::Call;
use super::resources::{Owner, Resources};
use super::response;
use super::router::On;
use super::store::{Batch, New, Outcome, TRIES, Window};
use super::{App, ids};
use crate::api::Kind::Thread;
use crate::api::threads::{CreateThread, DeleteThread, GetThread, ListThreads, UpdateThread};
use axum::Router;
use serde_json::{Map, Value, json};

/// Adds the routes of threads.
pub(super) fn mount(router: Router<App>) -> Router<App> {
    router
        .on(list)
        .on(create)
        .on::<GetThread, _, _, _>(async |app: App, call| {
            response::one(&app, Thread, "", call.ids.thread_id.as_str()).await
        })
        .on(update)
        .on(delete)
}

async fn list(app: App, call: Call<ListThreads>) -> Result<Json, Refused> {
    response::page(&app, Thread, "", Window::from(call.query)).await
}

async fn create(app: App, call: Call<CreateThread>) -> Result<Json, Refused> {
    for _ in 0..TRIES {
        let (id, batch, doc) = begin(&app, Batch::default(), &call.body).await?;
        drop(id);
        if app.store.commit(batch).await? == Outcome::Done {
            return Ok(doc.into());
        }
    }
    Err(contended())
}

/// Prepares a new thread with its first messages.
pub(super) async fn begin(
    app: &App,
    batch: Batch,
    given: &Map<String, Value>,
) -> Result<(String, Batch, Value), Refused> {
    let id = ids::new(Thread);
    let mut resources = Resources::of(&app.store, given.get("tool_resources"), Owner::Thread).await?;
    let mut messages = Vec::new();
    for message in given.get("messages").and_then(Value::as_array).into_iter().flatten() {
        let message = NewMessage::read(&app.store, &id, message).await?;
        resources.attach(&app.store, message.attachments()).await?;
        messages.push(message);
    }
    let doc = json!({
        "id": id,
        "object": "thread",
        "created_at": ids::now(),
        "metadata": given.get("metadata").filter(|metadata| metadata.is_object()).unwrap_or(&json!({})),
        "tool_resources": resources.value,
    });
    let batch = resources.commit(batch).insert(New::top(Thread, &id, &doc));
    let batch = messages.iter().fold(batch, |batch, message| message.insert(batch));
    Ok((id, batch, doc))
}

async fn update(app: App, call: Call<UpdateThread>) -> Result<Json, Refused> {
    Resources::of(&app.store, call.body.get("tool_resources"), Owner::Thread).await?;
    response::update(&app, Thread, "", call.ids.thread_id.as_str(), &call.body).await
}

async fn delete(app: App, call: Call<DeleteThread>) -> Result<Json, Refused> {
    let id = call.ids.thread_id.as_str();
    let active = app.store.active_run(id).await?;
    if !app.store.remove_thread(id).await? {
        return Err(Refused::missing(Thread, id));
    }
    if let Some(run) = active {
        app.engine.disturb(&run.id);
    }
    Ok(response::deleted(Thread, id))
}
