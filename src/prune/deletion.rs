//! The deletion of one thread. The steps are the proof that the thread is unused, a slot within the limit of `--max`,
//! the cancellation of active runs if requested, the backup if requested, and the request.

use super::backend_health::OutageWait;
use super::facts::{ActiveRun, ThreadFacts};
use super::options::PruneMode;
use super::outcome::{PruneOutcome, PrunedObject};
use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use super::slots::Slot;
use super::verdict::Verdict;
use crate::api::parts::OfThread;
use crate::api::threads::DeleteThread;
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::{Call, NotFoundMeaning, NotFoundPolicy};
use crate::client::Payload;
use crate::exit::{self, BUSY, CallFailed, DONE, FAILED};
use anyhow::Result;

/// The result of one step of a deletion.
enum StepResult {
    Deleted,
    AlreadyGone,
    /// The backend refuses the deletion, because a run has started since the proof.
    InUse(String),
    /// The state of the thread is uncertain or has changed, so the verdict must be proven again.
    ProveAgain,
    Failed {
        reason: String,
        code: u8,
    },
}

/// The progress in deleting one thread.
struct Progress<'a> {
    slot: Option<Slot<'a>>,
    wait: OutageWait,
    /// `true` if the active runs were cancelled.
    has_cancelled: bool,
    /// `true` if the thread was exported, or if no backup is requested.
    has_backup: bool,
}

impl Pruner<'_> {
    /// Examines a thread, and deletes it if the verdict allows this and the mode is deletion. Returns `None` if the
    /// command is stopping or no slot is left.
    pub(super) async fn prune_thread(
        &self,
        candidate: PruneCandidate,
        rule: &PruneRule,
    ) -> Result<Option<PrunedObject>> {
        let has_backup = self.backup.is_none();
        let mut progress = Progress { slot: None, wait: OutageWait::new(), has_cancelled: false, has_backup };
        loop {
            if self.stopping.is_set() || (progress.slot.is_none() && self.is_over()) {
                return Ok(None);
            }
            let proven = self.prove(&candidate, rule).await?;
            if self.clock_differs() {
                return Ok(None);
            }
            let Some((verdict, facts)) = proven else {
                return self.already_gone(candidate, rule).await.map(Some);
            };
            let (outcome, reason, code) = if verdict.allows_deletion() {
                self.health.record_response();
                progress.slot = progress.slot.take().or_else(|| self.reserve_slot(candidate.id()));
                if progress.slot.is_none() {
                    return Ok(None);
                }
                let result = match self.mode {
                    PruneMode::Report => StepResult::Deleted,
                    PruneMode::Delete => self.next_step(&candidate, &facts, &mut progress).await?,
                };
                match result {
                    StepResult::ProveAgain => continue,
                    StepResult::Deleted => {
                        progress.slot.iter_mut().for_each(Slot::keep);
                        let is_report = self.mode == PruneMode::Report;
                        let outcome = if is_report { PruneOutcome::Selected } else { PruneOutcome::Deleted };
                        (outcome, verdict.reason().to_owned(), DONE)
                    }
                    StepResult::AlreadyGone => {
                        (PruneOutcome::AlreadyGone, "another client deleted it".to_owned(), DONE)
                    }
                    StepResult::InUse(reason) => (PruneOutcome::InUse, reason, DONE),
                    StepResult::Failed { reason, code } => (PruneOutcome::Failed, reason, code),
                }
            } else {
                let is_in_use = matches!(verdict, Verdict::InUse(_));
                let outcome = if is_in_use { PruneOutcome::InUse } else { PruneOutcome::Unknown };
                (outcome, verdict.reason().to_owned(), verdict.code())
            };
            self.count_failure(code);
            let (verdict, created_at, rule) = (verdict.name(), facts.created_at, rule.name.clone());
            return Ok(Some(PrunedObject { candidate, outcome, verdict, reason, code, created_at, rule }));
        }
    }

    /// Performs the next step of a deletion. After a slow step, the thread must be proven again, so that the last proof
    /// immediately precedes the request.
    async fn next_step(
        &self,
        candidate: &PruneCandidate,
        facts: &ThreadFacts,
        progress: &mut Progress<'_>,
    ) -> Result<StepResult> {
        let active = facts.runs.as_ref().map_or(&[][..], |runs| &runs.active);
        match active.first() {
            Some(run) if progress.has_cancelled => {
                Ok(StepResult::InUse(format!("run {} is still {} after its cancellation", run.id, run.status)))
            }
            Some(_) => {
                progress.has_cancelled = true;
                Ok(self.cancel_runs(candidate, active).await)
            }
            None if !progress.has_backup => {
                progress.has_backup = true;
                self.back_up(candidate).await
            }
            None => self.delete(candidate, &mut progress.wait).await,
        }
    }

    /// Records that a thread is gone, and returns it with this outcome.
    async fn already_gone(&self, candidate: PruneCandidate, rule: &PruneRule) -> Result<PrunedObject> {
        if self.mode == PruneMode::Delete {
            self.app.record_gone(&candidate.row).await?;
        }
        Ok(PrunedObject {
            outcome: PruneOutcome::AlreadyGone,
            verdict: "gone",
            reason: "the backend no longer has it".to_owned(),
            code: DONE,
            created_at: candidate.row.created_at,
            rule: rule.name.clone(),
            candidate,
        })
    }

    /// Sends the request that deletes a thread.
    async fn delete(&self, candidate: &PruneCandidate, wait: &mut OutageWait) -> Result<StepResult> {
        let path = OfThread::from_texts(&[candidate.id()])?;
        let call = Call::of::<DeleteThread>(&path, &Nothing {}, Payload::None);
        let error = match self.app.call(call).await {
            Ok(_) => return Ok(StepResult::Deleted),
            Err(error) => error,
        };
        let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        if let Some(cause) = cause
            && NotFoundPolicy::classify(Kind::Thread, candidate.id(), cause) == Some(NotFoundMeaning::Gone)
        {
            self.app.record_gone(&candidate.row).await?;
            return Ok(StepResult::AlreadyGone);
        }
        if let Some(cause) = cause
            && self.may_retry(wait, cause).await
        {
            return Ok(StepResult::ProveAgain);
        }
        let Some(report) = exit::report(&error) else { return Err(error) };
        if report.exit_code == BUSY {
            return Ok(StepResult::InUse(report.reason()));
        }
        self.app.ui().error(&report);
        Ok(StepResult::Failed { reason: report.reason(), code: report.exit_code })
    }

    /// Exports a thread to the archive.
    async fn back_up(&self, candidate: &PruneCandidate) -> Result<StepResult> {
        let is_exported = match &self.backup {
            Some(backup) => backup.export(candidate.id()).await?,
            None => true,
        };
        let failed = || StepResult::Failed { reason: "it could not be exported".to_owned(), code: FAILED };
        Ok(if is_exported { StepResult::ProveAgain } else { failed() })
    }

    /// Cancels the active runs and waits until they have ended.
    async fn cancel_runs(&self, candidate: &PruneCandidate, active: &[ActiveRun]) -> StepResult {
        for run in active {
            if let Err((reason, code)) = self.cancel_run(candidate.id(), &run.id).await {
                self.app.ui().warn(&format!("thread {} is kept: {reason}", candidate.id()));
                return StepResult::Failed { reason, code };
            }
        }
        StepResult::ProveAgain
    }
}
