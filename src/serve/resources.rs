//! Resources of tools: files and vector stores that assistants, threads and attachments refer to
//! (docs/protocol/objects.md#tool-resources, docs/protocol/objects.md#attachments).
//!
//! The helper member `vector_stores` of a request creates a vector store and does not appear in responses.

use super::error::Refused;
use super::ids;
use super::store::{Batch, New, Store, Stored};
use crate::api::Kind;
use crate::json;
use serde_json::{Map, Value, json};

/// The number of days after its last use for which a vector store lives that a thread's helper or an attachment
/// created.
const HELPER_DAYS: i64 = 7;

/// The object that owns the resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Owner {
    Assistant,
    Thread,
}

/// The stored form of resources, with the vector stores to create or change for them.
#[derive(Debug, Default)]
pub(super) struct Resources {
    pub(super) value: Value,
    made: Vec<NewStore>,
    changed: Vec<Stored>,
}

#[derive(Debug)]
struct NewStore {
    id: String,
    doc: Value,
    files: Value,
}

impl Resources {
    /// Checks the objects that a request refers to, and prepares the vector stores that it asks for.
    pub(super) async fn of(store: &Store, given: Option<&Value>, owner: Owner) -> Result<Self, Refused> {
        let mut resources = Self { value: given.map_or(json!({}), without_nulls), ..Self::default() };
        for id in texts(&resources.value["code_interpreter"]["file_ids"]) {
            require(store, Kind::File, id).await?;
        }
        for id in texts(&resources.value["file_search"]["vector_store_ids"]) {
            require(store, Kind::VectorStore, id).await?;
        }
        let Some(search) = resources.value.get_mut("file_search").and_then(Value::as_object_mut) else {
            return Ok(resources);
        };
        let Some(helper) = search.shift_remove("vector_stores") else { return Ok(resources) };
        if search.contains_key("vector_store_ids") {
            let message = "Only one of 'vector_store_ids' and 'vector_stores' can be given.";
            return Err(Refused::bad(message).param("tool_resources.file_search"));
        }
        let mut ids = Vec::new();
        for wanted in helper.as_array().into_iter().flatten() {
            let days = (owner == Owner::Thread).then_some(HELPER_DAYS);
            let made = new_store(store, wanted, days).await?;
            ids.push(Value::from(made.id.as_str()));
            resources.made.push(made);
        }
        search.insert("vector_store_ids".to_owned(), ids.into());
        Ok(resources)
    }

    /// Returns existing resources as a starting point for changes.
    pub(super) fn existing(value: Value) -> Self {
        Self { value: if value.is_null() { json!({}) } else { value }, ..Self::default() }
    }

    /// Adds the files of a message's attachments to the resources of their tools.
    pub(super) async fn attach(&mut self, store: &Store, attachments: &Value) -> Result<(), Refused> {
        for attachment in attachments.as_array().into_iter().flatten() {
            let file = attachment["file_id"].as_str().unwrap_or_default();
            for tool in attachment["tools"].as_array().into_iter().flatten() {
                match tool["type"].as_str() {
                    Some("code_interpreter") => push(&mut self.value["code_interpreter"]["file_ids"], file),
                    Some("file_search") => self.search(store, file).await?,
                    _ => {}
                }
            }
        }
        Ok(())
    }

    /// Adds the new and changed vector stores to a batch. The batch fails if another change comes first.
    pub(super) fn commit(&self, mut batch: Batch) -> Batch {
        for NewStore { id, doc, files } in &self.made {
            let files = files.to_string();
            // The files are not part of the document. The label holds them for later searches.
            batch = batch.insert(New { label: Some(&files), ..New::top(Kind::VectorStore, id, doc) });
        }
        for stored in &self.changed {
            batch = batch.unchanged(&stored.id, stored.version).replace(&stored.id, &stored.doc);
            batch = batch.relabel(&stored.id, stored.label.as_deref().unwrap_or("[]"));
        }
        batch
    }

    async fn search(&mut self, store: &Store, file: &str) -> Result<(), Refused> {
        let first = self.value["file_search"]["vector_store_ids"][0].as_str().map(str::to_owned);
        let Some(id) = first else {
            let made = new_store(store, &json!({ "file_ids": [file] }), Some(HELPER_DAYS)).await?;
            self.value["file_search"] = json!({ "vector_store_ids": [made.id] });
            self.made.push(made);
            return Ok(());
        };
        if let Some(NewStore { doc, files, .. }) = self.made.iter_mut().find(|made| made.id == id) {
            if let Some(doc) = doc.as_object_mut() {
                add_file(doc, files, file);
            }
            return Ok(());
        }
        if !self.changed.iter().any(|changed| changed.id == id) {
            match store.load(Kind::VectorStore, "", &id).await? {
                Some(found) => self.changed.push(found),
                None => return Ok(()), // The store was deleted, but the thread still refers to it.
            }
        }
        if let Some(changed) = self.changed.iter_mut().find(|changed| changed.id == id) {
            let mut files = changed.label.as_deref().and_then(|text| json::stored(text).ok()).unwrap_or_default();
            add_file(&mut changed.doc, &mut files, file);
            changed.label = Some(files.to_string());
        }
        Ok(())
    }
}

/// Checks that an object exists.
///
/// # Errors
/// If the object does not exist.
pub(super) async fn require(store: &Store, kind: Kind, id: &str) -> Result<(), Refused> {
    if store.has(kind, "", id).await? { Ok(()) } else { Err(Refused::missing(kind, id)) }
}

fn texts(value: &Value) -> impl Iterator<Item = &str> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str)
}

/// Adds a text to an array, unless the array contains it. Creates a missing array.
fn push(array: &mut Value, text: &str) {
    if !array.is_array() {
        *array = json!([]);
    }
    if let Some(items) = array.as_array_mut()
        && !items.iter().any(|item| item == text)
    {
        items.push(text.into());
    }
}

/// Returns resources without members that are null.
pub(super) fn without_nulls(given: &Value) -> Value {
    let mut value = if given.is_object() { given.clone() } else { json!({}) };
    if let Some(resources) = value.as_object_mut() {
        resources.retain(|_, resource| !resource.is_null());
        for resource in resources.values_mut().filter_map(Value::as_object_mut) {
            resource.retain(|_, value| !value.is_null());
        }
    }
    value
}

fn add_file(doc: &mut Map<String, Value>, files: &mut Value, file: &str) {
    push(files, file);
    let count = files.as_array().map_or(0, Vec::len);
    doc.insert("file_counts".to_owned(), counts(count));
    doc.insert("last_active_at".to_owned(), ids::now().into());
}

fn counts(files: usize) -> Value {
    json!({ "in_progress": 0, "completed": files, "failed": 0, "cancelled": 0, "total": files })
}

async fn new_store(store: &Store, wanted: &Value, days: Option<i64>) -> Result<NewStore, Refused> {
    let mut files = json!([]);
    for file in texts(&wanted["file_ids"]) {
        require(store, Kind::File, file).await?;
        push(&mut files, file);
    }
    let (id, now) = (ids::new(Kind::VectorStore), ids::now());
    let metadata = wanted.get("metadata").filter(|metadata| metadata.is_object());
    let mut doc = json!({
        "id": id,
        "object": "vector_store",
        "created_at": now,
        "name": null,
        "usage_bytes": 0,
        "file_counts": counts(files.as_array().map_or(0, Vec::len)),
        "status": "completed",
        "expires_after": null,
        "expires_at": null,
        "last_active_at": now,
        "metadata": metadata.cloned().unwrap_or(json!({})),
    });
    if let Some(days) = days {
        doc["expires_after"] = json!({ "anchor": "last_active_at", "days": days });
        doc["expires_at"] = (now + days * 86_400).into();
    }
    Ok(NewStore { id, doc, files })
}
