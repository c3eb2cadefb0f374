//! The analyser: a text as a list of terms.
//!
//! - The text is normalised (NFKC) and folded to lower case. Diacritics of Latin and Greek letters are removed.
//! - In scripts with spaces, a term is a word.
//! - In Han, Kana, Hangul, Thai, Lao, Khmer, and Myanmar, terms are the overlapping pairs of letters of a run. A run of
//!   one letter is one term.
//! - An identifier (`max_size`, `maxSize`, `max-size`) is indexed as its parts, and as a whole without separators.
//!
//! The list has two parts: the body, in the order of the text, and the extras. Extras follow the body, so that phrases
//! within the body have consecutive positions. They are:
//!
//! - Whole identifiers.
//! - The last letters of runs. With them, each letter of a run is the beginning of a term, and a query for one letter
//!   is a search for this prefix.
//! - Terms that occur at least [`FREQUENT`] times, with a mark. They lead to the best chunks for a word that many
//!   chunks contain, without a count for each of these.

use super::scan::scan;
use super::sink::Sink;
use foldhash::fast::RandomState;
use std::collections::HashMap;

/// The largest number of terms of a text, and the last position that PostgreSQL stores.
pub const MAX_TERMS: usize = 16_383;
/// The largest number of bytes of all terms. It keeps a `tsvector` below PostgreSQL's limit of 1 MB.
pub const MAX_BYTES: usize = 512 << 10;
/// The largest number of positions of one term. PostgreSQL stores no more.
pub const MAX_POSITIONS: usize = 256;

/// The number of last letters of runs that are remembered, so that most are indexed once.
const TAILS: usize = 256;

/// The number of occurrences from which a term is also indexed with a mark.
pub const FREQUENT: usize = 5;

/// Replaces a term that is left out, so that later terms keep their positions. Also marks frequent terms. No text
/// contains it as a term.
pub(super) const FILLER: &str = "\u{a6}";

/// The terms of a text. The list is limited to [`MAX_TERMS`], [`MAX_BYTES`], and [`MAX_POSITIONS`] for each term, so
/// that SQLite and PostgreSQL can index all of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Terms {
    /// Terms with one space between them.
    text: String,
    count: usize,
    body: usize,
}

impl Terms {
    /// Returns the terms with their positions, which begin at 1.
    pub fn iter(&self) -> impl Iterator<Item = (u16, &str)> {
        let terms = (1..=u16::MAX).zip(self.text.split(' '));
        terms.take(self.count).filter(|(_, term)| *term != FILLER)
    }

    /// Returns the number of terms of the body, which is the length of the text for ranking.
    pub fn length(&self) -> u32 {
        u32::try_from(self.body).unwrap_or(u32::MAX)
    }

    /// Returns `true` if the text has no term. No query finds it.
    pub fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Returns the text for an FTS5 column with the tokenizer `ascii`: the terms, separated by spaces. Terms consist of
    /// lower-case ASCII letters, digits, and other letters and marks, so the tokenizer changes nothing.
    pub fn fts5(&self) -> &str {
        &self.text
    }

    /// Returns the literal of a `tsvector`, such as `'hand':1,7 'leave':2`.
    pub fn tsvector(&self) -> String {
        let mut terms: Vec<(u64, &str, u16)> = self.iter().map(|(at, term)| (first_bytes(term), term, at)).collect();
        terms.sort_unstable();
        let mut literal = String::with_capacity(self.text.len() + 8 * terms.len());
        let mut last = None;
        for (_, term, position) in terms {
            if last == Some(term) {
                literal.push(',');
            } else {
                if last.is_some() {
                    literal.push(' ');
                }
                literal.push('\'');
                literal.push_str(term);
                literal.push_str("':");
                last = Some(term);
            }
            literal.push_str(&position.to_string());
        }
        literal
    }
}

/// Returns the terms of a text.
///
/// ```text
/// "The getUserName() of 東京都" → the get user name of 東京 京都 | getusername 都
/// ```
pub fn analyse(text: &str) -> Terms {
    let mut list = TermList { text: String::with_capacity(text.len() + text.len() / 8), ..TermList::default() };
    scan(text, &mut list);
    list.finish()
}

/// Collects the terms of a text for the index.
#[derive(Default)]
struct TermList {
    text: String,
    count: usize,
    extras: String,
    /// The last letters of recent runs, by the lowest bits of the letter.
    tails: Vec<char>,
}

impl TermList {
    /// Makes room for a term. Returns `false` if a limit is reached.
    fn begin(&mut self) -> bool {
        if self.count >= MAX_TERMS || self.text.len() >= MAX_BYTES {
            return false;
        }
        if self.count > 0 {
            self.text.push(' ');
        }
        self.count += 1;
        true
    }

    fn finish(mut self) -> Terms {
        let body = self.count;
        let (frequent, has_excess) = frequent_terms(&self.text, self.count);
        let extras = std::mem::take(&mut self.extras);
        for term in extras.split_terminator(' ').chain(frequent.iter().map(String::as_str)) {
            if !self.begin() {
                break;
            }
            self.text.push_str(term);
        }
        let terms = Terms { text: self.text, count: self.count, body };
        if has_excess { without_excess(&terms) } else { terms }
    }
}

impl Sink for TermList {
    fn ascii(&mut self, word: &str) {
        if self.begin() {
            let start = self.text.len();
            self.text.push_str(word);
            if let Some(added) = self.text.get_mut(start..) {
                added.make_ascii_lowercase();
            }
        }
    }

    fn term(&mut self, term: &str, _: bool) {
        if self.begin() {
            self.text.push_str(term);
        }
    }

    fn pair(&mut self, first: &str, second: &str) {
        if self.begin() {
            self.text.push_str(first);
            self.text.push_str(second);
        }
    }

    fn whole(&mut self, term: &str) {
        if self.extras.len() < MAX_BYTES {
            self.extras.push_str(term);
            self.extras.push(' ');
        }
    }

    fn tail(&mut self, letter: &str) {
        self.tails.resize(TAILS, '\0');
        let first = letter.chars().next().unwrap_or_default();
        if let Some(recent) = self.tails.get_mut(first as usize % TAILS) {
            if *recent == first && letter.len() == first.len_utf8() {
                return;
            }
            *recent = first;
        }
        self.whole(letter);
    }

    fn end_phrase(&mut self) {}
}

/// Returns the first eight bytes of a term as a number with the same order, which sorts faster than the text.
fn first_bytes(term: &str) -> u64 {
    let mut bytes = [0; 8];
    bytes.iter_mut().zip(term.bytes()).for_each(|(to, from)| *to = from);
    u64::from_be_bytes(bytes)
}

/// Returns the marked forms of the terms that occur at least [`FREQUENT`] times, and whether a term has more than
/// [`MAX_POSITIONS`].
fn frequent_terms(text: &str, count: usize) -> (Vec<String>, bool) {
    let mut counts: HashMap<&str, usize, RandomState> =
        HashMap::with_capacity_and_hasher(count, RandomState::default());
    let (mut frequent, mut has_excess) = (Vec::new(), false);
    for term in text.split(' ') {
        let count = counts.entry(term).or_insert(0);
        *count += 1;
        if *count == FREQUENT {
            frequent.push(frequent_form(term));
        }
        has_excess |= *count > MAX_POSITIONS;
    }
    (frequent, has_excess)
}

/// Returns the form of a term that is indexed if it occurs at least [`FREQUENT`] times.
pub(super) fn frequent_form(term: &str) -> String {
    [term, FILLER].concat()
}

/// Replaces the occurrences of each term after the first [`MAX_POSITIONS`] by a filler.
fn without_excess(terms: &Terms) -> Terms {
    let mut counts = HashMap::new();
    let mut text = String::with_capacity(terms.text.len());
    for term in terms.text.split(' ') {
        let count = counts.entry(term).or_insert(0_usize);
        *count += 1;
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(if *count <= MAX_POSITIONS { term } else { FILLER });
    }
    Terms { text, ..*terms }
}

#[cfg(test)]
#[path = "terms_tests.rs"]
mod tests;
