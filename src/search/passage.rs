//! The passage of a chunk that answers a query best.

use super::borders::{Border, Borders};
use super::plan::{Plan, Statistics};
use super::query::Query;
use super::terms::analyse;
use unicode_segmentation::UnicodeSegmentation;

/// Returns the passage of a text that matches a query best: one sentence or several that follow each other, of at most
/// `max` characters, without white space around it. The first of equally good passages is returned.
///
/// `None` if no term of the query occurs. A single sentence that is longer than `max` is cut at a grapheme cluster.
pub fn passage<'a>(text: &'a str, query: &str, max: usize) -> Option<&'a str> {
    let sentences = sentences(text);
    let plan = plan(&sentences, Query::new([query]));
    let scored: Vec<f64> =
        sentences.iter().map(|sentence| plan.score(sentence.text, analyse(sentence.text).length())).collect();
    let best = scored.iter().copied().fold(0.0, f64::max);
    let at = scored.iter().position(|score| *score > 0.0 && *score >= best)?;
    let mut found = at..at + 1;
    // Adds the better neighbour as long as it matches and there is room.
    loop {
        let before = found.start.checked_sub(1);
        let score = |index: Option<usize>| index.and_then(|index| scored.get(index)).copied().unwrap_or(0.0);
        let wider = match (score(before), score(Some(found.end))) {
            (left, right) if left <= 0.0 && right <= 0.0 => break,
            (left, right) if left > right => before.unwrap_or(found.start)..found.end,
            _ => found.start..found.end + 1,
        };
        match between(text, &sentences, &wider) {
            Some(passage) if passage.chars().count() <= max => found = wider,
            _ => break,
        }
    }
    between(text, &sentences, &found).map(|passage| shortened(passage, max))
}

/// A sentence, with its place in the text.
struct Sentence<'a> {
    start: usize,
    text: &'a str,
}

/// Returns the sentences and the paragraphs of a text.
fn sentences(text: &str) -> Vec<Sentence<'_>> {
    let mut borders = Borders::default();
    let is_end = |c: char, borders: &mut Borders| borders.before(c).is_some_and(|border| border >= Border::Sentence);
    let mut starts: Vec<usize> =
        text.char_indices().filter(|(_, c)| is_end(*c, &mut borders)).map(|(at, _)| at).collect();
    starts.insert(0, 0);
    starts.push(text.len());
    let sentence = |pair: &[usize]| match pair {
        [start, end] => text.get(*start..*end).map(|text| Sentence { start: *start, text }),
        _ => None,
    };
    starts.windows(2).filter_map(sentence).filter(|sentence| !sentence.text.is_empty()).collect()
}

/// Returns a plan in which each sentence is a chunk, so that words that are rare in the text count more.
fn plan(sentences: &[Sentence<'_>], query: Query) -> Plan {
    let analysed: Vec<_> = sentences.iter().map(|sentence| analyse(sentence.text)).collect();
    let frequency =
        |text: &str| analysed.iter().filter(|terms| terms.iter().any(|(_, term)| term == text)).count() as u64;
    let statistics = Statistics {
        chunks: analysed.len() as u64,
        length: analysed.iter().map(|terms| u64::from(terms.length())).sum(),
        frequencies: query.terms().iter().map(|term| frequency(term.text())).collect(),
    };
    Plan::new(query, &statistics)
}

fn between<'a>(text: &'a str, sentences: &[Sentence<'_>], range: &std::ops::Range<usize>) -> Option<&'a str> {
    let first = sentences.get(range.start)?;
    let last = sentences.get(range.end.checked_sub(1)?)?;
    text.get(first.start..last.start + last.text.len()).map(str::trim)
}

/// Returns the beginning of a text with at most `max` characters, in whole grapheme clusters.
fn shortened(text: &str, max: usize) -> &str {
    let mut characters = 0;
    let mut end = 0;
    for (at, cluster) in text.grapheme_indices(true) {
        characters += cluster.chars().count();
        if characters > max {
            break;
        }
        end = at + cluster.len();
    }
    text.get(..end).unwrap_or_default().trim_end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn passage_is_the_sentence_that_matches_best() {
        let text = "The handbook applies to all staff. Annual leave is thirty days. Travel is booked by the office.\n\n\
                    Sick leave needs a certificate.";
        for (query, expected) in [
            ("How many days of annual leave?", "Annual leave is thirty days."),
            ("Who books travel?", "Travel is booked by the office."),
            ("certificate", "Sick leave needs a certificate."),
        ] {
            assert_eq!(passage(text, query, 40), Some(expected), "{query}");
        }
        assert_eq!(passage(text, "salary", 40), None);
        assert_eq!(passage("", "salary", 40), None);
        assert_eq!(passage(text, "", 40), None);
    }

    #[test]
    fn passage_is_found_in_scripts_without_spaces() {
        let text = "この規程は全社員に適用する。有給休暇は年間三十日とする。出張は総務部が手配する。";
        assert_eq!(passage(text, "有給休暇は何日", 15), Some("有給休暇は年間三十日とする。"));
        assert_eq!(passage("员工手册。年假三十天！差旅由办公室预订。", "年假几天", 10), Some("年假三十天！"));
    }

    #[test]
    fn neighbours_that_match_are_added_as_long_as_there_is_room() {
        let text = "Nothing here. Leave is thirty days. Unused leave expires in March. Nothing there.";
        assert_eq!(passage(text, "unused leave", 60), Some("Leave is thirty days. Unused leave expires in March."));
        assert_eq!(passage(text, "unused leave", 40), Some("Unused leave expires in March."));
    }

    #[test]
    fn long_sentence_is_cut_at_a_whole_character() {
        let text = format!("leave {}", "e\u{301}".repeat(100));
        let found = passage(&text, "leave", 9).unwrap_or_default();
        assert_eq!(found, "leave e\u{301}");
    }

    proptest! {
        #[test]
        fn passage_is_a_part_of_the_text_within_the_limit(text in "([a-c]{1,3}[ .\n]{1,2}|。|漢字){0,40}", query in "[a-c]{1,3}|漢字", max in 0_usize..40) {
            if let Some(found) = passage(&text, &query, max) {
                prop_assert!(text.contains(found) && found.chars().count() <= max);
            }
        }
    }
}
