//! Selects the files that may leave the vector store after the other work.

use super::Work;
use crate::sync::outcome::{SyncAction, SyncResult};
use crate::sync::plan::{Plan, Removal, RemovalReason};
use crate::sync::store::{self, FileStatus, StoreFile};
use anyhow::Result;
use std::collections::{HashMap, HashSet};

/// The maximum difference in seconds between the clocks of this machine and of the backend.
const CLOCK_TOLERANCE: i64 = 300;

impl Work<'_> {
    /// Returns the files that may leave the vector store: those of the plan, and copies that another sync added
    /// meanwhile. Returns none if a file failed or is not indexed yet.
    pub(in crate::sync) async fn removals(&self, plan: &Plan) -> Result<Vec<Removal>> {
        let mut removals = plan.removals.clone();
        if !self.indexed.is_empty() && !self.stopping.is_set() {
            removals.extend(self.copies(plan).await?);
        }
        let unusable: HashSet<usize> = plan.unusable.iter().map(|(position, _)| *position).collect();
        let is_clean = self.reporter.is_clean() && self.source.unreadable.is_empty() && !self.stopping.is_set();
        let mut allowed = Vec::new();
        for removal in removals {
            let reason = match removal.reason {
                _ if !is_clean => "it stays until all files are indexed",
                RemovalReason::Replaced(position) if unusable.contains(&position) => "the new version is not indexed",
                _ => {
                    allowed.push(removal);
                    continue;
                }
            };
            let path = removal.identity.as_ref().map(|identity| identity.path.as_str());
            self.reporter.item(path, SyncAction::Keep, SyncResult::Skipped, Some(&removal.id), Some(reason))?;
        }
        Ok(allowed)
    }

    /// Returns the superfluous copies of files that this sync attached. The oldest copy stays, so that concurrent syncs
    /// keep the same one.
    async fn copies(&self, plan: &Plan) -> Result<Vec<Removal>> {
        let since = self.since.saturating_sub(CLOCK_TOLERANCE);
        let recent = store::list_since(self.app, &self.options.store, &[], since).await?;
        let leaving: HashSet<&str> = plan.removals.iter().map(|planned| planned.id.as_str()).collect();
        let mut by_path: HashMap<&str, Vec<&StoreFile>> = HashMap::new();
        for file in &recent {
            let Some(identity) = &file.identity else { continue };
            // A copy stays only if it is indexed, and if the plan does not remove it.
            if file.status != FileStatus::Completed || leaving.contains(file.id.as_str()) {
                continue;
            }
            let position = self.source.position(&identity.path);
            if position.and_then(|position| self.indexed.get(&position)) == Some(&identity.hash) {
                by_path.entry(&identity.path).or_default().push(file);
            }
        }
        let mut copies = Vec::new();
        for files in by_path.values_mut() {
            files.sort_by(|one, other| (one.created_at, &one.id).cmp(&(other.created_at, &other.id)));
            copies.extend(files.iter().skip(1).map(|file| Removal {
                id: file.id.clone(),
                identity: file.identity.clone(),
                reason: RemovalReason::Duplicate,
            }));
        }
        Ok(copies)
    }
}
