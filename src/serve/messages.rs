//! The endpoints of messages (docs/protocol/endpoints.md#messages, docs/protocol/objects.md#message), including the
//! check that no run locks the thread.

use super::error::Refused;
use super::json::Json;
use super::lifecycle::{Live, contended, settle};
use super::pubsub::Draft;
use super::request::Call;
use super::resources::{Resources, require};
use super::response;
use super::router::On;
use super::store::{Batch, New, Outcome, Store, TRIES, Window};
use super::{App, ids};
use crate::api::Kind::{self, Message, Thread};
use crate::api::messages::{CreateMessage, DeleteMessage, GetMessage, ListMessages, UpdateMessage};
use axum::Router;
use serde_json::{Map, Value, json};

/// Adds the routes of messages.
pub(super) fn mount(router: Router<App>) -> Router<App> {
    router.on(list).on(create).on(get).on(update).on(delete)
}

/// A message that is about to be created.
#[derive(Debug)]
pub(super) struct NewMessage {
    id: String,
    thread: String,
    doc: Value,
}

impl NewMessage {
    /// Builds a message from a validated request. Returns an error if a file to which it refers does not exist.
    pub(super) async fn read(store: &Store, thread: &str, given: &Value) -> Result<Self, Refused> {
        let content = match &given["content"] {
            Value::String(text) => json!([text_part(text)]),
            Value::Array(parts) => parts.iter().map(part).collect(),
            _ => json!([]),
        };
        let images = content.as_array().into_iter().flatten().filter_map(|part| part["image_file"]["file_id"].as_str());
        let attached = given["attachments"].as_array().into_iter().flatten();
        for id in images.chain(attached.filter_map(|attachment| attachment["file_id"].as_str())) {
            require(store, Kind::File, id).await?;
        }
        let id = ids::new(Message);
        let mut doc = document(&id, thread, given["role"].as_str().unwrap_or("user"), content);
        for name in ["attachments", "metadata"] {
            if let Some(value) = given.get(name).filter(|value| !value.is_null()) {
                doc[name] = value.clone();
            }
        }
        Ok(Self { id, thread: thread.to_owned(), doc })
    }

    /// Returns the attachments, which are the files for the tools.
    pub(super) fn attachments(&self) -> &Value {
        &self.doc["attachments"]
    }

    /// Adds the message to a batch.
    pub(super) fn insert(&self, batch: Batch) -> Batch {
        let (id, thread, doc) = (self.id.as_str(), self.thread.as_str(), &self.doc);
        batch.insert(New { kind: Message, id, parent: thread, thread: Some(thread), label: None, doc })
    }
}

/// Returns the document of a complete message.
pub(super) fn document(id: &str, thread: &str, role: &str, content: Value) -> Value {
    let now = ids::now();
    json!({
        "id": id,
        "object": "thread.message",
        "created_at": now,
        "thread_id": thread,
        "status": "completed",
        "incomplete_details": null,
        "completed_at": now,
        "incomplete_at": null,
        "role": role,
        "content": content,
        "assistant_id": null,
        "run_id": null,
        "attachments": [],
        "metadata": {},
    })
}

/// Returns the document of the message that a round of a run creates.
pub(super) fn of_run(live: &Live, draft: &Draft, text: &str) -> Value {
    let mut doc = document(&draft.message, &live.row.thread, "assistant", json!([text_part(text)]));
    doc["created_at"] = draft.created_at.into();
    doc["assistant_id"] = live.run.doc.get("assistant_id").cloned().unwrap_or_default();
    doc["run_id"] = live.run.id.as_str().into();
    doc
}

/// Changes the document of a complete message into that of an incomplete one.
pub(super) fn broken_off(mut doc: Value, reason: &str) -> Value {
    doc["status"] = "incomplete".into();
    doc["incomplete_details"] = json!({ "reason": reason });
    doc["incomplete_at"] = doc["completed_at"].take();
    doc
}

/// Returns the text of a message.
pub(super) fn text(doc: &Map<String, Value>) -> String {
    let parts = doc.get("content").and_then(Value::as_array).into_iter().flatten();
    let texts: Vec<&str> = parts.filter_map(|part| part["text"]["value"].as_str()).collect();
    texts.join("\n")
}

fn text_part(text: &str) -> Value {
    json!({ "type": "text", "text": { "value": text, "annotations": [] } })
}

/// Converts a content part of a request to the form of a response, which differs for text.
fn part(given: &Value) -> Value {
    let kind = given["type"].as_str().unwrap_or_default();
    if kind == "text" {
        return text_part(given["text"].as_str().unwrap_or_default());
    }
    let mut part = given.clone();
    if part[kind]["detail"].is_null() {
        part[kind]["detail"] = "auto".into();
    }
    part
}

async fn list(app: App, call: Call<ListMessages>) -> Result<Json, Refused> {
    let thread = call.ids.thread_id.as_str();
    require(&app.store, Thread, thread).await?;
    let window = Window { label: call.query.run_id, ..Window::from(call.query.paging) };
    response::page(&app, Message, thread, window).await
}

async fn create(app: App, call: Call<CreateMessage>) -> Result<Json, Refused> {
    let id = call.ids.thread_id.as_str();
    let given = Value::Object(call.body);
    for _ in 0..TRIES {
        let Some(mut thread) = app.store.load(Thread, "", id).await? else {
            return Err(Refused::missing(Thread, id));
        };
        if let Some(run) = settle(&app.store, id).await? {
            let message = format!("Can't add messages to {id} while a run {} is active.", run.id);
            return Err(Refused::bad(message));
        }
        let message = NewMessage::read(&app.store, id, &given).await?;
        let mut batch = Batch::default().exists(Thread, id).unlocked(id);
        if message.attachments().as_array().is_some_and(|attachments| !attachments.is_empty()) {
            batch = attach(&app, batch, &mut thread.doc, id, thread.version, &[&message]).await?;
        }
        if app.store.commit(message.insert(batch)).await? == Outcome::Done {
            return Ok(message.doc.into());
        }
    }
    Err(contended())
}

/// Adds the attachments of messages to the tool resources of their thread.
pub(super) async fn attach(
    app: &App,
    batch: Batch,
    thread: &mut Map<String, Value>,
    id: &str,
    version: i64,
    messages: &[&NewMessage],
) -> Result<Batch, Refused> {
    let mut resources = Resources::existing(thread.get("tool_resources").cloned().unwrap_or_default());
    for message in messages {
        resources.attach(&app.store, message.attachments()).await?;
    }
    thread.insert("tool_resources".to_owned(), resources.value.clone());
    Ok(resources.commit(batch.unchanged(id, version).replace(id, thread)))
}

async fn get(app: App, call: Call<GetMessage>) -> Result<Json, Refused> {
    let thread = call.ids.thread_id.as_str();
    require(&app.store, Thread, thread).await?;
    response::one(&app, Message, thread, call.ids.message_id.as_str()).await
}

async fn update(app: App, call: Call<UpdateMessage>) -> Result<Json, Refused> {
    let thread = call.ids.thread_id.as_str();
    require(&app.store, Thread, thread).await?;
    response::update(&app, Message, thread, call.ids.message_id.as_str(), &call.body).await
}

async fn delete(app: App, call: Call<DeleteMessage>) -> Result<Json, Refused> {
    let (thread, id) = (call.ids.thread_id.as_str(), call.ids.message_id.as_str());
    require(&app.store, Thread, thread).await?;
    match app.store.remove(Message, thread, id).await? {
        true => Ok(response::deleted(Message, id)),
        false => Err(Refused::missing(Message, id)),
    }
}
