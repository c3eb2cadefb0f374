//! The errors and notes about a manifest, each with its place.

use crate::env::yaml::Position;
use std::fmt;
use std::path::Path;
use std::sync::Arc;

/// A place in a file of the manifest. Line and column count from 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<Path>,
    pub line: u32,
    pub column: u32,
}

impl Place {
    pub(super) fn new(file: &Arc<Path>, at: Position) -> Self {
        Self { file: Arc::clone(file), line: at.line.max(1), column: at.column.max(1) }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}:{}:{}", self.file.display(), self.line, self.column)
    }
}

/// An error in a manifest, or a note about it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{place}: {message}")]
pub struct Problem {
    pub place: Place,
    pub message: String,
    pub hint: Option<String>,
}
