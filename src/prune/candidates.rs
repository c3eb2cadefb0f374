//! Candidates from the ledger: the rows that a rule selects, read page by page, newest first.

use super::pruner::Pruner;
use super::rule::{PruneCandidate, PruneRule};
use crate::api::Kind;
use crate::ledger::{Cursor, Ledger, LedgerError, Row, RowQuery};
use anyhow::Result;
use futures_util::{Stream, StreamExt, TryStreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The number of rows in a page.
const PAGE_SIZE: usize = 1_000;
/// How long to wait for a locked ledger.
const LOCK_TIMEOUT: Duration = Duration::from_secs(30);
/// The pause between two attempts to read a locked ledger.
const PAUSE: Duration = Duration::from_millis(500);

impl Pruner<'_> {
    /// Returns the rows of a kind that a rule selects, from the origin of this backend.
    pub(super) fn candidates<'p>(
        &'p self,
        rule: &'p PruneRule,
        kind: Kind,
    ) -> impl Stream<Item = Result<PruneCandidate>> + 'p {
        let sources = match rule.sources.as_slice() {
            [] => vec![None],
            sources => sources.iter().copied().map(Some).collect(),
        };
        let filters = sources.into_iter().map(move |source| RowQuery {
            origin: Some(self.session.origin.clone()),
            kind: Some(kind),
            source,
            ..rule.filter.clone()
        });
        futures_util::stream::iter(filters).flat_map(|filter| self.rows(filter))
    }

    /// Returns the rows that match a filter.
    pub(super) fn rows(&self, filter: RowQuery) -> impl Stream<Item = Result<PruneCandidate>> + '_ {
        let start = (filter, None, false);
        let pages = futures_util::stream::try_unfold(start, async |(filter, before, was_last)| {
            if was_last {
                return Ok(None);
            }
            let rows = read_page(&self.app.ledger()?, &filter, before).await?;
            let (before, is_last) = (rows.last().map(|row| row.cursor), rows.len() < PAGE_SIZE);
            anyhow::Ok(Some((rows, (filter, before, is_last))))
        });
        pages.map_ok(|rows| futures_util::stream::iter(rows).map(|row| Ok(PruneCandidate::from(row)))).try_flatten()
    }
}

/// Reads a page of rows. Retries while the ledger is locked, so that a short lock does not end a long prune.
async fn read_page(ledger: &Arc<Ledger>, filter: &RowQuery, before: Option<Cursor>) -> Result<Vec<Row>, LedgerError> {
    let start = Instant::now();
    loop {
        match ledger.rows(filter, before, PAGE_SIZE).await {
            Err(error) if error.may_pass_with_time() && start.elapsed() < LOCK_TIMEOUT => {
                tokio::time::sleep(PAUSE).await
            }
            rows => return rows,
        }
    }
}
