//! Near misses: texts that look like ids and are not taken in. They are named at the end, unless the whole id was found
//! elsewhere.

use super::find::Found;
use super::judge::Near;
use std::collections::{BTreeSet, HashSet};

/// Near misses that are kept; of all others the number is known.
const KEPT: usize = 10_000;
/// Characters that say of which id a piece is the beginning.
const TELLING: usize = 12;
/// Lengths of ids with their prefix.
const LENGTHS: std::ops::RangeInclusive<usize> = 26..=60;

/// A near miss, and where it was seen.
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
    /// Keeps a near miss; the same text elsewhere is none.
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

    /// Returns those whose id was not found elsewhere, and the number of those that were not kept.
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
