//! The JSON Schema of a manifest, for editors. The members of the objects come from the declarations of the requests.

use super::files;
use super::folder_sync;
use super::kinds::{Identity, KINDS, ResourceKind};
use crate::api::rules::ItemForms;
use serde_json::{Map, Value, json};

/// The lists in which a reference may be an item.
const REFERENCE_LISTS: &[&str] = &["file_ids", "vector_store_ids"];

/// Returns the JSON Schema of a manifest.
pub fn json_schema() -> Value {
    let sections = |required: bool| -> Map<String, Value> {
        let section = |kind: &&ResourceKind| {
            let objects = json!({ "type": ["object", "null"], "propertyNames": { "$ref": "#/$defs/name" },
                "additionalProperties": object(kind, required) });
            (kind.section.to_owned(), objects)
        };
        KINDS.iter().map(section).collect()
    };
    let defaults: Map<String, Value> =
        KINDS.iter().map(|kind| (kind.section.to_owned(), object(kind, false))).collect();
    let mut environment = sections(false);
    environment.insert("profile".into(), json!({ "type": "string" }));
    environment.insert("vars".into(), json!({ "$ref": "#/$defs/vars" }));
    let mut properties = json!({
        "asst": { "const": 1, "description": "The version of the format" },
        "project": { "$ref": "#/$defs/name" },
        "profile": { "type": "string" },
        "vars": { "$ref": "#/$defs/vars" },
        "env": { "type": "array", "items": { "type": "string" } },
        "environments": { "type": ["object", "null"], "propertyNames": { "$ref": "#/$defs/name" },
            "additionalProperties": closed(environment, &[], true) },
        "defaults": closed(defaults, &[], true),
        "moved": { "type": "array", "items": closed(texts(&["from", "to"]), &["from", "to"], false) },
        "adopt": { "type": "array", "items": closed(texts(&["to", "env", "id"]), &["to", "id"], false) },
    });
    if let Some(properties) = properties.as_object_mut() {
        properties.extend(sections(true));
    }
    json!({
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Manifest of asst",
        "type": "object",
        "properties": properties,
        "required": ["asst"],
        "additionalProperties": false,
        "$defs": {
            "name": { "type": "string", "pattern": "^[a-z0-9][a-z0-9._-]{0,63}$" },
            "vars": { "type": ["object", "null"], "additionalProperties": { "type": ["string", "number", "boolean", "null"] } },
            "file": closed(texts(&["file"]), &["file"], false),
            "ref": closed(texts(&["ref"]), &["ref"], false),
            "lifecycle": closed(
                Map::from_iter([
                    ("protect".to_owned(), json!({ "type": "boolean" })),
                    ("ignore".to_owned(), json!({ "type": "array", "items": { "type": "string" } })),
                ]),
                &[],
                true,
            ),
        },
    })
}

/// Returns the schema of the objects of a kind. `is_whole` is `false` for overlays and defaults, in which no member is
/// required.
fn object(kind: &ResourceKind, is_whole: bool) -> Value {
    let item = json!({ "$ref": "#/$defs/ref" });
    let forms = ItemForms { lists: REFERENCE_LISTS, item: &item };
    let is_file = kind.identity == Identity::Content;
    let mut members = Map::new();
    let mut required = Vec::new();
    for member in kind.create.facts.into_iter().flat_map(|facts| facts.body.into_iter().flatten()) {
        if is_file && !files::MEMBERS.contains(&member.name) {
            continue;
        }
        let nested = kind.create.details.members.iter().find(|nested| nested.name == member.name);
        let mut schema = member.json_schema(nested.map(|nested| &nested.schema), forms);
        if REFERENCE_LISTS.contains(&member.name) {
            schema["items"] = json!({ "anyOf": [{ "type": "string" }, item] });
        }
        if member.name == "tools" {
            let kinds = schema["items"].take();
            schema["items"] = json!({ "anyOf": [kinds, { "type": "string" }, { "$ref": "#/$defs/file" }] });
        }
        members.insert(member.name.to_owned(), json!({ "anyOf": [schema, { "$ref": "#/$defs/file" }] }));
        required.extend((member.required && !is_file).then_some(member.name));
    }
    members.extend(kind.contents.and_then(folder_sync::json_schema).map(|(name, schema)| (name.to_owned(), schema)));
    members.insert("lifecycle".to_owned(), json!({ "$ref": "#/$defs/lifecycle" }));
    if is_file {
        members.insert("path".to_owned(), json!({ "type": "string", "minLength": 1 }));
        required.push("path");
    }
    let required: &[&str] = if is_whole { &required } else { &[] };
    closed(members, required, required.is_empty())
}

/// Returns the schema of an object that allows no other members.
fn closed(members: Map<String, Value>, required: &[&str], may_be_null: bool) -> Value {
    let types = if may_be_null { json!(["object", "null"]) } else { json!("object") };
    json!({ "type": types, "properties": members, "required": required, "additionalProperties": false })
}

fn texts(names: &[&str]) -> Map<String, Value> {
    names.iter().map(|name| ((*name).to_owned(), json!({ "type": "string" }))).collect()
}
