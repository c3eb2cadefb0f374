//! The database room: one SQL text, two engines.
//!
//! Statements are `&'static str`, so that input reaches SQL only as a parameter (`$1…`, numbered in order of
//! first use). Values are [`Value`]s: booleans are 0 and 1, JSON is text, times are integers that the program
//! chose. A write is durable once its future returns; dropping that future does not undo it. Neither
//! engine needs a runtime of its caller: [`block_on()`] drives the futures of both. Must not know what is stored.

mod block_on;
mod connect;
mod error;
mod fill;
mod load;
mod postgres;
mod sqlite;
mod statement;
#[cfg(test)]
mod tests;
mod value;
mod writer;

pub use block_on::block_on;
pub use error::DbError;
pub use load::{Aside, Load, Loading, RowOf, Rows};
pub use postgres::{BadServer, Roots, Server};
pub use statement::Statements;
pub use value::{Row, Value};

#[cfg(test)]
pub(crate) use postgres::fresh_for_tests;

use std::{path::Path, time::Duration};

/// One statement with its parameters.
///
/// In a batch a text may begin with `/* unless found */` or `/* if found */`: the statement may be left out where the last
/// one that ran returned or changed a row, or did not. It must do nothing there, for it may be run all the same.
pub type Statement = (&'static str, Vec<Value>);

/// The rows of every statement of a batch, or why none of it happened.
pub(crate) type Answer = Result<Vec<Vec<Row>>, DbError>;

/// What may be done to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing is created, migrated or written; a missing database is [`DbError::Missing`].
    ReadOnly,
    /// The database is created where it is missing and brought up to date.
    ReadWrite,
}

/// How a database is opened.
#[derive(Debug, Clone, Copy)]
pub struct Options {
    /// Append-only: entry `n` leads from version `n` to `n + 1`.
    pub migrations: &'static [&'static str],
    /// How long a lock that another process holds is waited for.
    pub patience: Duration,
    pub access: Access,
}

/// A database that many tasks may use at once.
#[derive(Debug)]
pub struct Db {
    engine: Engine,
}

#[derive(Debug)]
enum Engine {
    Sqlite(Box<sqlite::Sqlite>),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens an SQLite file and, unless it is opened for reading only, brings its schema up to date.
    pub fn open(path: &Path, options: Options) -> Result<Self, DbError> {
        Ok(Self { engine: Engine::Sqlite(Box::new(sqlite::Sqlite::open(path, options)?)) })
    }

    /// Opens a database on a PostgreSQL server and, unless it is opened for reading only, brings its schema up to date.
    pub fn connect(server: Server, options: Options) -> Result<Self, DbError> {
        Ok(Self { engine: Engine::Postgres(postgres::Postgres::open(server, options)?) })
    }

    /// Opens a new database in memory, which lives as long as the value.
    pub fn memory(migrations: &'static [&'static str]) -> Result<Self, DbError> {
        Ok(Self { engine: Engine::Sqlite(Box::new(sqlite::Sqlite::memory(migrations)?)) })
    }

    /// Tells whether several writers work at once, so that what a batch requires must be locked until it is done.
    pub fn has_many_writers(&self) -> bool {
        matches!(self.engine, Engine::Postgres(_))
    }

    /// Returns the rows of a query; it does not wait for writers or other readers.
    pub async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, DbError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.read(sql, &params),
            Engine::Postgres(postgres) => postgres.read(sql, params).await,
        }
    }

    /// Tells whether closing has work to do that an ending process should wait for.
    pub fn wants_closing(&self) -> bool {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.wants_closing(),
            Engine::Postgres(_) => false,
        }
    }

    /// Runs one statement durably and returns the rows of its `returning`.
    pub async fn write(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<Row>, DbError> {
        Ok(self.atomic(vec![(sql, params)]).await?.pop().unwrap_or_default())
    }

    /// Begins to bring many rows into a table.
    pub fn load(&self, load: Load) -> Result<Loading, DbError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => sqlite.load(load),
            Engine::Postgres(postgres) => postgres.load(load),
        }
    }

    /// Runs all of the statements durably, or none of them, and returns the rows of each.
    pub async fn atomic(&self, statements: impl Into<Statements>) -> Result<Vec<Vec<Row>>, DbError> {
        self.run(statements.into()).await
    }

    async fn run(&self, statements: Statements) -> Result<Vec<Vec<Row>>, DbError> {
        match &self.engine {
            Engine::Sqlite(sqlite) => {
                let (answer, _statements) = sqlite.enqueue(statements)?.await.map_err(|_| DbError::writer_gone())?;
                answer
            }
            Engine::Postgres(postgres) => postgres.atomic(statements.into_vec()).await,
        }
    }
}
