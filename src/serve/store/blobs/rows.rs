//! File contents in database rows. Each row is a chunk, so that only one chunk of a file is in memory.
//!
//! Contents are not shared between files, so they can be deleted together with their file.

use super::CHUNK;
use crate::db::{Db, DbError, Statement, Value};
use crate::serve::ids;
use std::sync::Arc;
use tokio::runtime::Handle;

/// The age in seconds above which an unfinished upload counts as abandoned.
const MAX_UPLOAD_AGE: i64 = 24 * 60 * 60;

/// The statements that remove contents, also those of an unfinished upload.
const REMOVE: [&str; 2] = ["delete from chunk where blob = $1", "delete from upload where blob = $1"];

/// The storage of file contents in database rows.
#[derive(Debug)]
pub(in crate::serve) struct Rows(Arc<Db>);

/// The content of a file that is being written to rows.
#[derive(Debug)]
pub(in crate::serve) struct IncomingRows {
    db: Arc<Db>,
    blob: String,
    /// The bytes that are not in a row yet.
    waiting: Vec<u8>,
    /// The number of rows written so far.
    n: i64,
    length: u64,
    /// `true` once the upload is complete.
    kept: bool,
}

/// The content of a file that is being read from rows.
#[derive(Debug)]
pub(in crate::serve) struct OutgoingRows {
    db: Arc<Db>,
    blob: String,
    /// The number of the next chunk.
    n: i64,
    /// The number of all chunks.
    chunks: i64,
}

impl Rows {
    pub(in crate::serve::store) fn new(db: Arc<Db>) -> Self {
        Self(db)
    }

    pub(super) async fn begin(&self) -> Result<IncomingRows, DbError> {
        const BEGIN: &str = "insert into upload (blob, began_at) values ($1, $2)";
        let blob = ids::with_prefix("blob_");
        self.0.write(BEGIN, vec![blob.as_str().into(), ids::now().into()]).await?;
        Ok(IncomingRows { db: self.0.clone(), blob, waiting: Vec::new(), n: 0, length: 0, kept: false })
    }

    pub(super) async fn read(&self, blob: &str) -> Result<(OutgoingRows, u64), DbError> {
        const SIZE: &str = "select count(*), cast(coalesce(sum(octet_length(bytes)), 0) as bigint) from chunk \
                            where blob = $1";
        let size = self.0.read(SIZE, vec![blob.into()]).await?.pop().unwrap_or_default();
        let (chunks, length) = (size.int(0)?, size.int(1)?);
        Ok((OutgoingRows { db: self.0.clone(), blob: blob.to_owned(), n: 0, chunks }, length.unsigned_abs()))
    }

    /// Removes contents if no object refers to them. Other contents are not changed.
    pub(in crate::serve::store) async fn discard(&self, blob: &str) -> Result<(), DbError> {
        const CHUNKS: &str = "delete from chunk where blob = $1 and exists (select 1 from upload where blob = $1)";
        let statements = [CHUNKS, REMOVE[1]].map(|sql| Statement::new(sql, vec![blob.into()]));
        self.0.atomic(statements.to_vec()).await.map(drop)
    }

    /// Deletes the rows of abandoned uploads.
    pub(in crate::serve::store) async fn sweep(&self) -> Result<(), DbError> {
        const ABANDONED: &str = "select blob from upload where began_at < $1 limit 1000";
        for mut row in self.0.read(ABANDONED, vec![(ids::now() - MAX_UPLOAD_AGE).into()]).await? {
            self.0.atomic(removal(&row.take_text(0)?)).await?;
        }
        Ok(())
    }
}

impl IncomingRows {
    pub(super) async fn write(&mut self, mut bytes: &[u8]) -> Result<(), DbError> {
        self.length += bytes.len() as u64;
        while !bytes.is_empty() {
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - self.waiting.len()));
            self.waiting.extend_from_slice(now);
            bytes = later;
            if self.waiting.len() == CHUNK {
                self.flush().await?;
            }
        }
        Ok(())
    }

    pub(super) fn length(&self) -> u64 {
        self.length
    }

    pub(super) async fn keep(mut self) -> Result<String, DbError> {
        if !self.waiting.is_empty() {
            self.flush().await?;
        }
        self.kept = true;
        Ok(std::mem::take(&mut self.blob))
    }

    async fn flush(&mut self) -> Result<(), DbError> {
        const ADD: &str = "insert into chunk (blob, n, bytes) values ($1, $2, $3)";
        let bytes = Value::Bytes(std::mem::take(&mut self.waiting));
        self.db.write(ADD, vec![self.blob.as_str().into(), self.n.into(), bytes]).await?;
        self.n += 1;
        Ok(())
    }
}

/// Deletes the rows of an unfinished upload if an async runtime is available. Otherwise the next sweep deletes them.
impl Drop for IncomingRows {
    fn drop(&mut self) {
        if !self.kept
            && let Ok(runtime) = Handle::try_current()
        {
            let (db, statements) = (self.db.clone(), removal(&self.blob));
            runtime.spawn(async move { db.atomic(statements).await });
        }
    }
}

impl OutgoingRows {
    pub(super) async fn next(&mut self) -> Result<Option<Vec<u8>>, DbError> {
        const CHUNK: &str = "select bytes from chunk where blob = $1 and n = $2";
        if self.n == self.chunks {
            return Ok(None);
        }
        let mut rows = self.db.read(CHUNK, vec![self.blob.as_str().into(), self.n.into()]).await?;
        self.n += 1;
        let mut row =
            rows.pop().ok_or_else(|| DbError::Other("file contents were removed while they were read".into()))?;
        row.take_bytes(0).map(Some)
    }
}

/// Returns the statements that remove contents.
fn removal(blob: &str) -> Vec<Statement> {
    REMOVE.map(|sql| Statement::new(sql, vec![blob.into()])).into()
}
