//! The one thread that writes: group commit, so that whatever queued up during an fsync shares the next one.
//! Must not know what is stored.

use super::{Answer, DbError, Statement, Statements, connect::Place, fill::Filling, load::Ended, statement::Prepared};
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

/// Most batches that share one fsync; it bounds how long the first of them waits.
const GROUP_LIMIT: usize = 1024;

const BEGIN: &str = "begin immediate";
const COMMIT: &str = "commit";
const ROLLBACK: &str = "rollback";
const SAVEPOINT: &str = "savepoint batch";
const RELEASE: &str = "release batch";
const UNDO: &str = "rollback to batch";

/// The answer to a batch, to come, and statements that were made elsewhere: to free in one thread what another one
/// allocated makes each of them wait for the other.
pub(super) type Pending = oneshot::Receiver<(Answer, Vec<Statement>)>;

/// What the writer is asked to do.
pub(super) enum Job {
    Batch(Batch),
    Fill(Filling, oneshot::Sender<Ended>),
}

/// A batch on its way to the writer.
pub(super) struct Batch {
    statements: Statements,
    answer: oneshot::Sender<(Answer, Vec<Statement>)>,
}

impl Job {
    pub(super) fn batch(statements: Statements) -> (Self, Pending) {
        let (answer, pending) = oneshot::channel();
        (Self::Batch(Batch { statements, answer }), pending)
    }
}

impl Batch {
    /// Makes the statements where that is still to be done. Should that panic, only its caller hears of it.
    fn apart(self) -> Option<(Vec<Statement>, Caller)> {
        let made_here = matches!(self.statements, Statements::By(_));
        let statements = catch_unwind(AssertUnwindSafe(|| self.statements.into_vec())).ok()?;
        Some((statements, Caller { answer: self.answer, made_here }))
    }
}

/// Who waits for a batch.
struct Caller {
    answer: oneshot::Sender<(Answer, Vec<Statement>)>,
    /// Whether the statements were made in this thread, and are to be freed here.
    made_here: bool,
}

impl Caller {
    /// Tells the answer; returns the statements where they are to be freed here, once everybody knows.
    fn tell(self, answer: Answer, statements: Vec<Statement>) -> Vec<Statement> {
        let (back, kept) = if self.made_here { (Vec::new(), statements) } else { (statements, Vec::new()) };
        let _ = self.answer.send((answer, back)); // A caller may have gone; its write stands.
        kept
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
            .map_err(DbError::no_thread)?;
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
    let mut group = vec![first];
    let mut other = None;
    while group.len() < GROUP_LIMIT
        && let Ok(job) = queue.try_recv()
    {
        match job {
            Job::Batch(batch) => group.push(batch),
            Job::Fill(..) => {
                other = Some(job);
                break;
            }
        }
    }
    let (batches, callers): (Vec<_>, Vec<_>) = group.into_iter().filter_map(Batch::apart).unzip();
    let answers = {
        let _gate = place.writing();
        commit_group(connection, &batches).unwrap_or_else(|error| {
            // A rollback fails only where SQLite has rolled back already.
            let _ = connection.execute_batch("rollback");
            batches.iter().map(|_| Err(error.clone())).collect()
        })
    };
    let told = callers.into_iter().zip(answers).zip(batches);
    let _kept: Vec<_> = told.map(|((caller, answer), batch)| caller.tell(answer, batch)).collect();
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
