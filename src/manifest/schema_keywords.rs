//! Checks JSON Schemas in a manifest: each known keyword must have a value that some draft of JSON Schema allows, from
//! draft 4 on. Unknown keywords are allowed, as in JSON Schema.

use serde_json::{Map, Value};

/// The types of JSON Schema.
const TYPES: [&str; 7] = ["array", "boolean", "integer", "null", "number", "object", "string"];

/// The form of the value of a keyword.
#[derive(Debug, Clone, Copy)]
enum Form {
    Type,
    Schema,
    /// A list of schemas with at least one item.
    Schemas,
    /// A schema or, in older drafts, a list of schemas.
    SchemaOrList,
    /// Schemas by name.
    Named,
    Names,
    List,
    Text,
    Boolean,
    Number,
    /// A number or, in older drafts, true or false.
    NumberOrBoolean,
    Count,
}

const KEYWORDS: &[(&[&str], Form)] = &[
    (&["type"], Form::Type),
    (&["not", "if", "then", "else", "contains", "propertyNames"], Form::Schema),
    (&["additionalProperties", "additionalItems", "unevaluatedProperties", "unevaluatedItems"], Form::Schema),
    (&["allOf", "anyOf", "oneOf", "prefixItems"], Form::Schemas),
    (&["items"], Form::SchemaOrList),
    (&["properties", "patternProperties", "dependentSchemas", "$defs", "definitions"], Form::Named),
    (&["required"], Form::Names),
    (&["enum"], Form::List),
    (&["title", "description", "pattern", "format", "$ref", "$id", "$schema", "$comment"], Form::Text),
    (&["uniqueItems", "deprecated", "readOnly", "writeOnly"], Form::Boolean),
    (&["minimum", "maximum", "multipleOf"], Form::Number),
    (&["exclusiveMinimum", "exclusiveMaximum"], Form::NumberOrBoolean),
    (&["minLength", "maxLength", "minItems", "maxItems", "minProperties", "maxProperties"], Form::Count),
];

/// A value that JSON Schema does not allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct SchemaProblem {
    /// The path of the value, such as `tools[0].function.parameters.required`.
    pub(super) path: String,
    pub(super) message: String,
}

/// Returns the first problem of each JSON Schema in the members of an assistant.
pub(super) fn problems(members: &Map<String, Value>) -> Vec<SchemaProblem> {
    let tools = members.get("tools").and_then(Value::as_array).into_iter().flatten().enumerate();
    let tools = tools.filter_map(|(n, tool)| {
        Some((format!("tools[{n}].function.parameters"), tool.get("function")?.get("parameters")?))
    });
    let format = members.get("response_format").and_then(|format| format.get("json_schema")?.get("schema"));
    let format = format.map(|schema| ("response_format.json_schema.schema".to_owned(), schema));
    let schemas = tools.chain(format).filter(|(_, schema)| !schema.is_null());
    schemas.filter_map(|(path, schema)| root(&path, schema).err()).collect()
}

/// Checks a schema that must be an object. The values true and false are schemas only inside another schema.
fn root(path: &str, schema: &Value) -> Result<(), SchemaProblem> {
    if schema.is_boolean() { Err(wrong(path, "a JSON Schema", schema)) } else { check(path, schema) }
}

/// Checks a schema. The recursion ends, because the reader of the manifest limits the depth.
fn check(path: &str, schema: &Value) -> Result<(), SchemaProblem> {
    let keywords = match schema {
        Value::Bool(_) => return Ok(()),
        Value::Object(keywords) => keywords,
        _ => return Err(wrong(path, "a JSON Schema", schema)),
    };
    for (keyword, value) in keywords {
        if let Some((_, form)) = KEYWORDS.iter().find(|(names, _)| names.contains(&keyword.as_str())) {
            form.check(&format!("{path}.{keyword}"), value)?;
        }
    }
    Ok(())
}

impl Form {
    fn check(self, path: &str, value: &Value) -> Result<(), SchemaProblem> {
        let all =
            |items: &[Value]| items.iter().enumerate().try_for_each(|(n, item)| check(&format!("{path}[{n}]"), item));
        let expected = match (self, value) {
            (Self::Type, Value::String(name)) if TYPES.contains(&name.as_str()) => return Ok(()),
            (Self::Type, Value::Array(names)) if !names.is_empty() => {
                let mut names = names.iter().enumerate();
                return names.try_for_each(|(n, name)| match name {
                    Value::String(_) => self.check(&format!("{path}[{n}]"), name),
                    _ => Err(wrong(&format!("{path}[{n}]"), "the name of a type", name)),
                });
            }
            (Self::Type, _) => return Err(wrong(path, &format!("one of {}", TYPES.join(", ")), value)),
            (Self::Schema | Self::SchemaOrList, Value::Object(_) | Value::Bool(_)) => return check(path, value),
            (Self::Schemas, Value::Array(items)) if !items.is_empty() => return all(items),
            (Self::SchemaOrList, Value::Array(items)) => return all(items),
            (Self::Named, Value::Object(schemas)) => {
                return schemas.iter().try_for_each(|(name, schema)| check(&format!("{path}.{name}"), schema));
            }
            (Self::Names, Value::Array(names)) if names.iter().all(Value::is_string) => return Ok(()),
            (Self::List, Value::Array(_)) | (Self::Text, Value::String(_)) => return Ok(()),
            (Self::Boolean | Self::NumberOrBoolean, Value::Bool(_)) => return Ok(()),
            (Self::Number | Self::NumberOrBoolean, Value::Number(_)) => return Ok(()),
            (Self::Count, Value::Number(_)) if value.as_f64().is_some_and(|n| n >= 0.0 && n.fract() == 0.0) => {
                return Ok(());
            }
            (Self::Schema | Self::SchemaOrList, _) => "a JSON Schema",
            (Self::Schemas, _) => "a list of JSON Schemas",
            (Self::Named, _) => "JSON Schemas by name",
            (Self::Names, _) => "a list of names",
            (Self::List, _) => "a list",
            (Self::Text, _) => "a text",
            (Self::Boolean, _) => "true or false",
            (Self::Number | Self::NumberOrBoolean, _) => "a number",
            (Self::Count, _) => "a whole number of 0 or more",
        };
        Err(wrong(path, expected, value))
    }
}

fn wrong(path: &str, expected: &str, value: &Value) -> SchemaProblem {
    let found: String = value.to_string().chars().take(60).collect();
    SchemaProblem { path: path.to_owned(), message: format!("expected {expected} for `{path}`, found {found}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn schemas_of_every_draft_from_draft_4_on_are_accepted() {
        for schema in [
            json!({}),
            json!({ "type": "object", "properties": { "a": { "type": ["string", "null"] }, "b": true }, "required": ["a"] }),
            json!({ "items": [{ "type": "string" }], "exclusiveMinimum": true, "definitions": { "x": {} } }),
            json!({ "prefixItems": [{}], "items": false, "exclusiveMinimum": 1.5, "$defs": { "x": { "$ref": "#" } } }),
            json!({ "minLength": 0, "maxLength": 3.0, "enum": [], "const": 7, "default": null, "examples": 3 }),
            json!({ "anyOf": [{ "not": {} }], "x-own": { "type": "no such type" }, "additionalProperties": false }),
            json!({ "properties": { "type": { "type": "string" }, "required": { "type": "boolean" } } }),
        ] {
            assert_eq!(root("p", &schema), Ok(()), "{schema}");
        }
    }

    #[test]
    fn a_keyword_with_another_value_is_named_with_its_path() {
        for (schema, expected) in [
            (json!([]), "expected a JSON Schema for `p`, found []"),
            (json!(true), "expected a JSON Schema for `p`, found true"),
            (
                json!({ "type": "strng" }),
                "expected one of array, boolean, integer, null, number, object, string for `p.type`",
            ),
            (json!({ "type": ["string", 1] }), "expected the name of a type for `p.type[1]`, found 1"),
            (json!({ "type": [] }), "for `p.type`, found []"),
            (json!({ "properties": [] }), "expected JSON Schemas by name for `p.properties`, found []"),
            (
                json!({ "properties": { "a": "string" } }),
                "expected a JSON Schema for `p.properties.a`, found \"string\"",
            ),
            (json!({ "required": true }), "expected a list of names for `p.required`, found true"),
            (json!({ "required": ["a", 1] }), "expected a list of names for `p.required`"),
            (json!({ "enum": "a" }), "expected a list for `p.enum`, found \"a\""),
            (json!({ "items": 3 }), "expected a JSON Schema for `p.items`, found 3"),
            (json!({ "items": [{ "type": 3 }] }), "for `p.items[0].type`, found 3"),
            (json!({ "anyOf": {} }), "expected a list of JSON Schemas for `p.anyOf`"),
            (json!({ "anyOf": [] }), "expected a list of JSON Schemas for `p.anyOf`"),
            (json!({ "oneOf": [{ "minimum": "1" }] }), "expected a number for `p.oneOf[0].minimum`, found \"1\""),
            (json!({ "minLength": -1 }), "expected a whole number of 0 or more for `p.minLength`, found -1"),
            (json!({ "maxItems": 1.5 }), "expected a whole number of 0 or more for `p.maxItems`"),
            (
                json!({ "additionalProperties": null }),
                "expected a JSON Schema for `p.additionalProperties`, found null",
            ),
            (json!({ "description": ["a"] }), "expected a text for `p.description`"),
            (json!({ "uniqueItems": 1 }), "expected true or false for `p.uniqueItems`, found 1"),
        ] {
            let found = root("p", &schema).map_err(|problem| problem.message);
            assert!(found.as_ref().is_err_and(|message| message.contains(expected)), "{schema}: {found:?}");
        }
    }
}
