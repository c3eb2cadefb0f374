//! The canonical form of an assistant, by which a wanted and a live object are compared (docs/manifest.md#comparison).
//!
//! Servers fill in defaults, add members over time, and change the order of tools. None of this is a difference. The
//! same function produces the form of both sides.

use serde_json::{Map, Number, Value, json};

/// The members that a manifest owns: those that an update can change.
const OWNED: &[&str] = &[
    "model",
    "name",
    "description",
    "instructions",
    "reasoning_effort",
    "tools",
    "tool_resources",
    "metadata",
    "temperature",
    "top_p",
    "response_format",
];

/// The beginning of the metadata keys that asst sets itself.
const OWN_KEYS: &str = "asst_";

/// The rankers that a server fills in by default.
const DEFAULT_RANKERS: [&str; 2] = ["auto", "default_2024_08_21"];

/// Returns the names of the members that a manifest owns.
pub fn owned_members() -> &'static [&'static str] {
    OWNED
}

/// Returns the canonical form of an assistant: its owned members without defaults, in a fixed order.
///
/// `ignore` contains the paths of members that are left out. The last step of a path may end in `*`.
pub fn canonical(members: &Map<String, Value>, ignore: &[String]) -> Map<String, Value> {
    let mut form = Map::new();
    for name in OWNED {
        let value = members.get(*name).unwrap_or(&Value::Null);
        let value = match *name {
            "name" | "description" | "instructions" => non_empty(value),
            "temperature" | "top_p" => number_but(value, 1.0),
            "response_format" => response_format(value),
            "tools" => tools(value),
            "tool_resources" => resources(value),
            "metadata" => metadata(value),
            _ => value.clone(),
        };
        if !is_empty(&value) {
            form.insert((*name).to_owned(), value);
        }
    }
    ignore.iter().for_each(|path| remove(&mut form, path));
    form.retain(|_, value| !is_empty(value));
    sorted(form)
}

/// Returns a text, or null for an empty one. The API has no difference between them.
fn non_empty(value: &Value) -> Value {
    if value.as_str() == Some("") { Value::Null } else { value.clone() }
}

/// Returns a number, or null if it is the default. Some servers store 32-bit numbers, so that only six digits count.
fn number_but(value: &Value, default: f64) -> Value {
    match value.as_f64() {
        Some(number) if (number - default).abs() < 1e-6 => Value::Null,
        Some(number) => format!("{number:.5e}").parse().map_or_else(|_| value.clone(), number_value),
        None => value.clone(),
    }
}

fn number_value(number: f64) -> Value {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if number.fract() == 0.0 && number.abs() < EXACT {
        return Value::from(number as i64);
    }
    Number::from_f64(number).map_or(Value::Null, Value::Number)
}

fn metadata(value: &Value) -> Value {
    let pairs = value.as_object().into_iter().flatten();
    let pairs = pairs.filter(|(key, _)| !key.starts_with(OWN_KEYS));
    Value::Object(pairs.map(|(key, value)| (key.clone(), value.clone())).collect())
}

fn response_format(value: &Value) -> Value {
    match value {
        Value::String(name) if name == "auto" => Value::Null,
        Value::Object(format) => {
            let mut format = format.clone();
            if let Some(schema) = format.get_mut("json_schema").and_then(Value::as_object_mut) {
                definition(schema, "schema");
            }
            Value::Object(format)
        }
        other => other.clone(),
    }
}

fn resources(value: &Value) -> Value {
    let mut value = without_defaults(value);
    for tool in value.as_object_mut().into_iter().flat_map(Map::values_mut).filter_map(Value::as_object_mut) {
        for ids in tool.values_mut().filter_map(Value::as_array_mut) {
            // The IDs are a set.
            ids.sort_by_key(Value::to_string);
            ids.dedup();
        }
    }
    value
}

fn tools(value: &Value) -> Value {
    let mut tools: Vec<Value> = value.as_array().into_iter().flatten().map(tool).collect();
    tools.sort_by_cached_key(tool_name);
    Value::Array(tools)
}

fn tool(value: &Value) -> Value {
    let Value::Object(members) = value else { return value.clone() };
    let mut members = members.clone();
    match members.get_mut("function").and_then(Value::as_object_mut) {
        Some(function) => {
            definition(function, "parameters");
            function.entry("parameters").or_insert_with(|| json!({ "type": "object", "properties": {} }));
        }
        None => members = without_defaults(value).as_object().cloned().unwrap_or_default(),
    }
    Value::Object(members)
}

/// Removes the defaults of a function or schema definition. The JSON Schema in `schema` is compared by value.
fn definition(members: &mut Map<String, Value>, schema: &str) {
    members.retain(|name, value| {
        !value.is_null() && (name == schema || !matches!(value, Value::Bool(false)) && value.as_str() != Some(""))
    });
    if let Some(schema) = members.get_mut(schema) {
        *schema = by_value(schema);
    }
}

/// Returns the identity of a tool within an assistant: its type, and the name of a function.
pub(super) fn tool_name(tool: &Value) -> String {
    let kind = tool["type"].as_str().unwrap_or_default();
    match tool["function"]["name"].as_str() {
        Some(name) => format!("{kind}:{name}"),
        None => kind.to_owned(),
    }
}

/// Returns a value without members that a server may fill in: null, false, 0, and empty values.
fn without_defaults(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let members =
                members.iter().filter(|(name, value)| !(*name == "ranking_options" && is_default_ranking(value)));
            let members = members.map(|(name, value)| (name.clone(), without_defaults(value)));
            Value::Object(members.filter(|(_, value)| !is_default(value)).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(without_defaults).collect()),
        other => by_value(other),
    }
}

fn is_default_ranking(value: &Value) -> bool {
    let ranker = value["ranker"].as_str();
    ranker.is_none_or(|ranker| DEFAULT_RANKERS.contains(&ranker))
        && value["score_threshold"].as_f64().unwrap_or(0.0) == 0.0
}

fn is_default(value: &Value) -> bool {
    is_empty(value) || matches!(value, Value::Bool(false)) || value.as_f64() == Some(0.0) || value.as_str() == Some("")
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        _ => false,
    }
}

/// Returns a value with each number in one form, so that 1 equals 1.0.
fn by_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), number_value),
        Value::Array(items) => Value::Array(items.iter().map(by_value).collect()),
        Value::Object(members) => {
            Value::Object(members.iter().map(|(name, value)| (name.clone(), by_value(value))).collect())
        }
        other => other.clone(),
    }
}

/// Removes the members that a path such as `metadata.app_*` names.
fn remove(form: &mut Map<String, Value>, path: &str) {
    match path.split_once('.') {
        Some((name, rest)) => {
            if let Some(Value::Object(inner)) = form.get_mut(name) {
                remove(inner, rest);
            }
        }
        None => form.retain(|name, _| !matches_pattern(name, path)),
    }
}

/// Returns `true` if the name of a member matches a pattern: the name itself, or its beginning followed by `*`.
pub fn matches_pattern(name: &str, pattern: &str) -> bool {
    pattern.strip_suffix('*').map_or(name == pattern, |beginning| name.starts_with(beginning))
}

/// Returns the members in the order of their names, on every level.
fn sorted(members: Map<String, Value>) -> Map<String, Value> {
    let mut members: Vec<(String, Value)> = members.into_iter().collect();
    members.sort_by(|one, other| one.0.cmp(&other.0));
    members.into_iter().map(|(name, value)| (name, sorted_value(value))).collect()
}

fn sorted_value(value: Value) -> Value {
    match value {
        Value::Object(members) => Value::Object(sorted(members)),
        Value::Array(items) => Value::Array(items.into_iter().map(sorted_value).collect()),
        other => other,
    }
}
