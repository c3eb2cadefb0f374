//! The objects of an export: those in the ledger, and those that the backend lists.

use crate::api::conversations::ListConversations;
use crate::api::paging::Paging;
use crate::api::threads::ListThreads;
use crate::api::{Backend, Nothing};
use crate::app::{App, Call, Payload};
use crate::exit::{CallFailed, Usage};
use crate::ledger::{Row, RowQuery};
use anyhow::Result;

/// The number of rows that are read from the ledger at a time.
const PAGE: usize = 1000;

/// Returns a value for each row that a filter selects in the ledger, newest first. Returns none without a ledger.
pub(super) async fn recorded<T>(app: &App, filter: &RowQuery, value: impl Fn(Row) -> T) -> Result<Vec<T>> {
    let Some(ledger) = app.ledger_if_any()? else { return Ok(Vec::new()) };
    let (mut found, mut before) = (Vec::new(), None);
    loop {
        let rows = ledger.rows(filter, before, PAGE).await?;
        let Some(last) = rows.last() else { return Ok(found) };
        before = Some(last.cursor);
        found.extend(rows.into_iter().map(&value));
    }
}

/// Returns the IDs of the objects that a filter selects in the ledger, newest first. Returns none without a ledger.
pub async fn recorded_ids(app: &App, filter: &RowQuery) -> Result<Vec<String>> {
    recorded(app, filter, |row| row.id).await
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

/// Returns the IDs of the conversations that the backend lists, or `None` if it has no such list. They are recorded.
///
/// # Errors
/// Returns an error if the list could not be read to its end.
pub async fn listed_conversations(app: &App) -> Result<Option<Vec<String>>> {
    let lists_conversations = app.profile()?.backend.lists_conversations();
    if lists_conversations == Some(false) {
        return Ok(None);
    }
    let call = Call::of::<ListConversations>(&Nothing {}, &Paging::default(), Payload::None);
    match app.pages(call, None)?.ids().await {
        Ok(ids) => Ok(Some(ids)),
        Err(error) => {
            let refused = error.downcast_ref::<CallFailed>().is_some_and(|failed| failed.source.refuses_list());
            if lists_conversations.is_none() && refused { Ok(None) } else { Err(error) }
        }
    }
}
