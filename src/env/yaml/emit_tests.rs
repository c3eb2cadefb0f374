//! Tests of the writer: every text and every value is read back, and a manifest has a plain style.
#![allow(clippy::unwrap_used)]

use super::emit::*;
use super::strategy::values;
use super::value as read;
use proptest::prelude::*;
use serde_json::{Map, Value, json};

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
        assert_eq!(read(&written).unwrap(), value, "{text:?}\n{written}");
        let written = json(&value);
        assert_eq!(read(&written).unwrap(), value, "{text:?}\n{written}");
        assert_eq!(crate::json::read(&written).unwrap(), value, "{text:?}\n{written}");
    }
}

#[test]
fn a_long_key_is_read_back() {
    let value = json!({ "a": { "k".repeat(3000): 1, "x": { "k y".repeat(300): ["a\nb"] } } });
    let written = document(&members(&value));
    assert_eq!(read(&written).unwrap(), value, "{written}");
}

/// Returns numbers in the form of integers and decimals.
fn numbers() -> impl Strategy<Value = Value> {
    let decimal =
        (any::<u32>(), any::<u32>()).prop_map(|(a, b)| format!("{a}.{b}").parse().map(Value::Number).unwrap());
    prop_oneof![any::<i64>().prop_map(Value::from), decimal]
}

proptest! {
    #[test]
    fn every_value_is_read_back(value in values(numbers())) {
        let whole = Map::from_iter([("a".to_owned(), value)]);
        let text = document(&whole);
        prop_assert_eq!(read(&text).unwrap(), Value::Object(whole.clone()), "{}", text);
        let text = json(&Value::Object(whole.clone()));
        prop_assert_eq!(read(&text).unwrap(), Value::Object(whole), "{}", text);
    }
}
