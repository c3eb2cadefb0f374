//! The only writer thread of a database. It commits in groups: all batches that are queued during an fsync share the
//! next one. The module must not depend on the meaning of the data.

use super::{
    BatchResult, DbError, Statement, Statements, bulk_insert::BulkInsertJob, bulk_rows::BulkResult,
    connect::DatabaseLocation, statement::PreparedStatements,
};
use rusqlite::{Connection, config::DbConfig};
use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};
use tokio::sync::oneshot;

/// The maximum number of batches that share one fsync. It limits how long the first of them waits.
const GROUP_LIMIT: usize = 1024;

const BEGIN: &str = "begin immediate";
const COMMIT: &str = "commit";
const ROLLBACK: &str = "rollback";
const SAVEPOINT: &str = "savepoint batch";
const RELEASE: &str = "release batch";
const UNDO: &str = "rollback to batch";

/// The pending result of a batch, with the statements that the caller built. The statements go back to the caller's
/// thread, because freeing memory of another thread makes both threads contend for the allocator.
pub(super) type PendingResult = oneshot::Receiver<(BatchResult, Vec<Statement>)>;

/// A request to the writer thread.
pub(super) enum WriterJob {
    Batch(QueuedBatch),
    BulkInsert(BulkInsertJob, oneshot::Sender<BulkResult>),
}

/// A batch in the queue of the writer.
pub(super) struct QueuedBatch {
    statements: Statements,
    result: oneshot::Sender<(BatchResult, Vec<Statement>)>,
}

impl WriterJob {
    pub(super) fn batch(statements: Statements) -> (Self, PendingResult) {
        let (result, pending) = oneshot::channel();
        (Self::Batch(QueuedBatch { statements, result }), pending)
    }
}

impl QueuedBatch {
    /// Builds the statements if that was deferred to this thread. A panic in the builder affects only its caller.
    fn build(self) -> Option<(Vec<Statement>, ResultSender)> {
        let made_here = matches!(self.statements, Statements::Deferred(_));
        let statements = catch_unwind(AssertUnwindSafe(|| self.statements.into_vec())).ok()?;
        Some((statements, ResultSender { result: self.result, made_here }))
    }
}

/// The channel through which the caller gets the result of its batch.
struct ResultSender {
    result: oneshot::Sender<(BatchResult, Vec<Statement>)>,
    /// `true` if the statements were built in this thread and must be freed here.
    made_here: bool,
}

impl ResultSender {
    /// Sends the result. Returns the statements that must be freed in this thread, so that they can be freed after all
    /// results are sent.
    fn send(self, result: BatchResult, statements: Vec<Statement>) -> Vec<Statement> {
        let (back, kept) = if self.made_here { (Vec::new(), statements) } else { (statements, Vec::new()) };
        let _ = self.result.send((result, back)); // The caller may be gone. Its write remains valid.
        kept
    }
}

/// The writer thread. Dropping this value waits until the queue is empty.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<Sender<WriterJob>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, place: Arc<DatabaseLocation>) -> Result<Self, DbError> {
        let (jobs, queue) = channel();
        let thread = thread::Builder::new()
            .name("asst-db".to_owned())
            .spawn(move || write_groups(&connection, &place, &queue))
            .map_err(DbError::no_thread)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) fn send(&self, job: WriterJob) -> Result<(), DbError> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or_else(DbError::writer_gone)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // The callers of a panicked thread have already received an error.
        }
    }
}

fn write_groups(connection: &Connection, place: &DatabaseLocation, queue: &Receiver<WriterJob>) {
    let mut next = None;
    while let Some(job) = next.take().or_else(|| queue.recv().ok()) {
        match job {
            WriterJob::Batch(first) => next = write_group(connection, place, first, queue),
            WriterJob::BulkInsert(job, caller) => {
                let _ = caller.send(job.run(connection, place)); // The caller may have been dropped.
            }
        }
    }
    // A checkpoint costs more than a small write, so a short `-wal` file is left to the next writer.
    if !place.needs_checkpoint() {
        let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }
}

/// Writes a batch together with the batches behind it in the queue. Returns the first job that is not a batch, which
/// ends the group.
fn write_group(
    connection: &Connection,
    place: &DatabaseLocation,
    first: QueuedBatch,
    queue: &Receiver<WriterJob>,
) -> Option<WriterJob> {
    let mut group = vec![first];
    let mut other = None;
    while group.len() < GROUP_LIMIT
        && let Ok(job) = queue.try_recv()
    {
        match job {
            WriterJob::Batch(batch) => group.push(batch),
            WriterJob::BulkInsert(..) => {
                other = Some(job);
                break;
            }
        }
    }
    let (batches, callers): (Vec<_>, Vec<_>) = group.into_iter().filter_map(QueuedBatch::build).unzip();
    let results = {
        let _gate = place.writing();
        commit_group(connection, &batches).unwrap_or_else(|error| {
            // A rollback fails only if SQLite has rolled back already.
            let _ = connection.execute_batch("rollback");
            batches.iter().map(|_| Err(error.clone())).collect()
        })
    };
    let with_batches = callers.into_iter().zip(results).zip(batches);
    let _kept: Vec<_> = with_batches.map(|((caller, result), batch)| caller.send(result, batch)).collect();
    other
}

/// Commits a group and returns the result of each batch. A failed batch rolls back only itself.
///
/// # Errors
/// Returns an error if nothing of the group was stored. This includes SQLite's own full rollback on a full disk, which
/// also removes the savepoint.
fn commit_group(connection: &Connection, batches: &[Vec<Statement>]) -> Result<Vec<BatchResult>, DbError> {
    match commit_together(connection, batches)? {
        Some(results) => Ok(results),
        None => commit_each(connection, batches),
    }
}

/// Runs the batches without savepoints, which suffices as long as none fails. If one of several fails, everything is
/// rolled back and `None` is returned.
fn commit_together(connection: &Connection, batches: &[Vec<Statement>]) -> Result<Option<Vec<BatchResult>>, DbError> {
    let mut prepared = PreparedStatements::new(connection);
    prepared.run(BEGIN, &[])?;
    let mut results = Vec::with_capacity(batches.len());
    for batch in batches {
        results.push(prepared.run_all(batch));
        if results.last().is_some_and(Result::is_err) {
            // SQLite may have rolled back already.
            if !connection.is_autocommit() {
                prepared.run(ROLLBACK, &[])?;
            }
            return Ok((batches.len() == 1).then_some(results));
        }
    }
    prepared.run(COMMIT, &[])?;
    Ok(Some(results))
}

/// Runs each batch within a savepoint, which costs as much as a small batch.
fn commit_each(connection: &Connection, batches: &[Vec<Statement>]) -> Result<Vec<BatchResult>, DbError> {
    let mut prepared = PreparedStatements::new(connection);
    prepared.run(BEGIN, &[])?;
    let mut results = Vec::with_capacity(batches.len());
    for batch in batches {
        prepared.run(SAVEPOINT, &[])?;
        let result = prepared.run_all(batch);
        if let Err(error) = &result {
            prepared.run(UNDO, &[]).map_err(|_| error.clone())?;
        }
        prepared.run(RELEASE, &[])?;
        results.push(result);
    }
    prepared.run(COMMIT, &[])?;
    Ok(results)
}
