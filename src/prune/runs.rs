//! Pruning of stuck runs. They are found on the threads in the ledger and among the runs in the ledger, checked at the
//! backend, and cancelled.

use super::lists::unexpected_type;
use super::options::PruneMode;
use super::outcome::{PruneOutcome, PrunedObject};
use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use super::run_verdict::judge_run;
use super::verdict::Verdict;
use crate::api::paging::Paging;
use crate::api::parts::OfThread;
use crate::api::runs::{GetRun, ListRuns, OfRun};
use crate::api::{Kind, Nothing, PathArgs};
use crate::app::{Call, NotFoundMeaning, NotFoundPolicy, redact};
use crate::client::{ClientError, Payload, id_of};
use crate::exit::{self, DONE, FAILED};
use crate::ledger::{ObjectKey, Row, StateFilter};
use anyhow::Result;
use futures_util::StreamExt;
use serde_json::Value;

impl Pruner<'_> {
    /// Finds stuck runs, and cancels them if the mode is deletion. Passes each examined run with its outcome to `each`.
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be read. The failure of a single run is its outcome.
    pub async fn runs(&self, rule: &PruneRule, mut each: impl FnMut(PrunedObject) -> Result<()>) -> Result<()> {
        let of_thread = async |thread| self.prune_runs_of(thread, rule).await;
        self.process(self.candidates(rule, Kind::Thread), of_thread, &mut each).await?;
        // Then the runs whose threads are not in the ledger or do not match the rule.
        let of_row = async |run: PruneCandidate| {
            if run.has_ended || self.was_examined(&run, rule).await? {
                return Ok(Vec::new());
            }
            Ok(self.prune_run(run, rule).await?.into_iter().collect())
        };
        self.process(self.candidates(rule, Kind::Run), of_row, &mut each).await
    }

    /// Examines and cancels runs that an earlier report found.
    ///
    /// # Errors
    /// Returns an error as [`Pruner::runs`] does.
    pub async fn runs_again(
        &self,
        rule: &PruneRule,
        found: Vec<PruneCandidate>,
        mut each: impl FnMut(PrunedObject) -> Result<()>,
    ) -> Result<()> {
        let prune = async |run: PruneCandidate| Ok(self.prune_run(run, rule).await?.into_iter().collect());
        self.process(futures_util::stream::iter(found).map(Ok), prune, &mut each).await
    }

    /// Returns `true` if the thread of a run matches the rule, so that its runs were already examined.
    async fn was_examined(&self, run: &PruneCandidate, rule: &PruneRule) -> Result<bool> {
        let Some(thread) = run.parent() else { return Ok(false) };
        let key = ObjectKey { origin: self.session.origin.clone(), kind: Kind::Thread, id: thread.to_owned() };
        let row = self.app.ledger()?.get(&key).await?;
        Ok(row.is_some_and(|row| {
            let matches_source = rule.sources.is_empty() || rule.sources.contains(&row.source);
            let matches_job = rule.filter.ci_job.as_ref().is_none_or(|job| row.ci_jobs().contains(job));
            StateFilter::Present.matches(row.state) && matches_source && matches_job
        }))
    }

    /// Lists the runs of a thread, examines those that have not ended, and cancels the stuck ones if the mode is
    /// deletion.
    async fn prune_runs_of(&self, thread: PruneCandidate, rule: &PruneRule) -> Result<Vec<PrunedObject>> {
        let Ok(path) = OfThread::from_texts(&[thread.id()]) else {
            let reason = "its ID is not valid in a request".to_owned();
            return Ok(vec![pruned(thread, &Verdict::Unknown { reason, code: DONE }, &Value::Null, rule)]);
        };
        let call = Call::of::<ListRuns>(&path, &Paging::default(), Payload::None);
        let mut stuck: Vec<PruneCandidate> = Vec::new();
        let mut examined = Vec::new();
        let mut examine = |run: &Value| match (judge_run(run, &rule.conditions, self.now), id_of(run)) {
            (Some(Verdict::Orphaned(_)), Some(id)) => stuck.push(self.run_candidate(&thread, &id)),
            (Some(verdict), Some(id)) => {
                examined.push(pruned(self.run_candidate(&thread, &id), &verdict, run, rule));
            }
            _ => {}
        };
        if let Err(error) = self.read_all(&call, &mut examine).await {
            examined.extend(self.unlisted_thread(thread, &error, rule));
            return Ok(examined);
        }
        self.not_found_policy.reset();
        if self.clock_differs() {
            return Ok(Vec::new());
        }
        for run in stuck {
            examined.extend(self.prune_run(run, rule).await?);
        }
        Ok(examined)
    }

    /// Returns the candidate for a run in the list of a thread.
    fn run_candidate(&self, thread: &PruneCandidate, id: &str) -> PruneCandidate {
        let row = Row::new(&self.session.origin, Kind::Run, id, thread.source(), self.now);
        Row { parent: Some(thread.id().to_owned()), ..row }.into()
    }

    /// Returns the outcome for a thread whose runs could not be listed, or `None` if the thread is gone and has no
    /// runs.
    fn unlisted_thread(&self, thread: PruneCandidate, error: &ClientError, rule: &PruneRule) -> Option<PrunedObject> {
        let (reason, code) = match self.not_found_policy.meaning_of(Kind::Thread, thread.id(), error) {
            Some(NotFoundMeaning::Gone) => return None,
            Some(NotFoundMeaning::Doubtful) => ("the backend returned a 404 that does not name it".to_owned(), FAILED),
            None => (error.to_string(), exit::code_of(error)),
        };
        self.count_failure(code);
        Some(pruned(thread, &Verdict::Unknown { reason, code }, &Value::Null, rule))
    }

    /// Requests a run to check that it is stuck, and cancels it if the mode is deletion. Returns `None` if the run has
    /// ended or was not examined.
    async fn prune_run(&self, candidate: PruneCandidate, rule: &PruneRule) -> Result<Option<PrunedObject>> {
        if self.is_over() {
            return Ok(None);
        }
        let (thread, id) = (candidate.parent().unwrap_or_default().to_owned(), candidate.id().to_owned());
        let unknown = |reason: String, code| Verdict::Unknown { reason, code };
        let Ok(path) = OfRun::from_texts(&[&thread, &id]) else {
            let verdict = unknown("the ledger does not have its thread".to_owned(), DONE);
            return Ok(Some(pruned(candidate, &verdict, &Value::Null, rule)));
        };
        let run = match self.send(&Call::of::<GetRun>(&path, &Nothing {}, Payload::None)).await {
            Ok(reply) => reply.value,
            Err(error) => return Ok(self.unavailable_run(candidate, &thread, &error, rule)),
        };
        if let Some(found) = unexpected_type(Kind::Run, &run) {
            self.count_failure(FAILED);
            let verdict = unknown(format!("expected an object of type run, got {found}"), FAILED);
            return Ok(Some(pruned(candidate, &verdict, &Value::Null, rule)));
        }
        self.not_found_policy.reset();
        if self.clock_differs() {
            return Ok(None);
        }
        let Some(verdict) = judge_run(&run, &rule.conditions, self.now) else { return Ok(None) };
        let mut pruned = pruned(candidate, &verdict, &run, rule);
        if !verdict.allows_deletion() {
            return Ok(Some(pruned));
        }
        let Some(mut slot) = self.reserve_slot(&id) else { return Ok(None) };
        if self.mode == PruneMode::Report {
            slot.keep();
            return Ok(Some(pruned));
        }
        match self.cancel_run(&thread, &id).await {
            Ok(status) if status == "cancelled" => {
                slot.keep();
                pruned.outcome = PruneOutcome::Cancelled;
                // This request records in the ledger that the run has ended.
                let _ = self.app.call(Call::of::<GetRun>(&path, &Nothing {}, Payload::None)).await;
                Ok(Some(pruned))
            }
            // The run ended by itself before the cancellation, so it was not stuck.
            Ok(_) => Ok(None),
            Err((reason, code)) => {
                self.count_failure(code);
                self.app.ui().warn(&reason);
                Ok(Some(PrunedObject { outcome: PruneOutcome::Failed, reason, code, ..pruned }))
            }
        }
    }

    /// Returns the outcome for a run that could not be fetched, or `None` if it is gone.
    fn unavailable_run(
        &self,
        run: PruneCandidate,
        thread: &str,
        error: &ClientError,
        rule: &PruneRule,
    ) -> Option<PrunedObject> {
        let is_gone = error.reports_missing(Kind::Thread, thread)
            || NotFoundPolicy::classify(Kind::Run, run.id(), error) == Some(NotFoundMeaning::Gone);
        if is_gone {
            return None;
        }
        let code = if error.is_not_found() { FAILED } else { exit::code_of(error) };
        self.count_failure(code);
        Some(pruned(run, &Verdict::Unknown { reason: error.to_string(), code }, &Value::Null, rule))
    }
}

/// Returns a run with the outcome of its verdict. `run` is the object of the backend, or null.
fn pruned(candidate: PruneCandidate, verdict: &Verdict, run: &Value, rule: &PruneRule) -> PrunedObject {
    let is_stuck = verdict.allows_deletion();
    PrunedObject {
        outcome: match verdict {
            Verdict::InUse(_) => PruneOutcome::InUse,
            _ if is_stuck => PruneOutcome::Selected,
            _ => PruneOutcome::Unknown,
        },
        verdict: if is_stuck { "stuck" } else { verdict.name() },
        reason: verdict.reason().to_owned(),
        code: verdict.code(),
        created_at: redact::time(run, "created_at"),
        rule: rule.name.clone(),
        candidate,
    }
}
