//! The endpoints of assistants (docs/protocol/endpoints.md#assistants, docs/protocol/objects.md#assistant).

use super::error::Refused;
use super::json::Json;
use super::lifecycle::contended;
use super::request::Call;
use super::resources::{Owner, Resources};
use super::response::{self, default_of, lay_over};
use super::router::On;
use super::store::{Batch, New, Outcome, TRIES};
use super::{App, ids};
use crate::api::Kind::Assistant;
use crate::api::assistants::{CreateAssistant, DeleteAssistant, GetAssistant, ListAssistants, UpdateAssistant};
use axum::Router;
use serde_json::{Map, Value};

/// The members in the order in which they appear in an object.
const MEMBERS: [&str; 10] = [
    "name",
    "description",
    "model",
    "instructions",
    "tools",
    "top_p",
    "temperature",
    "tool_resources",
    "metadata",
    "response_format",
];

/// Adds the routes of assistants.
pub(super) fn mount(router: Router<App>) -> Router<App> {
    router
        .on::<ListAssistants, _, _, _>(async |app: App, call| response::page(&app, Assistant, "", call.query).await)
        .on(create)
        .on::<GetAssistant, _, _, _>(async |app: App, call| {
            response::one(&app, Assistant, "", call.ids.assistant_id.as_str()).await
        })
        .on(update)
        .on(delete)
}

async fn create(app: App, call: Call<CreateAssistant>) -> Result<Json, Refused> {
    check_model(&call.body)?;
    let given = call.body.get("tool_resources").cloned();
    let mut doc = Map::from_iter(["id", "object", "created_at"].map(|name| (name.to_owned(), Value::Null)));
    doc.extend(MEMBERS.map(|name| (name.to_owned(), default_of(name))));
    // Moved and not copied: a body may be long.
    lay_over(&mut doc, call.body);
    doc.insert("object".to_owned(), "assistant".into());
    let mut doc = Value::Object(doc);
    for _ in 0..TRIES {
        let resources = Resources::of(&app.store, given.as_ref(), Owner::Assistant).await?;
        let id = ids::new(Assistant);
        doc["id"] = id.as_str().into();
        doc["created_at"] = ids::now().into();
        doc["tool_resources"] = resources.value.clone();
        let batch = resources.commit(Batch::default()).insert(New::top(Assistant, &id, &doc));
        if app.store.commit(batch).await? == Outcome::Done {
            return Ok(doc.into());
        }
    }
    Err(contended())
}

async fn update(app: App, call: Call<UpdateAssistant>) -> Result<Json, Refused> {
    check_model(&call.body)?;
    let id = call.ids.assistant_id.as_str();
    Resources::of(&app.store, call.body.get("tool_resources"), Owner::Assistant).await?;
    response::update(&app, Assistant, "", id, &call.body).await
}

async fn delete(app: App, call: Call<DeleteAssistant>) -> Result<Json, Refused> {
    let id = call.ids.assistant_id.as_str();
    match app.store.remove(Assistant, "", id).await? {
        true => Ok(response::deleted(Assistant, id)),
        false => Err(Refused::missing(Assistant, id)),
    }
}

fn check_model(body: &Map<String, Value>) -> Result<(), Refused> {
    match body.get("model").and_then(Value::as_str) {
        Some(model) if model.trim().is_empty() => {
            let message = format!("The requested model '{model}' cannot be used with the Assistants API.");
            Err(Refused::bad(message).code("unsupported_model").param("model"))
        }
        _ => Ok(()),
    }
}
