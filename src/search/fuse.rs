//! Fusion of two rankings, and the similarity of embeddings.

use super::score::{Scored, best};
use std::collections::BTreeMap;

/// The constant of reciprocal rank fusion. It decides how much the first ranks outweigh later ones.
const RANK_CONSTANT: f64 = 60.0;

/// Fuses rankings by reciprocal rank: each ranking adds `1 / (60 + rank)` for a chunk. Returns the best `wanted` chunks
/// with scores from 0 to 1. A chunk that is first in every ranking has the score 1. Equal scores are in the order of the
/// keys.
///
/// Each ranking has the best chunk first. Of a repeated chunk, the first place counts.
pub fn fuse<K: Ord + Clone>(rankings: &[Vec<K>], wanted: usize) -> Vec<Scored<K>> {
    let highest = rankings.len() as f64 / (RANK_CONSTANT + 1.0);
    let mut sums: BTreeMap<K, (f64, usize)> = BTreeMap::new();
    for (number, ranking) in (1..).zip(rankings) {
        for (rank, key) in (1_u32..).zip(ranking) {
            let (sum, last) = sums.entry(key.clone()).or_insert((0.0, 0));
            if *last != number {
                *sum += 1.0 / (RANK_CONSTANT + f64::from(rank));
                *last = number;
            }
        }
    }
    let scored = sums.into_iter().map(|(key, (sum, _))| Scored { key, score: (sum / highest).min(1.0) });
    best(scored, 0.0, wanted)
}

/// Returns the cosine similarity of two vectors, from -1 to 1.
///
/// `None` if the lengths differ, a vector has the length zero, or a number is not finite.
pub fn cosine(one: &[f32], other: &[f32]) -> Option<f64> {
    if one.len() != other.len() {
        return None;
    }
    let (mut product, mut square, mut other_square) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (a, b) in one.iter().zip(other) {
        let (a, b) = (f64::from(*a), f64::from(*b));
        product += a * b;
        square += a * a;
        other_square += b * b;
    }
    let cosine = product / (square.sqrt() * other_square.sqrt());
    cosine.is_finite().then(|| cosine.clamp(-1.0, 1.0))
}

/// Returns the `wanted` vectors that are most similar to the query, best first, by comparing all of them. Vectors without
/// a similarity or with a negative one are left out. Equal scores are in the order of the keys.
pub fn nearest<'a, K: Ord>(
    query: &[f32],
    vectors: impl IntoIterator<Item = (K, &'a [f32])>,
    wanted: usize,
) -> Vec<Scored<K>> {
    let scored = vectors.into_iter().filter_map(|(key, vector)| Some(Scored { key, score: cosine(query, vector)? }));
    best(scored, 0.0, wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys<K: Copy>(scored: &[Scored<K>]) -> Vec<K> {
        scored.iter().map(|one| one.key).collect()
    }

    #[test]
    fn chunk_in_both_rankings_precedes_those_in_one() {
        let fused = fuse(&[vec!['a', 'b', 'c'], vec!['d', 'b', 'e']], 10);
        assert_eq!(keys(&fused), ['b', 'a', 'd', 'c', 'e']);
        assert!(fused.iter().all(|one| one.score > 0.0 && one.score < 1.0));
        assert_eq!(fuse(&[vec!['a'], vec!['a']], 10), [Scored { key: 'a', score: 1.0 }]);
        assert_eq!(keys(&fuse(&[vec!['a', 'b'], Vec::new()], 1)), ['a']);
        assert_eq!(fuse::<char>(&[], 10), []);
    }

    #[test]
    fn repeated_chunk_counts_once_in_each_ranking() {
        let once = fuse(&[vec!['a', 'b'], vec!['b']], 10);
        let repeated = fuse(&[vec!['a', 'b', 'b', 'b'], vec!['b', 'b']], 10);
        assert_eq!(repeated, once);
    }

    #[test]
    fn cosine_is_that_of_the_angle() {
        let close = |found: Option<f64>, expected: f64| found.is_some_and(|found| (found - expected).abs() < 1e-6);
        assert!(close(cosine(&[1.0, 0.0], &[3.0, 0.0]), 1.0));
        assert!(close(cosine(&[1.0, 0.0], &[0.0, 2.0]), 0.0));
        assert!(close(cosine(&[1.0, 1.0], &[-1.0, -1.0]), -1.0));
        assert!(close(cosine(&[f32::MAX; 3], &[f32::MAX; 3]), 1.0));
        for (one, other) in
            [(&[0.0, 0.0][..], &[1.0, 1.0][..]), (&[1.0], &[1.0, 1.0]), (&[], &[]), (&[f32::NAN], &[1.0])]
        {
            assert_eq!(cosine(one, other), None, "{one:?} {other:?}");
        }
    }

    #[test]
    fn nearest_vectors_are_the_most_similar_ones() {
        let vectors = [('a', [0.0, 1.0]), ('b', [1.0, 0.1]), ('c', [-1.0, 0.0]), ('d', [2.0, 0.2]), ('e', [0.0, 0.0])];
        let vectors = || vectors.iter().map(|(key, vector)| (*key, vector.as_slice()));
        assert_eq!(keys(&nearest(&[1.0, 0.2], vectors(), 10)), ['b', 'd', 'a']);
        assert_eq!(keys(&nearest(&[1.0, 0.2], vectors(), 1)), ['b']);
    }
}
