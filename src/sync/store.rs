//! Reads the files of a vector store.

use super::content::{Hash, parse_hex};
use crate::api::objects::{IndexingStatus, JsonObject, VectorStore, VectorStoreFile, VectorStoreStatus};
use crate::api::paging::{Order, Paging, StoreFilePaging};
use crate::api::vector_stores::{GetVectorStore, ListVectorStoreFiles, OfVectorStore};
use crate::api::{Nothing, PathArgs};
use crate::app::{App, Call};
use crate::client::Payload;
use crate::exit::{FAILED, Failure};
use anyhow::Result;
use serde_json::Value;

/// The attributes that contain the identity of a file: its path, and the SHA-256 of its content.
pub(super) const PATH: &str = "asst_path";
pub(super) const HASH: &str = "asst_sha256";

/// Returns `true` if the attributes of a file in a vector store contain the identity that a sync sets.
pub fn is_synced(attributes: &Value) -> bool {
    [PATH, HASH].iter().all(|name| attributes[name].is_string())
}

/// Codes of errors that occur again until the content changes (docs/protocol/vector_stores.md#objects).
const PERMANENT: [&str; 2] = ["unsupported_file", "invalid_file"];

/// The identity of a file: its path and its content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    pub(super) path: String,
    pub(super) hash: Hash,
}

/// The state of the indexing of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FileStatus {
    Completed,
    /// In progress, or an unknown status. The file counts as present.
    Pending,
    /// Failed for a temporary reason, or cancelled.
    Failed,
    /// Failed because of its content.
    Unusable,
}

/// A file in a vector store.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct StoreFile {
    pub(super) id: String,
    /// `None` for a file that no sync added.
    pub(super) identity: Option<Identity>,
    pub(super) status: FileStatus,
    pub(super) created_at: i64,
    /// `false` if an attribute of the options is absent or has another value.
    pub(super) has_attributes: bool,
}

impl StoreFile {
    /// Reads a file from its JSON. Returns `None` without an ID.
    pub(super) fn of(value: &Value, attributes: &[(String, Value)]) -> Option<Self> {
        let file = VectorStoreFile::from_value_ref(value)?;
        let own = file.attributes().valid();
        let text = |name: &str| own.and_then(|own| own.get(name)?.as_str());
        // A file with a damaged hash still belongs to a sync. The hash equals no content, so the file is replaced.
        let identity = text(PATH).zip(text(HASH).map(|hash| parse_hex(hash).unwrap_or_default()));
        Some(Self {
            id: file.id().valid().filter(|id| !id.is_empty())?.to_owned(),
            identity: identity.map(|(path, hash)| Identity { path: path.to_owned(), hash }),
            status: FileStatus::of(file),
            created_at: file.created_at().valid().map_or(0, |time| time as i64),
            has_attributes: attributes.iter().all(|(name, value)| own.and_then(|own| own.get(name)) == Some(value)),
        })
    }
}

impl FileStatus {
    fn of(file: &VectorStoreFile) -> Self {
        let code = file.last_error().valid().and_then(|error| error.code().valid());
        match file.status().known() {
            Some(IndexingStatus::Completed) => Self::Completed,
            Some(IndexingStatus::Failed) if code.is_some_and(|code| PERMANENT.contains(&code)) => Self::Unusable,
            Some(IndexingStatus::Failed | IndexingStatus::Cancelled) => Self::Failed,
            Some(IndexingStatus::InProgress) | None => Self::Pending,
        }
    }
}

/// Returns the number of files that a vector store reports.
///
/// # Errors
/// Returns an error if the vector store cannot be read, or if it has expired.
pub(super) async fn reported_count(app: &App, path: &OfVectorStore) -> Result<Option<u64>> {
    let response = app.call(Call::of::<GetVectorStore>(path, &Nothing {}, Payload::None)).await?;
    let Some(store) = VectorStore::from_value_ref(&response.value) else { return Ok(None) };
    if store.status().is(VectorStoreStatus::Expired) {
        let message = format!("vector store {} has expired; files cannot be added", path.vector_store_id.as_str());
        let hint = "create another vector store, and sync into that one";
        return Err(Failure::new(FAILED, message).hinted(hint).into());
    }
    let total = store.file_counts().valid().and_then(|counts| counts.total().valid());
    Ok(total.and_then(|total| u64::try_from(total).ok()))
}

/// Lists all files of a vector store.
///
/// # Errors
/// Returns an error if the list cannot be read, or may be incomplete. A file that is missing in it would be added
/// twice.
pub(super) async fn list(app: &App, path: &OfVectorStore, attributes: &[(String, Value)]) -> Result<Vec<StoreFile>> {
    let call = Call::of::<ListVectorStoreFiles>(path, &StoreFilePaging::default(), Payload::None);
    let mut pages = app.pages(call, None)?.proving();
    let mut files = Vec::new();
    while let Some(page) = pages.next().await? {
        files.extend(page.iter().filter_map(|value| StoreFile::of(value, attributes)));
    }
    match pages.complete() {
        Ok(()) => Ok(files),
        Err(reason) => {
            let store = path.vector_store_id.as_str();
            let message = format!("the list of the files of {store} may be incomplete: {reason}");
            let hint =
                "nothing was changed, because a sync with an incomplete list adds files twice; run the command again";
            Err(Failure::new(FAILED, message).hinted(hint).into())
        }
    }
}

/// Lists the files that were added to a vector store since a time, newest first.
pub(super) async fn list_since(
    app: &App,
    path: &OfVectorStore,
    attributes: &[(String, Value)],
    since: i64,
) -> Result<Vec<StoreFile>> {
    let paging = Paging { order: Some(Order::Desc), ..Paging::default() };
    let query = StoreFilePaging { paging, ..StoreFilePaging::default() };
    let mut pages = app.pages(Call::of::<ListVectorStoreFiles>(path, &query, Payload::None), None)?;
    let mut files: Vec<StoreFile> = Vec::new();
    while let Some(page) = pages.next().await? {
        files.extend(page.iter().filter_map(|value| StoreFile::of(value, attributes)));
        if files.last().is_some_and(|last| last.created_at < since) {
            break;
        }
    }
    files.retain(|file| file.created_at >= since);
    Ok(files)
}

/// Returns the path arguments of a request from IDs in responses.
///
/// # Errors
/// Returns an error if the backend sent an ID that cannot be part of a path.
pub(super) fn path_of<P: PathArgs>(ids: &[&str]) -> Result<P> {
    P::from_texts(ids).map_err(|error| anyhow::anyhow!("the response has an invalid ID: {error}"))
}
