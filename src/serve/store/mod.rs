//! The store: objects as documents, runs with their lock and lease, files' bytes. Must not know HTTP.
//!
//! A change is one batch that states what must hold: when it does not (another change came first), nothing happens
//! and the caller reads again. So no lock is ever held between reading and writing.

mod batch;
mod blobs;
mod list;
mod runs;
#[cfg(test)]
mod tests;

pub(super) use batch::{Batch, New};
use blobs::Exclusive;
pub(super) use blobs::{Blobs, Incoming};
pub(super) use list::{Page, Window};
pub(super) use runs::{RunRow, Status};

use super::ids;
use super::news::{News, Newsroom};
use crate::api::Kind;
use crate::db::{Access, Db, DbError, Options, Row, block_on};
use serde_json::{Map, Value};
use std::{path::Path, sync::Arc, time::Duration};

const MIGRATIONS: &[&str] = &[
    include_str!("../../../migrations/store/sqlite/0001_objects_and_runs.sql"),
    include_str!("../../../migrations/store/sqlite/0002_references.sql"),
    include_str!("../../../migrations/store/sqlite/0003_cheap_references.sql"),
];

/// How often a change is tried again when others keep coming first.
pub(super) const TRIES: usize = 200;

const PATIENCE: Duration = Duration::from_secs(10);

const IDENTITY: &str = "select id from identity";

/// Returns the identity of the store in a folder without making one; `None` where there is none yet.
pub fn store_id(folder: &Path) -> Result<Option<String>, StoreError> {
    let options = |access| Options { migrations: MIGRATIONS, patience: PATIENCE, access };
    let path = folder.join("store.db");
    let db = match Db::open(&path, options(Access::ReadOnly)) {
        Err(DbError::Missing) => return Ok(None),
        // Made by an earlier version: it is brought up to date sooner or later.
        Err(DbError::OlderSchema { .. }) => Db::open(&path, options(Access::ReadWrite))?,
        opened => opened?,
    };
    let found = block_on(db.read(IDENTITY, vec![]))?.pop();
    Ok(found.map(|mut row| row.take_text(0)).transpose()?)
}

/// Everything that the server keeps.
#[derive(Debug)]
pub(super) struct Store {
    db: Db,
    id: String,
    pub(super) blobs: Blobs,
    /// What this process does to runs.
    pub(super) news: Arc<Newsroom>,
}

/// An object that was read in order to be changed.
#[derive(Debug)]
pub(super) struct Stored {
    /// Its place in the order of creation.
    pub(super) n: i64,
    pub(super) id: String,
    pub(super) version: i64,
    pub(super) label: Option<String>,
    pub(super) doc: Map<String, Value>,
}

/// Whether a batch happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    Done,
    /// Something that it requires does not hold (any longer); nothing happened.
    Lost,
}

impl Store {
    /// Opens a store that lives as long as the value.
    pub(super) fn memory() -> Result<Self, StoreError> {
        Self::with(Db::memory(MIGRATIONS)?, Blobs::temporary()?)
    }

    /// Opens the store in a folder, which is made where it is missing.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let options = Options { migrations: MIGRATIONS, patience: PATIENCE, access: Access::ReadWrite };
        let db = Db::open(&folder.join("store.db"), options)?;
        Self::with(db, Blobs::open(&folder.join("files"))?)
    }

    fn with(db: Db, blobs: Blobs) -> Result<Self, StoreError> {
        const MAKE: &str = "insert into identity (id) select $1 where not exists (select 1 from identity)";
        let mut found = block_on(db.read(IDENTITY, vec![]))?;
        if found.is_empty() {
            block_on(db.write(MAKE, vec![ids::uuid().into()]))?;
            found = block_on(db.read(IDENTITY, vec![]))?;
        }
        let id = found.pop().unwrap_or_default().take_text(0)?;
        Ok(Self { db, id, blobs, news: Arc::default() })
    }

    /// Returns the identity that the store was given when it was made.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns an object's document as it is stored.
    pub(super) async fn get(&self, kind: Kind, parent: &str, id: &str) -> Result<Option<String>, DbError> {
        const SQL: &str = "select doc from object where id = $1 and kind = $2 and parent = $3 \
                           and (expires_at is null or expires_at > $4)";
        let params = vec![id.into(), kind.name().into(), parent.into(), ids::now().into()];
        self.db.read(SQL, params).await?.pop().map(|mut row| row.take_text(0)).transpose()
    }

    /// Tells whether an object exists.
    pub(super) async fn has(&self, kind: Kind, parent: &str, id: &str) -> Result<bool, DbError> {
        const SQL: &str = "select 1 from object where id = $1 and kind = $2 and parent = $3 \
                           and (expires_at is null or expires_at > $4)";
        let params = vec![id.into(), kind.name().into(), parent.into(), ids::now().into()];
        Ok(!self.db.read(SQL, params).await?.is_empty())
    }

    /// Returns an object in order to change it.
    pub(super) async fn load(&self, kind: Kind, parent: &str, id: &str) -> Result<Option<Stored>, DbError> {
        const SQL: &str = "select id, version, label, doc, n from object where id = $1 and kind = $2 and parent = $3";
        let rows = self.db.read(SQL, vec![id.into(), kind.name().into(), parent.into()]).await?;
        rows.into_iter().next().map(stored).transpose()
    }

    /// Returns all objects of a kind below a parent, oldest first.
    pub(super) async fn all(&self, kind: Kind, parent: &str) -> Result<Vec<Stored>, DbError> {
        const SQL: &str = "select id, version, label, doc, n from object where kind = $1 and parent = $2 order by n";
        let rows = self.db.read(SQL, vec![kind.name().into(), parent.into()]).await?;
        rows.into_iter().map(stored).collect()
    }

    /// Returns the objects of a kind below a parent that were made after a place in the order, oldest first.
    pub(super) async fn since(&self, kind: Kind, parent: &str, n: i64) -> Result<Vec<Stored>, DbError> {
        const SQL: &str = "select id, version, label, doc, n from object where kind = $1 and parent = $2 and n > $3 \
                           order by n";
        let rows = self.db.read(SQL, vec![kind.name().into(), parent.into(), n.into()]).await?;
        rows.into_iter().map(stored).collect()
    }

    /// Returns how often an object was changed; `None` if there is none.
    pub(super) async fn version(&self, id: &str) -> Result<Option<i64>, DbError> {
        const SQL: &str = "select version from object where id = $1";
        self.db.read(SQL, vec![id.into()]).await?.pop().map(|row| row.int(0)).transpose()
    }

    /// Runs a batch if all that it requires holds.
    pub(super) async fn commit(&self, mut batch: Batch) -> Result<Outcome, DbError> {
        let runs = std::mem::take(&mut batch.runs);
        match self.db.atomic(batch.into_statements()).await {
            Ok(_) => {
                for (run, status) in runs {
                    self.news.tell(&run, || match status {
                        Status::InProgress => News::InProgress,
                        _ => News::Changed,
                    });
                }
                Ok(Outcome::Done)
            }
            // An unmet condition, a lock taken meanwhile, or an id that exists: each is cured by trying anew.
            Err(DbError::Duplicate { .. }) => Ok(Outcome::Lost),
            Err(error) => Err(error),
        }
    }

    /// Removes an object without dependants, and tells whether it was there.
    pub(super) async fn remove(&self, kind: Kind, parent: &str, id: &str) -> Result<bool, DbError> {
        const SQL: &str = "delete from object where id = $1 and kind = $2 and parent = $3 returning id";
        let rows = self.db.write(SQL, vec![id.into(), kind.name().into(), parent.into()]).await?;
        Ok(!rows.is_empty())
    }

    /// Returns the hash of a file's bytes.
    pub(super) async fn blob(&self, id: &str) -> Result<Option<String>, DbError> {
        const SQL: &str = "select blob from object where id = $1 and kind = 'file'";
        let rows = self.db.read(SQL, vec![id.into()]).await?;
        rows.into_iter().next().map_or(Ok(None), |mut row| row.take_maybe_text(0))
    }

    /// Removes a file, also from what names it, and its bytes where no other file has the same; tells whether it was
    /// there.
    pub(super) async fn remove_file(&self, id: &str) -> Result<bool, StoreError> {
        const FROM_CODE: &str = "update object set version = version + 1, doc = \
            json_set(doc, '$.tool_resources.code_interpreter.file_ids', json((select json_group_array(value) \
            from json_each(doc, '$.tool_resources.code_interpreter.file_ids') where value <> $1))) \
            where kind in ('assistant', 'thread') and id in (select owner from reference where file = $1)";
        const FROM_STORES: &str = "update object set version = version + 1, \
            label = (select json_group_array(value) from json_each(label) where value <> $1), \
            doc = json_set(doc, '$.file_counts.completed', json_array_length(label) - 1, \
            '$.file_counts.total', json_array_length(label) - 1) \
            where kind = 'vector_store' and id in (select owner from reference where file = $1)";
        const FILE: &str = "delete from object where id = $1 and kind = 'file' returning blob";
        let exclusive = self.blobs.removing().await?;
        let statements = [FROM_CODE, FROM_STORES, FILE].map(|sql| (sql, vec![id.into()]));
        let mut answers = self.db.atomic(statements.to_vec()).await?;
        let Some(mut row) = answers.pop().unwrap_or_default().pop() else { return Ok(false) };
        if let Some(hash) = row.take_maybe_text(0)? {
            self.remove_unwanted(&hash, &exclusive).await?;
        }
        Ok(true)
    }

    async fn remove_unwanted(&self, hash: &str, exclusive: &Exclusive<'_>) -> Result<(), StoreError> {
        if !self.is_wanted(hash).await? {
            self.blobs.remove(hash, exclusive)?;
        }
        Ok(())
    }

    async fn is_wanted(&self, hash: &str) -> Result<bool, DbError> {
        const SQL: &str = "select 1 from object where blob = $1 limit 1";
        Ok(!self.db.read(SQL, vec![hash.into()]).await?.is_empty())
    }

    /// Removes bytes that a process left without a row when it died between the two; looks at most once a day.
    pub(super) async fn sweep(&self) -> Result<(), StoreError> {
        for folder in self.blobs.folders_to_sweep().await? {
            for hash in self.blobs.hashes(folder).await? {
                if !self.is_wanted(&hash).await? {
                    let exclusive = self.blobs.removing().await?;
                    self.remove_unwanted(&hash, &exclusive).await?;
                }
            }
        }
        Ok(())
    }

    /// Returns the files that have outlived their time.
    pub(super) async fn due_files(&self) -> Result<Vec<String>, DbError> {
        const SQL: &str = "select id from object where expires_at <= $1 limit 100";
        self.db.read(SQL, vec![ids::now().into()]).await?.into_iter().map(|mut row| row.take_text(0)).collect()
    }

    /// Removes a thread with all that goes with it, and tells whether it was there.
    pub(super) async fn remove_thread(&self, id: &str) -> Result<bool, DbError> {
        const THREAD: &str = "delete from object where id = $1 and kind = 'thread' returning id";
        const REST: &str = "delete from object where thread = $1 and kind in ('message', 'run', 'step')";
        const RUNS: &str = "delete from run where thread = $1";
        let statements = [THREAD, REST, RUNS].map(|sql| (sql, vec![id.into()]));
        let rows = self.db.atomic(statements.to_vec()).await?;
        Ok(rows.first().is_some_and(|removed| !removed.is_empty()))
    }
}

fn stored(mut row: Row) -> Result<Stored, DbError> {
    let doc = serde_json::from_str(&row.take_text(3)?).map_err(|error| DbError::Corrupt(error.to_string()))?;
    Ok(Stored { n: row.int(4)?, version: row.int(1)?, label: row.take_maybe_text(2)?, doc, id: row.take_text(0)? })
}

/// Why rows and bytes could not both be changed, or a store not be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the folder of the files: {0}")]
    Files(#[from] std::io::Error),
}
