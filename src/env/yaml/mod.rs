//! YAML as values that JSON can hold, by the core schema of YAML 1.2.
//!
//! A parser library returns events. The code here builds nodes from them, with limits on depth, values and bytes. A node
//! keeps its place in the text, and every error names one. What JSON cannot hold is refused and never changed silently:
//! tags of applications, infinity, several documents.

mod build;
mod de;
mod merge;
mod scalar;
#[cfg(test)]
mod tests;

use scalar::Scalar;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

/// The name under which a field asks for its value as JSON text instead of as a serde data model.
///
/// serde has no number of any length. A newtype struct of this name is deserialized from bytes, which are JSON text with
/// every digit, or from a string or nothing, which stand for themselves.
pub const AS_JSON: &str = "$asst::json";

/// An error in YAML text, with its place. Line and column count from 1; both are 0 where there is no place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct YamlError {
    pub(super) message: String,
    pub(super) at: At,
}

/// A place in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct At {
    pub(super) line: u32,
    pub(super) column: u32,
}

/// A value and its place.
#[derive(Debug, Clone)]
struct Node {
    at: At,
    kind: Kind,
}

#[derive(Debug, Clone)]
enum Kind {
    Scalar { text: String, scalar: Scalar },
    Sequence(Vec<Node>),
    Mapping(Vec<(Key, Node)>),
}

/// The name of a member and its place.
#[derive(Debug, Clone)]
struct Key {
    at: At,
    name: String,
}

/// Parses a document into a JSON value.
///
/// # Errors
/// If the text is not YAML, or holds what JSON cannot.
pub(super) fn value(text: &str) -> Result<Value, YamlError> {
    Ok(build::document(text)?.into_value())
}

/// Parses a document into a type.
///
/// # Errors
/// If the text is not YAML, or the type does not accept a value in it.
pub(super) fn typed<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    T::deserialize(&build::document(text)?)
}

impl Node {
    /// Returns the node as a JSON value. The value is built member by member: the deserializer of `Value` would read
    /// members with private names of serde_json as something else.
    fn into_value(self) -> Value {
        match self.kind {
            Kind::Scalar { text, scalar } => match scalar {
                Scalar::Null => Value::Null,
                Scalar::Bool(value) => Value::Bool(value),
                Scalar::Number(number) => Value::Number(number),
                Scalar::Text => Value::String(text),
            },
            Kind::Sequence(items) => Value::Array(items.into_iter().map(Self::into_value).collect()),
            Kind::Mapping(members) => {
                let members = members.into_iter().map(|(key, node)| (key.name, node.into_value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

impl At {
    fn error(self, message: impl Into<String>) -> YamlError {
        YamlError { message: message.into(), at: self }
    }
}
