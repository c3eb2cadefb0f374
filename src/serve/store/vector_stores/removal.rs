//! Removal of files from vector stores, of whole vector stores, and of passages that no search finds any more.

use super::super::Store;
use super::passages::range;
use crate::db::{DbError, Statement};

/// Hides the passages of a file in every vector store, which [`DETACH_FILE`] then removes it from.
pub(in crate::serve::store) const HIDE_FILE: &str = "insert into hidden_item (item, scope) \
    select n, scope from store_file where file = $1 on conflict (item) do nothing";
pub(in crate::serve::store) const DETACH_FILE: &str = "delete from store_file where file = $1";

pub(super) const HIDE_ONE: &str = "insert into hidden_item (item, scope) \
    select n, scope from store_file where store = $1 and file = $2 on conflict (item) do nothing";
pub(super) const DETACH_ONE: &str = "delete from store_file where store = $1 and file = $2";

/// The number of passages that one transaction removes.
pub(super) const PASSAGES: i64 = 500;
/// The number of files that one transaction removes from a vector store.
const FILES: i64 = 1_000;

impl Store {
    /// Removes a vector store with its batches. The files remain. Returns `true` if it existed.
    pub(in crate::serve) async fn remove_vector_store(&self, id: &str) -> Result<bool, DbError> {
        const HIDE_SOME: &str = "insert into hidden_item (item, scope) select n, scope from store_file \
            where store = $1 order by n limit $2 on conflict (item) do nothing";
        const DETACH_SOME: &str = "delete from store_file where n in \
            (select n from store_file where store = $1 order by n limit $2) returning n";
        const LOCK: &str = "select 1 from object where id = $1 for update";
        const HIDE: &str = "insert into hidden_item (item, scope) \
            select n, scope from store_file where store = $1 on conflict (item) do nothing";
        const DETACH: &str = "delete from store_file where store = $1";
        const BATCHES: &str = "delete from object where parent = $1 and kind = 'file_batch'";
        const STORE: &str = "delete from object where id = $1 and kind = 'vector_store' returning id";
        const FOUND: &str = "select 1 from object where id = $1 and kind = 'vector_store'";
        if self.db.read(FOUND, vec![id.into()]).await?.is_empty() {
            return Ok(false);
        }
        loop {
            let some = [HIDE_SOME, DETACH_SOME].map(|sql| (sql, vec![id.into(), FILES.into()]));
            let removed = self.db.atomic(some.to_vec()).await?.pop().unwrap_or_default().len();
            if (removed as i64) < FILES {
                break;
            }
        }
        let lock = self.db.has_many_writers().then_some(LOCK);
        let statements = lock.into_iter().chain([HIDE, DETACH, BATCHES, STORE]).map(|sql| (sql, vec![id.into()]));
        let mut answers = self.db.atomic(statements.collect::<Vec<_>>()).await?;
        self.indexing.notify_one();
        Ok(!answers.pop().unwrap_or_default().is_empty())
    }

    /// Returns some of the rows whose passages must be removed.
    pub(in crate::serve) async fn items_to_clean(&self) -> Result<Vec<i64>, DbError> {
        const SQL: &str = "select item from hidden_item where not exists \
                           (select 1 from store_file where n = item and status = 'in_progress') limit 16";
        self.db.read(SQL, vec![]).await?.iter().map(|row| row.int(0)).collect()
    }

    /// Removes some of the passages of a row that is not in progress. Returns `true` if there may be more.
    pub(in crate::serve) async fn remove_some_passages(&self, item: i64) -> Result<bool, DbError> {
        let mut answers = self.db.atomic(self.removal_of_some(item)).await?;
        Ok(answers.pop().unwrap_or_default().len() as i64 == PASSAGES)
    }

    /// Returns the statements that remove some passages of a row. The last one returns them.
    pub(super) fn removal_of_some(&self, item: i64) -> Vec<Statement> {
        const INDEX: &str = "delete from passage_index where rowid in \
                             (select n from passage where n between $1 and $2 order by n limit $3)";
        const TEXTS: &str = "delete from passage where n in \
                             (select n from passage where n between $1 and $2 order by n limit $3) returning n";
        let [first, last] = range(item);
        let index = (!self.db.has_many_writers()).then_some(INDEX);
        let params = vec![first.into(), last.into(), PASSAGES.into()];
        index.into_iter().chain([TEXTS]).map(|sql| (sql, params.clone())).collect()
    }

    /// Forgets a row whose passages were removed.
    pub(in crate::serve) async fn forget_item(&self, item: i64) -> Result<(), DbError> {
        const SQL: &str = "delete from hidden_item where item = $1 and not exists \
                           (select 1 from store_file where n = item and status = 'in_progress')";
        self.db.write(SQL, vec![item.into()]).await.map(drop)
    }
}
