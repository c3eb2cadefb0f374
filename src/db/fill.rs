//! Rows on their way into SQLite, on the thread that writes: no statement is looked up for a row, no value bound twice, and
//! what a table keeps besides its rows is made for all of them at once. Must not know what they say.

use super::{
    DbError, Value,
    connect::Place,
    load::{Ended, Load, Piece},
};
use rusqlite::{Connection, Statement};
use std::{
    sync::mpsc::{Receiver, RecvTimeoutError},
    time::{Duration, Instant},
};

/// How long others are kept from writing, unless the table was empty: then nobody has much to do with it yet.
const LONGEST: Duration = Duration::from_millis(1500);
/// Rows are awaited for this long before those that came are made durable.
const IDLE: Duration = Duration::from_millis(200);
/// Keys come in no order, and touch the pages of an index at random.
const LARGE_CACHE: &str = "pragma cache_size = -262144";
/// Rows that are only appended touch few pages, and an index is sorted fastest in pieces that a processor's cache holds.
const SMALL_CACHE: &str = "pragma cache_size = -8000";
/// What a writer has else.
const USUAL_CACHE: &str = "pragma cache_size = -65536";
/// Rows of one statement: to run one opens the table and each of its indexes.
const TOGETHER: usize = 32;

/// Rows for one table.
pub(super) struct Filling {
    pub(super) load: Load,
    pub(super) pieces: Receiver<Piece>,
}

/// What ended a transaction.
enum Pause {
    End,
    /// More may come.
    Later,
}

impl Filling {
    /// Brings in what comes, in as many transactions as it takes.
    pub(super) fn run(self, connection: &Connection, place: &Place) -> Ended {
        let ended = self.transactions(connection, place);
        connection.execute_batch(USUAL_CACHE)?;
        ended
    }

    fn transactions(&self, connection: &Connection, place: &Place) -> Ended {
        let mut new = 0;
        while let Ok(piece) = self.pieces.recv() {
            let Piece::Rows(cells) = piece else { return Ok(new) };
            let _gate = place.writing();
            connection.execute_batch("begin immediate")?;
            let filled = self.transaction(connection, cells).and_then(|done| {
                connection.execute_batch("commit")?;
                Ok(done)
            });
            // A rollback fails only where SQLite has rolled back already.
            let (added, pause) = filled.inspect_err(|_| drop(connection.execute_batch("rollback")))?;
            new += added;
            if matches!(pause, Pause::End) {
                return Ok(new);
            }
        }
        Err(DbError::Other("the rows ended in the middle".to_owned()))
    }

    fn transaction(&self, connection: &Connection, first: Vec<Value>) -> Result<(u64, Pause), DbError> {
        let Load { table, aside, .. } = self.load;
        let highest = || -> Result<i64, DbError> {
            Ok(connection.query_row(&format!("select coalesce(max(rowid), 0) from {table}"), [], |row| row.get(0))?)
        };
        let before = highest()?;
        let nothing: bool =
            connection.query_row(&format!("select not exists (select 1 from {table})"), [], |row| row.get(0))?;
        let triggers = put_aside(connection, "trigger", aside.triggers)?;
        let indexes = if nothing { put_aside(connection, "index", aside.indexes)? } else { Vec::new() };
        connection.execute_batch(if nothing { SMALL_CACHE } else { LARGE_CACHE })?;
        let pause = self.insert(connection, first, nothing)?;
        connection.execute(aside.instead, [before])?;
        for sql in indexes.iter().chain(&triggers) {
            connection.execute_batch(sql)?;
        }
        // Nothing is removed meanwhile, so that new rows have the rowids that follow.
        Ok((u64::try_from(highest()? - before).unwrap_or_default(), pause))
    }

    fn insert(&self, connection: &Connection, first: Vec<Value>, alone: bool) -> Result<Pause, DbError> {
        let mut rows = Rows {
            many: Insert::new(connection, self.load, alone, TOGETHER)?,
            one: Insert::new(connection, self.load, alone, 1)?,
        };
        let began = Instant::now();
        rows.add(first)?;
        loop {
            if !alone && began.elapsed() >= LONGEST {
                return Ok(Pause::Later);
            }
            match self.pieces.recv_timeout(IDLE) {
                Ok(Piece::Rows(cells)) => rows.add(cells)?,
                Ok(Piece::End) => return Ok(Pause::End),
                Err(RecvTimeoutError::Timeout) => return Ok(Pause::Later),
                Err(RecvTimeoutError::Disconnected) => {
                    return Err(DbError::Other("the rows ended in the middle".to_owned()));
                }
            }
        }
    }
}

/// The statements that insert rows.
struct Rows<'connection> {
    many: Insert<'connection>,
    one: Insert<'connection>,
}

/// A statement, and what is bound to it: a row differs from the one before in few cells.
struct Insert<'connection> {
    statement: Statement<'connection>,
    bound: Vec<Value>,
}

impl<'connection> Insert<'connection> {
    fn new(connection: &'connection Connection, load: Load, alone: bool, rows: usize) -> Result<Self, DbError> {
        let Load { table, columns, otherwise, .. } = load;
        let width = columns.len();
        let row = |row: usize| {
            let cells: Vec<String> = (1..=width).map(|column| format!("?{}", row * width + column)).collect();
            format!("({})", cells.join(", "))
        };
        let places: Vec<String> = (0..rows).map(row).collect();
        // Without its index there is nothing to conflict with.
        let otherwise = if alone { "" } else { otherwise };
        let sql = format!("insert into {table} ({}) values {} {otherwise}", load.names(), places.join(", "));
        Ok(Self { statement: connection.prepare(&sql)?, bound: vec![Value::Null; rows * width] })
    }

    fn run(&mut self, cells: &mut [Value]) -> Result<(), DbError> {
        for (place, (cell, bound)) in cells.iter_mut().zip(&mut self.bound).enumerate() {
            if cell != bound {
                self.statement.raw_bind_parameter(place + 1, &*cell)?;
                std::mem::swap(cell, bound);
            }
        }
        Ok(self.statement.raw_execute().map(drop)?)
    }
}

impl Rows<'_> {
    fn add(&mut self, mut cells: Vec<Value>) -> Result<(), DbError> {
        let width = self.one.bound.len();
        if !cells.len().is_multiple_of(width) {
            return Err(DbError::Other(format!("{} cells are no rows of {width}", cells.len())));
        }
        let mut groups = cells.chunks_exact_mut(self.many.bound.len());
        groups.by_ref().try_for_each(|cells| self.many.run(cells))?;
        groups.into_remainder().chunks_exact_mut(width).try_for_each(|cells| self.one.run(cells))
    }
}

/// Drops what has these names, and returns the texts that make it again.
fn put_aside(connection: &Connection, what: &str, names: &[&'static str]) -> Result<Vec<String>, DbError> {
    let text = "select sql from sqlite_schema where type = ?1 and name = ?2";
    let texts = names.iter().map(|name| connection.query_row(text, [what, name], |row| row.get(0)));
    let texts = texts.collect::<Result<_, rusqlite::Error>>()?;
    for name in names {
        connection.execute_batch(&format!("drop {what} {name}"))?;
    }
    Ok(texts)
}
