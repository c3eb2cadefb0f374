//! The statements that detach files from vector stores.

use crate::db::{Db, Statement, Value};

/// The statements that remove the rows of files in vector stores. The passages of a file are hidden at the same time,
/// and removed later.
#[derive(Debug)]
pub(super) struct Detachment {
    /// Locks the rows, on PostgreSQL only. There, each statement sees everything that was committed before it. Without
    /// the lock, a file could be completed between the other two statements, and its passages would stay visible
    /// without a row.
    pub(super) lock: &'static str,
    /// Hides the passages of the files from searches.
    pub(super) hide: &'static str,
    /// Removes the rows.
    pub(super) remove: &'static str,
}

/// Expands to the [`Detachment`] of the rows that fulfil an SQL condition.
macro_rules! detachment {
    ($condition:literal) => {
        Detachment {
            lock: concat!("select 1 from store_file where ", $condition, " order by n for update"),
            hide: concat!(
                "insert into hidden_item (item, scope) select n, scope from store_file where ",
                $condition,
                " on conflict (item) do nothing"
            ),
            remove: concat!("delete from store_file where ", $condition),
        }
    };
}

/// Detaches a file from every vector store. Parameters: the file.
pub(super) const DETACH_FILE: Detachment = detachment!("file = $1");
/// Detaches a file from one vector store. Parameters: the vector store, the file.
pub(super) const DETACH_ONE: Detachment = detachment!("store = $1 and file = $2");
/// Detaches the files of a vector store whose row number is at most a limit. Parameters: the vector store, the limit.
pub(super) const DETACH_UP_TO: Detachment = detachment!("store = $1 and n <= $2");

impl Detachment {
    /// Returns the statements for a database.
    pub(super) fn statements(&self, db: &Db, params: &[Value]) -> Vec<Statement> {
        let lock = db.has_many_writers().then_some(self.lock);
        lock.into_iter().chain([self.hide, self.remove]).map(|sql| Statement::new(sql, params.to_vec())).collect()
    }
}
