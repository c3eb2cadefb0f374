//! Candidates: rows of the ledger that a rule means, the newest first, a page at a time.

use super::{Pruner, Wanted};
use crate::api::Kind;
use crate::api::runs::has_ended;
use crate::json;
use crate::ledger::{Cursor, Filter, Ledger, LedgerError, Row, Source};
use anyhow::Result;
use futures_util::{Stream, StreamExt, TryStreamExt};
use std::sync::Arc;
use std::time::Duration;
use tokio::time::Instant;

/// Rows that are read from the ledger at a time.
const PAGE: usize = 1_000;
/// How long a ledger is waited for that is locked.
const PATIENCE: Duration = Duration::from_secs(30);
const PAUSE: Duration = Duration::from_millis(500);

/// Which rows are looked at, and under which conditions they go.
#[derive(Debug, Clone)]
pub struct Rule {
    pub name: Option<String>,
    /// On the ledger's facts; its origin, kind and source are set here.
    pub filter: Filter,
    /// How the ledger must have come to know them; none is any.
    pub sources: Vec<Source>,
    pub wanted: Wanted,
}

/// An object that may go, as the ledger knows it, without what only takes room.
#[derive(Debug, Clone)]
pub struct Candidate {
    pub(super) row: Row,
    /// Whether it is a run that had ended when it was last seen.
    pub(super) ended: bool,
}

impl Candidate {
    /// Returns its id.
    pub fn id(&self) -> &str {
        &self.row.id
    }

    /// Returns what it is.
    pub fn kind(&self) -> Kind {
        self.row.kind
    }

    /// Returns the thread of a run.
    pub fn parent(&self) -> Option<&str> {
        self.row.parent.as_deref()
    }

    /// Returns its name, if it has one.
    pub fn name(&self) -> Option<&str> {
        self.row.name.as_deref()
    }

    /// Returns how the ledger came to know it.
    pub fn source(&self) -> Source {
        self.row.source
    }

    /// Returns when asst last used it, in seconds since 1970.
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
    /// Returns the rows of a kind that a rule means, of this backend's origin and no other.
    pub(super) fn rows<'p>(&'p self, rule: &'p Rule, kind: Kind) -> impl Stream<Item = Result<Candidate>> + 'p {
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

/// Reads a page of rows. Between two pages hours may pass, and somebody may hold the ledger for a moment.
async fn read(ledger: &Arc<Ledger>, filter: &Filter, before: Option<Cursor>) -> Result<Vec<Row>, LedgerError> {
    let begun = Instant::now();
    loop {
        match ledger.rows(filter, before, PAGE).await {
            Err(error) if error.lasts() && begun.elapsed() < PATIENCE => tokio::time::sleep(PAUSE).await,
            rows => return rows,
        }
    }
}
