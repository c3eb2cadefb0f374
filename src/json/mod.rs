//! A JSON parser for untrusted documents, with fixed limits.
//!
//! `serde_json` with the features `arbitrary_precision` and `raw_value` passes numbers and raw text to a `Value` as
//! objects with a private key. If a document contains an object with that key, `serde_json` parses the text inside with
//! a new recursion limit. If such objects are nested, this overflows the stack.
//!
//! For this reason no document may be deserialized into a `Value` by serde. [`read`] builds the `Value` itself, and
//! [`closed`] reads only types that contain no `Value`. `clippy.toml` forbids all other ways.

mod cursor;
mod error;
mod limits;
mod parser;
mod string;
#[cfg(test)]
mod tests;

pub use error::{Error, type_name};
pub use limits::JsonLimits;

use serde::Deserialize;
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use std::borrow::Cow;
use std::collections::BTreeMap;

/// Parses a document within [`JsonLimits::READ`].
///
/// # Errors
/// Returns an error if the text is not JSON or exceeds a limit.
pub fn read(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read_within(text, JsonLimits::READ)
}

/// Parses a document within the given limits. Keeps number literals and the order of members. If a name is repeated,
/// the last value is used.
///
/// # Errors
/// Returns an error if the text is not JSON or exceeds a limit.
pub fn read_within(text: impl AsRef<[u8]>, limits: JsonLimits) -> Result<Value, Error> {
    read_counted(text, limits).map(|(value, _)| value)
}

/// Parses a document within the given limits and returns the number of values in it.
///
/// # Errors
/// Returns an error if the text is not JSON or exceeds a limit.
pub fn read_counted(text: impl AsRef<[u8]>, limits: JsonLimits) -> Result<(Value, usize), Error> {
    parser::parse(text.as_ref(), limits, (usize::MAX, usize::MAX))
}

/// The number of items that [`outline`] keeps of each array and object.
const OUTLINED: usize = 256;

/// Parses only the top levels of a document that has too many values. Keeps the first 256 items of each array and
/// object. The rest is checked and discarded.
///
/// # Errors
/// Returns an error if the text is not JSON or exceeds the depth of [`JsonLimits::READ`].
pub fn outline(text: impl AsRef<[u8]>, levels: usize) -> Result<Value, Error> {
    let limits = JsonLimits { values: usize::MAX, ..JsonLimits::READ };
    parser::parse(text.as_ref(), limits, (levels, OUTLINED)).map(|(value, _)| value)
}

/// Parses JSON that this program wrote. Only the depth is limited, because stored text can be larger than any one
/// document.
///
/// # Errors
/// Returns an error if the text is not JSON or exceeds the depth of [`JsonLimits::READ`].
pub fn stored(text: impl AsRef<[u8]>) -> Result<Value, Error> {
    read_within(text, JsonLimits { values: usize::MAX, bytes: usize::MAX, ..JsonLimits::READ })
}

/// Returns a string without quotes, and any other value as JSON text.
pub fn unquoted(value: &Value) -> Cow<'_, str> {
    match value {
        Value::String(text) => text.into(),
        other => other.to_string().into(),
    }
}

/// Parses a document that must be an object, within [`JsonLimits::READ`].
///
/// # Errors
/// Returns an error if the text is not JSON, is not an object, or exceeds a limit.
pub fn object(text: impl AsRef<[u8]>) -> Result<Map<String, Value>, Error> {
    read(text).and_then(into_object)
}

/// Returns the members of a value that must be an object.
///
/// # Errors
/// Returns an error if the value is not an object.
pub fn into_object(value: Value) -> Result<Map<String, Value>, Error> {
    match value {
        Value::Object(members) => Ok(members),
        other => Err(Error::not_an_object(&other)),
    }
}

/// Estimates the number of values in a JSON text. Each value but the first follows a comma or an opening bracket.
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

/// A type that serde may deserialize from untrusted text, because no `serde_json::Value` is involved.
pub trait Closed<'a>: Deserialize<'a> {}

impl Closed<'_> for String {}
impl Closed<'_> for Vec<String> {}
impl Closed<'_> for BTreeMap<String, String> {}
impl Closed<'_> for serde::de::IgnoredAny {}
impl<'a> Closed<'a> for Vec<&'a RawValue> {}

/// Deserializes a [`Closed`] type from text.
///
/// # Errors
/// Returns an error if the text is not JSON or does not match the type.
#[allow(clippy::disallowed_methods)] // The type contains no `Value`.
pub fn closed<'a, T: Closed<'a>>(text: &'a str) -> Result<T, serde_json::Error> {
    serde_json::from_str(text)
}

/// Deserializes a [`Closed`] type from bytes.
///
/// # Errors
/// Returns an error if the bytes are not JSON or do not match the type.
#[allow(clippy::disallowed_methods)] // The type contains no `Value`.
pub fn closed_bytes<'a, T: Closed<'a>>(text: &'a [u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(text)
}
