//! The SQLite engine: a pool of readers and one writer. The module must not depend on the meaning of the data.

use super::{
    Access, DbError, DbOptions, SqlRow, Statements, Value,
    bulk_insert::BulkInsertJob,
    bulk_rows::{BulkInsert, BulkInsertSpec, BulkSender},
    connect::{ConnectionRole, DatabaseLocation, WithRole},
    statement::run,
    writer::{PendingResult, Writer, WriterJob},
};
use rusqlite::Connection;
use std::{
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc},
    time::Duration,
};
use tokio::sync::oneshot;

/// The maximum number of idle readers that are kept open.
const READERS_KEPT: usize = 16;
/// The maximum wait for the lock of a database in memory. No other process can hold it, so real waits are short.
const PATIENCE_IN_MEMORY: Duration = Duration::from_secs(10);

/// A database in a file or in memory.
#[derive(Debug)]
pub(super) struct Sqlite {
    place: Arc<DatabaseLocation>,
    patience: Duration,
    access: Access,
    /// The size of the writer's page cache in KiB, if it is not the default.
    write_cache: Option<u32>,
    readers: Mutex<Vec<Connection>>,
    /// Started by the first write, so that a command that only reads needs one connection and no extra thread.
    writer: Mutex<Option<Writer>>,
    /// Keeps a database in memory alive, which is deleted with its last connection.
    _anchor: Option<Mutex<Connection>>,
}

impl Sqlite {
    pub(super) fn open(path: &Path, options: DbOptions) -> Result<Self, DbError> {
        Self::at(DatabaseLocation::File(path.to_owned()), options, None)
    }

    pub(super) fn memory(migrations: &'static [&'static str]) -> Result<Self, DbError> {
        let place = DatabaseLocation::memory();
        let anchor = place.connect(ConnectionRole::Reader, PATIENCE_IN_MEMORY)?;
        let options = DbOptions { migrations, patience: PATIENCE_IN_MEMORY, access: Access::ReadWrite };
        Self::at(place, options, Some(anchor))
    }

    fn at(place: DatabaseLocation, options: DbOptions, anchor: Option<Connection>) -> Result<Self, DbError> {
        let first = place.open(options)?;
        let DbOptions { patience, access, .. } = options;
        Ok(Self {
            place: Arc::new(place),
            patience,
            access,
            write_cache: None,
            readers: Mutex::new(vec![first]),
            writer: Mutex::default(),
            _anchor: anchor.map(Mutex::new),
        })
    }

    /// Sets the size of the page cache of the writer, which must not have started.
    pub(super) fn set_write_cache(&mut self, kib: u32) {
        self.write_cache = Some(kib);
    }

    pub(super) fn read(&self, sql: &'static str, params: &[Value]) -> Result<Vec<SqlRow>, DbError> {
        let idle = lock(&self.readers).pop();
        let reader = match idle {
            Some(reader) => reader,
            None => self.place.connect(ConnectionRole::Reader, self.patience)?,
        };
        let rows = {
            let _gate = self.place.reading();
            run(&reader, sql, params)
        };
        let mut readers = lock(&self.readers);
        if readers.len() < READERS_KEPT {
            readers.push(reader);
        }
        rows
    }

    pub(super) fn needs_checkpoint(&self) -> bool {
        self.place.needs_checkpoint()
    }

    /// Sends a batch to the writer. The queue needs no bound: each caller waits for its result, so it has at most one
    /// batch in the queue.
    pub(super) fn enqueue(&self, statements: Statements) -> Result<PendingResult, DbError> {
        let (job, result) = WriterJob::batch(statements);
        self.send(job)?;
        Ok(result)
    }

    pub(super) fn load(&self, load: BulkInsertSpec) -> Result<BulkInsert, DbError> {
        let (pieces, receiver) = mpsc::sync_channel(0);
        let (caller, ended) = oneshot::channel();
        self.send(WriterJob::BulkInsert(BulkInsertJob { spec: load, pieces: receiver }, caller))?;
        Ok(BulkInsert { pieces: BulkSender::Sqlite(pieces), ended })
    }

    fn send(&self, job: WriterJob) -> Result<(), DbError> {
        if self.access == Access::ReadOnly {
            return Err(DbError::ReadOnly);
        }
        let mut writer = lock(&self.writer);
        if writer.is_none() {
            // Reuse the idle reader that checked the schema, so that a command with one write opens only one
            // connection.
            let connection = match lock(&self.readers).pop() {
                Some(idle) => idle.with_role(ConnectionRole::Writer)?,
                None => self.place.connect(ConnectionRole::Writer, self.patience)?,
            };
            if let Some(kib) = self.write_cache {
                connection.pragma_update(None, "cache_size", -i64::from(kib))?;
            }
            *writer = Some(Writer::start(connection, self.place.clone())?);
        }
        writer.as_ref().map_or_else(|| Err(DbError::writer_gone()), |writer| writer.send(job))
    }
}

impl Drop for Sqlite {
    fn drop(&mut self) {
        // The writer is dropped last, so that closing its connection merges the `-wal` file into the database.
        lock(&self.readers).clear();
        lock(&self.writer).take();
    }
}

/// Locks a mutex, also a poisoned one: no panic can leave the data behind these locks half changed.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
