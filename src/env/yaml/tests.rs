//! Tests of the YAML reader: accepted documents, rejected documents, and the positions in errors.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn refusal(text: &str) -> (String, u32, u32) {
    let YamlError { message, at } = value(text).expect_err(text);
    (message, at.line, at.column)
}

#[test]
fn application_tags_are_refused_with_their_position() {
    for tag in [
        "!include",
        "!secret",
        "!Sub",
        "!ENV",
        "!Ref",
        "!GetAtt",
        "!vault",
        "!reference",
        "!!python/name:os.system",
        "!!binary",
        "!!timestamp",
        "!!set",
        "!!omap",
        "!!pairs",
        "!<tag:example.com,2000:x>",
    ] {
        for text in [
            format!("name: x\ninstructions: {tag} prompt.md\n"),
            format!("name: x\ninstructions: {tag} 'prompt.md'\n"),
            format!("name: x\ninstructions: {tag} [a, b]\n"),
            format!("name: x\ninstructions: {tag} {{a: b}}\n"),
            format!("name: x\ninstructions: {tag} |\n  text\n"),
            format!("name: x\ninstructions: {tag}\n"),
        ] {
            let (message, line, column) = refusal(&text);
            assert!(message.starts_with(&format!("unknown tag `{tag}`: only !!str")), "{text}: {message}");
            assert_eq!((line, column), (2, 15), "{text}");
        }
        for text in [format!("{tag} key: 1"), format!("[a, {tag} b]"), format!("{tag} &a b"), format!("&a {tag} b")] {
            assert!(refusal(&text).0.contains(tag), "{text}");
        }
    }
    assert!(refusal("%TAG !e! tag:example.com,2000:\n---\na: !e!x y\n").0.contains("`!e!x`"));
}

#[test]
fn tags_of_the_core_schema_determine_the_type() {
    for (text, expected) in [
        ("a: !!str 12", json!({"a": "12"})),
        ("a: ! 12", json!({"a": "12"})),
        ("a: !!int '12'", json!({"a": 12})),
        ("a: !!null ''", json!({"a": null})),
        ("a: !!bool 'true'", json!({"a": true})),
        ("!!map {a: !!seq [1]}", json!({"a": [1]})),
        ("a: !<tag:yaml.org,2002:str> true", json!({"a": "true"})),
        ("%TAG !m! tag:yaml.org,2002:\n---\na: !m!str 1", json!({"a": "1"})),
        ("!!str 1: x", json!({"1": "x"})),
        ("a: '!include x'", json!({"a": "!include x"})),
    ] {
        assert_eq!(value(text).unwrap(), expected, "{text}");
    }
    for text in ["a: !!int x", "a: !!seq {b: 1}", "a: !!map [1]", "a: !!str [1]", "a: !!seq x", "a: !!map"] {
        assert!(refusal(text).0.starts_with("expected a value of the type !!"), "{text}: {:?}", refusal(text));
    }
}

#[test]
fn one_document_is_read() {
    let (message, line, column) = refusal("a: 1\n---\nb: 2\n");
    assert!(message.starts_with("expected one YAML document, found a second one; keep one"), "{message}");
    assert_eq!((line, column), (3, 1));
    for text in
        ["---\na: 1\n", "---\na: 1\n...\n", "a: 1\n---\n", "# c\n---\na: 1\n---\n# nothing\n", "%YAML 1.2\n---\na: 1\n"]
    {
        assert_eq!(value(text).unwrap(), json!({"a": 1}), "{text}");
    }
    for text in ["", "# nothing\n", "---\n"] {
        assert_eq!(value(text).unwrap(), Value::Null, "{text}");
    }
}

#[test]
fn keys_keep_their_text() {
    let text = "01: a\ntrue: b\n~: c\n'': d\n1.50: e\n.inf: f\n? g\n: h\n&k l: m\nn: *k\n*k2 : x";
    assert!(value(text).is_err(), "no anchor k2");
    let read = value(text.trim_end_matches("*k2 : x")).unwrap();
    assert_eq!(
        read.to_string(),
        r#"{"01":"a","true":"b","~":"c","":"d","1.50":"e",".inf":"f","g":"h","l":"m","n":"l"}"#
    );
    for (text, expected) in [
        ("a: 1\nb: 2\na: 3\n", "duplicate mapping key: a"),
        ("1: a\n'1': b\n", "duplicate mapping key: 1"),
        ("? [a]\n: b\n", "expected text as a key"),
        (": b\n", "a key is missing before `:`"),
        ("{a: {b: 1, b: 2}}", "duplicate mapping key: b"),
    ] {
        assert!(refusal(text).0.starts_with(expected), "{text}: {:?}", refusal(text));
    }
}

#[test]
fn private_names_of_a_library_are_plain_data() {
    for name in ["$serde_json::private::RawValue", "$serde_json::private::Number"] {
        let read = value(&format!("a: {{\"{name}\": \"[[1]]\"}}")).unwrap();
        assert_eq!(read["a"][name], "[[1]]", "{name}");
    }
}

#[test]
fn aliases_and_merge_keys_are_resolved() {
    for (text, expected) in [
        ("a: &x {b: 1}\nc: *x\n", json!({"a": {"b": 1}, "c": {"b": 1}})),
        ("a: &x 1\nb: &x 2\nc: *x\n", json!({"a": 1, "b": 2, "c": 2})),
        ("a: &x {b: 1, c: 2}\nd:\n  <<: *x\n  c: 3\n", json!({"a": {"b": 1, "c": 2}, "d": {"c": 3, "b": 1}})),
        ("a: {<<: [{b: 1}, {b: 2, c: 3}]}", json!({"a": {"b": 1, "c": 3}})),
        ("'<<': x", json!({"<<": "x"})),
        ("a: <<", json!({"a": "<<"})),
    ] {
        assert_eq!(value(text).unwrap(), expected, "{text}");
    }
    for text in ["&a [*a]", "a: &a {b: *a}", "<<: 1", "<<: [1]", "*a", "a: *b"] {
        refusal(text);
    }
}

#[test]
fn the_copies_of_aliases_count_towards_the_limits() {
    let bomb: String = ('b'..='j').fold("a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, name| {
        let before = char::from_u32(name as u32 - 1).unwrap();
        let items = vec![format!("*{before}"); 10].join(",");
        format!("{text}{name}: &{name} [{items}]\n")
    });
    assert!(refusal(&bomb).0.contains("250000 values"));
    let long = format!("a: &a {}\nb: [{}]\n", "x".repeat(1 << 20), vec!["*a"; 70].join(","));
    assert!(refusal(&long).0.contains("64 MiB"));
    assert!(refusal(&format!("[{}]", "1,".repeat(250_001))).0.contains("250000 values"));
    let deep = |depth: usize| format!("{}{}", "[".repeat(depth), "]".repeat(depth));
    assert!(value(&deep(64)).is_ok());
    assert_eq!(refusal(&deep(65)).0, "nested more than 64 levels deep");
    let block = |depth: usize| (0..depth).map(|level| format!("{}a:\n", " ".repeat(level))).collect::<String>();
    assert!(value(&block(64)).is_ok());
    assert_eq!(refusal(&block(65)).0, "nested more than 64 levels deep");
    let copied = |depth| format!("a: &a {}\nb: {}*a{}\n", deep(40), "[".repeat(depth), "]".repeat(depth));
    assert!(value(&copied(23)).is_ok());
    assert!(refusal(&copied(24)).0.starts_with("nested more than 64 levels deep"));
}

proptest! {
    #[test]
    fn no_text_causes_a_panic(text in r"([ \n\t\[\]{},:&*!|>'%@`#-]|[ab01.]|<<|---|\.\.\.|!!str|&a|\*a|é|\u{feff}){0,40}") {
        let _ = value(&text);
    }
}
