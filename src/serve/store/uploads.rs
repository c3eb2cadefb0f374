//! Uploads: their parts, and their end, which removes the parts together with their contents.

use super::blobs::Blobs;
use super::{Batch, Store, StoreError, Stored};
use crate::api::Kind;
use crate::api::objects::{JsonObject, OpenEnum, Upload, UploadStatus};
use crate::db::{DbError, Statement};
use crate::serve::ids;

/// The number of seconds for which an upload is kept after its end. Until then, a late request gets an error that
/// states the status.
const KEPT_AFTER_END: i64 = 7 * 24 * 60 * 60;

/// A part of an upload.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::serve) struct StoredPart {
    pub(in crate::serve) id: String,
    /// The name of its contents.
    pub(in crate::serve) blob: String,
    /// The number of its bytes.
    pub(in crate::serve) length: u64,
}

impl Store {
    /// Returns the parts of an upload.
    pub(in crate::serve) async fn parts(&self, upload: &str) -> Result<Vec<StoredPart>, DbError> {
        const SQL: &str = "select id, blob, cast(label as bigint) from object \
                           where kind = 'upload_part' and parent = $1 order by n";
        let part = |mut row: crate::db::SqlRow| {
            let length = row.int(2)?.unsigned_abs();
            Ok(StoredPart { id: row.take_text(0)?, blob: row.take_text(1)?, length })
        };
        self.db.read(SQL, vec![upload.into()]).await?.into_iter().map(part).collect()
    }

    /// Commits the end of an upload: the new status in `upload`, the changes in `batch`, and the removal of the parts.
    ///
    /// Returns the names of the parts' contents for [`Store::remove_contents`], or `None` if another request changed
    /// the upload first. A process that dies before it removes the contents leaves them to the sweep.
    pub(in crate::serve) async fn end_upload(
        &self,
        upload: &Stored<Upload>,
        batch: Batch,
    ) -> Result<Option<Vec<String>>, DbError> {
        const CHUNKS: &str = "delete from chunk where blob in \
                              (select blob from object where kind = 'upload_part' and parent = $1)";
        const PARTS: &str = "delete from object where kind = 'upload_part' and parent = $1 returning blob";
        let batch = batch.unchanged(upload).replace(upload).expires_at(&upload.id, ids::now() + KEPT_AFTER_END);
        let mut statements = batch.into_statements(&self.db);
        let removals: &[&'static str] = match &self.blobs {
            // The sweep does not find chunks of removed objects, so they are removed in the same transaction.
            Blobs::Rows(_) => &[CHUNKS, PARTS],
            Blobs::Folder(_) | Blobs::Spool(_) => &[PARTS],
        };
        statements.extend(removals.iter().map(|sql| Statement::new(sql, vec![upload.id.as_str().into()])));
        match self.db.atomic(statements).await {
            Ok(mut results) => {
                let parts = results.pop().unwrap_or_default();
                parts.into_iter().map(|mut row| row.take_text(0)).collect::<Result<_, _>>().map(Some)
            }
            Err(DbError::Duplicate { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Inserts a part of this many bytes without contents.
    #[cfg(test)]
    #[allow(clippy::unwrap_used)]
    pub(in crate::serve) async fn pretend_part(&self, upload: &str, length: i64) {
        const SQL: &str = "insert into object (kind, id, parent, label, doc, blob) \
                           values ('upload_part', 'part_pretended', $1, $2, '{}', 'none')";
        self.db.write(SQL, vec![upload.into(), length.to_string().into()]).await.unwrap();
    }

    /// Ends an upload that has expired, or removes it if it had already ended.
    pub(super) async fn expire_upload(&self, id: &str) -> Result<(), StoreError> {
        let Some(mut upload) = self.load::<Upload>("", id).await? else { return Ok(()) };
        if !upload.object.status().is(UploadStatus::Pending) {
            self.remove(Kind::Upload, "", id).await?;
            return Ok(());
        }
        upload.object.set("status", UploadStatus::Expired.name());
        // After a conflict, the next search for expired objects finds the upload again.
        let contents = self.end_upload(&upload, Batch::default()).await?.unwrap_or_default();
        self.remove_contents(&contents).await
    }
}
