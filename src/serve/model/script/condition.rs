//! The conditions of the rules in a script.

use crate::serve::model::{CompletedCall, ModelInput};
use regex_lite::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::collections::BTreeMap;
use std::fmt;

/// The condition of a rule. Members that are not set match everything.
///
/// A condition with `output` matches only if the last tool calls of the run have these outputs. A condition without it
/// matches only before the first tool call of the run. Otherwise a rule that makes tool calls would match again after
/// their outputs.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Condition {
    /// The text of the last user message.
    user: Option<TextPattern>,
    /// The outputs of the last tool calls, by function name.
    #[serde(default)]
    output: BTreeMap<String, TextPattern>,
    /// The model of the run.
    model: Option<TextPattern>,
    /// The ID or name of the assistant.
    assistant: Option<TextPattern>,
}

impl Condition {
    /// Returns `true` if the condition matches.
    pub(super) fn matches(&self, input: &ModelInput) -> bool {
        let last: &[CompletedCall] = input.rounds.last().map_or(&[], |round| &round.calls);
        let has_output = |(name, text): (&String, &TextPattern)| {
            last.iter().any(|call| call.name == *name && text.matches(&call.output))
        };
        let user = |text: &TextPattern| text.matches(&input.last_user_text().unwrap_or_default());
        let assistant = |text: &TextPattern| text.matches(&input.assistant.id) || text.matches(&input.assistant.name);
        self.output.is_empty() == input.rounds.is_empty()
            && self.output.iter().all(has_output)
            && self.user.as_ref().is_none_or(user)
            && self.model.as_ref().is_none_or(|text| text.matches(&input.model))
            && self.assistant.as_ref().is_none_or(assistant)
    }

    /// Returns `true` if the condition needs the name of the assistant.
    pub(super) fn needs_assistant_name(&self) -> bool {
        self.assistant.is_some()
    }
}

/// A condition on a text.
#[derive(Debug)]
enum TextPattern {
    /// Equal to this text, apart from white space at both ends.
    Exact(String),
    Contains(String),
    Regex(Regex),
}

impl TextPattern {
    fn matches(&self, text: &str) -> bool {
        match self {
            Self::Exact(expected) => text.trim() == expected.trim(),
            Self::Contains(part) => text.contains(part),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

/// The form of a [`TextPattern`] in the file, unless it is a plain text.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum PatternFields {
    Exact(String),
    Contains(String),
    Regex(String),
}

impl<'de> Deserialize<'de> for TextPattern {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextPatternVisitor)
    }
}

struct TextPatternVisitor;

impl<'de> Visitor<'de> for TextPatternVisitor {
    type Value = TextPattern;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, or one of `exact`, `contains`, `regex` with a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<TextPattern, E> {
        Ok(TextPattern::Exact(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TextPattern, A::Error> {
        match PatternFields::deserialize(MapAccessDeserializer::new(map))? {
            PatternFields::Exact(text) => Ok(TextPattern::Exact(text)),
            PatternFields::Contains(text) => Ok(TextPattern::Contains(text)),
            PatternFields::Regex(text) => match Regex::new(&text) {
                Ok(regex) => Ok(TextPattern::Regex(regex)),
                Err(error) => Err(de::Error::custom(format_args!("invalid regular expression `{text}`: {error}"))),
            },
        }
    }
}
