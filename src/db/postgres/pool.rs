//! A bounded pool of connections that replaces broken ones.

use super::{
    JobKind,
    connection::{Connection, StatementError},
    url::PostgresUrl,
};
use crate::db::{
    BatchResult, DbError, DbOptions, Statement,
    bulk_rows::{BulkInsertSpec, BulkMessage, BulkResult},
};
use std::{
    cell::RefCell,
    rc::Rc,
    time::{Duration, Instant},
};
use tokio::{
    sync::{Notify, Semaphore, mpsc},
    time::timeout,
};

/// The maximum number of connections at once: enough for the server to group commits.
const MAX_CONNECTIONS: u32 = 12;
/// The maximum number of attempts of one operation, each on another connection after the previous one broke.
const MAX_ATTEMPTS: u32 = 5;
/// The time by which each statement of a batch extends the timeout.
const PER_STATEMENT: Duration = Duration::from_millis(2);

/// A pool that one thread uses.
#[derive(Clone)]
pub(super) struct Pool(Rc<PoolState>);

struct PoolState {
    server: PostgresUrl,
    options: DbOptions,
    idle: RefCell<Vec<Connection>>,
    /// Notified when a connection is returned to the pool.
    returned: Notify,
    free: Semaphore,
    /// A lock, so that connections are opened one at a time. Opening one takes as long as many writes.
    opening: Semaphore,
}

impl Pool {
    pub(super) fn new(server: PostgresUrl, options: DbOptions) -> Self {
        Self(Rc::new(PoolState {
            server,
            options,
            idle: RefCell::default(),
            returned: Notify::new(),
            free: Semaphore::new(MAX_CONNECTIONS as usize),
            opening: Semaphore::new(1),
        }))
    }

    /// Opens the first connection and migrates the schema.
    pub(super) async fn prepare(&self) -> Result<(), DbError> {
        let mut connection = self.connect().await?;
        connection.migrate(self.0.options).await?;
        self.give_back(connection);
        Ok(())
    }

    /// Runs statements in one transaction. If an idle connection turns out to be broken, a read is retried on another
    /// connection. A write is retried only if it was not sent.
    pub(super) async fn run(&self, statements: &[Statement], kind: JobKind) -> BatchResult {
        let Ok(_permit) = self.0.free.acquire().await else { return Err(DbError::writer_gone()) };
        let patience = self.0.options.patience + PER_STATEMENT * u32::try_from(statements.len()).unwrap_or(u32::MAX);
        let (began, mut attempts, mut alone) = (Instant::now(), 0, false);
        loop {
            attempts += 1;
            let (fresh, mut connection) = self.take().await?;
            let result = match timeout(patience, connection.run(statements, kind, alone)).await {
                Ok(result) => result,
                // Returning drops the connection, so the server rolls back the open transaction.
                Err(_) => return Err(DbError::Busy),
            };
            let lost = matches!(result, Err(StatementError::Lost { .. })) || connection.is_closed();
            if !lost {
                self.give_back(connection);
            }
            match result {
                Ok(rows) => return Ok(rows),
                Err(StatementError::RolledBack) if began.elapsed() < patience => alone = true,
                // The connection broke while it was idle. Retrying is safe: the statements were not sent, or they only
                // read.
                Err(StatementError::Lost { sent, .. })
                    if !fresh && (kind == JobKind::Read || !sent) && attempts < MAX_ATTEMPTS => {}
                Err(failure) => return Err(failure.into_error()),
            }
        }
    }

    /// Runs a bulk insert on a new connection.
    pub(super) async fn load(&self, load: BulkInsertSpec, pieces: mpsc::Receiver<BulkMessage>) -> BulkResult {
        let Ok(_permit) = self.0.free.acquire().await else { return Err(DbError::writer_gone()) };
        let connection = self.connect().await?;
        connection.load(load, pieces).await.map_err(StatementError::into_error)
    }

    /// Returns a connection, and `true` if it is new. Waits until a connection is returned to the pool, or a new one is
    /// opened.
    async fn take(&self) -> Result<(bool, Connection), DbError> {
        let PoolState { options, returned, opening, .. } = &*self.0;
        let taking = async {
            loop {
                if let Some(connection) = self.idle() {
                    return Ok((false, connection));
                }
                let _permit = tokio::select! {
                    biased;
                    () = returned.notified() => continue,
                    permit = opening.acquire() => permit,
                };
                // A connection may have been returned in the meantime.
                if let Some(connection) = self.idle() {
                    return Ok((false, connection));
                }
                return Ok((true, self.connect().await?));
            }
        };
        timeout(options.patience, taking).await.unwrap_or_else(|_| Err(self.timeout_error()))
    }

    fn idle(&self) -> Option<Connection> {
        loop {
            match self.0.idle.borrow_mut().pop()? {
                connection if connection.is_closed() => {}
                connection => return Some(connection),
            }
        }
    }

    fn give_back(&self, connection: Connection) {
        self.0.idle.borrow_mut().push(connection);
        self.0.returned.notify_one();
    }

    fn timeout_error(&self) -> DbError {
        DbError::Unreachable(format!("no response within {} s", self.0.options.patience.as_secs_f64()))
    }

    async fn connect(&self) -> Result<Connection, DbError> {
        let DbOptions { patience, access, .. } = self.0.options;
        let connecting = Connection::open(&self.0.server, patience, access);
        timeout(patience, connecting).await.unwrap_or_else(|_| Err(self.timeout_error()))
    }

    /// Waits until all operations in progress have ended.
    pub(super) async fn finish(&self) {
        let _ = self.0.free.acquire_many(MAX_CONNECTIONS).await; // The semaphore is never closed.
    }
}
