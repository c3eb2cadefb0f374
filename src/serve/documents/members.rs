//! Returns the default values of members, and merges an update into an object.

use serde_json::{Map, Value, json};

/// Merges members into an object. `null` resets a member to its default, or clears it if there is none.
///
/// `reasoning_effort` is accepted and not stored, because the objects of this server do not have it.
pub(in crate::serve) fn merge(object: &mut Map<String, Value>, members: Map<String, Value>) {
    for (name, value) in members.into_iter().filter(|(name, _)| name != "reasoning_effort") {
        let value = match value {
            Value::Null => default_value(&name),
            Value::Object(resources) if name == "tool_resources" => without_nulls(&resources).into(),
            value => value,
        };
        object.insert(name, value);
    }
}

/// Returns the default value of a member.
pub(in crate::serve) fn default_value(name: &str) -> Value {
    match name {
        "metadata" | "tool_resources" => json!({}),
        "tools" => json!([]),
        "temperature" | "top_p" => 1.0.into(),
        "response_format" => "auto".into(),
        _ => Value::Null,
    }
}

/// Returns the metadata of a request, or empty metadata.
pub(super) fn metadata_of(request: &Map<String, Value>) -> Value {
    request.get("metadata").filter(|metadata| metadata.is_object()).cloned().unwrap_or_else(|| json!({}))
}

/// Returns tool resources without the tools and members that are `null`.
pub(super) fn without_nulls(resources: &Map<String, Value>) -> Map<String, Value> {
    let mut resources = resources.clone();
    resources.retain(|_, resource| !resource.is_null());
    for resource in resources.values_mut().filter_map(Value::as_object_mut) {
        resource.retain(|_, value| !value.is_null());
    }
    resources
}
