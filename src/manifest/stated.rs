//! Converts objects of a backend to the form for a manifest: without defaults, with references, and with escaped texts.
//! This is the opposite of the reader.

use super::canonical;
use super::kinds::{ResourceKind, reduced};
use super::members::{SCHEMAS, normalised};
use super::references;
use serde_json::{Map, Value};

/// The minimum length of a text of one line that is stored in a separate file, in characters.
const LONG: usize = 120;

/// Returns the members that an object of the backend has in a manifest. Both have the same canonical form. `ignore`
/// contains the paths of members that the manifest does not own. `name_of` receives a section and an ID, and returns
/// the name of the object in the manifest, or `None` to leave the ID.
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

/// Escapes the texts of a value, so that the reader replaces no variable in them. The texts of a JSON Schema stay,
/// because the reader does not replace variables there.
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

/// Returns `true` if the reader would take a part of a value for a reference to a file: `{file: PATH}`.
pub fn names_a_file(value: &Value) -> bool {
    match value {
        Value::Array(items) => items.iter().any(names_a_file),
        Value::Object(members) => stands_for_file(members) || members.values().any(names_a_file),
        _ => false,
    }
}

/// Returns `true` if the reader would take these members for a reference to a file: `{file: PATH}`.
pub fn stands_for_file(members: &Map<String, Value>) -> bool {
    members.len() == 1 && members.get("file").is_some_and(Value::is_string)
}

/// Returns the contents of a file for a text, or `None` if reading the file would not return exactly this text.
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
