//! Compares the parser with `serde_json`, and tests it on hostile documents.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;
use serde_json::json;

fn reads(text: &str) -> Value {
    read(text).unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// Nests JSON texts inside each other under the private key of `serde_json`.
fn nested(key: &str, levels: usize) -> String {
    (0..levels).fold("1".to_owned(), |inner, _| json!({ key: inner }).to_string())
}

#[test]
fn a_private_key_of_serde_is_a_plain_key() {
    for key in ["$serde_json::private::RawValue", "$serde_json::private::Number"] {
        for inner in [json!("1"), json!("[[["), json!(1), json!({ key: "1" }), json!(null)] {
            let text = format!(r#"{{"{key}":{inner}}}"#);
            for text in [text.clone(), format!("[{text}]"), text.replace('$', "\\u0024")] {
                let plain = text.replace("\\u0024", "$");
                assert_eq!(reads(&text).to_string(), plain, "{text}");
            }
        }
        let deep = nested(key, 12);
        assert_eq!(reads(&deep).to_string(), deep, "{key:?}");
        assert_eq!(reads(&deep).as_object().unwrap().keys().collect::<Vec<_>>(), [key], "{key:?}");
    }
}

#[test]
fn limits_are_exact() {
    let limits = JsonLimits { depth: 3, values: 5, bytes: 40 };
    let said = |text: &str| read_within(text, limits).map_err(|error| error.to_string());
    assert!(said("[[[1]]]").is_ok() && said(r#"{"a":[{"b":1}]}"#).is_ok());
    assert_eq!(said("[[[[1]]]]").unwrap_err(), "nested too deep: at most 3 levels are read at line 1 column 4");
    assert!(said("[1,2,3,4]").is_ok());
    assert_eq!(said("[1,2,3,\n4,5]").unwrap_err(), "more than 5 values at line 2 column 3");
    assert!(said(r#"{"a":1,"b":2,"a":1,"b":2}"#).is_ok());
    assert!(said(r#"{"a":1,"a":2,"a":1,"a":2,"a":3}"#).is_err());
    assert!(said(&format!("{:40}", 1)).is_ok());
    assert_eq!(said(&format!("{:41}", 1)).unwrap_err(), "longer than 40 bytes at line 1 column 41");
}

#[test]
fn an_outline_omits_deeper_levels() {
    let text = r#"{"id":"a","m":{"k":"v","l":[1,{"x":2}]},"n":[[1],2]}"#;
    for (levels, expected) in
        [(0, "{}"), (1, r#"{"id":"a","m":{},"n":[]}"#), (2, r#"{"id":"a","m":{"k":"v","l":[]},"n":[[],2]}"#), (9, text)]
    {
        assert_eq!(outline(text, levels).unwrap().to_string(), expected);
    }
    let many = format!(r#"{{"id":"a","n":[{}0]}}"#, "0,".repeat(JsonLimits::READ.values));
    assert!(read(&many).unwrap_err().is_count());
    assert_eq!(outline(&many, 1).unwrap().to_string(), r#"{"id":"a","n":[]}"#);
    assert_eq!(outline(&many, 2).unwrap()["n"].as_array().map(Vec::len), Some(OUTLINED));
    assert!(outline(&many[..many.len() - 1], 1).unwrap_err().is_eof());
}

#[test]
fn values_are_counted_without_being_read() {
    for (text, values) in [("1", 1), ("[1,2]", 3), (r#"{"a":"[,{\\\",","b":[{}]}"#, 4)] {
        assert!((values..=values + 2).contains(&count(text)), "{text}: {}", count(text));
    }
}

#[test]
fn depth_beyond_all_limits_is_an_error() {
    for (open, close) in [("[", "]"), (r#"{"a":"#, "}"), (r#"[{"a":"#, "}]")] {
        let levels = 1_000_000;
        let text = format!("{}1{}", open.repeat(levels), close.repeat(levels));
        assert!(read(text).unwrap_err().is_limit(), "{open:?}");
    }
}

#[test]
fn numbers_and_order_are_kept_as_written() {
    for text in ["1.50", "-0", "-0.0", "1E5", "1e+05", "123456789012345678901234567890", "1e400", "0.1000"] {
        assert_eq!(reads(text).to_string(), text, "{text:?}");
    }
    assert_eq!(reads(r#"{"b":1,"a":2,"b":3}"#).to_string(), r#"{"b":3,"a":2}"#);
    assert_eq!(reads("1E0").as_f64(), Some(1.0));
}

#[test]
fn errors_have_line_and_column() {
    for (text, expected) in [
        ("{\n  \"a\": ,\n}", "expected value at line 2 column 8"),
        ("", "EOF while parsing a value at line 1 column 0"),
        ("[1,", "EOF while parsing a value at line 1 column 3"),
        ("[1", "EOF while parsing a list at line 1 column 2"),
        ("{\"a", "EOF while parsing a string at line 1 column 3"),
        ("{\"a\"}", "expected `:` at line 1 column 5"),
        ("[1 2]", "expected `,` or `]` at line 1 column 4"),
        ("{\"a\":1,}", "trailing comma at line 1 column 8"),
        ("{a:1}", "key must be a string at line 1 column 2"),
        ("{} {}", "trailing characters at line 1 column 4"),
        ("01", "invalid number at line 1 column 2"),
        ("tru", "EOF while parsing a value at line 1 column 3"),
        ("trux", "expected ident at line 1 column 4"),
        ("\"\\x\"", "invalid escape at line 1 column 3"),
        ("\"\n\"", "control character (\\u0000-\\u001F) found while parsing a string at line 1 column 2"),
    ] {
        assert_eq!(read(text).unwrap_err().to_string(), expected, "{text:?}");
    }
    assert!(read(b"\"\xff\"").unwrap_err().to_string().starts_with("invalid unicode code point"));
    assert_eq!(object("[]").unwrap_err().message(), "expected an object, got an array");
}

/// Generates JSON documents with varied whitespace, escapes and number forms.
fn document() -> impl Strategy<Value = String> {
    let string = prop_oneof![
        r#"[a-z"\\/\x00-\x1f\x7f é😀$:]{0,8}"#.prop_map(|text| serde_json::to_string(&text).unwrap()),
        r#"(a|\\n|\\u00e9|\\ud83d\\ude00|\\/|\\u0024){0,5}"#.prop_map(|text| format!("\"{text}\"")),
    ];
    let leaf = prop_oneof![
        Just("null".to_owned()),
        Just("true".to_owned()),
        Just(" false ".to_owned()),
        r"-?(0|[1-9][0-9]{0,25})(\.[0-9]{1,9})?(e[+-][0-9]{1,3})?",
        string.clone(),
    ];
    leaf.prop_recursive(6, 60, 6, move |inner| {
        let member = (string.clone(), inner.clone()).prop_map(|(name, value)| format!("{name} :{value}"));
        prop_oneof![
            prop::collection::vec(inner, 0..6).prop_map(|items| format!("[{}]", items.join(" ,\n"))),
            prop::collection::vec(member, 0..6).prop_map(|members| format!("{{ {}\t}}", members.join(", "))),
        ]
    })
}

proptest! {
    #[test]
    fn whole_documents_are_read_as_serde_reads_them(text in document()) {
        let expected: Value = serde_json::from_str(&text).unwrap();
        let found = read(&text).unwrap();
        prop_assert_eq!(found.to_string(), expected.to_string());
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn broken_documents_are_refused_as_serde_refuses_them(
        text in document(), at in any::<prop::sample::Index>(), byte in prop::sample::select(b"\"\\{}[],:019.-+eEu \n\x00\xffatfn".as_slice()),
        what in 0..3,
    ) {
        let mut bytes = text.into_bytes();
        let at = at.index(bytes.len());
        match what {
            0 => bytes[at] = byte,
            1 => bytes.insert(at, byte),
            _ => bytes.truncate(at),
        }
        let expected = serde_json::from_slice::<Value>(&bytes);
        let found = read(&bytes);
        prop_assert_eq!(found.is_ok(), expected.is_ok(), "{:?}", String::from_utf8_lossy(&bytes));
        if let (Err(found), Err(expected), Ok(_)) = (found, expected, std::str::from_utf8(&bytes)) {
            // serde_json reports a cut text if it ends within the four places behind `\u`, even if they hold no digits.
            let differs = found.is_eof() != expected.is_eof();
            let escape = bytes.windows(2).any(|pair| pair == b"\\u");
            prop_assert!(!differs || escape && expected.is_eof(), "{} | {}", found, expected);
        }
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..80), text in r#"([\[\]{}",:\\0-9eu.-]|true|null|\\u[dD][89a-f]..| ){0,40}"#) {
        let _ = read(&bytes);
        let found = read(&text).is_ok();
        prop_assert_eq!(found, serde_json::from_str::<Value>(&text).is_ok(), "{}", text);
    }
}
