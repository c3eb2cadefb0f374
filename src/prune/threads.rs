//! Pruning threads: those that a rule selects in the ledger, or those that were found before.

use super::outcome::PrunedObject;
use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use crate::api::Kind;
use anyhow::Result;
use futures_util::StreamExt;

impl Pruner<'_> {
    /// Examines the threads that a rule selects in the ledger, and deletes them if deletion is requested. Passes each
    /// one with its outcome to `each`.
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be read. The failure of a single object is its outcome.
    pub async fn threads(&self, rule: &PruneRule, mut each: impl FnMut(PrunedObject) -> Result<()>) -> Result<()> {
        let one = async |thread| Ok(self.prune_thread(thread, rule).await?.into_iter().collect());
        self.process(self.candidates(rule, Kind::Thread), one, &mut each).await
    }

    /// Examines and deletes threads that were found before. Their verdicts are proven again.
    ///
    /// # Errors
    /// Returns an error as [`Pruner::threads`] does.
    pub async fn threads_again(
        &self,
        rule: &PruneRule,
        found: Vec<PruneCandidate>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let one = async |thread| Ok(self.prune_thread(thread, rule).await?.into_iter().collect());
        self.process(futures_util::stream::iter(found).map(Ok), one, &mut each).await
    }
}
