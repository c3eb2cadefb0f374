//! Bulk inserts into SQLite, on the writer thread.
//!
//! Three measures make them fast: statements are prepared once, equal values are bound once, and triggers are replaced
//! by one statement for all rows. The module must not depend on the meaning of the rows.

use super::{
    DbError,
    bulk_rows::{BulkInsertSpec, BulkMessage, BulkResult, RowBatch, RowSpan, SkippedWork},
    connect::DatabaseLocation,
};
use rusqlite::{Connection, Statement};
use std::sync::mpsc::Receiver;

/// The number of rows in one statement. Each execution opens the table and all its indexes, so a batch shares this
/// cost.
const ROWS_PER_STATEMENT: usize = 64;
/// The number of rows from which it pays to drop and recreate the triggers.
const DROP_TRIGGERS_FROM: usize = 1_000;
/// The page cache of a bulk insert, 16 MiB. The rows arrive in the order of the pages, so few pages are visited again.
/// A larger cache would only use memory.
const BULK_CACHE: &str = "pragma cache_size = -16384";
const NO_CHECKS: &str = "pragma ignore_check_constraints = on";
const CHECKS: &str = "pragma ignore_check_constraints = off";

/// A bulk insert into one table.
pub(super) struct BulkInsertJob {
    pub(super) spec: BulkInsertSpec,
    pub(super) pieces: Receiver<BulkMessage>,
}

impl BulkInsertJob {
    /// Inserts the pieces as they arrive, each in its own transaction.
    pub(super) fn run(self, connection: &Connection, place: &DatabaseLocation) -> BulkResult {
        let cache: i64 = connection.query_row("pragma cache_size", [], |row| row.get(0))?;
        connection.execute_batch(BULK_CACHE)?;
        connection.execute_batch(if self.spec.skipped.checks { NO_CHECKS } else { CHECKS })?;
        let result = self.pieces(connection, place);
        connection.execute_batch(CHECKS)?;
        connection.pragma_update(None, "cache_size", cache)?;
        result
    }

    fn pieces(&self, connection: &Connection, place: &DatabaseLocation) -> BulkResult {
        let mut new = 0;
        while let Ok(piece) = self.pieces.recv() {
            let BulkMessage::Rows(rows) = piece else { return Ok(new) };
            let _gate = place.writing();
            connection.execute_batch("begin immediate")?;
            let filled = self.transaction(connection, &rows).and_then(|added| {
                connection.execute_batch("commit")?;
                Ok(added)
            });
            // A rollback fails only if SQLite has rolled back already.
            new += filled.inspect_err(|_| drop(connection.execute_batch("rollback")))?;
        }
        Err(DbError::Other("the bulk insert was dropped before its end".to_owned()))
    }

    fn transaction(&self, connection: &Connection, rows: &RowBatch) -> Result<u64, DbError> {
        let BulkInsertSpec { table, skipped: SkippedWork { triggers, replacement, .. }, .. } = self.spec;
        // Dropping a trigger changes the schema, and then every open connection to the file must reload it.
        let without_triggers = rows.rows.len() >= DROP_TRIGGERS_FROM;
        let highest = || -> Result<i64, DbError> {
            Ok(connection.query_row(&format!("select coalesce(max(rowid), 0) from {table}"), [], |row| row.get(0))?)
        };
        let before = highest()?;
        let triggers = if without_triggers { drop_triggers(connection, triggers)? } else { Vec::new() };
        let groups = rows.rows.chunks_exact(ROWS_PER_STATEMENT);
        let single = groups.remainder().chunks_exact(1);
        let mut many = GroupInserter::new(connection, self.spec, ROWS_PER_STATEMENT)?;
        groups.into_iter().try_for_each(|group| many.run(rows, group))?;
        let mut one = GroupInserter::new(connection, self.spec, 1)?;
        single.into_iter().try_for_each(|row| one.run(rows, row))?;
        if without_triggers {
            connection.execute(replacement, [before])?;
        }
        triggers.iter().try_for_each(|sql| connection.execute_batch(sql))?;
        // No rows are deleted in this transaction, so the new rows have consecutive rowids above `before`.
        Ok(u64::try_from(highest()? - before).unwrap_or_default())
    }
}

/// Inserts groups of `count` rows, with a fast path for rows that are not in the table yet.
///
/// For a statement that may update rows, SQLite keeps a copy of each page, in case the statement fails halfway. The
/// fast path avoids this cost. It is used until a group contains rows that exist.
struct GroupInserter<'connection> {
    connection: &'connection Connection,
    spec: BulkInsertSpec,
    count: usize,
    new: PreparedInsert<'connection>,
    otherwise: Option<PreparedInsert<'connection>>,
    /// `true` if the last group contained existing rows, so that the next group may contain some too.
    known: bool,
}

impl<'connection> GroupInserter<'connection> {
    fn new(connection: &'connection Connection, spec: BulkInsertSpec, count: usize) -> Result<Self, DbError> {
        // `or fail` does not undo the rows before the failure. This is safe, because the caller rolls back the
        // transaction.
        let new = PreparedInsert::new(connection, spec, count, "insert or fail", "on conflict do nothing")?;
        Ok(Self { connection, spec, count, new, otherwise: None, known: false })
    }

    fn run(&mut self, rows: &RowBatch, group: &[RowSpan]) -> Result<(), DbError> {
        if !self.known && self.new.run(rows, group)? == group.len() {
            return Ok(());
        }
        let otherwise = match &mut self.otherwise {
            Some(otherwise) => otherwise,
            none => none.insert(PreparedInsert::new(
                self.connection,
                self.spec,
                self.count,
                "insert",
                self.spec.on_conflict,
            )?),
        };
        self.known = otherwise.run(rows, group)? < group.len();
        Ok(())
    }
}

/// A prepared statement and the values that are currently bound. Most rows differ only in their text, so usually only
/// the text is bound again.
struct PreparedInsert<'connection> {
    statement: Statement<'connection>,
    bound: Vec<Option<u32>>,
    /// The concatenated texts of the current group.
    texts: String,
}

impl<'connection> PreparedInsert<'connection> {
    fn new(
        connection: &'connection Connection,
        spec: BulkInsertSpec,
        rows: usize,
        insert: &str,
        otherwise: &str,
    ) -> Result<Self, DbError> {
        let BulkInsertSpec { table, columns, constant: (constant_column, value), .. } = spec;
        let width = columns.len();
        let row = |row: usize| {
            let cells: Vec<String> = (1..=width).map(|column| format!("?{}", row * width + column)).collect();
            format!("({}, {value})", cells.join(", "))
        };
        let places: Vec<String> = (0..rows).map(row).collect();
        let sql = format!(
            "{insert} into {table} ({}, {constant_column}) values {} {otherwise}",
            spec.names(),
            places.join(", ")
        );
        Ok(Self { statement: connection.prepare(&sql)?, bound: vec![None; rows], texts: String::new() })
    }

    /// Binds and inserts the rows of `group`. Returns how many rows were inserted or changed.
    fn run(&mut self, rows: &RowBatch, group: &[RowSpan]) -> Result<usize, DbError> {
        // The texts are far apart in memory. A loop that only copies them lets the processor fetch several at once.
        self.texts.clear();
        group.iter().try_for_each(|row| rows.text(*row).map(|text| self.texts.push_str(text)))?;
        let (mut place, mut texts) = (0, self.texts.as_str());
        for (row, bound) in group.iter().zip(&mut self.bound) {
            let (text, others) = texts.split_at(row.length as usize);
            texts = others;
            let rest = rows.rest(*row)?;
            self.statement.raw_bind_parameter(place + 1, text)?;
            if *bound != Some(row.shared) {
                let mut cells = (place + 2..).zip(rest);
                cells.try_for_each(|(place, cell)| self.statement.raw_bind_parameter(place, cell))?;
                *bound = Some(row.shared);
            }
            place += 1 + rest.len();
        }
        if place != self.statement.parameter_count() {
            return Err(DbError::Other("a row has more or fewer cells than there are columns".to_owned()));
        }
        Ok(self.statement.raw_execute()?)
    }
}

/// Drops the triggers with these names, and returns the SQL that creates them again.
fn drop_triggers(connection: &Connection, names: &[&'static str]) -> Result<Vec<String>, DbError> {
    let text = "select sql from sqlite_schema where type = 'trigger' and name = ?1";
    let texts = names.iter().map(|name| connection.query_row(text, [name], |row| row.get(0)));
    let texts = texts.collect::<Result<_, rusqlite::Error>>()?;
    names.iter().try_for_each(|name| connection.execute_batch(&format!("drop trigger {name}")))?;
    Ok(texts)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::db::{Db, block_on};

    const TABLE: &str = "create table item (id text primary key, n integer not null check (n < 10)) strict";
    const SPEC: BulkInsertSpec = BulkInsertSpec {
        table: "item",
        columns: &["id"],
        constant: ("n", "7"),
        on_conflict: "on conflict (id) do update set n = null",
        skipped: SkippedWork { triggers: &[], replacement: "select $1 where false", checks: true },
    };

    #[test]
    fn check_constraints_apply_again_after_a_bulk_insert() {
        let db = Db::memory(&[TABLE]).unwrap();
        let rows = |ids: &str| {
            let rows = (0..ids.len() as u32).map(|start| RowSpan { start, length: 1, shared: 0 }).collect();
            RowBatch { texts: ids.to_owned(), shared_cells: vec![vec![]], rows }
        };
        for (ids, fits) in [("abc", true), ("dea", false), ("é", false), ("", true), ("de", true)] {
            let mut loading = db.bulk_insert(SPEC).unwrap();
            let _ = block_on(loading.rows(rows(ids))); // The error is returned by `finish`.
            assert_eq!(block_on(loading.finish()).is_ok(), fits, "{ids}");
            assert!(block_on(db.write("insert into item values ('f', 10)", vec![])).is_err(), "{ids:?}");
        }
        let found = block_on(db.read("select count(*) from item", vec![])).unwrap();
        assert_eq!(found[0].int(0), Ok(5), "what fails brings nothing");
    }

    #[test]
    fn few_rows_run_the_triggers_and_many_rows_the_replacement() {
        const COUNTED: &str = "create table item (id text primary key, n integer not null) strict;
            create table tally (how text not null, amount integer not null) strict;
            create trigger item_added after insert on item begin insert into tally values ('one by one', 1); end";
        let without_triggers = SkippedWork {
            triggers: &["item_added"],
            replacement: "insert into tally select 'together', count(*) from item where rowid > $1",
            checks: false,
        };
        let spec = BulkInsertSpec { skipped: without_triggers, ..SPEC };
        let db = Db::memory(&[COUNTED]).unwrap();
        let bring = |ids: std::ops::Range<usize>| {
            let before = version(&db);
            let texts: String = ids.clone().map(|id| format!("{id:05}")).collect();
            let rows = (0..ids.len() as u32).map(|row| RowSpan { start: 5 * row, length: 5, shared: 0 }).collect();
            let mut loading = db.bulk_insert(spec).unwrap();
            block_on(loading.rows(RowBatch { texts, shared_cells: vec![vec![]], rows })).unwrap();
            assert_eq!(block_on(loading.finish()), Ok(ids.len() as u64));
            version(&db) == before
        };
        assert!(bring(0..DROP_TRIGGERS_FROM - 1), "the triggers stay, so the schema does not change");
        assert!(!bring(DROP_TRIGGERS_FROM..2 * DROP_TRIGGERS_FROM));
        assert!(bring(2 * DROP_TRIGGERS_FROM..2 * DROP_TRIGGERS_FROM + 1));
        let told = block_on(db.read("select how, sum(amount) from tally group by how order by how", vec![])).unwrap();
        let told: Vec<(&str, i64)> = told.iter().map(|row| (row.text(0).unwrap(), row.int(1).unwrap())).collect();
        assert_eq!(told, [("one by one", DROP_TRIGGERS_FROM as i64), ("together", DROP_TRIGGERS_FROM as i64)]);
    }

    fn version(db: &Db) -> i64 {
        block_on(db.read("pragma schema_version", vec![])).unwrap()[0].int(0).unwrap()
    }
}
