//! Removal of files with the references to them and their contents, of expired objects, and of contents that a crashed
//! process left behind.

use super::batch::{LockMode, LockedRow};
use super::blobs::{Blobs, ExclusiveLock, Folder};
use super::detachment::DETACH_FILE;
use super::{Batch, MAX_ATTEMPTS, Store, StoreError};
use crate::api::Kind;
use crate::api::objects::{Assistant, JsonObject, Thread};
use crate::db::{DbError, Statement};
use crate::serve::ids;
use serde_json::Value;

/// Removes the row of a file.
const FILE: &str = "delete from object where id = $1 and kind = 'file' returning blob";

impl Store {
    /// Removes expired files, and ends expired uploads.
    pub(in crate::serve) async fn remove_expired(&self) -> Result<(), StoreError> {
        const SQL: &str = "select id, kind from object where expires_at <= $1 limit 100";
        for mut row in self.db.read(SQL, vec![ids::now().into()]).await? {
            let (id, kind) = (row.take_text(0)?, row.take_text(1)?);
            match Kind::named(&kind) {
                Some(Kind::Upload) => self.expire_upload(&id).await?,
                _ => drop(self.remove_file(&id).await?),
            }
        }
        Ok(())
    }

    /// Removes contents to which no object refers. Other contents are not changed.
    pub(in crate::serve) async fn remove_contents(&self, blobs: &[String]) -> Result<(), StoreError> {
        for blob in blobs {
            match &self.blobs {
                Blobs::Folder(folder) => {
                    self.remove_if_unreferenced(folder, blob, &folder.begin_removal().await?).await?
                }
                Blobs::Rows(rows) => rows.discard(blob).await?,
                Blobs::Spool(spool) => {
                    if !self.is_referenced(blob).await? {
                        spool.remove(blob);
                    }
                }
            }
        }
        Ok(())
    }

    /// Removes a file and all references to it. Removes its contents, unless another file has the same contents.
    /// Returns `true` if the file existed.
    pub(in crate::serve) async fn remove_file(&self, id: &str) -> Result<bool, StoreError> {
        const FROM_CODE: &str = "update object set version = version + 1, doc = \
            json_set(doc, '$.tool_resources.code_interpreter.file_ids', json((select json_group_array(value) \
            from json_each(doc, '$.tool_resources.code_interpreter.file_ids') where value <> $1))) \
            where kind in ('assistant', 'thread') and id in (select owner from reference where file = $1)";
        let exclusive = match &self.blobs {
            Blobs::Folder(folder) => Some((folder, folder.begin_removal().await?)),
            Blobs::Spool(_) => None,
            Blobs::Rows(_) => return self.remove_file_with_rows(id).await,
        };
        let statement = |sql| vec![Statement::new(sql, vec![id.into()])];
        let detach = DETACH_FILE.statements(&self.db, &[id.into()]);
        let mut results = self.db.atomic([statement(FROM_CODE), detach, statement(FILE)].concat()).await?;
        self.indexing.notify_one();
        let Some(mut row) = results.pop().unwrap_or_default().pop() else { return Ok(false) };
        if let Some(blob) = row.take_optional_text(0)? {
            match (&self.blobs, &exclusive) {
                (_, Some((folder, exclusive))) => self.remove_if_unreferenced(folder, &blob, exclusive).await?,
                (Blobs::Spool(spool), None) => spool.remove(&blob),
                _ => {}
            }
        }
        Ok(true)
    }

    /// Removes contents from the folder if no object refers to them.
    async fn remove_if_unreferenced(
        &self,
        folder: &Folder,
        hash: &str,
        exclusive: &ExclusiveLock<'_>,
    ) -> Result<(), StoreError> {
        if !self.is_referenced(hash).await? {
            folder.remove(hash, exclusive)?;
        }
        Ok(())
    }

    /// Returns `true` if an object refers to these contents.
    async fn is_referenced(&self, hash: &str) -> Result<bool, DbError> {
        const SQL: &str = "select 1 from object where blob = $1 limit 1";
        Ok(!self.db.read(SQL, vec![hash.into()]).await?.is_empty())
    }

    /// Removes contents that no object refers to. A process that dies between two steps leaves such contents. Searches
    /// at most once a day.
    pub(in crate::serve) async fn sweep(&self) -> Result<(), StoreError> {
        let blobs = match &self.blobs {
            Blobs::Folder(folder) => folder,
            Blobs::Rows(rows) => return Ok(rows.sweep().await?),
            Blobs::Spool(_) => return Ok(()), // This storage ends with the process.
        };
        for folder in blobs.folders_to_sweep().await? {
            for hash in blobs.hashes(folder).await? {
                if !self.is_referenced(&hash).await? {
                    let exclusive = blobs.begin_removal().await?;
                    self.remove_if_unreferenced(blobs, &hash, &exclusive).await?;
                }
            }
        }
        Ok(())
    }

    /// Removes a file like [`Store::remove_file`], on PostgreSQL. There, the documents with references are changed
    /// here, because PostgreSQL's JSON type does not accept every document.
    async fn remove_file_with_rows(&self, id: &str) -> Result<bool, StoreError> {
        const OWNERS: &str = "select owner from reference where file = $1 limit 1000";
        const UNREFERENCED: &str = "insert into assertion (broken) select 1 where exists \
                               (select 1 from reference where file = $1)";
        const BYTES: &str = "delete from chunk where blob = (select blob from object where id = $1 and kind = 'file')";
        for _ in 0..MAX_ATTEMPTS {
            let owners = self.db.read(OWNERS, vec![id.into()]).await?;
            let has_more = owners.len() == 1_000;
            let mut batch = Batch::default();
            for mut owner in owners {
                batch = self.remove_references(batch, &owner.take_text(0)?, id).await?;
            }
            if has_more {
                self.commit(batch).await?; // The next iteration handles the rest.
                continue;
            }
            // A transaction that adds the file to a vector store takes the same lock.
            let batch = batch.lock(LockedRow::Object(id.to_owned()), LockMode::Exclusive);
            let mut statements = batch.into_statements(&self.db);
            statements.push(Statement::new(UNREFERENCED, vec![id.into()]));
            statements.extend(DETACH_FILE.statements(&self.db, &[id.into()]));
            statements.extend([BYTES, FILE].map(|sql| Statement::new(sql, vec![id.into()])));
            match self.db.atomic(statements).await {
                Ok(mut results) => {
                    self.indexing.notify_one();
                    return Ok(!results.pop().unwrap_or_default().is_empty());
                }
                Err(DbError::Duplicate { .. }) => {} // An owner was changed, or a reference was added.
                Err(error) => return Err(error.into()),
            }
        }
        Err(DbError::Busy.into())
    }

    /// Adds the removal of the references to a file in `owner` to a batch.
    async fn remove_references(&self, batch: Batch, owner: &str, file: &str) -> Result<Batch, StoreError> {
        if let Some(mut assistant) = self.load::<Assistant>("", owner).await? {
            remove_code_file(&mut assistant.object, file);
            return Ok(batch.unchanged(&assistant).replace(&assistant));
        }
        if let Some(mut thread) = self.load::<Thread>("", owner).await? {
            remove_code_file(&mut thread.object, file);
            return Ok(batch.unchanged(&thread).replace(&thread));
        }
        Ok(batch)
    }
}

/// Removes a file from the `code_interpreter` resources of an object.
fn remove_code_file(object: &mut impl JsonObject, file: &str) {
    let resources = object.as_map_mut().get_mut("tool_resources");
    let files = resources.and_then(|resources| resources.pointer_mut("/code_interpreter/file_ids"));
    if let Some(files) = files.and_then(Value::as_array_mut) {
        files.retain(|listed| listed != file);
    }
}
