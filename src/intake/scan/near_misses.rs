//! Near misses: texts that look like IDs but were not added. They are reported at the end, unless the complete ID was
//! found elsewhere.

use super::classify::Rejection;
use super::find::Match;
use std::collections::{BTreeSet, HashSet};

/// The number of near misses that are stored. Further near misses are only counted.
const KEPT: usize = 10_000;
/// The minimum length of a truncated ID from which its beginning identifies the complete ID.
const SHORTEST_CUT: usize = 12;
/// The lengths of IDs with their prefix.
const LENGTHS: std::ops::RangeInclusive<usize> = 26..=60;

/// A near miss and its position.
#[derive(Debug)]
pub(super) struct NearMiss {
    pub(super) id: String,
    pub(super) rejection: Rejection,
    pub(super) seen: String,
}

/// The near misses of a scan.
#[derive(Debug, Default)]
pub(super) struct NearMisses {
    kept: Vec<NearMiss>,
    known: HashSet<String>,
    others: u64,
}

impl NearMisses {
    /// Adds a near miss. A text that was added before is ignored.
    pub(super) fn add(&mut self, found: Match, rejection: Rejection, seen: &str) {
        if self.known.contains(&found.id) {
            return;
        }
        if self.kept.len() == KEPT {
            self.others += 1;
            return;
        }
        self.known.insert(found.id.clone());
        self.kept.push(NearMiss { id: found.id, rejection, seen: seen.to_owned() });
    }

    /// Returns the near misses whose ID was not found elsewhere, and the number of near misses that were not stored.
    pub(super) fn unresolved(self, ids: &HashSet<String>) -> (Vec<NearMiss>, u64) {
        if self.kept.is_empty() {
            return (self.kept, self.others);
        }
        let sorted: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let found = |miss: &NearMiss| match miss.rejection {
            Rejection::Cut => {
                let next = sorted.range(miss.id.as_str()..).next();
                miss.id.len() >= SHORTEST_CUT && next.is_some_and(|id| id.starts_with(&miss.id))
            }
            Rejection::Long => LENGTHS.filter_map(|length| miss.id.get(..length)).any(|id| ids.contains(id)),
            Rejection::Words | Rejection::Joined | Rejection::Unknown => ids.contains(&miss.id),
        };
        (self.kept.into_iter().filter(|miss| !found(miss)).collect(), self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kind;

    #[test]
    fn a_near_miss_of_a_found_id_is_not_reported() {
        let ids = HashSet::from(["thread_AbCdEfGhIjKlMnOpQrSt1234".to_owned()]);
        let mut misses = NearMisses::default();
        for (id, rejection) in [
            ("thread_AbCdEfGh", Rejection::Cut),
            ("thread_AbCdEfGhIjKlMnOpQrSt1234Budget", Rejection::Long),
            ("thread_AbCdEfGhIjKlMnOpQrSt1234", Rejection::Joined),
            ("thread_", Rejection::Cut),
            ("thread_XyCdEfGh", Rejection::Cut),
            ("thread_XyCdEfGh", Rejection::Cut),
            ("thread_XyCdEfGhIjKlMnOpQrSt1234", Rejection::Joined),
        ] {
            misses.add(
                Match { at: 0, kind: Kind::Thread, id: id.to_owned(), rejection: Some(rejection) },
                rejection,
                "a.log:1",
            );
        }
        let (left, others) = misses.unresolved(&ids);
        let left: Vec<_> = left.iter().map(|miss| miss.id.as_str()).collect();
        assert_eq!((left, others), (vec!["thread_", "thread_XyCdEfGh", "thread_XyCdEfGhIjKlMnOpQrSt1234"], 0));
    }
}
