//! The document in a form that mock servers can read.

use super::dialect::{as_the_wire_has_it, plain_schema};
use super::document::{Publisher, read};
use crate::support::operations::OPERATIONS;
use serde_json::{Value, json};

/// Returns the document in a form that mock servers can read (docs/protocol/servers.md#mock-servers). Nulls are written
/// as in JSON Schema, alternatives may overlap, and the paths include the path of the server's address. It also
/// declares the answer to a refused request, which the document has as a schema only.
pub(crate) fn repaired() -> Value {
    let mut document = read(Publisher::OpenAi);
    let schemas = &mut document["components"]["schemas"];
    plain_schema(schemas);
    as_the_wire_has_it(schemas);
    // docs/protocol/objects.md#deletion-result: no other value is sent, so a mock with generated answers must not send
    // one either.
    for schema in schemas.as_object_mut().unwrap().values_mut() {
        if let Some(deleted) = schema.pointer_mut("/properties/deleted") {
            *deleted = json!({ "type": "boolean", "enum": [true] });
        }
        // The facts have no examples. A mock that generates `has_more` would make a client request another page.
        if let Some(more) = schema.pointer_mut("/properties/has_more") {
            more["example"] = json!(false);
        }
    }
    plain_schema(&mut document["paths"]);
    document["servers"] = json!([{ "url": "http://127.0.0.1" }]);
    let paths = document["paths"].as_object_mut().unwrap();
    // Paths without a command only cost time.
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
