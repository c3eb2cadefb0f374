//! A PostgreSQL connection: opening, running statements, and migrating the schema.

use super::{JobKind, url::PostgresUrl};
use crate::db::{Access, DbError, DbOptions, SqlRow, Statement, Value};
use futures_util::future::join_all;
use std::{collections::HashMap, error::Error, time::Duration};
use tokio_postgres::{
    Client,
    error::{Severity, SqlState},
    types::ToSql,
};

/// Serialises programs that start at once, so that only one of them creates the tables.
const ONE_AT_A_TIME: &str = "select pg_advisory_xact_lock(7311)";
/// Starts a batch. Batches that lock the same rows in a different order can block each other for ever. The server detects
/// this after `deadlock_timeout`, 1 s by default, and rolls one of them back.
const BEGIN: &str = "begin; select pg_advisory_xact_lock_shared(7312)";
/// Starts a batch that was rolled back. It waits until no other batch is in progress and then runs alone, so it is not
/// rolled back again.
const BEGIN_ALONE: &str = "begin; select pg_advisory_xact_lock(7312)";
const VERSION_TABLE: &str = "create table if not exists asst_schema (version bigint primary key)";
const HAS_SCHEMA: &str = "select count(*) from pg_catalog.pg_namespace where nspname = $1::text";
const HAS_VERSION: &str = "select count(*) from pg_catalog.pg_class c where c.oid = to_regclass('asst_schema')";
const READ_VERSION: &str = "select coalesce(max(version), 0) from asst_schema";
const ADD_VERSION: &str = "insert into asst_schema (version) values ($1)";
/// The maximum number of statements of a batch that are in flight on one connection.
const PIPELINED: usize = 256;

/// A connection to a server, with the statements that were prepared on it.
pub(super) struct Connection {
    client: Client,
    prepared: HashMap<&'static str, tokio_postgres::Statement>,
    schema: Option<&'static str>,
}

/// The reason why statements failed.
#[derive(Debug)]
pub(super) enum StatementError {
    /// The server rolled back the statements because of a conflict with another transaction. They may be retried.
    RolledBack,
    /// The connection was lost. `sent` is `true` if the server may have executed the statements.
    Lost {
        why: DbError,
        sent: bool,
    },
    Refused(DbError),
}

impl StatementError {
    pub(super) fn into_error(self) -> DbError {
        match self {
            Self::RolledBack => DbError::Busy,
            Self::Lost { why, .. } | Self::Refused(why) => why,
        }
    }

    fn sent(self, sent: bool) -> Self {
        match self {
            Self::Lost { why, .. } => Self::Lost { why, sent },
            other => other,
        }
    }
}

impl From<tokio_postgres::Error> for StatementError {
    fn from(error: tokio_postgres::Error) -> Self {
        let rolled_back = [SqlState::T_R_DEADLOCK_DETECTED, SqlState::T_R_SERIALIZATION_FAILURE];
        match error.as_db_error() {
            Some(db_error) if rolled_back.contains(db_error.code()) => Self::RolledBack,
            // A server that shuts down reports this in place of a response and closes the connection.
            Some(db_error) if matches!(db_error.parsed_severity(), Some(Severity::Fatal | Severity::Panic)) => {
                Self::Lost { why: error.into(), sent: true }
            }
            Some(_) => Self::Refused(error.into()),
            None if error.is_closed() || error.source().is_some_and(|cause| cause.is::<std::io::Error>()) => {
                Self::Lost { why: error.into(), sent: true }
            }
            None => Self::Refused(error.into()),
        }
    }
}

impl From<tokio_postgres::Error> for DbError {
    fn from(error: tokio_postgres::Error) -> Self {
        let Some(db_error) = error.as_db_error() else {
            // The error's own text names only its category. The details are in its source.
            let text = match error.source() {
                Some(cause) => cause.to_string(),
                None => error.to_string(),
            };
            return Self::Unreachable(text);
        };
        let code = db_error.code();
        if *code == SqlState::UNIQUE_VIOLATION {
            return Self::Duplicate { constraint: db_error.constraint().unwrap_or_default().to_owned() };
        }
        match code.code() {
            "28P01" | "28000" | "42501" => Self::Denied(db_error.message().to_owned()),
            // Classes 22 and 23: data exceptions and integrity constraint violations.
            class if class.starts_with("22") || class.starts_with("23") => {
                Self::InvalidValue(db_error.message().to_owned())
            }
            "25006" => Self::ReadOnly,
            "53100" => Self::Full,
            "55P03" | "57014" | "53300" | "40P01" | "40001" => Self::Busy,
            "57P01" | "57P02" | "57P03" => Self::Unreachable(db_error.message().to_owned()),
            "3D000" => Self::CannotOpen(db_error.message().to_owned()),
            "42P01" => Self::Missing,
            _ => Self::Other(db_error.message().to_owned()),
        }
    }
}

impl Connection {
    pub(super) async fn open(server: &PostgresUrl, patience: Duration, access: Access) -> Result<Self, DbError> {
        let client = server.connect(patience).await?;
        let read_only = if access == Access::ReadOnly { "set default_transaction_read_only = on;" } else { "" };
        // `lock_timeout` limits the wait for a lock to `patience`.
        let search_path = server.schema.map(|schema| format!("set search_path = {schema};")).unwrap_or_default();
        let settings = format!(
            "{read_only} {search_path} set synchronous_commit = on; set client_min_messages = warning; set lock_timeout = {}",
            patience.as_millis()
        );
        client.batch_execute(&settings).await?;
        Ok(Self { client, prepared: HashMap::new(), schema: server.schema })
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    pub(super) fn is_closed(&self) -> bool {
        self.client.is_closed()
    }

    /// Runs the statements as one transaction. With `alone`, no other batch is in progress meanwhile.
    pub(super) async fn run(
        &mut self,
        statements: &[Statement],
        kind: JobKind,
        alone: bool,
    ) -> Result<Vec<Vec<SqlRow>>, StatementError> {
        for statement in statements {
            self.prepare(statement.sql).await.map_err(|failure| failure.sent(false))?;
        }
        match statements {
            [] => Ok(Vec::new()),
            // A single statement is its own transaction.
            [one] if !alone => {
                Ok(vec![self.run_one(one).await.map_err(|failure| failure.sent(kind == JobKind::Batch))?])
            }
            many => self.run_many(many, if alone { BEGIN_ALONE } else { BEGIN }).await,
        }
    }

    async fn prepare(&mut self, sql: &'static str) -> Result<(), StatementError> {
        if !self.prepared.contains_key(sql) {
            let prepared = self.client.prepare(sql).await?;
            self.prepared.insert(sql, prepared);
        }
        Ok(())
    }

    async fn run_one(&self, statement: &Statement) -> Result<Vec<SqlRow>, StatementError> {
        let (sql, params) = (statement.sql, &statement.params);
        let Some(prepared) = self.prepared.get(sql) else {
            return Err(StatementError::Refused(DbError::Other(format!("not prepared: {sql}"))));
        };
        if prepared.params().len() != params.len() {
            return Err(StatementError::Refused(DbError::Other(format!(
                "{} parameters given to: {sql}",
                params.len()
            ))));
        }
        let params: Vec<_> = params.iter().map(|value| value as &(dyn ToSql + Sync)).collect();
        let rows = self.client.query(prepared, &params).await?;
        rows.iter().map(|row| Ok(SqlRow(cells(row)?))).collect()
    }

    async fn run_many(&mut self, statements: &[Statement], begin: &str) -> Result<Vec<Vec<SqlRow>>, StatementError> {
        if let Err(error) = self.client.batch_execute(begin).await {
            let _ = self.client.batch_execute("rollback").await; // A lost connection has rolled back.
            return Err(StatementError::from(error).sent(false));
        }
        let mut results = Vec::with_capacity(statements.len());
        for chunk in statements.chunks(PIPELINED) {
            // The statements are sent without waiting for responses. The server executes them in order.
            for ended in join_all(chunk.iter().map(|statement| self.run_one(statement))).await {
                match ended {
                    Ok(rows) => results.push(rows),
                    Err(failure) => {
                        let _ = self.client.batch_execute("rollback").await; // A lost connection has rolled back.
                        return Err(failure.sent(false));
                    }
                }
            }
        }
        self.client.batch_execute("commit").await?;
        Ok(results)
    }

    /// Migrates the schema.
    ///
    /// # Errors
    /// Returns an error if the schema is newer than this program, or if it is missing or older and the access is
    /// read-only.
    pub(super) async fn migrate(&mut self, options: DbOptions) -> Result<(), DbError> {
        let known = options.migrations.len() as i64;
        let count: i64 = self.client.query_one(HAS_VERSION, &[]).await?.try_get(0)?;
        let found: i64 = match count {
            0 => 0,
            _ => self.client.query_one(READ_VERSION, &[]).await?.try_get(0)?,
        };
        match found {
            _ if found == known => return Ok(()),
            _ if found > known => return Err(DbError::NewerSchema { found, known }),
            0 if options.access == Access::ReadOnly => return Err(DbError::Missing),
            _ if options.access == Access::ReadOnly => return Err(DbError::OlderSchema { found, known }),
            _ => {}
        }
        let transaction = self.client.transaction().await?;
        transaction.batch_execute(ONE_AT_A_TIME).await?;
        if let Some(schema) = self.schema {
            // A user without the right to create schemas may still use an existing one.
            let count: i64 = transaction.query_one(HAS_SCHEMA, &[&schema]).await?.try_get(0)?;
            if count == 0 {
                transaction.batch_execute(&format!("create schema {schema}")).await?;
            }
        }
        transaction.batch_execute(VERSION_TABLE).await?;
        let found: i64 = transaction.query_one(READ_VERSION, &[]).await?.try_get(0)?;
        for (version, sql) in (1_i64..).zip(options.migrations).filter(|(version, _)| *version > found) {
            transaction.batch_execute(sql).await?;
            transaction.execute(ADD_VERSION, &[&version]).await?;
        }
        Ok(transaction.commit().await?)
    }
}

fn cells(row: &tokio_postgres::Row) -> Result<Vec<Value>, tokio_postgres::Error> {
    (0..row.len()).map(|column| row.try_get(column)).collect()
}
