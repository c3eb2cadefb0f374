//! The `tool_resources` of assistants and threads: the files and vector stores that the tools may use
//! (docs/protocol/objects.md#tool-resources, docs/protocol/objects.md#attachments).
//!
//! In a request, the member `vector_stores` describes vector stores to create (helpers). Responses contain their IDs
//! instead.

use super::members::without_nulls;
use super::vector_store;
use crate::api::Kind;
use crate::api::objects::{Attachment, JsonObject, List, ToolResources, ToolType, VectorStore};
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::store::{Batch, NewObject, NewStoreFile, Store, Stored};
use serde_json::{Map, Value, json};

/// The number of days after which an unused vector store expires, if a helper of a thread or an attachment created it.
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
    changed: Vec<ChangedVectorStore>,
}

/// A vector store to create, with its files.
#[derive(Debug)]
struct NewVectorStore {
    store: VectorStore,
    files: Vec<NewStoreFile>,
}

/// A vector store to which files are added.
#[derive(Debug)]
struct ChangedVectorStore {
    store: Stored<VectorStore>,
    files: Vec<NewStoreFile>,
}

impl ResourceChanges {
    /// Checks that the files and vector stores in the `tool_resources` of a request exist, and prepares the vector
    /// stores that its helpers describe.
    ///
    /// # Errors
    /// Returns an error if an object does not exist.
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

    /// Adds each attached file of a message to the resources of the tools that its attachment lists.
    ///
    /// # Errors
    /// Returns an error if a file does not exist, or a vector store could not be read.
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

    /// Adds the new and changed vector stores to a batch. The batch fails if another request changes one of them first.
    ///
    /// # Errors
    /// Returns an error if the rows of the files could not be read.
    pub(in crate::serve) async fn commit(&self, rows: &Store, mut batch: Batch) -> Result<Batch, ErrorResponse> {
        for NewVectorStore { store, files } in &self.created {
            batch = batch.insert(&NewObject::top(store));
            let id = store.id().or_default();
            batch = files.iter().fold(batch, |batch, file| batch.attach_new(id, file, None));
        }
        for ChangedVectorStore { store, files } in &self.changed {
            batch = batch.unchanged(store).replace(store);
            batch = rows.attach(batch, &store.id, files, None).await?;
        }
        Ok(batch)
    }

    /// Prepares the vector stores that the member `vector_stores` describes, and replaces the member with their IDs.
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

    /// Adds a file to the vector store in the resources. If there is none, or if it has expired or was deleted,
    /// prepares a new vector store instead.
    async fn add_search_file(&mut self, store: &Store, file: &str) -> Result<(), ErrorResponse> {
        let first = self.resources.vector_store_ids().first().map(str::to_owned);
        let Some(id) = first else { return self.create_for_file(store, file).await };
        if let Some(created) = self.created.iter_mut().find(|created| created.id() == id) {
            add_file(&mut created.files, file);
            return Ok(());
        }
        if !self.changed.iter().any(|changed| changed.store.id == id) {
            match store.load::<VectorStore>("", &id).await? {
                Some(mut found) if !vector_store::is_expired(&found.object) => {
                    found.object.set("last_active_at", ids::now());
                    self.changed.push(ChangedVectorStore { store: found, files: Vec::new() });
                }
                _ => return self.create_for_file(store, file).await,
            }
        }
        if let Some(changed) = self.changed.iter_mut().find(|changed| changed.store.id == id) {
            add_file(&mut changed.files, file);
        }
        Ok(())
    }

    async fn create_for_file(&mut self, store: &Store, file: &str) -> Result<(), ErrorResponse> {
        let helper = Map::from_iter([("file_ids".to_owned(), json!([file]))]);
        let created = NewVectorStore::from_request(store, &helper, Some(HELPER_DAYS)).await?;
        self.resources.set("file_search", json!({ "vector_store_ids": [created.id()] }));
        self.created.push(created);
        Ok(())
    }
}

impl NewVectorStore {
    /// Prepares the vector store that `request` describes. After `days` days without use, it expires.
    async fn from_request(
        store: &Store,
        request: &Map<String, Value>,
        days: Option<i64>,
    ) -> Result<Self, ErrorResponse> {
        let mut files: Vec<NewStoreFile> = Vec::new();
        for file in texts(request.get("file_ids")) {
            require(store, Kind::File, &file).await?;
            add_file(&mut files, &file);
        }
        let chunking = Some(vector_store::chunking(request));
        files.iter_mut().for_each(|file| file.chunking = chunking);
        Ok(Self { store: vector_store::create(request, days), files })
    }

    fn id(&self) -> &str {
        self.store.id().or_default()
    }
}

/// Checks that an object exists.
///
/// # Errors
/// Returns an error if the object does not exist.
pub(in crate::serve) async fn require(store: &Store, kind: Kind, id: &str) -> Result<(), ErrorResponse> {
    if store.has(kind, "", id).await? { Ok(()) } else { Err(ErrorResponse::not_found(kind, id)) }
}

/// Returns the strings in a JSON array. Other elements are ignored.
fn texts(array: Option<&Value>) -> Vec<String> {
    array.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Adds a file, unless the list contains it.
fn add_file(files: &mut Vec<NewStoreFile>, file: &str) {
    if !files.iter().any(|known| known.file == file) {
        files.push(NewStoreFile::of(file));
    }
}
