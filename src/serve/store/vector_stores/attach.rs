//! Changes of the files of a vector store: adding them, their attributes, and cancelling a batch.

use super::super::batch::{LockMode, LockedRow};
use super::super::{Batch, Store};
use super::removal::{DETACH_ONE, HIDE_ONE};
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
    pub(in crate::serve) chunking: Chunking,
    /// The attributes as JSON, or `None` for those that the file has already, or none.
    pub(in crate::serve) attributes: Option<String>,
}

impl NewStoreFile {
    /// Returns a file with the default chunking and no attributes.
    pub(in crate::serve) fn of(file: &str) -> Self {
        Self { file: file.to_owned(), chunking: Chunking::default(), attributes: None }
    }
}

impl Store {
    /// Adds to a batch what adds files to a vector store.
    ///
    /// A file that is there already stays, with its new attributes, and belongs to the new batch of files. It is indexed
    /// again if it failed, was cancelled, or gets another chunking.
    pub(in crate::serve) async fn attach(
        &self,
        mut batch: Batch,
        store: &str,
        files: &[NewStoreFile],
        file_batch: Option<&str>,
    ) -> Result<Batch, DbError> {
        const CHANGE: &str = "update store_file set attributes = coalesce(cast($1 as text), attributes), \
                              batch = coalesce(cast($2 as text), batch) where n = $3";
        batch = batch.exists(Kind::VectorStore, store).lock(LockedRow::Object(store.to_owned()), LockMode::Exclusive);
        let mut known = Vec::with_capacity(files.len());
        for some in files.chunks(32) {
            known.extend(try_join_all(some.iter().map(|new| self.store_file(store, &new.file))).await?);
        }
        for (new, found) in files.iter().zip(known) {
            batch = batch.exists(Kind::File, &new.file);
            let mut attributes = new.attributes.clone();
            if let Some(found) = found {
                let is_usable = matches!(found.status, IndexingStatus::InProgress | IndexingStatus::Completed);
                if is_usable && found.chunking == new.chunking {
                    batch = batch.add(CHANGE, [attributes.into(), file_batch.into(), found.n.into()]);
                    continue;
                }
                attributes.get_or_insert(found.attributes);
                batch = batch.add(HIDE_ONE, [store.into(), new.file.as_str().into()]);
                batch = batch.add(DETACH_ONE, [store.into(), new.file.as_str().into()]);
            }
            batch = batch.attach_new(store, &NewStoreFile { attributes, ..new.clone() }, file_batch);
        }
        Ok(batch)
    }
}

impl Batch {
    /// Adds a file to a vector store, unless the vector store has it already.
    pub(in crate::serve) fn attach_new(mut self, store: &str, new: &NewStoreFile, file_batch: Option<&str>) -> Self {
        const SQL: &str = "insert into store_file (scope, store, file, batch, created_at, status, chunk_size, overlap, \
                           attributes) select n, id, cast($2 as text), cast($3 as text), cast($4 as bigint), \
                           'in_progress', cast($5 as bigint), cast($6 as bigint), cast($7 as text) from object \
                           where id = $1 and kind = 'vector_store' \
                           and not exists (select 1 from store_file where store = $1 and file = cast($2 as text))";
        self.changes_store_files = true;
        let Chunking { size, overlap } = new.chunking;
        let attributes = new.attributes.as_deref().unwrap_or("{}");
        let params = [
            store.into(),
            new.file.as_str().into(),
            file_batch.into(),
            ids::now().into(),
            size.into(),
            overlap.into(),
            attributes.into(),
        ];
        self.exists(Kind::File, &new.file).add(SQL, params)
    }

    /// Removes a file from a vector store.
    pub(in crate::serve) fn detach(mut self, store: &str, file: &str) -> Self {
        self.changes_store_files = true;
        self.add(HIDE_ONE, [store.into(), file.into()]).add(DETACH_ONE, [store.into(), file.into()])
    }

    /// Replaces the attributes of a file in a vector store. The batch fails if the file is not there.
    pub(in crate::serve) fn set_attributes(self, store: &str, file: &str, attributes: &str) -> Self {
        const THERE: &str = "insert into assertion (broken) select 1 where not exists \
                             (select 1 from store_file where store = $1 and file = $2)";
        const SQL: &str = "update store_file set attributes = $1 where store = $2 and file = $3";
        self.add(THERE, [store.into(), file.into()]).add(SQL, [attributes.into(), store.into(), file.into()])
    }

    /// Cancels the files of a batch that are not indexed yet.
    pub(in crate::serve) fn cancel_files(mut self, store: &str, file_batch: &str) -> Self {
        const SQL: &str = "update store_file set status = 'cancelled', lease = null, lease_until = null \
                           where batch = $1 and status = 'in_progress'";
        self.changes_store_files = true;
        self.lock(LockedRow::Object(store.to_owned()), LockMode::Exclusive).add(SQL, [file_batch.into()])
    }
}
