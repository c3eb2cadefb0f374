//! Checks rows of the ledger against the backend, by the rules of docs/design/bulk.md.

use crate::api::assistants::GetAssistant;
use crate::api::conversations::GetConversation;
use crate::api::files::GetFile;
use crate::api::runs::GetRun;
use crate::api::threads::GetThread;
use crate::api::vector_stores::{GetFileBatch, GetVectorStore};
use crate::api::{Endpoint, Kind, Nothing, PathArgs};
use crate::app::{App, Call, NotFoundMeaning, NotFoundPolicy, Outcomes, Payload, Work};
use crate::exit::{self, CallFailed, DONE, Usage};
use crate::ledger::{Cursor, Ledger, ObjectState, Row, RowQuery};
use anyhow::{Error, Result};
use futures_util::StreamExt;

/// The number of rows that are read from the ledger at a time.
const PAGE: usize = 1000;

/// A verification in progress, and its counts.
pub struct Verification<'a> {
    app: &'a App,
    policy: NotFoundPolicy,
    /// The exit codes of the requests.
    pub outcomes: Outcomes,
    pub live: u64,
    pub gone: u64,
    pub unknown: u64,
    /// The rows that no request can check: uploads, and runs and file batches without a known parent.
    pub not_requested: u64,
}

/// Checks the rows that a filter selects, and passes each row with its state after the check to `each`. Rows of kinds
/// that cannot be requested are only counted.
///
/// # Errors
/// Returns an error if the filter selects an origin that the backend does not have, or if the responses show that this is
/// the wrong backend.
pub async fn verify(
    app: &App,
    mut filter: RowQuery,
    mut each: impl FnMut(&Row, ObjectState) -> Result<()>,
) -> Result<Verification<'_>> {
    let ledger = app.ledger()?;
    let session = app.session().await?;
    if filter.origin.as_ref().is_some_and(|origin| *origin != session.origin) {
        let message = format!("expected IDs of {}, the origin of this profile, got another origin", session.origin);
        return Err(Usage::hinted(message, "choose the profile with that origin").into());
    }
    filter.origin = Some(session.origin.clone());
    let outcomes = Outcomes::default();
    let policy = NotFoundPolicy::default();
    let mut verified = Verification { app, policy, outcomes, live: 0, gone: 0, unknown: 0, not_requested: 0 };
    let next = "the results so far are in the ledger; run the same command again for the rest".to_owned();
    app.tally().begin(Work { done: "checked", total: None, next });
    let mut before = None;
    while let Some(page) = next_page(&ledger, &filter, &mut before).await? {
        let calls: Vec<(&Row, Call)> = page.iter().filter_map(|row| Some((row, call_for(row)?))).collect();
        verified.not_requested += (page.len() - calls.len()) as u64;
        let requests = calls.into_iter().map(|(row, call)| async move {
            app.tally().start();
            (row, app.call(call).await.map(drop))
        });
        let mut responses = futures_util::stream::iter(requests).buffered(session.concurrency);
        while let Some((row, response)) = responses.next().await {
            let state = verified.settle(row, response).await?;
            app.tally().done();
            each(row, state)?;
            if verified.policy.is_exceeded() {
                return Err(NotFoundPolicy::exceeded(&session.origin));
            }
        }
    }
    Ok(verified)
}

async fn next_page(ledger: &Ledger, filter: &RowQuery, before: &mut Option<Cursor>) -> Result<Option<Vec<Row>>> {
    let rows = ledger.rows(filter, *before, PAGE).await?;
    let Some(last) = rows.last() else { return Ok(None) };
    *before = Some(last.cursor);
    Ok(Some(rows))
}

/// Returns the request that reads an object, or `None` if there is none for its kind.
fn call_for(row: &Row) -> Option<Call> {
    match (row.kind, row.parent.as_deref()) {
        (Kind::Assistant, _) => get::<GetAssistant>(&[&row.id]),
        (Kind::Thread, _) => get::<GetThread>(&[&row.id]),
        (Kind::File, _) => get::<GetFile>(&[&row.id]),
        (Kind::VectorStore, _) => get::<GetVectorStore>(&[&row.id]),
        (Kind::Conversation, _) => get::<GetConversation>(&[&row.id]),
        (Kind::FileBatch, Some(store)) => get::<GetFileBatch>(&[store, &row.id]),
        (Kind::Run, Some(thread)) => get::<GetRun>(&[thread, &row.id]),
        _ => None,
    }
}

fn get<E: Endpoint<Query = Nothing>>(ids: &[&str]) -> Option<Call> {
    Some(Call::of::<E>(&E::Path::from_texts(ids).ok()?, &Nothing {}, Payload::None))
}

impl Verification<'_> {
    /// Interprets the response for a row and returns the row's state. The call itself has already recorded an object
    /// that exists, and an object that the server reported as missing.
    async fn settle(&mut self, row: &Row, response: Result<(), Error>) -> Result<ObjectState> {
        let Err(error) = response else {
            self.policy.reset();
            self.outcomes.add(DONE);
            return self.recorded(row, ObjectState::Live).await;
        };
        let cause = error.downcast_ref::<CallFailed>().map(|failed| &failed.source);
        match cause.and_then(|cause| self.policy.meaning_of(row.kind, &row.id, cause)) {
            Some(NotFoundMeaning::Gone) => {
                self.outcomes.add(DONE);
                return self.recorded(row, ObjectState::Gone).await;
            }
            Some(NotFoundMeaning::Doubtful) => self.outcomes.add(DONE),
            None => {
                let Some(report) = exit::report(&error) else { return Err(error) };
                self.app.ui().error(&report);
                self.outcomes.add(report.exit_code);
            }
        }
        self.unknown += 1;
        Ok(ObjectState::Unknown)
    }

    /// Counts a row by its recorded state and returns that state, which later commands read too. A deleted row stays
    /// `deleted` when the backend reports it as missing.
    async fn recorded(&mut self, row: &Row, evidence: ObjectState) -> Result<ObjectState> {
        let state = self.app.recorded_state(row).await?.unwrap_or(evidence);
        match state {
            ObjectState::Live => self.live += 1,
            ObjectState::Gone | ObjectState::Deleted => self.gone += 1,
            ObjectState::Foreign | ObjectState::Unknown => self.unknown += 1,
        }
        Ok(state)
    }
}
