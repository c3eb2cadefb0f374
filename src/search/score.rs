//! The score of a chunk for a query: BM25 with a bonus for neighbouring words.

use super::plan::Plan;
use super::query::TermKind;
use super::scan::scan;
use super::sink::Sink;

const K1: f64 = 1.2;
const B: f64 = 0.75;
/// The share of a word's score that any form of the word earns.
const STEM_SHARE: f64 = 0.5;
/// The weight of two words that follow each other as in the query, in relation to the lighter one.
const NEIGHBOUR_BONUS: f64 = 0.3;

/// A chunk with its score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Scored<K> {
    /// Identifies the chunk.
    pub key: K,
    /// The score, from 0 to 1.
    pub score: f64,
}

/// Returns the best `wanted` chunks whose score is at least `threshold` and not zero, best first. Equal scores are in
/// the order of the keys.
pub fn best<K: Ord>(scored: impl IntoIterator<Item = Scored<K>>, threshold: f64, wanted: usize) -> Vec<Scored<K>> {
    let mut scored: Vec<_> = scored.into_iter().filter(|one| one.score > 0.0 && one.score >= threshold).collect();
    scored.sort_by(|one, other| other.score.total_cmp(&one.score).then_with(|| one.key.cmp(&other.key)));
    scored.truncate(wanted);
    scored
}

impl Plan {
    /// Returns the score of a chunk with this text and length, from 0 to 1. Zero means that no term occurs.
    ///
    /// The sum `s` of the term scores becomes `s / (s + k)`. `k` is half of the sum that an average chunk with each
    /// term once has. Such a chunk scores two thirds, whatever the store and the query are.
    pub fn score(&self, text: &str, length: u32) -> f64 {
        let mut matches = Matches::new(self);
        scan(text, &mut matches);
        self.score_of(&matches, length)
    }

    /// Returns the score of a chunk with these occurrences.
    pub(super) fn score_of(&self, matches: &Matches<'_>, length: u32) -> f64 {
        let sum = self.sum(matches, length);
        let half = self.weights.iter().sum::<f64>() / 2.0;
        if sum > 0.0 { sum / (sum + half) } else { 0.0 }
    }

    fn sum(&self, matches: &Matches<'_>, length: u32) -> f64 {
        let norm = K1 * (1.0 - B + B * f64::from(length) / self.average);
        let saturated = |count: usize| count as f64 * (K1 + 1.0) / (count as f64 + norm);
        let mut sum = 0.0;
        for (weight, found) in self.weights.iter().zip(&matches.found) {
            let exact = saturated(found.exact);
            sum += weight
                * if found.stem.is_some() { exact + STEM_SHARE * (saturated(found.forms) - exact) } else { exact };
        }
        for phrase in &self.query.phrases {
            for pair in phrase.windows(2) {
                if let [first, second] = pair {
                    sum += NEIGHBOUR_BONUS * self.neighbours(matches, *first, *second, saturated);
                }
            }
        }
        sum
    }

    /// Returns the score of two terms that follow each other in the query. Pairs of letters of one run share a letter,
    /// so they always do.
    fn neighbours(&self, matches: &Matches<'_>, first: usize, second: usize, saturated: impl Fn(usize) -> f64) -> f64 {
        let is_pair = |index: usize| self.query.terms.get(index).is_some_and(|term| term.kind == TermKind::Pair);
        let (Some(before), Some(after)) = (matches.found.get(first), matches.found.get(second)) else { return 0.0 };
        if first == second || (is_pair(first) && is_pair(second)) {
            return 0.0;
        }
        let count = before.positions.iter().filter(|at| after.positions.binary_search(&(*at + 1)).is_ok()).count();
        let weight = |index: usize| self.weights.get(index).copied().unwrap_or(0.0);
        weight(first).min(weight(second)) * saturated(count)
    }
}

/// The number of different values of [`beginning`].
const BEGINNINGS: usize = 2048;

/// Returns a number for the beginning of a term or of a word in any case: two ASCII characters, or one other character.
fn beginning(text: &str) -> usize {
    let mut bytes = text.bytes().map(|byte| usize::from(byte.to_ascii_lowercase()));
    match (bytes.next(), bytes.next()) {
        (Some(first @ 0..0x80), second) => (first * 37 + second.unwrap_or(0)) % BEGINNINGS,
        _ => text.chars().next().map_or(0, |c| c as usize) % BEGINNINGS,
    }
}

/// The occurrences of the terms of a query in a text.
pub(super) struct Matches<'a> {
    found: Vec<Found<'a>>,
    /// The beginnings of the terms, as a set of [`beginning`]. Most words of a text have another one.
    beginnings: [u64; BEGINNINGS / 64],
    position: u32,
}

/// The occurrences of one term.
struct Found<'a> {
    text: &'a str,
    stem: Option<&'a str>,
    is_letter: bool,
    exact: usize,
    /// Occurrences of words that begin with the stem.
    forms: usize,
    positions: Vec<u32>,
}

impl<'a> Matches<'a> {
    pub(super) fn new(plan: &'a Plan) -> Self {
        let mut beginnings = [0; BEGINNINGS / 64];
        let found = plan.query.terms.iter().map(|term| {
            let beginning = beginning(&term.text);
            if let Some(bits) = beginnings.get_mut(beginning / 64) {
                *bits |= 1_u64 << (beginning % 64);
            }
            let (stem, is_letter) = (term.stem(), term.kind == TermKind::Letter);
            Found { text: &term.text, stem, is_letter, exact: 0, forms: 0, positions: Vec::new() }
        });
        Self { found: found.collect(), beginnings, position: 0 }
    }

    /// Skips a part of the text that has words but no term of the query.
    pub(super) fn skip(&mut self) {
        self.position += 1;
    }

    fn may_match(&self, text: &str) -> bool {
        let beginning = beginning(text);
        self.beginnings.get(beginning / 64).is_some_and(|bits| bits >> (beginning % 64) & 1 == 1)
    }

    fn word(&mut self, word: &str, position: Option<u32>) {
        for found in &mut self.found {
            if found.text == word {
                found.exact += 1;
                found.positions.extend(position);
            }
            if found.stem.is_some_and(|stem| word.starts_with(stem)) {
                found.forms += 1;
            }
        }
    }
}

impl Sink for Matches<'_> {
    fn ascii(&mut self, word: &str) {
        self.position += 1;
        if self.may_match(word) {
            self.word(&word.to_ascii_lowercase(), Some(self.position));
        }
    }

    fn term(&mut self, term: &str, _: bool) {
        self.position += 1;
        if self.may_match(term) {
            self.word(term, Some(self.position));
        }
    }

    fn pair(&mut self, first: &str, second: &str) {
        self.position += 1;
        if self.may_match(first) {
            for found in &mut self.found {
                let Some(rest) = found.text.strip_prefix(first) else { continue };
                if rest == second || (found.is_letter && rest.is_empty()) {
                    found.exact += 1;
                    found.positions.push(self.position);
                }
            }
        }
    }

    fn whole(&mut self, term: &str) {
        self.word(term, None);
    }

    fn tail(&mut self, letter: &str) {
        for found in self.found.iter_mut().filter(|found| found.is_letter && found.text == letter) {
            found.exact += 1;
        }
    }

    fn end_phrase(&mut self) {}
}
