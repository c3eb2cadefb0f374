//! The file format of a script.

use super::condition::Condition;
use super::one_or_many::one_or_many;
use super::reply::{ScriptedReply, ScriptedReplyVisitor};
use serde::Deserialize;
use serde::de::{self, Deserializer, MapAccess, Visitor};
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};

/// A complete script.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ScriptFile {
    /// The rules. The answer is taken from the first rule that matches.
    #[serde(default)]
    pub(super) rules: Vec<Rule>,
    /// The answer if no rule matches.
    pub(super) default: Option<ReplySequence>,
}

/// One rule.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Rule {
    #[serde(default)]
    pub(super) when: Condition,
    pub(super) answer: ReplySequence,
}

/// One or more answers. Each use takes the next answer. After the last one, the last one is repeated.
#[derive(Debug)]
pub(super) struct ReplySequence {
    first: ScriptedReply,
    rest: Vec<ScriptedReply>,
    /// The number of the next answer, from 0.
    next: AtomicUsize,
}

impl ReplySequence {
    fn new(first: ScriptedReply, rest: Vec<ScriptedReply>) -> Self {
        Self { first, rest, next: AtomicUsize::new(0) }
    }

    /// Returns the next answer.
    pub(super) fn next(&self) -> &ScriptedReply {
        let last = self.rest.len();
        let step = |next: usize| Some((next + 1).min(last));
        let number = self.next.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or(last);
        number.checked_sub(1).and_then(|at| self.rest.get(at)).unwrap_or(&self.first)
    }
}

one_or_many!(
    ReplySequence,
    ReplySequenceVisitor,
    "an answer, or a list of answers",
    {
        fn visit_str<E: de::Error>(self, text: &str) -> Result<ReplySequence, E> {
            Ok(ReplySequence::new(ScriptedReplyVisitor.visit_str(text)?, Vec::new()))
        }

        fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<ReplySequence, A::Error> {
            Ok(ReplySequence::new(ScriptedReplyVisitor.visit_map(map)?, Vec::new()))
        }
    },
    |replies: Vec<ScriptedReply>| {
        let mut replies = replies.into_iter();
        let first = replies.next().ok_or_else(|| de::Error::custom("expected at least one answer"))?;
        Ok(ReplySequence::new(first, replies.collect()))
    }
);
