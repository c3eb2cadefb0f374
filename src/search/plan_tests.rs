//! Tests of plans, candidates, and scores over an engine in memory.

use super::*;
use crate::search::score::{Scored, best};
use crate::search::terms::{Terms, analyse};
use proptest::prelude::*;

/// Chunks with their terms. A chunk is identified by its index.
struct Store {
    chunks: Vec<(String, Terms)>,
}

impl Store {
    fn new(texts: impl IntoIterator<Item = impl Into<String>>) -> Self {
        let analysed = |text: String| (text.clone(), analyse(&text));
        Self { chunks: texts.into_iter().map(|text| analysed(text.into())).collect() }
    }

    fn select(&self, condition: &Condition) -> impl Iterator<Item = usize> {
        self.chunks.iter().enumerate().filter(|(_, (_, terms))| holds(condition, terms)).map(|(index, _)| index)
    }

    fn plan(&self, text: &str) -> Plan {
        let query = Query::new([text]);
        let frequency = |term: &QueryTerm| self.select(&term.condition()).count() as u64;
        let statistics = Statistics {
            chunks: self.chunks.len() as u64,
            length: self.chunks.iter().map(|(_, terms)| u64::from(terms.length())).sum(),
            frequencies: query.terms().iter().map(frequency).collect(),
        };
        Plan::new(query, &statistics)
    }

    /// Returns the best chunks with their scores.
    fn search(&self, text: &str, wanted: usize) -> Vec<Scored<usize>> {
        let plan = self.plan(text);
        let mut candidates = plan.candidates(wanted);
        while let Some(condition) = candidates.next_condition() {
            candidates.add(self.select(&condition).take(candidates.limit()));
        }
        best(candidates.into_keys().map(|key| self.score(&plan, key)), 0.0, wanted)
    }

    fn score(&self, plan: &Plan, key: usize) -> Scored<usize> {
        let (text, terms) = &self.chunks[key];
        Scored { key, score: plan.score(text, terms.length()) }
    }

    fn keys(&self, text: &str) -> Vec<usize> {
        self.search(text, 10).into_iter().map(|scored| scored.key).collect()
    }
}

fn holds(condition: &Condition, terms: &Terms) -> bool {
    match condition {
        Condition::Term(text) => terms.iter().any(|(_, term)| term == text),
        Condition::Prefix(text) => terms.iter().any(|(_, term)| term.starts_with(text.as_str())),
        Condition::Phrase(texts) => {
            let has = |position: usize, text: &str| {
                terms.iter().any(|(at, term)| usize::from(at) == position && term == text)
            };
            terms.iter().any(|(at, _)| texts.iter().zip(usize::from(at)..).all(|(text, position)| has(position, text)))
        }
        Condition::All(parts) => parts.iter().all(|part| holds(part, terms)),
        Condition::Any(parts) => parts.iter().any(|part| holds(part, terms)),
    }
}

/// A store with chunks of filler words, then the given ones.
fn store(texts: &[&str]) -> Store {
    let filler = (0..20).map(|number| format!("filler the of number{number} other{number}"));
    Store::new(filler.chain(texts.iter().map(|text| (*text).to_owned())))
}

#[test]
fn chunk_with_more_of_the_query_ranks_first() {
    let found = store(&["annual leave of staff", "leave", "annual report", "nothing"]).keys("annual leave");
    assert_eq!(found[0], 20);
    assert_eq!(found.len(), 3);
    for (query, texts) in [
        ("休暇の規程", ["出張の規程です", "有給休暇の規程について", "休憩の規則"]),
        ("带薪休假", ["休息日", "员工带薪休假规定", "带薪病假"]),
        ("휴가 정책", ["정책 문서", "회사의 휴가 정책은 다음과 같다", "휴일"]),
        ("ลาพักร้อน", ["พักผ่อน", "พนักงานมีสิทธิลาพักร้อน", "อากาศร้อน"]),
        ("Urlaubstage übertragen", ["Urlaub", "Urlaubstage werden übertragen", "übertragen"]),
        ("الإجازة السنوية", ["الإجازة المرضية", "يحق للموظف الإجازة السنوية", "السنوية"]),
        ("वार्षिक छुट्टी", ["छुट्टी", "हर कर्मचारी को वार्षिक छुट्टी", "वार्षिक सभा"]),
        ("parse_header", ["header of a page", "fn parse_header(input: &str)", "parse the body"]),
    ] {
        assert_eq!(store(&texts).keys(query)[0], 21, "{query}");
    }
}

#[test]
fn phrase_ranks_before_the_same_words_apart() {
    let found = store(&["the shell has a long prompt", "the prompt has a shell", "the long shell prompt has"])
        .keys("shell prompt");
    assert_eq!(found[0], 22);
}

#[test]
fn other_forms_of_a_word_are_found() {
    let texts = ["configure the network", "configurations", "unrelated"];
    assert_eq!(store(&texts).keys("configuration")[..], [21, 20], "no chunk has the word itself");
    assert_eq!(store(&["configuration", "configurations are"]).keys("configuration"), [20]);
}

#[test]
fn single_letter_finds_each_run_with_it() {
    let texts = ["増税の前", "税金", "税", "関税", "金"];
    let mut found = store(&texts).keys("税");
    found.sort_unstable();
    assert_eq!(found, [20, 21, 22, 23]);
}

#[test]
fn identifiers_are_found_in_every_spelling() {
    let texts = ["call getUserName()", "the get_user_name field", "get-user-name", "get the user and name"];
    for query in ["getUserName", "get_user_name", "getusername", "get user name"] {
        let found = store(&texts).keys(query);
        assert_eq!(found.iter().filter(|key| (20..23).contains(*key)).count(), 3, "{query}: {found:?}");
    }
}

#[test]
fn frequent_terms_select_nothing_if_others_remain() {
    let store = store(&["the handbook"]);
    assert_eq!(store.keys("the handbook"), [20]);
    assert_eq!(store.keys("the of").len(), 10, "nothing else remains");
    let small = Store::new(["the handbook", "the report", "the"]);
    assert_eq!(small.keys("the handbook").len(), 3, "in a small store, every term counts");
}

#[test]
fn equal_scores_are_in_the_order_of_the_keys() {
    let texts = ["same words here"; 30];
    assert_eq!(store(&texts).keys("same words"), (20..30).collect::<Vec<_>>());
}

#[test]
fn scores_are_between_zero_and_one_and_grow_with_the_match() {
    let store = store(&["annual leave policy of staff", "annual leave", "leave of other staff members", "policy"]);
    let found = store.search("annual leave policy", 10);
    assert!(found.windows(2).all(|pair| pair[0].score >= pair[1].score));
    assert!(found.iter().all(|scored| scored.score > 0.0 && scored.score < 1.0));
    assert_eq!(found[0].key, 20);
    assert!(found[0].score > 0.6, "{found:?}");
    let weak = store.search("annual unknown words nowhere", 10);
    assert!(weak[0].score < 0.35, "{weak:?}");
    assert_eq!(store.search("unknown", 10), []);
    assert_eq!(Store::new([""; 0]).search("unknown", 10), []);
}

#[test]
fn threshold_and_number_of_results_limit_the_best() {
    let scored = |key, score| Scored { key, score };
    let all = [scored('c', 0.5), scored('b', 0.5), scored('a', 0.2), scored('d', 0.0), scored('e', f64::NAN)];
    let keys = |threshold, wanted| best(all, threshold, wanted).into_iter().map(|one| one.key).collect::<String>();
    assert_eq!(keys(0.0, 10), "bca");
    assert_eq!(keys(0.2, 10), "bca");
    assert_eq!(keys(0.3, 10), "bc");
    assert_eq!(keys(0.0, 1), "b");
}

#[test]
fn many_matches_are_limited_and_frequent_use_comes_first() {
    let mut texts: Vec<String> = (0..1_000).map(|number| format!("backup number{number}")).collect();
    texts.extend((0..1_100).map(|number| format!("other{number}")));
    texts[900] = "backup ".repeat(6);
    let store = Store::new(texts);
    let plan = store.plan("backup");
    let mut candidates = plan.candidates(10);
    let mut conditions = Vec::new();
    while let Some(condition) = candidates.next_condition() {
        candidates.add(store.select(&condition).take(candidates.limit()));
        conditions.push(condition.fts5());
    }
    assert_eq!(conditions, ["\"backup\u{a6}\"", "\"backup\""]);
    assert_eq!(candidates.into_keys().count(), 201);
    assert_eq!(store.keys("backup")[0], 900, "the first 200 do not contain it");
}

#[test]
fn phrase_of_the_query_ends_the_search_early() {
    let texts: Vec<String> = (0..300).map(|number| format!("shell prompt{}", number % 3)).collect();
    let store = Store::new(texts.into_iter().chain((0..400).map(|number| format!("other{number}"))));
    let plan = store.plan("shell prompt1");
    let mut candidates = plan.candidates(10);
    let mut steps = 0;
    while let Some(condition) = candidates.next_condition() {
        candidates.add(store.select(&condition).take(candidates.limit()));
        steps += 1;
    }
    assert_eq!((steps, candidates.into_keys().count()), (1, 100));
}

#[test]
fn long_query_runs_a_limited_number_of_conditions() {
    let words: Vec<String> = (0..200).map(|number| format!("word{number}")).collect();
    let store = Store::new(words.iter().map(String::as_str).chain(["other"; 300]));
    let plan = store.plan(&words.join(" "));
    let mut candidates = plan.candidates(50);
    let mut steps = 0;
    while let Some(condition) = candidates.next_condition() {
        assert!(condition.fts5().len() < 4_096);
        candidates.add(store.select(&condition));
        steps += 1;
    }
    assert!(steps <= 4 * MAX_SELECTORS, "{steps}");
}

#[test]
fn statistics_that_do_not_fit_are_harmless() {
    let query = Query::new(["annual leave"]);
    for statistics in [
        Statistics { chunks: 0, length: 0, frequencies: Vec::new() },
        Statistics { chunks: 1, length: 0, frequencies: vec![u64::MAX, 3] },
        Statistics { chunks: u64::MAX, length: u64::MAX, frequencies: vec![1; 9] },
    ] {
        let plan = Plan::new(query.clone(), &statistics);
        let score = plan.score("annual leave", 2);
        assert!((0.0..=1.0).contains(&score), "{statistics:?}: {score}");
    }
}

proptest! {
    /// Each chunk with a rare enough term is a candidate of a small store, and the search finds the same chunks as the
    /// scores of all.
    #[test]
    fn search_agrees_with_the_scores_of_all_chunks(
        texts in prop::collection::vec("[a-d]{1,2}( [a-d]{1,2}){0,5}|[一-三]{1,4}", 1..30),
        query in "[a-d]{1,2}( [a-d]{1,2}){0,3}|[一-三]{1,3}",
    ) {
        let store = Store::new(texts);
        let plan = store.plan(&query);
        let all = best((0..store.chunks.len()).map(|key| store.score(&plan, key)), 0.0, 5);
        let found = store.search(&query, 50);
        // Frequent terms select nothing, so chunks that contain only these are missing.
        let selected: Vec<_> = all.into_iter().filter(|one| found.contains(one)).collect();
        prop_assert_eq!(&selected[..], &found[..selected.len()]);
        if store.chunks.len() < 10 {
            prop_assert_eq!(selected.len(), found.len().min(5));
        }
    }

    #[test]
    fn any_text_has_a_score(text in ".*", query in ".*") {
        let store = Store::new([text, "other".to_owned()]);
        let plan = store.plan(&query);
        let score = store.score(&plan, 0).score;
        prop_assert!((0.0..1.0).contains(&score), "{}", score);
    }
}
