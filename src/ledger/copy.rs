//! Copying from one ledger to another, between a file and a shared database in either direction. The module must not
//! depend on locations.

use super::{
    Ledger, LedgerError, RawRetention,
    entry::{Entry, LedgerEvent, ObjectState, Row, Settlement},
    read::{IntentFilter, event},
    row::{columns, decode_row, facts, rows},
    statements::{self, RowExistence},
};
use crate::db::{Db, DbError, Statement};

/// The number of rows or events that are copied in one transaction.
const PAGE: usize = 5_000;
const ROWS_AFTER: &str =
    concat!("select ", columns!(), " from ", rows!(), " where c.n = o.collection and o.n > $1 order by o.n limit $2");
const EVENTS_AFTER: &str = "select n, origin, kind, id, verb, at, provenance, request_id from event
    where n > $1 order by n limit $2";
/// Events have no key of their own. The condition prevents duplicates if a copy is repeated.
const HAPPEN_ONCE: &str = "insert into event (origin, kind, id, verb, at, provenance, request_id)
    select cast($1 as text), cast($2 as text), cast($3 as text), cast($4 as text), cast($5 as bigint),
        cast($6 as text), cast($7 as text)
    where not exists (select 1 from event e where e.origin = $1 and e.kind = $2 and e.id = $3 and e.verb = $4 and e.at = $5)";

/// The numbers of copied items.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct CopySummary {
    pub rows: u64,
    pub intents: u64,
    pub events: u64,
}

impl Ledger {
    /// Copies everything from another ledger. Rows follow the rules for observations, so an object that is known here
    /// as deleted stays deleted. Intents and events are stored once. After an error, the copy can be repeated.
    ///
    /// # Errors
    /// Returns an error if either ledger cannot be read or written.
    pub async fn copy_from(&self, from: &Self) -> Result<CopySummary, LedgerError> {
        let mut copied = CopySummary::default();
        let Some(source) = from.reader().await? else { return Ok(copied) };
        let target = self.writer().await?;
        let wrong = |cause| self.error(cause);
        let mut after = 0;
        loop {
            let (rows, last) = rows_after(&source, after).await.map_err(|cause| from.error(cause))?;
            let Some(last) = last else { break };
            after = last;
            copied.rows += rows.len() as u64;
            let batch = statements::statements(&rows, RawRetention::Keep, RowExistence::Possible);
            target.atomic(batch).await.map_err(wrong)?;
        }
        for known in from.intents(IntentFilter::All).await? {
            copied.intents += 1;
            let settled = known.outcome.zip(known.settled_at);
            let settled = settled.map(|(outcome, at)| Settlement { intent: known.intent.id.clone(), outcome, at });
            let entries: Vec<Entry> =
                [Some(known.intent.into()), settled.map(Entry::from)].into_iter().flatten().collect();
            let batch = statements::statements(&entries, RawRetention::Keep, RowExistence::Possible);
            target.atomic(batch).await.map_err(wrong)?;
        }
        let mut after = 0;
        loop {
            let (batch, last) = events_after(&source, after).await.map_err(|cause| from.error(cause))?;
            let Some(last) = last else { break };
            after = last;
            copied.events += batch.len() as u64;
            target.atomic(batch).await.map_err(wrong)?;
        }
        Ok(copied)
    }
}

async fn rows_after(db: &Db, after: i64) -> Result<(Vec<Entry>, Option<i64>), DbError> {
    let mut found = Vec::new();
    let mut last = None;
    for raw in db.read(ROWS_AFTER, vec![after.into(), (PAGE as i64).into()]).await? {
        last = Some(raw.int(0)?);
        let row = decode_row(raw)?;
        // The other ledger has evidence that the object is missing, even if the row was only imported.
        let missing = !matches!(row.state, ObjectState::Live | ObjectState::Unknown);
        let started_at = missing.then(|| row.checked_at.unwrap_or(row.recorded_at));
        found.push(Entry::from(Row { started_at, ..row }));
    }
    Ok((found, last))
}

async fn events_after(db: &Db, after: i64) -> Result<(Vec<Statement>, Option<i64>), DbError> {
    let mut batch = Vec::new();
    let mut last = None;
    for raw in db.read(EVENTS_AFTER, vec![after.into(), (PAGE as i64).into()]).await? {
        last = Some(raw.int(0)?);
        let LedgerEvent { origin, kind, id, verb, at, provenance, request_id } = event(raw)?;
        let params = vec![
            origin.into(),
            kind.name().into(),
            id.into(),
            verb.into(),
            at.into(),
            provenance.into(),
            request_id.into(),
        ];
        batch.push(Statement::new(HAPPEN_ONCE, params));
    }
    Ok((batch, last))
}
