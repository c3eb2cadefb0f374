//! The shapes of nested values, and the recursive check of a value. `nested` assigns shapes to members.

use super::Unknown;
use super::error::Refusal;
use super::types::Type;
use serde_json::Value;

/// The required form of a nested value.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape {
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
    /// A map of strings: at most 16 pairs, keys of 64 and values of 512 characters
    /// (docs/protocol/objects.md#limits-and-defaults).
    Metadata,
    /// An object with these members.
    Object(&'static [Field]),
    /// An object whose `type` determines its other members.
    Tagged(&'static [(&'static str, &'static [Field])]),
    List {
        of: &'static Shape,
        least: usize,
        most: usize,
    },
    /// A string of the first shape, or any other value of the second.
    TextOr(&'static Shape, &'static Shape),
}

/// One member of an object.
#[derive(Debug, Clone, Copy)]
pub(super) struct Field {
    name: &'static str,
    shape: Shape,
    required: bool,
    nullable: bool,
}

pub(super) const fn required(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: true, nullable: false }
}
pub(super) const fn optional(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, nullable: false }
}
pub(super) const fn nullable(name: &'static str, shape: Shape) -> Field {
    Field { name, shape, required: false, nullable: true }
}

const MOST_PAIRS: usize = 16;
const LONGEST_KEY: usize = 64;
const LONGEST_VALUE: usize = 512;

impl Shape {
    /// Checks a value. `at` is the path of the value in errors.
    pub(super) fn check(&self, value: &Value, at: &str, unknown: Unknown) -> Result<(), Refusal> {
        let wrong = |wanted: &[Type]| Err(Refusal::wrong_type(at, wanted, value));
        match (self, value) {
            (Self::Any, _) | (Self::Boolean, Value::Bool(_)) => Ok(()),
            (Self::Text(most), Value::String(text)) => text_within(text, *most, at),
            (Self::Word(words), Value::String(word)) if words.contains(&word.as_str()) => Ok(()),
            (Self::Word(words), Value::String(word)) => Err(Refusal::wrong_word(at, word, words)),
            (Self::FunctionName, Value::String(name)) => function_name(name, at),
            (Self::Integer { least, most }, Value::Number(_)) if value.is_i64() || value.is_u64() => {
                Refusal::out_of_range(at, value, Some(*least as f64), Some(*most as f64)).map_or(Ok(()), Err)
            }
            (Self::Number { least, most }, Value::Number(_)) => {
                Refusal::out_of_range(at, value, Some(*least), Some(*most)).map_or(Ok(()), Err)
            }
            (Self::Metadata, Value::Object(_)) => metadata(value, at),
            (Self::Object(fields), Value::Object(_)) => object(fields, None, value, at, unknown),
            (Self::Tagged(kinds), Value::Object(_)) => tagged(kinds, value, at, unknown),
            (Self::List { of, least, most }, Value::Array(items)) => list(of, (*least, *most), items, at, unknown),
            (Self::TextOr(text, _), Value::String(_)) => text.check(value, at, unknown),
            (Self::TextOr(_, other), _) => other.check(value, at, unknown),
            (Self::Boolean, _) => wrong(&[Type::Boolean]),
            (Self::Integer { .. }, _) => wrong(&[Type::Integer]),
            (Self::Number { .. }, _) => wrong(&[Type::Number]),
            (Self::List { .. }, _) => wrong(&[Type::Array]),
            (Self::Text(_) | Self::Word(_) | Self::FunctionName, _) => wrong(&[Type::String]),
            (Self::Metadata | Self::Object(_) | Self::Tagged(_), _) => wrong(&[Type::Object]),
        }
    }
}

fn text_within(text: &str, most: Option<usize>, at: &str) -> Result<(), Refusal> {
    let length = text.chars().count();
    match most {
        Some(most) if length > most => Err(Refusal::long_text(at, most, length)),
        _ => Ok(()),
    }
}

fn function_name(name: &str, at: &str) -> Result<(), Refusal> {
    text_within(name, Some(64), at)?;
    if !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_' || b == b'-') {
        return Ok(());
    }
    let rule = "string does not match pattern. Expected a string that matches the pattern '^[a-zA-Z0-9_-]+$'.";
    Err(Refusal::wrong_value(at, rule))
}

fn metadata(value: &Value, at: &str) -> Result<(), Refusal> {
    let Value::Object(map) = value else { return Ok(()) };
    if map.len() > MOST_PAIRS {
        return Err(Refusal::many_properties(at, MOST_PAIRS, map.len()));
    }
    for (key, value) in map {
        let length = key.chars().count();
        if length > LONGEST_KEY {
            return Err(Refusal::long_property(at, LONGEST_KEY, length));
        }
        let at = format!("{at}.{key}");
        match value {
            Value::String(text) => text_within(text, Some(LONGEST_VALUE), &at)?,
            other => return Err(Refusal::wrong_type(&at, &[Type::String], other)),
        }
    }
    Ok(())
}

fn list(of: &Shape, (least, most): (usize, usize), items: &[Value], at: &str, unknown: Unknown) -> Result<(), Refusal> {
    if items.len() < least {
        return Err(Refusal::short_array(at, least, items.len()));
    }
    if items.len() > most {
        return Err(Refusal::long_array(at, most, items.len()));
    }
    items.iter().enumerate().try_for_each(|(n, item)| of.check(item, &format!("{at}[{n}]"), unknown))
}

fn tagged(kinds: &[(&str, &[Field])], value: &Value, at: &str, unknown: Unknown) -> Result<(), Refusal> {
    let param = format!("{at}.type");
    let tag = match value.get("type") {
        None => return Err(Refusal::missing(&param)),
        Some(Value::String(tag)) => tag,
        Some(other) => return Err(Refusal::wrong_type(&param, &[Type::String], other)),
    };
    match kinds.iter().find(|(kind, _)| kind == tag) {
        Some((_, fields)) => object(fields, Some("type"), value, at, unknown),
        None if unknown == Unknown::Pass => Ok(()),
        None => {
            let words: Vec<&str> = kinds.iter().map(|(kind, _)| *kind).collect();
            Err(Refusal::wrong_word(&param, tag, &words))
        }
    }
}

fn object(fields: &[Field], tag: Option<&str>, value: &Value, at: &str, unknown: Unknown) -> Result<(), Refusal> {
    let Value::Object(map) = value else { return Ok(()) };
    let known = |name: &str| Some(name) == tag || fields.iter().any(|field| field.name == name);
    if unknown == Unknown::Refuse
        && let Some(name) = map.keys().find(|name| !known(name))
    {
        return Err(Refusal::unknown(&format!("{at}.{name}")));
    }
    for field in fields {
        let at = format!("{at}.{}", field.name);
        match map.get(field.name) {
            Some(Value::Null) if field.nullable => {}
            Some(value) => field.shape.check(value, &at, unknown)?,
            None if field.required => return Err(Refusal::missing(&at)),
            None => {}
        }
    }
    Ok(())
}
