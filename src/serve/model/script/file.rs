//! The file format of a script.

use super::condition::When;
use crate::config::TimeLimit;
use crate::env::yaml::AS_JSON;
use crate::serve::model::{Call, Cut};
use crate::serve::run_error::{Code, Failure};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

/// A complete script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    /// The rules. The first one that matches answers.
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    /// The answer if no rule matches.
    pub(super) default: Option<Answers>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    #[serde(default)]
    pub(super) when: When,
    pub(super) answer: Answers,
}

/// One or more answers. Each use takes the next one, and the last one repeats.
#[derive(Debug)]
pub(super) struct Answers {
    all: Vec<Answer>,
    given: AtomicUsize,
}

impl Answers {
    /// Returns the next answer.
    pub(super) fn next(&self) -> &Answer {
        let last = self.all.len() - 1; // There is at least one answer.
        let step = |given: usize| Some((given + 1).min(last));
        let at = self.given.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or(last);
        &self.all[at.min(last)]
    }
}

/// An answer of the model, with its timing.
#[derive(Debug)]
pub(super) struct Answer {
    /// The text, in the pieces in which it is streamed.
    pub(super) pieces: Vec<String>,
    pub(super) calls: Vec<Call>,
    pub(super) refuse: Option<String>,
    pub(super) fail: Option<Failure>,
    pub(super) incomplete: Option<Cut>,
    /// The delay before the first piece.
    pub(super) after: Duration,
    /// The delay between two pieces.
    pub(super) pace: Duration,
    pub(super) usage: Usage,
}

/// The tokens that an answer costs. Missing values are counted in words.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Usage {
    #[serde(default, deserialize_with = "tokens")]
    pub(super) prompt: Option<i64>,
    #[serde(default, deserialize_with = "tokens")]
    pub(super) completion: Option<i64>,
}

fn tokens<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<i64>, D::Error> {
    let tokens = i64::deserialize(deserializer)?;
    if tokens < 0 { Err(de::Error::custom("tokens are no less than 0")) } else { Ok(Some(tokens)) }
}

/// An answer as it is written in the file.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    say: Option<Pieces>,
    #[serde(default)]
    call: Calls,
    refuse: Option<String>,
    fail: Option<Fail>,
    incomplete: Option<Reason>,
    after: Option<TimeLimit>,
    pace: Option<TimeLimit>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Fail {
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
enum Reason {
    MaxPromptTokens,
    MaxCompletionTokens,
    ContentFilter,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenCall {
    name: String,
    #[serde(default)]
    arguments: Arguments,
}

impl From<WrittenCall> for Call {
    fn from(WrittenCall { name, arguments }: WrittenCall) -> Self {
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

impl From<Fail> for Failure {
    fn from(Fail { code, message }: Fail) -> Self {
        let code = match code {
            None | Some(FailCode::ServerError) => Code::ServerError,
            Some(FailCode::RateLimitExceeded) => Code::RateLimitExceeded,
            Some(FailCode::InvalidPrompt) => Code::InvalidPrompt,
        };
        Self { code, message: message.unwrap_or_else(|| "The script asked for a failure.".to_owned()) }
    }
}

impl TryFrom<Written> for Answer {
    type Error = &'static str;

    fn try_from(written: Written) -> Result<Self, Self::Error> {
        let Written { say, call, refuse, fail, incomplete, after, pace, usage } = written;
        let spoken = say.is_some() || !call.0.is_empty();
        match [spoken, refuse.is_some(), fail.is_some()].iter().filter(|given| **given).count() {
            0 => return Err("the answer says nothing: give it say, call, refuse or fail"),
            1 => {}
            _ => return Err("of say with call, refuse and fail an answer has one"),
        }
        if incomplete.is_some() && (say.is_none() || !call.0.is_empty()) {
            return Err("only what says something, and calls nothing, can be incomplete");
        }
        Ok(Self {
            pieces: say.map(|pieces| pieces.0).unwrap_or_default(),
            calls: call.0.into_iter().map(Call::from).collect(),
            refuse,
            fail: fail.map(Failure::from),
            incomplete: incomplete.map(|reason| match reason {
                Reason::MaxPromptTokens => Cut::Prompt,
                Reason::MaxCompletionTokens => Cut::Completion,
                Reason::ContentFilter => Cut::Filter,
            }),
            after: after.map_or(Duration::ZERO, |span| span.0),
            pace: pace.map_or(Duration::ZERO, |span| span.0),
            usage,
        })
    }
}

/// A text that is streamed word by word, or the pieces in which it is streamed.
struct Pieces(Vec<String>);

/// One tool call or several parallel ones.
#[derive(Default)]
struct Calls(Vec<WrittenCall>);

/// Implements deserialization of one item or a list of items: `$one` visits a map or a text, `$many` a list.
macro_rules! one_or_many {
    ($name:ident, $visitor:ident, $expecting:literal, { $($one:tt)* }, $seq:expr) => {
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_any($visitor)
            }
        }
        struct $visitor;
        impl<'de> Visitor<'de> for $visitor {
            type Value = $name;
            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str($expecting)
            }
            $($one)*
            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<$name, A::Error> {
                let mut all = Vec::new();
                while let Some(item) = seq.next_element()? {
                    all.push(item);
                }
                let make: fn(Vec<_>) -> Result<$name, A::Error> = $seq;
                make(all)
            }
        }
    };
}

one_or_many!(
    Pieces,
    PiecesVisitor,
    "a text, or a list of the pieces in which it is told",
    {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Pieces, E> {
            Ok(Pieces(text.split_inclusive(char::is_whitespace).map(str::to_owned).collect()))
        }
    },
    |all| Ok(Pieces(all))
);

one_or_many!(
    Calls,
    CallsVisitor,
    "a call with name and arguments, or a list of calls",
    {
        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Calls, A::Error> {
            Ok(Calls(vec![WrittenCall::deserialize(MapAccessDeserializer::new(map))?]))
        }
    },
    |all| Ok(Calls(all))
);

impl<'de> Deserialize<'de> for Answer {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnswerVisitor)
    }
}

struct AnswerVisitor;

impl<'de> Visitor<'de> for AnswerVisitor {
    type Value = Answer;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a text, or an answer")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Answer, E> {
        let written = Written { say: Some(PiecesVisitor.visit_str(text)?), ..Written::default() };
        Answer::try_from(written).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Answer, A::Error> {
        let written = Written::deserialize(MapAccessDeserializer::new(map))?;
        Answer::try_from(written).map_err(de::Error::custom)
    }
}

impl From<Vec<Answer>> for Answers {
    fn from(all: Vec<Answer>) -> Self {
        Self { all, given: AtomicUsize::new(0) }
    }
}

one_or_many!(
    Answers,
    AnswersVisitor,
    "an answer, or a list of answers",
    {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<Answers, E> {
            Ok(vec![AnswerVisitor.visit_str(text)?].into())
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Answers, A::Error> {
            Ok(vec![AnswerVisitor.visit_map(map)?].into())
        }
    },
    |all: Vec<Answer>| {
        if all.is_empty() {
            return Err(de::Error::custom("the list of answers is empty"));
        }
        Ok(all.into())
    }
);
