//! The document, as schemas of what goes out and what comes back.

use crate::operations_table::OPERATIONS;
use jsonschema::{Draft, Registry, Validator};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// The document's schemas of the operations that have a command.
pub(super) struct Contract {
    requests: BTreeMap<String, Validator>,
    answers: BTreeMap<String, Validator>,
}

/// Returns the document; says aloud where it is missing.
pub(crate) fn openapi() -> Option<Value> {
    let path = match std::env::var_os("ASST_OPENAPI") {
        Some(path) => PathBuf::from(path),
        None => {
            let root = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
            root.join("../shared/protocol/openai-assistants-v2.openapi.json")
        }
    };
    match std::fs::read_to_string(&path) {
        Ok(text) => Some(serde_json::from_str(&text).unwrap()),
        Err(error) => {
            assert!(std::env::var_os("ASST_REQUIRE_OPENAPI").is_none(), "{}: {error}", path.display());
            let why = format!("{}: {error}; ASST_OPENAPI says where the document is", path.display());
            crate::world::skipped("contract", &why);
            None
        }
    }
}

impl Contract {
    /// Reads the document; says aloud where it is missing.
    pub(super) fn read() -> Option<Self> {
        openapi().map(Self::new)
    }

    fn new(mut document: Value) -> Self {
        let mut operations = BTreeMap::new();
        for path in document["paths"].as_object().unwrap().values() {
            for operation in path.as_object().unwrap().values() {
                if let Some(id) = operation["operationId"].as_str() {
                    operations.insert(id.to_owned(), operation.clone());
                }
            }
        }
        let mut schemas = document["components"]["schemas"].take();
        plain_schema(&mut schemas);
        as_the_wire_has_it(&mut schemas);
        let root = relocated(&json!({ "components": { "schemas": schemas } }));
        let draft = Draft::Draft202012;
        let registry = Registry::new().add(HOME, draft.create_resource(root)).unwrap().prepare().unwrap();
        let validator = |schema: &Value| {
            let mut schema = relocated(schema);
            plain_schema(&mut schema);
            jsonschema::options().with_draft(draft).with_registry(&registry).build(&schema).unwrap()
        };
        let (mut requests, mut answers) = (BTreeMap::new(), BTreeMap::new());
        for (name, ..) in OPERATIONS {
            let operation = operations.get(name).unwrap_or_else(|| panic!("{name} is not in the document"));
            let content = &operation["requestBody"]["content"];
            if let Some(body) = content.as_object().and_then(|content| content.values().next()) {
                requests.insert(name.to_owned(), validator(&body["schema"]));
            }
            answers.insert(
                name.to_owned(),
                validator(&operation["responses"]["200"]["content"]["application/json"]["schema"]),
            );
        }
        Self { requests, answers }
    }

    #[track_caller]
    pub(super) fn request(&self, operation: &str, body: &Value) {
        hold(&self.requests[operation], operation, "request", body);
    }

    #[track_caller]
    pub(super) fn answer(&self, operation: &str, body: &Value) {
        hold(&self.answers[operation], operation, "answer", body);
    }
}

#[track_caller]
fn hold(validator: &Validator, operation: &str, what: &str, body: &Value) {
    let wrong: Vec<String> =
        validator.iter_errors(body).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(wrong.is_empty(), "{what} of {operation}:\n{}\nin {body:#}", wrong.join("\n"));
}

/// Under which name the document's components are known to every schema.
const HOME: &str = "doc:openai";

/// Points every reference at the shared components.
fn relocated(schema: &Value) -> Value {
    let mut schema = schema.clone();
    fn visit(value: &mut Value) {
        match value {
            Value::Object(map) => {
                if let Some(Value::String(target)) = map.get_mut("$ref")
                    && target.starts_with('#')
                {
                    target.insert_str(0, HOME);
                }
                map.values_mut().for_each(visit);
            }
            Value::Array(items) => items.iter_mut().for_each(visit),
            _ => {}
        }
    }
    visit(&mut schema);
    schema
}

/// Makes JSON Schema of the dialect of OpenAPI 3.0, and mends the document's slips: its objects without a type, its
/// alternatives that overlap, its lists that are never empty.
fn plain_schema(value: &mut Value) {
    let map = match value {
        Value::Array(items) => return items.iter_mut().for_each(plain_schema),
        Value::Object(map) => map,
        _ => return,
    };
    map.values_mut().for_each(plain_schema);
    // `allOf: [X, {nullable: true}]` means X or null, and the second half alone was made "anything" above.
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
    if let Some(properties) = map.get_mut("properties").and_then(Value::as_object_mut)
        && properties.contains_key("has_more")
    {
        for end in ["first_id", "last_id"] {
            properties.get_mut(end).into_iter().for_each(or_null);
        }
    }
    if nullable {
        or_null(value);
    }
}

/// What a bare `{nullable: true}` becomes; only an `allOf` around it can make sense of it.
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

/// What the wire has and the document has not (PROTOCOL.md 11): nulls, and members that only some states have.
fn as_the_wire_has_it(schemas: &mut Value) {
    for (object, member) in
        [("OpenAIFile", "expires_at"), ("OpenAIFile", "status_details"), ("RunObject", "instructions")]
    {
        or_null(&mut schemas[object]["properties"][member]);
    }
    let optional = [
        ("RunObject", &["required_action"][..]),
        ("MessageObject", &["status", "incomplete_details", "completed_at", "incomplete_at"][..]),
    ];
    for (object, members) in optional {
        let required = schemas[object]["required"].as_array_mut().unwrap();
        required.retain(|name| !members.contains(&name.as_str().unwrap_or_default()));
    }
}

#[test]
fn the_document_refuses_what_is_wrong() {
    let Some(contract) = Contract::read() else { return };
    for answer in [json!({}), json!({ "id": 1 }), json!([]), json!(null), json!({ "id": "a", "object": "thread" })] {
        for (name, validator) in contract.answers.iter().filter(|(name, _)| *name != "downloadFile") {
            assert!(!validator.is_valid(&answer), "{name} takes {answer}");
        }
    }
    for (name, body) in [
        ("createAssistant", json!({ "name": "n" })),
        ("createAssistant", json!({ "model": "m", "novelty": 1 })),
        ("createMessage", json!({ "role": "user", "content": [{ "type": "novelty" }] })),
        ("createRun", json!({ "assistant_id": null })),
        ("submitToolOuputsToRun", json!({ "tool_outputs": [{ "output": 5 }] })),
    ] {
        assert!(!contract.requests[name].is_valid(&body), "{name} takes {body}");
    }
}
