//! Removal of vector stores, and of the passages of detached and failed files.

use super::super::Store;
use super::super::detachment::DETACH_UP_TO;
use super::passages::range;
use crate::db::{DbError, Statement};

/// The number of passages that one transaction removes.
pub(super) const PASSAGES_PER_REMOVAL: i64 = 500;
/// The number of files that one transaction removes from a vector store.
const FILES_PER_REMOVAL: i64 = 1_000;

impl Store {
    /// Removes a vector store with its batches. The files remain. Returns `true` if it existed.
    pub(in crate::serve) async fn remove_vector_store(&self, id: &str) -> Result<bool, DbError> {
        const FOUND: &str = "select 1 from object where id = $1 and kind = 'vector_store'";
        const SOME: &str =
            "select max(n) from (select n from store_file where store = $1 order by n limit $2) as first_rows";
        // Transactions that add files take the same lock.
        const LOCK: &str = "select 1 from object where id = $1 for update";
        const BATCHES: &str = "delete from object where parent = $1 and kind = 'file_batch'";
        const STORE: &str = "delete from object where id = $1 and kind = 'vector_store' returning id";
        if self.db.read(FOUND, vec![id.into()]).await?.is_empty() {
            return Ok(false);
        }
        let lock: Vec<Statement> =
            self.db.has_many_writers().then(|| Statement::new(LOCK, vec![id.into()])).into_iter().collect();
        let detach = |up_to: i64| {
            let detach = DETACH_UP_TO.statements(&self.db, &[id.into(), up_to.into()]);
            [lock.clone(), detach].concat()
        };
        while let Some(last) = self.db.read(SOME, vec![id.into(), FILES_PER_REMOVAL.into()]).await?.pop() {
            let Some(last) = last.optional_int(0)? else { break };
            self.db.atomic(detach(last)).await?;
        }
        let rest = [BATCHES, STORE].map(|sql| Statement::new(sql, vec![id.into()]));
        let mut results = self.db.atomic([detach(i64::MAX), rest.to_vec()].concat()).await?;
        self.indexing.notify_one();
        Ok(!results.pop().unwrap_or_default().is_empty())
    }

    /// Returns the row numbers of some files whose passages must be removed.
    pub(in crate::serve) async fn items_to_clean(&self) -> Result<Vec<i64>, DbError> {
        const SQL: &str = "select item from hidden_item where not exists \
                           (select 1 from store_file where n = item and status = 'in_progress') limit 16";
        self.db.read(SQL, vec![]).await?.iter().map(|row| row.int(0)).collect()
    }

    /// Removes some of the passages of a file that is not being indexed. Returns `true` if there may be more.
    pub(in crate::serve) async fn remove_some_passages(&self, item: i64) -> Result<bool, DbError> {
        let mut results = self.db.atomic(self.removal_of_some(item)).await?;
        Ok(results.pop().unwrap_or_default().len() as i64 == PASSAGES_PER_REMOVAL)
    }

    /// Returns the statements that remove some passages of a file. The last statement returns their numbers.
    pub(super) fn removal_of_some(&self, item: i64) -> Vec<Statement> {
        const INDEX: &str = "delete from passage_index where rowid in \
                             (select n from passage where n between $1 and $2 order by n limit $3)";
        const TEXTS: &str = "delete from passage where n in \
                             (select n from passage where n between $1 and $2 order by n limit $3) returning n";
        let [first, last] = range(item);
        let index = (!self.db.has_many_writers()).then_some(INDEX);
        let params = vec![first.into(), last.into(), PASSAGES_PER_REMOVAL.into()];
        index.into_iter().chain([TEXTS]).map(|sql| Statement::new(sql, params.clone())).collect()
    }

    /// Removes a file from `hidden_item` after its passages were removed. Does nothing if passages are left, because
    /// another process may still be removing them.
    pub(in crate::serve) async fn forget_item(&self, item: i64) -> Result<(), DbError> {
        const SQL: &str = "delete from hidden_item where item = $1 and not exists \
                           (select 1 from store_file where n = item and status = 'in_progress') \
                           and not exists (select 1 from passage where n between $2 and $3)";
        let [first, last] = range(item);
        self.db.write(SQL, vec![item.into(), first.into(), last.into()]).await.map(drop)
    }
}
