//! Functions that return the canonical form of a value, for members of several kinds.

use serde_json::{Map, Number, Value};

/// The prefix of the metadata keys that asst sets itself.
const OWN_KEYS: &str = "asst_";

/// The rankers that a server fills in by default.
const DEFAULT_RANKERS: [&str; 2] = ["auto", "default_2024_08_21"];

/// Returns a text, or null for an empty text. The API treats both alike.
pub(super) fn text(value: &Value) -> Value {
    if value.as_str() == Some("") { Value::Null } else { value.clone() }
}

/// Returns a number with six digits, or null for 1, the default. Some servers store numbers with 32 bits, which keep
/// only six digits, and some send numbers as texts.
pub(super) fn number_but_one(value: &Value) -> Value {
    match value.as_f64().or_else(|| value.as_str()?.trim().parse().ok()) {
        Some(number) if (number - 1.0).abs() < 1e-6 => Value::Null,
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

/// Returns the pairs that asst does not set itself.
pub(super) fn metadata(value: &Value) -> Value {
    let pairs = value.as_object().into_iter().flatten();
    let pairs = pairs.filter(|(key, _)| !key.starts_with(OWN_KEYS));
    Value::Object(pairs.map(|(key, value)| (key.clone(), value.clone())).collect())
}

/// Returns a list of IDs, sorted and without duplicates, because it is a set.
pub(super) fn id_set(value: &Value) -> Value {
    let mut value = value.clone();
    value.as_array_mut().into_iter().for_each(sort_as_set);
    value
}

/// Sorts a list that represents a set, and removes its duplicates.
pub(super) fn sort_as_set(items: &mut Vec<Value>) {
    items.sort_by_key(Value::to_string);
    items.dedup();
}

/// Returns a value without members that a server may fill in: null, false, 0, and empty values.
pub(super) fn without_defaults(value: &Value) -> Value {
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

/// Returns `true` if a value has the same meaning as an absent one.
pub(in crate::manifest) fn means_default(value: &Value) -> bool {
    is_default(&without_defaults(value))
}

fn is_default(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(members) => members.is_empty(),
        Value::String(text) => text.is_empty(),
        other => other.as_f64() == Some(0.0),
    }
}

/// Returns the value `raw` without the members that its canonical form `normal` lacks. Keeps the order of `raw`.
pub(in crate::manifest) fn reduced(raw: &Value, normal: &Value) -> Value {
    match (raw, normal) {
        (Value::Object(members), Value::Object(form)) => {
            let kept = members.iter().filter_map(|(name, value)| Some((name.clone(), reduced(value, form.get(name)?))));
            Value::Object(kept.collect())
        }
        (Value::Array(items), Value::Array(form)) if items.len() == form.len() => {
            items.iter().zip(form).map(|(item, form)| reduced(item, form)).collect()
        }
        _ => raw.clone(),
    }
}

/// Returns a value with each number in one form, so that 1 equals 1.0.
pub(super) fn by_value(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map_or_else(|| value.clone(), number_value),
        Value::Array(items) => Value::Array(items.iter().map(by_value).collect()),
        Value::Object(members) => {
            let members = members.iter().map(|(name, value)| (name.clone(), by_value(value)));
            Value::Object(members.collect::<Map<_, _>>())
        }
        other => other.clone(),
    }
}
