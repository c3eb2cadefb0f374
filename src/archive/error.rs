//! Errors of opening, writing and reading an archive.

use std::io;
use std::path::{Path, PathBuf};

/// An error of an archive or of writing to it.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The folder is not the expected archive, or an ID cannot be the name of a folder in it. Nothing was written.
    #[error("{}: {reason}", path.display())]
    WrongPath { path: PathBuf, reason: String, hint: Option<String> },
    /// Another process holds the lock of the journal.
    #[error("{}: another asst process is writing to this archive", path.display())]
    Busy { path: PathBuf },
    /// The manifest is not valid.
    #[error("{}: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}

impl ArchiveError {
    /// Returns a function that adds the path to an I/O error.
    pub fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io { path: path.to_owned(), error }
    }

    /// Returns the hint, if there is one.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::WrongPath { hint, .. } => hint.clone(),
            Self::Busy { .. } => Some("wait until the other process ends, then run the command again".to_owned()),
            Self::Io { error, .. } if error.kind() == io::ErrorKind::StorageFull => {
                Some("free disk space, then run the command again to continue".to_owned())
            }
            _ => None,
        }
    }
}
