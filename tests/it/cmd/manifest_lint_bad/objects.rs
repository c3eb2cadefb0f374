//! Errors in names, references and environments.

use super::{HEAD, all_refused, refused, user};

#[test]
fn a_name_that_cannot_be_an_identity_is_refused() {
    let long = "k".repeat(300);
    let limit = "k".repeat(65);
    for (case, name, column) in [
        ("300 characters", long.as_str(), 3),
        ("65 characters", &limit, 3),
        ("capital letters", "Helper", 3),
        ("a slash", "a/b", 3),
        ("a space", "'a b'", 3),
        ("an accent", "café", 3),
        ("an empty name", "''", 3),
        ("a hyphen at the beginning", "-a", 3),
    ] {
        for section in ["assistants", "vector_stores", "environments"] {
            let text = format!("{section}:\n  {name}: {{model: m}}\n");
            all_refused(&[(
                &format!("{case} in {section}"),
                &text,
                &format!("asst.yaml:4:{column}: expected the name of the"),
            )]);
        }
    }
}

#[test]
fn a_reference_to_nothing_or_to_another_kind_is_refused() {
    let store = "vector_stores: {s: {}}\n";
    let assistant = |target: &str| {
        format!(
            "{store}assistants: {{a: {{model: m, tool_resources: {{file_search: {{vector_store_ids: [{{ref: {target}}}]}}}}}}}}\n"
        )
    };
    let to = |target: &str, expected: &str| (target.to_owned(), assistant(target), format!("asst.yaml:4:{expected}"));
    for (case, text, expected) in [
        to("vector_stores.t", "84: the manifest has no `vector_stores.t`"),
        to("s", "84: the manifest has no `s`"),
        to("assistants.a", "84: expected a reference to `vector_stores`, found a reference to `assistants.a`"),
        to("files.s", "84: the manifest has no `files.s`"),
        to("''", "84: the manifest has no ``"),
    ] {
        all_refused(&[(&case, &text, &expected)]);
    }
}

#[test]
fn references_cannot_form_a_cycle() {
    all_refused(&[
        (
            "a store that names an assistant",
            "assistants: {a: {model: m, tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.s}]}}}}\n\
             vector_stores: {s: {file_ids: [{ref: assistants.a}]}}\n",
            "asst.yaml:4:38: expected a reference to `files`, found a reference to `assistants.a`",
        ),
        (
            "a store that names itself",
            "vector_stores: {s: {file_ids: [{ref: vector_stores.s}]}}\n",
            "asst.yaml:3:38: expected a reference to `files`, found a reference to `vector_stores.s`",
        ),
        (
            "an assistant that names itself",
            "assistants: {a: {model: m, tool_resources: {code_interpreter: {file_ids: [{ref: assistants.a}]}}}}\n",
            "asst.yaml:3:81: expected a reference to `files`, found a reference to `assistants.a`",
        ),
        ("a reference in a text", "assistants: {a: {model: m, name: {ref: assistants.a}}}\n", "asst.yaml:3:34: "),
    ]);
}

#[test]
fn an_environment_that_the_manifest_does_not_have_is_refused() {
    let (server, asst) = user();
    for (case, text, flags, expected) in [
        (
            "misspelt",
            "environments: {prod: {}}\n",
            &["--env", "pord"][..],
            "asst.yaml:1:1: the manifest has no environment `pord`",
        ),
        ("none declared", "assistants: {}\n", &["--env", "prod"], "the manifest declares no environments"),
        ("not chosen", "environments: {a: {}, b: {}}\n", &[], "asst.yaml:1:1: the manifest has several environments"),
        (
            "an empty name",
            "environments: {prod: {}}\n",
            &["--env", ""],
            "asst.yaml:1:1: the manifest has no environment ``",
        ),
        (
            "a change of nothing",
            "environments: {prod: {assistants: {x: {name: y}}}}\n",
            &[],
            "asst.yaml:3:36: the environment changes the assistant `x`, which the manifest does not have",
        ),
    ] {
        asst.file("asst.yaml", format!("{HEAD}{text}"));
        refused(&server, &asst, flags, expected, case);
    }
}
