//! The statements that remove files from vector stores.

use crate::db::{Db, Statement, Value};

/// The statements that remove rows of files from vector stores. Their passages are hidden first, and removed later.
#[derive(Debug)]
pub(super) struct Detachment {
    /// Locks the rows. Each statement of PostgreSQL sees what was committed before it, so without the lock, a file that is
    /// completed between the other two statements would lose its row and keep its passages.
    pub(super) lock: &'static str,
    pub(super) hide: &'static str,
    pub(super) remove: &'static str,
}

/// Returns the [`Detachment`] of the rows that fulfil a condition.
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

/// Removes a file from every vector store.
pub(super) const DETACH_FILE: Detachment = detachment!("file = $1");
/// Removes a file from one vector store.
pub(super) const DETACH_ONE: Detachment = detachment!("store = $1 and file = $2");
/// Removes the files of a vector store whose rows have at most this number.
pub(super) const DETACH_UP_TO: Detachment = detachment!("store = $1 and n <= $2");

impl Detachment {
    /// Returns the statements for a database.
    pub(super) fn statements(&self, db: &Db, params: &[Value]) -> Vec<Statement> {
        let lock = db.has_many_writers().then_some(self.lock);
        lock.into_iter().chain([self.hide, self.remove]).map(|sql| Statement::new(sql, params.to_vec())).collect()
    }
}
