//! Errors of opening, writing and reading an archive.

use std::io;
use std::path::{Path, PathBuf};

/// An error of an archive or of writing to it.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The folder is not the expected archive. No request was sent, and nothing was written.
    #[error("{}: {reason}", path.display())]
    NotThis { path: PathBuf, reason: String, hint: Option<String> },
    #[error("{} is being written by another asst", path.display())]
    Busy { path: PathBuf },
    /// The manifest is not valid.
    #[error("{} cannot be read: {reason}", path.display())]
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
            Self::NotThis { hint, .. } => hint.clone(),
            Self::Io { error, .. } if error.kind() == io::ErrorKind::StorageFull => {
                Some("make room; the same command goes on where this one stopped".into())
            }
            _ => None,
        }
    }
}
