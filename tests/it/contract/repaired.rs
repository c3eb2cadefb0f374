//! The document for mock servers.

use super::dialect::{as_the_wire_has_it, plain_schema};
use super::document::{Publisher, read};
use crate::operations_table::OPERATIONS;
use serde_json::{Value, json};

/// Returns the document as mock servers can read it (docs/protocol/servers.md#mock-servers): nulls in JSON Schema's
/// words, alternatives that overlap, the path of the server's address in the paths. It also says what a refusal looks
/// like, which the document has as a schema only.
pub(crate) fn repaired() -> Value {
    let mut document = read(Publisher::OpenAi);
    let schemas = &mut document["components"]["schemas"];
    plain_schema(schemas);
    as_the_wire_has_it(schemas);
    // docs/protocol/objects.md#deletion-result: nothing else is sent, and a mock that makes answers up must not either.
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        if let Some(deleted) = schema.pointer_mut("/properties/deleted") {
            *deleted = json!({ "type": "boolean", "enum": [true] });
        }
        // The facts have no examples, and a mock that makes up `has_more` makes a client ask for another page.
        if let Some(more) = schema.pointer_mut("/properties/has_more") {
            more["example"] = json!(false);
        }
    }
    plain_schema(&mut document["paths"]);
    document["servers"] = json!([{ "url": "http://127.0.0.1" }]);
    let paths = document["paths"].as_object_mut().unwrap();
    // Paths without a command would only cost time.
    let ours = |item: &Value| {
        let operations = item.as_object().unwrap().values();
        operations.filter_map(|one| one["operationId"].as_str()).any(|id| OPERATIONS.iter().any(|(our, ..)| *our == id))
    };
    let kept = std::mem::take(paths).into_iter().filter(|(_, item)| ours(item));
    *paths = kept.map(|(path, item)| (format!("/v1{path}"), item)).collect();
    let refusal = json!({ "$ref": "#/components/schemas/ErrorResponse" });
    let refusal = json!({ "description": "refused", "content": { "application/json": { "schema": refusal } } });
    for item in paths.values_mut() {
        for operation in
            item.as_object_mut().unwrap().values_mut().filter(|operation| operation["responses"].is_object())
        {
            operation["responses"]["4XX"] = refusal.clone();
        }
    }
    document
}
