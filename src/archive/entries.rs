//! The contents of the manifest, as plain values.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The format version of the manifest. A newer version is rejected.
pub(super) const FORMAT: u32 = 1;

/// The length of a file in the archive, and its SHA-256 in hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub bytes: u64,
    pub sha256: String,
}

/// A position in a JSON Lines file: the number of bytes and lines before it, and the ID of the last object before it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub bytes: u64,
    pub count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// The state of a JSON Lines file: its length, and how much of it is final.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    pub whole: Mark,
    /// The position after which the objects were still changing and must be fetched again. `None` if all of them are
    /// final.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Mark>,
    /// `true` if the server did not send the list in order of creation. New objects may then be anywhere in it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unordered: bool,
}

impl Stream {
    /// Returns the position after which objects must be fetched again.
    pub fn settled(&self) -> &Mark {
        self.settled.as_ref().unwrap_or(&self.whole)
    }
}

/// The state of a thread's files when its export was interrupted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub runs: Stream,
    pub steps: Stream,
    pub messages: Stream,
}

/// A thread that was exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadEntry {
    /// When the thread was last fetched.
    pub exported_at: String,
    /// When the backend first reported that the thread no longer exists.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<String>,
    pub messages: Stream,
    pub runs: Stream,
    pub steps: Stream,
    pub parts: BTreeMap<String, Part>,
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
    /// Why the content is not in the archive, in the words of the server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub exported_at: String,
    pub parts: BTreeMap<String, Part>,
}

/// A complete list of the backend's objects of one kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    pub exported_at: String,
    pub count: u64,
    #[serde(flatten)]
    pub part: Part,
}

/// An object or a list that could not be fetched.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// `thread`, `file`, or the name of a list.
    pub kind: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    pub reason: String,
    pub exit_code: u8,
    pub at: String,
}

impl Failure {
    /// Returns the key of this failure in the manifest.
    pub fn key(&self) -> String {
        key(&self.kind, self.id.as_deref())
    }
}

/// Returns the key in the manifest of a failure to fetch an object.
pub(super) fn key(kind: &str, id: Option<&str>) -> String {
    id.map_or_else(|| kind.to_owned(), |id| format!("{kind}/{id}"))
}

/// The manifest of an archive.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version of asst that wrote the manifest last.
    pub asst: String,
    /// The origin of all IDs in the archive.
    pub origin: String,
    pub begun_at: String,
    /// When the last export into this archive was completed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    #[serde(default)]
    pub lists: BTreeMap<String, ListEntry>,
    #[serde(default)]
    pub threads: BTreeMap<String, ThreadEntry>,
    #[serde(default)]
    pub files: BTreeMap<String, FileEntry>,
    /// The objects that could not be fetched, with the reasons.
    #[serde(default)]
    pub failed: BTreeMap<String, Failure>,
}
