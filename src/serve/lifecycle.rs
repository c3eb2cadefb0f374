//! Status changes of a run (docs/protocol/runs.md#states-and-transitions): the documents to change, as one batch.
//!
//! Every status change changes the run's document. [`Batch::unchanged`] on it is therefore the compare-and-set of the
//! whole run, including its steps. Must not depend on the initiator: handler, worker or timer.

use super::error::Refused;
use super::ids;
use super::run_error::Failure;
use super::store::{Batch, Outcome, RunRow, Status, Store, Stored, TRIES};
use crate::api::Kind;
use crate::json;
use serde_json::{Map, Value, json};

/// A run that was read in order to be changed.
#[derive(Debug)]
pub(super) struct Live {
    pub(super) run: Stored,
    pub(super) row: RunRow,
}

/// The way in which a run ends.
#[derive(Debug, Clone)]
pub(super) enum Ending {
    Completed,
    Incomplete(&'static str),
    Failed(Failure),
    Cancelled,
    Expired,
}

impl Ending {
    /// Returns the reason why a message is incomplete after its run ended in this way.
    pub(super) const fn reason(&self) -> &'static str {
        match self {
            Self::Cancelled => "run_cancelled",
            Self::Expired => "run_expired",
            Self::Incomplete(_) => "max_tokens",
            Self::Failed(_) | Self::Completed => "run_failed",
        }
    }

    /// Ends an open step in the way in which its run ends.
    pub(super) fn of_step(&self, mut step: Value) -> Map<String, Value> {
        let mut doc = step.as_object_mut().map(std::mem::take).unwrap_or_default();
        close(&mut doc, self, ids::now());
        doc
    }
}

impl Live {
    /// Reads a run. The document is read first, so that a later change of the run makes a batch on it fail.
    pub(super) async fn load(store: &Store, thread: &str, id: &str) -> Result<Option<Self>, Refused> {
        let Some(run) = store.load(Kind::Run, thread, id).await? else { return Ok(None) };
        Ok(store.run(id).await?.map(|row| Self { run, row }))
    }

    /// Begins a batch that succeeds only if the run has not changed since it was read.
    pub(super) fn batch(&self) -> Batch {
        Batch::default().unchanged(&self.run.id, self.run.version)
    }

    /// Returns the steps that are still open.
    pub(super) async fn open_steps(&self, store: &Store) -> Result<Vec<Stored>, Refused> {
        let mut steps = store.all(Kind::Step, &self.run.id).await?;
        steps.retain(|step| step.doc.get("status").is_some_and(|status| status == "in_progress"));
        Ok(steps)
    }

    /// Moves the run to a status that is not final.
    pub(super) fn move_to(&mut self, batch: Batch, status: Status) -> Batch {
        let doc = &mut self.run.doc;
        set(doc, "status", status.name());
        set(doc, "required_action", Value::Null);
        match status {
            Status::InProgress if doc.get("started_at").is_none_or(Value::is_null) => {
                set(doc, "started_at", ids::now())
            }
            _ => {}
        }
        batch.replace(&self.run.id, doc).run_status(&self.row, status)
    }

    /// Makes the run wait for the outputs of tool calls.
    pub(super) fn require(&mut self, batch: Batch, tool_calls: Vec<Value>) -> Batch {
        let action = json!({ "type": "submit_tool_outputs", "submit_tool_outputs": { "tool_calls": tool_calls } });
        set(&mut self.run.doc, "status", Status::RequiresAction.name());
        set(&mut self.run.doc, "required_action", action);
        set(&mut self.run.doc, "usage", usage(self.row.prompt_tokens, self.row.completion_tokens));
        batch.replace(&self.run.id, &self.run.doc).run_status(&self.row, Status::RequiresAction)
    }

    /// Ends the run and its open steps.
    pub(super) async fn end(&mut self, store: &Store, mut batch: Batch, ending: &Ending) -> Result<Batch, Refused> {
        let now = ids::now();
        let (status, time) = match ending {
            Ending::Completed => (Status::Completed, Some("completed_at")),
            Ending::Incomplete(_) => (Status::Incomplete, None),
            Ending::Failed(_) => (Status::Failed, Some("failed_at")),
            Ending::Cancelled => (Status::Cancelled, Some("cancelled_at")),
            Ending::Expired => (Status::Expired, None),
        };
        for mut step in self.open_steps(store).await? {
            close(&mut step.doc, ending, now);
            tell_usage(&mut step);
            batch = batch.replace(&step.id, &step.doc);
        }
        let doc = &mut self.run.doc;
        set(doc, "status", status.name());
        set(doc, "required_action", Value::Null);
        set(doc, "usage", usage(self.row.prompt_tokens, self.row.completion_tokens));
        if let Some(time) = time {
            set(doc, time, now);
        }
        match ending {
            Ending::Completed => set(doc, "expires_at", Value::Null),
            Ending::Incomplete(reason) => set(doc, "incomplete_details", json!({ "reason": reason })),
            Ending::Failed(failure) => set(doc, "last_error", failure.of_run()),
            Ending::Cancelled | Ending::Expired => {}
        }
        Ok(batch.replace(&self.run.id, doc).run_status(&self.row, status))
    }
}

/// Ends a run that has expired, unless another change ends it first.
pub(super) async fn expire(store: &Store, row: RunRow) -> Result<(), Refused> {
    let (thread, id) = (row.thread, row.id);
    for _ in 0..TRIES {
        let Some(mut live) = Live::load(store, &thread, &id).await? else { return Ok(()) };
        if !live.row.is_due() {
            return Ok(());
        }
        let batch = live.batch();
        let batch = live.end(store, batch, &Ending::Expired).await?;
        if store.commit(batch).await? == Outcome::Done {
            return Ok(());
        }
    }
    Err(contended())
}

/// Ends the active run of a thread if it has expired. Must be called before any decision that depends on the status of
/// runs.
pub(super) async fn settle(store: &Store, thread: &str) -> Result<Option<RunRow>, Refused> {
    match store.active_run(thread).await? {
        Some(row) if row.is_due() => {
            expire(store, row).await?;
            Ok(None)
        }
        active => Ok(active),
    }
}

/// Returns the error for an object that other requests kept changing.
pub(super) fn contended() -> Refused {
    Refused::internal("a change was tried too often; others kept coming first")
}

/// Returns the `usage` member. The sum saturates, because an endpoint may report any count.
pub(super) fn usage(prompt: i64, completion: i64) -> Value {
    json!({ "prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": prompt.saturating_add(completion) })
}

/// Sets a member of a document.
pub(super) fn set(doc: &mut Map<String, Value>, name: &str, value: impl Into<Value>) {
    doc.insert(name.to_owned(), value.into());
}

/// Completes a step. Its usage, which was held back until now, becomes visible.
pub(super) fn complete(step: &mut Stored) {
    set(&mut step.doc, "status", "completed");
    set(&mut step.doc, "completed_at", ids::now());
    tell_usage(step);
}

fn close(step: &mut Map<String, Value>, ending: &Ending, now: i64) {
    let (status, time) = match ending {
        Ending::Cancelled => ("cancelled", "cancelled_at"),
        Ending::Expired => ("expired", "expired_at"),
        Ending::Completed => ("completed", "completed_at"),
        Ending::Failed(_) | Ending::Incomplete(_) => ("failed", "failed_at"),
    };
    set(step, "status", status);
    set(step, time, now);
    if let Ending::Failed(failure) = ending {
        set(step, "last_error", failure.of_step());
    }
}

fn tell_usage(step: &mut Stored) {
    let held = step.label.as_deref().and_then(|text| json::stored(text).ok());
    set(&mut step.doc, "usage", held.unwrap_or(Value::Null));
}
