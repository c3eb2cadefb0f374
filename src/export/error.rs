//! Why an export cannot be begun, written or read.

use std::io;
use std::path::{Path, PathBuf};

/// What is wrong with an export folder, or with writing into it.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The folder is of another kind than was thought: nothing was asked of a backend, and nothing was written.
    #[error("{}: {reason}", path.display())]
    NotThis { path: PathBuf, reason: String, hint: Option<String> },
    #[error("{} is being written by another asst", path.display())]
    Busy { path: PathBuf },
    /// The manifest says what no asst writes.
    #[error("{} cannot be read: {reason}", path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{}: {error}", path.display())]
    Io { path: PathBuf, error: io::Error },
}

impl ExportError {
    /// Returns a function that says of an I/O error which path it was about.
    pub fn at(path: &Path) -> impl Fn(io::Error) -> Self {
        move |error| Self::Io { path: path.to_owned(), error }
    }

    /// Returns what may help.
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
