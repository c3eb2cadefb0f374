//! Many rows of one table on their way in. Must not know what they say.

use super::{DbError, Value};
use std::sync::mpsc::SyncSender;
use tokio::sync::{mpsc, oneshot};

/// How rows are brought in. Its texts are put together to SQL, so that they must not come from input.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub table: &'static str,
    /// In the order of the cells; the first is the one in which rows differ most.
    pub columns: &'static [&'static str],
    /// A column that is the same in all rows, and what it is in SQL.
    pub same: (&'static str, &'static str),
    /// What is done about a row that is there: `on conflict …`. It updates none of the columns of its key, and it changes
    /// nothing where the row says the same as what is there.
    pub otherwise: &'static str,
    pub aside: Aside,
}

/// What SQLite does without while rows come in, in their own transaction; PostgreSQL needs no such thing.
#[derive(Debug, Clone, Copy)]
pub struct Aside {
    /// Triggers on a row, and what does their work for many at once: the rows above the rowid `$1`.
    pub triggers: &'static [&'static str],
    pub instead: &'static str,
    /// Whether the conditions of the table are among what is done without: no row can break them.
    pub checks: bool,
}

impl Load {
    /// Returns the names of the columns, separated by commas.
    pub(super) fn names(&self) -> String {
        self.columns.join(", ")
    }
}

/// Rows on their way in, by the million: the texts of their first column are one text, and what else is in them is there
/// once for as many rows as have the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rows {
    pub texts: String,
    /// Cells of the columns behind the first.
    pub rests: Vec<Vec<Value>>,
    pub rows: Vec<RowOf>,
}

/// Where the cells of a row are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowOf {
    /// Where its text begins in [`Rows::texts`], and how long it is.
    pub start: u32,
    pub length: u32,
    /// Which of [`Rows::rests`] it has.
    pub rest: u32,
}

impl Rows {
    /// Returns the text of a row.
    pub(super) fn text(&self, row: RowOf) -> Result<&str, DbError> {
        let start = row.start as usize;
        self.texts.get(start..start + row.length as usize).ok_or_else(outside)
    }

    /// Returns the other cells of a row.
    pub(super) fn rest(&self, row: RowOf) -> Result<&[Value], DbError> {
        self.rests.get(row.rest as usize).map(Vec::as_slice).ok_or_else(outside)
    }
}

fn outside() -> DbError {
    DbError::Other("a row lies outside of what it is made of".to_owned())
}

/// What an engine is told.
pub(super) enum Piece {
    Rows(Rows),
    End,
}

/// How many rows are new, or why not all of them are in.
pub(super) type Ended = Result<u64, DbError>;

pub(super) enum Pieces {
    Sqlite(SyncSender<Piece>),
    Postgres(mpsc::Sender<Piece>),
}

/// Rows that are being brought in, each piece in a transaction of its own: when this is dropped unfinished, or when the
/// process dies, a piece is in as a whole or not at all.
pub struct Loading {
    pub(super) pieces: Pieces,
    pub(super) ended: oneshot::Receiver<Ended>,
}

impl Loading {
    /// Hands over rows, no two of which may have the same key. The fewer pieces, the faster.
    ///
    /// # Errors
    /// What went wrong with rows that were handed over before.
    pub async fn rows(&mut self, rows: Rows) -> Result<(), DbError> {
        if self.tell(Piece::Rows(rows)).await { Ok(()) } else { Err(self.failure().await) }
    }

    /// Returns how many of the rows were new, once all of them are durable.
    ///
    /// # Errors
    /// What went wrong.
    pub async fn finish(mut self) -> Result<u64, DbError> {
        let _ = self.tell(Piece::End).await; // Whoever has ended before has said why.
        (&mut self.ended).await.unwrap_or_else(|_| Err(DbError::writer_gone()))
    }

    async fn tell(&self, piece: Piece) -> bool {
        match &self.pieces {
            Pieces::Sqlite(pieces) => pieces.send(piece).is_ok(),
            Pieces::Postgres(pieces) => pieces.send(piece).await.is_ok(),
        }
    }

    async fn failure(&mut self) -> DbError {
        match (&mut self.ended).await {
            Ok(Err(error)) => error,
            _ => DbError::writer_gone(),
        }
    }
}
