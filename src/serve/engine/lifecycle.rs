//! Status changes of a run (docs/protocol/runs.md#states-and-transitions). Each function adds the changes of all
//! affected objects to a batch.
//!
//! Every status change replaces the run object. A batch with [`Batch::unchanged`] on the run object therefore fails if
//! anything about the run has changed, including its steps. The module must not depend on what causes a status change:
//! a handler, a worker, or a timer.

use crate::api::objects::{JsonObject, Run, RunStatus, RunStep, StepStatus};
use crate::json;
use crate::serve::documents::run::{submit_tool_outputs, usage};
use crate::serve::error::ErrorResponse;
use crate::serve::ids;
use crate::serve::model::RunFailure;
use crate::serve::store::{Batch, CommitOutcome, MAX_ATTEMPTS, RunRow, Store, Stored};
use serde_json::{Value, json};

/// A run that was read in order to be changed: its object and its row.
#[derive(Debug)]
pub(in crate::serve) struct RunState {
    pub(in crate::serve) run: Stored<Run>,
    pub(in crate::serve) row: RunRow,
}

/// The way in which a run ends.
#[derive(Debug, Clone)]
pub(in crate::serve) enum RunEnding {
    Completed,
    /// The run reached a limit. The text is the reason in `incomplete_details`.
    Incomplete(&'static str),
    Failed(RunFailure),
    Cancelled,
    Expired,
}

impl RunEnding {
    /// Returns the reason why a message is incomplete after its run ended in this way.
    pub(in crate::serve) const fn message_reason(&self) -> &'static str {
        match self {
            Self::Cancelled => "run_cancelled",
            Self::Expired => "run_expired",
            Self::Incomplete(_) => "max_tokens",
            Self::Failed(_) | Self::Completed => "run_failed",
        }
    }

    /// Returns the status of a run that ended in this way, and the name of the member with the time of its end. A
    /// status without such a member returns `None`.
    const fn of_run(&self) -> (RunStatus, Option<&'static str>) {
        match self {
            Self::Completed => (RunStatus::Completed, Some("completed_at")),
            Self::Incomplete(_) => (RunStatus::Incomplete, None),
            Self::Failed(_) => (RunStatus::Failed, Some("failed_at")),
            Self::Cancelled => (RunStatus::Cancelled, Some("cancelled_at")),
            Self::Expired => (RunStatus::Expired, None),
        }
    }

    /// Returns the status of a step that was open when the run ended, and the name of the member with the time of its
    /// end.
    const fn of_step(&self) -> (StepStatus, &'static str) {
        match self {
            Self::Cancelled => (StepStatus::Cancelled, "cancelled_at"),
            Self::Expired => (StepStatus::Expired, "expired_at"),
            Self::Completed => (StepStatus::Completed, "completed_at"),
            Self::Failed(_) | Self::Incomplete(_) => (StepStatus::Failed, "failed_at"),
        }
    }

    /// Ends an open step with the status that follows from the end of its run.
    pub(in crate::serve) fn close_step(&self, step: &mut RunStep) {
        let (status, time) = self.of_step();
        step.set_status(status);
        step.set(time, ids::now());
        if let Self::Failed(failure) = self {
            step.set("last_error", failure.of_step());
        }
    }
}

impl RunState {
    /// Reads a run. The object is read before the row. If the run changes in between, a batch on the object fails.
    pub(in crate::serve) async fn load(store: &Store, thread: &str, id: &str) -> Result<Option<Self>, ErrorResponse> {
        let Some(run) = store.load(thread, id).await? else { return Ok(None) };
        Ok(store.run(id).await?.map(|row| Self { run, row }))
    }

    /// Begins a batch that succeeds only if the run has not changed since it was read.
    pub(in crate::serve) fn batch(&self) -> Batch {
        Batch::default().unchanged(&self.run)
    }

    /// Returns the steps that are still open.
    pub(in crate::serve) async fn open_steps(&self, store: &Store) -> Result<Vec<Stored<RunStep>>, ErrorResponse> {
        let mut steps = store.all::<RunStep>(&self.run.id).await?;
        steps.retain(|step| step.object.status().is(StepStatus::InProgress));
        Ok(steps)
    }

    /// Moves the run to a status that is not final.
    pub(in crate::serve) fn set_status(&mut self, batch: Batch, status: RunStatus) -> Batch {
        let run = &mut self.run.object;
        run.set_status(status);
        run.set("required_action", Value::Null);
        if status == RunStatus::InProgress && run.started_at().is_missing() {
            run.set("started_at", ids::now());
        }
        batch.replace(&self.run).run_status(&self.row, status)
    }

    /// Makes the run wait for the outputs of tool calls.
    pub(in crate::serve) fn require_action(&mut self, batch: Batch, tool_calls: Vec<Value>) -> Batch {
        let run = &mut self.run.object;
        run.set_status(RunStatus::RequiresAction);
        run.set("required_action", submit_tool_outputs(tool_calls));
        run.set("usage", usage(self.row.prompt_tokens, self.row.completion_tokens));
        batch.replace(&self.run).run_status(&self.row, RunStatus::RequiresAction)
    }

    /// Ends the run and its open steps.
    pub(in crate::serve) async fn end(
        &mut self,
        store: &Store,
        mut batch: Batch,
        ending: &RunEnding,
    ) -> Result<Batch, ErrorResponse> {
        for mut step in self.open_steps(store).await? {
            ending.close_step(&mut step.object);
            reveal_usage(&mut step);
            batch = batch.replace(&step);
        }
        let (status, time) = ending.of_run();
        let run = &mut self.run.object;
        run.set_status(status);
        run.set("required_action", Value::Null);
        run.set("usage", usage(self.row.prompt_tokens, self.row.completion_tokens));
        if let Some(time) = time {
            run.set(time, ids::now());
        }
        match ending {
            RunEnding::Completed => run.set("expires_at", Value::Null),
            RunEnding::Incomplete(reason) => run.set("incomplete_details", json!({ "reason": reason })),
            RunEnding::Failed(failure) => run.set("last_error", failure.of_run()),
            RunEnding::Cancelled | RunEnding::Expired => {}
        }
        Ok(batch.replace(&self.run).run_status(&self.row, status))
    }
}

/// Ends a run that has expired, unless another change ends it first.
pub(in crate::serve) async fn expire(store: &Store, row: RunRow) -> Result<(), ErrorResponse> {
    let (thread, id) = (row.thread, row.id);
    for _ in 0..MAX_ATTEMPTS {
        let Some(mut state) = RunState::load(store, &thread, &id).await? else { return Ok(()) };
        if !state.row.is_overdue() {
            return Ok(());
        }
        let batch = state.batch();
        let batch = state.end(store, batch, &RunEnding::Expired).await?;
        if store.commit(batch).await? == CommitOutcome::Committed {
            return Ok(());
        }
    }
    Err(ErrorResponse::contended())
}

/// Ends the active run of a thread if it has expired. Returns the run that is still active.
///
/// Must be called before any decision that depends on the status of runs.
pub(in crate::serve) async fn expire_overdue(store: &Store, thread: &str) -> Result<Option<RunRow>, ErrorResponse> {
    match store.active_run(thread).await? {
        Some(row) if row.is_overdue() => {
            expire(store, row).await?;
            Ok(None)
        }
        active => Ok(active),
    }
}

/// Completes a step and makes its usage visible.
pub(in crate::serve) fn complete_step(step: &mut Stored<RunStep>) {
    step.object.set_status(StepStatus::Completed);
    step.object.set("completed_at", ids::now());
    reveal_usage(step);
}

/// Copies the usage of a step from its label to its member `usage`, which is null while the step is open.
fn reveal_usage(step: &mut Stored<RunStep>) {
    let usage = step.label.as_deref().and_then(|text| json::stored(text).ok());
    step.object.set("usage", usage.unwrap_or(Value::Null));
}
