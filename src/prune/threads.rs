//! Pruning of threads. A rule selects them in the ledger, or an earlier report has found them.

use super::outcome::PrunedObject;
use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use crate::api::Kind;
use anyhow::Result;
use futures_util::StreamExt;

impl Pruner<'_> {
    /// Examines the threads that a rule selects in the ledger, and deletes unused ones if the mode is deletion. Passes
    /// each thread with its outcome to `each`.
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be read. The failure of a single object is its outcome.
    pub async fn threads(&self, rule: &PruneRule, mut each: impl FnMut(PrunedObject) -> Result<()>) -> Result<()> {
        let prune = async |thread| Ok(self.prune_thread(thread, rule).await?.into_iter().collect());
        self.process(self.candidates(rule, Kind::Thread), prune, &mut each).await
    }

    /// Examines threads that an earlier report found, and deletes those that are still unused.
    ///
    /// # Errors
    /// Returns an error as [`Pruner::threads`] does.
    pub async fn threads_again(
        &self,
        rule: &PruneRule,
        found: Vec<PruneCandidate>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let prune = async |thread| Ok(self.prune_thread(thread, rule).await?.into_iter().collect());
        self.process(futures_util::stream::iter(found).map(Ok), prune, &mut each).await
    }
}
