//! The rules for the top-level members of a request, and the check of a map against them.

use super::error::InvalidRequest;
use super::types::Type;
use serde_json::{Map, Value};

/// The rules for one member, from the protocol's document.
#[derive(Debug, Clone, Copy)]
pub struct Member {
    pub name: &'static str,
    pub types: &'static [Type],
    pub required: bool,
    pub nullable: bool,
    /// The allowed values. Empty if any text is allowed or the document's list is open.
    pub one_of: &'static [&'static str],
    /// The maximum length of a text, in characters.
    pub longest: Option<usize>,
    pub least: Option<f64>,
    pub most: Option<f64>,
    pub min_items: Option<usize>,
    pub max_items: Option<usize>,
}

/// Builder methods for the generated table.
impl Member {
    pub const PLAIN: Self = Self {
        name: "",
        types: &[],
        required: false,
        nullable: false,
        one_of: &[],
        longest: None,
        least: None,
        most: None,
        min_items: None,
        max_items: None,
    };
    pub const fn of(self, name: &'static str, types: &'static [Type]) -> Self {
        Self { name, types, ..self }
    }
    pub const fn required(self) -> Self {
        Self { required: true, ..self }
    }
    pub const fn nullable(self) -> Self {
        Self { nullable: true, ..self }
    }
    pub const fn one_of(self, one_of: &'static [&'static str]) -> Self {
        Self { one_of, ..self }
    }
    pub const fn longest(self, longest: usize) -> Self {
        Self { longest: Some(longest), ..self }
    }
    pub const fn least(self, least: f64) -> Self {
        Self { least: Some(least), ..self }
    }
    pub const fn most(self, most: f64) -> Self {
        Self { most: Some(most), ..self }
    }
    pub const fn min_items(self, min_items: usize) -> Self {
        Self { min_items: Some(min_items), ..self }
    }
    pub const fn max_items(self, max_items: usize) -> Self {
        Self { max_items: Some(max_items), ..self }
    }

    fn check(&self, value: &Value) -> Result<(), InvalidRequest> {
        if value.is_null() && self.nullable {
            return Ok(());
        }
        if !self.types.iter().any(|kind| kind.fits(value)) {
            return Err(InvalidRequest::wrong_type(self.name, self.types, value));
        }
        match value {
            Value::String(text) => self.check_text(text),
            Value::Array(items) => self.check_items(items.len()),
            Value::Number(_) => {
                InvalidRequest::out_of_range(self.name, value, self.least, self.most).map_or(Ok(()), Err)
            }
            _ => Ok(()),
        }
    }

    fn check_text(&self, text: &str) -> Result<(), InvalidRequest> {
        if !self.one_of.is_empty() && !self.one_of.contains(&text) {
            return Err(InvalidRequest::wrong_word(self.name, text, self.one_of));
        }
        let length = text.chars().count();
        match self.longest {
            Some(longest) if length > longest => Err(InvalidRequest::long_text(self.name, longest, length)),
            _ => Ok(()),
        }
    }

    fn check_items(&self, length: usize) -> Result<(), InvalidRequest> {
        match (self.min_items, self.max_items) {
            (Some(least), _) if length < least => Err(InvalidRequest::short_array(self.name, least, length)),
            (_, Some(most)) if length > most => Err(InvalidRequest::long_array(self.name, most, length)),
            _ => Ok(()),
        }
    }
}

/// The rules for one operation, from the protocol's document.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    pub name: &'static str,
    pub method: &'static str,
    pub path: &'static str,
    /// `true` if the body must not contain members that the document does not list.
    pub closed: bool,
    pub query: &'static [Member],
    pub body: Option<&'static [Member]>,
    /// Members of the body of which exactly one is required. Empty if there is no such rule.
    pub one_of_required: &'static [&'static str],
}

impl Operation {
    /// Returns the rules for a query parameter.
    pub fn query_member(&self, name: &str) -> Option<&'static Member> {
        self.query.iter().find(|member| member.name == name)
    }

    /// Returns the names of the members of the body.
    pub fn body_names(&self) -> impl Iterator<Item = &'static str> + use<> {
        self.body.into_iter().flatten().map(|member| member.name)
    }

    /// Returns the rules for a member of the body.
    pub fn body_member(&self, name: &str) -> Option<&'static Member> {
        self.body?.iter().find(|member| member.name == name)
    }
}

/// Checks a map against the rules, in their order. Returns the first violation. Members without a rule are ignored, and
/// those in `optional` need not be present.
pub fn check_members(facts: &[Member], map: &Map<String, Value>, optional: &[&str]) -> Result<(), InvalidRequest> {
    for member in facts {
        match map.get(member.name) {
            Some(value) => member.check(value)?,
            None if member.required && !optional.contains(&member.name) => {
                return Err(InvalidRequest::missing(member.name));
            }
            None => {}
        }
    }
    Ok(())
}
