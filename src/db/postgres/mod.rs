//! The PostgreSQL engine. It runs on its own thread with its own async runtime, so that callers need none. Must not
//! depend on the meaning of the data.

mod connection;
mod load;
mod pool;
mod server;
#[cfg(test)]
mod tests;
mod value;

pub use server::{BadServer, Roots, Server};

#[cfg(test)]
pub(crate) use tests::fresh as fresh_for_tests;

use super::{
    Access, Answer, DbError, Options, Row, Statement, Value,
    load::{Ended, Load, Loading, Piece, Pieces},
};
use pool::Pool;
use std::thread::{self, JoinHandle};
use tokio::sync::{mpsc, oneshot};

/// A database on a server. Connections are opened on demand and replaced when they are lost.
#[derive(Debug)]
pub(super) struct Postgres {
    jobs: Option<mpsc::UnboundedSender<Job>>,
    access: Access,
    thread: Option<JoinHandle<()>>,
}

/// A request to the engine's thread, with the channel for its result.
enum Job {
    Run { statements: Vec<Statement>, kind: Kind, answer: oneshot::Sender<Answer> },
    Load { load: Load, pieces: mpsc::Receiver<Piece>, answer: oneshot::Sender<Ended> },
}

/// The kind of a job. It decides whether a lost connection leaves the outcome unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Read,
    Batch,
}

impl Postgres {
    /// Connects, and migrates the schema if `options` allow it.
    pub(super) fn open(server: Server, options: Options) -> Result<Self, DbError> {
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

    pub(super) async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, DbError> {
        Ok(self.ask(vec![(sql, params)], Kind::Read).await?.pop().unwrap_or_default())
    }

    pub(super) async fn atomic(&self, statements: Vec<Statement>) -> Answer {
        self.ask(statements, Kind::Batch).await
    }

    pub(super) fn load(&self, load: Load) -> Result<Loading, DbError> {
        if self.access == Access::ReadOnly {
            return Err(DbError::ReadOnly);
        }
        let (pieces, coming) = mpsc::channel(1);
        let (answer, ended) = oneshot::channel();
        self.send(Job::Load { load, pieces: coming, answer })?;
        Ok(Loading { pieces: Pieces::Postgres(pieces), ended })
    }

    fn send(&self, job: Job) -> Result<(), DbError> {
        self.jobs.as_ref().and_then(|jobs| jobs.send(job).ok()).ok_or_else(DbError::writer_gone)
    }

    async fn ask(&self, statements: Vec<Statement>, kind: Kind) -> Answer {
        let (answer, pending) = oneshot::channel();
        self.send(Job::Run { statements, kind, answer })?;
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
    server: Server,
    options: Options,
    mut queue: mpsc::UnboundedReceiver<Job>,
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
                    Job::Run { statements, kind, answer } => drop(answer.send(pool.run(&statements, kind).await)),
                    Job::Load { load, pieces, answer } => drop(answer.send(pool.load(load, pieces).await)),
                }
            });
        }
        pool.finish().await;
    });
}
