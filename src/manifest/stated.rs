//! Objects of a backend as a manifest would state them: without defaults, with references, and with escaped texts. The
//! opposite of the reader.

use super::canonical;
use super::kinds::{ResourceKind, reduced};
use super::members::{SCHEMAS, normalised};
use super::references;
use serde_json::{Map, Value};

/// The minimum length of a text of one line that is stored in a separate file, in characters.
const LONG: usize = 120;

/// Returns the members that a manifest states for an object of the backend. Their canonical form is that of the object.
/// `ignore` contains the paths of members that the manifest does not own. `name_of` returns the name in the manifest of
/// an object of a section with an ID, or `None` to keep the ID.
pub fn stated(
    kind: &ResourceKind,
    live: &Map<String, Value>,
    ignore: &[String],
    name_of: impl Fn(&'static str, &str) -> Option<String>,
) -> Map<String, Value> {
    let form = canonical(kind, live, ignore);
    let mut members = Map::new();
    for member in kind.members {
        let (Some(raw), Some(normal)) = (live.get(member.name), form.get(member.name)) else { continue };
        let value = match (member.stated, normal) {
            (Some(stated), _) => stated(raw),
            (None, Value::Number(_)) => normal.clone(),
            (None, _) => reduced(raw, normal),
        };
        members.insert(member.name.to_owned(), value);
    }
    references::refer(kind, &mut members, name_of);
    members
}

/// Returns a value of a member whose texts contain no reference to a variable. JSON Schemas have none.
pub fn escaped(value: &Value) -> Value {
    match value {
        Value::String(text) => Value::from(text.replace("${", "$${")),
        Value::Array(items) => items.iter().map(escaped).collect(),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| match SCHEMAS.contains(&name.as_str()) {
                true => (name.clone(), value.clone()),
                false => (name.clone(), escaped(value)),
            });
            Value::Object(members.collect())
        }
        other => other.clone(),
    }
}

/// Returns `true` if a part of a value would be read as the name of a file: `{file: PATH}`.
pub fn names_a_file(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(names_a_file),
        Value::Object(members) => stands_for_file(members) || members.values().any(names_a_file),
        _ => false,
    }
}

/// Returns `true` if members would be read as the name of a file: `{file: PATH}`.
pub fn stands_for_file(members: &Map<String, Value>) -> bool {
    members.len() == 1 && members.get("file").is_some_and(Value::is_string)
}

/// Returns the contents of a text file for a text, or `None` if a file could not hold it exactly.
pub fn text_file(text: &str) -> Option<String> {
    let is_kept = |character: char| !character.is_control() || character == '\n' || character == '\t';
    let contents = format!("{text}\n");
    let is_exact = !text.starts_with('\u{feff}') && text.chars().all(is_kept) && normalised(&contents) == text;
    is_exact.then_some(contents)
}

/// Returns `true` if a text belongs into a separate file: it has several lines, or is long.
pub fn is_long(text: &str) -> bool {
    text.contains('\n') || text.chars().count() > LONG
}
