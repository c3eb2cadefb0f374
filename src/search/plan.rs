//! The plan of a query: the conditions that the store runs to find candidates, and the weights for their scores.

use super::candidates::{Candidates, MAX_CANDIDATES, Step};
use super::query::{Condition, Query, QueryTerm, TermKind};

/// The largest number of terms that select candidates, and of terms in a phrase that selects them.
const MAX_SELECTORS: usize = 32;
/// The largest number of words without a chunk whose other forms are searched.
const MAX_UNSEEN: usize = 4;
/// The smallest number of chunks in a store whose frequent terms select no candidates.
const MIN_CHUNKS: u64 = 10;
/// The weight of a pair of letters. Each letter is in two pairs, so full weights would count a run twice.
const PAIR_WEIGHT: f64 = 0.5;

/// The statistics of a store, which the weights of terms depend on. All of them count chunks of the store that can be
/// found, whatever filter the query has.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statistics {
    /// The number of chunks.
    pub chunks: u64,
    /// The sum of the lengths of the chunks, as [`super::terms::Terms::length`] returns them.
    pub length: u64,
    /// For each term of [`Query::terms`], the number of chunks that fulfil [`QueryTerm::condition`].
    pub frequencies: Vec<u64>,
}

/// A query with the weights of its terms in one store.
#[derive(Debug, Clone)]
pub struct Plan {
    pub(super) query: Query,
    /// For each term of the query, its weight.
    pub(super) weights: Vec<f64>,
    /// The average length of a chunk, at least one term.
    pub(super) average: f64,
    /// The terms that select candidates, rarest first, with their frequencies.
    selectors: Vec<(usize, u64)>,
    /// For each term of the query, `true` if no chunk contains it.
    is_unseen: Vec<bool>,
}

impl Plan {
    /// Plans a query for a store with these statistics.
    pub fn new(query: Query, statistics: &Statistics) -> Self {
        let frequency = |index: usize| statistics.frequencies.get(index).copied().unwrap_or(0).min(statistics.chunks);
        let weigh = |(index, term): (usize, &QueryTerm)| {
            let factor = if matches!(term.kind, TermKind::Pair | TermKind::Letter) { PAIR_WEIGHT } else { 1.0 };
            factor * inverse_frequency(frequency(index), statistics.chunks)
        };
        let weights = query.terms.iter().enumerate().map(weigh).collect();
        let mut selectors: Vec<(usize, u64)> = (0..query.terms.len()).map(|index| (index, frequency(index))).collect();
        selectors.retain(|(_, frequency)| *frequency > 0);
        selectors.sort_by_key(|(index, frequency)| (*frequency, *index));
        let rare = selectors.iter().filter(|(_, frequency)| 2 * frequency <= statistics.chunks).count();
        if rare > 0 && statistics.chunks >= MIN_CHUNKS {
            selectors.truncate(rare);
        }
        selectors.truncate(MAX_SELECTORS);
        let average = statistics.length as f64 / statistics.chunks.max(1) as f64;
        let is_unseen = (0..query.terms.len()).map(|index| frequency(index) == 0).collect();
        Self { query, weights, average: average.max(1.0), selectors, is_unseen }
    }

    /// Returns the query.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Starts the search for candidates. `wanted` is the largest number of results of the query.
    pub fn candidates<K: Ord>(&self, wanted: usize) -> Candidates<K> {
        Candidates::new(self.steps(), wanted)
    }

    /// Returns the conditions that select candidates, strictest first.
    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        let all: Vec<usize> = self.query.phrases.iter().flatten().copied().collect();
        steps.extend(self.phrase(&all).map(|condition| Step { condition, is_exact: true }));
        let mut add = |condition| steps.push(Step { condition, is_exact: false });
        let selectors: Vec<Selector> =
            self.selectors.iter().filter_map(|(at, count)| self.selector(*at, *count)).collect();
        let conditions = |selectors: &[Selector]| selectors.iter().map(|one| one.condition.clone()).collect::<Vec<_>>();
        if let [rarest, _, ..] = selectors.as_slice() {
            let mut every = conditions(&selectors);
            if rarest.is_common() {
                let frequent: Vec<Condition> = selectors.iter().filter_map(|one| one.frequent.clone()).collect();
                every.push(Condition::Any(frequent.clone()));
                add(Condition::All(frequent));
                add(Condition::All(every.clone()));
                every.pop();
            }
            add(Condition::All(every));
        }
        if self.query.phrases.len() > 1 {
            let phrases: Vec<_> = self.query.phrases.iter().filter_map(|phrase| self.phrase(phrase)).collect();
            if !phrases.is_empty() {
                add(Condition::Any(phrases));
            }
        }
        self.unseen_stems().for_each(&mut add);
        for (at, selector) in selectors.iter().enumerate() {
            let others = conditions(selectors.get(at + 1..).unwrap_or_default());
            let with_others = |one: &Condition| Condition::All(vec![one.clone(), Condition::Any(others.clone())]);
            if selector.is_common() {
                if !others.is_empty() {
                    selector.frequent.iter().for_each(|frequent| add(with_others(frequent)));
                    add(with_others(&selector.condition));
                }
                selector.frequent.iter().for_each(|frequent| add(frequent.clone()));
            }
            add(selector.condition.clone());
        }
        steps
    }

    fn selector(&self, index: usize, frequency: u64) -> Option<Selector> {
        let term = self.query.terms.get(index)?;
        Some(Selector { condition: term.condition(), frequent: term.frequent(), frequency })
    }

    /// Returns conditions for other forms of the words that no chunk contains.
    fn unseen_stems(&self) -> impl Iterator<Item = Condition> {
        let unseen = self.query.terms.iter().zip(&self.is_unseen).filter(|(_, is_unseen)| **is_unseen);
        unseen.filter_map(|(term, _)| term.stem()).take(MAX_UNSEEN).map(|stem| Condition::Prefix(stem.to_owned()))
    }

    fn phrase(&self, indices: &[usize]) -> Option<Condition> {
        let terms = indices.iter().filter_map(|index| self.query.terms.get(*index));
        let terms = terms.map(|term| term.text.clone()).collect();
        (2..=MAX_SELECTORS).contains(&indices.len()).then_some(Condition::Phrase(terms))
    }
}

/// A term that selects candidates.
struct Selector {
    condition: Condition,
    frequent: Option<Condition>,
    frequency: u64,
}

impl Selector {
    /// Returns `true` if more chunks contain the term than can be candidates.
    fn is_common(&self) -> bool {
        self.frequency > MAX_CANDIDATES as u64
    }
}

/// Returns the weight of a term in `frequency` of `chunks` (the inverse document frequency of BM25, never negative).
fn inverse_frequency(frequency: u64, chunks: u64) -> f64 {
    let (frequency, chunks) = (frequency as f64, chunks as f64);
    (1.0 + (chunks - frequency + 0.5) / (frequency + 0.5)).ln()
}

#[cfg(test)]
#[path = "plan_tests.rs"]
mod tests;
