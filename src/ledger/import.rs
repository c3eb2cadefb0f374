//! The bulk import of IDs from a source that is weaker evidence than a response of a backend. A failed import is an
//! error and is never written to the spill file. Must not depend on the source of the IDs.

use super::{
    Ledger, LedgerError,
    entry::{Entry, Row, Source, State},
    import_sort::{Facts, Gathered},
    statements::{self, Made},
};
use crate::{
    api::Kind,
    db::{Aside, Db, DbError, Load, Loading, Statement},
};
use std::{collections::HashMap, sync::Arc};

/// The number of rows in one piece of the bulk insert. A piece is sorted by ID, so that each page of the index is read,
/// changed and written once per piece.
///
/// A PostgreSQL server works while the next rows are read. There the first piece is small, so that the server starts
/// early.
const TOGETHER: usize = 1_000_000;
const TOGETHER_ON_SERVER: std::ops::RangeInclusive<usize> = 50_000..=250_000;
/// The maximum size of a piece in bytes, for rows that are unusually long.
const TOGETHER_BYTES: usize = 56 << 20;
/// The number of rows in one transaction of single inserts. Each commit writes every page that was changed.
const BATCH: usize = 20_000;
const COUNT: &str = "select cast(coalesce(sum(amount), 0) as bigint) from tally";
const NUMBER: &str = "select n from collection where origin = $1 and kind = $2";

/// The bulk form of [`statements::OBSERVE`] for rows that contain no more than these columns. Such a row never changes the
/// state of an existing object.
const WEAK: Load = Load {
    table: "object",
    columns: &["id", "collection", "parent", "created_at", "recorded_at", "source", "provenance"],
    same: ("state", "'unknown'"),
    otherwise: "on conflict (id, collection) do update set
        parent = coalesce(excluded.parent, object.parent),
        created_at = coalesce(excluded.created_at, object.created_at),
        provenance = case when excluded.source > object.source then coalesce(excluded.provenance, object.provenance)
            else coalesce(object.provenance, excluded.provenance) end,
        source = case when excluded.source > object.source then excluded.source else object.source end
    where excluded.source > object.source
        or (excluded.parent is not null and excluded.parent is distinct from object.parent)
        or (excluded.created_at is not null and excluded.created_at is distinct from object.created_at)
        or (object.provenance is null and excluded.provenance is not null)",
    aside: Aside {
        triggers: &["object_added"],
        // `checked_at` is not updated, because imported rows have none. The condition on the state makes SQLite use the
        // index on the collection.
        instead: "insert into collection_tally (collection, state, amount)
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
pub struct Imported {
    pub new: u64,
    pub known: u64,
}

impl Ledger {
    /// Records many rows, in large transactions. After an error, the import can be repeated.
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be written.
    pub async fn import(&self, rows: impl IntoIterator<Item = Row>) -> Result<Imported, LedgerError> {
        let db = self.for_writing().await?;
        let mut import = Import::new(self, db);
        let brought = async || {
            for row in rows {
                import.row(row).await?;
            }
            import.end().await
        };
        brought().await.map_err(|cause| self.wrong(cause))
    }
}

/// An import in progress.
struct Import<'a> {
    ledger: &'a Ledger,
    db: Arc<Db>,
    load: Option<Loading>,
    collections: HashMap<(String, Kind), i64>,
    weak: Gathered,
    /// The number of rows in the next piece, and the maximum for any piece.
    together: usize,
    most: usize,
    /// Rows with more properties than the bulk insert supports.
    one_by_one: Vec<Row>,
    /// The number of rows that were sent to the bulk insert.
    given: u64,
    told: Imported,
}

impl<'a> Import<'a> {
    fn new(ledger: &'a Ledger, db: Arc<Db>) -> Self {
        let (weak, one_by_one) = (Gathered::default(), Vec::new());
        let (collections, told) = (HashMap::new(), Imported::default());
        let (together, most) = match db.has_many_writers() {
            true => TOGETHER_ON_SERVER.into_inner(),
            false => (TOGETHER, TOGETHER),
        };
        Self { ledger, db, load: None, collections, weak, together, most, one_by_one, given: 0, told }
    }

    async fn row(&mut self, row: Row) -> Result<(), DbError> {
        if !is_weak(&row) {
            self.one_by_one.push(row);
            return if self.one_by_one.len() < BATCH { Ok(()) } else { self.flush().await };
        }
        let collection = self.collection(&row.origin, row.kind).await?;
        let Row { id, parent, created_at, recorded_at, source, provenance, .. } = row;
        self.weak.add(&id, Facts { collection, parent, created_at, recorded_at, source, provenance })?;
        let full = self.weak.len() >= self.together || self.weak.bytes() >= TOGETHER_BYTES;
        if full { self.hand_over().await } else { Ok(()) }
    }

    /// Returns the number of a collection. Creates the collection if it does not exist.
    async fn collection(&mut self, origin: &str, kind: Kind) -> Result<i64, DbError> {
        if let Some((_, number)) = self.collections.iter().find(|((of, known), _)| of == origin && *known == kind) {
            return Ok(*number);
        }
        self.db.atomic(statements::collected(origin, kind).to_vec()).await?;
        let found = self.db.read(NUMBER, vec![origin.into(), kind.name().into()]).await?;
        let number = found.first().ok_or_else(|| DbError::Other(format!("no collection {origin} {}", kind.name())))?;
        let number = number.int(0)?;
        self.collections.insert((origin.to_owned(), kind), number);
        Ok(number)
    }

    async fn hand_over(&mut self) -> Result<(), DbError> {
        self.given += self.weak.len() as u64;
        self.together = (2 * self.together).min(self.most);
        let rows = std::mem::take(&mut self.weak).sorted();
        let load = match &mut self.load {
            Some(load) => load,
            none => none.insert(self.db.load(WEAK)?),
        };
        load.rows(rows).await
    }

    /// Makes all rows so far durable.
    async fn flush(&mut self) -> Result<(), DbError> {
        if self.weak.len() > 0 {
            self.hand_over().await?;
        }
        if let Some(load) = self.load.take() {
            let new = load.finish().await?;
            let given = std::mem::take(&mut self.given);
            self.tell(given, new);
        }
        let rows = std::mem::take(&mut self.one_by_one);
        if !rows.is_empty() {
            let given = rows.len() as u64;
            let new = self.observe(rows).await?;
            self.tell(given, new);
        }
        Ok(())
    }

    /// Records rows one by one. Returns the number of new rows.
    async fn observe(&self, rows: Vec<Row>) -> Result<u64, DbError> {
        let rows: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let mut batch: Vec<Statement> = vec![(COUNT, vec![])];
        batch.extend(statements::statements(&rows, self.ledger.deleted, Made::PerhapsKnown));
        batch.push((COUNT, vec![]));
        let answers = self.db.atomic(batch).await?;
        let count =
            |rows: Option<&Vec<crate::db::Row>>| rows.and_then(|rows| rows.first()).map_or(Ok(0), |row| row.int(0));
        Ok(u64::try_from(count(answers.last())? - count(answers.first())?).unwrap_or_default())
    }

    fn tell(&mut self, given: u64, new: u64) {
        self.told.new += new;
        self.told.known += given.saturating_sub(new);
    }

    async fn end(&mut self) -> Result<Imported, DbError> {
        self.flush().await?;
        Ok(self.told)
    }
}

/// Returns `true` if a row has only properties that [`WEAK`] can store.
fn is_weak(row: &Row) -> bool {
    let Row { checked_at, active_at, deleted_at, name, assistant, messages, metadata, ci_job, request_id, raw, .. } =
        row;
    let times = checked_at.is_none() && active_at.is_none() && deleted_at.is_none();
    let texts = name.is_none() && assistant.is_none() && ci_job.is_none() && request_id.is_none() && raw.is_none();
    let weak = row.state == State::Unknown && row.source <= Source::Imported;
    weak && times && texts && messages.is_none() && metadata.is_none()
}
