//! The deletion of one thread: proof, room under `--max`, active runs cancelled where that was asked for, and the call.

use super::facts::Active;
use super::verdict::Verdict;
use super::{Candidate, Deed, Fate, Pruned, Pruner, Rule, health};
use crate::api::parts::OfThread;
use crate::api::runs::{CancelRun, GetRun, OfRun, has_ended};
use crate::api::threads::DeleteThread;
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::{Absence, Call};
use crate::client::{ClientError, Payload};
use crate::exit::{self, BUSY, CallFailed, DONE, FAILED};
use anyhow::Result;
use std::cell::Cell;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;
use tokio::time::Instant;

/// How long a run is waited for that is being cancelled, and how long between two looks.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(250);

/// How a deletion ended.
enum Ended {
    Deleted,
    AlreadyGone,
    /// The backend refuses: a run has begun since the proof.
    Busy(String),
    /// Nobody knows; it is to be proven anew.
    Again,
    Failed {
        reason: String,
        code: u8,
    },
}

/// A place among those that may go; it is free again where nothing went.
pub(super) struct Room<'a> {
    taken: &'a Cell<u64>,
    kept: bool,
}

impl Room<'_> {
    /// Keeps the place: something went.
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

impl Pruner<'_> {
    /// Judges a candidate and, if that is the deed and the verdict, deletes it; `None` where there was no room for it.
    pub(super) async fn handle(&self, candidate: Candidate, rule: &Rule) -> Result<Option<Pruned>> {
        let (mut wait, mut cancelled, mut backed) = (health::Wait::new(), false, self.backup.is_none());
        let mut room = None;
        loop {
            if self.stopping.is_set() || (room.is_none() && self.is_over()) {
                return Ok(None);
            }
            let Some((verdict, facts)) = self.prove(&candidate, rule).await? else {
                return self.already_gone(candidate, rule).await.map(Some);
            };
            let pruned = |fate, reason: &str, code| Pruned {
                candidate: candidate.clone(),
                fate,
                verdict: verdict.name(),
                reason: reason.to_owned(),
                code,
                created_at: facts.created_at,
                rule: rule.name.clone(),
            };
            if !verdict.may_go() {
                let fate = if matches!(verdict, Verdict::InUse(_)) { Fate::InUse } else { Fate::Unknown };
                self.note(verdict.code());
                return Ok(Some(pruned(fate, verdict.reason(), verdict.code())));
            }
            self.health.answered();
            room = room.or_else(|| self.room_for(candidate.id()));
            let Some(taken) = &mut room else { return Ok(None) };
            if self.deed == Deed::Look {
                taken.keep();
                return Ok(Some(pruned(Fate::Found, verdict.reason(), DONE)));
            }
            let active = facts.runs.as_ref().map_or(&[][..], |runs| &runs.active);
            // What takes its time comes before another proof: the last one stands immediately before the deletion.
            let ended = match active.first() {
                Some(run) if cancelled => {
                    Ended::Busy(format!("run {} is {} after it was cancelled", run.id, run.status))
                }
                Some(_) => self.cancel(&candidate, active).await?,
                None if !backed => self.back_up(&candidate).await?,
                None => self.delete(&candidate, &mut wait).await?,
            };
            (cancelled, backed) = (cancelled || !active.is_empty(), backed || active.is_empty());
            let done = match ended {
                Ended::Deleted => {
                    taken.keep();
                    return Ok(Some(pruned(Fate::Deleted, verdict.reason(), DONE)));
                }
                Ended::AlreadyGone => Some((Fate::AlreadyGone, "deleted by somebody else".to_owned(), DONE)),
                Ended::Busy(reason) => Some((Fate::InUse, reason, DONE)),
                Ended::Failed { reason, code } => Some((Fate::Failed, reason, code)),
                Ended::Again => None,
            };
            if let Some((fate, reason, code)) = done {
                self.note(code);
                return Ok(Some(pruned(fate, &reason, code)));
            }
        }
    }

    /// Counts failures: after too many in a row there is no point in going on.
    pub(super) fn note(&self, code: u8) {
        if code != DONE && code != BUSY {
            self.health.failed(code);
        }
    }

    /// Takes a place among those that may go. What would go already under another rule does not go twice.
    pub(super) fn room_for(&self, id: &str) -> Option<Room<'_>> {
        let mut hasher = DefaultHasher::new();
        id.hash(&mut hasher);
        if self.is_over() || (self.deed == Deed::Look && !self.found.borrow_mut().insert(hasher.finish())) {
            return None;
        }
        self.taken.set(self.taken.get() + 1);
        Some(Room { taken: &self.taken, kept: false })
    }

    async fn already_gone(&self, candidate: Candidate, rule: &Rule) -> Result<Pruned> {
        if self.deed == Deed::Delete {
            self.app.record_gone(&candidate.row).await?;
        }
        let created_at = candidate.row.created_at;
        let (reason, rule) = ("not at the backend".to_owned(), rule.name.clone());
        Ok(Pruned { candidate, fate: Fate::AlreadyGone, verdict: "gone", reason, code: DONE, created_at, rule })
    }

    async fn delete(&self, candidate: &Candidate, wait: &mut health::Wait) -> Result<Ended> {
        let path = OfThread::from_texts(&[candidate.id()])?;
        let call = Call::of::<DeleteThread>(&path, &Nothing {}, Payload::None);
        let error = match self.app.call(call).await {
            Ok(_) => return Ok(Ended::Deleted),
            Err(error) => error,
        };
        let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        if let Some(cause) = cause
            && self.trust.judge(Kind::Thread, candidate.id(), cause) == Some(Absence::Gone)
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
        let reason =
            std::iter::once(report.message.clone()).chain(report.causes.clone()).collect::<Vec<_>>().join(": ");
        if report.exit_code == BUSY {
            return Ok(Ended::Busy(reason));
        }
        self.app.ui.error(&report);
        Ok(Ended::Failed { reason, code: if report.exit_code == DONE { FAILED } else { report.exit_code } })
    }

    async fn back_up(&self, candidate: &Candidate) -> Result<Ended> {
        let taken = match &self.backup {
            Some(backup) => backup.take(candidate.id()).await?,
            None => true,
        };
        let reason = || "it could not be backed up".to_owned();
        Ok(if taken { Ended::Again } else { Ended::Failed { reason: reason(), code: FAILED } })
    }

    /// Cancels the runs that are active and waits until they have ended.
    async fn cancel(&self, candidate: &Candidate, active: &[Active]) -> Result<Ended> {
        for run in active {
            if let Err((reason, code)) = self.cancel_run(candidate.id(), &run.id).await? {
                self.app.ui.warn(&format!("thread {} stays: {reason}", candidate.id()));
                return Ok(Ended::Failed { reason, code });
            }
        }
        Ok(Ended::Again)
    }

    /// Cancels a run and waits until it has ended, a while at most. Returns its last status, or why it goes on with a
    /// code.
    pub(super) async fn cancel_run(&self, thread: &str, run: &str) -> Result<Result<String, (String, u8)>> {
        let Ok(path) = OfRun::from_texts(&[thread, run]) else {
            return Ok(Err((format!("run {run} has an id that cannot be asked for"), FAILED)));
        };
        let failed = |error: ClientError| (format!("run {run} could not be cancelled: {error}"), exit::code_of(&error));
        // Not recorded: cleaning up is no use of the thread, whose last use must not move by it.
        let cancelled = self.ask(&Call::of::<CancelRun>(&path, &Nothing {}, Payload::None)).await?;
        // One that has ended meanwhile cannot be cancelled.
        if let Err(error) = cancelled
            && exit::code_of(&error) != BUSY
        {
            return Ok(Err(failed(error)));
        }
        let begun = Instant::now();
        loop {
            let reply = match self.ask(&Call::of::<GetRun>(&path, &Nothing {}, Payload::None)).await? {
                Ok(reply) => reply,
                Err(error) => return Ok(Err(failed(error))),
            };
            let status = reply.text("status").unwrap_or("in an unknown state").to_owned();
            if has_ended(&reply.value) {
                return Ok(Ok(status));
            }
            if begun.elapsed() >= PATIENCE || self.stopping.is_set() {
                return Ok(Err((format!("run {run} is {status} after it was cancelled"), BUSY)));
            }
            tokio::time::sleep(PAUSE).await;
        }
    }
}
