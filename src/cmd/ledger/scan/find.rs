//! Finding ids in bytes of any kind: a known prefix, then at least 20 letters and digits of both sorts, bounded on both
//! sides. Pure: bytes in, places out.

use crate::api::{Kind, ids};
use aho_corasick::packed::{Config, MatchKind, Searcher};
use regex_lite::Regex;

/// Letters and digits behind a prefix.
const SHORTEST: usize = 20;
const LONGEST: usize = 200;
/// Bytes of which a prefix has fewer.
const LONGEST_PREFIX: usize = 16;
/// Bytes that may have to be seen before and behind an id.
pub(super) const BEFORE: usize = 8;
pub(super) const BEHIND: usize = LONGEST + 16;

/// An id, and where it begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) at: usize,
    pub(super) kind: Kind,
    pub(super) id: String,
}

/// What is looked for: the ids of the recorded kinds, and whatever patterns say.
pub(super) struct Finders {
    /// In the order of the prefixes.
    kinds: Vec<Kind>,
    /// Finds all of them in one go, by the first bytes of several at once: to look for one after the other takes as long as
    /// reading a file. Without kinds there is nothing to find.
    prefixes: Option<Searcher>,
    patterns: Vec<(Kind, Regex)>,
}

impl Finders {
    /// Returns what finds ids of these kinds by their prefix; none means all.
    pub(super) fn of(kinds: &[Kind]) -> Self {
        let wanted = |kind: &Kind| kind.recorded() && (kinds.is_empty() || kinds.contains(kind));
        let kinds: Vec<Kind> = Kind::ALL.into_iter().filter(wanted).collect();
        let searcher = |config: &mut Config| {
            config.match_kind(MatchKind::LeftmostFirst).builder().extend(kinds.iter().map(|kind| kind.prefix())).build()
        };
        // Not every processor compares several bytes at once.
        let prefixes = searcher(&mut Config::new()).or_else(|| searcher(Config::new().only_rabin_karp(true)));
        Self { kinds, prefixes, patterns: Vec::new() }
    }

    /// Adds ids that have no known prefix.
    pub(super) fn with(self, patterns: Vec<(Kind, Regex)>) -> Self {
        Self { patterns, ..self }
    }

    /// Returns what begins in `from..to` of the bytes, in order.
    pub(super) fn find(&self, bytes: &[u8], from: usize, to: usize) -> Vec<Found> {
        let mut found = Vec::new();
        let begins = &bytes[from..bytes.len().min(to + LONGEST_PREFIX)];
        for prefix in self.prefixes.iter().flat_map(|prefixes| prefixes.find_iter(begins)) {
            let (at, behind) = (from + prefix.start(), from + prefix.end());
            let kind = self.kinds[prefix.pattern().as_usize()];
            if at < to
                && let Some(id) = id_at(bytes, at, behind)
            {
                found.push(Found { at, kind, id });
            }
        }
        for (kind, pattern) in &self.patterns {
            found.extend(matches(pattern, *kind, bytes, from, to));
        }
        found.sort_by_key(|found| found.at);
        found
    }
}

/// Returns what a pattern finds in the parts that are text, bounded as other ids are.
fn matches(pattern: &Regex, kind: Kind, bytes: &[u8], from: usize, to: usize) -> Vec<Found> {
    let (mut found, mut at) = (Vec::new(), from);
    for chunk in bytes[from..].utf8_chunks() {
        for part in pattern.find_iter(chunk.valid()) {
            let (begin, end) = (at + part.start(), at + part.end());
            let bounded = begins(&bytes[..begin]) && bytes.get(end).is_none_or(|byte| !is_word(*byte));
            if begin < to && bounded && ids::check(part.as_str()).is_ok() {
                found.push(Found { at: begin, kind, id: part.as_str().to_owned() });
            }
        }
        at += chunk.valid().len() + chunk.invalid().len();
    }
    found
}

/// Returns the id that begins at a place with a prefix that ends at another.
fn id_at(bytes: &[u8], at: usize, behind: usize) -> Option<String> {
    if !begins(&bytes[..at]) {
        return None;
    }
    let rest = &bytes[behind..];
    let length = rest.iter().take(LONGEST + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count();
    let body = &rest[..length];
    let both = body.iter().any(u8::is_ascii_digit) && body.iter().any(u8::is_ascii_alphabetic);
    let ends = rest.get(length).is_none_or(|byte| !is_word(*byte));
    if !both || !ends || !(SHORTEST..=LONGEST).contains(&length) {
        return None;
    }
    String::from_utf8(bytes[at..behind + length].to_vec()).ok()
}

const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Tells whether an id may begin behind these bytes. What ends an escape (`\n`, `%2F`, `\u0022`) is a letter and no word.
fn begins(before: &[u8]) -> bool {
    match before {
        [] => true,
        [.., last] if !is_word(*last) => true,
        [.., b'\\', b'n' | b'r' | b't' | b'b' | b'f'] => true,
        [.., b'%', a, b] => a.is_ascii_hexdigit() && b.is_ascii_hexdigit(),
        [.., b'\\', b'u', a, b, c, d] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
        _ => false,
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str = "AbCdEfGhIjKlMnOpQrSt1234";

    fn ids(text: &str) -> Vec<String> {
        Finders::of(&[]).find(text.as_bytes(), 0, text.len()).into_iter().map(|found| found.id).collect()
    }

    #[test]
    fn ids_are_found_wherever_they_stand() {
        for (before, behind) in [
            ("", ""),
            ("GET /v1/threads/", " HTTP/1.1"),
            ("{\"id\":\"", "\"}"),
            ("values ('", "', 1);"),
            ("%2Fthreads%2F", "%2Fmessages"),
            ("one line\\n", "\\nanother"),
            ("\\u0022", "\\u0022"),
            ("thread=", ","),
        ] {
            let text = format!("{before}thread_{BODY}{behind}");
            assert_eq!(ids(&text), [format!("thread_{BODY}")], "{text}");
        }
        let both = format!("asst_{BODY} file-{BODY} vs_{BODY} run_{BODY} conv_{BODY}");
        assert_eq!(ids(&both).len(), 5);
    }

    #[test]
    fn what_only_looks_alike_is_none() {
        for text in [
            "thread_short1".to_owned(),
            "thread_onlylettersonlylettersonly".to_owned(),
            "thread_123456789012345678901234".to_owned(),
            format!("my_thread_{BODY}"),
            format!("xthread_{BODY}"),
            format!("thread_{BODY}_2"),
            format!("thread_{BODY}-2"),
            format!("thread_{}", "a1".repeat(200)),
            format!("thread_ {BODY}"),
            // Messages, steps and calls are not recorded.
            format!("msg_{BODY} step_{BODY} call_{BODY}"),
        ] {
            assert_eq!(ids(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_pattern_finds_ids_without_a_prefix() {
        let uuid = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
        let finders = Finders::of(&[Kind::Thread]).with(vec![(Kind::Thread, uuid)]);
        let text = "\u{e4} 6b29fc40-ca47-1067-b31d-00dd010662da, x6b29fc40-ca47-1067-b31d-00dd010662da";
        let bytes = [b"\xff".as_slice(), text.as_bytes()].concat();
        let found = finders.find(&bytes, 0, bytes.len());
        assert_eq!(found.iter().map(|found| found.at).collect::<Vec<_>>(), [4]);
        assert_eq!(&bytes[4..12], b"6b29fc40");
    }

    #[test]
    fn no_prefix_begins_within_another() {
        for (one, other) in Kind::ALL.iter().flat_map(|one| Kind::ALL.iter().map(move |other| (one, other))) {
            let (one, other) = (one.prefix(), other.prefix());
            assert!(
                one.len() < LONGEST_PREFIX && (1..one.len()).all(|at| !other.starts_with(&one[at..])),
                "{one} {other}"
            );
            assert!(one == other || !other.contains(one), "{one} {other}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), from in 0_usize..400, to in 0_usize..400) {
            let from = from.min(bytes.len());
            Finders::of(&[]).find(&bytes, from, to.clamp(from, bytes.len()));
        }
    }
}
