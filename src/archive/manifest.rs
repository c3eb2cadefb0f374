//! The types of `manifest.json`, which lists the contents of an archive.

use super::container::Container;
use crate::api::Kind;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format version of the manifest. Other versions are rejected.
pub(super) const FORMAT: u32 = 1;

/// The length of a file in the archive, and its SHA-256 in hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileDigest {
    pub bytes: u64,
    pub sha256: String,
}

/// A position in a JSON Lines file.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinePosition {
    /// The number of bytes before the position.
    pub bytes: u64,
    /// The number of lines before the position.
    pub count: u64,
    /// The ID of the last object before the position.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// The extent of a JSON Lines file: its end, and the end of its final objects.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinesState {
    #[serde(rename = "whole")]
    pub end: LinePosition,
    /// The position after which the objects could still change and must be fetched again. `None` if all of them are
    /// final.
    #[serde(rename = "settled", default, skip_serializing_if = "Option::is_none")]
    pub final_end: Option<LinePosition>,
    /// `true` if the server did not send the list in order of creation. New objects may then be anywhere in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unordered: bool,
}

impl LinesState {
    /// Returns the position after which objects must be fetched again.
    pub fn final_end(&self) -> &LinePosition {
        self.final_end.as_ref().unwrap_or(&self.end)
    }
}

/// The extent of a thread's files when its export was interrupted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadProgress {
    pub runs: LinesState,
    pub steps: LinesState,
    pub messages: LinesState,
}

/// A thread that was exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadEntry {
    /// The time at which the thread was last fetched.
    pub exported_at: String,
    /// The time at which the backend first reported that the thread no longer exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<String>,
    pub messages: LinesState,
    pub runs: LinesState,
    pub steps: LinesState,
    /// The files of the thread, by their names.
    pub parts: BTreeMap<String, FileDigest>,
}

/// An object with a list that was exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContainerEntry {
    /// The time at which the object was last fetched.
    pub exported_at: String,
    /// The time at which the backend first reported that the object no longer exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<String>,
    pub items: LinesState,
    /// The files of the object, by their names.
    pub parts: BTreeMap<String, FileDigest>,
}

/// The outcome of the download of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    Saved,
    /// The backend does not allow the download of files with this purpose.
    NotDownloadable,
    /// The file no longer exists on the backend.
    Gone,
}

/// A file to which objects in the archive refer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    pub state: FileState,
    /// The reason why the content is not in the archive, in the words of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub exported_at: String,
    /// The object and the content of the file, by the names of their files.
    pub parts: BTreeMap<String, FileDigest>,
}

/// A complete list of the backend's objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    pub exported_at: String,
    pub count: u64,
    #[serde(flatten)]
    pub digest: FileDigest,
}

/// An object or a list that could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchFailure {
    /// `thread`, `file`, `vector_store`, `conversation`, or the name of a list.
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub reason: String,
    pub exit_code: u8,
    /// The time of the failure.
    pub at: String,
}

impl FetchFailure {
    /// Returns the key of this failure in the manifest.
    pub fn key(&self) -> String {
        failure_key(&self.kind, self.id.as_deref())
    }
}

/// Returns the key of a failure in the manifest: `KIND/ID` of an object, or the name of a list.
pub(super) fn failure_key(kind: &str, id: Option<&str>) -> String {
    id.map_or_else(|| kind.to_owned(), |id| format!("{kind}/{id}"))
}

/// The manifest of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArchiveManifest {
    pub format: u32,
    /// The version of asst that wrote the manifest last.
    pub asst: String,
    /// The origin of all IDs in the archive.
    pub origin: String,
    /// The time at which the archive was created.
    pub begun_at: String,
    /// The time at which the last export into this archive was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    #[serde(default)]
    pub lists: BTreeMap<String, ListEntry>,
    #[serde(default)]
    pub threads: BTreeMap<String, ThreadEntry>,
    #[serde(default)]
    pub files: BTreeMap<String, FileEntry>,
    #[serde(default)]
    pub vector_stores: BTreeMap<String, ContainerEntry>,
    #[serde(default)]
    pub conversations: BTreeMap<String, ContainerEntry>,
    /// The objects and lists that could not be fetched, with the reasons.
    #[serde(default)]
    pub failed: BTreeMap<String, FetchFailure>,
}

impl ArchiveManifest {
    /// Returns the exported objects of a kind with a list of items, by their IDs.
    pub fn containers(&self, container: Container) -> &BTreeMap<String, ContainerEntry> {
        match container {
            Container::VectorStore => &self.vector_stores,
            Container::Conversation => &self.conversations,
        }
    }

    /// Returns the failures of objects of a kind.
    pub fn failures(&self, kind: Kind) -> impl Iterator<Item = &FetchFailure> {
        self.failed.values().filter(move |failure| failure.kind == kind.name())
    }

    pub(super) fn containers_mut(&mut self, container: Container) -> &mut BTreeMap<String, ContainerEntry> {
        match container {
            Container::VectorStore => &mut self.vector_stores,
            Container::Conversation => &mut self.conversations,
        }
    }
}
