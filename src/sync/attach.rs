//! Attaches files in batches, and waits until they are indexed.

use super::content::{Hash, hex};
use super::options::SyncOptions;
use super::source::SourceFile;
use super::store::{self, FileStatus, HASH, PATH, StoreFile, path_of};
use crate::api::paging::StoreFilePaging;
use crate::api::vector_stores::{CreateFileBatch, ListFileBatchFiles, OfFileBatch, OfVectorStore};
use crate::api::{Dialect, Nothing};
use crate::app::{App, Call};
use crate::client::{Payload, id_of};
use crate::exit::CallFailed;
use crate::indexing::{IndexingOptions, Target, wait_silently};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// The largest number of files in one batch (docs/protocol/vector_stores.md#endpoints).
pub(super) const LARGEST_BATCH: usize = 2_000;

/// The number of files in a batch if the server refuses a larger batch (docs/protocol/vector_stores.md#field-reports).
const SMALL_BATCH: usize = 100;

/// A file to attach.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Attachment {
    /// The position of the file in the source.
    pub(super) position: usize,
    pub(super) id: String,
    /// The hash of the uploaded content, which may be newer than the scanned content.
    pub(super) hash: Hash,
}

/// A batch in progress.
#[derive(Debug)]
pub(super) struct FileBatch {
    path: OfFileBatch,
    pub(super) files: Vec<Attachment>,
}

/// The failure of one file of a batch.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct IndexingFailure {
    pub(super) status: FileStatus,
    pub(super) reason: String,
}

/// The outcome of a batch.
pub(super) struct BatchResult {
    pub(super) files: Vec<Attachment>,
    /// The files that were not indexed, by ID.
    pub(super) failures: BTreeMap<String, IndexingFailure>,
    /// The error that ended the wait early. The files are still being indexed.
    pub(super) error: Option<anyhow::Error>,
}

/// Attaches files. Returns one batch, or several if the server accepts only small batches.
///
/// # Errors
/// Returns an error if the server refuses the files.
pub(super) async fn attach(
    app: &App,
    options: &SyncOptions,
    files: Vec<Attachment>,
    source: &[SourceFile],
) -> Result<Vec<FileBatch>> {
    match create(app, options, &files, source).await {
        Ok(path) => return Ok(vec![FileBatch { path, files }]),
        Err(error) if files.len() > SMALL_BATCH && is_too_long(&error) => {}
        Err(error) => return Err(error),
    }
    let mut batches = Vec::new();
    for chunk in files.chunks(SMALL_BATCH) {
        let path = create(app, options, chunk, source).await?;
        batches.push(FileBatch { path, files: chunk.to_vec() });
    }
    Ok(batches)
}

async fn create(app: &App, options: &SyncOptions, files: &[Attachment], source: &[SourceFile]) -> Result<OfFileBatch> {
    // To attach a file twice has no further effect, so the request may be repeated.
    let response = app.call(request(app, options, files, source).repeatable()).await?;
    let id = id_of(&response.value).context("the response has no ID")?;
    path_of(&[options.store.vector_store_id.as_str(), &id])
}

/// Returns the request that attaches files.
pub(super) fn request(app: &App, options: &SyncOptions, files: &[Attachment], source: &[SourceFile]) -> Call {
    let mut body = Map::new();
    if has_attributes(app) {
        let files = files.iter().map(|file| described(file, options, source));
        body.insert("files".to_owned(), files.collect());
    } else {
        let ids = files.iter().map(|file| Value::from(file.id.as_str()));
        body.insert("file_ids".to_owned(), ids.collect());
        body.extend(options.chunking.clone().map(|chunking| ("chunking_strategy".to_owned(), chunking)));
    }
    Call::of::<CreateFileBatch>(&options.store, &Nothing {}, Payload::Json(body))
}

fn described(file: &Attachment, options: &SyncOptions, source: &[SourceFile]) -> Value {
    let attributes = source.get(file.position).map(|source| attributes(options, &source.path, &file.hash));
    let mut object = json!({ "file_id": file.id, "attributes": attributes });
    if let Some(chunking) = &options.chunking {
        object["chunking_strategy"] = chunking.clone();
    }
    object
}

/// Returns the attributes of a file.
pub(super) fn attributes(options: &SyncOptions, path: &str, hash: &Hash) -> Map<String, Value> {
    let mut attributes: Map<String, Value> = options.attributes.iter().cloned().collect();
    attributes.insert(PATH.to_owned(), path.into());
    attributes.insert(HASH.to_owned(), hex(hash).into());
    attributes
}

/// Returns `true` if the backend stores attributes of the files in a vector store
/// (docs/protocol/vector_stores.md#field-reports).
pub(super) fn has_attributes(app: &App) -> bool {
    !app.profile().is_ok_and(|profile| profile.backend.dialect() == Dialect::Foundry)
}

fn is_too_long(error: &anyhow::Error) -> bool {
    let refused = error.downcast_ref::<CallFailed>().and_then(|failed| failed.source.api_error());
    refused.is_some_and(|refused| refused.code.as_deref() == Some("array_above_max_length"))
}

impl FileBatch {
    /// Waits until the files are indexed.
    ///
    /// # Errors
    /// Returns an error if the files that were not indexed cannot be listed.
    pub(super) async fn finish(self, app: &App, options: IndexingOptions) -> Result<BatchResult> {
        let (object, waited) = wait_silently(app, &Target::Batch(self.path.clone()), options).await;
        if let Err(error) = waited {
            return Ok(BatchResult { files: self.files, failures: BTreeMap::new(), error: Some(error) });
        }
        let mut failures = BTreeMap::new();
        for status in ["failed", "cancelled"] {
            let count = object["file_counts"][status].as_u64().unwrap_or_default();
            let ended_so = object["status"].as_str() == Some(status);
            if count > 0 || ended_so {
                self.add_failures(app, status, &mut failures).await?;
            }
        }
        let completed = object["file_counts"]["completed"].as_u64().unwrap_or_default();
        if completed < self.files.len().saturating_sub(failures.len()) as u64 {
            self.add_unindexed(app, &mut failures).await?;
        }
        Ok(BatchResult { files: self.files, failures, error: None })
    }

    /// Adds the files that the vector store does not list as indexed. The list of failures of a batch may be out of
    /// date, and the counts of a batch may lack files that were attached before.
    async fn add_unindexed(&self, app: &App, failures: &mut BTreeMap<String, IndexingFailure>) -> Result<()> {
        let path: OfVectorStore = path_of(&[self.path.vector_store_id.as_str()])?;
        let listed = store::list(app, &path, &[]).await?;
        let statuses: BTreeMap<&str, FileStatus> = listed.iter().map(|file| (file.id.as_str(), file.status)).collect();
        for file in self.files.iter().filter(|file| !failures.contains_key(&file.id)).collect::<Vec<_>>() {
            let (status, reason) = match statuses.get(file.id.as_str()) {
                Some(FileStatus::Completed) => continue,
                Some(FileStatus::Pending) => (FileStatus::Pending, "indexing is still in progress"),
                Some(status) => (*status, "indexing failed"),
                None => (FileStatus::Pending, "the vector store does not list it"),
            };
            failures.insert(file.id.clone(), IndexingFailure { status, reason: reason.to_owned() });
        }
        Ok(())
    }

    async fn add_failures(
        &self,
        app: &App,
        status: &str,
        failures: &mut BTreeMap<String, IndexingFailure>,
    ) -> Result<()> {
        let query = StoreFilePaging { filter: Some(status.to_owned()), ..StoreFilePaging::default() };
        let mut pages = app.pages(Call::of::<ListFileBatchFiles>(&self.path, &query, Payload::None), None)?;
        while let Some(page) = pages.next().await? {
            for value in &page {
                let Some(file) = StoreFile::of(value, &[]) else { continue };
                // A server may ignore the filter.
                if matches!(file.status, FileStatus::Completed | FileStatus::Pending) {
                    continue;
                }
                let text = |member: &str| value["last_error"][member].as_str().filter(|text| !text.is_empty());
                let reason = match (text("code"), text("message")) {
                    (Some(code), Some(message)) => format!("{code}: {message}"),
                    (Some(one), None) | (None, Some(one)) => one.to_owned(),
                    (None, None) => format!("indexing has the status {status}"),
                };
                failures.insert(file.id, IndexingFailure { status: file.status, reason });
            }
        }
        Ok(())
    }
}
