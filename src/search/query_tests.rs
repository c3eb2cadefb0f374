use super::*;

fn terms(query: &Query) -> Vec<&str> {
    query.terms().iter().map(QueryTerm::text).collect()
}

fn phrases(query: &Query) -> Vec<String> {
    let text = |index: &usize| query.terms[*index].text.as_str();
    query.phrases.iter().map(|phrase| phrase.iter().map(text).collect::<Vec<_>>().join(" ")).collect()
}

#[test]
fn query_is_analysed_like_a_chunk() {
    for (text, expected) in [
        ("Straße and STRASSE", "strasse and"),
        ("getUserName", "get user name getusername"),
        ("東京都の税", "東京 京都 都の の税"),
        ("税", "税"),
        ("휴가 정책", "휴가 정책"),
        ("…!?", ""),
        ("", ""),
    ] {
        assert_eq!(terms(&Query::new([text])).join(" "), expected, "{text}");
    }
    assert!(Query::new(["\u{fffd} --"]).is_empty());
}

#[test]
fn phrases_end_at_punctuation_and_between_texts() {
    let query = Query::new(["umask: control of files, again", "of\nlines", ""]);
    assert_eq!(phrases(&query), ["umask", "control of files", "again", "of", "lines"]);
    assert_eq!(phrases(&Query::new(["休暇の規程。有給"])), ["休暇 暇の の規 規程", "有給"]);
}

#[test]
fn long_query_has_a_limited_number_of_terms() {
    let text: String = (0..5_000).map(|number| format!("word{number} ")).collect();
    let query = Query::new([text.as_str()]);
    assert_eq!(query.terms().len(), MAX_QUERY_TERMS);
    assert_eq!(query.phrases.iter().map(Vec::len).sum::<usize>(), MAX_QUERY_TERMS);
}

#[test]
fn conditions_have_the_syntax_of_both_engines() {
    let word = |text: &str| Condition::Term(text.to_owned());
    for (condition, fts5, tsquery) in [
        (word("leave"), r#""leave""#, "'leave'"),
        (Condition::Prefix("税".to_owned()), r#""税" *"#, "'税':*"),
        (Condition::Phrase(vec!["a".to_owned(), "b".to_owned()]), r#""a b""#, "('a' <-> 'b')"),
        (
            Condition::All(vec![word("a"), Condition::Any(vec![word("b"), word("c")])]),
            r#"("a" AND ("b" OR "c"))"#,
            "('a' & ('b' | 'c'))",
        ),
    ] {
        assert_eq!((condition.fts5().as_str(), condition.tsquery().as_str()), (fts5, tsquery));
    }
}

#[test]
fn single_letter_of_a_script_without_spaces_is_searched_as_a_prefix() {
    let query = Query::new(["税 a"]);
    let conditions: Vec<Condition> = query.terms().iter().map(QueryTerm::condition).collect();
    assert_eq!(conditions, [Condition::Prefix("税".to_owned()), Condition::Term("a".to_owned())]);
}

#[test]
fn stem_is_two_thirds_of_a_word() {
    for (word, stem) in [
        ("configuration", Some("configur")),
        ("files", Some("file")),
        ("file", Some("file")),
        ("log", None),
        ("Urlaubstage", Some("urlaubs")),
        ("настройка", Some("настро")),
        ("20241115", None),
        ("東京都", None),
    ] {
        assert_eq!(Query::new([word]).terms()[0].stem(), stem, "{word}");
    }
    let query = Query::new(["userName"]);
    assert_eq!(query.terms()[2].stem(), None, "a whole identifier has no other forms");
}
