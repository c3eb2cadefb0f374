//! The paths in an archive. Names are built only from validated IDs, so data from a server cannot determine a path.

use super::container::Container;
use super::error::ArchiveError;
use super::names;
use crate::api::ids;
use std::path::{Path, PathBuf};

/// The longest file name in bytes that all common file systems support.
const MAX_NAME: usize = 255;

/// The paths of an archive.
#[derive(Debug, Clone)]
pub struct ArchivePaths {
    root: PathBuf,
}

impl ArchivePaths {
    /// Returns the paths of an archive in the folder `root`.
    pub fn new(root: &Path) -> Self {
        Self { root: root.to_owned() }
    }

    /// Returns the folder of the archive.
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the path of the manifest.
    pub fn manifest(&self) -> PathBuf {
        self.root.join(names::MANIFEST)
    }

    /// Returns the path of the journal.
    pub(super) fn journal(&self) -> PathBuf {
        self.root.join("journal.jsonl")
    }

    /// Returns the folder with the maps of restored objects.
    pub(super) fn restored(&self) -> PathBuf {
        self.root.join("restored")
    }

    /// Returns the path of a list, such as `assistants`.
    pub fn list(&self, name: &str) -> PathBuf {
        self.root.join(format!("{name}.jsonl"))
    }

    /// Returns the folder of a thread.
    ///
    /// # Errors
    /// Returns an error if the ID cannot be the name of a folder.
    pub fn thread(&self, id: &str) -> Result<PathBuf, ArchiveError> {
        self.folder(names::THREADS, id)
    }

    /// Returns the folder of a file.
    ///
    /// # Errors
    /// Returns an error if the ID cannot be the name of a folder.
    pub fn file(&self, id: &str) -> Result<PathBuf, ArchiveError> {
        self.folder(names::FILES, id)
    }

    /// Returns the folder of a vector store or a conversation.
    ///
    /// # Errors
    /// Returns an error if the ID cannot be the name of a folder.
    pub fn container(&self, container: Container, id: &str) -> Result<PathBuf, ArchiveError> {
        self.folder(container.collection(), id)
    }

    fn folder(&self, collection: &str, id: &str) -> Result<PathBuf, ArchiveError> {
        let path = self.root.join(collection);
        let reason = match ids::check(id) {
            Err(error) => error.to_string(),
            Ok(()) if id.len() > MAX_NAME => {
                format!("expected an ID of at most {MAX_NAME} characters, got {}", id.len())
            }
            Ok(()) => return Ok(path.join(id)),
        };
        Err(ArchiveError::WrongPath { path, reason, hint: None })
    }
}

/// Returns the path at which a file is written until it is complete.
pub(super) fn temporary_path(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(names::TEMPORARY_EXTENSION);
    name.into()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn ids_cannot_lead_out_of_the_archive() {
        let layout = ArchivePaths::new(Path::new("/x"));
        for id in ["..", "", "a/b", "a\\b", "a.b", "a\nb", &"a".repeat(256)] {
            assert!(layout.thread(id).is_err() && layout.file(id).is_err(), "{id:?}");
        }
        assert_eq!(layout.thread("thread_1").unwrap(), Path::new("/x/threads/thread_1"));
    }
}
