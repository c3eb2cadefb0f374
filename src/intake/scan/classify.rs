//! Classifies the text after a prefix: an ID, a near miss with its reason, or neither. A pure function of its input.

use super::boundary::{begins_after, emphasized, ends_before, indent, is_word};
use crate::api::Kind;
use crate::api::forms::{self, Fit};
use std::borrow::Cow;

/// The maximum number of letters and digits that are examined after a prefix.
const LONGEST: usize = 200;

/// The reason why a text that looks like an ID does not count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rejection {
    Cut,
    Long,
    Words,
    Joined,
    Unknown,
}

impl Rejection {
    /// Returns the reason as text for a message.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Cut => "too short; perhaps an ellipsis, a line or a column cut it",
            Self::Long => "too long; perhaps it is joined to the text after it",
            Self::Words => "as long as an ID, but made of words",
            Self::Joined => "joined to the text around it",
            Self::Unknown => "in a form of no known service; --pattern can match it",
        }
    }
}

/// Classifies the text after the prefix that begins at `at` and ends at `behind`.
///
/// Returns the letters and digits after the prefix, with the reason if they are only a near miss. Returns `None` if
/// they are not similar to an ID.
pub(super) fn classify(
    bytes: &[u8],
    at: usize,
    behind: usize,
    kind: Kind,
) -> Option<(Cow<'_, str>, Option<Rejection>)> {
    let (before, rest) = (&bytes[..at], &bytes[behind..]);
    let body = alphanumeric(rest, LONGEST + 1);
    let rest = &rest[body.len()..];
    let begins = begins_after(before);
    let bounded = begins && ends_before(rest) || emphasized(before, rest);
    let near = match forms::fit(kind, body) {
        Fit::Whole if bounded => None,
        Fit::Whole => Some(Rejection::Joined),
        _ if !begins && !before.ends_with(b"_") => return None,
        Fit::Words => Some(Rejection::Words),
        Fit::Long if body.len() <= LONGEST => Some(Rejection::Long),
        Fit::Unknown if body.len() <= LONGEST => Some(Rejection::Unknown),
        Fit::Cut if ends_before(rest) => Some(Rejection::Cut),
        _ if wrapped(kind, body, rest) || omitted(rest) && forms::abbreviated(body) => Some(Rejection::Cut),
        _ if unknown(body, rest) => Some(Rejection::Unknown),
        _ => return None,
    };
    Some((String::from_utf8_lossy(body), near))
}

fn alphanumeric(bytes: &[u8], longest: usize) -> &[u8] {
    let length = bytes.iter().take(longest).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    &bytes[..length]
}

/// Returns `true` if the line ends after the body and the next line completes the ID.
fn wrapped(kind: Kind, body: &[u8], rest: &[u8]) -> bool {
    // Quoted-printable text and shell scripts mark a continued line.
    let rest = rest.strip_prefix(b"=").or_else(|| rest.strip_prefix(b"\\")).unwrap_or(rest);
    let rest = rest.strip_prefix(b"\r").unwrap_or(rest);
    let Some(next) = rest.strip_prefix(b"\n") else { return false };
    let joined = [body, alphanumeric(&next[indent(next)..], LONGEST)].concat();
    forms::fit(kind, &joined) == Fit::Whole
}

/// Returns `true` if the text begins with an ellipsis or similar mark.
fn omitted(rest: &[u8]) -> bool {
    let marks = ["\u{2026}", "..", "**", "[...]", "\\u2026", "&hellip;"];
    marks.iter().any(|mark| rest.starts_with(mark.as_bytes()))
}

/// Returns `true` if the word that begins with the body looks like an ID of another server, such as a UUID.
fn unknown(body: &[u8], rest: &[u8]) -> bool {
    let more = rest.iter().take(LONGEST).take_while(|byte| is_word(**byte)).count();
    more > 0 && forms::foreign(&[body, &rest[..more]].concat())
}
