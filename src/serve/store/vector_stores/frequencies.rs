//! A cache of how many passages contain a term. Counting a frequent term reads its whole posting list, and the same words
//! are frequent in most queries.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The maximum number of counts. All are discarded when there are more.
const MOST: usize = 10_000;

/// A state of the searched vector stores. Their passages differ only if the states differ.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct IndexState {
    pub(super) stores: Vec<StoreState>,
    /// The rows whose passages no search may find.
    pub(super) hidden: Vec<i64>,
}

/// The state of a vector store: sums over its completed files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StoreState {
    pub(super) files: i64,
    /// The sum of the numbers of their rows.
    pub(super) numbers: i64,
    pub(super) chunks: i64,
    pub(super) terms: i64,
    /// The largest number of a row, in any status.
    pub(super) newest: i64,
}

/// The counts by expression, each with the state in which it was counted.
#[derive(Debug, Default)]
pub(in crate::serve::store) struct Frequencies(Mutex<HashMap<String, (IndexState, u64)>>);

impl Frequencies {
    /// Returns the count of an expression in a state.
    pub(super) fn get(&self, expression: &str, state: &IndexState) -> Option<u64> {
        self.lock().get(expression).filter(|(counted, _)| counted == state).map(|(_, count)| *count)
    }

    /// Adds counts. Those of a state with hidden passages are not kept, because these passages change without it.
    pub(super) fn insert(&self, state: &IndexState, counts: impl IntoIterator<Item = (String, u64)>) {
        if !state.hidden.is_empty() {
            return;
        }
        let mut known = self.lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.extend(counts.into_iter().map(|(expression, count)| (expression, (state.clone(), count))));
    }

    /// Locks the map. A poisoned lock is usable: no panic can leave the map half changed.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, (IndexState, u64)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state_of(files: i64) -> IndexState {
        IndexState { stores: vec![StoreState { files, ..StoreState::default() }], hidden: Vec::new() }
    }

    #[test]
    fn counts_are_those_of_the_same_state_only() {
        let (cache, state) = (Frequencies::default(), state_of(1));
        cache.insert(&state, [("leave".to_owned(), 7)]);
        assert_eq!(cache.get("leave", &state), Some(7));
        assert_eq!(cache.get("travel", &state), None);
        assert_eq!(cache.get("leave", &state_of(2)), None);
        let hidden = IndexState { hidden: vec![3], ..state.clone() };
        cache.insert(&hidden, [("travel".to_owned(), 7)]);
        assert_eq!(cache.get("travel", &hidden), None);
        cache.insert(&state, (0..MOST + 1).map(|n| (n.to_string(), 1)));
        cache.insert(&state, [("new".to_owned(), 2)]);
        assert_eq!((cache.get("new", &state), cache.get("leave", &state)), (Some(2), None));
    }
}
