//! Errors of notation.

use super::{HEAD, all_refused, refused, user};

#[test]
fn a_key_that_is_stated_twice_is_refused() {
    all_refused(&[
        ("a key of the manifest", "project: it\n", "duplicate mapping key: project (line 3, column 1)"),
        ("a name", "assistants:\n  a: {model: m}\n  a: {model: n}\n", "duplicate mapping key: a (line 5, column 3)"),
        (
            "a member",
            "assistants:\n  a:\n    model: m\n    model: n\n",
            "duplicate mapping key: model (line 6, column 5)",
        ),
        (
            "a pair",
            "assistants: {a: {model: m, metadata: {k: x, k: y}}}\n",
            "duplicate mapping key: k (line 3, column 45)",
        ),
        ("a variable", "vars: {A: x, A: y}\n", "duplicate mapping key: A (line 3, column 14)"),
        ("an environment", "environments: {prod: {}, prod: {}}\n", "duplicate mapping key: prod (line 3, column 26)"),
        (
            "in JSON notation",
            "assistants: {\"a\": {\"model\": \"m\"}, \"a\": {}}\n",
            "duplicate mapping key: a (line 3, column 35)",
        ),
    ]);
}

#[test]
fn text_that_is_not_the_yaml_of_a_manifest_is_refused() {
    let bomb: String = ('b'..='j').fold("a: &a [x,x,x,x,x,x,x,x,x,x]\n".to_owned(), |text, name| {
        let before = char::from_u32(name as u32 - 1).unwrap();
        format!("{text}{name}: &{name} [{}]\n", vec![format!("*{before}"); 10].join(","))
    });
    let deep = format!("x: {}{}\n", "[".repeat(70), "]".repeat(70));
    all_refused(&[
        ("an alias bomb", &bomb, "250000 values"),
        ("deep nesting", &deep, "nested more than 64 levels deep (line 3, column 68)"),
        ("a tab as indentation", "assistants:\n\ta: {model: m}\n", "asst.yaml is not valid YAML"),
        ("a tag of an application", "assistants: !include all.yaml\n", "unknown tag `!include`"),
        ("a tag that makes an object", "assistants: !!python/object:os.system {}\n", "(line 3, column 13)"),
        ("two documents", "---\nasst: 1\n", "expected one YAML document, found a second one"),
        ("an alias without an anchor", "assistants: {a: *b}\n", "(line 3, column 17)"),
        ("a list as a key", "? [a]\n: b\n", "expected text as a key"),
        ("infinity", "assistants: {a: {model: m, temperature: .inf}}\n", "(line 3, column 41)"),
        ("an open bracket", "assistants: {a: {model: m}\n", "asst.yaml is not valid YAML"),
        ("a control character", "assistants: {a: {model: \"a\u{7}\"}}\n", "line 3"),
    ]);
}

#[test]
fn a_manifest_in_another_encoding_is_refused() {
    let (server, asst) = user();
    for (case, bytes, expected) in [
        ("UTF-16", &b"\xff\xfea\0s\0"[..], "asst.yaml is UTF-16 text, expected UTF-8"),
        ("Latin-1", b"asst: 1\nproject: caf\xe9\n", "asst.yaml is not UTF-8 text (the first invalid byte is at 20)"),
        ("no text", b" \n\n", "asst.yaml is empty"),
        ("a list", b"- asst: 1\n", "asst.yaml:1:1: expected a mapping for `the manifest`, found a list"),
        ("a text", b"asst\n", "asst.yaml:1:1: expected a mapping for `the manifest`, found a text"),
    ] {
        asst.file("asst.yaml", bytes);
        refused(&server, &asst, &[], expected, case);
    }
}

#[test]
fn numbers_keep_their_digits_or_are_refused() {
    let digits = "12345678901234567890123";
    all_refused(&[
        ("a number as metadata", "assistants: {a: {model: m, metadata: {zip: 1234}}}\n", "asst.yaml:3:44: "),
        ("a number as a model", "assistants: {a: {model: 4}}\n", "asst.yaml:3:25: Invalid type for 'model'"),
        ("a list as a variable", "vars: {A: [1]}\n", "asst.yaml:3:11: expected a text for `vars.A`, found a list"),
        (
            "a temperature of 23 digits",
            &format!("assistants: {{a: {{model: m, temperature: {digits}}}}}\n"),
            "asst.yaml:3:41: ",
        ),
        (
            "23 digits of days",
            &format!("vector_stores: {{s: {{expires_after: {{anchor: last_active_at, days: {digits}}}}}}}\n"),
            "asst.yaml:3:67: ",
        ),
    ]);
    let (server, asst) = user();
    let text = format!(
        "{HEAD}vars: {{ZIP: 01234, LONG: {digits}}}\nassistants:\n  a:\n    model: m\n    metadata: {{zip: '${{ZIP}}', long: '${{LONG}}'}}\n    \
         tools: [{{type: function, function: {{name: f, parameters: {{default: {digits}, examples: [01234]}}}}}}]\n"
    );
    asst.file("asst.yaml", text);
    asst.run(["manifest", "lint"]).ok();
    drop(server);
    asst.run(["--local", "apply"]).ok();
    let made = asst.run(["--local", "assistants", "list", "-o", "json"]).ok().stdout;
    for expected in [r#""zip": "01234""#, &format!(r#""long": "{digits}""#), &format!(r#""default": {digits}"#)] {
        assert!(made.contains(expected), "{expected}: {made}");
    }
    asst.run(["--local", "plan", "--exit-code"]).ok();
}
