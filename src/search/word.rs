//! The words and runs that the scanner has begun.

use super::characters::fold;
use super::sink::Sink;

/// The longest word that is split at capitals. Longer ones are encoded data rather than identifiers.
const MAX_SPLIT_CHARS: usize = 64;

/// The most marks that are kept after one letter.
const MAX_MARKS: usize = 8;

/// A word in folded letters, with the places of its capitals.
#[derive(Default)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) count: usize,
    marks: usize,
    /// The start of each letter in `text`, and `true` for a capital. Empty as long as no capital follows a letter.
    letters: Vec<(usize, bool)>,
    has_inner_capital: bool,
}

impl Word {
    pub(super) fn push(&mut self, c: char) {
        let is_capital = c.is_uppercase();
        self.has_inner_capital |= is_capital && self.count > 0;
        self.letters.push((self.text.len(), is_capital));
        fold(c, &mut self.text);
        self.count += 1;
        self.marks = 0;
    }

    pub(super) fn mark(&mut self, c: char) {
        if !self.text.is_empty() && self.marks < MAX_MARKS {
            self.text.push(c);
            self.marks += 1;
        }
    }

    /// Calls `each` with the parts. A part begins at a capital after a small letter, and at a capital before a small
    /// letter (`HTTPServer` is `http` and `server`). A final `s` belongs to the capitals before it (`URLs`).
    pub(super) fn parts(&self, mut each: impl FnMut(&str)) {
        let mut start = 0;
        if self.has_inner_capital && self.count <= MAX_SPLIT_CHARS {
            let is_capital = |at: usize| self.letters.get(at).is_some_and(|(_, capital)| *capital);
            for at in 1..self.letters.len() {
                let follows_small = !is_capital(at - 1) && self.is_letter(at - 1);
                let is_plural = at + 2 == self.letters.len() && self.text.ends_with('s');
                let precedes_small = !is_capital(at + 1) && self.is_letter(at + 1) && !is_plural;
                if is_capital(at) && (follows_small || precedes_small) {
                    let end = self.letters.get(at).map_or(start, |(start, _)| *start);
                    self.text.get(start..end).into_iter().filter(|part| !part.is_empty()).for_each(&mut each);
                    start = end;
                }
            }
        }
        self.text.get(start..).into_iter().filter(|part| !part.is_empty()).for_each(&mut each);
    }

    /// Returns `true` if the word has a character at this place, and it is not a digit.
    fn is_letter(&self, at: usize) -> bool {
        let start = self.letters.get(at).map(|(start, _)| *start);
        let letter = start.and_then(|start| self.text.get(start..)).and_then(|rest| rest.chars().next());
        letter.is_some_and(|letter| !letter.is_numeric())
    }

    pub(super) fn clear(&mut self) {
        self.text.clear();
        self.letters.clear();
        self.count = 0;
        self.marks = 0;
        self.has_inner_capital = false;
    }
}

/// The last two letters of a run, each with its marks. `last` is not sent yet.
#[derive(Default)]
pub(super) struct Run {
    before: String,
    pub(super) last: String,
    marks: usize,
}

impl Run {
    pub(super) fn push(&mut self, c: char, sink: &mut impl Sink) {
        if !self.last.is_empty() {
            if !self.before.is_empty() {
                sink.pair(&self.before, &self.last);
            }
            std::mem::swap(&mut self.before, &mut self.last);
            self.last.clear();
        }
        self.last.push(c);
        self.marks = 0;
    }

    pub(super) fn mark(&mut self, c: char) {
        if !self.last.is_empty() && self.marks < MAX_MARKS {
            self.last.push(c);
            self.marks += 1;
        }
    }

    pub(super) fn end(&mut self, sink: &mut impl Sink) {
        if self.last.is_empty() {
            return;
        }
        if self.before.is_empty() {
            sink.term(&self.last, true);
        } else {
            sink.pair(&self.before, &self.last);
            sink.tail(&self.last);
        }
        self.before.clear();
        self.last.clear();
    }
}
