//! The prefixes of IDs.

use crate::api::Kind;

/// An upper bound for the length of a prefix in bytes.
pub(super) const LONGEST_PREFIX: usize = 24;

/// Returns the ID prefixes of these kinds.
pub(super) fn prefixes(kinds: impl Iterator<Item = Kind>) -> Vec<(Kind, &'static str)> {
    kinds.flat_map(|kind| kind.prefixes().iter().map(move |prefix| (kind, *prefix))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_prefix_begins_inside_another_one() {
        let all: Vec<&str> = prefixes(Kind::ALL.into_iter()).into_iter().map(|(_, prefix)| prefix).collect();
        for (one, other) in all.iter().flat_map(|one| all.iter().map(move |other| (*one, *other))) {
            assert!(
                one.len() < LONGEST_PREFIX && (1..one.len()).all(|at| !other.starts_with(&one[at..])),
                "{one} {other}"
            );
            assert!(one == other || !other.contains(one), "{one} {other}");
        }
    }
}
