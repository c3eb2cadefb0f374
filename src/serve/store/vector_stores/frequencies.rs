//! A cache of how many passages contain a term. Counting a frequent term is slow, because it reads the whole posting
//! list, and most queries contain the same frequent words.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

/// The maximum number of cached counts. If there are more, all are discarded.
const MAX_COUNTS: usize = 10_000;

/// A state of the searched vector stores. As long as it is the same, their passages are the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct IndexState {
    pub(super) stores: Vec<StoreState>,
    /// The row numbers of files whose passages are hidden from searches.
    pub(super) hidden: Vec<i64>,
}

/// The state of a vector store: sums over its completed files, and the newest row.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct StoreState {
    pub(super) files: i64,
    /// The sum of the row numbers of these files.
    pub(super) numbers: i64,
    pub(super) chunks: i64,
    pub(super) terms: i64,
    /// The largest number of a row, in any status.
    pub(super) newest: i64,
}

/// The cached counts by search expression, each with the state in which it was counted.
#[derive(Debug, Default)]
pub(in crate::serve::store) struct Frequencies(Mutex<HashMap<String, (IndexState, u64)>>);

impl Frequencies {
    /// Returns the count of an expression, if it was counted in this state.
    pub(super) fn get(&self, expression: &str, state: &IndexState) -> Option<u64> {
        self.lock().get(expression).filter(|(counted, _)| counted == state).map(|(_, count)| *count)
    }

    /// Adds counts. Counts of a state with hidden passages are not kept, because hidden passages can change while the
    /// state stays the same.
    pub(super) fn insert(&self, state: &IndexState, counts: impl IntoIterator<Item = (String, u64)>) {
        if !state.hidden.is_empty() {
            return;
        }
        let mut cached = self.lock();
        if cached.len() >= MAX_COUNTS {
            cached.clear();
        }
        cached.extend(counts.into_iter().map(|(expression, count)| (expression, (state.clone(), count))));
    }

    /// Locks the map. A poisoned lock is usable, because no panic can leave the map half changed.
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
    fn only_counts_of_the_same_state_are_returned() {
        let (cache, state) = (Frequencies::default(), state_of(1));
        cache.insert(&state, [("leave".to_owned(), 7)]);
        assert_eq!(cache.get("leave", &state), Some(7));
        assert_eq!(cache.get("travel", &state), None);
        assert_eq!(cache.get("leave", &state_of(2)), None);
        let hidden = IndexState { hidden: vec![3], ..state.clone() };
        cache.insert(&hidden, [("travel".to_owned(), 7)]);
        assert_eq!(cache.get("travel", &hidden), None);
        cache.insert(&state, (0..MAX_COUNTS + 1).map(|n| (n.to_string(), 1)));
        cache.insert(&state, [("new".to_owned(), 2)]);
        assert_eq!((cache.get("new", &state), cache.get("leave", &state)), (Some(2), None));
    }
}
