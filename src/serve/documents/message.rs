//! Builds the messages that requests and rounds of runs add to a thread. Also marks messages as incomplete, appends
//! refusals, and adds attachments to the tool resources of the thread.

use super::tool_resources::{ResourceChanges, require};
use crate::api::Kind;
use crate::api::objects::{
    AnnotationType, Attachment, ContentPart, ContentType, JsonObject, List, Message, MessageStatus, OpenEnum, Role,
    Run, Thread,
};
use crate::serve::error::ErrorResponse;
use crate::serve::ids::{self, RoundIds};
use crate::serve::store::{Batch, NewObject, Store, Stored};
use serde_json::{Value, json};

/// A message that is about to be created.
#[derive(Debug)]
pub(in crate::serve) struct NewMessage {
    thread: String,
    message: Message,
}

impl NewMessage {
    /// Builds a message from a validated request.
    ///
    /// # Errors
    /// Returns an error if a file to which the request refers does not exist.
    pub(in crate::serve) async fn from_request(
        store: &Store,
        thread: &str,
        request: &Value,
    ) -> Result<Self, ErrorResponse> {
        // A request has the same members as a message, except that a text may be a plain string.
        let none = Message::default();
        let request = Message::from_value_ref(request).unwrap_or(&none);
        let content = match request.member::<&Value>("content").valid() {
            Some(Value::String(text)) => vec![text_part(text)],
            Some(Value::Array(parts)) => parts.iter().map(stored_part).collect(),
            _ => Vec::new(),
        };
        let role = request.role().text().unwrap_or(Role::User.name());
        let mut message = completed(&ids::new(Kind::Message), thread, role, content);
        for name in ["attachments", "metadata"] {
            if let Some(value) = request.member::<&Value>(name).valid() {
                message.set(name, value.clone());
            }
        }
        let new = Self { thread: thread.to_owned(), message };
        for file in new.files() {
            require(store, Kind::File, file).await?;
        }
        Ok(new)
    }

    /// Returns the IDs of the image files in the content, and of the attached files.
    fn files(&self) -> impl Iterator<Item = &str> {
        let parts = self.message.content().or_default().valid();
        let images = parts.filter_map(|part| part.image_file().valid()?.file_id().valid());
        images.chain(self.attachments().valid().filter_map(|attachment| attachment.file_id().valid()))
    }

    /// Returns the attachments: files and the tools that may use them.
    pub(in crate::serve) fn attachments(&self) -> List<'_, &Attachment> {
        self.message.attachments().or_default()
    }

    /// Adds the message to a batch.
    pub(in crate::serve) fn insert(&self, batch: Batch) -> Batch {
        batch.insert(&NewObject::in_thread(&self.message, &self.thread, &self.thread))
    }

    /// Returns the message.
    pub(in crate::serve) fn message(&self) -> &Message {
        &self.message
    }
}

/// Adds the attachments of messages to the tool resources of their thread.
///
/// # Errors
/// Returns an error if a vector store could not be read.
pub(in crate::serve) async fn attach(
    store: &Store,
    batch: Batch,
    thread: &mut Stored<Thread>,
    messages: &[NewMessage],
) -> Result<Batch, ErrorResponse> {
    let mut resources = ResourceChanges::existing(thread.object.tool_resources().valid());
    for message in messages {
        resources.attach(store, message.attachments()).await?;
    }
    thread.object.set("tool_resources", resources.resources().clone());
    resources.commit(store, batch.unchanged(thread).replace(thread)).await
}

/// Returns the message that the assistant writes in a round of a run.
pub(in crate::serve) fn of_round(run: &Run, ids: &RoundIds, text: &str, annotations: Vec<Value>) -> Message {
    let thread = run.thread_id().or_default();
    let mut part = text_part(text);
    if let Some(list) = part.pointer_mut("/text/annotations") {
        *list = annotations.into();
    }
    let mut message = completed(&ids.message, thread, Role::Assistant.name(), vec![part]);
    message.set("created_at", ids.created_at);
    message.set("assistant_id", run.assistant_id().valid());
    message.set("run_id", run.id().valid());
    message
}

/// Returns the annotation for a citation of a file. `marker` is the cited text in the message, from `start` to `end` in
/// characters.
pub(in crate::serve) fn file_citation(marker: &str, file: &str, [start, end]: [usize; 2]) -> Value {
    let kind = AnnotationType::FileCitation.name();
    json!({ "type": kind, "text": marker, "start_index": start, "end_index": end, kind: { "file_id": file } })
}

/// Marks a completed message as incomplete. `reason` becomes the reason in `incomplete_details`.
pub(in crate::serve) fn mark_incomplete(message: &mut Message, reason: &str) {
    let time = message.member::<&Value>("completed_at").valid().cloned();
    message.set_status(MessageStatus::Incomplete);
    message.set("incomplete_details", json!({ "reason": reason }));
    message.set("incomplete_at", time);
    message.set("completed_at", Value::Null);
}

/// Appends a refusal to the content of a message. If the text of the message is empty, removes the text.
pub(in crate::serve) fn append_refusal(message: &mut Message, refusal: &str) {
    let refusal = json!({ "type": ContentType::Refusal.name(), "refusal": refusal });
    let mut content = message.content().or_default().values().to_vec();
    if message.text().is_empty() {
        content.clear();
    }
    content.push(refusal);
    message.set("content", content);
}

/// Returns a completed message with this content.
fn completed(id: &str, thread: &str, role: &str, content: Vec<Value>) -> Message {
    let now = ids::now();
    let mut message = Message::from_literal(json!({
        "id": id,
        "object": "thread.message",
        "created_at": now,
        "thread_id": thread,
        "status": MessageStatus::Completed.name(),
        "incomplete_details": null,
        "completed_at": now,
        "incomplete_at": null,
        "role": role,
        "content": null,
        "assistant_id": null,
        "run_id": null,
        "attachments": [],
        "metadata": {},
    }));
    message.set("content", content); // Moved, because `json!` would copy it.
    message
}

fn text_part(text: &str) -> Value {
    json!({ "type": ContentType::Text.name(), "text": { "value": text, "annotations": [] } })
}

/// Converts a content part of a request to the form in responses. A text becomes an object with annotations, and an
/// image gets the default `detail`.
fn stored_part(given: &Value) -> Value {
    let Some(part) = ContentPart::from_value_ref(given) else { return given.clone() };
    if part.kind().is(ContentType::Text) {
        return text_part(part.plain_text().unwrap_or_default());
    }
    let mut stored = given.clone();
    let image = part.kind().text().and_then(|kind| stored.get_mut(kind)).and_then(Value::as_object_mut);
    if let Some(image) = image
        && image.get("detail").is_none_or(Value::is_null)
    {
        image.insert("detail".to_owned(), "auto".into());
    }
    stored
}
