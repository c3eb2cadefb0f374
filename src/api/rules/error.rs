//! The error for a rejected request, with the wording, codes and params of the API
//! (docs/protocol/errors.md#known-errors).

use super::types::Type;
use crate::json;
use serde_json::Value;
use std::fmt::Display;

/// The error code for a missing required member.
pub const MISSING: &str = "missing_required_parameter";
/// The error code for a member that the operation does not have.
pub const UNKNOWN: &str = "unknown_parameter";

/// The error for a rejected request. A server returns it with status 400, and a client reports it before it sends.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct InvalidRequest {
    pub message: String,
    pub code: &'static str,
    /// The path of the member, such as `tools[0].type`.
    pub param: String,
}

impl InvalidRequest {
    fn new(code: &'static str, param: &str, message: String) -> Self {
        Self { message, code, param: param.to_owned() }
    }

    /// Returns the error for an unknown member.
    pub fn unknown(param: &str) -> Self {
        Self::new(UNKNOWN, param, format!("Unknown parameter: '{param}'."))
    }

    /// Returns the error for a missing required member.
    pub fn missing(param: &str) -> Self {
        Self::new(MISSING, param, format!("Missing required parameter: '{param}'."))
    }

    /// Returns the error for a request that has none of the members of which one is required.
    pub fn missing_choice(names: &[&str]) -> Self {
        let quoted: Vec<String> = names.iter().map(|name| format!("'{name}'")).collect();
        let message = format!("Missing required parameter: {}.", quoted.join(" or "));
        Self::new(MISSING, names.first().copied().unwrap_or_default(), message)
    }

    /// Returns the error for two members of which only one may be present.
    pub fn exclusive(param: &str, other: &str) -> Self {
        let message = format!("Mutually exclusive parameters: '{param}' and '{other}'. Provide only one of them.");
        Self::new("mutually_exclusive_parameters", param, message)
    }

    /// Returns the error for a value of the wrong type.
    pub fn wrong_type(param: &str, types: &[Type], value: &Value) -> Self {
        let names: Vec<&str> = types.iter().map(|kind| kind.article_name()).collect();
        let (expected, found) = (names.join(" or "), json::type_name(value));
        let message = format!("Invalid type for '{param}': expected {expected}, but got {found} instead.");
        Self::new("invalid_type", param, message)
    }

    /// Returns the error for a word that is not in the list of allowed values.
    pub fn wrong_word(param: &str, found: &str, words: &[&str]) -> Self {
        let message = format!("Invalid value: '{found}'. Supported values are: {}.", quoted_list(words));
        Self::new("invalid_value", param, message)
    }

    /// Returns the error for a value that violates another rule of its member.
    pub fn wrong_value(param: &str, rule: impl Display) -> Self {
        Self::new("invalid_value", param, format!("Invalid '{param}': {rule}"))
    }

    pub(super) fn long_text(param: &str, most: usize, found: usize) -> Self {
        Self::above_maximum("string_above_max_length", param, "string", "string too long", most, found)
    }

    pub(super) fn long_array(param: &str, most: usize, found: usize) -> Self {
        Self::above_maximum("array_above_max_length", param, "array", "array too long", most, found)
    }

    fn above_maximum(code: &'static str, param: &str, noun: &str, what: &str, most: usize, found: usize) -> Self {
        let (a, noun) = if noun == "array" { ("an", noun) } else { ("a", noun) };
        let message = format!(
            "Invalid '{param}': {what}. Expected {a} {noun} with maximum length {most}, but got {a} {noun} with length \
             {found} instead."
        );
        Self::new(code, param, message)
    }

    pub(super) fn short_array(param: &str, least: usize, found: usize) -> Self {
        let (code, what, got) = match found {
            0 => ("empty_array", "empty array", "an empty array".to_owned()),
            found => ("array_below_min_length", "array too short", format!("an array with length {found}")),
        };
        let message =
            format!("Invalid '{param}': {what}. Expected an array with minimum length {least}, but got {got} instead.");
        Self::new(code, param, message)
    }

    /// Returns the error for a number outside its range, or `None` if the number is within it.
    pub fn out_of_range(param: &str, value: &Value, least: Option<f64>, most: Option<f64>) -> Option<Self> {
        let number = value.as_f64()?;
        let (noun, codes) = if value.is_f64() {
            ("decimal", ["decimal_below_min_value", "decimal_above_max_value"])
        } else {
            ("integer", ["integer_below_min_value", "integer_above_max_value"])
        };
        let (code, side, sign, bound) = match (least, most) {
            (Some(least), _) if number < least => (codes[0], "below minimum value", ">=", least),
            (_, Some(most)) if number > most => (codes[1], "above maximum value", "<=", most),
            _ => return None,
        };
        let message =
            format!("Invalid '{param}': {noun} {side}. Expected a value {sign} {bound}, but got {value} instead.");
        Some(Self::new(code, param, message))
    }

    /// Returns `true` if the error is about an integer outside its range.
    pub fn is_out_of_range(&self) -> bool {
        ["integer_below_min_value", "integer_above_max_value"].contains(&self.code)
    }

    pub(super) fn many_properties(param: &str, most: usize, found: usize) -> Self {
        let message = format!(
            "Invalid '{param}': too many properties. Expected an object with at most {most} properties, but got an \
             object with {found} properties instead."
        );
        Self::new("object_above_max_properties", param, message)
    }

    pub(super) fn long_property(param: &str, most: usize, found: usize) -> Self {
        let message = format!(
            "Invalid property name in '{param}': string too long. Expected a property name with maximum length {most}, \
             but got a property name with length {found} instead."
        );
        Self::new("string_above_max_length", param, message)
    }
}

/// Quotes and joins words as the API does: `'a', 'b', and 'c'`.
fn quoted_list(words: &[&str]) -> String {
    let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
    match quoted.as_slice() {
        [] => String::new(),
        [one] => one.clone(),
        [one, two] => format!("{one} and {two}"),
        [head @ .., last] => format!("{}, and {last}", head.join(", ")),
    }
}
