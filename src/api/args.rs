//! Value parsers for command-line flags: keywords, inline JSON, `@path`, and `KEY=VALUE`.
//!
//! A text flag is always taken literally. Only a flag whose help shows `JSON|@path` reads a file, through
//! [`crate::env::input`]. The module must not depend on the endpoints that use the flags.

use crate::env::input;
use serde_json::{Map, Value, json};

/// A `KEY=VALUE` argument of a repeatable flag, split at the first `=`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pair {
    pub key: String,
    pub value: String,
}

impl std::str::FromStr for Pair {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        pair(text, "key", "KEY=VALUE")
    }
}

/// Splits a pair at the first `=`. `before` and `form` describe the expected input in errors.
fn pair(text: &str, before: &str, form: &str) -> Result<Pair, String> {
    match text.split_once('=') {
        Some(("", _)) => Err(format!("the {before} before `=` is empty")),
        Some((key, value)) => Ok(Pair { key: key.into(), value: value.into() }),
        None => Err(format!("expected {form}")),
    }
}

/// Parses the value of a filter. An empty value is refused: it would select everything or nothing, and usually comes
/// from a variable of a script that is not set.
pub fn filter(text: &str) -> Result<String, String> {
    match text.trim() {
        "" => Err("the value is empty; check the variable that it comes from, or remove the flag".to_owned()),
        _ => Ok(text.to_owned()),
    }
}

/// Serializes pairs as a JSON object of strings. Deserializes the same form; null means no pairs.
pub mod pairs {
    use super::Pair;
    use serde::{Deserialize, Deserializer, Serializer, ser::SerializeMap};
    use serde_json::{Map, Value};

    pub fn serialize<S: Serializer>(pairs: &Option<Vec<Pair>>, out: S) -> Result<S::Ok, S::Error> {
        let pairs = pairs.as_deref().unwrap_or_default();
        let mut map = out.serialize_map(Some(pairs.len()))?;
        for pair in pairs {
            map.serialize_entry(&pair.key, &pair.value)?;
        }
        map.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<Pair>>, D::Error> {
        let map = Option::<Map<String, Value>>::deserialize(from)?;
        let text = |value: Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        Ok(map.map(|map| map.into_iter().map(|(key, value)| Pair { key, value: text(value) }).collect()))
    }
}

/// Parses `JSON|@path`: inline JSON, or the path of a JSON or YAML file.
pub fn json(text: &str) -> Result<Value, String> {
    input::read_structured(text).map_err(|error| error.to_string())
}

/// Parses `JSON|@path` and requires an object.
pub fn object(text: &str) -> Result<Value, String> {
    json(text).and_then(|value| match value {
        Value::Object(_) => Ok(value),
        other => Err(format!("expected a JSON object, found {}", crate::json::type_name(&other))),
    })
}

/// Parses `JSON|@path|-` and requires an object: the complete request of `--body`.
pub fn body(text: &str) -> Result<Map<String, Value>, String> {
    match json(text)? {
        Value::Object(map) => Ok(map),
        other => Err(format!("expected a JSON object, found {}", crate::json::type_name(&other))),
    }
}

/// Parses `JSON|@path` and requires an object, or an array of objects for several at once.
pub fn objects(text: &str) -> Result<Value, String> {
    json(text).and_then(|value| match &value {
        Value::Object(_) => Ok(value),
        Value::Array(items) => match items.iter().find(|item| !item.is_object()) {
            None => Ok(value),
            Some(other) => Err(format!("expected JSON objects, found {} in the array", crate::json::type_name(other))),
        },
        other => Err(format!("expected a JSON object or an array of objects, found {}", crate::json::type_name(other))),
    })
}

/// Returns the objects of several arguments that [`objects`] has parsed, in one list.
pub(super) fn flattened(values: Option<Vec<Value>>) -> Option<Vec<Value>> {
    let items = |value| match value {
        Value::Array(items) => items,
        other => vec![other],
    };
    values.map(|values| values.into_iter().flat_map(items).collect())
}

/// Parses `--chunking-strategy`: `auto`, `static:SIZE,OVERLAP`, or `JSON|@path`.
pub fn chunking_strategy(text: &str) -> Result<Value, String> {
    const KEYWORDS: &str = "auto, static:SIZE,OVERLAP";
    if text == "auto" {
        return Ok(json!({ "type": "auto" }));
    }
    let Some(sizes) = text.strip_prefix("static:") else {
        return object(text).map_err(|error| or_keywords(text, KEYWORDS, error));
    };
    let sizes = sizes.split_once(',').and_then(|(size, overlap)| Some((size.parse().ok()?, overlap.parse().ok()?)));
    let (size, overlap): (u32, u32) = sizes.ok_or("expected two numbers of tokens, as in static:800,400")?;
    let sizes = json!({ "max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap });
    Ok(json!({ "type": "static", "static": sizes }))
}

/// Parses `--attributes`: `KEY=TEXT`, or `KEY:=JSON` for a number or a boolean.
pub fn attribute(text: &str) -> Result<(String, Value), String> {
    const FORMS: &str = "KEY=TEXT or KEY:=JSON";
    let Pair { key, value } = pair(text, "key", FORMS)?;
    match key.strip_suffix(':') {
        None => Ok((key, value.into())),
        Some("") => Err("the key before `:=` is empty".to_owned()),
        Some(name) => match crate::json::read(value.as_bytes()) {
            Ok(value) => Ok((name.to_owned(), value)),
            Err(_) => Err(format!("expected a JSON value behind `{name}:=`, such as 2024 or true, found `{value}`")),
        },
    }
}

/// Serializes attributes as a JSON object. Deserializes the same form; null means no attributes.
pub mod attributes {
    use serde::{Deserialize, Deserializer, Serializer, ser::SerializeMap};
    use serde_json::{Map, Value};

    pub fn serialize<S: Serializer>(pairs: &Option<Vec<(String, Value)>>, out: S) -> Result<S::Ok, S::Error> {
        let pairs = pairs.as_deref().unwrap_or_default();
        let mut map = out.serialize_map(Some(pairs.len()))?;
        for (key, value) in pairs {
            map.serialize_entry(key, value)?;
        }
        map.end()
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Vec<(String, Value)>>, D::Error> {
        let map = Option::<Map<String, Value>>::deserialize(from)?;
        Ok(map.map(|map| map.into_iter().collect()))
    }
}

/// Reads the text of a file for a `--…-file` flag. `-` is standard input.
pub fn text_file(path: &str) -> Result<String, String> {
    input::read_text(path).map_err(|error| error.to_string())
}

/// Parses `--tool`: `code_interpreter`, `file_search`, or `JSON|@path`.
pub fn tool(text: &str) -> Result<Value, String> {
    match text {
        "code_interpreter" | "file_search" => Ok(json!({ "type": text })),
        _ => object(text).map_err(|error| or_keywords(text, "code_interpreter, file_search", error)),
    }
}

/// Parses `--response-format`: `auto`, `text`, `json_object`, or `JSON|@path`.
pub fn response_format(text: &str) -> Result<Value, String> {
    match text {
        "auto" => Ok(json!("auto")),
        "text" | "json_object" => Ok(json!({ "type": text })),
        _ => object(text).map_err(|error| or_keywords(text, "auto, text, json_object", error)),
    }
}

/// Parses `--truncation-strategy`: `auto`, `last_messages:N`, or `JSON|@path`.
pub fn truncation_strategy(text: &str) -> Result<Value, String> {
    if text == "auto" {
        return Ok(json!({ "type": "auto" }));
    }
    match text.strip_prefix("last_messages:") {
        Some(count) => match count.parse::<u32>() {
            Ok(count) => Ok(json!({ "type": "last_messages", "last_messages": count })),
            Err(_) => Err(format!("`{count}` is not a number of messages")),
        },
        None => object(text).map_err(|error| or_keywords(text, "auto, last_messages:N", error)),
    }
}

/// Parses `--tool-choice`: `none`, `auto`, `required`, `function:NAME`, `file_search`, `code_interpreter`, or
/// `JSON|@path`.
pub fn tool_choice(text: &str) -> Result<Value, String> {
    if let Some(name) = text.strip_prefix("function:") {
        return Ok(json!({ "type": "function", "function": { "name": name } }));
    }
    match text {
        "none" | "auto" | "required" => Ok(json!(text)),
        "code_interpreter" | "file_search" => Ok(json!({ "type": text })),
        _ => object(text).map_err(|error| or_keywords(text, "none, auto, required, function:NAME", error)),
    }
}

/// Parses `--attachment`: `FILE_ID=TOOL[,TOOL]`, or `JSON|@path`.
pub fn attachment(text: &str) -> Result<Value, String> {
    match text.split_once('=') {
        Some((file, tools)) if !text.starts_with(['{', '@']) => {
            let tools: Vec<Value> = tools.split(',').map(|tool| json!({ "type": tool })).collect();
            Ok(json!({ "file_id": file, "tools": tools }))
        }
        _ => object(text).map_err(|error| or_keywords(text, "FILE_ID=file_search", error)),
    }
}

/// Parses `CALL_ID=TEXT`.
pub fn tool_output(text: &str) -> Result<Pair, String> {
    pair(text, "call id", "CALL_ID=TEXT")
}

/// Parses `CALL_ID=PATH` and reads the file at the path.
pub fn tool_output_file(text: &str) -> Result<Pair, String> {
    let Pair { key, value } = pair(text, "call id", "CALL_ID=PATH")?;
    Ok(Pair { key, value: text_file(&value)? })
}

/// Returns the error, or one that lists the keywords if the text looks like an attempt at a keyword.
fn or_keywords(text: &str, keywords: &str, error: String) -> String {
    if text.starts_with(['{', '[', '@', '"']) { error } else { format!("expected {keywords}, JSON or @path") }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn keywords_are_expanded_to_objects() {
        assert_eq!(tool("file_search"), Ok(json!({"type": "file_search"})));
        assert_eq!(response_format("auto"), Ok(json!("auto")));
        assert_eq!(truncation_strategy("last_messages:3"), Ok(json!({"type": "last_messages", "last_messages": 3})));
        assert_eq!(tool_choice("function:f:g"), Ok(json!({"type": "function", "function": {"name": "f:g"}})));
        let both = json!({"file_id": "file-1", "tools": [{"type": "file_search"}, {"type": "code_interpreter"}]});
        assert_eq!(attachment("file-1=file_search,code_interpreter"), Ok(both));
    }

    #[test]
    fn chunking_is_a_keyword_or_json() {
        let sizes = json!({"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400});
        assert_eq!(chunking_strategy("auto"), Ok(json!({"type": "auto"})));
        assert_eq!(chunking_strategy("static:800,400"), Ok(json!({"type": "static", "static": sizes})));
        assert_eq!(chunking_strategy(r#"{"type":"other"}"#), Ok(json!({"type": "other"})));
        for wrong in ["static:800", "static:", "static:a,b", "static:-1,0", "static:800,400,1"] {
            assert_eq!(
                chunking_strategy(wrong).unwrap_err(),
                "expected two numbers of tokens, as in static:800,400",
                "{wrong}"
            );
        }
        assert_eq!(chunking_strategy("fast").unwrap_err(), "expected auto, static:SIZE,OVERLAP, JSON or @path");
    }

    #[test]
    fn attributes_are_texts_or_json() {
        let parsed = |text| attribute(text).map(|(key, value)| format!("{key} {value}"));
        assert_eq!(parsed("team=hr"), Ok(r#"team "hr""#.into()));
        assert_eq!(parsed("year=2024"), Ok(r#"year "2024""#.into()));
        assert_eq!(parsed("year:=2024"), Ok("year 2024".into()));
        assert_eq!(parsed("draft:=false"), Ok("draft false".into()));
        assert_eq!(parsed("a:b=c"), Ok(r#"a:b "c""#.into()));
        for wrong in ["team", "=hr", ":=1", "year:=", "year:=twenty"] {
            assert!(parsed(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn several_objects_can_come_in_one_argument() {
        let one = json!({"file_id": "file-1"});
        assert_eq!(objects(&one.to_string()), Ok(one.clone()));
        let both = flattened(Some(vec![json!([one, one]), one.clone()]));
        assert_eq!(both, Some(vec![one.clone(), one.clone(), one]));
        assert!(objects("[1]").unwrap_err().contains("found an integer in the array"));
        assert!(objects("1").is_err());
    }

    #[test]
    fn a_pair_is_split_at_the_first_equals_sign() {
        assert_eq!("a=b=c".parse(), Ok(Pair { key: "a".into(), value: "b=c".into() }));
        assert_eq!("a=".parse(), Ok(Pair { key: "a".into(), value: String::new() }));
        assert!("a".parse::<Pair>().is_err() && "=b".parse::<Pair>().is_err());
    }

    #[test]
    fn the_error_for_a_wrong_keyword_lists_the_right_ones() {
        assert_eq!(tool_choice("maybe").unwrap_err(), "expected none, auto, required, function:NAME, JSON or @path");
        assert!(tool("[1]").unwrap_err().contains("expected a JSON object, found an array"));
    }
}
