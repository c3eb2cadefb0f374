//! A YAML writer whose text the reader of this module parses back to the same value.
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

/// Returns the text of a value behind `key:` in a mapping with this indentation, with its line end: ` 1`, or a block on
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

/// Writes the entries of a mapping. `begun` is `true` if the first line has its indentation already.
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

/// Returns `true` if a collection is in flow style: it is empty, or short and without a text of several lines.
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

/// Returns a text as it is, if every reader takes it for a text, also within a collection in flow style.
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

/// Returns `true` if a character can be in a YAML text and is no line end of another version of YAML.
fn is_printable(character: char) -> bool {
    match character {
        '\u{feff}' | '\u{2028}' | '\u{2029}' => false,
        ' '..='~' | '\u{a0}'..='\u{fffd}' => true,
        other => other >= '\u{10000}',
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    fn members(value: &Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn a_manifest_has_the_style_that_a_person_would_write() {
        let value = json!({
            "asst": 1, "project": "hr",
            "assistants": { "helper": {
                "model": "gpt-4o",
                "instructions": { "file": "prompts/helper.md" },
                "description": "One.\nTwo.",
                "tools": ["file_search", { "file": "tools/leave.json" }],
                "tool_resources": { "file_search": { "vector_store_ids": [{ "ref": "vector_stores.handbook" }] } },
                "metadata": { "team": "a: b", "level": "01", "answer": "no", "empty": "" },
            } },
            "adopt": [{ "to": "assistants.helper", "env": "prod", "id": "asst_abc123" }],
        });
        let expected = "\
asst: 1
project: hr
assistants:
  helper:
    model: gpt-4o
    instructions: {file: prompts/helper.md}
    description: |-
      One.
      Two.
    tools: [file_search, {file: tools/leave.json}]
    tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}}
    metadata:
      team: \"a: b\"
      level: \"01\"
      answer: \"no\"
      empty: \"\"
adopt:
  - {to: assistants.helper, env: prod, id: asst_abc123}
";
        assert_eq!(document(&members(&value)), expected);
    }

    #[test]
    fn hostile_texts_are_read_back() {
        for text in [
            "yes",
            "No",
            "y",
            "01234",
            "1_000",
            "0x1F",
            "1e3",
            "~",
            "null",
            "true",
            "2024-01-01",
            "12:30",
            ".inf",
            "",
            " ",
            "\t",
            "a\tb",
            "a ",
            " a",
            "\r",
            "a\r\nb",
            "a\nb\r",
            "\u{2028}",
            "a\n\u{2029}",
            "\u{85}",
            "\u{feff}a",
            "\u{0}",
            "\u{7f}",
            "- a",
            "# x",
            "a # x",
            "key: v",
            "key:",
            "? a",
            "{a",
            "[a",
            "a, b",
            "&a",
            "*a",
            "!a",
            "|",
            "> a",
            "%a",
            "@a",
            "`a",
            "'",
            "\"",
            "\\",
            "---",
            "...",
            "<<",
            "=",
            "a\n",
            "a\n\n",
            "\na",
            "\n",
            "\n\n",
            "a\n b\n",
            " a\nb",
            "a\n\n\nb",
            "a\n---\nb",
            "a\n...\nb",
            "a\n#b",
            "a \nb",
            "a\n \nb",
            "\ta\nb",
            "a\n\tb",
            "é漢\nß",
            "\u{1f600}",
            "\u{10ffff}",
            "\u{fffe}",
            "$${A}",
        ] {
            let value = json!({ "a": text, "b": [text], "c": { text: text, "x": [[text], { "y": { "z": text } }] } });
            let written = document(&members(&value));
            assert_eq!(super::super::value(&written).unwrap(), value, "{text:?}\n{written}");
            let written = json(&value);
            assert_eq!(super::super::value(&written).unwrap(), value, "{text:?}\n{written}");
            assert_eq!(crate::json::read(&written).unwrap(), value, "{text:?}\n{written}");
        }
    }

    #[test]
    fn a_long_key_is_read_back() {
        let value = json!({ "a": { "k".repeat(3000): 1, "x": { "k y".repeat(300): ["a\nb"] } } });
        let written = document(&members(&value));
        assert_eq!(super::super::value(&written).unwrap(), value, "{written}");
    }

    fn values() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            r"[ -~\n\t]{0,60}",
            r"\PC{0,8}",
            r"[a \n\x00-\x1f\x7f-\u{a0}\u{2028}\u{feff}]{0,8}",
            r"([ab] ?[-:#,]?\n?){0,6}",
            "(yes|off|null|~|1e3|0o7|\\.inf|<<|: |# a|[>|]-?)"
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            (any::<u32>(), any::<u32>()).prop_map(|(a, b)| format!("{a}.{b}").parse().map(Value::Number).unwrap()),
            text.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 40, 4, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
                prop::collection::vec((text.clone(), inner), 0..4).prop_map(|m| Value::Object(m.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_value_is_read_back(value in values()) {
            let whole = Map::from_iter([("a".to_owned(), value)]);
            let text = document(&whole);
            prop_assert_eq!(super::super::value(&text).unwrap(), Value::Object(whole.clone()), "{}", text);
            let text = json(&Value::Object(whole.clone()));
            prop_assert_eq!(super::super::value(&text).unwrap(), Value::Object(whole), "{}", text);
        }
    }
}
