//! Schemas of values, and the recursive check of a value against one.

use super::Unknown;
use super::error::InvalidRequest;
use super::types::Type;
use serde_json::Value;

/// The required form of a value. Schemas are constants, so that declarations need no memory at run time.
#[derive(Debug, Clone, Copy)]
pub enum Schema {
    /// Any value.
    Any,
    /// A text, with its optional maximum length in characters.
    Text(Option<usize>),
    /// One of these words.
    Word(&'static [&'static str]),
    /// The name of a function: 1 to 64 characters of `[A-Za-z0-9_-]`.
    FunctionName,
    Boolean,
    Integer {
        least: i64,
        most: i64,
    },
    Number {
        least: f64,
        most: f64,
    },
    /// A value of one of these types, without further rules.
    Typed(&'static [Type]),
    /// A map of strings: at most 16 pairs, keys of 64 and values of 512 characters
    /// (docs/protocol/objects.md#limits-and-defaults).
    Metadata,
    /// A map like [`Schema::Metadata`] whose values may also be numbers and booleans.
    Attributes,
    /// An object with these members.
    Object(&'static [Property]),
    /// An object whose `type` determines its other members.
    Tagged(&'static [(&'static str, &'static [Property])]),
    List {
        of: &'static Schema,
        least: usize,
        most: usize,
    },
    /// A string of the first schema, or any other value of the second.
    TextOr(&'static Schema, &'static Schema),
    /// An array of the first schema, or any other value of the second.
    ListOr(&'static Schema, &'static Schema),
    /// Another schema. It allows a schema to contain itself.
    Ref(&'static Schema),
    /// A value of the schema that also passes the check. The check receives the path of the value for errors.
    Checked(&'static Schema, fn(&Value, &str) -> Result<(), InvalidRequest>),
}

/// One member of an object, with its schema.
#[derive(Debug, Clone, Copy)]
pub struct Property {
    pub name: &'static str,
    pub schema: Schema,
    pub required: bool,
    pub nullable: bool,
}

/// Returns a member that must be present.
pub const fn required(name: &'static str, schema: Schema) -> Property {
    Property { name, schema, required: true, nullable: false }
}

/// Returns a member that may be absent, but not null.
pub const fn optional(name: &'static str, schema: Schema) -> Property {
    Property { name, schema, required: false, nullable: false }
}

/// Returns a member that may be absent or null.
pub const fn nullable(name: &'static str, schema: Schema) -> Property {
    Property { name, schema, required: false, nullable: true }
}

const MOST_PAIRS: usize = 16;
const LONGEST_KEY: usize = 64;
const LONGEST_VALUE: usize = 512;

impl Schema {
    /// A text of any length.
    pub const TEXT: Self = Self::Text(None);

    /// Returns the schema of an array of any length.
    pub const fn list(of: &'static Self) -> Self {
        Self::List { of, least: 0, most: usize::MAX }
    }

    /// Checks a value. `at` is the path of the value in errors.
    pub fn check(&self, value: &Value, at: &str, unknown: Unknown) -> Result<(), InvalidRequest> {
        let wrong = |wanted: &[Type]| Err(InvalidRequest::wrong_type(at, wanted, value));
        match (self, value) {
            (Self::Any, _) | (Self::Boolean, Value::Bool(_)) => Ok(()),
            (Self::Text(most), Value::String(text)) => text_within(text, *most, at),
            (Self::Word(words), Value::String(word)) if words.contains(&word.as_str()) => Ok(()),
            (Self::Word(words), Value::String(word)) => Err(InvalidRequest::wrong_word(at, word, words)),
            (Self::FunctionName, Value::String(name)) => function_name(name, at),
            (Self::Integer { least, most }, Value::Number(_)) if value.is_i64() || value.is_u64() => {
                InvalidRequest::out_of_range(at, value, Some(*least as f64), Some(*most as f64)).map_or(Ok(()), Err)
            }
            (Self::Number { least, most }, Value::Number(_)) => {
                InvalidRequest::out_of_range(at, value, Some(*least), Some(*most)).map_or(Ok(()), Err)
            }
            (Self::Typed(types), _) => {
                if types.iter().any(|one| one.fits(value)) {
                    Ok(())
                } else {
                    wrong(types)
                }
            }
            (Self::Metadata, Value::Object(_)) => pairs(value, at, &[Type::String]),
            (Self::Attributes, Value::Object(_)) => pairs(value, at, &[Type::String, Type::Number, Type::Boolean]),
            (Self::Object(properties), Value::Object(_)) => object(properties, None, value, at, unknown),
            (Self::Tagged(kinds), Value::Object(_)) => tagged(kinds, value, at, unknown),
            (Self::List { of, least, most }, Value::Array(items)) => list(of, (*least, *most), items, at, unknown),
            (Self::TextOr(text, _), Value::String(_)) => text.check(value, at, unknown),
            (Self::ListOr(list, _), Value::Array(_)) => list.check(value, at, unknown),
            (Self::TextOr(_, other) | Self::ListOr(_, other), _) => other.check(value, at, unknown),
            (Self::Ref(schema), _) => schema.check(value, at, unknown),
            (Self::Checked(schema, check), _) => {
                schema.check(value, at, unknown)?;
                check(value, at)
            }
            (Self::Boolean, _) => wrong(&[Type::Boolean]),
            (Self::Integer { .. }, _) => wrong(&[Type::Integer]),
            (Self::Number { .. }, _) => wrong(&[Type::Number]),
            (Self::List { .. }, _) => wrong(&[Type::Array]),
            (Self::Text(_) | Self::Word(_) | Self::FunctionName, _) => wrong(&[Type::String]),
            (Self::Metadata | Self::Attributes | Self::Object(_) | Self::Tagged(_), _) => wrong(&[Type::Object]),
        }
    }
}

fn text_within(text: &str, most: Option<usize>, at: &str) -> Result<(), InvalidRequest> {
    let length = text.chars().count();
    match most {
        Some(most) if length > most => Err(InvalidRequest::long_text(at, most, length)),
        _ => Ok(()),
    }
}

fn function_name(name: &str, at: &str) -> Result<(), InvalidRequest> {
    text_within(name, Some(64), at)?;
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        return Ok(());
    }
    let rule = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
    Err(InvalidRequest::wrong_value(at, rule))
}

/// Checks a map of at most 16 pairs whose values have one of these types.
fn pairs(value: &Value, at: &str, types: &[Type]) -> Result<(), InvalidRequest> {
    let Value::Object(map) = value else { return Ok(()) };
    if map.len() > MOST_PAIRS {
        return Err(InvalidRequest::many_properties(at, MOST_PAIRS, map.len()));
    }
    for (key, value) in map {
        let length = key.chars().count();
        if length > LONGEST_KEY {
            return Err(InvalidRequest::long_property(at, LONGEST_KEY, length));
        }
        let at = format!("{at}.{key}");
        match value {
            Value::String(text) => text_within(text, Some(LONGEST_VALUE), &at)?,
            other if types.iter().any(|one| one.fits(other)) => {}
            other => return Err(InvalidRequest::wrong_type(&at, types, other)),
        }
    }
    Ok(())
}

fn list(
    of: &Schema,
    (least, most): (usize, usize),
    items: &[Value],
    at: &str,
    unknown: Unknown,
) -> Result<(), InvalidRequest> {
    if items.len() < least {
        return Err(InvalidRequest::short_array(at, least, items.len()));
    }
    if items.len() > most {
        return Err(InvalidRequest::long_array(at, most, items.len()));
    }
    items.iter().enumerate().try_for_each(|(n, item)| of.check(item, &format!("{at}[{n}]"), unknown))
}

fn tagged(kinds: &[(&str, &[Property])], value: &Value, at: &str, unknown: Unknown) -> Result<(), InvalidRequest> {
    let param = format!("{at}.type");
    let tag = match value.get("type") {
        None => return Err(InvalidRequest::missing(&param)),
        Some(Value::String(tag)) => tag,
        Some(other) => return Err(InvalidRequest::wrong_type(&param, &[Type::String], other)),
    };
    match kinds.iter().find(|(kind, _)| kind == tag) {
        Some((_, properties)) => object(properties, Some("type"), value, at, unknown),
        None if unknown == Unknown::Pass => Ok(()),
        None => {
            let words: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
            Err(InvalidRequest::wrong_word(&param, tag, &words))
        }
    }
}

fn object(
    properties: &[Property],
    tag: Option<&str>,
    value: &Value,
    at: &str,
    unknown: Unknown,
) -> Result<(), InvalidRequest> {
    let Value::Object(map) = value else { return Ok(()) };
    let known = |name: &str| Some(name) == tag || properties.iter().any(|property| property.name == name);
    if unknown == Unknown::Refuse
        && let Some(name) = map.keys().find(|name| !known(name))
    {
        return Err(InvalidRequest::unknown(&format!("{at}.{name}")));
    }
    for property in properties {
        let at = format!("{at}.{}", property.name);
        match map.get(property.name) {
            Some(Value::Null) if property.nullable => {}
            Some(value) => property.schema.check(value, &at, unknown)?,
            None if property.required => return Err(InvalidRequest::missing(&at)),
            None => {}
        }
    }
    Ok(())
}
