//! What the manifest says: plain values.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The form of the manifest; a newer one is not read.
pub(super) const FORMAT: u32 = 1;

/// A file of the export: how long it is, and its hash in hexadecimal digits.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    pub bytes: u64,
    pub sha256: String,
}

/// A place in a file of lines: so many bytes and lines, the last of which is the object of this id.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    pub bytes: u64,
    pub count: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last: Option<String>,
}

/// A file of lines: how far it goes, and how far of it can change no more.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stream {
    pub whole: Mark,
    /// Behind this stands what was still going on, which is to be asked for again; absent where nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub settled: Option<Mark>,
    /// The server did not send it in the order of creation, so that what is new may stand anywhere in its list.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unordered: bool,
}

impl Stream {
    /// Returns the place behind which is to be asked for again.
    pub fn settled(&self) -> &Mark {
        self.settled.as_ref().unwrap_or(&self.whole)
    }
}

/// How far a thread's files had come when its export was cut off.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    pub runs: Stream,
    pub steps: Stream,
    pub messages: Stream,
}

/// A thread that was exported.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ThreadEntry {
    /// When it was last asked for.
    pub exported_at: String,
    /// When it was found that the backend does not have it any more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gone_at: Option<String>,
    pub messages: Stream,
    pub runs: Stream,
    pub steps: Stream,
    pub parts: BTreeMap<String, Part>,
}

/// What became of the bytes of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FileState {
    Saved,
    /// The backend does not give the bytes of such files to anybody.
    NotDownloadable,
    /// The backend does not have it any more.
    Gone,
}

/// A file that objects of the export name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    pub state: FileState,
    /// Why its bytes are not here, in the server's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    pub exported_at: String,
    pub parts: BTreeMap<String, Part>,
}

/// A list of the backend, whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListEntry {
    pub exported_at: String,
    pub count: u64,
    #[serde(flatten)]
    pub part: Part,
}

/// Something that could not be fetched.
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
    /// Returns what it is known by among failures.
    pub fn key(&self) -> String {
        key(&self.kind, self.id.as_deref())
    }
}

/// Returns what the failure of an object is known by.
pub(super) fn key(kind: &str, id: Option<&str>) -> String {
    id.map_or_else(|| kind.to_owned(), |id| format!("{kind}/{id}"))
}

/// The whole of it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    pub format: u32,
    /// The version of asst that wrote it last.
    pub asst: String,
    /// Where the ids mean something.
    pub origin: String,
    pub begun_at: String,
    /// When the last export into it came to its end.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<String>,
    #[serde(default)]
    pub lists: BTreeMap<String, ListEntry>,
    #[serde(default)]
    pub threads: BTreeMap<String, ThreadEntry>,
    #[serde(default)]
    pub files: BTreeMap<String, FileEntry>,
    /// What could not be fetched, and why.
    #[serde(default)]
    pub failed: BTreeMap<String, Failure>,
}
