//! The map of restored objects: old and new IDs, with the state of each restore. It is a journal in the archive.

use super::known_files::{FileUse, KnownFiles};
use super::options::Conversion;
use crate::api::Kind;
use crate::archive::{ArchiveError, ArchiveReader, Journal};
use crate::json::{self, Closed};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// A kind of object that can be restored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ObjectKind {
    Thread,
    Conversation,
}

impl ObjectKind {
    /// Returns the kind of the object in the API.
    pub const fn kind(self) -> Kind {
        match self {
            Self::Thread => Kind::Thread,
            Self::Conversation => Kind::Conversation,
        }
    }
}

/// The result of a verification of a restored object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum VerifyResult {
    /// Every message or item is there, in order.
    Same,
    /// Every message or item is there, in order, and further ones follow.
    Continued,
    Different,
    /// The backend no longer has the object.
    Gone,
    /// The restore did not complete, or the archive has newer messages.
    Incomplete,
    NotRestored,
}

impl VerifyResult {
    /// Returns `true` if a restore adds what is missing.
    pub const fn needs_restore(self) -> bool {
        matches!(self, Self::Gone | Self::Incomplete | Self::NotRestored)
    }

    /// Returns `true` if the target has everything that was restored.
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Same | Self::Continued)
    }
}

/// The state of the restore of one object.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct ObjectState {
    /// The last request to create the object whose outcome is unknown.
    pub(super) requested: Option<CreateRequest>,
    pub(super) created: Option<CreatedObject>,
    /// The digest of the contents in the archive when the restore of the object was complete.
    pub(super) complete: Option<String>,
    pub(super) files: KnownFiles,
}

/// A request to create an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct CreateRequest {
    /// The time in seconds since 1970.
    pub(super) at: i64,
    pub(super) conversion: Conversion,
}

/// An object that a restore created.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct CreatedObject {
    pub(super) new_id: String,
    pub(super) conversion: Conversion,
}

/// A line of the map.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum MapEntry {
    /// The first line.
    Origin {
        format: u32,
        origin: String,
    },
    /// A request to create an object is about to be sent.
    Requested {
        kind: ObjectKind,
        id: String,
        at: i64,
        conversion: Conversion,
    },
    /// The backend refused the request, so it created nothing.
    Refused {
        kind: ObjectKind,
        id: String,
    },
    Created {
        kind: ObjectKind,
        id: String,
        new_id: String,
        conversion: Conversion,
    },
    /// The files to which the messages that are about to be sent refer.
    UsedFiles {
        kind: ObjectKind,
        id: String,
        files: KnownFiles,
    },
    /// All messages or items of the object are at the target.
    Complete {
        kind: ObjectKind,
        id: String,
        contents: String,
    },
    /// A file was uploaded.
    File {
        id: String,
        purpose: FileUse,
        new_id: String,
    },
    /// A restored object was compared with the archive.
    Verified {
        kind: ObjectKind,
        id: String,
        at: String,
        result: VerifyResult,
    },
}

impl Closed<'_> for MapEntry {}

/// The format version of the map.
const FORMAT: u32 = 1;

/// The map of the objects that were restored at one backend.
#[derive(Debug, Default)]
pub(super) struct RestoreMap {
    objects: BTreeMap<(ObjectKind, String), ObjectState>,
    files: BTreeMap<(String, FileUse), String>,
    /// `None` if the map was opened for reading.
    journal: Option<Journal>,
}

impl RestoreMap {
    /// Opens the map for changes, and creates it if it does not exist. `origin` is the origin of the backend.
    ///
    /// # Errors
    /// Returns an error if another process restores the archive at the same backend, or if the map cannot be read or
    /// written.
    pub(super) fn open(archive: &ArchiveReader, origin: &str) -> Result<Self, ArchiveError> {
        let mut reading = Reading { origin, ..Reading::default() };
        let name = file_name(origin);
        let journal = archive.open_restored(&name, |line| reading.read(line))?;
        let is_new = reading.lines == 0;
        let mut map = reading.end(archive.restored_path(&name))?;
        map.journal = Some(journal);
        if is_new {
            map.append(&MapEntry::Origin { format: FORMAT, origin: origin.to_owned() })?;
        }
        Ok(map)
    }

    /// Reads the map without changing anything.
    ///
    /// # Errors
    /// Returns an error if the map exists and cannot be read.
    pub(super) fn read(archive: &ArchiveReader, origin: &str) -> Result<Self, ArchiveError> {
        let mut reading = Reading { origin, ..Reading::default() };
        let name = file_name(origin);
        archive.read_restored(&name, |line| reading.read(line))?;
        reading.end(archive.restored_path(&name))
    }

    /// Adds an entry. Returns an error if it shows that the map cannot be used.
    fn apply(&mut self, entry: MapEntry, own_origin: &str) -> Result<(), String> {
        match entry {
            MapEntry::Origin { format, .. } if format != FORMAT => {
                return Err(format!("expected a map of format {FORMAT}, got format {format}"));
            }
            MapEntry::Origin { origin, .. } if origin != own_origin => {
                return Err(format!("expected the map of {own_origin}, got that of {origin}"));
            }
            MapEntry::Origin { .. } => {}
            // The next restore creates the object again.
            MapEntry::Verified { kind, id, result: VerifyResult::Gone, .. } => drop(self.objects.remove(&(kind, id))),
            MapEntry::Verified { .. } => {}
            MapEntry::UsedFiles { kind, id, files } => self.entry(kind, &id).files.add(files),
            MapEntry::Requested { kind, id, at, conversion } => {
                self.entry(kind, &id).requested = Some(CreateRequest { at, conversion });
            }
            MapEntry::Refused { kind, id } => self.entry(kind, &id).requested = None,
            MapEntry::Created { kind, id, new_id, conversion } => {
                self.entry(kind, &id).created = Some(CreatedObject { new_id, conversion });
            }
            MapEntry::Complete { kind, id, contents } => self.entry(kind, &id).complete = Some(contents),
            MapEntry::File { id, purpose, new_id } => drop(self.files.insert((id, purpose), new_id)),
        }
        Ok(())
    }

    fn entry(&mut self, kind: ObjectKind, id: &str) -> &mut ObjectState {
        self.objects.entry((kind, id.to_owned())).or_default()
    }

    /// Returns the state of an object. An object that was never requested has the default state.
    pub(super) fn object(&self, kind: ObjectKind, id: &str) -> ObjectState {
        self.objects.get(&(kind, id.to_owned())).cloned().unwrap_or_default()
    }

    /// Returns the new ID of a file.
    pub(super) fn file(&self, id: &str, purpose: FileUse) -> Option<&str> {
        self.files.get(&(id.to_owned(), purpose)).map(String::as_str)
    }

    /// Records that a request to create an object is about to be sent.
    pub(super) fn add_request(
        &mut self,
        kind: ObjectKind,
        id: &str,
        request: CreateRequest,
    ) -> Result<(), ArchiveError> {
        let CreateRequest { at, conversion } = request;
        self.entry(kind, id).requested = Some(request);
        self.append(&MapEntry::Requested { kind, id: id.to_owned(), at, conversion })
    }

    /// Records that the backend refused the request to create an object.
    pub(super) fn add_refused(&mut self, kind: ObjectKind, id: &str) -> Result<(), ArchiveError> {
        self.entry(kind, id).requested = None;
        self.append(&MapEntry::Refused { kind, id: id.to_owned() })
    }

    /// Records the files to which the messages that are about to be sent refer.
    pub(super) fn add_used_files(
        &mut self,
        kind: ObjectKind,
        id: &str,
        files: &KnownFiles,
    ) -> Result<(), ArchiveError> {
        self.entry(kind, id).files.add(files.clone());
        self.append(&MapEntry::UsedFiles { kind, id: id.to_owned(), files: files.clone() })
    }

    /// Records that an object was created.
    pub(super) fn add_created(
        &mut self,
        kind: ObjectKind,
        id: &str,
        new_id: &str,
        conversion: Conversion,
    ) -> Result<(), ArchiveError> {
        self.entry(kind, id).created = Some(CreatedObject { new_id: new_id.to_owned(), conversion });
        self.append(&MapEntry::Created { kind, id: id.to_owned(), new_id: new_id.to_owned(), conversion })
    }

    /// Records that all messages or items of an object are at the target.
    pub(super) fn add_complete(&mut self, kind: ObjectKind, id: &str, contents: &str) -> Result<(), ArchiveError> {
        self.entry(kind, id).complete = Some(contents.to_owned());
        self.append(&MapEntry::Complete { kind, id: id.to_owned(), contents: contents.to_owned() })
    }

    /// Records that a file was uploaded.
    pub(super) fn add_file(&mut self, id: &str, purpose: FileUse, new_id: &str) -> Result<(), ArchiveError> {
        self.files.insert((id.to_owned(), purpose), new_id.to_owned());
        self.append(&MapEntry::File { id: id.to_owned(), purpose, new_id: new_id.to_owned() })
    }

    /// Records the result of a verification. An object that is gone is no longer in the map.
    pub(super) fn add_verified(
        &mut self,
        kind: ObjectKind,
        id: &str,
        at: &str,
        result: VerifyResult,
    ) -> Result<(), ArchiveError> {
        if result == VerifyResult::Gone {
            self.objects.remove(&(kind, id.to_owned()));
        }
        self.append(&MapEntry::Verified { kind, id: id.to_owned(), at: at.to_owned(), result })
    }

    /// Flushes all entries to disk.
    pub(super) fn sync(&self) -> Result<(), ArchiveError> {
        self.journal.as_ref().map_or(Ok(()), Journal::sync)
    }

    fn append(&mut self, entry: &MapEntry) -> Result<(), ArchiveError> {
        self.journal.as_mut().map_or(Ok(()), |journal| journal.append(entry))
    }
}

/// A map that is being read.
#[derive(Default)]
struct Reading<'a> {
    origin: &'a str,
    map: RestoreMap,
    lines: u64,
    /// The first problem, with the number of its line.
    problem: Option<String>,
}

impl Reading<'_> {
    /// Reads a complete line.
    fn read(&mut self, line: &[u8]) {
        self.lines += 1;
        let entry = json::closed_bytes(line).map_err(|error| format!("expected an entry of a map: {error}"));
        if let Err(problem) = entry.and_then(|entry| self.map.apply(entry, self.origin)) {
            self.problem.get_or_insert(format!("line {}: {problem}", self.lines));
        }
    }

    fn end(self, path: PathBuf) -> Result<RestoreMap, ArchiveError> {
        self.problem.map_or(Ok(self.map), |reason| Err(ArchiveError::Damaged { path, reason }))
    }
}

/// Returns the name of the map for a backend: the readable part of its origin, and a digest of the whole origin.
fn file_name(origin: &str) -> String {
    let readable = |c: char| if c.is_ascii_alphanumeric() || c == '.' { c } else { '-' };
    let name: String = origin.chars().map(readable).take(60).collect();
    let digest: String = Sha256::digest(origin).iter().take(4).map(|byte| format!("{byte:02x}")).collect();
    format!("{}-{digest}.jsonl", name.trim_matches(['-', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_origin_has_its_own_file_name() {
        let name = file_name("https://example.services.ai.azure.com/api/projects/a");
        assert!(name.starts_with("https---example.services.ai.azure.com-api-projects-a-"), "{name}");
        assert!(!file_name("../../x").contains(['/', '\\']) && !file_name("../../x").starts_with('.'));
        assert_ne!(file_name("https://a/b"), file_name("https://a-b"));
        assert!(file_name(&"x".repeat(500)).len() < 100);
    }
}
