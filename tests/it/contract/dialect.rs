//! Converts the schemas of a document to schemas that a JSON Schema library accepts.

use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Converts OpenAPI 3.0 schemas to JSON Schema, and repairs mistakes of the document: objects without a type, and
/// alternatives that overlap.
pub(super) fn plain_schema(value: &mut Value) {
    let map = match value {
        Value::Array(items) => return items.iter_mut().for_each(plain_schema),
        Value::Object(map) => map,
        _ => return,
    };
    map.values_mut().for_each(plain_schema);
    // `allOf: [X, {nullable: true}]` means X or null. The second part alone was converted to "anything" above.
    let mut nullable = map.get("nullable") == Some(&json!(true));
    if let Some(all) = map.get_mut("allOf").and_then(Value::as_array_mut) {
        let before = all.len();
        all.retain(|part| *part != nothing_but_null());
        nullable |= all.len() < before;
    }
    if map.get("nullable").is_some_and(Value::is_boolean) {
        map.remove("nullable");
        if map.is_empty() {
            *value = nothing_but_null();
            return;
        }
    }
    if map.get("properties").is_some_and(Value::is_object) && map.get("required").is_some_and(Value::is_array) {
        map.entry("type").or_insert_with(|| json!("object"));
    }
    if map.get("discriminator").is_some_and(|told| told["propertyName"].is_string())
        && let Some(choices) = map.remove("oneOf")
    {
        map.insert("anyOf".to_owned(), choices);
    }
    if nullable {
        or_null(value);
    }
}

/// Returns the replacement for a bare `{nullable: true}`. Only an enclosing `allOf` gives it a meaning.
fn nothing_but_null() -> Value {
    json!({ "x-nullable": true })
}

fn or_null(schema: &mut Value) {
    let simple = schema
        .as_object()
        .is_some_and(|map| !map.keys().any(|key| key == "enum" || key == "$ref" || key.ends_with("Of")));
    match &schema["type"] {
        Value::Array(_) => {}
        Value::String(name) if simple => schema["type"] = json!([name, "null"]),
        _ => *schema = json!({ "anyOf": [schema.take(), { "type": "null" }] }),
    }
}

/// Turns `oneOf` into alternatives that may overlap, because a keyword is also a string there.
pub(super) fn overlapping(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(overlapping),
        Value::Object(map) => {
            map.values_mut().for_each(overlapping);
            if let Some(choices) = map.remove("oneOf") {
                map.insert("anyOf".to_owned(), choices);
            }
        }
        _ => {}
    }
}

/// Forbids unknown members in requests, because Foundry's document leaves every object open.
///
/// A base that only declares `type` becomes the choice of its derived schemas, so that no tool and no content has an
/// unknown member either. Two sorts of objects stay open. The first declare which further members they accept
/// (metadata). The second are bases with members of their own, which occur in responses only.
pub(super) fn closed(schemas: &Value) -> Value {
    let mut schemas = schemas.clone();
    let schemas_of = schemas.as_object_mut().unwrap();
    let choice = |(name, schema): (&String, &Value)| {
        let derived: Vec<Value> =
            schema["discriminator"]["mapping"].as_object()?.values().map(|target| json!({ "$ref": target })).collect();
        let alone = schema["properties"].as_object()?.keys().eq(["type"]);
        alone.then(|| (format!("#/components/schemas/{name}"), json!({ "anyOf": derived })))
    };
    let mut choices: BTreeMap<String, Value> = schemas_of.iter().filter_map(choice).collect();
    for schema in schemas_of.values_mut() {
        if let Some(parts) = schema.get_mut("allOf").and_then(Value::as_array_mut) {
            parts.retain(|part| !part["$ref"].as_str().is_some_and(|target| choices.contains_key(target)));
        }
        close(schema);
    }
    for (name, schema) in schemas_of.iter_mut() {
        *schema = choices.remove(&format!("#/components/schemas/{name}")).unwrap_or_else(|| schema.take());
    }
    schemas
}

fn close(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(close),
        Value::Object(map) => {
            map.values_mut().for_each(close);
            let told = map.contains_key("additionalProperties") || map.contains_key("discriminator");
            if !told && map.get("properties").is_some_and(Value::is_object) {
                map.insert("additionalProperties".to_owned(), json!(false));
            }
        }
        _ => {}
    }
}

/// Adapts the schemas to facts of the wire that the documents lack. Each exception is one line with its source. The
/// list may only shrink.
pub(super) fn as_the_wire_has_it(schemas: &mut Value) {
    // docs/protocol/endpoints.md#lists-and-paging: an empty list has no first and no last item.
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
        if let Some(list) = properties.filter(|properties| properties.contains_key("has_more")) {
            ["first_id", "last_id"].iter().for_each(|end| list.get_mut(*end).into_iter().for_each(or_null));
        }
    }
    // docs/protocol/vector_stores.md#objects: the service sends another type of a batch than the document states.
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        let object =
            schema.pointer_mut("/properties/object").filter(|object| object.to_string().contains("files_batch"));
        if let Some(object) = object {
            *object = json!({ "type": "string", "enum": ["vector_store.files_batch", "vector_store.file_batch"] });
        }
    }
}
