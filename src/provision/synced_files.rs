//! The files that a sync uploaded into a vector store that an apply deletes.

use super::apply::{Applier, Progress};
use super::outcome::Outcome;
use super::planned::PlannedObject;
use crate::exit;
use crate::manifest::FILES;
use crate::ui::counted;
use anyhow::Result;
use futures_util::stream::{self, StreamExt};

impl Applier<'_> {
    /// Deletes the files of the vector stores that were deleted, as far as a sync uploaded them and nothing else refers to
    /// them. They are deleted after everything that may refer to them. Reports the files that stay.
    pub(super) async fn remove_synced(&self, deletions: &[&PlannedObject], progress: &mut Progress<'_>) -> Result<()> {
        let concurrency = self.app.session().await?.concurrency;
        for object in deletions {
            let is_deleted = progress.results.iter().any(|applied| {
                applied.kind == object.kind && applied.key == object.key && applied.outcome == Outcome::Deleted
            });
            let Some(live) = object.live.as_ref().filter(|_| is_deleted) else { continue };
            let key = &object.key;
            let sync =
                self.plan.manifest.of_kind(object.kind).find(|resource| self.plan.manifest.key(&resource.name) == *key);
            let sync = sync.and_then(|resource| resource.sync.as_ref());
            let contents = object.kind.contents.and_then(|contents| live.members.get(contents.member)?.as_array());
            let has_files = contents.is_some_and(|files| !files.is_empty());
            // A backend without attributes does not show which files a sync uploaded.
            let is_unclear = sync.is_some() && has_files && live.synced.is_empty();
            let is_kept = !live.synced.is_empty() && sync.is_some_and(|sync| sync.is_set("keep_files"));
            if is_unclear || is_kept || (!live.synced.is_empty() && !progress.failed.is_empty()) {
                self.app.ui().warn(&format!(
                    "the files of {key} stay at the backend; `asst files prune --unreferenced` deletes those that nothing \
                     refers to"
                ));
                continue;
            }
            if live.synced.is_empty() {
                continue;
            }
            let work = live.synced.iter().map(|id| Box::pin(self.remove_synced_file(key, id)));
            let mut ended = std::pin::pin!(stream::iter(work).buffered(concurrency));
            let mut deleted = 0;
            while let Some(result) = ended.next().await {
                match result {
                    Ok(is_deleted) => deleted += u64::from(is_deleted),
                    Err(error) if exit::is_stopped(&error) => return Err(error),
                    Err(error) => {
                        let report = exit::report(&error).ok_or(error)?;
                        progress.outcomes.add(report.exit_code);
                        self.show_error(&report);
                    }
                }
            }
            self.app.ui().note(&format!("{} of the sync of {key} deleted", counted(deleted, "file")));
        }
        Ok(())
    }

    /// Deletes a file unless an object refers to it. Returns `true` if it was deleted.
    async fn remove_synced_file(&self, key: &str, id: &str) -> Result<bool> {
        if self.is_kept(&FILES, key, id).await? {
            return Ok(false);
        }
        self.delete(&FILES, id).await.map(|()| true)
    }
}
