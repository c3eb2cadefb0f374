use super::*;
use crate::search::characters::{Class, class};
use crate::search::scan::MAX_TERM_CHARS;
use proptest::prelude::*;
use unicode_normalization::UnicodeNormalization;

/// Returns the body and the extras of a text, each as terms separated by spaces.
fn parts(text: &str) -> (String, String) {
    let terms = analyse(text);
    let all: Vec<&str> = terms.fts5().split(' ').filter(|term| !term.is_empty()).collect();
    let (body, extras) = all.split_at(terms.length() as usize);
    (body.join(" "), extras.join(" "))
}

#[test]
fn words_of_scripts_with_spaces_are_terms() {
    for (text, expected) in [
        ("The shell prompt, 42 times.", "the shell prompt 42 times"),
        ("don't", "don t"),
        ("Größe und Straße; Übermut", "grosse und strasse ubermut"),
        ("Crème brûlée à l’île", "creme brulee a l ile"),
        ("Cafe\u{301} CAFÉ", "cafe cafe"),
        ("Łódź, København, smørrebrød", "lodz kobenhavn smorrebrod"),
        ("İstanbul ISTANBUL ırmak", "istanbul istanbul irmak"),
        ("ΟΔΟΣ οδός", "οδοσ οδοσ"),
        ("Ещё один чай, и\u{306}од", "ещё один чай йод"),
        ("за\u{301}мок", "замок"),
        ("مُحَمَّد كتاب", "محمد كتاب"),
        ("שָׁלוֹם", "שלום"),
        ("हिन्दी में लिखें", "हिन्दी में लिखें"),
        ("ﬁle Ｆｕｌｌ　Ｗｉｄｔｈ ① ½", "file full width 1 1 2"),
        ("soft\u{ad}hyphen zero\u{200b}width می\u{200c}خواهم", "softhyphen zerowidth میخواهم"),
        ("a.b/c@d 1.2.3", "a b c d 1 2 3"),
    ] {
        assert_eq!(parts(text).0, expected, "{text}");
    }
}

#[test]
fn runs_of_scripts_without_spaces_are_bigrams() {
    for (text, expected, extras) in [
        ("东京都", "东京 京都", "都"),
        ("税", "税", ""),
        ("第3章", "第 3 章", ""),
        ("食べる。飲む", "食べ べる 飲む", "る む"),
        ("データベース", "デー ータ タベ ベー ース", "ス"),
        ("ﾃﾞｰﾀ", "デー ータ", "タ"),
        ("か\u{3099}く", "がく", "く"),
        ("ジョン・スミス", "ジョ ョン スミ ミス", "ン ス"),
        ("휴가 정책을", "휴가 정책 책을", "가 을"),
        ("\u{1112}\u{1172}\u{1100}\u{1161}", "휴가", "가"),
        ("การลา", "กา าร รล ลา", "า"),
        ("ที่นี่", "ที่นี่", "นี่"),
        ("ພາສາລາວ", "ພາ າສ ສາ າລ ລາ າວ", "ວ"),
        ("ភាសាខ្មែរ", "ភាសា សាខ្ ខ្មែ មែរ", "រ"),
        ("မြန်မာ", "မြန် န်မာ", "မာ"),
        ("Debianのインストール", "debian のイ イン ンス スト トー ール", "ル"),
        ("休暇は20日、", "休暇 暇は 20 日", "は"),
        ("㈱会社", "株 会社", "社"),
    ] {
        assert_eq!(parts(text), (expected.to_owned(), extras.to_owned()), "{text}");
    }
}

#[test]
fn identifiers_are_indexed_as_parts_and_as_a_whole() {
    for (text, expected, extras) in [
        ("max_chunk_size", "max chunk size", "maxchunksize"),
        ("getUserName()", "get user name", "getusername"),
        ("HTTPServer", "http server", "httpserver"),
        ("parseHTTP2Response", "parse http2 response", "parsehttp2response"),
        ("well-known apt-get", "well known apt get", "wellknown aptget"),
        ("e-mail E‐Mail", "e mail e mail", "email email"),
        ("MAX_SIZE", "max size", "maxsize"),
        ("__init__", "init", ""),
        ("foo__bar", "foo bar", "foobar"),
        ("a--b c- d -e", "a b c d e", ""),
        ("PostgreSQL", "postgre sql", "postgresql"),
        ("iPhone 3D utf8 UTF-8", "i phone 3d utf8 utf 8", "iphone utf8"),
        ("URLs and IDs", "urls and ids", ""),
        ("größeÄndern ПриветМир", "grosse andern привет мир", "grosseandern приветмир"),
        ("2024-11-15", "2024 11 15", "20241115"),
        ("Vec<HashMap<String>>", "vec hash map string", "hashmap"),
    ] {
        assert_eq!(parts(text), (expected.to_owned(), extras.to_owned()), "{text}");
    }
}

#[test]
fn line_end_within_a_word_does_not_end_it() {
    for (text, expected, extras) in [
        ("フィルシ\n    ステムです", "フィ ィル ルシ シス ステ テム ムで です", "す"),
        ("中\r\n国", "中国", "国"),
        ("中\n\n国", "中 国", ""),
        ("中 国", "中 国", ""),
        ("中\n|国", "中 国", ""),
        ("中\nA", "中 a", ""),
        ("中\n한", "中 한", ""),
        ("정책을\n읽고", "정책 책을 읽고", "을 고"),
        ("exam-\n  ple", "exam ple", "example"),
        ("well-\nKnown", "well known", ""),
        ("end -\nnext", "end next", ""),
        ("a-\n\nb", "a b", ""),
    ] {
        assert_eq!(parts(text), (expected.to_owned(), extras.to_owned()), "{text}");
    }
}

#[test]
fn positions_begin_at_one_and_follow_the_list() {
    let terms = analyse("in hand, the hand");
    assert_eq!(terms.iter().collect::<Vec<_>>(), [(1, "in"), (2, "hand"), (3, "the"), (4, "hand")]);
    assert_eq!(terms.fts5(), "in hand the hand");
    assert_eq!(terms.tsvector(), "'hand':2,4 'in':1 'the':3");
    assert_eq!(analyse("").iter().count(), 0);
    assert_eq!(analyse(" … ").tsvector(), "");
    assert!(analyse("\u{fffd} !?").is_empty());
}

#[test]
fn tsvector_is_sorted_by_term_with_ascending_positions() {
    let terms = analyse("prefixes prefix prefixed prefixing prefix 东京 prefixes");
    assert_eq!(terms.tsvector(), "'prefix':2,5 'prefixed':3 'prefixes':1,7 'prefixing':4 '东京':6 '京':8");
}

#[test]
fn terms_after_the_last_position_of_an_engine_are_left_out() {
    let terms = analyse(&"aB ".repeat(20_000));
    assert_eq!(terms.length() as usize, MAX_TERMS);
    assert_eq!(terms.fts5().split(' ').count(), MAX_TERMS);
    assert!(terms.iter().all(|(position, _)| usize::from(position) <= MAX_TERMS));
}

#[test]
fn frequent_term_keeps_its_first_positions_and_moves_no_other() {
    let text = format!("{}end", "0,".repeat(MAX_POSITIONS + 44));
    let terms = analyse(&text);
    assert_eq!(terms.length() as usize, MAX_POSITIONS + 45);
    assert_eq!(terms.iter().filter(|(_, term)| *term == "0").count(), MAX_POSITIONS);
    assert!(terms.iter().any(|one| one == (301, "end")));
    assert_eq!(terms.fts5().split(' ').position(|term| term == "end"), Some(300), "FTS5 counts the positions itself");
    assert!(!terms.tsvector().contains("'\u{a6}'"), "a filler is no lexeme");
    // The term that reaches the limit is the last one.
    let terms = analyse(&"0,".repeat(MAX_POSITIONS + 1));
    assert_eq!(terms.iter().filter(|(_, term)| *term == "0").count(), MAX_POSITIONS);
}

#[test]
fn frequent_term_is_also_indexed_with_a_mark() {
    assert_eq!(parts("a a a a"), ("a a a a".to_owned(), String::new()));
    assert_eq!(parts("A a, a b a a a"), ("a a a b a a a".to_owned(), "a\u{a6}".to_owned()));
    assert_eq!(parts(&"税金。".repeat(FREQUENT)).1, "金 税金\u{a6}");
    assert_eq!(analyse("a a a a a").tsvector(), "'a':1,2,3,4,5 'a\u{a6}':6");
}

#[test]
fn hostile_texts_have_bounded_terms() {
    let size = 128 << 10;
    for (name, text) in [
        ("one word", "a".repeat(1 << 20)),
        ("one word of capitals", "aB".repeat(size / 2)),
        ("one word with accents", "é".repeat(size / 2)),
        ("one identifier", "a_".repeat(size / 2)),
        ("only joiners", "_-".repeat(size / 2)),
        ("only marks", "\u{301}".repeat(size / 2)),
        ("only kept marks", "\u{3099}".repeat(size / 3)),
        ("marks on a letter", format!("か{}", "\u{93f}".repeat(size / 3))),
        ("one run", "漢".repeat(size / 3)),
        ("ligatures that expand", "\u{fdfa}".repeat(size / 3)),
        ("punctuation", "!?…，。".repeat(size / 11)),
        ("replacement characters", "\u{fffd}".repeat(size / 3)),
        ("controls", "\0\u{1}\u{7f}".repeat(size / 3)),
        ("quotes and backslashes", "'\\\"".repeat(size / 3)),
        ("spaces", " ".repeat(size)),
        ("jamo", "\u{1100}".repeat(size / 3)),
    ] {
        let terms = analyse(&text);
        assert!(terms.fts5().len() <= MAX_BYTES + 4 * MAX_TERM_CHARS * 4, "{name}");
        check(&terms).unwrap_or_else(|error| panic!("{name}: {error}"));
    }
}

/// Checks what both engines require of the terms.
fn check(terms: &Terms) -> Result<(), String> {
    let mut counts = std::collections::HashMap::new();
    for (position, term) in terms.iter() {
        if term.is_empty() || term.len() >= 2 << 10 || !(1..=MAX_TERMS).contains(&usize::from(position)) {
            return Err(format!("{term:?} at {position}"));
        }
        let text = term.strip_suffix(FILLER).unwrap_or(term);
        if text.chars().any(|c| class(c) == Class::Break || class(c) == Class::Space || c.is_ascii_uppercase()) {
            return Err(format!("{term:?} is not folded"));
        }
        *counts.entry(term).or_insert(0_usize) += 1;
    }
    match counts.values().max() {
        Some(count) if *count > MAX_POSITIONS => Err(format!("{count} positions")),
        _ => Ok(()),
    }
}

/// Texts with many borders between scripts, cases, joiners, and marks.
fn mixed() -> impl Strategy<Value = String> {
    const PIECES: &[&str] = &[
        "a", "B", "ß", "É", "7", "_", "-", " ", "\n", ".", "漢", "か", "\u{3099}", "한", "\u{1100}", "\u{1161}", "ก",
        "\u{e34}", "\u{301}", "\u{93f}", "д", "،", "＿", "Ａ", "\u{200b}", "①", "\u{fffd}",
    ];
    prop_oneof![prop::collection::vec(prop::sample::select(PIECES), 0..40).prop_map(|pieces| pieces.concat()), ".*"]
}

proptest! {
    #[test]
    fn terms_of_any_text_fit_both_engines(text in mixed()) {
        let terms = analyse(&text);
        prop_assert_eq!(check(&terms), Ok(()));
    }

    /// The quick paths for ASCII and for letters that normalisation keeps must not change the result.
    #[test]
    fn normalised_text_has_the_same_terms(text in mixed()) {
        let normal: String = text.nfkc().collect();
        prop_assert_eq!(parts(&text), parts(&normal));
    }

    #[test]
    fn terms_of_two_paragraphs_are_those_of_each(first in mixed(), second in mixed()) {
        let both = parts(&format!("{first}\n\n{second}")).0;
        let expected = [parts(&first).0, parts(&second).0].join(" ");
        prop_assert_eq!(both, expected.trim());
    }
}
