//! Resources of tools: files and vector stores that assistants, threads, and attachments refer to
//! (docs/protocol/objects.md#tool-resources, docs/protocol/objects.md#attachments).
//!
//! The helper member `vector_stores` of a request creates a vector store and does not appear in responses.

use super::members::{metadata_of, without_nulls};
use crate::api::Kind;
use crate::api::objects::{
    Attachment, JsonObject, List, OpenEnum, ToolResources, ToolType, VectorStore, VectorStoreStatus,
};
use crate::json;
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::store::{Batch, NewObject, Store, Stored};
use serde_json::{Map, Value, json};

/// The number of days after its last use for which a vector store lives that a thread's helper or an attachment
/// created.
const HELPER_DAYS: i64 = 7;

/// The object that owns the resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::serve) enum ResourceOwner {
    Assistant,
    Thread,
}

/// The resources of an object, with the vector stores to create or change for them.
#[derive(Debug, Default)]
pub(in crate::serve) struct ResourceChanges {
    resources: ToolResources,
    created: Vec<NewVectorStore>,
    changed: Vec<Stored<VectorStore>>,
}

#[derive(Debug)]
struct NewVectorStore {
    store: VectorStore,
    files: Vec<String>,
}

impl ResourceChanges {
    /// Checks the objects that the `tool_resources` of a request refer to, and prepares the vector stores that they
    /// ask for.
    ///
    /// # Errors
    /// If an object does not exist.
    pub(in crate::serve) async fn of(
        store: &Store,
        given: Option<&Value>,
        owner: ResourceOwner,
    ) -> Result<Self, ErrorResponse> {
        let mut changes = Self {
            resources: ToolResources::from_map(given.and_then(Value::as_object).map(without_nulls).unwrap_or_default()),
            ..Self::default()
        };
        for id in changes.resources.file_ids().valid() {
            require(store, Kind::File, id).await?;
        }
        for id in changes.resources.vector_store_ids().valid() {
            require(store, Kind::VectorStore, id).await?;
        }
        changes.create_requested(store, owner).await?;
        Ok(changes)
    }

    /// Returns existing resources as a starting point for changes.
    pub(in crate::serve) fn existing(resources: Option<&ToolResources>) -> Self {
        Self { resources: resources.cloned().unwrap_or_default(), ..Self::default() }
    }

    /// Returns the stored form of the resources.
    pub(in crate::serve) fn resources(&self) -> &ToolResources {
        &self.resources
    }

    /// Adds the files of a message's attachments to the resources of their tools.
    ///
    /// # Errors
    /// If a file does not exist, or a vector store could not be read.
    pub(in crate::serve) async fn attach(
        &mut self,
        store: &Store,
        attachments: List<'_, &Attachment>,
    ) -> Result<(), ErrorResponse> {
        for attachment in attachments.valid() {
            let file = attachment.file_id().or_default();
            for tool in attachment.tools().or_default().valid() {
                match tool.kind().known() {
                    Some(ToolType::CodeInterpreter) => self.add_code_file(file),
                    Some(ToolType::FileSearch) => self.add_search_file(store, file).await?,
                    Some(ToolType::Function) | None => {}
                }
            }
        }
        Ok(())
    }

    /// Adds the new and changed vector stores to a batch. The batch fails if another change comes first.
    pub(in crate::serve) fn commit(&self, mut batch: Batch) -> Batch {
        for NewVectorStore { store, files } in &self.created {
            // The files are not part of the object. The label contains them for later searches.
            let label = json!(files).to_string();
            batch = batch.insert(&NewObject { label: Some(&label), ..NewObject::top(store) });
        }
        for stored in &self.changed {
            batch = batch.unchanged(stored).replace(stored);
            batch = batch.replace_label(&stored.id, stored.label.as_deref().unwrap_or("[]"));
        }
        batch
    }

    /// Creates the vector stores that the helper member `vector_stores` describes, and replaces it with their IDs.
    async fn create_requested(&mut self, store: &Store, owner: ResourceOwner) -> Result<(), ErrorResponse> {
        let resources = self.resources.as_map_mut();
        let Some(search) = resources.get_mut("file_search").and_then(Value::as_object_mut) else { return Ok(()) };
        let Some(helpers) = search.shift_remove("vector_stores") else { return Ok(()) };
        if search.contains_key("vector_store_ids") {
            let message = "Only one of 'vector_store_ids' and 'vector_stores' can be given.";
            return Err(ErrorResponse::bad_request(message).param("tool_resources.file_search"));
        }
        let mut ids = Vec::new();
        for helper in helpers.as_array().into_iter().flatten().filter_map(Value::as_object) {
            let days = (owner == ResourceOwner::Thread).then_some(HELPER_DAYS);
            let created = NewVectorStore::from_request(store, helper, days).await?;
            ids.push(Value::from(created.id()));
            self.created.push(created);
        }
        search.insert("vector_store_ids".to_owned(), ids.into());
        Ok(())
    }

    fn add_code_file(&mut self, file: &str) {
        let mut files: Vec<&str> = self.resources.file_ids().valid().collect();
        if !files.contains(&file) {
            files.push(file);
            let files = json!(files);
            let mut code = self.resources.code_interpreter().valid().cloned().unwrap_or_default();
            code.set("file_ids", files);
            self.resources.set("code_interpreter", code);
        }
    }

    /// Adds a file to the vector store of the resources. Creates a missing vector store.
    async fn add_search_file(&mut self, store: &Store, file: &str) -> Result<(), ErrorResponse> {
        let first = self.resources.vector_store_ids().first().map(str::to_owned);
        let Some(id) = first else {
            let helper = Map::from_iter([("file_ids".to_owned(), json!([file]))]);
            let created = NewVectorStore::from_request(store, &helper, Some(HELPER_DAYS)).await?;
            self.resources.set("file_search", json!({ "vector_store_ids": [created.id()] }));
            self.created.push(created);
            return Ok(());
        };
        if let Some(NewVectorStore { store, files }) = self.created.iter_mut().find(|created| created.id() == id) {
            add_file(store, files, file);
            return Ok(());
        }
        if !self.changed.iter().any(|changed| changed.id == id) {
            match store.load("", &id).await? {
                Some(found) => self.changed.push(found),
                None => return Ok(()), // The vector store was deleted, but the thread still refers to it.
            }
        }
        if let Some(changed) = self.changed.iter_mut().find(|changed| changed.id == id) {
            let files = changed.label.as_deref().and_then(|text| json::closed(text).ok());
            let mut files: Vec<String> = files.unwrap_or_default();
            add_file(&mut changed.object, &mut files, file);
            changed.label = Some(json!(files).to_string());
        }
        Ok(())
    }
}

impl NewVectorStore {
    /// Builds a vector store. `days` is the number of days after its last use for which it lives.
    async fn from_request(
        store: &Store,
        request: &Map<String, Value>,
        days: Option<i64>,
    ) -> Result<Self, ErrorResponse> {
        let mut files = Vec::new();
        for file in texts(request.get("file_ids")) {
            require(store, Kind::File, &file).await?;
            push(&mut files, &file);
        }
        let now = ids::now();
        let mut store = VectorStore::from_literal(json!({
            "id": ids::new(Kind::VectorStore),
            "object": "vector_store",
            "created_at": now,
            "name": null,
            "usage_bytes": 0,
            "file_counts": file_counts(files.len()),
            "status": VectorStoreStatus::Completed.name(),
            "expires_after": null,
            "expires_at": null,
            "last_active_at": now,
            "metadata": metadata_of(request),
        }));
        if let Some(days) = days {
            store.set("expires_after", json!({ "anchor": "last_active_at", "days": days }));
            store.set("expires_at", now + days * 86_400);
        }
        Ok(Self { store, files })
    }

    fn id(&self) -> &str {
        self.store.id().or_default()
    }
}

/// Checks that an object exists.
///
/// # Errors
/// If the object does not exist.
pub(in crate::serve) async fn require(store: &Store, kind: Kind, id: &str) -> Result<(), ErrorResponse> {
    if store.has(kind, "", id).await? { Ok(()) } else { Err(ErrorResponse::not_found(kind, id)) }
}

/// Returns the texts of an array.
fn texts(array: Option<&Value>) -> Vec<String> {
    array.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Adds a text, unless the list contains it.
fn push(texts: &mut Vec<String>, text: &str) {
    if !texts.iter().any(|known| known == text) {
        texts.push(text.to_owned());
    }
}

fn add_file(store: &mut VectorStore, files: &mut Vec<String>, file: &str) {
    push(files, file);
    store.set("file_counts", file_counts(files.len()));
    store.set("last_active_at", ids::now());
}

fn file_counts(files: usize) -> Value {
    json!({ "in_progress": 0, "completed": files, "failed": 0, "cancelled": 0, "total": files })
}
