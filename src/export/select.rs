//! The selection of objects for an export: those in the ledger, and those that the backend lists.

use super::exporter::Exporter;
use crate::api::conversations::ListConversations;
use crate::api::paging::Paging;
use crate::api::threads::ListThreads;
use crate::api::{Endpoint, Nothing, Spec};
use crate::app::{App, Call, Payload};
use crate::client::id_of;
use crate::exit::{CallFailed, NotOffered};
use crate::ledger::{Row, RowQuery};
use anyhow::Result;

/// The number of rows that are read from the ledger at a time.
const PAGE: usize = 1000;

/// Whether it is a failure if the backend does not offer a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListNeed {
    /// The user requested the list by name.
    Required,
    Optional,
}

/// The source of the ID of an object to export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdSource {
    /// The backend listed the object during this export.
    Listed,
    /// The ID was given, or the ledger or the archive has it. The object may never have existed at the backend.
    Unlisted,
}

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
///
/// # Errors
/// Returns an error if the ledger cannot be opened or read.
pub async fn recorded_ids(app: &App, filter: &RowQuery) -> Result<Vec<String>> {
    recorded(app, filter, |row| row.id).await
}

impl Exporter<'_> {
    /// Returns the IDs of the threads that the backend lists. See [`Self::listed`].
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written.
    pub async fn listed_threads(&self, need: ListNeed) -> Result<Vec<String>> {
        self.listed::<ListThreads>(self.app.profile()?.backend.lists_threads(), need).await
    }

    /// Returns the IDs of the conversations that the backend lists. See [`Self::listed`].
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written.
    pub async fn listed_conversations(&self, need: ListNeed) -> Result<Vec<String>> {
        self.listed::<ListConversations>(self.app.profile()?.backend.lists_conversations(), need).await
    }

    /// Returns the IDs of the objects that the backend lists. They are recorded. `offered` states whether the backend
    /// has the list, or is `None` if only a request can show it.
    ///
    /// A failure does not stop the export. It is reported and added to the manifest, and the IDs before it are
    /// returned. If the list is optional and the backend does not have it, a note is printed instead.
    async fn listed<E>(&self, offered: Option<bool>, need: ListNeed) -> Result<Vec<String>>
    where
        E: Endpoint<Path = Nothing, Query = Paging>,
    {
        let name = format!("{}s", E::SPEC.kind);
        let mut ids = Vec::new();
        let added = if offered == Some(false) { None } else { Some(self.add_listed::<E>(&mut ids).await) };
        let is_refused = |error| offered.is_none() && refuses_list(error);
        let is_missing = added.as_ref().is_none_or(|added| added.as_ref().is_err_and(is_refused));
        match added {
            _ if is_missing && need == ListNeed::Optional => self.note_missing_list(&name, E::SPEC)?,
            Some(Err(error)) if !is_missing => self.add_failure(&name, None, error)?,
            Some(Ok(())) if self.stopping.is_set() => {}
            Some(Ok(())) => self.archive.borrow_mut().clear_failure(&name)?,
            None | Some(Err(_)) => self.add_failure(&name, None, not_offered(E::SPEC).into())?,
        }
        Ok(ids)
    }

    /// Adds the IDs of a list page by page. Stops if the command was asked to stop.
    async fn add_listed<E>(&self, ids: &mut Vec<String>) -> Result<()>
    where
        E: Endpoint<Path = Nothing, Query = Paging>,
    {
        let mut pages = self.app.pages(Call::of::<E>(&Nothing {}, &Paging::default(), Payload::None), None)?;
        while !self.stopping.is_set()
            && let Some(page) = pages.next().await?
        {
            ids.extend(page.iter().filter_map(id_of));
        }
        Ok(())
    }
}

fn not_offered(spec: &Spec) -> NotOffered {
    NotOffered {
        message: format!("this backend does not {}", spec.title),
        hint: format!("the {}s in the ledger are exported; remove --remote to silence this", spec.kind),
    }
}

fn refuses_list(error: &anyhow::Error) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| failed.source.refuses_list())
}
