//! The rules of members as JSON Schema, for editors.

use super::members::Member;
use super::schema::{Property, Schema};
use super::types::Type;
use serde_json::{Map, Value, json};

/// A manifest accepts objects in some lists of IDs. `lists` has the names of these lists, `item` the schema of such an
/// object.
#[derive(Debug, Clone, Copy)]
pub struct ItemForms<'a> {
    pub lists: &'a [&'a str],
    pub item: &'a Value,
}

impl Member {
    /// Returns the JSON Schema of a value. `nested` has the rules within the value.
    pub fn json_schema(&self, nested: Option<&Schema>, forms: ItemForms<'_>) -> Value {
        let schema = nested.map_or_else(|| self.own_json_schema(), |nested| nested.json_schema(self.name, forms));
        if self.nullable { json!({ "anyOf": [schema, { "type": "null" }] }) } else { schema }
    }

    fn own_json_schema(&self) -> Value {
        let types: Vec<&str> = self.types.iter().map(|kind| kind.json_name()).collect();
        let mut schema = Map::new();
        if !types.is_empty() {
            schema.insert("type".into(), types.into());
        }
        let limits = [
            ("maxLength", self.longest.map(Value::from)),
            ("minimum", self.least.map(Value::from)),
            ("maximum", self.most.map(Value::from)),
            ("minItems", self.min_items.map(Value::from)),
            ("maxItems", self.max_items.map(Value::from)),
        ];
        schema.extend(limits.into_iter().filter_map(|(name, limit)| Some((name.to_owned(), limit?))));
        if self.one_of.is_empty() { Value::Object(schema) } else { words(self.one_of) }
    }
}

impl Type {
    const fn json_name(self) -> &'static str {
        match self {
            Self::String => "string",
            Self::Integer => "integer",
            Self::Number => "number",
            Self::Boolean => "boolean",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

impl Schema {
    /// Returns the JSON Schema of the value of a member with this name.
    fn json_schema(&self, name: &str, forms: ItemForms<'_>) -> Value {
        match self {
            // A schema that contains itself would be infinite, so any value is allowed.
            Self::Any | Self::Ref(_) => json!({}),
            Self::Text(None) => json!({ "type": "string" }),
            Self::Text(Some(most)) => json!({ "type": "string", "maxLength": most }),
            Self::Word(allowed) => words(allowed),
            Self::FunctionName => json!({ "type": "string", "pattern": "^[a-zA-Z0-9_-]{1,64}$|\\$\\{" }),
            Self::Boolean => json!({ "type": "boolean" }),
            Self::Integer { least, most } => json!({ "type": "integer", "minimum": least, "maximum": most }),
            Self::Number { least, most } => json!({ "type": "number", "minimum": least, "maximum": most }),
            Self::Typed(types) => json!({ "type": types.iter().map(|kind| kind.json_name()).collect::<Vec<_>>() }),
            Self::Metadata => {
                json!({ "type": "object", "additionalProperties": { "type": "string", "maxLength": 512 } })
            }
            Self::Attributes => {
                json!({ "type": "object", "additionalProperties": { "type": ["string", "number", "boolean"] } })
            }
            Self::Object(properties) => object(properties, Map::new(), forms),
            Self::Tagged(kinds) => {
                let kind = |(kind, properties): &(&str, &[Property])| {
                    let tag = Map::from_iter([("type".to_owned(), json!({ "const": kind }))]);
                    object(properties, tag, forms)
                };
                json!({ "anyOf": kinds.iter().map(kind).collect::<Vec<_>>() })
            }
            Self::List { of, least, most } => {
                let mut items = of.json_schema(name, forms);
                if forms.lists.contains(&name) {
                    items = json!({ "anyOf": [items, forms.item] });
                }
                let mut list = json!({ "type": "array", "items": items });
                if *least > 0 {
                    list["minItems"] = (*least).into();
                }
                if *most < usize::MAX {
                    list["maxItems"] = (*most).into();
                }
                list
            }
            Self::TextOr(one, other) | Self::ListOr(one, other) => {
                json!({ "anyOf": [one.json_schema(name, forms), other.json_schema(name, forms)] })
            }
            Self::Checked(schema, _) => schema.json_schema(name, forms),
        }
    }
}

/// Returns the schema of one of these words, or of a text with a variable.
fn words(allowed: &[&str]) -> Value {
    json!({ "anyOf": [{ "enum": allowed }, { "type": "string", "pattern": "\\$\\{" }] })
}

fn object(properties: &[Property], mut schemas: Map<String, Value>, forms: ItemForms<'_>) -> Value {
    let mut required: Vec<&str> = schemas.keys().map(|_| "type").collect();
    for property in properties {
        let schema = property.schema.json_schema(property.name, forms);
        let schema = if property.nullable { json!({ "anyOf": [schema, { "type": "null" }] }) } else { schema };
        schemas.insert(property.name.to_owned(), schema);
        required.extend(property.required.then_some(property.name));
    }
    json!({ "type": "object", "properties": schemas, "required": required, "additionalProperties": false })
}
