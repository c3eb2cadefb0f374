//! The deletion of a file or a vector store, which a list of the backend supplied.

use super::outcome::PruneOutcome;
use super::pruner::Pruner;
use super::rule::PruneCandidate;
use crate::app::{Call, NotFoundMeaning, NotFoundPolicy};
use crate::exit::{self, CallFailed, DONE, FAILED};
use anyhow::Result;

impl Pruner<'_> {
    /// Sends the request that deletes an object. Returns the outcome and its exit code. Prints the error of a failure.
    pub(super) async fn delete_listed(&self, object: &PruneCandidate, request: Call) -> Result<(PruneOutcome, u8)> {
        let Err(error) = self.app.call(request).await else {
            return Ok((PruneOutcome::Deleted, DONE));
        };
        let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        let is_gone =
            |cause| NotFoundPolicy::classify(object.kind(), object.id(), cause) == Some(NotFoundMeaning::Gone);
        if cause.is_some_and(is_gone) {
            return Ok((PruneOutcome::AlreadyGone, DONE));
        }
        let Some(report) = exit::report(&error) else { return Err(error) };
        self.count_failure(report.exit_code);
        self.app.ui().error(&report);
        Ok((PruneOutcome::Failed, if report.exit_code == DONE { FAILED } else { report.exit_code }))
    }
}
