//! Stuck runs: found on the threads of the ledger and among its run rows, proven, and cancelled.

use super::verdict::Verdict;
use super::{Candidate, PruneMode, PruneOutcome, PruneRule, PrunedObject, Pruner, stuck};
use crate::api::paging::Paging;
use crate::api::parts::OfThread;
use crate::api::runs::{GetRun, ListRuns, OfRun};
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::{Absence, Call, Trust, redact};
use crate::client::{ClientError, Payload, id_of};
use crate::exit::{self, DONE, FAILED};
use crate::ledger::{ObjectKey, Row, StateFilter};
use anyhow::Result;
use futures_util::{Stream, StreamExt};
use serde_json::Value;

impl Pruner<'_> {
    /// Finds stuck runs, and cancels them if cancellation is requested.
    pub async fn runs(&self, rule: &PruneRule, mut each: impl FnMut(PrunedObject) -> Result<()>) -> Result<()> {
        let of_thread = async |thread| self.of_thread(thread, rule).await;
        self.work(self.rows(rule, Kind::Thread), of_thread, &mut each).await?;
        self.run_rows(self.rows(rule, Kind::Run), rule, &mut each).await
    }

    /// Examines and cancels runs that were found before.
    pub async fn runs_again(
        &self,
        rule: &PruneRule,
        found: Vec<Candidate>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let one = async |run: Candidate| Ok(self.run(run, rule).await?.into_iter().collect());
        self.work(futures_util::stream::iter(found).map(Ok), one, &mut each).await
    }

    /// Examines run rows that have not ended according to the ledger, unless their threads were examined.
    async fn run_rows(
        &self,
        rows: impl Stream<Item = Result<Candidate>>,
        rule: &PruneRule,
        each: &mut impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let one = async |run: Candidate| {
            if run.ended || self.was_looked_at(&run, rule).await? {
                return Ok(Vec::new());
            }
            Ok(self.run(run, rule).await?.into_iter().collect())
        };
        self.work(rows, one, each).await
    }

    async fn was_looked_at(&self, run: &Candidate, rule: &PruneRule) -> Result<bool> {
        let Some(thread) = run.parent() else { return Ok(false) };
        let key = ObjectKey { origin: self.session.origin.clone(), kind: Kind::Thread, id: thread.to_owned() };
        let row = self.app.ledger()?.get(&key).await?;
        Ok(row.is_some_and(|row| {
            let known = rule.sources.is_empty() || rule.sources.contains(&row.source);
            let meant = rule.filter.ci_job.is_none() || rule.filter.ci_job == row.ci_job;
            StateFilter::Present.matches(row.state) && known && meant
        }))
    }

    /// Lists the runs of a thread and examines those that have not ended.
    async fn of_thread(&self, thread: Candidate, rule: &PruneRule) -> Result<Vec<PrunedObject>> {
        let Ok(path) = OfThread::from_texts(&[thread.id()]) else {
            let reason = "its id cannot be asked for".to_owned();
            return Ok(vec![pruned(thread, &Verdict::Unknown { reason, code: DONE }, &Value::Null, rule)]);
        };
        let call = Call::of::<ListRuns>(&path, &Paging::default(), Payload::None);
        let mut going: Vec<Candidate> = Vec::new();
        let mut done = Vec::new();
        let mut look = |run: &Value| match (stuck::judge(run, &rule.conditions, self.now), id_of(run)) {
            (Some(Verdict::Orphaned(_)), Some(id)) => going.push(self.found(&thread, &id)),
            (Some(verdict), Some(id)) => done.push(pruned(self.found(&thread, &id), &verdict, run, rule)),
            _ => {}
        };
        let walked = self.look_through(&call, &mut look).await;
        if let Err(error) = &walked {
            done.extend(self.unlisted(thread, error, rule));
            return Ok(done);
        }
        self.trust.found();
        if self.skew().is_some() {
            return Ok(Vec::new());
        }
        for run in going {
            done.extend(self.run(run, rule).await?);
        }
        Ok(done)
    }

    fn found(&self, thread: &Candidate, id: &str) -> Candidate {
        let row = Row::new(&self.session.origin, Kind::Run, id, thread.source(), self.now);
        Row { parent: Some(thread.id().to_owned()), ..row }.into()
    }

    /// Returns the outcome for a thread whose runs could not be listed, or `None` if the thread is gone and has no
    /// runs.
    fn unlisted(&self, thread: Candidate, error: &ClientError, rule: &PruneRule) -> Option<PrunedObject> {
        let (reason, code) = match self.trust.absence(Kind::Thread, thread.id(), error) {
            Some(Absence::Gone) => return None,
            Some(Absence::Doubtful) => ("not there, but this backend may not be the one".to_owned(), FAILED),
            None => (error.to_string(), exit::code_of(error)),
        };
        self.note(code);
        Some(pruned(thread, &Verdict::Unknown { reason, code }, &Value::Null, rule))
    }

    /// Proves that a run is stuck and, if requested, cancels it. Returns `None` if the run has ended or was not
    /// examined.
    async fn run(&self, candidate: Candidate, rule: &PruneRule) -> Result<Option<PrunedObject>> {
        if self.is_over() {
            return Ok(None);
        }
        let (thread, id) = (candidate.parent().unwrap_or_default().to_owned(), candidate.id().to_owned());
        let Ok(path) = OfRun::from_texts(&[&thread, &id]) else {
            let reason = "the ledger does not know its thread".to_owned();
            return Ok(Some(pruned(candidate, &Verdict::Unknown { reason, code: DONE }, &Value::Null, rule)));
        };
        let run = match self.ask(&Call::of::<GetRun>(&path, &Nothing {}, Payload::None)).await {
            Ok(reply) => reply.value,
            Err(error) => return Ok(self.run_unknown(candidate, &thread, &error, rule)),
        };
        self.trust.found();
        if self.skew().is_some() {
            return Ok(None);
        }
        let Some(verdict) = stuck::judge(&run, &rule.conditions, self.now) else { return Ok(None) };
        let mut pruned = pruned(candidate, &verdict, &run, rule);
        if !verdict.may_go() {
            return Ok(Some(pruned));
        }
        let Some(mut room) = self.room_for(&id) else { return Ok(None) };
        if self.mode == PruneMode::Report {
            room.keep();
            return Ok(Some(pruned));
        }
        let ended = self.cancel_run(&thread, &id).await;
        if ended.as_ref().is_ok_and(|status| status == "cancelled") {
            room.keep();
            pruned.outcome = PruneOutcome::Cancelled;
            // This request records in the ledger that the run has ended.
            let _ = self.app.call(Call::of::<GetRun>(&path, &Nothing {}, Payload::None)).await;
            return Ok(Some(pruned));
        }
        // A run that ended by itself was not stuck.
        let Err((reason, code)) = ended else { return Ok(None) };
        self.note(code);
        self.app.ui().warn(&reason);
        Ok(Some(PrunedObject { outcome: PruneOutcome::Failed, reason, code, ..pruned }))
    }

    fn run_unknown(&self, run: Candidate, thread: &str, error: &ClientError, rule: &PruneRule) -> Option<PrunedObject> {
        if error.reports_missing(Kind::Thread, thread)
            || Trust::judge(Kind::Run, run.id(), error) == Some(Absence::Gone)
        {
            return None;
        }
        let code = if error.is_not_found() { FAILED } else { exit::code_of(error) };
        self.note(code);
        Some(pruned(run, &Verdict::Unknown { reason: error.to_string(), code }, &Value::Null, rule))
    }
}

fn pruned(candidate: Candidate, verdict: &Verdict, run: &Value, rule: &PruneRule) -> PrunedObject {
    PrunedObject {
        outcome: match verdict {
            Verdict::InUse(_) => PruneOutcome::InUse,
            verdict if verdict.may_go() => PruneOutcome::Selected,
            _ => PruneOutcome::Unknown,
        },
        verdict: if verdict.may_go() { "stuck" } else { verdict.name() },
        reason: verdict.reason().to_owned(),
        code: verdict.code(),
        created_at: redact::time(run, "created_at"),
        rule: rule.name.clone(),
        candidate,
    }
}
