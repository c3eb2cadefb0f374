//! The bulk import of IDs from a source that is weaker evidence than a response of a backend. A failed import is an
//! error and is never written to the spill file. The module must not depend on the source of the IDs.

use super::{
    Ledger, LedgerError,
    entry::{Entry, ObjectState, Row, Source},
    import_sort::{ImportBuffer, RowProperties},
    statements::{self, RowExistence},
};
use crate::{
    api::Kind,
    db::{BulkInsert, BulkInsertSpec, Db, DbError, SkippedWork, Statement},
};
use std::{collections::HashMap, sync::Arc};

/// The number of rows in one piece of the bulk insert. A piece is sorted by ID, so that each page of the index is read,
/// changed and written once per piece.
///
/// A PostgreSQL server works while the next rows are read. There the first piece is small, so that the server starts
/// early.
const BATCH_ROWS: usize = 1_000_000;
const SERVER_BATCH_ROWS: std::ops::RangeInclusive<usize> = 50_000..=250_000;
/// The maximum size of a piece in bytes, for rows that are unusually long.
const BATCH_BYTES: usize = 56 << 20;
/// The number of rows in one transaction of single inserts. Each commit writes every page that was changed.
const BATCH: usize = 20_000;
const COUNT: &str = "select cast(coalesce(sum(amount), 0) as bigint) from tally";
const NUMBER: &str = "select n from collection where origin = $1 and kind = $2";

/// The bulk form of [`statements::OBSERVE`] for rows that contain no more than these columns. Such a row never changes
/// the state of an existing object.
const WEAK: BulkInsertSpec = BulkInsertSpec {
    table: "object",
    columns: &["id", "collection", "parent", "created_at", "recorded_at", "source", "provenance"],
    constant: ("state", "'unknown'"),
    on_conflict: "on conflict (id, collection) do update set
        parent = coalesce(excluded.parent, object.parent),
        created_at = coalesce(excluded.created_at, object.created_at),
        provenance = case when excluded.source > object.source then coalesce(excluded.provenance, object.provenance)
            else coalesce(object.provenance, excluded.provenance) end,
        source = case when excluded.source > object.source then excluded.source else object.source end
    where excluded.source > object.source
        or (excluded.parent is not null and excluded.parent is distinct from object.parent)
        or (excluded.created_at is not null and excluded.created_at is distinct from object.created_at)
        or (object.provenance is null and excluded.provenance is not null)",
    skipped: SkippedWork {
        triggers: &["object_added"],
        // `checked_at` is not updated, because imported rows have none. The condition on the state makes SQLite use the
        // index on the collection.
        replacement: "insert into collection_tally (collection, state, amount)
            select c.n, 'unknown', (select count(*) from object o
                where o.collection = c.n and o.state in ('live', 'unknown') and o.n > $1) as added
            from collection c where added > 0
            on conflict (collection, state) do update set amount = amount + excluded.amount",
        // The constraints concern the state, which is the same in all rows.
        checks: true,
    },
};

/// The result of an import: the number of new rows and of rows that existed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ImportSummary {
    pub new: u64,
    pub known: u64,
}

impl Ledger {
    /// Records many rows, in large transactions. After an error, the import can be repeated.
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be written.
    pub async fn import(&self, rows: impl IntoIterator<Item = Row>) -> Result<ImportSummary, LedgerError> {
        let db = self.writer().await?;
        let mut import = ImportSession::new(self, db);
        let import_all = async || {
            for row in rows {
                import.row(row).await?;
            }
            import.end().await
        };
        import_all().await.map_err(|cause| self.error(cause))
    }
}

/// An import in progress.
struct ImportSession<'a> {
    ledger: &'a Ledger,
    db: Arc<Db>,
    bulk_insert: Option<BulkInsert>,
    collections: HashMap<(String, Kind), i64>,
    weak: ImportBuffer,
    /// The number of rows in the next piece, and the maximum for any piece.
    batch_size: usize,
    max_batch: usize,
    /// Rows with more properties than the bulk insert supports.
    one_by_one: Vec<Row>,
    /// The number of rows that were sent to the bulk insert.
    sent: u64,
    summary: ImportSummary,
}

impl<'a> ImportSession<'a> {
    fn new(ledger: &'a Ledger, db: Arc<Db>) -> Self {
        let (weak, one_by_one) = (ImportBuffer::default(), Vec::new());
        let (collections, summary) = (HashMap::new(), ImportSummary::default());
        let (first_batch, max_batch) = match db.has_many_writers() {
            true => SERVER_BATCH_ROWS.into_inner(),
            false => (BATCH_ROWS, BATCH_ROWS),
        };
        Self {
            ledger,
            db,
            bulk_insert: None,
            collections,
            weak,
            batch_size: first_batch,
            max_batch,
            one_by_one,
            sent: 0,
            summary,
        }
    }

    async fn row(&mut self, row: Row) -> Result<(), DbError> {
        if !fits_bulk_insert(&row) {
            self.one_by_one.push(row);
            return if self.one_by_one.len() < BATCH { Ok(()) } else { self.flush().await };
        }
        let collection = self.collection(&row.origin, row.kind).await?;
        let Row { id, parent, created_at, recorded_at, source, provenance, .. } = row;
        self.weak.add(&id, RowProperties { collection, parent, created_at, recorded_at, source, provenance })?;
        let full = self.weak.len() >= self.batch_size || self.weak.bytes() >= BATCH_BYTES;
        if full { self.insert_batch().await } else { Ok(()) }
    }

    /// Returns the number of a collection. Creates the collection if it does not exist.
    async fn collection(&mut self, origin: &str, kind: Kind) -> Result<i64, DbError> {
        if let Some((_, number)) = self.collections.iter().find(|((of, known), _)| of == origin && *known == kind) {
            return Ok(*number);
        }
        self.db.atomic(statements::collection_statements(origin, kind).to_vec()).await?;
        let found = self.db.read(NUMBER, vec![origin.into(), kind.name().into()]).await?;
        let number = found.first().ok_or_else(|| DbError::Other(format!("no collection {origin} {}", kind.name())))?;
        let number = number.int(0)?;
        self.collections.insert((origin.to_owned(), kind), number);
        Ok(number)
    }

    async fn insert_batch(&mut self) -> Result<(), DbError> {
        self.sent += self.weak.len() as u64;
        self.batch_size = (2 * self.batch_size).min(self.max_batch);
        let rows = std::mem::take(&mut self.weak).sorted();
        let bulk_insert = match &mut self.bulk_insert {
            Some(bulk_insert) => bulk_insert,
            none => none.insert(self.db.bulk_insert(WEAK)?),
        };
        bulk_insert.rows(rows).await
    }

    /// Makes all rows so far durable.
    async fn flush(&mut self) -> Result<(), DbError> {
        if self.weak.len() > 0 {
            self.insert_batch().await?;
        }
        if let Some(bulk_insert) = self.bulk_insert.take() {
            let new = bulk_insert.finish().await?;
            let sent = std::mem::take(&mut self.sent);
            self.count_rows(sent, new);
        }
        let rows = std::mem::take(&mut self.one_by_one);
        if !rows.is_empty() {
            let sent = rows.len() as u64;
            let new = self.observe(rows).await?;
            self.count_rows(sent, new);
        }
        Ok(())
    }

    /// Records rows one by one. Returns the number of new rows.
    async fn observe(&self, rows: Vec<Row>) -> Result<u64, DbError> {
        let rows: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let mut batch: Vec<Statement> = vec![Statement::new(COUNT, vec![])];
        batch.extend(statements::statements(&rows, self.ledger.raw_retention, RowExistence::Possible));
        batch.push(Statement::new(COUNT, vec![]));
        let answers = self.db.atomic(batch).await?;
        let count =
            |rows: Option<&Vec<crate::db::SqlRow>>| rows.and_then(|rows| rows.first()).map_or(Ok(0), |row| row.int(0));
        Ok(u64::try_from(count(answers.last())? - count(answers.first())?).unwrap_or_default())
    }

    fn count_rows(&mut self, sent: u64, new: u64) {
        self.summary.new += new;
        self.summary.known += sent.saturating_sub(new);
    }

    async fn end(&mut self) -> Result<ImportSummary, DbError> {
        self.flush().await?;
        Ok(self.summary)
    }
}

/// Returns `true` if a row has only properties that [`WEAK`] can store.
fn fits_bulk_insert(row: &Row) -> bool {
    let Row { checked_at, active_at, deleted_at, name, assistant, messages, metadata, ci_job, request_id, raw, .. } =
        row;
    let times = checked_at.is_none() && active_at.is_none() && deleted_at.is_none();
    let texts = name.is_none() && assistant.is_none() && ci_job.is_none() && request_id.is_none() && raw.is_none();
    let weak = row.state == ObjectState::Unknown && row.source <= Source::Imported;
    weak && times && texts && messages.is_none() && metadata.is_none()
}
