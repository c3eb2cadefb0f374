//! Prune candidates: the ledger rows that a rule selects, newest first, read page by page.

use super::{Conditions, Pruner};
use crate::api::Kind;
use crate::api::runs::has_ended;
use crate::json;
use crate::ledger::{Cursor, Filter, Ledger, LedgerError, Row, Source};
use anyhow::Result;
use futures_util::{Stream, StreamExt, TryStreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// The number of rows in a page.
const PAGE: usize = 1_000;
/// How long to wait for a locked ledger.
const PATIENCE: Duration = Duration::from_secs(30);
/// The pause between two attempts to read a locked ledger.
const PAUSE: Duration = Duration::from_millis(500);

/// A prune rule: the rows to examine, and the conditions under which their objects are deleted.
#[derive(Debug, Clone)]
pub struct PruneRule {
    pub name: Option<String>,
    /// The conditions on ledger rows. The origin, the kind and the source are overwritten.
    pub filter: Filter,
    /// The accepted sources of rows. Empty accepts any source.
    pub sources: Vec<Source>,
    pub conditions: Conditions,
}

/// An object that may be deleted, with its ledger row. The large fields of the row are left out.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub(super) row: Row,
    /// `true` for a run that had ended when it was last observed.
    pub(super) ended: bool,
}

impl Candidate {
    /// Returns the ID.
    pub fn id(&self) -> &str {
        &self.row.id
    }

    /// Returns the kind.
    pub fn kind(&self) -> Kind {
        self.row.kind
    }

    /// Returns the ID of the thread, for a run.
    pub fn parent(&self) -> Option<&str> {
        self.row.parent.as_deref()
    }

    /// Returns the name, if there is one.
    pub fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// Returns the source of the ledger row.
    pub fn source(&self) -> Source {
        self.row.source
    }

    /// Returns the time at which asst last used the object, in seconds since 1970.
    pub fn active_at(&self) -> Option<i64> {
        self.row.active_at
    }
}

impl From<Row> for Candidate {
    fn from(row: Row) -> Self {
        let raw = row.raw.as_deref().filter(|_| row.kind == Kind::Run);
        let ended = raw.and_then(|raw| json::stored(raw).ok()).is_some_and(|run| has_ended(&run));
        Self { ended, row: Row { raw: None, provenance: None, request_id: None, ..row } }
    }
}

impl Pruner<'_> {
    /// Returns the rows of a kind that a rule selects, limited to the origin of this backend.
    pub(super) fn rows<'p>(&'p self, rule: &'p PruneRule, kind: Kind) -> impl Stream<Item = Result<Candidate>> + 'p {
        let sources = match rule.sources.as_slice() {
            [] => vec![None],
            sources => sources.iter().copied().map(Some).collect(),
        };
        let filters = sources.into_iter().map(move |source| Filter {
            origin: Some(self.session.origin.clone()),
            kind: Some(kind),
            source,
            ..rule.filter.clone()
        });
        futures_util::stream::iter(filters).flat_map(|filter| self.pages(filter))
    }

    pub(super) fn pages(&self, filter: Filter) -> impl Stream<Item = Result<Candidate>> + '_ {
        let begin = (filter, None, false);
        let pages = futures_util::stream::try_unfold(begin, async |(filter, before, last)| {
            if last {
                return Ok(None);
            }
            let rows = read(&self.app.ledger()?, &filter, before).await?;
            let (before, last) = (rows.last().map(|row| row.cursor), rows.len() < PAGE);
            anyhow::Ok(Some((rows, (filter, before, last))))
        });
        pages.map_ok(|rows| futures_util::stream::iter(rows).map(|row| Ok(Candidate::from(row)))).try_flatten()
    }
}

/// Reads a page of rows. Retries while the ledger is locked, because a long prune must survive a short lock.
async fn read(ledger: &Arc<Ledger>, filter: &Filter, before: Option<Cursor>) -> Result<Vec<Row>, LedgerError> {
    let begun = Instant::now();
    loop {
        match ledger.rows(filter, before, PAGE).await {
            Err(error) if error.may_pass_with_time() && begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
            rows => return rows,
        }
    }
}
