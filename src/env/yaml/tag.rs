//! Tags of the core schema. Any other tag is an error, because JSON has no value for it.

use super::YamlError;
use super::extent::position_of;
use granit_parser::{Span, Tag};
use std::borrow::Cow;

/// Returns the type of a tag of the core schema, or `None` for the tag `!`.
///
/// # Errors
/// Returns an error with the position of the tag if the tag is not part of the core schema.
pub(super) fn core_type<'a>(tag: &'a Tag, span: &Span) -> Result<Option<&'a str>, YamlError> {
    if tag.parts() == ("", "!") {
        return Ok(None);
    }
    if let Some(name) = tag.core_suffix() {
        return Ok(Some(name));
    }
    let at = position_of(&span.tag_start().unwrap_or(span.start));
    let name = tag.original();
    Err(at.error(format!(
        "unknown tag `{name}`: only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are read; write the value \
         itself, or put the text in quotes if it begins with `!`"
    )))
}

/// Checks the tag of a collection.
///
/// # Errors
/// Returns an error if the tag is not the core schema's tag for this collection.
pub(super) fn collection_tag(tag: Option<Cow<'_, Tag>>, expected: &str, span: &Span) -> Result<(), YamlError> {
    let Some(tag) = tag else { return Ok(()) };
    match core_type(&tag, span)? {
        Some(found) if found != expected => {
            let at = position_of(&span.tag_start().unwrap_or(span.start));
            Err(at.error(format!("expected a value of the type !!{found}, found a value of the type !!{expected}")))
        }
        _ => Ok(()),
    }
}
