//! Finds IDs in arbitrary bytes. A pure function from bytes to positions.
//!
//! An ID is a known prefix, followed by letters and digits in a known form, with a boundary on both sides. Text that is
//! close to an ID is reported as a near miss.

use super::boundary::{self, begins_after, emphasized, ends_before};
use super::classify::{Rejection, classify};
use super::prefixes::{LONGEST_PREFIX, prefixes};
use super::wide;
use super::wrapped::{WrappedId, WrappedIds};
use crate::api::{Kind, ids};
use aho_corasick::packed::{Config, MatchKind, Searcher};
use memchr::memmem::Finder;
use regex_lite::Regex;

/// The context in bytes that a match may need before and after it. In UTF-32, each character takes four bytes.
pub(super) const BEFORE: usize = 4 * boundary::LONGEST;
pub(super) const AFTER: usize = 4 * (ids::LONGEST + LONGEST_PREFIX);
/// The underscore of a prefix, as escaped in Markdown.
const ESCAPED: &str = "\\_";

/// An ID or a near miss, and its position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Match {
    pub(super) at: usize,
    pub(super) kind: Kind,
    /// The ID, or the text of the near miss.
    pub(super) id: String,
    /// The reason why a near miss is not an ID. `None` for an ID.
    pub(super) rejection: Option<Rejection>,
}

/// The search terms: prefixes of the recorded kinds, and the user's patterns.
pub(super) struct IdFinder {
    /// In the order of the searcher's patterns.
    prefixes: Vec<(Kind, &'static str)>,
    /// Searches for all prefixes in one pass. One pass for each prefix would take as long as reading the file. `None`
    /// if there are no kinds.
    searcher: Option<Searcher>,
    /// Searches for escaped underscores. As additional patterns of `searcher`, they would make it several times slower.
    escaped: Finder<'static>,
    wraps: WrappedIds,
    patterns: Vec<(Kind, Regex)>,
}

impl IdFinder {
    /// Creates the search for the IDs of these kinds. An empty list means all kinds.
    pub(super) fn new(kinds: &[Kind]) -> Self {
        let wanted = |kind: &Kind| kind.recorded() && (kinds.is_empty() || kinds.contains(kind));
        let prefixes = prefixes(Kind::ALL.into_iter().filter(wanted));
        let searcher = |config: &mut Config| {
            let texts = prefixes.iter().map(|(_, prefix)| prefix);
            config.match_kind(MatchKind::LeftmostFirst).builder().extend(texts).build()
        };
        // The fast algorithm needs vector instructions, which some processors lack.
        let searcher = searcher(&mut Config::new()).or_else(|| searcher(Config::new().only_rabin_karp(true)));
        let wraps = WrappedIds::new(&prefixes);
        Self { prefixes, searcher, escaped: Finder::new(ESCAPED), wraps, patterns: Vec::new() }
    }

    /// Adds patterns for IDs without a known prefix.
    pub(super) fn with_patterns(self, patterns: Vec<(Kind, Regex)>) -> Self {
        Self { patterns, ..self }
    }

    /// Returns the matches that begin in `from..to`, in order.
    pub(super) fn find(&self, bytes: &[u8], from: usize, to: usize) -> Vec<Match> {
        let mut found = self.find_in_bytes(bytes, from, to);
        // Text with one byte per character contains no zeros, so only other text pays for this step.
        if memchr::memchr(0, bytes).is_some() {
            for text in wide::texts(bytes) {
                let within = self.find_in_bytes(&text.narrow, 0, text.narrow.len());
                let placed = within.into_iter().map(|found| Match { at: text.offset(found.at), ..found });
                found.extend(placed.filter(|found| (from..to).contains(&found.at)));
            }
        }
        found.sort_by_key(|found| found.at);
        found
    }

    fn find_in_bytes(&self, bytes: &[u8], from: usize, to: usize) -> Vec<Match> {
        let mut found = Vec::new();
        let begins = &bytes[from..bytes.len().min(to + LONGEST_PREFIX)];
        let mut add_match = |at: usize, after: usize, (kind, prefix): (Kind, &str)| {
            let of = |(body, rejection)| Match { at, kind, id: format!("{prefix}{body}"), rejection };
            found.extend(Some(at).filter(|at| *at < to).and_then(|at| classify(bytes, at, after, kind)).map(of));
        };
        for hit in self.searcher.iter().flat_map(|searcher| searcher.find_iter(begins)) {
            add_match(from + hit.start(), from + hit.end(), self.prefixes[hit.pattern().as_usize()]);
        }
        for escaped in self.escaped.find_iter(begins) {
            let ends = |(_, prefix): &&(Kind, &'static str)| {
                prefix.strip_suffix('_').is_some_and(|word| begins[..escaped].ends_with(word.as_bytes()))
            };
            if let Some((kind, prefix)) = self.prefixes.iter().find(ends) {
                add_match(from + escaped + 1 - prefix.len(), from + escaped + ESCAPED.len(), (*kind, *prefix));
            }
        }
        let cut = |WrappedId { at, kind, id }| Match { at, kind, id, rejection: Some(Rejection::Cut) };
        found.extend(self.wraps.find(bytes, from, to).map(cut));
        let by_prefix = found.len();
        for (kind, pattern) in &self.patterns {
            found.extend(matches(pattern, *kind, bytes, from, to));
        }
        // A match of a pattern is not also a near miss.
        let taken: Vec<usize> = found[by_prefix..].iter().map(|found| found.at).collect();
        found.retain(|found| found.rejection.is_none() || !taken.contains(&found.at));
        found
    }
}

/// Returns the matches of a pattern in the valid UTF-8 parts, with the same boundary rules as other IDs.
fn matches(pattern: &Regex, kind: Kind, bytes: &[u8], from: usize, to: usize) -> Vec<Match> {
    let (mut found, mut at) = (Vec::new(), from);
    for chunk in bytes[from..].utf8_chunks() {
        for part in pattern.find_iter(chunk.valid()) {
            let (begin, end) = (at + part.start(), at + part.end());
            let (before, behind) = (&bytes[..begin], &bytes[end..]);
            let bounded = begins_after(before) && ends_before(behind) || emphasized(before, behind);
            if begin < to && bounded && ids::check(part.as_str()).is_ok() {
                found.push(Match { at: begin, kind, id: part.as_str().to_owned(), rejection: None });
            }
        }
        at += chunk.valid().len() + chunk.invalid().len();
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BODY: &str = "AbCdEfGhIjKlMnOpQrSt1234";

    fn ids(text: &str) -> Vec<String> {
        let found = IdFinder::new(&[]).find(text.as_bytes(), 0, text.len());
        found.into_iter().filter(|found| found.rejection.is_none()).map(|found| found.id).collect()
    }

    #[test]
    fn ids_are_found_in_every_context() {
        for (before, behind) in [
            ("", ""),
            ("GET /v1/threads/", " HTTP/1.1"),
            ("{\"id\":\"", "\"}"),
            ("values ('", "', 1);"),
            ("%2Fthreads%2F", "%2Fmessages"),
            ("one line\\n", "\\nanother"),
            ("\\u0022", "\\u0022"),
            ("thread=", ","),
            ("\\x22", "\\x22"),
            ("%252Fthreads%252F", "%252Fmessages"),
            ("id=3D", "=3D"),
            ("\\042", "\\042"),
            ("_x000D_", "_x000D_"),
            ("_", "_"),
            ("**__", "__**"),
            ("\u{1b}[1m", "\u{1b}[0m"),
            ("<!--", "-->"),
        ] {
            let text = format!("{before}thread_{BODY}{behind}");
            assert_eq!(ids(&text), [format!("thread_{BODY}")], "{text}");
        }
        let both = format!("asst_{BODY} file-{BODY} vs_{BODY} run_{BODY} conv_{BODY}");
        assert_eq!(ids(&both).len(), 5);
        assert_eq!(
            ids(&format!("thread\\_{BODY}, **asst\\_{BODY}**")),
            [format!("thread_{BODY}"), format!("asst_{BODY}")]
        );
        assert_eq!(ids("assistant-R9uhPxvRKGH3m0x5zBOhMjd2"), ["assistant-R9uhPxvRKGH3m0x5zBOhMjd2"]);
        assert_eq!(ids("run_qWnVbYxRtLkJhGfDsAzXcVbN"), ["run_qWnVbYxRtLkJhGfDsAzXcVbN"], "letters alone");
    }

    #[test]
    fn a_match_of_a_pattern_is_not_a_near_miss() {
        let pattern = Regex::new("thread_[0-9a-f]{32}").unwrap();
        let finder = IdFinder::new(&[]).with_patterns(vec![(Kind::Thread, pattern)]);
        let text = "thread_6b29fc40ca471067b31d00dd010662da";
        let found = finder.find(text.as_bytes(), 0, text.len());
        assert_eq!(found.iter().map(|found| (found.id.as_str(), found.rejection)).collect::<Vec<_>>(), [(text, None)]);
    }

    #[test]
    fn wide_characters_are_read_in_either_order() {
        let text = format!("a \"thread_{BODY}\" \u{e4}asst_{BODY}\r\n");
        let wide = |bytes: &dyn Fn(u16) -> Vec<u8>| text.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
        let find_in_bytes = |unit: u16| u32::from(unit);
        for (name, bytes) in [
            ("UTF-16LE", wide(&|unit| unit.to_le_bytes().to_vec())),
            ("UTF-16BE", wide(&|unit| unit.to_be_bytes().to_vec())),
            ("UTF-32LE", wide(&|unit| find_in_bytes(unit).to_le_bytes().to_vec())),
            ("UTF-32BE", wide(&|unit| find_in_bytes(unit).to_be_bytes().to_vec())),
        ] {
            // Also after lines with one byte per character, as when a shell appends to a file.
            for before in ["", "\u{feff}", "plain\n", "odd\n"] {
                let bytes = [before.as_bytes(), &bytes].concat();
                let found = IdFinder::new(&[]).find(&bytes, 0, bytes.len());
                let ids: Vec<_> = found.iter().map(|found| (found.id.clone(), found.rejection)).collect();
                assert_eq!(
                    ids,
                    [(format!("thread_{BODY}"), None), (format!("asst_{BODY}"), None)],
                    "{name} {before:?}"
                );
            }
        }
        let end: Vec<u8> = format!("x thread_{BODY}").encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(IdFinder::new(&[]).find(&end, 0, end.len()).len(), 1);
    }

    #[test]
    fn similar_texts_are_not_ids() {
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
            // Messages, steps and tool calls are not recorded.
            format!("msg_{BODY} step_{BODY} call_{BODY}"),
        ] {
            assert_eq!(ids(&text), [""; 0], "{text}");
        }
    }

    #[test]
    fn a_pattern_finds_ids_without_a_prefix() {
        let uuid = Regex::new("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}").unwrap();
        let finder = IdFinder::new(&[Kind::Thread]).with_patterns(vec![(Kind::Thread, uuid)]);
        let text = "\u{e4} 6b29fc40-ca47-1067-b31d-00dd010662da, x6b29fc40-ca47-1067-b31d-00dd010662da";
        let bytes = [b"\xff".as_slice(), text.as_bytes()].concat();
        let found = finder.find(&bytes, 0, bytes.len());
        assert_eq!(found.iter().map(|found| found.at).collect::<Vec<_>>(), [4]);
        assert_eq!(&bytes[4..12], b"6b29fc40");
    }

    proptest! {
        #[test]
        fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), from in 0_usize..400, to in 0_usize..400) {
            let from = from.min(bytes.len());
            IdFinder::new(&[]).find(&bytes, from, to.clamp(from, bytes.len()));
        }
    }
}
