//! Plain BM25 over words and pairs of letters, with its own analyser. It is the ranking that the benchmark compares
//! with.

use std::collections::{BTreeSet, HashMap};

const K1: f64 = 1.2;
const B: f64 = 0.75;

pub(crate) struct Plain {
    counts: Vec<HashMap<String, f64>>,
    lengths: Vec<f64>,
    frequencies: HashMap<String, f64>,
}

impl Plain {
    pub(crate) fn new(texts: &[&str]) -> Self {
        let mut plain = Self { counts: Vec::new(), lengths: Vec::new(), frequencies: HashMap::new() };
        for text in texts {
            let terms = terms(text);
            plain.lengths.push(terms.len() as f64);
            let mut counts = HashMap::new();
            for term in terms {
                *counts.entry(term).or_insert(0.0) += 1.0;
            }
            for term in counts.keys() {
                *plain.frequencies.entry(term.clone()).or_insert(0.0) += 1.0;
            }
            plain.counts.push(counts);
        }
        plain
    }

    /// Returns the texts that contain a term of the query, best first.
    pub(crate) fn search(&self, query: &str) -> Vec<usize> {
        let query: BTreeSet<String> = terms(query).into_iter().collect();
        let mut scored: Vec<(f64, usize)> =
            (0..self.counts.len()).map(|text| (self.score(&query, text), text)).collect();
        scored.retain(|(score, _)| *score > 0.0);
        scored.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(&other.1)));
        scored.into_iter().map(|(_, text)| text).collect()
    }

    fn score(&self, query: &BTreeSet<String>, text: usize) -> f64 {
        let texts = self.counts.len() as f64;
        let average = self.lengths.iter().sum::<f64>() / texts;
        let weight = |term: &String| {
            let count = self.counts[text].get(term)?;
            let frequency = self.frequencies.get(term)?;
            let rarity = (1.0 + (texts - frequency + 0.5) / (frequency + 0.5)).ln();
            Some(rarity * count * (K1 + 1.0) / (count + K1 * (1.0 - B + B * self.lengths[text] / average)))
        };
        query.iter().filter_map(weight).sum()
    }
}

/// Returns the words in lower case, and the overlapping pairs of Chinese and Japanese letters.
fn terms(text: &str) -> Vec<String> {
    let kind = |c: char| match c {
        '\u{3005}'..='\u{3007}' | '\u{3040}'..='\u{30fa}' | '\u{30fc}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' => 2,
        _ => u8::from(c.is_alphanumeric()),
    };
    let characters: Vec<char> = text.chars().collect();
    let mut terms = Vec::new();
    for run in characters.chunk_by(|one, other| kind(*one) == kind(*other)) {
        match kind(run[0]) {
            0 => {}
            2 if run.len() > 1 => terms.extend(run.windows(2).map(|pair| pair.iter().collect::<String>())),
            _ => terms.push(run.iter().flat_map(|c| c.to_lowercase()).collect()),
        }
    }
    terms
}
