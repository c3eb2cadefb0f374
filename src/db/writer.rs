//! The one thread that writes: group commit, so that whatever queued up during an fsync shares the next one.
//! Must not know what is stored.

use super::{Answer, DbError, Statement, connect::Place, statement::Prepared};
use rusqlite::{Connection, config::DbConfig};
use std::{
    sync::{
        Arc,
        mpsc::{Receiver, Sender, channel},
    },
    thread::{self, JoinHandle},
};
use tokio::sync::oneshot;

/// Most batches that share one fsync; it bounds how long the first of them waits.
const GROUP_LIMIT: usize = 1024;

const BEGIN: &str = "begin immediate";
const COMMIT: &str = "commit";
const ROLLBACK: &str = "rollback";
const SAVEPOINT: &str = "savepoint batch";
const RELEASE: &str = "release batch";
const UNDO: &str = "rollback to batch";

/// The answer to a batch, to come.
pub(super) type Pending = oneshot::Receiver<Answer>;

/// A batch on its way to the writer.
pub(super) struct Job {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Answer>,
}

impl Job {
    pub(super) fn new(statements: Vec<Statement>) -> (Self, Pending) {
        let (answer, pending) = oneshot::channel();
        (Self { statements, answer }, pending)
    }
}

/// The writer's thread; dropping this waits for what is queued.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Writer {
    pub(super) fn start(connection: Connection, place: Arc<Place>) -> Result<Self, DbError> {
        let (jobs, queue) = channel();
        let thread = thread::Builder::new()
            .name("asst-db".to_owned())
            .spawn(move || write_groups(&connection, &place, &queue))
            .map_err(DbError::other)?;
        Ok(Self { jobs: Some(jobs), thread: Some(thread) })
    }

    pub(super) fn send(&self, job: Job) -> Result<(), DbError> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or_else(DbError::writer_gone)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            let _ = thread.join(); // A panic in it has reached its callers as an answer that never came.
        }
    }
}

fn write_groups(connection: &Connection, place: &Place, queue: &Receiver<Job>) {
    while let Ok(first) = queue.recv() {
        let waiting = std::iter::once(first).chain(queue.try_iter().take(GROUP_LIMIT - 1));
        let (batches, callers): (Vec<_>, Vec<_>) = waiting.map(|job| (job.statements, job.answer)).unzip();
        let answers = {
            let _gate = place.writing();
            commit_group(connection, &batches).unwrap_or_else(|error| {
                // A rollback fails only where SQLite has rolled back already.
                let _ = connection.execute_batch("rollback");
                batches.iter().map(|_| Err(error.clone())).collect()
            })
        };
        for (caller, answer) in callers.into_iter().zip(answers) {
            let _ = caller.send(answer); // A caller may have gone; its write stands.
        }
    }
    // Folding the `-wal` file into the database costs more than a small write: a short one waits for the next.
    if !place.log_is_long() {
        let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }
}

/// A failed batch undoes only itself. An outer error means that nothing of the group was kept; that includes
/// SQLite's own full rollback (disk full), after which the savepoint is no longer there.
fn commit_group(connection: &Connection, batches: &[Vec<Statement>]) -> Result<Vec<Answer>, DbError> {
    match commit_together(connection, batches)? {
        Some(answers) => Ok(answers),
        None => commit_each(connection, batches),
    }
}

/// Runs the batches as if they were one, which is all that is needed as long as none fails. Where one of several does,
/// nothing has happened, and nothing is returned.
fn commit_together(connection: &Connection, batches: &[Vec<Statement>]) -> Result<Option<Vec<Answer>>, DbError> {
    let mut prepared = Prepared::new(connection);
    prepared.run(BEGIN, &[])?;
    let mut answers = Vec::with_capacity(batches.len());
    for batch in batches {
        answers.push(prepared.run_all(batch));
        if answers.last().is_some_and(Result::is_err) {
            // SQLite may have rolled back already.
            if !connection.is_autocommit() {
                prepared.run(ROLLBACK, &[])?;
            }
            return Ok((batches.len() == 1).then_some(answers));
        }
    }
    prepared.run(COMMIT, &[])?;
    Ok(Some(answers))
}

/// Runs the batches with a savepoint around each, which costs as much as a small batch.
fn commit_each(connection: &Connection, batches: &[Vec<Statement>]) -> Result<Vec<Answer>, DbError> {
    let mut prepared = Prepared::new(connection);
    prepared.run(BEGIN, &[])?;
    let mut answers = Vec::with_capacity(batches.len());
    for batch in batches {
        prepared.run(SAVEPOINT, &[])?;
        let answer = prepared.run_all(batch);
        if let Err(error) = &answer {
            prepared.run(UNDO, &[]).map_err(|_| error.clone())?;
        }
        prepared.run(RELEASE, &[])?;
        answers.push(answer);
    }
    prepared.run(COMMIT, &[])?;
    Ok(answers)
}
