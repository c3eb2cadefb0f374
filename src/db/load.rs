//! Many rows of one table on their way in. Must not know what they say.

use super::{DbError, Value};
use std::sync::mpsc::SyncSender;
use tokio::sync::{mpsc, oneshot};

/// How rows are brought in. Its texts are put together to SQL, so that they must not come from input.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    pub table: &'static str,
    /// In the order of the cells.
    pub columns: &'static [&'static str],
    /// A column that is the same in all rows, and what it is in SQL.
    pub same: (&'static str, &'static str),
    /// What is done about a row that is there: `on conflict …`. It updates none of the columns of its key.
    pub otherwise: &'static str,
    pub aside: Aside,
}

/// What SQLite does without while rows come in, in their own transaction; PostgreSQL needs no such thing.
#[derive(Debug, Clone, Copy)]
pub struct Aside {
    /// Triggers on a row, and what does their work for many at once: the rows above the rowid `$1`.
    pub triggers: &'static [&'static str],
    pub instead: &'static str,
}

impl Load {
    /// Returns the names of the columns, separated by commas.
    pub(super) fn names(&self) -> String {
        self.columns.join(", ")
    }
}

/// What an engine is told.
pub(super) enum Piece {
    /// The cells of whole rows, one row after the other.
    Rows(Vec<Value>),
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
    /// Hands over the cells of whole rows, no two of which may have the same key. The fewer pieces, the faster.
    ///
    /// # Errors
    /// What went wrong with rows that were handed over before.
    pub async fn rows(&mut self, cells: Vec<Value>) -> Result<(), DbError> {
        if self.tell(Piece::Rows(cells)).await { Ok(()) } else { Err(self.failure().await) }
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
