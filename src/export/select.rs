//! The threads of an export: those in the ledger, and those that the backend lists.

use crate::api::paging::Paging;
use crate::api::threads::ListThreads;
use crate::api::{Backend, Nothing};
use crate::app::{App, Call, Payload};
use crate::exit::Usage;
use crate::ledger::RowQuery;
use anyhow::Result;

/// The number of rows that are read from the ledger at a time.
const PAGE: usize = 1000;

/// Returns the IDs of the threads that a filter selects in the ledger, newest first. Returns none without a ledger.
pub async fn recorded_threads(app: &App, filter: &RowQuery) -> Result<Vec<String>> {
    let Some(ledger) = app.ledger_if_any()? else { return Ok(Vec::new()) };
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let rows = ledger.rows(filter, before, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        before = Some(last.cursor);
        found.extend(rows.into_iter().map(|row| row.id));
    }
}

/// Returns the IDs of the threads that the backend lists. They are recorded.
///
/// # Errors
/// Returns an error if the backend is one that does not list threads, or if the list could not be read to its end.
pub async fn listed_threads(app: &App) -> Result<Vec<String>> {
    if app.profile()?.backend == Backend::OpenAi {
        let hint = "without --remote, the threads in the ledger are exported";
        return Err(Usage::hinted("OpenAI does not list threads", hint).into());
    }
    let call = Call::of::<ListThreads>(&Nothing {}, &Paging::default(), Payload::None);
    app.pages(call, None)?.ids().await
}
