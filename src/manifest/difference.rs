//! The differences between two canonical forms, member by member.

use super::kinds::tool_name;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// A member that differs.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The path of the member, such as `metadata.team` or `tools[function:get_weather].function.description`.
    pub path: String,
    /// The value before, or null if the member was absent.
    pub before: Value,
    /// The value after, or null if the member becomes absent.
    pub after: Value,
}

/// Returns the differences between two canonical forms, in the order of their paths.
pub fn differences(before: &Map<String, Value>, after: &Map<String, Value>) -> Vec<Difference> {
    let mut found = Vec::new();
    compare_members(before, after, "", &mut found);
    found
}

fn compare_members(before: &Map<String, Value>, after: &Map<String, Value>, path: &str, found: &mut Vec<Difference>) {
    let names: BTreeSet<&String> = before.keys().chain(after.keys()).collect();
    for name in names {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let value = |members: &Map<String, Value>| members.get(name).cloned().unwrap_or(Value::Null);
        compare(value(before), value(after), path, found);
    }
}

fn compare(before: Value, after: Value, path: String, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    let empty = Map::new();
    match (&before, &after) {
        (Value::Object(one), Value::Object(other)) => compare_members(one, other, &path, found),
        // Each pair of the metadata is a member of its own, also if there were none before.
        (Value::Null, Value::Object(other)) if path == "metadata" => compare_members(&empty, other, &path, found),
        (Value::Object(one), Value::Null) if path == "metadata" => compare_members(one, &empty, &path, found),
        _ if path == "tools" => compare_tools(&before, &after, found),
        _ => found.push(Difference { path, before, after }),
    }
}

/// Compares tools by their identity, because their order means nothing.
fn compare_tools(before: &Value, after: &Value, found: &mut Vec<Difference>) {
    let tools = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let (before, after) = (tools(before), tools(after));
    let names: BTreeSet<String> = before.iter().chain(&after).map(tool_name).collect();
    for name in names {
        let tool = |tools: &[Value]| tools.iter().find(|tool| tool_name(tool) == name).cloned().unwrap_or(Value::Null);
        compare(tool(&before), tool(&after), format!("tools[{name}]"), found);
    }
}
