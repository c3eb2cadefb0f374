//! The store. It holds objects as JSON documents, runs with their locks and leases, vector stores with their passages,
//! and file contents. The module must not depend on HTTP.
//!
//! A change is one batch with its conditions. If a condition does not hold because of another change, nothing is
//! written, and the caller reads the objects again. No lock is therefore held between reading and writing.

mod batch;
mod blobs;
mod conversations;
mod detachment;
mod error;
mod list;
mod object;
mod regular_file;
mod removal;
mod runs;
#[cfg(test)]
mod tests;
mod uploads;
mod vector_stores;

#[cfg(test)]
pub(super) use tests::{database, server};

pub(super) use batch::Batch;
pub(super) use blobs::{Blobs, Incoming, Outgoing};
pub use error::StoreError;
pub(super) use list::{ListPage, ListWindow};
pub(super) use object::{NewObject, Stored, StoredType};
pub(super) use runs::RunRow;
pub(super) use uploads::StoredPart;
pub(super) use vector_stores::{
    Chunking, IndexingJob, IndexingTotals, MAX_PASSAGES, NewPassage, NewStoreFile, PassageText, Scopes, StatusCounts,
    StoreFilePage, StoreFileRow, to_bytes,
};

use crate::api::Kind;
use crate::api::objects::RunStatus;
use crate::db::{Access, Db, DbError, DbOptions, PostgresUrl, Statement, block_on};
use crate::serve::ids;
use crate::serve::pubsub::{Notification, PubSub};
use blobs::{Folder, Rows, Spool};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use tokio::sync::Notify;
use vector_stores::Frequencies;

/// The migrations of the store in SQLite, in their order.
const SQLITE: &[&str] = &[
    include_str!("../../../migrations/store/sqlite/0001_objects_and_runs.sql"),
    include_str!("../../../migrations/store/sqlite/0002_references.sql"),
    include_str!("../../../migrations/store/sqlite/0003_cheap_references.sql"),
    include_str!("../../../migrations/store/sqlite/0004_vector_stores.sql"),
];

/// The migrations of the store in PostgreSQL, in their order.
const POSTGRES: &[&str] = &[
    include_str!("../../../migrations/store/postgres/0001_objects_runs_bytes.sql"),
    include_str!("../../../migrations/store/postgres/0002_vector_stores.sql"),
];

/// The schema of the tables in PostgreSQL. It lets one database hold a store and a ledger.
const SCHEMA: &str = "asst_store";

/// The maximum number of attempts for a change that conflicts with other changes.
pub(super) const MAX_ATTEMPTS: usize = 200;

/// The maximum time that a statement waits for the database.
const BUSY_TIMEOUT: Duration = Duration::from_secs(10);

/// The size of the writer's page cache in KiB. A larger cache does not make indexing faster, because indexing appends
/// to the tables and to the full-text index.
const WRITE_CACHE: u32 = 16 << 10;

/// The statement that reads the ID of the store.
const IDENTITY: &str = "select id from identity";

/// Returns the ID of the store in a folder. Returns `None` if there is no store, and creates none.
pub fn store_id(folder: &Path) -> Result<Option<String>, StoreError> {
    let options = |access| DbOptions { migrations: SQLITE, patience: BUSY_TIMEOUT, access };
    let path = database_in(folder)?;
    let db = match Db::open(&path, options(Access::ReadOnly)) {
        Err(DbError::Missing) => return Ok(None),
        // An earlier version of asst created the store. It is migrated, as a server would do.
        Err(DbError::OlderSchema { .. }) => Db::open(&path, options(Access::ReadWrite))?,
        opened => opened?,
    };
    let found = block_on(db.read(IDENTITY, vec![]))?.pop();
    Ok(found.map(|mut row| row.take_text(0)).transpose()?)
}

/// Returns the path of the database in a folder.
///
/// # Errors
/// Returns an error if a file of the database is not a regular file. SQLite would wait for a FIFO without end.
fn database_in(folder: &Path) -> Result<PathBuf, StoreError> {
    ["store.db", "store.db-wal", "store.db-shm", "store.db-journal"]
        .into_iter()
        .try_for_each(|name| regular_file::check(&folder.join(name)))?;
    Ok(folder.join("store.db"))
}

/// An open store.
#[derive(Debug)]
pub(super) struct Store {
    db: Arc<Db>,
    id: String,
    /// The difference between the clock of the database and the clock of this machine, in milliseconds. All servers
    /// that share a database use its clock for leases.
    clock_offset: i64,
    pub(super) blobs: Blobs,
    /// The notifications about changes that this process makes to runs.
    pub(super) pubsub: Arc<PubSub>,
    /// Notified when this process adds files to vector stores, or removes them.
    pub(super) indexing: Notify,
    /// The numbers of passages that contain a term, which searches have counted.
    frequencies: Frequencies,
}

/// Returns the end of a lease that begins at `now`. Times are in milliseconds since 1970.
fn lease_end(now: i64, life: Duration) -> i64 {
    now.saturating_add(i64::try_from(life.as_millis()).unwrap_or(i64::MAX))
}

/// The outcome of a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum CommitOutcome {
    Committed,
    /// A condition failed, and nothing was written.
    Conflict,
}

impl Store {
    /// Opens a store in memory. It is deleted when the value is dropped.
    pub(super) fn memory() -> Result<Self, StoreError> {
        Self::with(Db::memory(SQLITE)?, |_| Ok(Blobs::Spool(Spool::new()?)))
    }

    /// Opens the store in a folder. Creates a missing store.
    pub(super) fn open(folder: &Path) -> Result<Self, StoreError> {
        let options = DbOptions { migrations: SQLITE, patience: BUSY_TIMEOUT, access: Access::ReadWrite };
        let db = Db::open(&database_in(folder)?, options)?.with_write_cache(WRITE_CACHE);
        Self::with(db, |_| Ok(Blobs::Folder(Folder::open(&folder.join("files"))?)))
    }

    /// Opens the store in a database on a server, which also holds the contents of files. Creates missing tables.
    pub(super) fn connect(server: PostgresUrl) -> Result<Self, StoreError> {
        const CLOCK: &str = "select cast(extract(epoch from clock_timestamp()) * 1000 as bigint)";
        let options = DbOptions { migrations: POSTGRES, patience: BUSY_TIMEOUT, access: Access::ReadWrite };
        let store = Self::with(Db::connect(server.with_schema(SCHEMA), options)?, |db| Ok(Blobs::Rows(Rows::new(db))))?;
        let clock = block_on(store.db.read(CLOCK, vec![]))?.pop().unwrap_or_default().int(0)?;
        Ok(Self { clock_offset: clock - ids::now_ms(), ..store })
    }

    /// Completes the opening of a store. Creates its ID if it has none.
    fn with(db: Db, blobs: impl FnOnce(Arc<Db>) -> Result<Blobs, StoreError>) -> Result<Self, StoreError> {
        let db = Arc::new(db);
        const CREATE: &str = "insert into identity (id) select $1 where not exists (select 1 from identity)";
        let mut found = block_on(db.read(IDENTITY, vec![]))?;
        if found.is_empty() {
            match block_on(db.write(CREATE, vec![ids::uuid().into()])) {
                Ok(_) | Err(DbError::Duplicate { .. }) => {} // Another server may have created the ID at the same time.
                Err(error) => return Err(error.into()),
            }
            found = block_on(db.read(IDENTITY, vec![]))?;
        }
        let id = found.pop().unwrap_or_default().take_text(0)?;
        Ok(Self {
            blobs: blobs(db.clone())?,
            db,
            id,
            clock_offset: 0,
            pubsub: Arc::default(),
            indexing: Notify::new(),
            frequencies: Frequencies::default(),
        })
    }

    /// Returns the time of the shared clock, in milliseconds since 1970.
    fn now_ms(&self) -> i64 {
        ids::now_ms().saturating_add(self.clock_offset)
    }

    /// Returns the ID of the store, which it received when it was created.
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    /// Returns the stored document of an object.
    pub(super) async fn get(&self, kind: Kind, parent: &str, id: &str) -> Result<Option<String>, DbError> {
        const SQL: &str = "select doc from object where id = $1 and kind = $2 and parent = $3 \
                           and (expires_at is null or expires_at > $4)";
        let params = vec![id.into(), kind.name().into(), parent.into(), ids::now().into()];
        self.db.read(SQL, params).await?.pop().map(|mut row| row.take_text(0)).transpose()
    }

    /// Returns `true` if an object exists.
    pub(super) async fn has(&self, kind: Kind, parent: &str, id: &str) -> Result<bool, DbError> {
        const SQL: &str = "select 1 from object where id = $1 and kind = $2 and parent = $3 \
                           and (expires_at is null or expires_at > $4)";
        let params = vec![id.into(), kind.name().into(), parent.into(), ids::now().into()];
        Ok(!self.db.read(SQL, params).await?.is_empty())
    }

    /// Reads an object in order to change it.
    pub(super) async fn load<O: StoredType>(&self, parent: &str, id: &str) -> Result<Option<Stored<O>>, DbError> {
        const SQL: &str = "select id, version, label, doc, n from object where id = $1 and kind = $2 and parent = $3";
        let rows = self.db.read(SQL, vec![id.into(), O::KIND.name().into(), parent.into()]).await?;
        rows.into_iter().next().map(Stored::read).transpose()
    }

    /// Returns all objects of a type below a parent, the oldest first.
    pub(super) async fn all<O: StoredType>(&self, parent: &str) -> Result<Vec<Stored<O>>, DbError> {
        self.since(parent, 0).await
    }

    /// Returns up to `limit` of the newest objects of a type below a parent, the oldest first.
    pub(super) async fn newest<O: StoredType>(&self, parent: &str, limit: i64) -> Result<Vec<Stored<O>>, DbError> {
        const SQL: &str = "select id, version, label, doc, n from object where kind = $1 and parent = $2 \
                           order by n desc limit $3";
        let rows = self.db.read(SQL, vec![O::KIND.name().into(), parent.into(), limit.into()]).await?;
        rows.into_iter().rev().map(Stored::read).collect()
    }

    /// Returns the objects of a type below a parent that were created after `position`, the oldest first.
    pub(super) async fn since<O: StoredType>(&self, parent: &str, position: i64) -> Result<Vec<Stored<O>>, DbError> {
        const SQL: &str = "select id, version, label, doc, n from object where kind = $1 and parent = $2 and n > $3 \
                           order by n";
        let rows = self.db.read(SQL, vec![O::KIND.name().into(), parent.into(), position.into()]).await?;
        rows.into_iter().map(Stored::read).collect()
    }

    /// Returns the version number of an object, or `None` if it does not exist.
    pub(super) async fn version(&self, id: &str) -> Result<Option<i64>, DbError> {
        const SQL: &str = "select version from object where id = $1";
        self.db.read(SQL, vec![id.into()]).await?.pop().map(|row| row.int(0)).transpose()
    }

    /// Commits a batch if all its conditions hold.
    pub(super) async fn commit(&self, mut batch: Batch) -> Result<CommitOutcome, DbError> {
        let runs = std::mem::take(&mut batch.runs);
        let changes_store_files = batch.changes_store_files;
        match self.db.atomic(batch.into_statements(&self.db)).await {
            Ok(_) => {
                if changes_store_files {
                    self.indexing.notify_one();
                }
                for (run, status) in runs {
                    self.pubsub.publish(&run, || match status {
                        RunStatus::InProgress => Notification::Started,
                        _ => Notification::Changed,
                    });
                }
                Ok(CommitOutcome::Committed)
            }
            // A condition failed, the thread got another active run, or an ID exists already. The caller can try again.
            Err(DbError::Duplicate { .. }) => Ok(CommitOutcome::Conflict),
            Err(error) => Err(error),
        }
    }

    /// Removes an object that no other object belongs to. Returns `true` if it existed.
    pub(super) async fn remove(&self, kind: Kind, parent: &str, id: &str) -> Result<bool, DbError> {
        const SQL: &str = "delete from object where id = $1 and kind = $2 and parent = $3 returning id";
        let rows = self.db.write(SQL, vec![id.into(), kind.name().into(), parent.into()]).await?;
        Ok(!rows.is_empty())
    }

    /// Returns the name of the contents of a file.
    pub(super) async fn blob(&self, id: &str) -> Result<Option<String>, DbError> {
        const SQL: &str = "select blob from object where id = $1 and kind = 'file'";
        let rows = self.db.read(SQL, vec![id.into()]).await?;
        rows.into_iter().next().map_or(Ok(None), |mut row| row.take_optional_text(0))
    }

    /// Removes a thread with its messages, runs, and run steps. Returns `true` if it existed.
    pub(super) async fn remove_thread(&self, id: &str) -> Result<bool, DbError> {
        const THREAD: &str = "delete from object where id = $1 and kind = 'thread' returning id";
        const REST: &str = "delete from object where thread = $1 and kind in ('message', 'run', 'step')";
        const RUNS: &str = "delete from run where thread = $1";
        let statements = [THREAD, REST, RUNS].map(|sql| Statement::new(sql, vec![id.into()]));
        let rows = self.db.atomic(statements.to_vec()).await?;
        Ok(rows.first().is_some_and(|removed| !removed.is_empty()))
    }
}
