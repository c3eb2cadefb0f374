//! The leases of files that are being indexed, and the transactions of the process that indexes a file.

use super::super::{CommitOutcome, Store, lease_end};
use super::passages::NewPassage;
use super::removal::PASSAGES_PER_REMOVAL;
use super::rows::Chunking;
use crate::api::objects::{FileObject, JsonObject};
use crate::db::{DbError, SqlRow, Statement};
use crate::json;
use std::{collections::HashSet, time::Duration};

/// A file to index.
#[derive(Debug, Clone)]
pub(in crate::serve) struct IndexingJob {
    /// The row number of the file in the vector store.
    pub(in crate::serve) item: i64,
    /// The number of the vector store in the order of all objects.
    pub(in crate::serve) scope: i64,
    pub(in crate::serve) store: String,
    pub(in crate::serve) file: String,
    /// The name of the uploaded file.
    pub(in crate::serve) name: String,
    /// The name of the file's contents.
    pub(in crate::serve) blob: String,
    pub(in crate::serve) chunking: Chunking,
}

/// The sums over the passages of a file.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(in crate::serve) struct IndexingTotals {
    pub(in crate::serve) chunks: i64,
    pub(in crate::serve) terms: i64,
    pub(in crate::serve) bytes: i64,
}

impl Store {
    /// Claims up to `limit` files that no process indexes, or whose lease has expired. Returns their row numbers.
    pub(in crate::serve) async fn claim_files(
        &self,
        lease: &str,
        life: Duration,
        limit: i64,
    ) -> Result<Vec<i64>, DbError> {
        const ANY: &str = "select 1 from store_file where status = 'in_progress' \
                            and (lease is null or lease_until < $1) limit 1";
        const CLAIM: &str = "update store_file set lease = $1, lease_until = $2 where n in (select n from store_file \
                             where status = 'in_progress' and (lease is null or lease_until < $3) \
                             order by n limit $4) \
                             and status = 'in_progress' and (lease is null or lease_until < $3) returning n";
        // `CLAIM` states its conditions twice. After waiting for a row lock, PostgreSQL evaluates only the outer
        // conditions again.
        let now = self.now_ms();
        if limit <= 0 || self.db.read(ANY, vec![now.into()]).await?.is_empty() {
            return Ok(Vec::new());
        }
        let params = vec![lease.into(), lease_end(now, life).into(), now.into(), limit.into()];
        self.db.write(CLAIM, params).await?.iter().map(|row| row.int(0)).collect()
    }

    /// Renews the leases of a process on the files that it indexes. Returns the row numbers of the files whose lease it
    /// still holds.
    ///
    /// The lease on a file without a worker is not renewed, so that the file is claimed again.
    pub(in crate::serve) async fn renew_files(
        &self,
        lease: &str,
        life: Duration,
        items: &[i64],
    ) -> Result<HashSet<i64>, DbError> {
        const SQL: &str = "update store_file set lease_until = $1 where n = $2 and lease = $3 \
                           and status = 'in_progress' returning n";
        let lease_end = lease_end(self.now_ms(), life);
        let renewals =
            items.iter().map(|item| Statement::new(SQL, vec![lease_end.into(), (*item).into(), lease.into()]));
        let results = self.db.atomic(renewals.collect::<Vec<_>>()).await?;
        results.iter().flatten().map(|row| row.int(0)).collect()
    }

    /// Releases all leases of a process on files.
    pub(in crate::serve) async fn release_files(&self, lease: &str) -> Result<(), DbError> {
        const ANY: &str = "select 1 from store_file where lease = $1 and status = 'in_progress' limit 1";
        const SQL: &str = "update store_file set lease = null, lease_until = null \
                           where lease = $1 and status = 'in_progress'";
        if !self.db.read(ANY, vec![lease.into()]).await?.is_empty() {
            self.db.write(SQL, vec![lease.into()]).await?;
        }
        Ok(())
    }

    /// Returns the files that this process indexes, and those that it can claim.
    pub(in crate::serve) async fn pending_files(&self, lease: &str) -> Result<Vec<i64>, DbError> {
        const SQL: &str = "select n from store_file where status = 'in_progress' \
                           and (lease is null or lease = $1 or lease_until < $2)";
        self.db.read(SQL, vec![lease.into(), self.now_ms().into()]).await?.iter().map(|row| row.int(0)).collect()
    }

    /// Returns the data for indexing a file, or `None` if the process does not hold the lease.
    pub(in crate::serve) async fn indexing_job(&self, item: i64, lease: &str) -> Result<Option<IndexingJob>, DbError> {
        const SQL: &str = "select scope, store, file, chunk_size, overlap, object.blob, object.doc from store_file \
                           join object on object.id = store_file.file where store_file.n = $1 and lease = $2 \
                           and status = 'in_progress'";
        let Some(mut row) = self.db.read(SQL, vec![item.into(), lease.into()]).await?.pop() else { return Ok(None) };
        let corrupt = |error: json::Error| DbError::Corrupt(error.to_string());
        let object = json::stored(row.take_text(6)?).and_then(json::into_object).map_err(corrupt)?;
        let name = FileObject::from_map(object).filename().or_default().to_owned();
        Ok(Some(IndexingJob {
            item,
            scope: row.int(0)?,
            store: row.take_text(1)?,
            file: row.take_text(2)?,
            name,
            blob: row.take_optional_text(5)?.unwrap_or_default(),
            chunking: Chunking { size: row.int(3)?, overlap: row.int(4)? },
        }))
    }

    /// Hides the passages of a file until it is completed.
    pub(in crate::serve) async fn begin_indexing(
        &self,
        job: &IndexingJob,
        lease: &str,
    ) -> Result<CommitOutcome, DbError> {
        const HIDE: &str = "insert into hidden_item (item, scope) values ($1, $2) on conflict (item) do nothing";
        self.leased_change(job.item, lease, vec![Statement::new(HIDE, vec![job.item.into(), job.scope.into()])]).await
    }

    /// Writes passages of a file. `first` is the position of the first of them among the passages of the file.
    pub(in crate::serve) async fn add_passages(
        &self,
        job: &IndexingJob,
        lease: &str,
        first: i64,
        passages: Vec<NewPassage>,
    ) -> Result<CommitOutcome, DbError> {
        let numbered = (first..).zip(passages);
        let written = numbered.flat_map(|(at, passage)| passage.statements(&self.db, job.item, job.scope, at));
        self.leased_change(job.item, lease, written.collect()).await
    }

    /// Completes a file, so that searches find its passages.
    pub(in crate::serve) async fn complete_file(
        &self,
        item: i64,
        lease: &str,
        totals: IndexingTotals,
    ) -> Result<CommitOutcome, DbError> {
        const SQL: &str = "update store_file set status = 'completed', usage_bytes = $1, chunks = $2, terms = $3, \
                           error_code = null, error_message = null, lease = null, lease_until = null where n = $4";
        const SHOW: &str = "delete from hidden_item where item = $1";
        let IndexingTotals { chunks, terms, bytes } = totals;
        let complete = Statement::new(SQL, vec![bytes.into(), chunks.into(), terms.into(), item.into()]);
        self.leased_change(item, lease, vec![complete, Statement::new(SHOW, vec![item.into()])]).await
    }

    /// Fails a file. Its passages are removed later.
    pub(in crate::serve) async fn fail_file(
        &self,
        item: i64,
        lease: &str,
        code: &str,
        message: &str,
    ) -> Result<CommitOutcome, DbError> {
        const SQL: &str = "update store_file set status = 'failed', error_code = $1, error_message = $2, \
                           lease = null, lease_until = null where n = $3";
        self.leased_change(item, lease, vec![Statement::new(SQL, vec![code.into(), message.into(), item.into()])]).await
    }

    /// Removes some of the passages that an earlier process wrote. Returns `true` if there may be more. Returns `None`
    /// if the process no longer holds the lease, because the passages may then be those of another process.
    pub(in crate::serve) async fn remove_written(&self, item: i64, lease: &str) -> Result<Option<bool>, DbError> {
        let results = self.leased(item, lease, self.removal_of_some(item)).await?;
        Ok(results.and_then(|mut results| results.pop()).map(|rows| rows.len() as i64 == PASSAGES_PER_REMOVAL))
    }

    /// Runs statements if a process still holds the lease of a file.
    async fn leased_change(
        &self,
        item: i64,
        lease: &str,
        statements: Vec<Statement>,
    ) -> Result<CommitOutcome, DbError> {
        let results = self.leased(item, lease, statements).await?;
        Ok(results.map_or(CommitOutcome::Conflict, |_| CommitOutcome::Committed))
    }

    /// Runs statements if a process still holds the lease of a file. Returns the rows of each statement, or `None` if
    /// it does not hold the lease.
    async fn leased(
        &self,
        item: i64,
        lease: &str,
        statements: Vec<Statement>,
    ) -> Result<Option<Vec<Vec<SqlRow>>>, DbError> {
        const LOCK: &str = "select 1 from store_file where n = $1 for update";
        const LEASED: &str = "insert into assertion (broken) select 1 where not exists \
                              (select 1 from store_file where n = $1 and lease = $2 and status = 'in_progress')";
        let lock = self.db.has_many_writers().then(|| Statement::new(LOCK, vec![item.into()]));
        let leased = Statement::new(LEASED, vec![item.into(), lease.into()]);
        let statements: Vec<Statement> = lock.into_iter().chain([leased]).chain(statements).collect();
        match self.db.atomic(statements).await {
            Ok(results) => Ok(Some(results)),
            Err(DbError::Duplicate { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }
}
