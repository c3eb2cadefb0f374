//! When a rule of a script fits.

use crate::serve::model::{Called, Turn};
use regex_lite::Regex;
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::collections::BTreeMap;
use std::fmt;

/// What must be so; what is not said does not matter.
///
/// A rule that asks for outputs fits a run whose last calls gave them; every other fits a run that has called nothing yet,
/// so that a rule that calls is not asked again with what came of it.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    /// The last message of the user.
    user: Option<Text>,
    /// Outputs of the last calls, by the names of their functions.
    #[serde(default)]
    output: BTreeMap<String, Text>,
    /// What the run names as its model.
    model: Option<Text>,
    /// The assistant's id or name.
    assistant: Option<Text>,
}

impl When {
    /// Tells whether all of it is so.
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

    /// Tells whether the assistant's name matters.
    pub(super) fn asks_for_assistant(&self) -> bool {
        self.assistant.is_some()
    }
}

/// What a text must be.
#[derive(Debug)]
enum Text {
    /// This, but for white space around it.
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
