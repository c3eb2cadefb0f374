//! Deletion of the objects that a recorded program created and did not delete. Objects that refer to others are deleted
//! first.

use super::{App, Call, ObjectRef, RecordingResult, Work};
use crate::api::objects::{OpenEnum, RunStatus};
use crate::api::runs::{CancelRun, ListRuns};
use crate::api::{Endpoint, Kind, ids, removal_of};
use crate::env::random;
use crate::exit::{self, BUSY, CallFailed, DONE, Usage};
use crate::json;
use crate::ledger::{IntentFilter, RowQuery, Source, StateFilter};
use anyhow::Result;
use futures_util::StreamExt;
use std::time::Duration;
use tokio::time::Instant;

/// The form of the IDs of sessions.
const SESSION_PREFIX: &str = "rec_";
const SESSION_LENGTH: usize = 16;

/// The order of deletion. Runs are absent, because the backend deletes them with their threads.
const ORDER: [Kind; 6] =
    [Kind::Thread, Kind::Conversation, Kind::Assistant, Kind::VectorStore, Kind::Upload, Kind::File];

/// How long to wait for a cancelled run to end.
pub(crate) const CANCEL_TIMEOUT: Duration = Duration::from_secs(30);
/// The pause between two attempts to delete a thread, and between two polls of a cancelled run.
pub(crate) const CANCEL_PAUSE: Duration = Duration::from_millis(250);

/// The outcome of the deletion of one object.
#[derive(Debug)]
pub enum RemovalOutcome {
    Deleted,
    /// The object no longer existed, or its kind is deleted together with its parent.
    Gone,
    Failed {
        code: u8,
        reason: String,
    },
}

/// The outcome for each object, except for runs and file batches, which are deleted together with their parents.
pub type CleanupOutcomes = Vec<(ObjectRef, RemovalOutcome)>;

/// Returns the request that deletes an object or cancels an upload, or `None` for a kind without such a request.
///
/// # Errors
/// Returns an error if the ID cannot be part of a path.
pub fn remove((kind, id): &ObjectRef) -> Result<Option<Call>, ids::BadId> {
    removal_of(*kind).map(|spec| Call::bare(spec, &[id])).transpose()
}

impl App {
    /// Deletes objects, and prints an error for each failure.
    pub async fn clean(&self, objects: &[ObjectRef]) -> Result<CleanupOutcomes> {
        let concurrency = self.session().await?.concurrency;
        let mut cleaned = Vec::new();
        let total = objects.iter().filter(|(kind, _)| ORDER.contains(kind)).count() as u64;
        self.tally.begin(Work { done: "deleted", total: Some(total), next: String::new() });
        for kind in ORDER {
            let of_kind: Vec<ObjectRef> = objects.iter().filter(|(own, _)| *own == kind).cloned().collect();
            let removals = of_kind.into_iter().map(|object| async move {
                self.tally.start();
                let removed = self.remove_object(&object).await;
                match removed {
                    RemovalOutcome::Deleted | RemovalOutcome::Gone => self.tally.done(),
                    RemovalOutcome::Failed { .. } => self.tally.failed(),
                }
                (object, removed)
            });
            cleaned.extend(futures_util::stream::iter(removals).buffered(concurrency).collect::<Vec<_>>().await);
        }
        self.tally.end();
        Ok(cleaned)
    }

    /// Deletes one object. Cancels the active runs of a thread that cannot be deleted because of them, and tries again.
    async fn remove_object(&self, object: &ObjectRef) -> RemovalOutcome {
        let start = Instant::now();
        let mut cancelled = false;
        loop {
            let error = match remove(object) {
                Ok(None) => return RemovalOutcome::Gone,
                Ok(Some(call)) => match self.call(call).await {
                    Ok(_) => return RemovalOutcome::Deleted,
                    Err(error) => error,
                },
                Err(invalid_id) => invalid_id.into(),
            };
            // A 404 that does not name the object can come from a gateway before the backend, so it proves nothing.
            let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
            if cause.is_some_and(|cause| cause.reports_missing(object.0, &object.1)) {
                return RemovalOutcome::Gone;
            }
            let report = exit::report(&error).unwrap_or_default();
            match report.exit_code {
                BUSY if object.0 == Kind::Thread && start.elapsed() < CANCEL_TIMEOUT => {
                    if !std::mem::replace(&mut cancelled, true) {
                        self.cancel_runs(&object.1).await;
                    }
                    tokio::time::sleep(CANCEL_PAUSE).await;
                }
                code => {
                    self.ui.error(&report);
                    let code = if code == DONE { exit::FAILED } else { code };
                    return RemovalOutcome::Failed { code, reason: report.reason() };
                }
            }
        }
    }

    /// Cancels the active runs of a thread. Errors are ignored, because the next attempt to delete the thread fails if
    /// a run is still active.
    async fn cancel_runs(&self, thread: &str) {
        let Ok(list) = Call::bare(ListRuns::SPEC, &[thread]) else { return };
        let Ok(reply) = self.call(list).await else { return };
        for run in reply.value["data"].as_array().into_iter().flatten() {
            let active = run["status"].as_str().and_then(RunStatus::named).is_some_and(RunStatus::is_cancellable);
            let cancel = run["id"].as_str().filter(|_| active);
            if let Some(Ok(call)) = cancel.map(|id| Call::bare(CancelRun::SPEC, &[thread, id])) {
                let _ = self.call(call).await;
            }
        }
    }

    /// Returns the objects that the ledger has for a session and that may still exist, and its open intents. Returns
    /// `None` if the ledger has neither rows nor open intents of the session.
    async fn objects_of_session(&self, session: &str) -> Result<Option<RecordingResult>> {
        const PAGE_SIZE: usize = 1_000;
        let ledger = self.ledger()?;
        let origin = self.session().await?.origin.clone();
        let is_own = |provenance: &Option<String>| {
            let candidate = provenance.as_deref().filter(|text| text.contains(session));
            let parsed = candidate.and_then(|text| json::stored(text).ok());
            parsed.is_some_and(|provenance| provenance["session"] == session)
        };
        let (origins, source) = (Some(origin.clone()), Some(Source::Recorded));
        let filter = RowQuery { origin: origins, source, states: StateFilter::All, ..RowQuery::default() };
        let (mut found, mut result, mut before) = (false, RecordingResult::default(), None);
        loop {
            let rows = ledger.rows(&filter, before, PAGE_SIZE).await?;
            before = rows.last().map(|row| row.cursor);
            let complete = rows.len() < PAGE_SIZE;
            for row in rows.into_iter().filter(|row| is_own(&row.provenance)) {
                found = true;
                if StateFilter::Present.matches(row.state) {
                    result.parents.extend(row.parent.map(|parent| (row.id.clone(), parent)));
                    result.created.push((row.kind, row.id));
                }
            }
            if complete {
                break;
            }
        }
        result.created.reverse();
        let open = ledger.intents(IntentFilter::Open).await?.into_iter().map(|known| known.intent);
        let open = open.filter(|intent| intent.origin == origin && is_own(&intent.provenance));
        result.open = open.map(|intent| intent.id).collect();
        Ok((found || !result.open.is_empty()).then_some(result))
    }

    /// Returns the objects of an `asst record` session that may still exist according to the ledger, and its open
    /// intents.
    ///
    /// # Errors
    /// Returns an error if the ledger has no entry of the session, and `session` has not the form of an ID of a session.
    /// A session that created nothing leaves no entry.
    pub async fn session_left(&self, session: &str) -> Result<RecordingResult> {
        let origin = &self.session().await?.origin;
        if let Some(found) = self.objects_of_session(session).await? {
            return Ok(found);
        }
        let message = format!("the ledger has no rows of session `{session}` at {origin}");
        let reason = "the session used another profile or another ledger, or created nothing";
        if !is_session_id(session) {
            return Err(Usage::hinted(message, reason).into());
        }
        self.ui().warn(&format!("{message}: {reason}"));
        Ok(RecordingResult::default())
    }
}

/// Returns a new ID for a session of `asst record`.
pub fn session_id() -> String {
    format!("{SESSION_PREFIX}{}", random::alphanumeric(SESSION_LENGTH))
}

fn is_session_id(text: &str) -> bool {
    let body = text.strip_prefix(SESSION_PREFIX);
    body.is_some_and(|body| body.len() == SESSION_LENGTH && body.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::table;

    #[test]
    fn every_recorded_kind_is_cleaned_up() {
        for kind in Kind::ALL.into_iter().filter(|kind| kind.recorded()) {
            let goes_with_another = table().any(|spec| spec.details.deletes.contains(&kind));
            assert_eq!(ORDER.contains(&kind), removal_of(kind).is_some(), "{kind}");
            assert!(ORDER.contains(&kind) || goes_with_another, "{kind}");
        }
    }
}
