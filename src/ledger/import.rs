//! Importing: ids by the million, from a source that is weaker than a look at a backend. It fails where it cannot be done;
//! nothing of it goes to a spill. Must not know where the ids come from.

use super::{
    Ledger, LedgerError,
    apply::{self, Made},
    entry::{Entry, Row, Source, State},
};
use crate::db::{Aside, Db, DbError, Load, Loading, Statement, Value};
use std::{
    collections::{HashMap, HashSet},
    hash::{BuildHasher, RandomState},
    sync::Arc,
};

/// Rows that are handed to the database at once.
const PIECE: usize = 2_048;
/// Rows of one load. Their keys are remembered; this many fill a table of 19 MB.
const MOST: usize = 1_800_000;
/// Rows that seem to have come before in the same load, and wait for the next.
const REPEATED: usize = 100_000;
/// Rows in one transaction that are taken one by one: each commit writes every page that it touched.
const BATCH: usize = 20_000;
const COUNT: &str = "select cast(coalesce(sum(amount), 0) as bigint) from tally";

/// What [`apply::OBSERVE`] comes to for a row that says no more than this: nothing of it revives, doubts or blanks.
const WEAK: Load = Load {
    table: "object",
    columns: &["origin", "kind", "id", "parent", "state", "created_at", "recorded_at", "source", "provenance"],
    otherwise: "on conflict (origin, kind, id) do update set
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
        instead: "insert into tally (origin, kind, state, amount, checked_at)
            select origin, kind, state, count(*), max(checked_at) from object where n > $1 group by origin, kind, state
            on conflict (origin, kind, state) do update set amount = amount + excluded.amount,
                checked_at = nullif(max(coalesce(checked_at, 0), coalesce(excluded.checked_at, 0)), 0)",
        indexes: &["object_key"],
    },
};

/// What an import brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Imported {
    pub new: u64,
    pub known: u64,
}

impl Ledger {
    /// Writes many rows down, many in one transaction; what an error leaves undone can be repeated.
    ///
    /// # Errors
    /// Where the ledger is out of order.
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

/// An import under way.
struct Import<'a> {
    ledger: &'a Ledger,
    db: Arc<Db>,
    load: Option<Loading>,
    piece: Vec<Value>,
    seen: Seen,
    repeated: Vec<Row>,
    /// Rows that say more than a load can take.
    one_by_one: Vec<Row>,
    told: Imported,
}

impl<'a> Import<'a> {
    fn new(ledger: &'a Ledger, db: Arc<Db>) -> Self {
        let (piece, seen, told) = (Vec::new(), Seen::default(), Imported::default());
        Self { ledger, db, load: None, piece, seen, repeated: Vec::new(), one_by_one: Vec::new(), told }
    }

    async fn row(&mut self, row: Row) -> Result<(), DbError> {
        if is_weak(&row) && self.seen.add(&row) {
            return self.push(row).await;
        }
        let (wait, most) = match is_weak(&row) {
            true => (&mut self.repeated, REPEATED),
            false => (&mut self.one_by_one, BATCH),
        };
        wait.push(row);
        if wait.len() < most { Ok(()) } else { self.flush().await }
    }

    async fn push(&mut self, row: Row) -> Result<(), DbError> {
        self.push_only(row);
        if self.piece.len() < PIECE * WEAK.columns.len() {
            return Ok(());
        }
        self.hand_over().await?;
        if self.seen.count < MOST { Ok(()) } else { self.flush().await }
    }

    fn push_only(&mut self, row: Row) {
        self.seen.count += 1;
        let Row { origin, kind, id, parent, state, created_at, recorded_at, source, provenance, .. } = row;
        self.piece.extend::<[Value; 9]>([
            origin.into(),
            kind.name().into(),
            id.into(),
            parent.into(),
            state.name().into(),
            created_at.into(),
            recorded_at.into(),
            source.rank().into(),
            provenance.into(),
        ]);
    }

    async fn hand_over(&mut self) -> Result<(), DbError> {
        let load = match &mut self.load {
            Some(load) => load,
            none => none.insert(self.db.load(WEAK)?),
        };
        load.rows(std::mem::take(&mut self.piece)).await
    }

    /// Makes durable what was taken in so far.
    async fn flush(&mut self) -> Result<(), DbError> {
        self.finish().await?;
        let repeated = std::mem::take(&mut self.repeated);
        let given = repeated.len() as u64;
        let rows = merged(repeated);
        self.told.known += given - rows.len() as u64;
        for row in rows {
            self.push_only(row);
        }
        self.finish().await?;
        let rows = std::mem::take(&mut self.one_by_one);
        if !rows.is_empty() {
            let given = rows.len() as u64;
            let new = self.observe(rows).await?;
            self.tell(given, new);
        }
        Ok(())
    }

    /// Makes durable what was handed over, and begins anew.
    async fn finish(&mut self) -> Result<(), DbError> {
        let given = self.seen.count as u64;
        if !self.piece.is_empty() {
            self.hand_over().await?;
        }
        if let Some(load) = self.load.take() {
            self.tell(given, load.finish().await?);
        }
        self.seen.count = 0;
        self.seen.keys.clear();
        Ok(())
    }

    /// Writes rows down one by one, and returns how many of them are new.
    async fn observe(&self, rows: Vec<Row>) -> Result<u64, DbError> {
        let rows: Vec<Entry> = rows.into_iter().map(Entry::from).collect();
        let mut batch: Vec<Statement> = vec![(COUNT, vec![])];
        batch.extend(apply::statements(&rows, self.ledger.deleted, Made::PerhapsKnown));
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

/// Tells whether a row says nothing beyond what [`WEAK`] takes.
fn is_weak(row: &Row) -> bool {
    let Row { checked_at, active_at, deleted_at, name, assistant, messages, metadata, ci_job, request_id, raw, .. } =
        row;
    let times = checked_at.is_none() && active_at.is_none() && deleted_at.is_none();
    let texts = name.is_none() && assistant.is_none() && ci_job.is_none() && request_id.is_none() && raw.is_none();
    let weak = row.state == State::Unknown && row.source <= Source::Imported;
    weak && times && texts && messages.is_none() && metadata.is_none()
}

/// Makes one row of those with the same key.
fn merged(rows: Vec<Row>) -> Vec<Row> {
    let mut places = HashMap::new();
    let mut merged: Vec<Row> = Vec::new();
    for row in rows {
        match places.entry(row.key()) {
            std::collections::hash_map::Entry::Vacant(place) => {
                place.insert(merged.len());
                merged.push(row);
            }
            std::collections::hash_map::Entry::Occupied(place) => {
                let known = &mut merged[*place.get()];
                known.parent = row.parent.or(known.parent.take());
                known.created_at = row.created_at.or(known.created_at);
                known.provenance = known.provenance.take().or(row.provenance);
            }
        }
    }
    merged
}

/// Keys that were met, by their hashes: two that share one are only brought in one after the other.
#[derive(Default)]
struct Seen {
    keys: HashSet<u64>,
    hasher: RandomState,
    /// Rows that were handed over.
    count: usize,
}

impl Seen {
    /// Remembers a key, and tells whether it is new.
    fn add(&mut self, row: &Row) -> bool {
        self.keys.insert(self.hasher.hash_one((row.id.as_bytes(), row.kind, row.origin.len())))
    }
}
