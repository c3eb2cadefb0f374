//! A full-text index in memory, which runs the conditions of a plan as a store does.

use asst::search::plan::{Plan, Statistics};
use asst::search::query::{Condition, Query, QueryTerm};
use asst::search::score::{Scored, best};
use asst::search::scorer::Scorer;
use asst::search::terms::analyse;
use std::collections::BTreeMap;

/// The positions of each term of a text.
type Positions = BTreeMap<String, Vec<u16>>;

pub(crate) struct Index<'a> {
    texts: Vec<(&'a str, u32, Positions)>,
}

impl<'a> Index<'a> {
    pub(crate) fn new(texts: &[&'a str]) -> Self {
        let indexed = |text: &'a str| {
            let terms = analyse(text);
            let mut positions = Positions::new();
            for (position, term) in terms.iter() {
                positions.entry(term.to_owned()).or_default().push(position);
            }
            (text, terms.length(), positions)
        };
        Self { texts: texts.iter().map(|text| indexed(text)).collect() }
    }

    /// Returns the best texts among the candidates, best first.
    pub(crate) fn search(&self, query: &str, wanted: usize) -> Vec<usize> {
        let plan = self.plan(query);
        let mut candidates = plan.candidates(wanted);
        while let Some(condition) = candidates.next_condition() {
            candidates.add(self.select(&condition).take(candidates.limit()));
        }
        self.rank(&plan, candidates.into_keys(), wanted)
    }

    /// Returns the best texts of all, best first.
    pub(crate) fn search_all(&self, query: &str) -> Vec<usize> {
        self.rank(&self.plan(query), 0..self.texts.len(), self.texts.len())
    }

    fn rank(&self, plan: &Plan, keys: impl Iterator<Item = usize>, wanted: usize) -> Vec<usize> {
        let scorer = Scorer::new(plan);
        let scored = keys.map(|key| {
            let (text, length, _) = &self.texts[key];
            Scored { key, score: scorer.score(text, *length) }
        });
        best(scored, 0.0, wanted).into_iter().map(|scored| scored.key).collect()
    }

    fn plan(&self, query: &str) -> Plan {
        let query = Query::new([query]);
        let frequency = |term: &QueryTerm| self.select(&term.condition()).count() as u64;
        let statistics = Statistics {
            chunks: self.texts.len() as u64,
            length: self.texts.iter().map(|(_, length, _)| u64::from(*length)).sum(),
            frequencies: query.terms().iter().map(frequency).collect(),
        };
        Plan::new(query, &statistics)
    }

    fn select(&self, condition: &Condition) -> impl Iterator<Item = usize> {
        self.texts.iter().enumerate().filter(|(_, (_, _, positions))| holds(condition, positions)).map(|(key, _)| key)
    }
}

fn holds(condition: &Condition, positions: &Positions) -> bool {
    match condition {
        Condition::Term(term) => positions.contains_key(term),
        Condition::Prefix(start) => {
            positions.range(start.clone()..).next().is_some_and(|(term, _)| term.starts_with(start))
        }
        Condition::Phrase(terms) => {
            let at = |term: &str| positions.get(term).map_or(&[][..], Vec::as_slice);
            let follows =
                |start: u16| (start..).zip(terms).all(|(position, term)| at(term).binary_search(&position).is_ok());
            terms.first().is_some_and(|first| at(first).iter().any(|start| follows(*start)))
        }
        Condition::All(parts) => parts.iter().all(|part| holds(part, positions)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, positions)),
    }
}
