//! The deletion of one thread: the proof, the limit of `--max`, the cancellation of active runs if requested, and the
//! request.

use super::facts::{Active, Facts};
use super::verdict::Verdict;
use super::{Candidate, PruneMode, PruneOutcome, PruneRule, PrunedObject, Pruner, backend_health};
use crate::api::parts::OfThread;
use crate::api::runs::{CancelRun, GetRun, OfRun, has_ended};
use crate::api::threads::DeleteThread;
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::cleanup::{PATIENCE, PAUSE};
use crate::app::{Absence, Call, Trust};
use crate::client::{ClientError, Payload};
use crate::exit::{self, BUSY, CallFailed, DONE, FAILED};
use anyhow::Result;
use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use tokio::time::Instant;

/// The result of one step of a deletion.
enum Ended {
    Deleted,
    AlreadyGone,
    /// The backend refuses the deletion, because a run has started since the proof.
    Busy(String),
    /// The state of the thread is uncertain or has changed, so the verdict must be proven again.
    Again,
    Failed {
        reason: String,
        code: u8,
    },
}

/// A reserved slot of the `--max` limit. It is released when dropped, unless something was deleted.
pub(super) struct Room<'a> {
    taken: &'a Cell<u64>,
    kept: bool,
}

impl Room<'_> {
    /// Keeps the slot, because something was deleted.
    pub(super) fn keep(&mut self) {
        self.kept = true;
    }
}

impl Drop for Room<'_> {
    fn drop(&mut self) {
        if !self.kept {
            self.taken.set(self.taken.get().saturating_sub(1));
        }
    }
}

/// The progress in deleting one thread.
struct Attempt<'a> {
    room: Option<Room<'a>>,
    wait: backend_health::Wait,
    cancelled: bool,
    backed: bool,
}

impl Pruner<'_> {
    /// Judges a candidate. Deletes it if the verdict allows this and deletion is requested. Returns `None` if the
    /// command is stopping or no slot is left.
    pub(super) async fn handle(&self, candidate: Candidate, rule: &PruneRule) -> Result<Option<PrunedObject>> {
        let backed = self.backup.is_none();
        let mut attempt = Attempt { room: None, wait: backend_health::Wait::new(), cancelled: false, backed };
        loop {
            if self.stopping.is_set() || (attempt.room.is_none() && self.is_over()) {
                return Ok(None);
            }
            let proven = self.prove(&candidate, rule).await?;
            if self.skew().is_some() {
                return Ok(None);
            }
            let Some((verdict, facts)) = proven else {
                return self.already_gone(candidate, rule).await.map(Some);
            };
            let (outcome, reason, code) = if verdict.may_go() {
                self.health.answered();
                attempt.room = attempt.room.take().or_else(|| self.room_for(candidate.id()));
                if attempt.room.is_none() {
                    return Ok(None);
                }
                let ended = match self.mode {
                    PruneMode::Report => Ended::Deleted,
                    PruneMode::Delete => self.advance(&candidate, &facts, &mut attempt).await?,
                };
                match ended {
                    Ended::Again => continue,
                    Ended::Deleted => {
                        attempt.room.iter_mut().for_each(Room::keep);
                        let outcome =
                            if self.mode == PruneMode::Report { PruneOutcome::Selected } else { PruneOutcome::Deleted };
                        (outcome, verdict.reason().to_owned(), DONE)
                    }
                    Ended::AlreadyGone => (PruneOutcome::AlreadyGone, "deleted by somebody else".to_owned(), DONE),
                    Ended::Busy(reason) => (PruneOutcome::InUse, reason, DONE),
                    Ended::Failed { reason, code } => (PruneOutcome::Failed, reason, code),
                }
            } else {
                let outcome =
                    if matches!(verdict, Verdict::InUse(_)) { PruneOutcome::InUse } else { PruneOutcome::Unknown };
                (outcome, verdict.reason().to_owned(), verdict.code())
            };
            self.note(code);
            let (verdict, created_at, rule) = (verdict.name(), facts.created_at, rule.name.clone());
            return Ok(Some(PrunedObject { candidate, outcome, verdict, reason, code, created_at, rule }));
        }
    }

    /// Performs the next step of a deletion. Slow steps are followed by another proof, so that the last proof
    /// immediately precedes the deletion.
    async fn advance(&self, candidate: &Candidate, facts: &Facts, attempt: &mut Attempt<'_>) -> Result<Ended> {
        let active = facts.runs.as_ref().map_or(&[][..], |runs| &runs.active);
        match active.first() {
            Some(run) if attempt.cancelled => {
                Ok(Ended::Busy(format!("run {} is {} after it was cancelled", run.id, run.status)))
            }
            Some(_) => {
                attempt.cancelled = true;
                Ok(self.cancel(candidate, active).await)
            }
            None if !attempt.backed => {
                attempt.backed = true;
                self.back_up(candidate).await
            }
            None => self.delete(candidate, &mut attempt.wait).await,
        }
    }

    /// Counts a failure. Too many failures in a row stop the command.
    pub(super) fn note(&self, code: u8) {
        if code != DONE && code != BUSY {
            self.health.failed(code);
        }
    }

    /// Reserves a slot of the `--max` limit. Without deletion, an object that another rule has already selected gets no
    /// second slot.
    pub(super) fn room_for(&self, id: &str) -> Option<Room<'_>> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        if self.is_over() || (self.mode == PruneMode::Report && !self.found.borrow_mut().insert(hasher.finish())) {
            return None;
        }
        self.taken.set(self.taken.get() + 1);
        Some(Room { taken: &self.taken, kept: false })
    }

    async fn already_gone(&self, candidate: Candidate, rule: &PruneRule) -> Result<PrunedObject> {
        if self.mode == PruneMode::Delete {
            self.app.record_gone(&candidate.row).await?;
        }
        let created_at = candidate.row.created_at;
        let (reason, rule) = ("not at the backend".to_owned(), rule.name.clone());
        Ok(PrunedObject {
            candidate,
            outcome: PruneOutcome::AlreadyGone,
            verdict: "gone",
            reason,
            code: DONE,
            created_at,
            rule,
        })
    }

    async fn delete(&self, candidate: &Candidate, wait: &mut backend_health::Wait) -> Result<Ended> {
        let path = OfThread::from_texts(&[candidate.id()])?;
        let call = Call::of::<DeleteThread>(&path, &Nothing {}, Payload::None);
        let error = match self.app.call(call).await {
            Ok(_) => return Ok(Ended::Deleted),
            Err(error) => error,
        };
        let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        if let Some(cause) = cause
            && Trust::judge(Kind::Thread, candidate.id(), cause) == Some(Absence::Gone)
        {
            self.app.record_gone(&candidate.row).await?;
            return Ok(Ended::AlreadyGone);
        }
        if let Some(cause) = cause
            && self.goes_on(wait, cause).await
        {
            return Ok(Ended::Again);
        }
        let Some(report) = exit::report(&error) else { return Err(error) };
        if report.exit_code == BUSY {
            return Ok(Ended::Busy(report.reason()));
        }
        self.app.ui().error(&report);
        Ok(Ended::Failed { reason: report.reason(), code: report.exit_code })
    }

    async fn back_up(&self, candidate: &Candidate) -> Result<Ended> {
        let taken = match &self.backup {
            Some(backup) => backup.take(candidate.id()).await?,
            None => true,
        };
        let reason = || "it could not be backed up".to_owned();
        Ok(if taken { Ended::Again } else { Ended::Failed { reason: reason(), code: FAILED } })
    }

    /// Cancels the active runs and waits until they have ended.
    async fn cancel(&self, candidate: &Candidate, active: &[Active]) -> Ended {
        for run in active {
            if let Err((reason, code)) = self.cancel_run(candidate.id(), &run.id).await {
                self.app.ui().warn(&format!("thread {} stays: {reason}", candidate.id()));
                return Ended::Failed { reason, code };
            }
        }
        Ended::Again
    }

    /// Cancels a run and waits at most [`PATIENCE`] until it has ended. Returns its last status, or the reason why it
    /// has not ended and an exit code.
    pub(super) async fn cancel_run(&self, thread: &str, run: &str) -> Result<String, (String, u8)> {
        let Ok(path) = OfRun::from_texts(&[thread, run]) else {
            return Err((format!("run {run} has an id that cannot be asked for"), FAILED));
        };
        let failed = |error: ClientError| (format!("run {run} could not be cancelled: {error}"), exit::code_of(&error));
        // Not recorded, because a cleanup is no use of the thread and must not change the time of its last use.
        let cancelled = self.ask(&Call::of::<CancelRun>(&path, &Nothing {}, Payload::None)).await;
        // The backend rejects the cancellation of a run that has ended in the meantime.
        if let Err(error) = cancelled
            && exit::code_of(&error) != BUSY
        {
            return Err(failed(error));
        }
        let begun = Instant::now();
        loop {
            let reply = match self.ask(&Call::of::<GetRun>(&path, &Nothing {}, Payload::None)).await {
                Ok(reply) => reply,
                Err(error) => return Err(failed(error)),
            };
            let status = reply.text("status").unwrap_or("in an unknown state").to_owned();
            if has_ended(&reply.value) {
                return Ok(status);
            }
            if begun.elapsed() >= PATIENCE || self.stopping.is_set() {
                return Err((format!("run {run} is {status} after it was cancelled"), BUSY));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
