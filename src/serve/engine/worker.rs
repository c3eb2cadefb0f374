//! The worker of one run. In a loop, it reads the state of the run, executes what comes next, and commits the result,
//! until the run ends or waits.
//!
//! The message, the step, and the status of a round are one batch. If the process dies, the store has either the whole
//! round or none of it.

use super::Engine;
use super::file_search::FinishedSearch;
use super::partial_output::PartialOutput;
use super::round_batch::{self, completion_tokens_left};
use crate::api::objects::RunStatus;
use crate::serve::engine::lifecycle::{RunEnding, RunState};
use crate::serve::error::ErrorResponse;
use crate::serve::fault::HeldStatus;
use crate::serve::ids;
use crate::serve::model::{Round, RunFailure, TokenSink};
use crate::serve::pubsub::Notification;
use crate::serve::store::{Batch, CommitOutcome, MAX_ATTEMPTS};
use std::time::Duration;
use tokio::sync::Notify;

/// The pause between two attempts if the store is unavailable.
const STORE_PAUSE: Duration = Duration::from_millis(250);

/// The pause between two checks of whether the files of the thread are indexed.
const FILES_PAUSE: Duration = Duration::from_millis(100);

/// The result of a round, with the results of the searches in it.
#[derive(Debug)]
struct FinishedRound {
    round: Round,
    searches: Vec<FinishedSearch>,
}

/// The outcome of the attempt to store a round.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum RoundOutcome {
    /// Another round follows.
    Continues,
    /// The run has ended, or waits for tool outputs.
    Stops,
    /// The run was changed, and nothing was stored.
    Conflict,
}

impl Engine {
    /// Works on a run until it ends, requires tool outputs, or is claimed by another process.
    pub(super) async fn work(&self, id: &str, changed: &Notify) -> Result<(), ErrorResponse> {
        let mut conflicts = 0;
        let mut output = PartialOutput::new(0);
        while conflicts < MAX_ATTEMPTS {
            self.begin_read(id);
            let Some(mut state) = self.leased_run(id).await? else { return Ok(()) };
            if !state.row.is_overdue() && self.is_held(&state) {
                self.mark_stuck(id);
                wait(&state, changed).await;
                continue;
            }
            let batch = self.batch(&state);
            let ending = match state.row.status {
                _ if state.row.is_overdue() => Some(RunEnding::Expired),
                RunStatus::Cancelling => Some(RunEnding::Cancelled),
                RunStatus::Queued => None,
                RunStatus::InProgress if self.waits_for_files(&state).await? => {
                    // The loop checks the run again in both cases.
                    let _ = tokio::time::timeout(FILES_PAUSE, changed.notified()).await;
                    continue;
                }
                RunStatus::InProgress => {
                    output = PartialOutput::new(completion_tokens_left(&state));
                    let Some(round) = self.run_model(&state, changed, &mut output).await? else { continue };
                    match self.commit_round(id, round, &mut output).await? {
                        RoundOutcome::Stops => return Ok(()),
                        // The round is in the store. If the run ends now, its output must not be stored a second time.
                        RoundOutcome::Continues => output = PartialOutput::new(0),
                        RoundOutcome::Conflict => {}
                    }
                    continue;
                }
                _ => return Ok(()),
            };
            let batch = match &ending {
                Some(ending) => {
                    let batch = round_batch::keep_output(&state.run.object, batch, &output, ending);
                    state.end(&self.store, batch, ending).await?
                }
                None => state.set_status(batch, RunStatus::InProgress),
            };
            match self.store.commit(batch).await? {
                CommitOutcome::Committed if ending.is_some() => return Ok(()),
                CommitOutcome::Committed => {}
                CommitOutcome::Conflict => conflicts += 1,
            }
        }
        Err(ErrorResponse::contended())
    }

    /// Returns `true` if a fault holds the run in its status.
    fn is_held(&self, state: &RunState) -> bool {
        let Some(faults) = &self.faults else { return false };
        let status = match state.row.status {
            RunStatus::Queued => HeldStatus::Queued,
            RunStatus::InProgress => HeldStatus::InProgress,
            RunStatus::Cancelling => HeldStatus::Cancelling,
            _ => return false,
        };
        faults.holds(&state.run.id, status)
    }

    /// Fails a run that cannot be processed.
    pub(super) async fn fail(&self, id: &str) -> Result<(), ErrorResponse> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(mut state) = self.leased_run(id).await? else { return Ok(()) };
            if state.row.status.is_terminal() {
                return Ok(());
            }
            let batch = self.batch(&state);
            let ending = RunEnding::Failed(RunFailure::server("Sorry, something went wrong."));
            let batch = state.end(&self.store, batch, &ending).await?;
            if self.store.commit(batch).await? == CommitOutcome::Committed {
                return Ok(());
            }
        }
        Err(ErrorResponse::contended())
    }

    /// Loads a run. Returns `None` if this process does not hold its lease.
    async fn leased_run(&self, id: &str) -> Result<Option<RunState>, ErrorResponse> {
        let Some(row) = self.store.run(id).await? else { return Ok(None) };
        let state = RunState::load(&self.store, &row.thread, id).await?;
        Ok(state.filter(|state| state.row.lease.as_deref() == Some(&self.lease)))
    }

    /// Begins a batch that succeeds only if the run is unchanged and this process holds its lease.
    fn batch(&self, state: &RunState) -> Batch {
        state.batch().leased(&state.run.id, &self.lease)
    }

    /// Runs the model for one round, publishes its output, and executes its searches. Returns `None` if the run changes
    /// or expires in the meantime.
    async fn run_model(
        &self,
        state: &RunState,
        changed: &Notify,
        output: &mut PartialOutput,
    ) -> Result<Option<FinishedRound>, ErrorResponse> {
        let scope = self.search_scope(&state.run).await?;
        if let Some(failure) = scope.as_ref().and_then(|scope| scope.failure()) {
            return Ok(Some(FinishedRound { round: Round::failed(failure), searches: Vec::new() }));
        }
        let mut input = self.model_input(state).await?;
        input.search = scope.as_ref().map(|scope| scope.tool());
        output.set_input(&input);
        if self.model.is_stuck(&input) {
            self.mark_stuck(&state.run.id);
        }
        let left = time_left(state);
        let (sink, mut deltas) = TokenSink::new();
        let mut publish = |delta| {
            if let Some(delta) = output.push(delta) {
                let notification = || Notification::Output(output.ids.clone(), delta.clone());
                self.store.pubsub.publish(&state.run.id, notification);
            }
        };
        let (round, overdue) = (self.model.round(&input, &sink), tokio::time::sleep(left));
        tokio::pin!(round, overdue);
        let round = loop {
            tokio::select! {
                round = &mut round => break Some(round),
                Some(delta) = deltas.recv() => publish(delta),
                () = changed.notified() => break None,
                () = &mut overdue => break None,
            }
        };
        while let Ok(delta) = deltas.try_recv() {
            publish(delta);
        }
        let Some(round) = round else { return Ok(None) };
        // Retries as long as the store is unavailable. Running the model again would be more expensive.
        let searches = loop {
            match self.execute_searches(scope.as_ref(), &round, &input).await {
                Err(error) if error.is_temporary() => tokio::time::sleep(STORE_PAUSE).await,
                searched => break searched?,
            }
        };
        Ok(Some(FinishedRound { round, searches }))
    }

    /// Commits the result of a round, and retries as long as the store is unavailable. Running the model again would be
    /// more expensive.
    async fn commit_round(
        &self,
        id: &str,
        round: FinishedRound,
        output: &mut PartialOutput,
    ) -> Result<RoundOutcome, ErrorResponse> {
        loop {
            match self.try_to_commit_round(id, &round, output).await {
                Err(error) if error.is_temporary() => tokio::time::sleep(STORE_PAUSE).await,
                committed => return committed,
            }
        }
    }

    /// Commits the result of a round. If an unrelated change of the run, such as new metadata, prevents it, the commit
    /// is retried with the same result.
    async fn try_to_commit_round(
        &self,
        id: &str,
        finished: &FinishedRound,
        output: &mut PartialOutput,
    ) -> Result<RoundOutcome, ErrorResponse> {
        for _ in 0..MAX_ATTEMPTS {
            let Some(mut state) = self.leased_run(id).await? else { return Ok(RoundOutcome::Conflict) };
            if state.row.status != RunStatus::InProgress || state.row.is_overdue() {
                return Ok(RoundOutcome::Conflict);
            }
            let batch = self.batch(&state);
            let FinishedRound { round, searches } = finished;
            let batch = round_batch::build(&self.store, &mut state, batch, round.clone(), searches, output).await?;
            let continues = state.run.object.status().is(RunStatus::InProgress);
            if self.store.commit(batch).await? == CommitOutcome::Committed {
                return Ok(if continues { RoundOutcome::Continues } else { RoundOutcome::Stops });
            }
        }
        Err(ErrorResponse::contended())
    }
}

/// Waits until a run changes or expires.
async fn wait(state: &RunState, changed: &Notify) {
    // The caller checks the run in both cases.
    let _ = tokio::time::timeout(time_left(state), changed.notified()).await;
}

/// Returns the time until a run expires, at least one second.
fn time_left(state: &RunState) -> Duration {
    Duration::from_secs(state.row.expires_at.saturating_sub(ids::now()).max(1).unsigned_abs())
}
