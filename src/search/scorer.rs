//! Scores of many chunks for one query. Only the parts of a text in which a term can occur are analysed.
//!
//! A pass over the bytes finds the tokens to analyse: those with a term of the query at the start of a word, and those
//! that the analyser may change (with a joiner or a non-ASCII character). Every other token has no term of the query.

use super::plan::Plan;
use super::scan::{MAX_TERM_CHARS, scan};
use super::score::Matches;
use aho_corasick::{AhoCorasick, AhoCorasickKind, Input, Match, MatchKind};

/// The bytes that begin a non-ASCII character.
const WIDE: std::ops::RangeInclusive<u8> = 0xc2..=0xf4;
const JOINERS: [u8; 2] = *b"-_";
/// The length of a word from which longer words can be forms of it.
const STEM_LENGTH: usize = 4;

/// Scores chunks for a plan.
#[derive(Debug)]
pub struct Scorer<'a> {
    plan: &'a Plan,
    /// `None` if the terms of the query cannot be compiled. Then whole texts are analysed.
    finder: Option<TermFinder>,
}

/// Finds the tokens that can contain a term.
#[derive(Debug)]
struct TermFinder {
    automaton: AhoCorasick,
    /// The number of patterns that are beginnings of terms. The others are single bytes.
    terms: usize,
}

impl<'a> Scorer<'a> {
    /// Creates a scorer for a plan.
    pub fn new(plan: &'a Plan) -> Self {
        let terms = plan.query.terms.iter().map(|term| term.stem().unwrap_or(&term.text));
        // A token without a non-ASCII character has no such term.
        Self { plan, finder: TermFinder::new(terms.filter(|term| term.is_ascii()).map(str::as_bytes).collect()) }
    }

    /// Returns the same score as [`Plan::score`].
    pub fn score(&self, text: &str, length: u32) -> f64 {
        let Some(finder) = &self.finder else { return self.plan.score(text, length) };
        let mut matches = Matches::new(self.plan);
        let mut from = 0;
        while let Some((start, end)) = finder.next(text, from) {
            let has_words = |gap: &[u8]| gap.iter().any(u8::is_ascii_alphanumeric);
            if text.as_bytes().get(from..start).is_some_and(has_words) {
                matches.skip();
            }
            scan(text.get(start..end).unwrap_or_default(), &mut matches);
            from = end;
        }
        self.plan.score_of(&matches, length)
    }
}

impl TermFinder {
    fn new(terms: Vec<&[u8]>) -> Option<Self> {
        let bytes: Vec<[u8; 1]> = JOINERS.into_iter().chain(WIDE).map(|byte| [byte]).collect();
        let patterns = terms.iter().copied().chain(bytes.iter().map(|byte| byte.as_slice()));
        let mut builder = AhoCorasick::builder();
        builder.ascii_case_insensitive(true).match_kind(MatchKind::LeftmostLongest).kind(Some(AhoCorasickKind::DFA));
        Some(Self { automaton: builder.build(patterns).ok()?, terms: terms.len() })
    }

    /// Returns the next tokens to analyse from this place: one token, and those that the analyser may join to it.
    fn next(&self, text: &str, from: usize) -> Option<(usize, usize)> {
        let bytes = text.as_bytes();
        let mut at = from;
        loop {
            let found = self.automaton.find(Input::new(bytes).span(at..bytes.len()))?;
            if self.may_be_term(bytes, &found) {
                let before = bytes.get(from..found.start()).unwrap_or_default();
                let start = before.iter().rposition(|byte| is_space(*byte)).map_or(from, |space| from + space + 1);
                return Some((start, end_of_tokens(bytes, found.end())));
            }
            at = found.start() + 1;
        }
    }

    /// Returns `false` if the analyser certainly finds no term here: the match begins within a part of a word, or a short
    /// term ends within one.
    fn may_be_term(&self, bytes: &[u8], found: &Match) -> bool {
        if found.pattern().as_usize() >= self.terms {
            return true;
        }
        let (before, rest) = bytes.split_at_checked(found.start()).unwrap_or((bytes, &[]));
        let (matched, after) = rest.split_at_checked(found.len()).unwrap_or((rest, &[]));
        // A part begins at a capital, wherever it is.
        let is_start = !before.last().is_some_and(u8::is_ascii_alphanumeric)
            || matched.first().is_some_and(u8::is_ascii_uppercase);
        let is_short = matched.len() < STEM_LENGTH || !matched.first().is_some_and(u8::is_ascii_alphabetic);
        let may_end = !is_short
            || !after.first().is_some_and(|next| next.is_ascii_lowercase() || next.is_ascii_digit())
            || matched.iter().skip(1).any(u8::is_ascii_uppercase);
        (is_start && may_end) || is_long_word(before, rest)
    }
}

/// Returns `true` if the word around a place is so long that the analyser cuts it.
fn is_long_word(before: &[u8], rest: &[u8]) -> bool {
    let count = |bytes: &mut dyn Iterator<Item = &u8>| {
        bytes.take(MAX_TERM_CHARS + 1).take_while(|byte| byte.is_ascii_alphanumeric()).count()
    };
    count(&mut before.iter().rev()) + count(&mut rest.iter()) > MAX_TERM_CHARS
}

/// Returns the end of the token at this place. If the analyser may join the next token to it, that one is included.
fn end_of_tokens(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let length = |bytes: &[u8], is_end: fn(u8) -> bool| bytes.iter().take_while(|byte| !is_end(**byte)).count();
        at += length(bytes.get(at..).unwrap_or_default(), is_space);
        let last = at.checked_sub(1).and_then(|last| bytes.get(last)).copied().unwrap_or_default();
        if at >= bytes.len() || (last.is_ascii() && !JOINERS.contains(&last)) {
            return at;
        }
        at += length(bytes.get(at..).unwrap_or_default(), |byte| !is_space(byte));
    }
}

/// Returns `true` for a character between tokens. The analyser ends a word there, whatever precedes it.
fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::search::plan::Statistics;
    use crate::search::query::Query;
    use proptest::prelude::*;

    /// Checks that a text has the score that the analysis of the whole text gives.
    fn same_score(text: &str, query: &str) -> (f64, f64) {
        let query = Query::new([query]);
        let frequencies = (1..=query.terms().len() as u64).collect();
        let plan = Plan::new(query, &Statistics { chunks: 100, length: 1_000, frequencies });
        (Scorer::new(&plan).score(text, 12), plan.score(text, 12))
    }

    #[test]
    fn scores_are_those_of_the_whole_text() {
        let long = format!("{}leave{}", "x".repeat(128), "y".repeat(30));
        let cases = [
            ("Annual leave is thirty days. Leave it!", "annual leave"),
            ("annual --- leave, ANNUAL\n\nleave", "annual leave"),
            ("leaves leaving cleave CleaveLeave", "leave"),
            ("max_size max-size maxSize MAXSize maxsize", "max size"),
            ("getUserNames get_user_name getusernamesx", "getusername getuser"),
            ("inNs innings Inn inn", "in inn inni"),
            ("well-\nknown well- known well-\n \nknown", "wellknown known"),
            ("a\u{2010}\nb caf\u{e9} cafe\u{301} \u{fb01}ne \u{212a}ey", "ab cafe fine key"),
            ("\u{6771}\n\u{4eac} \u{6771}\u{4eac}\u{90fd}", "\u{6771}\u{4eac}"),
            ("URLs url URL2 2url", "url urls"),
            (&long, "leave"),
            ("", "leave"),
            ("leave", ""),
        ];
        for (text, query) in cases {
            let (fast, whole) = same_score(text, query);
            assert_eq!(fast.to_bits(), whole.to_bits(), "{query}: {text}");
        }
        assert!(same_score("Annual leave", "annual leave").0 > 0.0);
    }

    proptest! {
        #[test]
        fn scores_of_any_text_are_those_of_the_whole_text(
            text in "([a-cA-C]{1,5}|[ \n.]|[ \n.]|[-_]|\n|[0-2]|\u{e9}|\u{301}|\u{6771}|\u{2010}|\u{3000}|\u{fb01}|\u{ad}|'){0,60}",
            query in "([a-c]{1,6}|[ ]|[ ]|[-_]|[A-C]|[0-2]|\u{e9}|\u{6771}|fi){1,12}",
        ) {
            let (fast, whole) = same_score(&text, &query);
            prop_assert_eq!(fast.to_bits(), whole.to_bits());
        }
    }
}
