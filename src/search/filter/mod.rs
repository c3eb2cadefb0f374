//! Filters on the attributes of files: `{type, key, value}` and `{type, filters}` (docs/protocol/vector_stores.md#search).
//!
//! - A comparison with an attribute that a file does not have never matches. This holds for `ne` and `nin` too, as for
//!   `NULL` in SQL. The documents of the protocol do not state it.
//! - Values of different types are not equal, so `ne` and `nin` match, and no other comparison does.
//! - `gt`, `gte`, `lt`, and `lte` compare two numbers by value, or two texts by code points. Booleans have no order.
//! - An `and` or `or` with one filter is that filter.

mod expression;
mod json;
mod marked;
#[cfg(test)]
mod tests;

pub use expression::ExpressionError;
pub use json::JsonError;

use serde_json::{Map, Number, Value};
use std::cmp::Ordering;

/// The deepest nesting of `and`, `or`, and parentheses.
pub const MAX_DEPTH: usize = 32;
/// The largest number of values in a filter.
pub const MAX_VALUES: usize = 1_000;

/// A filter on attributes.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// Compares one attribute.
    Compare {
        /// The name of the attribute.
        key: String,
        /// The comparison.
        test: Test,
    },
    /// Matches if all filters match. There are at least two.
    And(Vec<Filter>),
    /// Matches if one of the filters matches. There are at least two.
    Or(Vec<Filter>),
}

/// A comparison with the value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Test {
    /// Compares with one value.
    Is(Operator, Scalar),
    /// Matches if the attribute has one of the values.
    In(Vec<Scalar>),
    /// Matches if the attribute has none of the values.
    NotIn(Vec<Scalar>),
}

/// An operator with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Operator {
    /// `eq`, written `=`.
    Equal,
    /// `ne`, written `!=`.
    NotEqual,
    /// `lt`, written `<`.
    Less,
    /// `lte`, written `<=`.
    LessOrEqual,
    /// `gt`, written `>`.
    Greater,
    /// `gte`, written `>=`.
    GreaterOrEqual,
}

/// The operators with their names in JSON and in expressions. Longer symbols precede those that they begin with.
const OPERATORS: [(Operator, &str, &str); 6] = [
    (Operator::NotEqual, "ne", "!="),
    (Operator::LessOrEqual, "lte", "<="),
    (Operator::GreaterOrEqual, "gte", ">="),
    (Operator::Equal, "eq", "="),
    (Operator::Less, "lt", "<"),
    (Operator::Greater, "gt", ">"),
];

/// A value of an attribute.
#[derive(Debug, Clone, PartialEq)]
pub enum Scalar {
    /// A text.
    Text(String),
    /// A number, as it was written.
    Number(Number),
    /// A boolean.
    Bool(bool),
}

impl Filter {
    /// Returns `true` if a file with these attributes matches.
    pub fn matches(&self, attributes: &Map<String, Value>) -> bool {
        match self {
            Self::And(filters) => filters.iter().all(|filter| filter.matches(attributes)),
            Self::Or(filters) => filters.iter().any(|filter| filter.matches(attributes)),
            Self::Compare { key, test } => {
                attributes.get(key).and_then(Scalar::from_json).is_some_and(|one| test.matches(&one))
            }
        }
    }

    /// Reads the JSON form of the API.
    ///
    /// # Errors
    /// Returns an error if the form is wrong, or exceeds [`MAX_DEPTH`] or [`MAX_VALUES`]. The error has the path of the
    /// wrong member.
    pub fn from_json(value: &Value) -> Result<Self, JsonError> {
        json::read(value)
    }

    /// Returns the JSON form of the API.
    pub fn to_json(&self) -> Value {
        json::write(self)
    }
}

impl Test {
    fn matches(&self, attribute: &Scalar) -> bool {
        match self {
            Self::In(values) => values.iter().any(|value| attribute.equals(value)),
            Self::NotIn(values) => !values.iter().any(|value| attribute.equals(value)),
            Self::Is(Operator::Equal, value) => attribute.equals(value),
            Self::Is(Operator::NotEqual, value) => !attribute.equals(value),
            Self::Is(operator, value) => attribute.order(value).is_some_and(|order| match operator {
                Operator::Less => order.is_lt(),
                Operator::LessOrEqual => order.is_le(),
                Operator::Greater => order.is_gt(),
                _ => order.is_ge(),
            }),
        }
    }
}

impl Scalar {
    /// Reads a text, a number, or a boolean. `None` for all other values.
    fn from_json(value: &Value) -> Option<Self> {
        match value {
            Value::String(text) => Some(Self::Text(text.clone())),
            Value::Number(number) => Some(Self::Number(number.clone())),
            Value::Bool(bool) => Some(Self::Bool(*bool)),
            _ => None,
        }
    }

    fn to_json(&self) -> Value {
        match self {
            Self::Text(text) => Value::String(text.clone()),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Bool(bool) => Value::Bool(*bool),
        }
    }

    fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Bool(one), Self::Bool(other)) => one == other,
            _ => self.order(other).is_some_and(Ordering::is_eq),
        }
    }

    /// Compares two texts or two numbers. Integers are compared exactly.
    fn order(&self, other: &Self) -> Option<Ordering> {
        match (self, other) {
            (Self::Text(one), Self::Text(other)) => Some(one.cmp(other)),
            (Self::Number(one), Self::Number(other)) => match (one.as_i128(), other.as_i128()) {
                (Some(one), Some(other)) => Some(one.cmp(&other)),
                _ => one.as_f64()?.partial_cmp(&other.as_f64()?),
            },
            _ => None,
        }
    }
}
