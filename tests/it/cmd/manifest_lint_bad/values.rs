//! Errors in values.

use super::{HEAD, all_refused, refused, user};

fn function(parameters: &str) -> String {
    format!(
        "assistants:\n  a:\n    model: m\n    tools:\n      - type: function\n        function:\n          name: f\n          parameters: {parameters}\n"
    )
}

#[test]
fn a_parameter_schema_that_is_no_json_schema_is_refused() {
    let cases = [
        ("a list", "[]", "asst.yaml:10:23: expected a JSON Schema for `tools[0].function.parameters`, found []"),
        ("an unknown type", "{type: objct}", "asst.yaml:10:30: expected one of array, boolean,"),
        ("a property that is a text", "{properties: {a: string}}", "asst.yaml:10:40: expected a JSON Schema"),
        ("required of a property", "{properties: {a: {required: true}}}", "asst.yaml:10:51: expected a list of names"),
        ("an enum that is a text", "{properties: {a: {enum: x}}}", "asst.yaml:10:47: expected a list for"),
        ("an empty anyOf", "{anyOf: []}", "asst.yaml:10:31: expected a list of JSON Schemas"),
    ];
    let cases = cases.map(|(case, parameters, expected)| (case, function(parameters), expected));
    let cases: Vec<_> = cases.iter().map(|(case, text, expected)| (*case, text.as_str(), *expected)).collect();
    all_refused(&cases);
    all_refused(&[(
        "the schema of a response",
        "assistants: {a: {model: m, response_format: {type: json_schema, json_schema: {name: n, schema: {type: x}}}}}\n",
        "asst.yaml:3:103: expected one of array, boolean,",
    )]);
    let (server, asst) = user();
    asst.file("asst.yaml", format!("{HEAD}assistants: {{a: {{model: m, tools: [{{file: f.json}}]}}}}\n"));
    asst.file("f.json", r#"{"type":"function","function":{"name":"f","parameters":{"required":"a"}}}"#);
    let expected = "asst.yaml:3:36: expected a list of names for `tools[0].function.parameters.required`, found \"a\"";
    refused(&server, &asst, &[], expected, "a schema in a file");
}

#[test]
fn a_variable_that_is_not_declared_or_has_no_value_is_refused() {
    let (server, asst) = user();
    let asst = asst.env("UNDECLARED", "x");
    for (case, text, flags, expected) in [
        (
            "not declared",
            "assistants: {a: {model: '${UNDECLARED}'}}\n",
            &[][..],
            "asst.yaml:3:25: the variable `UNDECLARED` is not declared",
        ),
        (
            "no value",
            "vars: {M: }\nassistants: {a: {model: '${M}'}}\n",
            &[],
            "asst.yaml:4:25: the variable `M` has no value",
        ),
        (
            "unset",
            "env: [UNSET]\nassistants: {a: {model: '${UNSET}'}}\n",
            &[],
            "asst.yaml:4:25: the variable `UNSET` has no value",
        ),
        (
            "not closed",
            "vars: {M: m}\nassistants: {a: {model: '${M'}}\n",
            &[],
            "asst.yaml:4:25: expected `}` after `${`",
        ),
        (
            "of a file",
            "assistants: {a: {model: m, instructions: {file: '${DIR}/a.md'}}}\n",
            &[],
            "asst.yaml:3:49: the variable `DIR` is not declared",
        ),
        ("on the command line", "assistants: {}\n", &["--var", "N=x"], "--var: the variable `N` is not declared"),
    ] {
        asst.file("asst.yaml", format!("{HEAD}{text}"));
        refused(&server, &asst, flags, expected, case);
    }
}

#[test]
fn instructions_are_counted_in_characters() {
    let (server, asst) = user();
    for letter in ["a", "é", "😀"] {
        let text =
            |count: usize| format!("{HEAD}assistants: {{a: {{model: m, instructions: {{file: a.md}}}}}}\n# {count}\n");
        asst.file("asst.yaml", text(256_000));
        // The line end at the end of a file is not part of the text.
        asst.file("a.md", format!("{}\n", letter.repeat(256_000)));
        asst.run(["manifest", "lint"]).ok();
        for count in [256_001, 300_000] {
            asst.file("a.md", letter.repeat(count));
            let expected = format!("maximum length 256000, but got a string with length {count} instead");
            refused(&server, &asst, &[], &expected, letter);
            refused(&server, &asst, &[], "asst.yaml:3:42: ", letter);
        }
    }
}

#[test]
fn metadata_without_room_for_the_identity_or_with_long_texts_is_refused() {
    let pairs = |count: usize| (0..count).map(|n| format!("k{n}: v")).collect::<Vec<_>>().join(", ");
    let metadata = |kind: &str, pairs: &str| match kind {
        "assistants" => format!("assistants: {{a: {{model: m, metadata: {{{pairs}}}}}}}\n"),
        _ => format!("vector_stores: {{a: {{metadata: {{{pairs}}}}}}}\n"),
    };
    let long_key = format!("{}: v", "k".repeat(65));
    let longer_key = format!("{}: v", "k".repeat(300));
    let long_value = format!("k: {}", "v".repeat(513));
    for (kind, column) in [("assistants", 38), ("vector_stores", 31)] {
        for (case, pairs, expected) in [
            ("15 pairs", pairs(15), "expected at most 14 metadata pairs, found 15"),
            ("16 pairs", pairs(16), "expected at most 14 metadata pairs, found 16"),
            ("a key of 65 characters", long_key.clone(), "asst.yaml:3:"),
            ("a key of 300 characters", longer_key.clone(), "asst.yaml:3:"),
            ("a value of 513 characters", long_value.clone(), "asst.yaml:3:"),
            ("the key of asst", "asst_key: x".to_owned(), "asst sets the metadata key `asst_key` itself"),
            ("the digest of asst", "asst_digest: x".to_owned(), "asst sets the metadata key `asst_digest` itself"),
        ] {
            let expected = match expected.starts_with("expected at most") {
                true => format!("asst.yaml:3:{column}: {expected}"),
                false => expected.to_owned(),
            };
            all_refused(&[(&format!("{case} of {kind}"), &metadata(kind, &pairs), &expected)]);
        }
    }
}

#[test]
fn what_looks_like_a_key_is_refused_wherever_it_is_and_never_printed() {
    let (server, asst) = user();
    let key = ["sk-proj-", "abcdefghij0123456789"].concat();
    let asst = asst.env("SECRET", &key);
    asst.file("a.md", format!("Use {key}.\n"));
    for (case, text, at) in [
        ("inline", format!("assistants: {{a: {{model: m, instructions: {key}}}}}\n"), "asst.yaml:3:42"),
        (
            "in a variable",
            "env: [SECRET]\nassistants: {a: {model: m, name: '${SECRET}'}}\n".to_owned(),
            "asst.yaml:4:34",
        ),
        ("in a file", "assistants: {a: {model: m, instructions: {file: a.md}}}\n".to_owned(), "asst.yaml:3:42"),
        ("in metadata of a store", format!("vector_stores: {{a: {{metadata: {{k: {key}}}}}}}\n"), "asst.yaml:3:35"),
    ] {
        asst.file("asst.yaml", format!("{HEAD}{text}"));
        refused(&server, &asst, &[], at, case);
        let ran = asst.run(["plan"]);
        assert!(ran.stderr.contains("looks like a credential") && !ran.text().contains(&key), "{case}: {}", ran.text());
    }
}
