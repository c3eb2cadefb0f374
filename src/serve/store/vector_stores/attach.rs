//! Changes of the files of a vector store: adding and detaching files, setting their attributes, and cancelling a
//! batch.

use super::super::batch::{LockMode, LockedRow};
use super::super::detachment::{DETACH_FILE, DETACH_ONE};
use super::super::{Batch, Store};
use super::rows::Chunking;
use crate::api::Kind;
use crate::api::objects::IndexingStatus;
use crate::db::DbError;
use crate::serve::ids;
use futures_util::future::try_join_all;

/// A file that is about to be added to a vector store.
#[derive(Debug, Clone)]
pub(in crate::serve) struct NewStoreFile {
    pub(in crate::serve) file: String,
    /// The sizes of the passages. With `None`, a file that is in the vector store keeps its sizes, and a new one gets
    /// the default.
    pub(in crate::serve) chunking: Option<Chunking>,
    /// The attributes as JSON. With `None`, a file that is in the vector store keeps its attributes, and a new one has
    /// none.
    pub(in crate::serve) attributes: Option<String>,
}

impl NewStoreFile {
    /// Returns a file without chunking and attributes of its own.
    pub(in crate::serve) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), chunking: None, attributes: None }
    }
}

impl Store {
    /// Extends a batch so that it adds files to a vector store. The batch fails if another request changes the rows
    /// that were read for it.
    ///
    /// A file that is already in the vector store gets the new attributes, and belongs to the new batch of files. It is
    /// indexed again if it failed, if it was cancelled, or if its chunking changes.
    pub(in crate::serve) async fn attach(
        &self,
        mut batch: Batch,
        store: &str,
        files: &[NewStoreFile],
        file_batch: Option<&str>,
    ) -> Result<Batch, DbError> {
        const CHANGE: &str = "update store_file set attributes = coalesce(cast($1 as text), attributes), \
                              batch = coalesce(cast($2 as text), batch) where n = $3";
        // This condition comes after the change, which locks the row. It therefore still holds at the commit.
        const USABLE: &str = "insert into assertion (broken) select 1 where not exists (select 1 from store_file \
                              where n = $1 and status in ('in_progress', 'completed'))";
        const EXISTS: &str = "insert into assertion (broken) select 1 where not exists \
                             (select 1 from store_file where n = $1)";
        batch = batch.exists(Kind::VectorStore, store).lock(LockedRow::Object(store.to_owned()), LockMode::Exclusive);
        let mut known = Vec::with_capacity(files.len());
        for chunk in files.chunks(32) {
            known.extend(try_join_all(chunk.iter().map(|new| self.store_file(store, &new.file))).await?);
        }
        for (new, found) in files.iter().zip(known) {
            let Some(found) = found else {
                batch = batch.attach_new(store, new, file_batch);
                continue;
            };
            let mut new = new.clone();
            let chunking = *new.chunking.get_or_insert(found.chunking);
            let is_usable = matches!(found.status, IndexingStatus::InProgress | IndexingStatus::Completed);
            if is_usable && found.chunking == chunking {
                let change = [new.attributes.into(), file_batch.into(), found.n.into()];
                batch = batch.exists(Kind::File, &new.file).add(CHANGE, change).add(USABLE, [found.n.into()]);
                continue;
            }
            new.attributes.get_or_insert(found.attributes);
            batch = batch.lock_store_file(store, &new.file).add(EXISTS, [found.n.into()]);
            batch = batch.detach(store, &new.file).attach_new(store, &new, file_batch);
        }
        Ok(batch)
    }
}

impl Batch {
    /// Adds a file to a vector store. The batch fails if the file is already in it.
    pub(in crate::serve) fn attach_new(mut self, store: &str, new: &NewStoreFile, file_batch: Option<&str>) -> Self {
        const SQL: &str = "insert into store_file (scope, store, file, batch, created_at, status, chunk_size, overlap, \
                           attributes) select n, id, cast($2 as text), cast($3 as text), cast($4 as bigint), \
                           'in_progress', cast($5 as bigint), cast($6 as bigint), cast($7 as text) from object \
                           where id = $1 and kind = 'vector_store'";
        self.changes_store_files = true;
        let Chunking { size, overlap } = new.chunking.unwrap_or_default();
        let attributes = new.attributes.as_deref().unwrap_or("{}");
        let values = [
            store.into(),
            new.file.as_str().into(),
            file_batch.into(),
            ids::now().into(),
            size.into(),
            overlap.into(),
            attributes.into(),
        ];
        self.exists(Kind::File, &new.file).add(SQL, values)
    }

    /// Removes a file from a vector store.
    pub(in crate::serve) fn detach(mut self, store: &str, file: &str) -> Self {
        self.changes_store_files = true;
        let params = || [store.into(), file.into()];
        self.lock_store_file(store, file).add(DETACH_ONE.hide, params()).add(DETACH_ONE.remove, params())
    }

    /// Locks the row of a file in a vector store, if there is one and the database has several writers.
    fn lock_store_file(self, store: &str, file: &str) -> Self {
        let row = LockedRow::StoreFile { store: store.to_owned(), file: file.to_owned() };
        self.lock(row, LockMode::Exclusive)
    }

    /// Removes a file from all vector stores.
    pub(in crate::serve) fn detach_everywhere(mut self, file: &str) -> Self {
        self.changes_store_files = true;
        let batch = self.lock(LockedRow::StoreFiles(file.to_owned()), LockMode::Exclusive);
        batch.add(DETACH_FILE.hide, [file.into()]).add(DETACH_FILE.remove, [file.into()])
    }

    /// Replaces the attributes of a file in a vector store. The batch fails if the file is not in it.
    pub(in crate::serve) fn set_attributes(self, store: &str, file: &str, attributes: &str) -> Self {
        const EXISTS: &str = "insert into assertion (broken) select 1 where not exists \
                             (select 1 from store_file where store = $1 and file = $2)";
        const SQL: &str = "update store_file set attributes = $1 where store = $2 and file = $3";
        self.add(EXISTS, [store.into(), file.into()]).add(SQL, [attributes.into(), store.into(), file.into()])
    }

    /// Cancels the files of a batch that are not indexed yet.
    pub(in crate::serve) fn cancel_files(mut self, store: &str, file_batch: &str) -> Self {
        const SQL: &str = "update store_file set status = 'cancelled', lease = null, lease_until = null \
                           where batch = $1 and status = 'in_progress'";
        self.changes_store_files = true;
        self.lock(LockedRow::Object(store.to_owned()), LockMode::Exclusive).add(SQL, [file_batch.into()])
    }
}
