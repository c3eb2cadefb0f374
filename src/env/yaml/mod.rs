//! A YAML reader that produces JSON values, by the core schema of YAML 1.2.
//!
//! A parser library produces events. This module builds nodes from them, with limits on depth, values and bytes. A node
//! contains its position in the text, so that every error can show one. Content that JSON cannot represent is an error:
//! application tags, infinity, and several documents.

mod build;
mod de;
pub(crate) mod emit;
#[cfg(test)]
mod emit_tests;
mod extent;
mod merge;
mod scalar;
#[cfg(test)]
pub(crate) mod strategy;
mod tag;
#[cfg(test)]
mod tests;

pub(crate) use build::document;
pub(crate) use scalar::Scalar;

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use std::ops::Range;

/// The serde name of a newtype struct that receives its value as JSON text.
///
/// The serde data model has no numbers of arbitrary length. A struct of this name is therefore deserialized from bytes
/// that hold JSON text with every digit. Strings and null are passed unchanged.
pub const AS_JSON: &str = "$asst::json";

/// An error in YAML text, with its position. Line and column count from 1. Both are 0 if the position is unknown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct YamlError {
    pub(crate) message: String,
    pub(crate) at: Position,
}

/// A position in the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Position {
    pub(crate) line: u32,
    pub(crate) column: u32,
    /// The number of the file, if several are read together.
    pub(crate) file: u32,
}

/// A value and its position.
#[derive(Debug, Clone)]
pub(crate) struct YamlNode {
    pub(crate) at: Position,
    /// The range of the value in the text, in bytes: from its first byte, or from the header of a block scalar, to its
    /// last byte. `None` if the value is written elsewhere, for example because an alias copies it, or if the text is
    /// not YAML.
    pub(crate) extent: Option<Range<usize>>,
    pub(crate) kind: NodeKind,
}

#[derive(Debug, Clone)]
pub(crate) enum NodeKind {
    Scalar { text: String, scalar: Scalar },
    Sequence(Vec<YamlNode>),
    Mapping(Vec<(MemberName, YamlNode)>),
}

/// The name of a member and its position.
#[derive(Debug, Clone)]
pub(crate) struct MemberName {
    pub(crate) at: Position,
    /// The range of the name in the text, as in [`YamlNode`].
    pub(crate) extent: Option<Range<usize>>,
    pub(crate) name: String,
}

/// Parses a document into a JSON value.
///
/// # Errors
/// Returns an error if the text is not YAML, or contains something that JSON cannot represent.
pub(super) fn value(text: &str) -> Result<Value, YamlError> {
    Ok(build::document(text)?.into_value())
}

/// Parses a document into a type.
///
/// # Errors
/// Returns an error if the text is not YAML, or the type does not accept a value in it.
pub(super) fn typed<T: DeserializeOwned>(text: &str) -> Result<T, YamlError> {
    T::deserialize(&build::document(text)?)
}

impl YamlNode {
    /// Sets the number of the file in every position.
    pub(crate) fn set_file(&mut self, file: u32) {
        self.at.file = file;
        match &mut self.kind {
            NodeKind::Scalar { .. } => {}
            NodeKind::Sequence(items) => items.iter_mut().for_each(|item| item.set_file(file)),
            NodeKind::Mapping(members) => members.iter_mut().for_each(|(name, node)| {
                name.at.file = file;
                node.set_file(file);
            }),
        }
    }

    /// Removes the extents of the node and of everything in it. The copies that aliases make are not in the text.
    fn clear_extents(&mut self) {
        self.extent = None;
        match &mut self.kind {
            NodeKind::Scalar { .. } => {}
            NodeKind::Sequence(items) => items.iter_mut().for_each(Self::clear_extents),
            NodeKind::Mapping(members) => members.iter_mut().for_each(|(name, node)| {
                name.extent = None;
                node.clear_extents();
            }),
        }
    }

    /// Converts the node into a JSON value, member by member. The deserializer of `Value` would give a special meaning
    /// to the private names of `serde_json`.
    pub(crate) fn into_value(self) -> Value {
        match self.kind {
            NodeKind::Scalar { text, scalar } => match scalar {
                Scalar::Null => Value::Null,
                Scalar::Bool(value) => Value::Bool(value),
                Scalar::Number(number) => Value::Number(number),
                Scalar::Text => Value::String(text),
            },
            NodeKind::Sequence(items) => Value::Array(items.into_iter().map(Self::into_value).collect()),
            NodeKind::Mapping(members) => {
                let members = members.into_iter().map(|(key, node)| (key.name, node.into_value()));
                Value::Object(members.collect::<Map<_, _>>())
            }
        }
    }
}

impl Position {
    fn error(self, message: impl Into<String>) -> YamlError {
        YamlError { message: message.into(), at: self }
    }
}
