//! The options of a prune.

use super::conditions::RetentionHold;
use std::path::PathBuf;

/// The mode of a prune: whether it deletes objects or only reports them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PruneMode {
    /// Report the objects that would be deleted.
    Report,
    /// Delete objects, or cancel runs.
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
    /// The parts of the reference graph that are not read, because this backend does not have them.
    pub without: Vec<GraphPart>,
}

/// The vector stores to examine. All given conditions must match.
#[derive(Debug, Clone, Default)]
pub struct StoreSelection {
    /// Match only vector stores that have expired.
    pub expired: bool,
    /// Match only vector stores without files.
    pub empty: bool,
    /// Match only vector stores that no assistant, no thread and no conversation names.
    pub unattached: bool,
    /// The parts of the reference graph that are not read, because this backend does not have them.
    pub without: Vec<GraphPart>,
}

/// A part of the reference graph of files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum GraphPart {
    /// Assistants and their tool resources
    Assistants,
    /// Threads with their runs and messages
    Threads,
    /// The steps of runs
    Steps,
    /// Vector stores and their files
    VectorStores,
    /// Conversations and their items
    Conversations,
}

impl GraphPart {
    /// Returns the name of the part, as used by flags.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Assistants => "assistants",
            Self::Threads => "threads",
            Self::Steps => "steps",
            Self::VectorStores => "vector-stores",
            Self::Conversations => "conversations",
        }
    }
}
