//! Bulk inserts into one table: the types that are common to both engines. The module must not depend on the meaning of
//! the rows.

use super::{DbError, Value};
use std::sync::mpsc::SyncSender;
use tokio::sync::{mpsc, oneshot};

/// The description of a bulk insert. Its strings become part of SQL text, so they must not come from input.
#[derive(Debug, Clone, Copy)]
pub struct BulkInsertSpec {
    pub table: &'static str,
    /// The columns in the order of the cells. The first column is the one in which rows differ most.
    pub columns: &'static [&'static str],
    /// A column that has the same value in all rows, and the SQL expression of that value.
    pub constant: (&'static str, &'static str),
    /// The `on conflict …` clause for a row that exists. It must not update a column of the key, and it must change
    /// nothing if the new row equals the existing one.
    pub on_conflict: &'static str,
    pub skipped: SkippedWork,
}

/// The triggers and checks that SQLite skips within a bulk insert. PostgreSQL skips none.
#[derive(Debug, Clone, Copy)]
pub struct SkippedWork {
    /// The row triggers to drop, and the statement that replaces them. It handles all rows with a rowid above `$1` at
    /// once.
    pub triggers: &'static [&'static str],
    pub replacement: &'static str,
    /// `true` if the check constraints of the table are skipped, because no row can violate them.
    pub checks: bool,
}

impl BulkInsertSpec {
    /// Returns the names of the columns, separated by commas.
    pub(super) fn names(&self) -> String {
        self.columns.join(", ")
    }
}

/// A compact batch of rows, sized for millions of them. The texts of the first column are stored in one string. The
/// remaining cells are stored once for all rows that share them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RowBatch {
    pub texts: String,
    /// The cells of the columns after the first, one entry for each distinct combination.
    pub shared_cells: Vec<Vec<Value>>,
    pub rows: Vec<RowSpan>,
}

/// The position of the cells of one row in [`RowBatch`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowSpan {
    /// The offset of the row's text in [`RowBatch::texts`] and its length, both in bytes.
    pub start: u32,
    pub length: u32,
    /// The index of the row's other cells in [`RowBatch::shared_cells`].
    pub shared: u32,
}

impl RowBatch {
    /// Returns the first cell of a row.
    pub(super) fn text(&self, row: RowSpan) -> Result<&str, DbError> {
        let start = row.start as usize;
        self.texts.get(start..start + row.length as usize).ok_or_else(outside)
    }

    /// Returns the other cells of a row.
    pub(super) fn rest(&self, row: RowSpan) -> Result<&[Value], DbError> {
        self.shared_cells.get(row.shared as usize).map(Vec::as_slice).ok_or_else(outside)
    }
}

fn outside() -> DbError {
    DbError::Other("a row refers to data outside its buffer".to_owned())
}

/// A message to the engine that executes the bulk insert.
pub(super) enum BulkMessage {
    Rows(RowBatch),
    End,
}

/// The number of new rows, or the error that ended the bulk insert.
pub(super) type BulkResult = Result<u64, DbError>;

pub(super) enum BulkSender {
    Sqlite(SyncSender<BulkMessage>),
    Postgres(mpsc::Sender<BulkMessage>),
}

/// A bulk insert in progress. Each batch of rows has its own transaction: if this value is dropped or the process dies,
/// a batch is stored completely or not at all.
pub struct BulkInsert {
    pub(super) pieces: BulkSender,
    pub(super) ended: oneshot::Receiver<BulkResult>,
}

impl BulkInsert {
    /// Sends rows to the engine. No two rows may have the same key. Fewer and larger batches are faster.
    ///
    /// # Errors
    /// Returns the error of a batch that was sent before.
    pub async fn rows(&mut self, rows: RowBatch) -> Result<(), DbError> {
        if self.send(BulkMessage::Rows(rows)).await { Ok(()) } else { Err(self.failure().await) }
    }

    /// Ends the bulk insert and returns the number of new rows, once all rows are durable.
    ///
    /// # Errors
    /// Returns the error that ended the bulk insert.
    pub async fn finish(mut self) -> Result<u64, DbError> {
        let _ = self.send(BulkMessage::End).await; // If the engine has ended early, `ended` holds its error.
        (&mut self.ended).await.unwrap_or_else(|_| Err(DbError::writer_gone()))
    }

    async fn send(&self, piece: BulkMessage) -> bool {
        match &self.pieces {
            BulkSender::Sqlite(pieces) => pieces.send(piece).is_ok(),
            BulkSender::Postgres(pieces) => pieces.send(piece).await.is_ok(),
        }
    }

    async fn failure(&mut self) -> DbError {
        match (&mut self.ended).await {
            Ok(Err(error)) => error,
            _ => DbError::writer_gone(),
        }
    }
}
