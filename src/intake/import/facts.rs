//! The facts that an input contains about an ID.

use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The facts about one ID, not validated.
#[derive(Debug, Default, PartialEq)]
pub(super) struct IdFacts {
    /// Empty if the record has no ID.
    pub(super) id: String,
    pub(super) kind: Option<String>,
    pub(super) created: Option<Value>,
    pub(super) parent: Option<String>,
    pub(super) metadata: Option<BTreeMap<String, String>>,
}

impl IdFacts {
    /// Returns an ID without other facts.
    pub(super) fn of(id: &str) -> Self {
        Self { id: id.to_owned(), ..Self::default() }
    }
}

/// Returns `true` if a cell is empty in one of the notations of databases.
pub(super) fn is_null(cell: &str) -> bool {
    cell.is_empty() || cell.eq_ignore_ascii_case("null") || cell == "\\N"
}

/// Converts the members of an object into metadata.
pub(super) fn pairs(object: &Map<String, Value>) -> BTreeMap<String, String> {
    object.iter().map(|(key, value)| (key.clone(), plain(value))).collect()
}

/// Returns a string as it is, and any other value as JSON.
pub(super) fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
