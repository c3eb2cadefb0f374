//! The outcome of a sync, for each file and in total.

use crate::exit::{DIFFERENT, DONE, MIXED, RUN_TIMEOUT};
use serde_json::{Value, json};

/// The outcome for one file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyncItem {
    pub path: Option<String>,
    pub action: SyncAction,
    pub result: SyncResult,
    pub file_id: Option<String>,
    pub reason: Option<String>,
}

/// The action of a sync for a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncAction {
    /// Upload a file and attach it.
    Add,
    /// Upload a file whose path exists with another content.
    Replace,
    /// Attach a file that was uploaded before.
    Attach,
    /// Attach a file again, because its indexing failed.
    Retry,
    /// Change the path of a file.
    Rename,
    /// Change the attributes of a file.
    Update,
    /// Detach a file, and delete it if nothing else refers to it.
    Remove,
    /// Delete a file that an interrupted sync did not attach.
    Clean,
    /// Leave out a file that a vector store cannot contain.
    Skip,
    /// Leave a file in the vector store, although the folders lack its path.
    Keep,
}

/// The result of an action.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum SyncResult {
    /// The action would be taken.
    Planned,
    Done,
    Failed,
    /// Indexing is still in progress.
    Pending,
    /// The file was left as it is, for the reason in the item.
    Skipped,
}

impl SyncAction {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Replace => "replace",
            Self::Attach => "attach",
            Self::Retry => "retry",
            Self::Rename => "rename",
            Self::Update => "update",
            Self::Remove => "remove",
            Self::Clean => "clean",
            Self::Skip => "skip",
            Self::Keep => "keep",
        }
    }
}

impl SyncResult {
    pub const fn name(self) -> &'static str {
        match self {
            Self::Planned => "planned",
            Self::Done => "done",
            Self::Failed => "failed",
            Self::Pending => "pending",
            Self::Skipped => "skipped",
        }
    }
}

impl SyncItem {
    /// Returns the JSON form.
    pub fn to_json(&self) -> Value {
        json!({
            "path": self.path,
            "action": self.action.name(),
            "result": self.result.name(),
            "file_id": self.file_id,
            "reason": self.reason,
        })
    }
}

/// The total outcome of a sync.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyncSummary {
    pub unchanged: u64,
    /// Files that were added, replaced, attached, retried, renamed, or updated.
    pub changed: u64,
    /// Files that were detached.
    pub removed: u64,
    /// Files that were deleted.
    pub deleted: u64,
    /// Changes and removals that a preview found.
    pub planned: u64,
    pub failed: u64,
    pub pending: u64,
    pub skipped: u64,
    pub kept: u64,
    /// Files that the vector store counts, but does not list.
    pub ghosts: u64,
    /// Files that an earlier sync attached and that were still being indexed at the time of a preview.
    pub indexing: u64,
    /// Files that syncs added outside the prefix, in a preview.
    pub outside: u64,
    /// The number of files in the folders.
    pub files: u64,
    /// A digest of the paths and contents of the folders.
    pub digest: String,
    /// Differences that the final comparison found, or `None` if nothing was compared.
    pub differences: Option<u64>,
}

impl SyncSummary {
    /// Counts an outcome.
    pub(super) fn count(&mut self, item: &SyncItem) {
        let counter = match (item.result, item.action) {
            (SyncResult::Planned, _) => &mut self.planned,
            (SyncResult::Failed, _) => &mut self.failed,
            (SyncResult::Pending, _) => &mut self.pending,
            (SyncResult::Skipped, SyncAction::Keep) => &mut self.kept,
            (SyncResult::Skipped, _) => &mut self.skipped,
            (SyncResult::Done, SyncAction::Remove) => &mut self.removed,
            (SyncResult::Done, SyncAction::Clean) => &mut self.deleted,
            (SyncResult::Done, _) => &mut self.changed,
        };
        *counter += 1;
    }

    /// Returns `true` if the sync changed the vector store, or would change it.
    pub fn has_changes(&self) -> bool {
        self.changed + self.removed + self.deleted + self.planned > 0
    }

    /// Returns the exit code. With `reports_changes`, changes and differences have a code of their own.
    pub fn code(&self, reports_changes: bool) -> u8 {
        match self {
            _ if self.failed > 0 => MIXED,
            _ if self.pending > 0 => RUN_TIMEOUT,
            _ if reports_changes && (self.has_changes() || self.differences.is_some_and(|count| count > 0)) => {
                DIFFERENT
            }
            _ if self.differences.is_some_and(|count| count > 0) => crate::exit::FAILED,
            _ => DONE,
        }
    }

    /// Returns the counts in words.
    pub fn text(&self) -> String {
        let counts = [
            (self.planned, "planned"),
            (self.changed, "changed"),
            (self.removed, "removed"),
            (self.deleted, "deleted"),
            (self.failed, "failed"),
            (self.pending, "pending"),
            (self.skipped, "skipped"),
            (self.kept, "kept"),
        ];
        let others = counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!(", {count} {name}"));
        format!("{} unchanged{}", self.unchanged, others.collect::<String>())
    }

    /// Returns the JSON form.
    pub fn to_json(&self) -> Value {
        json!({
            "unchanged": self.unchanged,
            "planned": self.planned,
            "changed": self.changed,
            "removed": self.removed,
            "deleted": self.deleted,
            "failed": self.failed,
            "pending": self.pending,
            "skipped": self.skipped,
            "kept": self.kept,
            "ghosts": self.ghosts,
            "differences": self.differences,
        })
    }
}
