//! The search for candidates: the next condition for a store to run, until there are enough chunks.

use super::query::Condition;
use std::collections::BTreeSet;

/// The largest number of chunks that one condition selects.
pub(super) const MAX_CANDIDATES: usize = 200;
/// The smallest number of candidates after which the search ends, unless the whole query occurs as a phrase.
const MIN_CANDIDATES: usize = 50;

/// A condition that selects candidates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Step {
    pub(super) condition: Condition,
    /// `true` if the condition is the whole query as one phrase.
    pub(super) is_exact: bool,
}

/// The search for the candidates of one query. `K` identifies a chunk; its order must be the same on all engines.
///
/// ```text
/// while let Some(condition) = candidates.next_condition() {
///     // chunks of the store that fulfil the condition and the filter of the query, in ascending order
///     candidates.add(select(condition, limit));
/// }
/// ```
///
/// The conditions and the order decide which chunks become candidates, so all engines select the same ones.
#[derive(Debug)]
pub struct Candidates<K> {
    steps: std::vec::IntoIter<Step>,
    found: BTreeSet<K>,
    /// The number of candidates that are enough, and the number if the query occurs as a phrase.
    enough: usize,
    enough_with_phrase: usize,
    is_exact: bool,
    has_phrase: bool,
}

impl<K: Ord> Candidates<K> {
    pub(super) fn new(steps: Vec<Step>, wanted: usize) -> Self {
        Self {
            steps: steps.into_iter(),
            found: BTreeSet::new(),
            enough: (10 * wanted).clamp(MIN_CANDIDATES, MAX_CANDIDATES),
            enough_with_phrase: (2 * wanted).min(MAX_CANDIDATES),
            is_exact: false,
            has_phrase: false,
        }
    }

    /// Returns the next condition to run, or `None` if there are enough candidates.
    pub fn next_condition(&mut self) -> Option<Condition> {
        let enough = if self.has_phrase { self.enough_with_phrase } else { self.enough };
        if self.found.len() >= enough {
            return None;
        }
        let step = self.steps.next()?;
        self.is_exact = step.is_exact;
        Some(step.condition)
    }

    /// Returns the number of chunks to take from each condition: the first ones in ascending order.
    pub const fn limit(&self) -> usize {
        MAX_CANDIDATES
    }

    /// Adds the chunks that the last condition selected.
    pub fn add(&mut self, keys: impl IntoIterator<Item = K>) {
        self.found.extend(keys);
        self.has_phrase |= self.is_exact && !self.found.is_empty();
    }

    /// Returns the candidates in ascending order.
    pub fn into_keys(self) -> impl Iterator<Item = K> {
        self.found.into_iter()
    }
}
