//! The one thread that writes: group commit, so that whatever queued up during an fsync shares the next one.
//! Must not know what is stored.

use super::{Answer, DbError, Statement, connect::Place, fill::Filling, load::Ended, statement::Prepared};
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

/// What the writer is asked to do.
pub(super) enum Job {
    Batch(Batch),
    Fill(Filling, oneshot::Sender<Ended>),
}

/// A batch on its way to the writer.
pub(super) struct Batch {
    statements: Vec<Statement>,
    answer: oneshot::Sender<Answer>,
}

impl Job {
    pub(super) fn batch(statements: Vec<Statement>) -> (Self, Pending) {
        let (answer, pending) = oneshot::channel();
        (Self::Batch(Batch { statements, answer }), pending)
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
    let mut next = None;
    while let Some(job) = next.take().or_else(|| queue.recv().ok()) {
        match job {
            Job::Batch(first) => next = write_group(connection, place, first, queue),
            Job::Fill(filling, caller) => {
                let _ = caller.send(filling.run(connection, place)); // A caller may have gone.
            }
        }
    }
    // Folding the `-wal` file into the database costs more than a small write: a short one waits for the next.
    if !place.log_is_long() {
        let _ = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    }
}

/// Writes a batch and those that wait behind it; returns what is no batch and ends them.
fn write_group(connection: &Connection, place: &Place, first: Batch, queue: &Receiver<Job>) -> Option<Job> {
    let (mut batches, mut callers) = (vec![first.statements], vec![first.answer]);
    let mut other = None;
    while batches.len() < GROUP_LIMIT
        && let Ok(job) = queue.try_recv()
    {
        match job {
            Job::Batch(Batch { statements, answer }) => {
                batches.push(statements);
                callers.push(answer);
            }
            Job::Fill(..) => {
                other = Some(job);
                break;
            }
        }
    }
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
    other
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
