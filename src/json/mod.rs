//! JSON that comes from outside: one reader, whose limits cannot be reset.
//!
//! `serde_json` with `arbitrary_precision` and `raw_value` hands numbers and raw texts to a `Value` as objects with a
//! private key. It takes an object of a document that has such a key for one of them, and parses the text in it with a
//! fresh recursion limit. Nested, that overflows the stack. So no document may reach serde's own `Value`: [`read`] builds
//! it, and [`closed`] reads only types in which no `Value` stands. `clippy.toml` forbids all other ways.

mod error;
mod parser;
mod string;
#[cfg(test)]
mod tests;

pub use error::Error;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// What a document may be at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Levels of arrays and objects.
    pub depth: usize,
    /// Values, containers included. Each takes up to 320 bytes of memory.
    pub values: usize,
    /// Bytes of text.
    pub bytes: usize,
}

impl Limits {
    /// The limits of everything that is read, unless a place has its own. They are wider than those of what the server
    /// takes in, so that every answer about it can be read, whatever stands around it.
    pub const READ: Self = Self { depth: 160, values: 250_000, bytes: 64 << 20 };

    /// The limits of a request to the embedded server. An object may have members of several requests, and a run those of
    /// its assistant; all of them must be readable at once.
    pub const REQUEST: Self = Self { depth: 100, values: 60_000, bytes: 16 << 20 };
}

/// Reads a document within [`Limits::READ`].
///
/// # Errors
/// Where it is not JSON, or beyond a limit.
pub fn read(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read_within(text, Limits::READ)
}

/// Reads a document within limits. Literals of numbers and the order of members are kept; of equal names the last wins.
///
/// # Errors
/// Where it is not JSON, or beyond a limit.
pub fn read_within(text: impl AsRef<[u8]>, limits: Limits) -> Result<Value, Error> {
    read_counted(text, limits).map(|(value, _)| value)
}

/// Reads a document within limits, and counts its values.
///
/// # Errors
/// Where it is not JSON, or beyond a limit.
pub fn read_counted(text: impl AsRef<[u8]>, limits: Limits) -> Result<(Value, usize), Error> {
    parser::parse(text.as_ref(), limits, (usize::MAX, usize::MAX))
}

/// How much of each array and object an outline keeps.
const OUTLINED: usize = 256;

/// Reads the uppermost levels of a document that has too many values, and of each array and object in them the first 256
/// parts. The rest is looked at and left out.
///
/// # Errors
/// Where it is not JSON, or nested deeper than anything that is read.
pub fn outline(text: impl AsRef<[u8]>, levels: usize) -> Result<Value, Error> {
    let limits = Limits { values: usize::MAX, ..Limits::READ };
    parser::parse(text.as_ref(), limits, (levels, OUTLINED)).map(|(value, _)| value)
}

/// Reads what asst itself wrote, which may hold what was read at any size.
///
/// # Errors
/// Where it is not JSON, or nested deeper than anything that is read.
pub fn stored(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    let most = usize::MAX;
    read_within(text, Limits { values: most, bytes: most, ..Limits::READ })
}

/// Reads a document that must be an object, within [`Limits::READ`].
///
/// # Errors
/// Where it is not JSON, something else than an object, or beyond a limit.
pub fn object(text: impl AsRef<[u8]>) -> Result<Map<String, Value>, Error> {
    read(text).and_then(into_object)
}

/// Returns the members of a value that must be an object.
///
/// # Errors
/// Where it is something else.
pub fn into_object(value: Value) -> Result<Map<String, Value>, Error> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(Error::not_an_object(&other)),
    }
}

/// Counts the values of a JSON text, about: each but the first follows a comma or a bracket.
pub fn count(text: &str) -> usize {
    let (mut count, mut in_text, mut escaped) = (1, false, false);
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_text => escaped = true,
            b'"' => in_text = !in_text,
            b',' | b'[' | b'{' if !in_text => count += 1,
            _ => {}
        }
    }
    count
}

/// A type that serde may read from outside: no `serde_json::Value` stands in it, nor anything that is read by way of one.
pub trait Closed<'a>: Deserialize<'a> {}

impl Closed<'_> for String {}
impl Closed<'_> for Vec<String> {}
impl Closed<'_> for BTreeMap<String, String> {}
impl Closed<'_> for serde::de::IgnoredAny {}
impl<'a> Closed<'a> for Vec<&'a RawValue> {}

/// Reads a closed type.
///
/// # Errors
/// Where the text is not JSON, or something else than the type.
#[allow(clippy::disallowed_methods)] // No `Value` is in it.
pub fn closed<'a, T: Closed<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

/// Reads a closed type from bytes.
///
/// # Errors
/// Where the bytes are not JSON, or something else than the type.
#[allow(clippy::disallowed_methods)] // No `Value` is in it.
pub fn closed_bytes<'a, T: Closed<'a>>(text: &'a [u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(text)
}
