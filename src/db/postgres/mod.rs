//! The PostgreSQL engine. It runs on its own thread with its own async runtime, so that callers need none. The module
//! must not depend on the meaning of the data.

mod bulk_insert;
mod connection;
mod pool;
#[cfg(test)]
mod tests;
mod url;
mod value;

pub use url::{InvalidPostgresUrl, PostgresUrl, TlsRoots};

#[cfg(test)]
pub(crate) use tests::fresh as fresh_for_tests;

use super::{
    Access, BatchResult, DbError, DbOptions, SqlRow, Statement, Value,
    bulk_rows::{BulkInsert, BulkInsertSpec, BulkMessage, BulkResult, BulkSender},
};
use pool::Pool;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// A database on a server. Connections are opened on demand and replaced when they are lost.
#[derive(Debug)]
pub(super) struct Postgres {
    jobs: Option<mpsc::UnboundedSender<PostgresJob>>,
    access: Access,
    thread: Option<JoinHandle<()>>,
}

/// A request to the engine's thread, with the channel for its result.
enum PostgresJob {
    Run { statements: Vec<Statement>, kind: JobKind, result: oneshot::Sender<BatchResult> },
    Load { load: BulkInsertSpec, pieces: mpsc::Receiver<BulkMessage>, result: oneshot::Sender<BulkResult> },
}

/// The kind of a job. It determines whether a lost connection leaves the outcome unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum JobKind {
    Read,
    Batch,
}

impl Postgres {
    /// Connects, and migrates the schema if `options` allow it.
    pub(super) fn open(server: PostgresUrl, options: DbOptions) -> Result<Self, DbError> {
        let (jobs, queue) = mpsc::unbounded_channel();
        let (opened, ready) = std::sync::mpsc::channel();
        let access = options.access;
        let thread = thread::Builder::new()
            .name("asst-db".to_owned())
            .spawn(move || serve(server, options, queue, &opened))
            .map_err(DbError::no_thread)?;
        ready.recv().map_err(|_| DbError::writer_gone())??;
        Ok(Self { jobs: Some(jobs), access, thread: Some(thread) })
    }

    pub(super) async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<SqlRow>, DbError> {
        Ok(self.run(vec![Statement::new(sql, params)], JobKind::Read).await?.pop().unwrap_or_default())
    }

    pub(super) async fn atomic(&self, statements: Vec<Statement>) -> BatchResult {
        self.run(statements, JobKind::Batch).await
    }

    pub(super) fn load(&self, load: BulkInsertSpec) -> Result<BulkInsert, DbError> {
        if self.access == Access::ReadOnly {
            return Err(DbError::ReadOnly);
        }
        let (pieces, receiver) = mpsc::channel(1);
        let (result, ended) = oneshot::channel();
        self.send(PostgresJob::Load { load, pieces: receiver, result })?;
        Ok(BulkInsert { pieces: BulkSender::Postgres(pieces), ended })
    }

    fn send(&self, job: PostgresJob) -> Result<(), DbError> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or_else(DbError::writer_gone)
    }

    async fn run(&self, statements: Vec<Statement>, kind: JobKind) -> BatchResult {
        let (result, pending) = oneshot::channel();
        self.send(PostgresJob::Run { statements, kind, result })?;
        pending.await.unwrap_or_else(|_| Err(DbError::writer_gone()))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // The callers of a panicked thread have already received an error.
        }
    }
}

/// Processes jobs until all senders are gone and the queue is empty.
fn serve(
    server: PostgresUrl,
    options: DbOptions,
    mut queue: mpsc::UnboundedReceiver<PostgresJob>,
    opened: &std::sync::mpsc::Sender<Result<(), DbError>>,
) {
    let runtime = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return drop(opened.send(Err(DbError::other(error)))),
    };
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, async {
        let pool = Pool::new(server, options);
        let ready = pool.prepare().await;
        let failed = ready.is_err();
        if opened.send(ready).is_err() || failed {
            return;
        }
        while let Some(job) = queue.recv().await {
            let pool = pool.clone();
            // The caller may have been dropped. Its write is completed nevertheless.
            tokio::task::spawn_local(async move {
                match job {
                    PostgresJob::Run { statements, kind, result } => {
                        drop(result.send(pool.run(&statements, kind).await))
                    }
                    PostgresJob::Load { load, pieces, result } => drop(result.send(pool.load(load, pieces).await)),
                }
            });
        }
        pool.finish().await;
    });
}
