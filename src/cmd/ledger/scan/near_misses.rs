//! Near misses: texts that look like IDs but were not added. They are reported at the end, unless the complete ID was
//! found elsewhere.

use super::classify::Near;
use super::find::Found;
use std::collections::{BTreeSet, HashSet};

/// The number of near misses that are kept. Further ones are only counted.
const KEPT: usize = 10_000;
/// The minimum length of a truncated ID from which its beginning identifies the complete ID.
const TELLING: usize = 12;
/// The lengths of IDs with their prefix.
const LENGTHS: std::ops::RangeInclusive<usize> = 26..=60;

/// A near miss and its position.
#[derive(Debug)]
pub(super) struct Miss {
    pub(super) id: String,
    pub(super) near: Near,
    pub(super) seen: String,
}

/// The near misses of a scan.
#[derive(Debug, Default)]
pub(super) struct Misses {
    kept: Vec<Miss>,
    known: HashSet<String>,
    others: u64,
}

impl Misses {
    /// Adds a near miss. A text that was added before is ignored.
    pub(super) fn add(&mut self, found: Found, near: Near, seen: &str) {
        if self.known.contains(&found.id) {
            return;
        }
        if self.kept.len() == KEPT {
            self.others += 1;
            return;
        }
        self.known.insert(found.id.clone());
        self.kept.push(Miss { id: found.id, near, seen: seen.to_owned() });
    }

    /// Returns the near misses whose ID was not found elsewhere, and the number of those that were not kept.
    pub(super) fn left(self, ids: &HashSet<String>) -> (Vec<Miss>, u64) {
        if self.kept.is_empty() {
            return (self.kept, self.others);
        }
        let sorted: BTreeSet<&str> = ids.iter().map(String::as_str).collect();
        let found = |miss: &Miss| match miss.near {
            Near::Cut => {
                let next = sorted.range(miss.id.as_str()..).next();
                miss.id.len() >= TELLING && next.is_some_and(|id| id.starts_with(&miss.id))
            }
            Near::Long => LENGTHS.filter_map(|length| miss.id.get(..length)).any(|id| ids.contains(id)),
            Near::Words | Near::Joined | Near::Unknown => ids.contains(&miss.id),
        };
        (self.kept.into_iter().filter(|miss| !found(miss)).collect(), self.others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Kind;

    #[test]
    fn a_near_miss_is_none_where_the_whole_id_was_found() {
        let ids = HashSet::from(["thread_AbCdEfGhIjKlMnOpQrSt1234".to_owned()]);
        let mut misses = Misses::default();
        for (id, near) in [
            ("thread_AbCdEfGh", Near::Cut),
            ("thread_AbCdEfGhIjKlMnOpQrSt1234Budget", Near::Long),
            ("thread_AbCdEfGhIjKlMnOpQrSt1234", Near::Joined),
            ("thread_", Near::Cut),
            ("thread_XyCdEfGh", Near::Cut),
            ("thread_XyCdEfGh", Near::Cut),
            ("thread_XyCdEfGhIjKlMnOpQrSt1234", Near::Joined),
        ] {
            misses.add(Found { at: 0, kind: Kind::Thread, id: id.to_owned(), near: Some(near) }, near, "a.log:1");
        }
        let (left, others) = misses.left(&ids);
        let left: Vec<_> = left.iter().map(|miss| miss.id.as_str()).collect();
        assert_eq!((left, others), (vec!["thread_", "thread_XyCdEfGh", "thread_XyCdEfGhIjKlMnOpQrSt1234"], 0));
    }
}
