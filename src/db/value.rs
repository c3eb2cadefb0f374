//! The values that SQL statements take as parameters and return in cells. The module must not depend on the tables of
//! its users.

use super::DbError;
use rusqlite::types::{FromSql, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use std::sync::Arc;

/// A parameter or a cell. Booleans are 0 and 1, and JSON is text.
///
/// Do not store whole files in one cell, because a row is held in memory as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    Null,
    Int(i64),
    Text(String),
    /// A text that is a parameter of several statements. Results never contain it, and it equals no [`Value::Text`].
    Shared(Arc<str>),
    Bytes(Vec<u8>),
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Int(value.into())
    }
}

impl From<String> for Value {
    fn from(value: String) -> Self {
        Self::Text(value)
    }
}

impl From<Arc<str>> for Value {
    fn from(value: Arc<str>) -> Self {
        Self::Shared(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Text(value.to_owned())
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl ToSql for Value {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Int(value) => ValueRef::Integer(*value),
            Self::Text(value) => ValueRef::Text(value.as_bytes()),
            Self::Shared(value) => ValueRef::Text(value.as_bytes()),
            Self::Bytes(value) => ValueRef::Blob(value),
        }))
    }
}

impl FromSql for Value {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        Ok(match value {
            ValueRef::Null => Self::Null,
            ValueRef::Integer(value) => Self::Int(value),
            ValueRef::Blob(value) => Self::Bytes(value.to_owned()),
            text => Self::Text(text.as_str()?.to_owned()),
        })
    }
}

/// One row of a result. Columns are counted from 0, in the order of the statement.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SqlRow(pub Vec<Value>);

impl SqlRow {
    /// Returns the integer in a column. A null is an error.
    pub fn int(&self, column: usize) -> Result<i64, DbError> {
        self.optional_int(column)?.ok_or_else(|| self.type_error(column, "an integer"))
    }

    /// Returns the integer in a column, or `None` for a null.
    pub fn optional_int(&self, column: usize) -> Result<Option<i64>, DbError> {
        match self.0.get(column) {
            Some(Value::Int(value)) => Ok(Some(*value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.type_error(column, "an integer")),
        }
    }

    /// Returns `true` if the integer in a column is not 0.
    pub fn flag(&self, column: usize) -> Result<bool, DbError> {
        Ok(self.int(column)? != 0)
    }

    /// Returns the text in a column. A null is an error.
    pub fn text(&self, column: usize) -> Result<&str, DbError> {
        self.optional_text(column)?.ok_or_else(|| self.type_error(column, "text"))
    }

    /// Returns the text in a column, or `None` for a null.
    pub fn optional_text(&self, column: usize) -> Result<Option<&str>, DbError> {
        match self.0.get(column) {
            Some(Value::Text(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.type_error(column, "text")),
        }
    }

    /// Moves the text out of a column. A null is an error.
    pub fn take_text(&mut self, column: usize) -> Result<String, DbError> {
        self.take_optional_text(column)?.ok_or_else(|| self.type_error(column, "text"))
    }

    /// Moves the text out of a column, or returns `None` for a null.
    pub fn take_optional_text(&mut self, column: usize) -> Result<Option<String>, DbError> {
        match self.0.get_mut(column).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Text(value)) => Ok(Some(value)),
            Some(Value::Null) => Ok(None),
            _ => Err(self.type_error(column, "text")),
        }
    }

    /// Moves the bytes out of a column. A null is an error.
    pub fn take_bytes(&mut self, column: usize) -> Result<Vec<u8>, DbError> {
        match self.0.get_mut(column).map(|value| std::mem::replace(value, Value::Null)) {
            Some(Value::Bytes(value)) => Ok(value),
            _ => Err(self.type_error(column, "bytes")),
        }
    }

    /// Returns the error for a cell of the wrong type. It names the column and never the value, which may be private.
    fn type_error(&self, column: usize, wanted: &str) -> DbError {
        DbError::Other(format!("column {column} of {} does not hold {wanted}", self.0.len()))
    }
}
