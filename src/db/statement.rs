//! Execution of prepared statements on a connection. The module must not depend on the kind of connection or the
//! meaning of the data.

use super::{BatchResult, DbError, SqlRow, Value};
use rusqlite::{CachedStatement, Connection};

/// The names of parameters as constants, because binding is the hottest path of an import.
const NAMES: [&str; 32] = [
    "$1", "$2", "$3", "$4", "$5", "$6", "$7", "$8", "$9", "$10", "$11", "$12", "$13", "$14", "$15", "$16", "$17",
    "$18", "$19", "$20", "$21", "$22", "$23", "$24", "$25", "$26", "$27", "$28", "$29", "$30", "$31", "$32",
];

/// One statement with its parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub(super) sql: &'static str,
    pub(super) params: Vec<Value>,
    condition: ExecutionCondition,
}

/// The condition under which a statement of a batch is executed. It depends on the last executed statement before it,
/// which may have returned or changed a row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ExecutionCondition {
    Always,
    AfterRow,
    AfterNoRow,
}

impl Statement {
    /// Creates a statement that is always executed.
    pub fn new(sql: &'static str, params: Vec<Value>) -> Self {
        Self { sql, params, condition: ExecutionCondition::Always }
    }

    /// Allows the engine to skip the statement if the last executed statement before it did not return or change a row.
    ///
    /// The statement must have no effect in that case, because only SQLite skips it. PostgreSQL executes every
    /// statement of a batch, because waiting for the result of the statement before would take longer.
    pub fn if_found(self) -> Self {
        Self { condition: ExecutionCondition::AfterRow, ..self }
    }

    /// Allows the engine to skip the statement if the last executed statement before it returned or changed a row.
    /// Otherwise like [`Statement::if_found`].
    pub fn unless_found(self) -> Self {
        Self { condition: ExecutionCondition::AfterNoRow, ..self }
    }

    fn can_be_skipped(&self, found: bool) -> bool {
        match self.condition {
            ExecutionCondition::Always => false,
            ExecutionCondition::AfterRow => !found,
            ExecutionCondition::AfterNoRow => found,
        }
    }
}

/// The statements of a batch. The variant `Deferred` builds them on the writer thread, to relieve a busy caller.
pub enum Statements {
    Ready(Vec<Statement>),
    Deferred(Box<dyn FnOnce() -> Vec<Statement> + Send>),
}

impl Statements {
    /// Returns statements that are built just before they are executed.
    pub fn deferred(make: impl FnOnce() -> Vec<Statement> + Send + 'static) -> Self {
        Self::Deferred(Box::new(make))
    }

    pub(super) fn into_vec(self) -> Vec<Statement> {
        match self {
            Self::Ready(statements) => statements,
            Self::Deferred(make) => make(),
        }
    }
}

impl From<Vec<Statement>> for Statements {
    fn from(statements: Vec<Statement>) -> Self {
        Self::Ready(statements)
    }
}

/// The result of a statement.
struct StatementResult {
    rows: Vec<SqlRow>,
    /// `true` if the statement returned or changed a row.
    found: bool,
}

/// A prepared statement and the index of each of its parameters.
struct PreparedStatement<'connection> {
    sql: &'static str,
    connection: &'connection Connection,
    statement: CachedStatement<'connection>,
    slots: Vec<usize>,
}

impl<'connection> PreparedStatement<'connection> {
    fn new(connection: &'connection Connection, sql: &'static str) -> Result<Self, DbError> {
        let statement = connection.prepare_cached(sql)?;
        // SQLite treats `$7` as a name and numbers names by first use. Looking up the index by name makes the order
        // irrelevant.
        let slot = |name: &&str| Ok(statement.parameter_index(name)?.ok_or(()));
        let names = NAMES.iter().take(statement.parameter_count());
        let slots = names.map(slot).collect::<Result<Result<Vec<_>, ()>, rusqlite::Error>>()?;
        let slots = slots.map_err(|()| DbError::Other(format!("parameters are not $1, $2, … in: {sql}")))?;
        Ok(Self { sql, connection, statement, slots })
    }

    fn run(&mut self, params: &[Value]) -> Result<StatementResult, DbError> {
        if self.statement.parameter_count() != params.len() || self.slots.len() != params.len() {
            return Err(DbError::Other(format!("{} parameters given to: {}", params.len(), self.sql)));
        }
        for (slot, value) in self.slots.iter().zip(params) {
            self.statement.raw_bind_parameter(*slot, value)?;
        }
        let width = self.statement.column_count();
        let mut cursor = self.statement.raw_query();
        let mut rows = Vec::new();
        while let Some(row) = cursor.next()? {
            rows.push(SqlRow((0..width).map(|column| row.get(column)).collect::<Result<_, _>>()?));
        }
        drop(cursor);
        let found = !rows.is_empty() || (!self.statement.readonly() && self.connection.changes() > 0);
        Ok(StatementResult { rows, found })
    }
}

/// Runs one statement on a connection.
pub(super) fn run(connection: &Connection, sql: &'static str, params: &[Value]) -> Result<Vec<SqlRow>, DbError> {
    Ok(PreparedStatement::new(connection, sql)?.run(params)?.rows)
}

/// The prepared statements of one transaction. A repeated statement is found here by the address of its text. Looking
/// up a long text in SQLite's cache costs more than executing the statement.
pub(super) struct PreparedStatements<'connection> {
    connection: &'connection Connection,
    ready: Vec<PreparedStatement<'connection>>,
}

impl<'connection> PreparedStatements<'connection> {
    pub(super) fn new(connection: &'connection Connection) -> Self {
        Self { connection, ready: Vec::new() }
    }

    /// Runs one statement.
    pub(super) fn run(&mut self, sql: &'static str, params: &[Value]) -> Result<(), DbError> {
        self.run_statement(sql, params).map(drop)
    }

    fn run_statement(&mut self, sql: &'static str, params: &[Value]) -> Result<StatementResult, DbError> {
        // Search from the end: the statement that ran last is the most likely one.
        if let Some(found) = self.ready.iter().rposition(|ready| std::ptr::eq(ready.sql, sql)) {
            return self.ready[found].run(params);
        }
        let mut ready = PreparedStatement::new(self.connection, sql)?;
        let ran = ready.run(params);
        self.ready.push(ready);
        ran
    }

    /// Runs statements in order, and stops at the first that fails.
    pub(super) fn run_all(&mut self, statements: &[Statement]) -> BatchResult {
        let (mut results, mut found) = (Vec::with_capacity(statements.len()), false);
        for statement in statements {
            if statement.can_be_skipped(found) {
                results.push(Vec::new());
                continue;
            }
            let ran = self.run_statement(statement.sql, &statement.params)?;
            found = ran.found;
            results.push(ran.rows);
        }
        Ok(results)
    }
}
