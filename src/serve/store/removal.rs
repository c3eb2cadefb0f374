//! Removal of files and expired objects: references to them, their contents, and contents that a crashed process left
//! behind.

use super::batch::{LockMode, LockedRow};
use super::blobs::{Blobs, Exclusive, Folder};
use super::detachment::DETACH_FILE;
use super::{Batch, MAX_ATTEMPTS, Store, StoreError};
use crate::api::Kind;
use crate::api::objects::{Assistant, JsonObject, Thread};
use crate::db::{DbError, Statement};
use crate::serve::ids;
use serde_json::Value;

const FILE: &str = "delete from object where id = $1 and kind = 'file' returning blob";

impl Store {
    /// Removes the files that have expired, and ends the uploads that have.
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
                Blobs::Folder(folder) => self.remove_unwanted(folder, blob, &folder.removing().await?).await?,
                Blobs::Rows(rows) => rows.discard(blob).await?,
                Blobs::Spool(spool) => {
                    if !self.is_wanted(blob).await? {
                        spool.remove(blob);
                    }
                }
            }
        }
        Ok(())
    }

    /// Removes a file, all references to it, and its contents unless another file has the same. Returns `true` if the
    /// file existed.
    pub(in crate::serve) async fn remove_file(&self, id: &str) -> Result<bool, StoreError> {
        const FROM_CODE: &str = "update object set version = version + 1, doc = \
            json_set(doc, '$.tool_resources.code_interpreter.file_ids', json((select json_group_array(value) \
            from json_each(doc, '$.tool_resources.code_interpreter.file_ids') where value <> $1))) \
            where kind in ('assistant', 'thread') and id in (select owner from reference where file = $1)";
        let exclusive = match &self.blobs {
            Blobs::Folder(folder) => Some((folder, folder.removing().await?)),
            Blobs::Spool(_) => None,
            Blobs::Rows(_) => return self.remove_rows_of(id).await,
        };
        let one = |sql| vec![Statement::new(sql, vec![id.into()])];
        let detach = DETACH_FILE.statements(&self.db, &[id.into()]);
        let mut answers = self.db.atomic([one(FROM_CODE), detach, one(FILE)].concat()).await?;
        self.indexing.notify_one();
        let Some(mut row) = answers.pop().unwrap_or_default().pop() else { return Ok(false) };
        if let Some(blob) = row.take_optional_text(0)? {
            match (&self.blobs, &exclusive) {
                (_, Some((folder, exclusive))) => self.remove_unwanted(folder, &blob, exclusive).await?,
                (Blobs::Spool(spool), None) => spool.remove(&blob),
                _ => {}
            }
        }
        Ok(true)
    }

    async fn remove_unwanted(&self, folder: &Folder, hash: &str, exclusive: &Exclusive<'_>) -> Result<(), StoreError> {
        if !self.is_wanted(hash).await? {
            folder.remove(hash, exclusive)?;
        }
        Ok(())
    }

    async fn is_wanted(&self, hash: &str) -> Result<bool, DbError> {
        const SQL: &str = "select 1 from object where blob = $1 limit 1";
        Ok(!self.db.read(SQL, vec![hash.into()]).await?.is_empty())
    }

    /// Removes contents without a row, which remain if a process dies between the two steps. Searches at most once a
    /// day.
    pub(in crate::serve) async fn sweep(&self) -> Result<(), StoreError> {
        let blobs = match &self.blobs {
            Blobs::Folder(folder) => folder,
            Blobs::Rows(rows) => return Ok(rows.sweep().await?),
            Blobs::Spool(_) => return Ok(()), // This storage ends with the process.
        };
        for folder in blobs.folders_to_sweep().await? {
            for hash in blobs.hashes(folder).await? {
                if !self.is_wanted(&hash).await? {
                    let exclusive = blobs.removing().await?;
                    self.remove_unwanted(blobs, &hash, &exclusive).await?;
                }
            }
        }
        Ok(())
    }

    /// Does the same for a database that cannot change documents itself, because its JSON type does not accept every
    /// document.
    async fn remove_rows_of(&self, id: &str) -> Result<bool, StoreError> {
        const OWNERS: &str = "select owner from reference where file = $1 limit 1000";
        const UNNAMED: &str = "insert into assertion (broken) select 1 where exists \
                               (select 1 from reference where file = $1)";
        const BYTES: &str = "delete from chunk where blob = (select blob from object where id = $1 and kind = 'file')";
        for _ in 0..MAX_ATTEMPTS {
            let owners = self.db.read(OWNERS, vec![id.into()]).await?;
            let many = owners.len() == 1_000;
            let mut batch = Batch::default();
            for mut owner in owners {
                batch = self.without(batch, &owner.take_text(0)?, id).await?;
            }
            if many {
                self.commit(batch).await?; // The next iteration handles the rest.
                continue;
            }
            // A file that is being added to a vector store holds the same lock.
            let batch = batch.lock(LockedRow::Object(id.to_owned()), LockMode::Exclusive);
            let mut statements = batch.into_statements(&self.db);
            statements.push(Statement::new(UNNAMED, vec![id.into()]));
            statements.extend(DETACH_FILE.statements(&self.db, &[id.into()]));
            statements.extend([BYTES, FILE].map(|sql| Statement::new(sql, vec![id.into()])));
            match self.db.atomic(statements).await {
                Ok(mut answers) => {
                    self.indexing.notify_one();
                    return Ok(!answers.pop().unwrap_or_default().is_empty());
                }
                Err(DbError::Duplicate { .. }) => {} // An owner was changed, or a reference was added.
                Err(error) => return Err(error.into()),
            }
        }
        Err(DbError::Busy.into())
    }

    /// Removes the references to a file from their owner.
    async fn without(&self, batch: Batch, owner: &str, file: &str) -> Result<Batch, StoreError> {
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

/// Removes a file from the resources of `code_interpreter`.
fn remove_code_file(object: &mut impl JsonObject, file: &str) {
    let resources = object.as_map_mut().get_mut("tool_resources");
    let files = resources.and_then(|resources| resources.pointer_mut("/code_interpreter/file_ids"));
    if let Some(files) = files.and_then(Value::as_array_mut) {
        files.retain(|listed| listed != file);
    }
}
