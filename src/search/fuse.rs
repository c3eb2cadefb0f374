//! Weighted fusion of two rankings, and the similarity of embeddings.

use super::score::{Scored, best};
use serde_json::Value;
use std::collections::BTreeMap;

/// The constant of reciprocal rank fusion. It decides how much the first ranks outweigh later ones.
const RANK_CONSTANT: f64 = 60.0;

/// The weights of the two rankings of a search, from 0 to 1. At least one of them is 1, so that no sum overflows.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    pub words: f64,
    pub embeddings: f64,
}

impl Default for Weights {
    fn default() -> Self {
        Self { words: 1.0, embeddings: 1.0 }
    }
}

impl Weights {
    /// Returns the weights of the member `hybrid_search` of ranking options. Only their ratio counts.
    ///
    /// # Errors
    /// Returns the reason if a weight is missing, is not a number or is negative, or if both are 0.
    pub fn from_json(member: Option<&Value>) -> Result<Self, String> {
        let Some(options) = member.filter(|options| !options.is_null()) else { return Ok(Self::default()) };
        let weight = |name: &str| match options.get(name).and_then(Value::as_f64) {
            Some(weight) if weight >= 0.0 && weight.is_finite() => Ok(weight),
            _ => Err(format!("expected a number of at least 0 as '{name}'")),
        };
        let (words, embeddings) = (weight("text_weight")?, weight("embedding_weight")?);
        let largest = words.max(embeddings);
        if largest == 0.0 {
            return Err("at least one of 'embedding_weight' and 'text_weight' must be greater than 0".to_owned());
        }
        Ok(Self { words: words / largest, embeddings: embeddings / largest })
    }
}

/// Fuses rankings by reciprocal rank: each ranking adds `weight / (60 + rank)` for a chunk. Returns the best `wanted`
/// chunks with scores from 0 to 1. A chunk that is first in every ranking has the score 1. Equal scores are in the order
/// of the keys. A ranking with the weight 0 adds no chunk.
///
/// Each ranking has the best chunk first. Of a repeated chunk, the first place counts.
pub fn fuse<K: Ord + Clone>(rankings: &[(f64, Vec<K>)], wanted: usize) -> Vec<Scored<K>> {
    let highest = rankings.iter().map(|(weight, _)| weight).sum::<f64>() / (RANK_CONSTANT + 1.0);
    let mut sums: BTreeMap<K, (f64, usize)> = BTreeMap::new();
    for (number, (weight, ranking)) in (1..).zip(rankings).filter(|(_, (weight, _))| *weight > 0.0) {
        for (rank, key) in (1_u32..).zip(ranking) {
            let (sum, last) = sums.entry(key.clone()).or_insert((0.0, 0));
            if *last != number {
                *sum += weight / (RANK_CONSTANT + f64::from(rank));
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
    use serde_json::json;

    fn keys<K: Copy>(scored: &[Scored<K>]) -> Vec<K> {
        scored.iter().map(|one| one.key).collect()
    }

    #[test]
    fn chunk_in_both_rankings_precedes_those_in_one() {
        let fused = fuse(&[(1.0, vec!['a', 'b', 'c']), (1.0, vec!['d', 'b', 'e'])], 10);
        assert_eq!(keys(&fused), ['b', 'a', 'd', 'c', 'e']);
        assert!(fused.iter().all(|one| one.score > 0.0 && one.score < 1.0));
        assert_eq!(fuse(&[(1.0, vec!['a']), (1.0, vec!['a'])], 10), [Scored { key: 'a', score: 1.0 }]);
        assert_eq!(keys(&fuse(&[(1.0, vec!['a', 'b']), (1.0, Vec::new())], 1)), ['a']);
        assert_eq!(fuse::<char>(&[], 10), []);
    }

    #[test]
    fn repeated_chunk_counts_once_in_each_ranking() {
        let once = fuse(&[(1.0, vec!['a', 'b']), (1.0, vec!['b'])], 10);
        let repeated = fuse(&[(1.0, vec!['a', 'b', 'b', 'b']), (1.0, vec!['b', 'b'])], 10);
        assert_eq!(repeated, once);
    }

    #[test]
    fn weights_decide_between_the_rankings() {
        for (words, embeddings, expected) in [
            (1.0, 0.5, vec!['a', 'b', 'c', 'd']),
            (0.5, 1.0, vec!['c', 'd', 'a', 'b']),
            (1.0, 0.0, vec!['a', 'b']),
            (0.0, 1.0, vec!['c', 'd']),
        ] {
            let fused = fuse(&[(words, vec!['a', 'b']), (embeddings, vec!['c', 'd'])], 10);
            assert_eq!(keys(&fused), expected, "{words} {embeddings}");
            assert!(fused.iter().all(|one| one.score > 0.0 && one.score <= 1.0), "{words} {embeddings}: {fused:?}");
        }
        assert_eq!(fuse(&[(1.0, vec!['a']), (0.25, vec!['a'])], 1)[0].score, 1.0);
    }

    #[test]
    fn only_the_ratio_of_weights_counts() {
        for (given, words, embeddings) in [
            (Value::Null, 1.0, 1.0),
            (json!({"embedding_weight": 2, "text_weight": 1}), 0.5, 1.0),
            (json!({"embedding_weight": 0, "text_weight": 0.1}), 1.0, 0.0),
            (json!({"embedding_weight": 1e308, "text_weight": 1e308}), 1.0, 1.0),
        ] {
            assert_eq!(Weights::from_json(Some(&given)), Ok(Weights { words, embeddings }), "{given}");
        }
        assert_eq!(Weights::from_json(None), Ok(Weights::default()));
        for (given, reason) in [
            (json!({"embedding_weight": 0, "text_weight": 0.0}), "must be greater than 0"),
            (json!({"embedding_weight": 1}), "'text_weight'"),
            (json!({"embedding_weight": -1, "text_weight": 1}), "'embedding_weight'"),
            (json!({"embedding_weight": "1", "text_weight": 1}), "'embedding_weight'"),
            (json!(7), "'text_weight'"),
        ] {
            assert!(Weights::from_json(Some(&given)).is_err_and(|found| found.contains(reason)), "{given}");
        }
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
