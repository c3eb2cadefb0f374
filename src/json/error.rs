//! Why a text could not be read.

use serde_json::Value;
use std::fmt;

/// Why a text could not be read, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub(super) problem: Problem,
    line: usize,
    column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// It is not JSON: what is wrong.
    Syntax(&'static str),
    /// It ends in the middle of something.
    Ends(&'static str),
    TooDeep(usize),
    TooMany(usize),
    TooLong(usize),
    /// It is JSON, but of this type.
    NotAnObject(&'static str),
}

impl Error {
    /// Makes an error about the byte at an index; lines and columns are counted from 1.
    pub(super) fn at(problem: Problem, text: &[u8], index: usize) -> Self {
        let before = &text[..index.min(text.len())];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column = 1 + before.len() - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        // The end of a text is after its last byte, which is named.
        let column = if matches!(problem, Problem::Ends(_)) { column - 1 } else { column };
        Self { problem, line, column }
    }

    pub(super) fn not_an_object(value: &Value) -> Self {
        let found = match value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
        };
        Self { problem: Problem::NotAnObject(found), line: 1, column: 1 }
    }

    /// Returns the line, counted from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the byte within the line, counted from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns `true` if the text ends too early.
    pub fn is_eof(&self) -> bool {
        matches!(self.problem, Problem::Ends(_))
    }

    /// Returns `true` if the text is beyond a limit; it may be JSON.
    pub fn is_limit(&self) -> bool {
        matches!(self.problem, Problem::TooDeep(_) | Problem::TooMany(_) | Problem::TooLong(_))
    }

    /// Returns `true` if the text has more values than are read.
    pub fn is_count(&self) -> bool {
        matches!(self.problem, Problem::TooMany(_))
    }

    /// Returns `true` if the text is nested deeper than is read.
    pub fn is_depth(&self) -> bool {
        matches!(self.problem, Problem::TooDeep(_))
    }

    /// Returns what is wrong, without the place.
    pub fn message(&self) -> String {
        match self.problem {
            Problem::Syntax(what) => what.to_owned(),
            Problem::Ends(within) => format!("EOF while parsing {within}"),
            Problem::TooDeep(most) => format!("nested too deep: at most {most} levels are read"),
            Problem::TooMany(most) => format!("more than {most} values"),
            Problem::TooLong(most) => format!("longer than {most} bytes"),
            Problem::NotAnObject(found) => format!("expected an object, got {found}"),
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} at line {} column {}", self.message(), self.line, self.column)
    }
}

impl std::error::Error for Error {}
