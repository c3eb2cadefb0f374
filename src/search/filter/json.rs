//! The JSON form of filters.

use super::{Filter, MAX_DEPTH, MAX_VALUES, OPERATORS, Scalar, Test};
use serde_json::{Map, Value, json};

/// A filter in JSON whose form is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{path}`: expected {expected}, got {found}")]
pub struct JsonError {
    /// The path of the wrong value, such as `filters.filters[1].value`.
    pub path: String,
    /// The description of what would be right.
    pub expected: String,
    /// The description of what is there.
    pub found: String,
}

pub(super) fn read(value: &Value) -> Result<Filter, JsonError> {
    read_at(value, "filters", 1, &mut 0)
}

fn read_at(value: &Value, path: &str, depth: usize, values: &mut usize) -> Result<Filter, JsonError> {
    if depth > MAX_DEPTH {
        return Err(error(path, &format!("at most {MAX_DEPTH} levels of filters"), "more"));
    }
    let Value::Object(members) = value else { return Err(wrong(path, "an object with `type`", value)) };
    let kind = text(members, path, "type")?;
    match kind {
        "and" | "or" => {
            only(members, path, &["type", "filters"])?;
            let path = format!("{path}.filters");
            let filters = match members.get("filters") {
                Some(Value::Array(filters)) if !filters.is_empty() => filters,
                Some(Value::Array(_)) => return Err(error(&path, "at least one filter", "none")),
                other => return Err(wrong(&path, "an array of filters", other.unwrap_or(&Value::Null))),
            };
            let read = |(at, filter)| read_at(filter, &format!("{path}[{at}]"), depth + 1, values);
            let mut filters = filters.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
            match filters.pop() {
                Some(single) if filters.is_empty() => Ok(single),
                last => {
                    filters.extend(last);
                    Ok(if kind == "and" { Filter::And(filters) } else { Filter::Or(filters) })
                }
            }
        }
        _ => {
            only(members, path, &["type", "key", "value"])?;
            let test = test(kind, members.get("value").unwrap_or(&Value::Null), path, values)?;
            Ok(Filter::Compare { key: text(members, path, "key")?.to_owned(), test })
        }
    }
}

fn test(kind: &str, value: &Value, path: &str, values: &mut usize) -> Result<Test, JsonError> {
    let value_path = format!("{path}.value");
    let mut scalar = |value: &Value, path: &str| {
        *values += 1;
        if *values > MAX_VALUES {
            return Err(error(path, &format!("at most {MAX_VALUES} values in a filter"), "more"));
        }
        Scalar::from_json(value).ok_or_else(|| wrong(path, "a string, a number, or a boolean", value))
    };
    if let Some((operator, ..)) = OPERATORS.iter().find(|(_, name, _)| *name == kind) {
        return Ok(Test::Is(*operator, scalar(value, &value_path)?));
    }
    if !["in", "nin"].contains(&kind) {
        let expected = "one of `eq`, `ne`, `gt`, `gte`, `lt`, `lte`, `in`, `nin`, `and`, `or`";
        return Err(error(&format!("{path}.type"), expected, &format!("`{}`", shortened(kind))));
    }
    let Value::Array(list) = value else { return Err(wrong(&value_path, "an array of values", value)) };
    let read = |(at, value)| scalar(value, &format!("{value_path}[{at}]"));
    let list = list.iter().enumerate().map(read).collect::<Result<Vec<_>, _>>()?;
    Ok(if kind == "in" { Test::In(list) } else { Test::NotIn(list) })
}

fn text<'a>(members: &'a Map<String, Value>, path: &str, name: &str) -> Result<&'a str, JsonError> {
    match members.get(name) {
        Some(Value::String(text)) => Ok(text),
        other => Err(wrong(&format!("{path}.{name}"), "a string", other.unwrap_or(&Value::Null))),
    }
}

/// Refuses members with other names.
fn only(members: &Map<String, Value>, path: &str, names: &[&str]) -> Result<(), JsonError> {
    match members.keys().find(|name| !names.contains(&name.as_str())) {
        Some(name) => {
            Err(error(path, &format!("the members `{}`", names.join("`, `")), &format!("`{}`", shortened(name))))
        }
        None => Ok(()),
    }
}

fn wrong(path: &str, expected: &str, found: &Value) -> JsonError {
    let found = match found {
        Value::Null => "null or nothing",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    error(path, expected, found)
}

fn error(path: &str, expected: &str, found: &str) -> JsonError {
    JsonError { path: path.to_owned(), expected: expected.to_owned(), found: found.to_owned() }
}

fn shortened(text: &str) -> String {
    text.chars().take(40).collect()
}

pub(super) fn write(filter: &Filter) -> Value {
    let compound =
        |kind, filters: &[Filter]| json!({"type": kind, "filters": filters.iter().map(write).collect::<Vec<_>>()});
    match filter {
        Filter::And(filters) => compound("and", filters),
        Filter::Or(filters) => compound("or", filters),
        Filter::Compare { key, test } => {
            let list = |values: &[Scalar]| Value::Array(values.iter().map(Scalar::to_json).collect());
            let (kind, value) = match test {
                Test::In(values) => ("in", list(values)),
                Test::NotIn(values) => ("nin", list(values)),
                Test::Is(operator, value) => {
                    let name = OPERATORS.iter().find(|(other, ..)| other == operator).map_or("eq", |(_, name, _)| name);
                    (name, value.to_json())
                }
            };
            json!({"type": kind, "key": key, "value": value})
        }
    }
}
