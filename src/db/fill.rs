//! Rows on their way into SQLite, on the thread that writes: no statement is looked up for a row, no value bound twice, and
//! what a table keeps besides its rows is made for all of them at once. Must not know what they say.

use super::{
    DbError, Value,
    connect::Place,
    load::{Ended, Load, Piece},
};
use rusqlite::{Connection, Statement};
use std::sync::mpsc::Receiver;

/// Rows of one statement: to run one opens the table and each of its indexes.
const TOGETHER: usize = 32;

/// Rows for one table.
pub(super) struct Filling {
    pub(super) load: Load,
    pub(super) pieces: Receiver<Piece>,
}

impl Filling {
    /// Brings in what comes, each piece in a transaction of its own.
    pub(super) fn run(self, connection: &Connection, place: &Place) -> Ended {
        let mut new = 0;
        while let Ok(piece) = self.pieces.recv() {
            let Piece::Rows(cells) = piece else { return Ok(new) };
            let _gate = place.writing();
            connection.execute_batch("begin immediate")?;
            let filled = self.transaction(connection, cells).and_then(|added| {
                connection.execute_batch("commit")?;
                Ok(added)
            });
            // A rollback fails only where SQLite has rolled back already.
            new += filled.inspect_err(|_| drop(connection.execute_batch("rollback")))?;
        }
        Err(DbError::Other("the rows ended in the middle".to_owned()))
    }

    fn transaction(&self, connection: &Connection, cells: Vec<Value>) -> Result<u64, DbError> {
        let Load { table, aside, .. } = self.load;
        let highest = || -> Result<i64, DbError> {
            Ok(connection.query_row(&format!("select coalesce(max(rowid), 0) from {table}"), [], |row| row.get(0))?)
        };
        let before = highest()?;
        let triggers = put_aside(connection, aside.triggers)?;
        let mut rows =
            Rows { many: Insert::new(connection, self.load, TOGETHER)?, one: Insert::new(connection, self.load, 1)? };
        rows.add(cells)?;
        connection.execute(aside.instead, [before])?;
        triggers.iter().try_for_each(|sql| connection.execute_batch(sql))?;
        // Nothing is removed meanwhile, so that new rows have the rowids that follow.
        Ok(u64::try_from(highest()? - before).unwrap_or_default())
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
    fn new(connection: &'connection Connection, load: Load, rows: usize) -> Result<Self, DbError> {
        let Load { table, columns, same: (same, value), otherwise, .. } = load;
        let width = columns.len();
        let row = |row: usize| {
            let cells: Vec<String> = (1..=width).map(|column| format!("?{}", row * width + column)).collect();
            format!("({}, {value})", cells.join(", "))
        };
        let places: Vec<String> = (0..rows).map(row).collect();
        let sql = format!("insert into {table} ({}, {same}) values {} {otherwise}", load.names(), places.join(", "));
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

/// Drops the triggers that have these names, and returns the texts that make them again.
fn put_aside(connection: &Connection, names: &[&'static str]) -> Result<Vec<String>, DbError> {
    let text = "select sql from sqlite_schema where type = 'trigger' and name = ?1";
    let texts = names.iter().map(|name| connection.query_row(text, [name], |row| row.get(0)));
    let texts = texts.collect::<Result<_, rusqlite::Error>>()?;
    names.iter().try_for_each(|name| connection.execute_batch(&format!("drop trigger {name}")))?;
    Ok(texts)
}
