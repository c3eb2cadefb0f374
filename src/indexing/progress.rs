//! The progress of indexing: the status and the counts in a vector store, a file, or a batch.

use super::target::Target;
use crate::api::objects::{
    Field, FileBatch, FileCounts, IndexingStatus, JsonObject, OpenEnum, VectorStore, VectorStoreFile, VectorStoreStatus,
};
use crate::ui::counted;
use serde_json::Value;

/// The progress of a target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Progress {
    /// The status, or an empty text if the response has none.
    pub(super) status: String,
    pub(super) in_progress: u64,
    pub(super) completed: u64,
    pub(super) failed: u64,
    pub(super) cancelled: u64,
    pub(super) total: u64,
}

impl Progress {
    /// Reads the progress from a response.
    pub(super) fn of(target: &Target, object: &Value) -> Self {
        let progress = match target {
            Target::Store(_) => VectorStore::from_value_ref(object)
                .map(|store| Self::counted(store.status().text(), store.file_counts())),
            Target::Batch(_) => {
                FileBatch::from_value_ref(object).map(|batch| Self::counted(batch.status().text(), batch.file_counts()))
            }
            Target::File(_) => VectorStoreFile::from_value_ref(object).map(|file| Self::of_file(file.status().text())),
        };
        progress.unwrap_or_default()
    }

    fn counted(status: Option<&str>, counts: Field<'_, &FileCounts>) -> Self {
        let status = status.unwrap_or_default().to_owned();
        let Some(counts) = counts.valid() else { return Self { status, ..Self::default() } };
        let count = |count: Field<'_, i64>| count.valid().and_then(|count| u64::try_from(count).ok()).unwrap_or(0);
        Self {
            status,
            in_progress: count(counts.in_progress()),
            completed: count(counts.completed()),
            failed: count(counts.failed()),
            cancelled: count(counts.cancelled()),
            total: count(counts.total()),
        }
    }

    fn of_file(status: Option<&str>) -> Self {
        let status = status.unwrap_or_default().to_owned();
        let is = |other: IndexingStatus| u64::from(status == other.name());
        Self {
            in_progress: is(IndexingStatus::InProgress),
            completed: is(IndexingStatus::Completed),
            failed: is(IndexingStatus::Failed),
            cancelled: is(IndexingStatus::Cancelled),
            total: 1,
            status,
        }
    }

    /// Returns `true` if no file is being indexed any more.
    ///
    /// The status of a vector store can lag behind its counts, so both must agree. An unknown status counts as work in
    /// progress. This is safe, because the deadline ends the wait.
    pub(super) fn has_stopped(&self, target: &Target) -> bool {
        match target {
            Target::Store(_) => {
                let is_complete = self.status == VectorStoreStatus::Completed.name() && self.in_progress == 0;
                self.is_expired_store(target) || is_complete
            }
            Target::File(_) | Target::Batch(_) => {
                IndexingStatus::named(&self.status).is_some_and(IndexingStatus::is_terminal)
            }
        }
    }

    /// Returns `true` if the target is a vector store that has expired. Its files are never indexed.
    pub(super) fn is_expired_store(&self, target: &Target) -> bool {
        matches!(target, Target::Store(_)) && self.status == VectorStoreStatus::Expired.name()
    }

    /// Returns `true` if the indexing of a file failed or was cancelled.
    pub(super) fn has_failures(&self) -> bool {
        let bad = [IndexingStatus::Failed, IndexingStatus::Cancelled];
        self.failed + self.cancelled > 0 || bad.iter().any(|status| self.status == status.name())
    }

    /// Returns the counts in words.
    pub(super) fn describe(&self) -> String {
        match self.total {
            0 => self.status.replace('_', " "),
            total => format!("{} of {} indexed", self.completed, counted(total, "file")),
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::api::PathArgs;
    use serde_json::json;

    #[test]
    fn a_target_has_stopped_when_nothing_is_in_progress() {
        let store = Target::Store(PathArgs::from_texts(&["vs_1"]).unwrap());
        let file = Target::File(PathArgs::from_texts(&["vs_1", "file-1"]).unwrap());
        let batch = Target::Batch(PathArgs::from_texts(&["vs_1", "vsfb_1"]).unwrap());
        for (target, status, in_progress, has_stopped) in [
            (&store, "completed", 0, true),
            (&store, "completed", 1, false),
            (&store, "in_progress", 0, false),
            (&store, "expired", 1, true),
            (&batch, "completed", 0, true),
            (&batch, "cancelled", 0, true),
            (&batch, "failed", 0, true),
            (&batch, "cancelling", 0, false),
            (&file, "in_progress", 0, false),
            (&file, "failed", 0, true),
        ] {
            let object = json!({ "status": status, "file_counts": { "in_progress": in_progress } });
            assert_eq!(Progress::of(target, &object).has_stopped(target), has_stopped, "{target:?} {object}");
        }
        assert_eq!(Progress::of(&store, &json!([1])), Progress::default());
        assert_eq!(Progress::of(&file, &json!({ "status": "failed" })).failed, 1);
    }
}
