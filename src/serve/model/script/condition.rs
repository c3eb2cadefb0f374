//! The conditions of the rules in a script.

use crate::serve::model::{Called, Turn};
use regex_lite::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::collections::BTreeMap;
use std::fmt;

/// A condition. Members that are not set match everything.
///
/// A condition on outputs matches only a run whose last tool calls returned them. Any other condition matches only a
/// run without tool calls so far. Otherwise a rule with tool calls would match again after their outputs.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    /// The text of the last user message.
    user: Option<Text>,
    /// The outputs of the last tool calls, by function name.
    #[serde(default)]
    output: BTreeMap<String, Text>,
    /// The model of the run.
    model: Option<Text>,
    /// The ID or name of the assistant.
    assistant: Option<Text>,
}

impl When {
    /// Returns `true` if the condition matches.
    pub(super) fn holds(&self, turn: &Turn) -> bool {
        let last: &[Called] = turn.rounds.last().map_or(&[], |round| &round.calls);
        let given =
            |(name, text): (&String, &Text)| last.iter().any(|call| call.name == *name && text.fits(&call.output));
        let asked = |text: &Text| text.fits(&turn.last_user_text().unwrap_or_default());
        let assistant = |text: &Text| text.fits(&turn.assistant.id) || text.fits(&turn.assistant.name);
        self.output.is_empty() == turn.rounds.is_empty()
            && self.output.iter().all(given)
            && self.user.as_ref().is_none_or(asked)
            && self.model.as_ref().is_none_or(|text| text.fits(&turn.model))
            && self.assistant.as_ref().is_none_or(assistant)
    }

    /// Returns `true` if the condition needs the name of the assistant.
    pub(super) fn asks_for_assistant(&self) -> bool {
        self.assistant.is_some()
    }
}

/// A condition on a text.
#[derive(Debug)]
enum Text {
    /// Equal, apart from white space at both ends.
    Exact(String),
    Contains(String),
    Regex(Regex),
}

impl Text {
    fn fits(&self, text: &str) -> bool {
        match self {
            Self::Exact(wanted) => text.trim() == wanted.trim(),
            Self::Contains(part) => text.contains(part),
            Self::Regex(regex) => regex.is_match(text),
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum Named {
    Exact(String),
    Contains(String),
    Regex(String),
}

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(TextVisitor)
    }
}

struct TextVisitor;

impl<'de> Visitor<'de> for TextVisitor {
    type Value = Text;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, or one of exact, contains, regex with a text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Text, E> {
        Ok(Text::Exact(text.to_owned()))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Text, A::Error> {
        match Named::deserialize(MapAccessDeserializer::new(map))? {
            Named::Exact(text) => Ok(Text::Exact(text)),
            Named::Contains(text) => Ok(Text::Contains(text)),
            Named::Regex(text) => match Regex::new(&text) {
                Ok(regex) => Ok(Text::Regex(regex)),
                Err(error) => Err(de::Error::custom(format_args!("`{text}` is no regular expression: {error}"))),
            },
        }
    }
}
