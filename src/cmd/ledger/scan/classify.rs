//! Classifies the text after a prefix: an ID, a near miss with its reason, or neither. A pure function of its input.

use super::boundary::{begins_behind, emphasized, ends_before, is_word};
use super::wrap::indent;
use crate::api::Kind;
use crate::api::forms::{self, Fit};
use std::borrow::Cow;

/// The maximum number of letters and digits that are examined after a prefix.
const LONGEST: usize = 200;

/// The reason why a text that looks like an ID does not count as one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Near {
    Cut,
    Long,
    Words,
    Joined,
    Unknown,
}

impl Near {
    /// Returns the reason as text for a message.
    pub(super) const fn reason(self) -> &'static str {
        match self {
            Self::Cut => "too short: cut by an ellipsis, the end of a line or a column?",
            Self::Long => "too long: joined to the text behind it?",
            Self::Words => "as long as an id, but it reads like words",
            Self::Joined => "joined to the text around it",
            Self::Unknown => "in a form of no known service; --pattern takes it in",
        }
    }
}

/// Classifies the text after the prefix that begins at `at` and ends at `behind`.
///
/// Returns the letters and digits after the prefix, with the reason if they are only a near miss. Returns `None` if
/// they are not similar to an ID.
pub(super) fn judged(bytes: &[u8], at: usize, behind: usize, kind: Kind) -> Option<(Cow<'_, str>, Option<Near>)> {
    let (before, rest) = (&bytes[..at], &bytes[behind..]);
    let body = alphanumeric(rest, LONGEST + 1);
    let rest = &rest[body.len()..];
    let begins = begins_behind(before);
    let bounded = begins && ends_before(rest) || emphasized(before, rest);
    let near = match forms::fit(kind, body) {
        Fit::Whole if bounded => None,
        Fit::Whole => Some(Near::Joined),
        _ if !begins && !before.ends_with(b"_") => return None,
        Fit::Words => Some(Near::Words),
        Fit::Long if body.len() <= LONGEST => Some(Near::Long),
        Fit::Unknown if body.len() <= LONGEST => Some(Near::Unknown),
        Fit::Cut if ends_before(rest) => Some(Near::Cut),
        _ if wrapped(kind, body, rest) || omitted(rest) && forms::abbreviated(body) => Some(Near::Cut),
        _ if unknown(body, rest) => Some(Near::Unknown),
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

#[cfg(test)]
mod tests {
    use super::super::find::Finders;
    use super::*;

    fn found(text: &str) -> Vec<(String, Option<Near>)> {
        let found = Finders::of(&[]).find(text.as_bytes(), 0, text.len());
        found.into_iter().map(|found| (found.id, found.near)).collect()
    }

    #[test]
    fn what_almost_is_an_id_is_a_near_miss() {
        for (text, id, wanted) in [
            ("thread_AbCdEfGhIj\u{2026} ok", "thread_AbCdEfGhIj", Near::Cut),
            ("thread_AbC12... ok", "thread_AbC12", Near::Cut),
            ("thread_AbCd\nEfGhIjKlMnOpQrSt1234", "thread_AbCd", Near::Cut),
            ("thread_\r\nAbCdEfGhIjKlMnOpQrSt1234\r\n", "thread_", Near::Cut),
            ("thread_AbCdEfGhIjKl=\nMnOpQrSt1234", "thread_AbCdEfGhIjKl", Near::Cut),
            ("thread_AbCdEf\n    > GhIjKlMnOpQrSt1234", "thread_AbCdEf", Near::Cut),
            ("thread_AbCdEfGhIjKlMnOpQrSt123", "thread_AbCdEfGhIjKlMnOpQrSt123", Near::Cut),
            ("thread_AbCdEfGhIjKlMnOpQrSt1234Budget", "thread_AbCdEfGhIjKlMnOpQrSt1234Budget", Near::Long),
            ("my_thread_AbCdEfGhIjKlMnOpQrSt1234", "thread_AbCdEfGhIjKlMnOpQrSt1234", Near::Joined),
            ("thread_AbCdEfGhIjKlMnOpQrSt1234_2", "thread_AbCdEfGhIjKlMnOpQrSt1234", Near::Joined),
            ("thread_PoolExecutorWorkerThread", "thread_PoolExecutorWorkerThread", Near::Words),
            ("run_507f1f77bcf86cd799439011", "run_507f1f77bcf86cd799439011", Near::Unknown),
            ("thread_6b29fc40-ca47-1067-b31d-00dd010662da", "thread_6b29fc40", Near::Unknown),
        ] {
            assert_eq!(found(text), [(id.to_owned(), Some(wanted))], "{text}");
        }
    }

    #[test]
    fn words_are_no_near_misses() {
        for text in [
            "thread_id run_id file-id asst_id vs_id thread_ids",
            "run_until_complete file-upload... run_forever... thread_pool_size=8 profile-Bx8K2a9Q.js",
            "thread_poolexecutor run_IntegrationTests run_2026-11-30T07:00:00Z vs_6_0 conv_64",
            "thread_\nmessages run_\nIntegrationTests",
        ] {
            assert_eq!(found(text), [], "{text}");
        }
    }
}
