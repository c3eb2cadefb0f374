//! Errors of the JSON parser.

use serde_json::Value;
use std::fmt;

/// A parse error with its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    problem: Problem,
    line: usize,
    column: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Problem {
    /// The text is not JSON, for this reason.
    Syntax(&'static str),
    /// The text ends within this element.
    Ends(&'static str),
    TooDeep(usize),
    TooMany(usize),
    TooLong(usize),
    /// The text is JSON, but its root has this type.
    NotAnObject(&'static str),
}

impl Error {
    /// Creates an error about the byte at `index`. Lines and columns count from 1.
    pub(super) fn at(problem: Problem, text: &[u8], index: usize) -> Self {
        let before = &text[..index.min(text.len())];
        let line = 1 + memchr::memchr_iter(b'\n', before).count();
        let column = 1 + before.len() - memchr::memrchr(b'\n', before).map_or(0, |end| end + 1);
        // An index at the end points after the last byte. The error names the last byte instead.
        let column = if matches!(problem, Problem::Ends(_)) { column - 1 } else { column };
        Self { problem, line, column }
    }

    pub(super) fn not_an_object(value: &Value) -> Self {
        let found = type_name(value);
        Self { problem: Problem::NotAnObject(found), line: 1, column: 1 }
    }

    /// Returns the line, counting from 1.
    pub fn line(&self) -> usize {
        self.line
    }

    /// Returns the byte column within the line, counting from 1.
    pub fn column(&self) -> usize {
        self.column
    }

    /// Returns `true` if the text ends too early.
    pub fn is_eof(&self) -> bool {
        matches!(self.problem, Problem::Ends(_))
    }

    /// Returns `true` if the text exceeds a limit. The text may still be valid JSON.
    pub fn is_limit(&self) -> bool {
        matches!(self.problem, Problem::TooDeep(_) | Problem::TooMany(_) | Problem::TooLong(_))
    }

    /// Returns `true` if the text exceeds the limit on the number of values.
    pub fn is_count(&self) -> bool {
        matches!(self.problem, Problem::TooMany(_))
    }

    /// Returns `true` if the text exceeds the limit on the nesting depth.
    pub fn is_depth(&self) -> bool {
        matches!(self.problem, Problem::TooDeep(_))
    }

    /// Returns the message without the position.
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

/// Returns the JSON type of a value with its article, such as `an array`, for use in messages.
pub fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(number) if number.is_f64() => "a decimal",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}
