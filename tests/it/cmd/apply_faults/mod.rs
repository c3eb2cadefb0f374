//! `asst apply` with failed requests, kills and late lists: the next apply ends in the state of the manifest, without
//! copies.

mod failed_requests;
mod killed;
mod lagging;

use crate::support::test_env::{Asst, served};
use serde_json::Value;

/// The manifest with a number in each text, so that another number is a change of every kind of object.
fn manifest(number: usize, assistants: usize) -> String {
    let many: String =
        (0..assistants).map(|n| format!("  a{n}: {{model: m, instructions: 'Version {number}.'}}\n")).collect();
    format!(
        "asst: 1\nproject: hr\nfiles:\n  one: {{path: one.md}}\n  two: {{path: two.md}}\n\
         vector_stores:\n  s: {{name: Store {number}, file_ids: [{{ref: files.one}}, {{ref: files.two}}]}}\n\
         assistants:\n  helper:\n    model: m\n    tools: [file_search]\n    \
         tool_resources: {{file_search: {{vector_store_ids: [{{ref: vector_stores.s}}]}}}}\n    \
         instructions: Version {number}.\n{many}"
    )
}

/// Writes the manifest and its files.
fn write(asst: &Asst, number: usize, assistants: usize) {
    asst.file("asst.yaml", manifest(number, assistants));
    asst.file("one.md", "The first page.\n");
    asst.file("two.md", "The second page.\n");
}

fn listed(asst: &Asst, noun: &str) -> Vec<Value> {
    asst.run([noun, "list", "-o", "json"]).ok().json().as_array().unwrap().clone()
}

/// Returns the number of assistants, vector stores and files at the backend.
fn counts(asst: &Asst) -> [usize; 3] {
    ["assistants", "vector-stores", "files"].map(|noun| listed(asst, noun).len())
}

/// Applies the manifest, and checks that the backend has exactly its objects.
#[track_caller]
fn apply_and_check(asst: &Asst, number: usize, assistants: usize, case: &str) {
    let ran = asst.run(["apply", "--prune", "--yes", "--on-drift", "overwrite"]);
    assert_eq!(ran.code, Some(0), "{case}: {}", ran.text());
    let plan = asst.run(["plan", "--prune", "--exit-code"]);
    assert_eq!(plan.code, Some(0), "{case}: {}\nafter {}", plan.text(), ran.text());
    assert_eq!(counts(asst), [assistants + 1, 1, 2], "{case}: {}", ran.text());
    let all = listed(asst, "assistants");
    let expected = Value::from(format!("Version {number}."));
    assert!(all.iter().all(|one| one["instructions"] == expected), "{case}: {all:?}");
    let store = &listed(asst, "vector-stores")[0];
    let helper = all.iter().find(|one| one["metadata"]["asst_key"] == "hr/default/helper").unwrap();
    assert_eq!(helper["tool_resources"]["file_search"]["vector_store_ids"][0], store["id"], "{case}");
    assert_eq!(store["file_counts"]["completed"], 2, "{case}: {store}");
}

#[test]
fn a_thousand_assistants_are_one_manifest() {
    let (_server, asst) = served(&[]);
    write(&asst, 1, 999);
    apply_and_check(&asst, 1, 999, "a thousand");
    let plan = asst.run(["plan", "--target", "helper", "--trace"]).ok();
    let lists = plan.stderr.lines().filter(|line| line.starts_with("> GET") && line.contains("/assistants?")).count();
    // Ten pages, and a last request that proves the end of the list.
    assert_eq!(lists, 11, "{}", plan.text());
}
