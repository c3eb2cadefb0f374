//! The database layer: one SQL text for two engines, SQLite and PostgreSQL.
//!
//! Statements are `&'static str`, so that input reaches SQL only as a parameter. Parameters are `$1…`, numbered in
//! order of first use. Cells are [`Value`]s: booleans are 0 and 1, JSON is text, and times are integers. A time
//! always comes from the program, never from the clock of a database server.
//!
//! A write is durable once its future returns. Dropping that future does not undo the write. The caller needs no async
//! runtime: [`block_on()`] drives the futures of both engines. The module must not depend on the meaning of the data.

mod block_on;
mod bulk_insert;
mod bulk_rows;
#[cfg(test)]
mod bulk_tests;
mod connect;
mod error;
mod postgres;
mod sqlite;
mod statement;
#[cfg(test)]
mod tests;
mod value;
mod writer;

pub use block_on::block_on;
pub use bulk_rows::{BulkInsert, BulkInsertSpec, RowBatch, RowSpan, SkippedWork};
pub use error::DbError;
pub use postgres::{InvalidPostgresUrl, PostgresUrl, TlsRoots};
pub use statement::{Statement, Statements};
pub use value::{SqlRow, Value};

#[cfg(test)]
pub(crate) use postgres::fresh_for_tests;

use std::{path::Path, time::Duration};

/// The rows of every statement of a batch, or the reason why the whole batch was rolled back.
pub(crate) type BatchResult = Result<Vec<Vec<SqlRow>>, DbError>;

/// The permitted access to a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// Nothing is created, migrated or written. A missing database is the error [`DbError::Missing`].
    ReadOnly,
    /// A missing database is created, and an old schema is migrated.
    ReadWrite,
}

/// The options for opening a database.
#[derive(Debug, Clone, Copy)]
pub struct DbOptions {
    /// The migrations, an append-only list. Entry `n` leads from version `n` to `n + 1`.
    pub migrations: &'static [&'static str],
    /// The maximum wait for a lock that another process holds.
    pub patience: Duration,
    pub access: Access,
}

/// A database that many tasks may use at once.
#[derive(Debug)]
pub struct Db {
    engine: DbEngine,
}

#[derive(Debug)]
enum DbEngine {
    Sqlite(Box<sqlite::Sqlite>),
    Postgres(postgres::Postgres),
}

impl Db {
    /// Opens an SQLite file. Migrates its schema unless it is opened for reading only.
    pub fn open(path: &Path, options: DbOptions) -> Result<Self, DbError> {
        Ok(Self { engine: DbEngine::Sqlite(Box::new(sqlite::Sqlite::open(path, options)?)) })
    }

    /// Opens a database on a PostgreSQL server. Migrates its schema unless it is opened for reading only.
    pub fn connect(server: PostgresUrl, options: DbOptions) -> Result<Self, DbError> {
        Ok(Self { engine: DbEngine::Postgres(postgres::Postgres::open(server, options)?) })
    }

    /// Opens a new database in memory. It is deleted when the value is dropped.
    pub fn memory(migrations: &'static [&'static str]) -> Result<Self, DbError> {
        Ok(Self { engine: DbEngine::Sqlite(Box::new(sqlite::Sqlite::memory(migrations)?)) })
    }

    /// Sets the size of the page cache of the writer of an SQLite database, before its first write. The default is 1 MiB.
    #[must_use]
    pub fn with_write_cache(mut self, kib: u32) -> Self {
        if let DbEngine::Sqlite(sqlite) = &mut self.engine {
            sqlite.set_write_cache(kib);
        }
        self
    }

    /// Returns `true` if several writers run at once. A batch must then lock the rows on which it depends.
    pub fn has_many_writers(&self) -> bool {
        matches!(self.engine, DbEngine::Postgres(_))
    }

    /// Runs a query and returns its rows, without waiting for writers or other readers.
    pub async fn read(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<SqlRow>, DbError> {
        match &self.engine {
            DbEngine::Sqlite(sqlite) => sqlite.read(sql, &params),
            DbEngine::Postgres(postgres) => postgres.read(sql, params).await,
        }
    }

    /// Returns `true` if closing the database takes time, so that the process must close it before it exits.
    pub fn needs_checkpoint(&self) -> bool {
        match &self.engine {
            DbEngine::Sqlite(sqlite) => sqlite.needs_checkpoint(),
            DbEngine::Postgres(_) => false,
        }
    }

    /// Runs one statement durably and returns the rows of its `returning` clause.
    pub async fn write(&self, sql: &'static str, params: Vec<Value>) -> Result<Vec<SqlRow>, DbError> {
        Ok(self.atomic(vec![Statement::new(sql, params)]).await?.pop().unwrap_or_default())
    }

    /// Starts a bulk insert into a table.
    pub fn bulk_insert(&self, load: BulkInsertSpec) -> Result<BulkInsert, DbError> {
        match &self.engine {
            DbEngine::Sqlite(sqlite) => sqlite.load(load),
            DbEngine::Postgres(postgres) => postgres.load(load),
        }
    }

    /// Runs all statements durably in one transaction, and returns the rows of each.
    pub async fn atomic(&self, statements: impl Into<Statements>) -> Result<Vec<Vec<SqlRow>>, DbError> {
        self.run(statements.into()).await
    }

    async fn run(&self, statements: Statements) -> Result<Vec<Vec<SqlRow>>, DbError> {
        match &self.engine {
            DbEngine::Sqlite(sqlite) => {
                let (result, _statements) = sqlite.enqueue(statements)?.await.map_err(|_| DbError::writer_gone())?;
                result
            }
            DbEngine::Postgres(postgres) => postgres.atomic(statements.into_vec()).await,
        }
    }
}
