//! A YAML writer. The reader of this module parses the written text back to the same value.
//!
//! Short collections are in flow style, and texts of several lines are literal blocks. A text is plain only if no reader
//! of YAML 1.1 or 1.2 takes it for another type. Every other text is in double quotes, in which YAML and JSON agree.

use super::scalar::{self, Scalar};
use serde_json::{Map, Value};
use std::fmt::Write as _;

/// The number of spaces per level.
const STEP: usize = 2;

/// The maximum length of a collection in flow style, in bytes.
const MAX_FLOW: usize = 90;

/// The maximum length of a key before `:`. YAML allows 1,024 characters.
const MAX_KEY: usize = 500;

/// The words that YAML 1.1 reads as booleans, in lower case.
const OLD_BOOLEANS: [&str; 6] = ["y", "n", "yes", "no", "on", "off"];

/// Returns a mapping as a document.
pub(crate) fn document(members: &Map<String, Value>) -> String {
    let mut text = String::new();
    match members.is_empty() || has_long_key(members) {
        true => drop(writeln!(text, "{}", flow(&Value::Object(members.clone())))),
        false => entries(&mut text, members, 0, false),
    }
    text
}

/// Returns the text of a value after `key:` in a mapping with this indentation, with its line end: ` 1`, or a block on
/// the next lines.
pub(crate) fn value(value: &Value, indent: usize) -> String {
    let mut text = String::new();
    put(&mut text, value, indent);
    text
}

/// Returns the text of an item of a sequence with this indentation, with its `-` and its line end.
pub(crate) fn item(value: &Value, indent: usize) -> String {
    let mut text = " ".repeat(indent) + "-";
    match value {
        Value::Object(members) if !fits(value) && !has_long_key(members) => {
            text.push(' ');
            entries(&mut text, members, indent + STEP, true);
        }
        other => put(&mut text, other, indent),
    }
    text
}

/// Returns a value on one line.
pub(crate) fn flow(value: &Value) -> String {
    match value {
        Value::String(text) => plain(text).unwrap_or_else(|| quoted(text)),
        Value::Array(items) => format!("[{}]", items.iter().map(flow).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let entries = members.iter().map(|(name, value)| match name.len() > MAX_KEY {
                true => format!("? {} : {}", key(name), flow(value)),
                false => format!("{}: {}", key(name), flow(value)),
            });
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns a value as JSON on one line. The reader of YAML accepts the text too.
pub(crate) fn json(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(json).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let entries = members.iter().map(|(name, value)| format!("{}: {}", quoted(name), json(value)));
            format!("{{{}}}", entries.collect::<Vec<_>>().join(", "))
        }
        other => other.to_string(),
    }
}

/// Returns the text of a key.
pub(crate) fn key(name: &str) -> String {
    plain(name).unwrap_or_else(|| quoted(name))
}

/// Returns a text in double quotes, with the escapes that JSON and YAML share.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::from('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            other if is_printable(other) => out.push(other),
            other => drop(write!(out, "\\u{:04X}", u32::from(other))),
        }
    }
    out.push('"');
    out
}

fn put(out: &mut String, value: &Value, indent: usize) {
    match value {
        Value::String(text) => match literal(text, indent + STEP) {
            Some(block) => out.push_str(&block),
            None => drop(writeln!(out, " {}", flow(value))),
        },
        Value::Array(items) if !fits(value) => {
            out.push('\n');
            items.iter().for_each(|one| out.push_str(&item(one, indent + STEP)));
        }
        Value::Object(members) if !fits(value) && !has_long_key(members) => {
            out.push('\n');
            entries(out, members, indent + STEP, false);
        }
        other => drop(writeln!(out, " {}", flow(other))),
    }
}

/// Writes the entries of a mapping. `begun` is `true` if the indentation of the first line is already written.
fn entries(out: &mut String, members: &Map<String, Value>, indent: usize, begun: bool) {
    for (n, (name, value)) in members.iter().enumerate() {
        if n > 0 || !begun {
            out.push_str(&" ".repeat(indent));
        }
        out.push_str(&key(name));
        out.push(':');
        put(out, value, indent);
    }
}

/// Returns `true` if a value fits on one line: it is a scalar, or a collection that is empty, or short and flat.
fn fits(value: &Value) -> bool {
    let (is_empty, is_flat) = match value {
        Value::Array(items) => (items.is_empty(), items.iter().all(is_small)),
        Value::Object(members) => (members.is_empty(), members.len() <= 3 && members.values().all(is_small)),
        _ => return true,
    };
    is_empty || is_flat && flow(value).len() <= MAX_FLOW
}

fn is_small(value: &Value) -> bool {
    match value {
        Value::String(text) => !text.contains('\n'),
        Value::Array(items) => items.iter().all(|item| !item.is_array() && is_small(item)),
        Value::Object(members) => members.len() <= 1 && members.values().all(is_small),
        _ => true,
    }
}

fn has_long_key(members: &Map<String, Value>) -> bool {
    members.keys().any(|name| name.len() > MAX_KEY)
}

/// Returns a text unquoted if every reader reads it as this text, in block and in flow style.
fn plain(text: &str) -> Option<String> {
    let is_word = |character: char| character.is_ascii_alphanumeric() || "_-./@+() ".contains(character);
    let is_word = |character: char| is_word(character) || !character.is_ascii() && character.is_alphanumeric();
    let begins = text.starts_with(|first: char| first == '_' || first == '/' || first.is_alphanumeric());
    let only_number = text.chars().all(|character| character.is_ascii_digit() || "_-.+TZtzeExXoO".contains(character));
    let is_safe = begins && !text.ends_with(' ') && text.chars().all(is_word) && text.len() <= MAX_KEY;
    let is_old = OLD_BOOLEANS.contains(&text.to_ascii_lowercase().as_str());
    let is_text = matches!(scalar::plain(text), Ok(Scalar::Text));
    (is_safe && is_text && !is_old && !(only_number && text.bytes().any(|byte| byte.is_ascii_digit())))
        .then(|| text.to_owned())
}

/// Returns a text of several lines as a literal block with this indentation, if a block can represent it.
fn literal(text: &str, indent: usize) -> Option<String> {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let is_block = text.contains('\n')
        && !text.starts_with([' ', '\t', '\n'])
        && !body.ends_with('\n')
        && text.chars().all(|character| character == '\n' || character == '\t' || is_printable(character));
    if !is_block {
        return None;
    }
    let mut out = String::from(if body.len() == text.len() { " |-\n" } else { " |\n" });
    for line in body.split('\n') {
        if !line.is_empty() {
            out.push_str(&" ".repeat(indent));
            out.push_str(line);
        }
        out.push('\n');
    }
    Some(out)
}

/// Returns `true` if YAML allows a character, and no version of YAML reads it as a line end.
fn is_printable(character: char) -> bool {
    match character {
        '\u{feff}' | '\u{2028}' | '\u{2029}' => false,
        ' '..='~' | '\u{a0}'..='\u{fffd}' => true,
        other => other >= '\u{10000}',
    }
}
