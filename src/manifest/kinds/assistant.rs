//! The kind of assistants: its requests, and the members that a manifest can own, with their canonical forms.

use super::values::{by_value, metadata, number_but_one, reduced, sort_as_set, text, without_defaults};
use super::{Identity, OwnedMember, Reference, RefusedMember, ResourceKind};
use crate::api::Endpoint;
use crate::api::assistants::{CreateAssistant, DeleteAssistant, GetAssistant, ListAssistants, UpdateAssistant};
use serde_json::{Map, Value, json};

/// Assistants.
pub static ASSISTANTS: ResourceKind = ResourceKind {
    section: "assistants",
    noun: "assistant",
    list: ListAssistants::SPEC,
    get: GetAssistant::SPEC,
    create: CreateAssistant::SPEC,
    update: Some(UpdateAssistant::SPEC),
    delete: DeleteAssistant::SPEC,
    identity: Identity::Metadata,
    members: &[
        OwnedMember::new("model", Value::clone),
        OwnedMember::new("name", text),
        OwnedMember::new("description", text),
        OwnedMember::new("instructions", text),
        OwnedMember::new("reasoning_effort", Value::clone),
        OwnedMember { change: tools_or_none, stated: Some(stated_tools), ..OwnedMember::new("tools", tools) },
        OwnedMember { change: changed_resources, ..OwnedMember::new("tool_resources", resources) },
        OwnedMember::new("metadata", metadata),
        OwnedMember::new("temperature", number_but_one),
        OwnedMember::new("top_p", number_but_one),
        OwnedMember::new("response_format", response_format),
    ],
    contents: None,
    references: &[
        Reference { path: "tool_resources.code_interpreter.file_ids", section: "files" },
        Reference { path: "tool_resources.file_search.vector_store_ids", section: "vector_stores" },
    ],
    refused: &[RefusedMember {
        path: "tool_resources.file_search.vector_stores",
        reason: "`vector_stores` would create a vector store with each update",
        hint: "create the vector store once, and write its ID under `vector_store_ids`",
    }],
};

/// The tools that have `tool_resources`, each with the name of the list of IDs in them.
const RESOURCE_LISTS: [(&str, &str); 2] = [("file_search", "vector_store_ids"), ("code_interpreter", "file_ids")];

fn tools_or_none(given: Option<&Value>, _: Option<&Value>) -> Value {
    given.cloned().unwrap_or_else(|| json!([]))
}

/// Returns the `tool_resources` of an update. A tool for which only the backend has resources gets an empty list, so
/// that the update removes them.
fn changed_resources(given: Option<&Value>, live: Option<&Value>) -> Value {
    let mut resources = given.and_then(Value::as_object).cloned().unwrap_or_default();
    for (tool, list) in RESOURCE_LISTS {
        let has = |value: Option<&Value>| value.is_some_and(|value| value[tool].is_object());
        if has(live) && !has(given) {
            resources.insert(tool.to_owned(), json!({ list: [] }));
        }
    }
    Value::Object(resources)
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
        tool.values_mut().filter_map(Value::as_array_mut).for_each(sort_as_set);
    }
    value
}

fn tools(value: &Value) -> Value {
    let mut tools: Vec<Value> = value.as_array().into_iter().flatten().map(tool).collect();
    tools.sort_by_cached_key(tool_name);
    Value::Array(tools)
}

/// Returns the tools in their own order, without defaults. A tool that has no member but `type` becomes the text of its
/// type.
fn stated_tools(value: &Value) -> Value {
    let tools = value.as_array().into_iter().flatten().map(|given| match reduced(given, &tool(given)) {
        Value::Object(members) if members.len() == 1 && members.get("type").is_some_and(Value::is_string) => {
            members.get("type").cloned().unwrap_or_default()
        }
        other => other,
    });
    tools.collect()
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
pub(in crate::manifest) fn tool_name(tool: &Value) -> String {
    let kind = tool["type"].as_str().unwrap_or_default();
    match tool["function"]["name"].as_str() {
        Some(name) => format!("{kind}:{name}"),
        None => kind.to_owned(),
    }
}
