#![allow(clippy::unwrap_used)]

use super::*;
use crate::search::tokens::estimate;
use proptest::prelude::*;
use unicode_segmentation::UnicodeSegmentation;

fn strategy(max: u32, overlap: u32) -> ChunkingStrategy {
    ChunkingStrategy::new(max, overlap).unwrap()
}

/// Checks what holds for the chunks of every text.
fn check(text: &str, strategy: ChunkingStrategy) -> Vec<Chunk> {
    let found = chunks(text, strategy);
    let mut covered = 0;
    for (at, chunk) in found.iter().enumerate() {
        let start = usize::try_from(chunk.start).unwrap();
        assert_eq!(text.get(start..start + chunk.text.len()), Some(chunk.text.as_str()), "chunk {at}");
        assert!(chunk.tokens <= strategy.max && chunk.text.len() <= MAX_CHUNK_BYTES, "chunk {at}: {}", chunk.tokens);
        assert!(start <= covered || text[covered..start].trim().is_empty(), "chunk {at} leaves out text");
        let end = start + chunk.text.len();
        assert!(end > covered, "chunk {at} adds nothing");
        if start < covered {
            assert!(estimate(&text[start..covered]) <= strategy.overlap + 1, "chunk {at} overlaps too much");
        }
        covered = end;
    }
    assert!(text[covered..].trim().is_empty(), "the end is left out");
    found
}

#[test]
fn strategies_outside_the_limits_are_refused() {
    assert_eq!(ChunkingStrategy::new(800, 400), Ok(ChunkingStrategy::default()));
    assert!(ChunkingStrategy::new(100, 0).is_ok() && ChunkingStrategy::new(4096, 2048).is_ok());
    assert_eq!(ChunkingStrategy::new(99, 0), Err(ChunkingError::Size(99)));
    assert_eq!(ChunkingStrategy::new(4097, 0), Err(ChunkingError::Size(4097)));
    let error = ChunkingStrategy::new(101, 51).unwrap_err();
    assert_eq!(error.to_string(), "expected an overlap of at most half the chunk size (50), got 51");
}

#[test]
fn short_text_is_one_chunk() {
    assert_eq!(chunks("", ChunkingStrategy::default()), []);
    assert_eq!(chunks(" \n\u{3000}", ChunkingStrategy::default()), []);
    let text = " A short text.\n";
    assert_eq!(chunks(text, ChunkingStrategy::default()), [Chunk { start: 0, text: text.to_owned(), tokens: 4 }]);
}

#[test]
fn chunks_end_and_begin_at_the_best_borders() {
    // Sentences of ten words, three in a paragraph.
    let sentence = "One two three four five six seven eight nine ten. ";
    let paragraph = format!("{}\n\n", sentence.repeat(3).trim_end());
    let found = check(&paragraph.repeat(40), strategy(100, 50));
    assert!(found.len() > 10);
    for chunk in &found {
        assert!(chunk.text.starts_with("One") && chunk.text.trim_end().ends_with("ten."), "{:?}", chunk.text);
    }
    let without_overlap = check(&paragraph.repeat(40), strategy(100, 0));
    assert!(without_overlap.iter().all(|chunk| chunk.text.ends_with("ten.\n\n")));
    assert_eq!(without_overlap.iter().map(|chunk| chunk.text.as_str()).collect::<String>(), paragraph.repeat(40));
}

#[test]
fn chunk_ends_before_a_heading() {
    let text = format!("{}\n\n# Heading\n\n{}", "word ".repeat(90), "text ".repeat(90));
    let found = check(&text, strategy(100, 0));
    assert!(found[1].text.starts_with("# Heading"), "{:?}", found[1].text);
}

#[test]
fn default_chunks_are_full_and_overlap() {
    let text = "A sentence about the handbook of the company, with some words. ".repeat(2_000);
    let found = check(&text, ChunkingStrategy::default());
    let (last, full) = found.split_last().unwrap();
    assert!(last.tokens > 0);
    assert!(full.iter().all(|chunk| chunk.tokens >= 600), "{:?}", full.iter().map(|c| c.tokens).collect::<Vec<_>>());
    for pair in full.windows(2) {
        let shared = pair[0].start + pair[0].text.len() as u64 - pair[1].start;
        assert!(shared > 800, "{shared} bytes are shared");
    }
}

#[test]
fn scripts_without_spaces_are_cut_at_sentences() {
    for (text, end) in
        [("休暇の規程は次のとおりです。", "。"), ("带薪休假的规定如下！", "！"), ("휴가 규정은 다음과 같다. ", ". ")]
    {
        let found = check(&text.repeat(200), strategy(100, 20));
        assert!(found.iter().all(|chunk| chunk.text.ends_with(end)), "{text}");
    }
    check(&"การลาพักร้อน".repeat(500), strategy(100, 20));
}

#[test]
fn hostile_texts_are_cut_within_the_limits() {
    let size = 48 << 10;
    let family = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
    for (name, text) in [
        ("one word", "a".repeat(1 << 20)),
        ("one run", "漢".repeat(size / 3)),
        ("only marks", "\u{301}".repeat(size / 2)),
        ("letters with marks", "e\u{301}".repeat(size / 3)),
        ("punctuation", "!?…".repeat(size / 5)),
        ("dashes", "-".repeat(size)),
        ("replacement characters", "\u{fffd}".repeat(size / 3)),
        ("spaces around letters", format!("{}a{}b", " ".repeat(size / 2), "\u{3000}".repeat(size / 6))),
        ("letters far apart", format!("a{}", " ".repeat(9_000)).repeat(20)),
        ("flags", "🇩🇪".repeat(size / 8)),
        ("families", family.repeat(size / 25)),
        ("line ends", "a\r\n\r\n".repeat(size / 5)),
        ("controls", "\0".repeat(size)),
    ] {
        for strategy in [ChunkingStrategy::default(), strategy(100, 50), strategy(4096, 2048)] {
            let found = check(&text, strategy);
            assert!(found.len() < text.len() / 20 + 1, "{name}, {strategy:?}: {} chunks", found.len());
        }
    }
}

#[test]
fn grapheme_clusters_stay_whole() {
    let family = "👩\u{200d}👩\u{200d}👧\u{200d}👦";
    for cluster in [family, "e\u{301}\u{302}", "🇩🇪", "👍🏽", "กำ", "क्ष", "각", "\r\n"] {
        let text = cluster.repeat(2_000);
        let starts: Vec<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        for chunk in check(&text, strategy(100, 50)) {
            let start = usize::try_from(chunk.start).unwrap();
            assert!(starts.binary_search(&start).is_ok(), "{cluster:?} is cut at {start}");
        }
    }
}

#[test]
fn text_in_pieces_has_the_same_chunks_and_a_bounded_buffer() {
    let text = "A sentence of the handbook. 休暇の規程は次のとおり。\n\nEin Absatz über Größen\u{301}.\n".repeat(600);
    let whole = chunks(&text, ChunkingStrategy::default());
    for size in [1, 7, 1_000, 65_536] {
        let mut chunker = Chunker::new(ChunkingStrategy::default());
        let mut found = Vec::new();
        let mut rest = text.as_str();
        while !rest.is_empty() {
            let mut end = size.min(rest.len());
            while !rest.is_char_boundary(end) {
                end += 1;
            }
            chunker.push(&rest[..end]);
            rest = &rest[end..];
            found.extend(std::iter::from_fn(|| chunker.next_chunk()));
            assert!(chunker.buffer.len() <= size + 16_384, "{} bytes at {size}", chunker.buffer.len());
        }
        chunker.finish();
        found.extend(std::iter::from_fn(|| chunker.next_chunk()));
        assert_eq!(found, whole, "pieces of {size} bytes");
    }
}

proptest! {
    #[test]
    fn chunks_of_any_text_cover_it(
        pieces in prop::collection::vec(
            prop::sample::select(&["word ", "longer", "漢字", "。", ". ", "\n", "\n\n", "\r\n", "e\u{301}", "👩\u{200d}👧", "  ", "{x}", "42"][..]),
            0..600,
        ),
        max in 100_u32..300,
        half in 0_u32..=100,
    ) {
        let text = pieces.concat();
        let found = check(&text, strategy(max, max / 2 * half / 100));
        let starts: std::collections::BTreeSet<usize> = text.grapheme_indices(true).map(|(at, _)| at).collect();
        for chunk in found {
            prop_assert!(starts.contains(&usize::try_from(chunk.start).unwrap()));
        }
    }
}
