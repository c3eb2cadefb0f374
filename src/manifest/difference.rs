//! The differences between two canonical forms, member by member.

use super::kinds::tool_name;
use serde_json::{Map, Value, json};
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

impl Difference {
    /// Returns the JSON form.
    pub fn to_json(&self) -> Value {
        json!({ "path": self.path, "before": self.before, "after": self.after })
    }
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
        // Each metadata pair is a difference of its own, even if one side has no metadata.
        (Value::Null, Value::Object(other)) if path == "metadata" => compare_members(&empty, other, &path, found),
        (Value::Object(one), Value::Null) if path == "metadata" => compare_members(one, &empty, &path, found),
        _ if path == "tools" => compare_tools(&before, &after, found),
        _ => found.push(Difference { path, before, after }),
    }
}

/// Compares tools by their identity, because their order has no meaning. If several tools of one side have the same
/// identity, compares the lists as a whole.
fn compare_tools(before: &Value, after: &Value, found: &mut Vec<Difference>) {
    let tools = |value: &Value| value.as_array().cloned().unwrap_or_default();
    let has_twins = |tools: &[Value]| tools.iter().map(tool_name).collect::<BTreeSet<_>>().len() < tools.len();
    let (all_before, all_after) = (before, after);
    let (before, after) = (tools(before), tools(after));
    if has_twins(&before) || has_twins(&after) {
        found.push(Difference { path: "tools".to_owned(), before: all_before.clone(), after: all_after.clone() });
        return;
    }
    let names: BTreeSet<String> = before.iter().chain(&after).map(tool_name).collect();
    for name in names {
        let tool = |tools: &[Value]| tools.iter().find(|tool| tool_name(tool) == name).cloned().unwrap_or(Value::Null);
        compare(tool(&before), tool(&after), format!("tools[{name}]"), found);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_change_of_a_second_tool_with_the_same_name_is_a_difference() {
        let tool = |url: &str| json!({ "type": "openapi", "openapi": { "url": url } });
        let form = |tools: &[Value]| json!({ "tools": tools }).as_object().unwrap().clone();
        let (before, after) = (form(&[tool("a"), tool("b")]), form(&[tool("a"), tool("c")]));
        let found = differences(&before, &after);
        let (path, before, after) = ("tools".to_owned(), before["tools"].clone(), after["tools"].clone());
        assert_eq!(found, [Difference { path, before, after }]);
    }
}
