//! The answers of a script.

use super::one_or_many::one_or_many;
use crate::config::TimeLimit;
use crate::env::yaml::AS_JSON;
use crate::serve::model::failure::{RunFailure, RunFailureCode};
use crate::serve::model::{IncompleteReason, RequestedCall};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use std::time::Duration;

/// An answer, with its pauses.
#[derive(Debug)]
pub(super) struct ScriptedReply {
    /// The text, in the parts in which it is streamed.
    pub(super) parts: Vec<String>,
    pub(super) calls: Vec<RequestedCall>,
    /// The text of a refusal.
    pub(super) refuse: Option<String>,
    pub(super) fail: Option<RunFailure>,
    pub(super) incomplete: Option<IncompleteReason>,
    /// The delay before the first part.
    pub(super) after: Duration,
    /// The delay between two parts.
    pub(super) pace: Duration,
    pub(super) usage: TokenUsage,
}

/// The tokens that an answer uses. If a value is missing, words are counted instead.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TokenUsage {
    #[serde(default, deserialize_with = "tokens")]
    pub(super) prompt: Option<i64>,
    #[serde(default, deserialize_with = "tokens")]
    pub(super) completion: Option<i64>,
}

fn tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let tokens = i64::deserialize(deserializer)?;
    if tokens < 0 {
        Err(de::Error::custom("expected a number of tokens that is not negative"))
    } else {
        Ok(Some(tokens))
    }
}

/// An answer as it is written in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReplyFields {
    say: Option<TextParts>,
    #[serde(default)]
    call: Calls,
    refuse: Option<String>,
    fail: Option<FailFields>,
    incomplete: Option<IncompleteReasonName>,
    after: Option<TimeLimit>,
    pace: Option<TimeLimit>,
    #[serde(default)]
    usage: TokenUsage,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FailFields {
    code: Option<FailCode>,
    message: Option<String>,
}

#[derive(Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum FailCode {
    ServerError,
    RateLimitExceeded,
    InvalidPrompt,
}

#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
enum IncompleteReasonName {
    MaxPromptTokens,
    MaxCompletionTokens,
    ContentFilter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CallFields {
    name: String,
    #[serde(default)]
    arguments: Arguments,
}

impl From<CallFields> for RequestedCall {
    fn from(CallFields { name, arguments }: CallFields) -> Self {
        Self { name, arguments: arguments.0 }
    }
}

/// The arguments of a tool call. A text is used as it is, whether or not it is JSON. Any other value becomes JSON text.
struct Arguments(String);

impl Default for Arguments {
    fn default() -> Self {
        Self("{}".to_owned())
    }
}

impl<'de> Deserialize<'de> for Arguments {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_newtype_struct(AS_JSON, ArgumentsVisitor)
    }
}

struct ArgumentsVisitor;

impl Visitor<'_> for ArgumentsVisitor {
    type Value = Arguments;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("the arguments of a call")
    }

    fn visit_unit<E: de::Error>(self) -> Result<Arguments, E> {
        Ok(Arguments::default())
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Arguments, E> {
        Ok(Arguments(text.to_owned()))
    }

    fn visit_byte_buf<E: de::Error>(self, json: Vec<u8>) -> Result<Arguments, E> {
        String::from_utf8(json).map(Arguments).map_err(E::custom)
    }
}

impl From<FailFields> for RunFailure {
    fn from(FailFields { code, message }: FailFields) -> Self {
        let code = match code {
            None | Some(FailCode::ServerError) => RunFailureCode::ServerError,
            Some(FailCode::RateLimitExceeded) => RunFailureCode::RateLimitExceeded,
            Some(FailCode::InvalidPrompt) => RunFailureCode::InvalidPrompt,
        };
        Self { code, message: message.unwrap_or_else(|| "The script requested a failure.".to_owned()) }
    }
}

impl TryFrom<ReplyFields> for ScriptedReply {
    type Error = &'static str;

    fn try_from(fields: ReplyFields) -> Result<Self, Self::Error> {
        let ReplyFields { say, call, refuse, fail, incomplete, after, pace, usage } = fields;
        let has_output = say.is_some() || !call.0.is_empty();
        match [has_output, refuse.is_some(), fail.is_some()].iter().filter(|given| **given).count() {
            0 => return Err("expected an answer with `say`, `call`, `refuse`, or `fail`"),
            1 => {}
            _ => return Err("expected only one of `say` with `call`, `refuse`, and `fail`"),
        }
        if incomplete.is_some() && (say.is_none() || !call.0.is_empty()) {
            return Err("expected `incomplete` together with `say` and without `call`");
        }
        Ok(Self {
            parts: say.map(|parts| parts.0).unwrap_or_default(),
            calls: call.0.into_iter().map(RequestedCall::from).collect(),
            refuse,
            fail: fail.map(RunFailure::from),
            incomplete: incomplete.map(|reason| match reason {
                IncompleteReasonName::MaxPromptTokens => IncompleteReason::Prompt,
                IncompleteReasonName::MaxCompletionTokens => IncompleteReason::Completion,
                IncompleteReasonName::ContentFilter => IncompleteReason::Filter,
            }),
            after: after.map_or(Duration::ZERO, |span| span.0),
            pace: pace.map_or(Duration::ZERO, |span| span.0),
            usage,
        })
    }
}

/// A text that is streamed word by word, or the parts in which it is streamed.
struct TextParts(Vec<String>);

/// One tool call or several parallel ones.
#[derive(Default)]
struct Calls(Vec<CallFields>);

one_or_many!(
    TextParts,
    TextPartsVisitor,
    "a text, or a list of texts",
    {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<TextParts, E> {
            Ok(TextParts(text.split_inclusive(char::is_whitespace).map(str::to_owned).collect()))
        }
    },
    |parts| Ok(TextParts(parts))
);

one_or_many!(
    Calls,
    CallsVisitor,
    "a call with name and arguments, or a list of calls",
    {
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Calls, A::Error> {
            Ok(Calls(vec![CallFields::deserialize(MapAccessDeserializer::new(map))?]))
        }
    },
    |calls| Ok(Calls(calls))
);

impl<'de> Deserialize<'de> for ScriptedReply {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ScriptedReplyVisitor)
    }
}

pub(super) struct ScriptedReplyVisitor;

impl<'de> Visitor<'de> for ScriptedReplyVisitor {
    type Value = ScriptedReply;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, or an answer")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<ScriptedReply, E> {
        let fields = ReplyFields { say: Some(TextPartsVisitor.visit_str(text)?), ..ReplyFields::default() };
        ScriptedReply::try_from(fields).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ScriptedReply, A::Error> {
        let fields = ReplyFields::deserialize(MapAccessDeserializer::new(map))?;
        ScriptedReply::try_from(fields).map_err(de::Error::custom)
    }
}
