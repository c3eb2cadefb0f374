//! The options of a prune.

use super::conditions::RetentionHold;
use std::path::PathBuf;

/// Whether objects are deleted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneMode {
    /// Only report the objects that would be deleted.
    Report,
    Delete,
}

/// The options of a prune, apart from its rules.
#[derive(Debug, Clone)]
pub struct PruneOptions {
    pub mode: PruneMode,
    pub holds: Vec<RetentionHold>,
    /// The maximum number of objects to delete.
    pub max: Option<u64>,
    /// The archive to which each object is exported before its deletion.
    pub backup: Option<PathBuf>,
}

/// The files to examine.
#[derive(Debug, Clone)]
pub struct FileSelection {
    pub purpose: String,
    /// Parts of the reference graph that this backend does not have.
    pub without: Vec<GraphPart>,
}

/// The vector stores to examine. All given conditions must match.
#[derive(Debug, Clone, Default)]
pub struct StoreSelection {
    pub expired: bool,
    pub empty: bool,
    /// No assistant and no thread may name the vector store.
    pub unattached: bool,
    /// Parts of the reference graph that this backend does not have.
    pub without: Vec<GraphPart>,
}

/// A part of the reference graph of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum GraphPart {
    /// Assistants and their tool resources
    Assistants,
    /// Threads with their runs and messages
    Threads,
    /// Run steps
    Steps,
    /// Vector stores and their files
    VectorStores,
}

impl GraphPart {
    /// Returns the name of the part, as used by flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistants => "assistants",
            Self::Threads => "threads",
            Self::Steps => "steps",
            Self::VectorStores => "vector-stores",
        }
    }
}
