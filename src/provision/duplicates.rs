//! Removes duplicates: objects with the same identity that two applies created at the same time.

use super::apply::{Applier, Progress};
use super::live::live_objects;
use super::outcome::{Applied, Outcome};
use crate::app::IfMissing;
use crate::exit::{Failure, MIXED};
use crate::manifest::ResourceKind;
use anyhow::Result;

impl Applier<'_> {
    /// Deletes each object of this apply if another apply created an object with the same identity before it. The
    /// oldest object of each identity stays. Checks only the results from `begin` on.
    pub(super) async fn remove_duplicates(
        &self,
        kind: &'static ResourceKind,
        begin: usize,
        progress: &mut Progress<'_>,
    ) -> Result<()> {
        let is_created =
            |applied: &Applied| applied.kind == kind && matches!(applied.outcome, Outcome::Created | Outcome::Replaced);
        if !progress.results.iter().skip(begin).any(is_created) {
            return Ok(());
        }
        let live = live_objects(self.app, kind, &self.plan.manifest).await?;
        for applied in progress.results.iter_mut().skip(begin).filter(|applied| is_created(applied)) {
            // An expired object does not count, because an apply replaces it.
            let claimants = live.get(&applied.key).into_iter().flatten().filter(|live| !live.is_expired());
            if let [oldest, _, ..] = claimants.collect::<Vec<_>>().as_slice()
                && applied.id.as_ref() != Some(&oldest.id)
            {
                // The other apply may have been interrupted, and the contents of its object may be missing.
                if oldest.marker().is_some_and(|marker| marker.is_unfinished()) {
                    applied.outcome = Outcome::Failed;
                    let error = unfinished(&applied.key, &oldest.id).into();
                    progress.outcomes.add(self.app.report_failure(&error, IfMissing::Fail)?);
                    progress.failed.insert((kind.section, applied.name.clone()));
                    continue;
                }
                let Some(own) = applied.id.replace(oldest.id.clone()) else { continue };
                self.app.ui().note(&format!("another apply created {} first; {own} is deleted", applied.key));
                applied.outcome = Outcome::Unchanged;
                progress.ids.insert((kind.section, applied.name.clone()), oldest.id.clone());
                let object = self.plan.objects.iter().find(|object| object.kind == kind && object.key == applied.key);
                let deleted = match (object, live.get(&applied.key).into_iter().flatten().find(|live| live.id == own)) {
                    (Some(object), Some(live)) => self.delete_with_files(object, live).await,
                    _ => self.delete(kind, &own).await,
                };
                if let Err(error) = deleted {
                    progress.outcomes.add(self.app.report_failure(&error, IfMissing::Fail)?);
                }
            }
        }
        Ok(())
    }
}

/// Returns the error for an object that another apply created first and has not finished.
fn unfinished(key: &str, id: &str) -> Failure {
    let message = format!("another apply created {key} before this one ({id}), and has not finished it");
    Failure::new(MIXED, message).hinted("run the same command again after the other apply has ended")
}
