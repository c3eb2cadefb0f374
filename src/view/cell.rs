//! Conversion of a value to the text of a table cell, before control characters are removed and the text is truncated.

use super::column::{CellKind, Column};
use super::time::{age, timestamp};
use crate::json::unquoted;
use jiff::Timestamp;
use serde_json::Value;

/// The reader of a cell, which determines the form of times.
#[derive(Debug, Clone, Copy)]
pub(super) enum Audience {
    /// A person. Times are shown relative to this time.
    Person(Timestamp),
    /// A program. Times are in RFC 3339.
    Program,
}

/// Returns the text of a cell. Returns `None` if the item does not have the value, or if the value is null.
pub(super) fn text(column: &Column, item: &Value, audience: Audience) -> Option<String> {
    let value = column.value(item)?;
    Some(match column.cell {
        CellKind::Text | CellKind::Id => plain(&value),
        CellKind::Json => value.to_string(),
        CellKind::Content => content(&value),
        CellKind::Time => match (timestamp(&value), audience) {
            (Some(time), Audience::Person(now)) => age(time, now),
            (Some(time), Audience::Program) => time.to_string(),
            (None, _) => plain(&value),
        },
        CellKind::Count => match &*value {
            Value::Array(items) => items.len().to_string(),
            Value::Object(members) => members.len().to_string(),
            scalar => plain(scalar),
        },
    })
}

/// Returns a value as text: a string without quotes, an array of scalars joined by commas, and any other value as
/// compact JSON.
fn plain(value: &Value) -> String {
    let nested = |value: &Value| value.is_array() || value.is_object();
    match value {
        Value::Array(items) if !items.is_empty() && !items.iter().any(nested) => {
            items.iter().map(plain).collect::<Vec<_>>().join(",")
        }
        other => unquoted(other).into_owned(),
    }
}

/// Returns the text of message content, which is a text, a part, or a list of parts.
fn content(value: &Value) -> String {
    match value {
        Value::Array(parts) => parts.iter().map(part).collect::<Vec<_>>().join(" "),
        Value::Object(_) => part(value),
        other => plain(other),
    }
}

/// Returns the text of a content part, which is in `text.value`, in `text`, or in a list of these. For a part without
/// text, returns its type in brackets.
fn part(part: &Value) -> String {
    let value = |text: &'_ Value| text.get("value").unwrap_or(text).as_str().map(str::to_owned);
    let text = match part.get("text") {
        Some(Value::Array(texts)) => texts.iter().map(value).collect::<Option<Vec<_>>>().map(|texts| texts.join(" ")),
        Some(text) => value(text),
        None => None,
    };
    match (text, part.get("type")) {
        (Some(text), _) => text,
        (_, Some(Value::String(kind))) => format!("[{kind}]"),
        _ => plain(part),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn each_cell_kind_has_its_text() {
        let item = json!({
            "s": "x", "n": 3, "f": ["a", "b"], "e": [], "o": {"k": [1]}, "t": 1_700_000_000, "nonsense": "soon", "null": null,
            "parts": [{"type": "text", "text": {"value": "hi"}}, {"type": "input_text", "text": "you"}, {"type": "image_file"}],
        });
        let cell = |path: &str, cell| {
            text(
                &Column { name: String::new(), path: vec![path.to_owned()], cell, known: true },
                &item,
                Audience::Program,
            )
        };
        let cases = [
            ("s", CellKind::Text, "x"),
            ("s", CellKind::Json, "\"x\""),
            ("n", CellKind::Text, "3"),
            ("f", CellKind::Text, "a,b"),
            ("f", CellKind::Count, "2"),
            ("e", CellKind::Text, "[]"),
            ("n", CellKind::Count, "3"),
            ("o", CellKind::Text, r#"{"k":[1]}"#),
            ("t", CellKind::Time, "2023-11-14T22:13:20Z"),
            ("nonsense", CellKind::Time, "soon"),
            ("parts", CellKind::Content, "hi you [image_file]"),
            ("s", CellKind::Content, "x"),
        ];
        for (path, kind, expected) in cases {
            assert_eq!(cell(path, kind).as_deref(), Some(expected), "{path} as {kind:?}");
        }
        assert_eq!((cell("null", CellKind::Time), cell("none", CellKind::Text)), (None, None));
    }
}
