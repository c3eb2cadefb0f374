//! `asst apply` of several kinds: vector stores, and assistants that refer to them.

use crate::support::test_env::{Asst, Ran, Server, served};
use serde_json::Value;

pub(super) const MANIFEST: &str = "asst: 1
project: hr
vector_stores:
  handbook:
    name: Handbook
    expires_after: {anchor: last_active_at, days: 30}
    metadata: {team: hr}
assistants:
  helper:
    model: gpt-4o
    tools: [file_search]
    tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}}
  bot: {model: gpt-4o}
";

pub(super) fn project(faults: &[&str], manifest: &str) -> (Server, Asst) {
    let (server, asst) = served(faults);
    asst.file("asst.yaml", manifest);
    (server, asst)
}

/// Returns the objects of a list of the backend, the oldest first.
pub(super) fn listed(asst: &Asst, noun: &str) -> Vec<Value> {
    asst.run([noun, "list", "--order", "asc", "-o", "json"]).ok().json().as_array().unwrap().clone()
}

pub(super) fn writes(ran: &Ran) -> usize {
    let is_write = |line: &&str| line.starts_with("> POST") || line.starts_with("> DELETE");
    ran.stderr.lines().filter(is_write).count()
}

/// Returns the vector stores to which the assistant `helper` refers.
fn stores_of_helper(asst: &Asst) -> Value {
    let all = listed(asst, "assistants");
    let helper = all.iter().find(|one| one["metadata"]["asst_key"] == "hr/default/helper").unwrap();
    helper["tool_resources"]["file_search"]["vector_store_ids"].clone()
}

/// Uploads a file and returns its ID.
pub(super) fn uploaded(asst: &Asst, name: &str) -> String {
    asst.file(name, format!("The text of {name}.\n"));
    asst.run(["files", "upload", name, "-o", "json"]).ok().json()["id"].as_str().unwrap().to_owned()
}

/// Returns the IDs of the files in a vector store, in order.
pub(super) fn files_of(asst: &Asst, store: &str) -> Vec<String> {
    let listed = asst.run(["vector-stores", "files", "list", store, "-o", "json"]).ok().json();
    let mut ids: Vec<String> =
        listed.as_array().unwrap().iter().map(|file| file["id"].as_str().unwrap().to_owned()).collect();
    ids.sort_unstable();
    ids
}

#[test]
fn an_assistant_refers_to_a_store_of_the_same_apply() {
    let (_server, asst) = project(&[], MANIFEST);
    let plan = asst.run(["plan"]).ok();
    let unknown =
        "tool_resources: {\"file_search\":{\"vector_store_ids\":[\"(known after apply) vector_stores.handbook\"]}}";
    assert!(plan.stdout.contains(unknown), "{}", plan.text());
    let applied = asst.run(["apply", "--trace", "--output-env", "ids.env"]).ok().says("3 created");
    assert_eq!(writes(&applied), 3, "{}", applied.text());
    let store = listed(&asst, "vector-stores").pop().unwrap();
    assert_eq!((&store["name"], &store["expires_after"]["days"]), (&"Handbook".into(), &30.into()));
    assert_eq!(stores_of_helper(&asst), serde_json::json!([store["id"]]));
    let ids = std::fs::read_to_string(asst.work().join("ids.env")).unwrap();
    assert!(ids.contains(&format!("HR_HANDBOOK_VECTOR_STORE_ID={}\n", store["id"].as_str().unwrap())), "{ids}");
    let second = asst.run(["apply", "--trace"]).ok().says("no changes");
    assert_eq!(writes(&second), 0, "{}", second.text());
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_store_is_updated_and_its_drift_is_found() {
    let (_server, asst) = project(&[], MANIFEST);
    asst.run(["apply"]).ok();
    asst.file("asst.yaml", MANIFEST.replace("days: 30", "days: 60"));
    let plan = asst.run(["plan"]).ok();
    assert!(plan.stdout.contains("expires_after.days: 30 -> 60"), "{}", plan.text());
    let applied = asst.run(["apply", "--trace"]).ok().says("1 updated");
    assert_eq!(writes(&applied), 1, "{}", applied.text());
    asst.file("asst.yaml", MANIFEST.replace("days: 30", "days: 60").replace("    name: Handbook\n", ""));
    asst.run(["apply"]).ok().says("1 updated");
    let store = listed(&asst, "vector-stores").pop().unwrap();
    assert!(store["name"].is_null() || store["name"] == "", "{store}");
    asst.run(["plan", "--exit-code"]).ok();
    asst.run(["vector-stores", "update", store["id"].as_str().unwrap(), "--name", "Edited"]).ok();
    asst.run(["plan", "--drift", "--exit-code"]).code(9);
    asst.run(["apply"]).code(9);
    asst.run(["apply", "--on-drift", "overwrite"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_store_that_was_deleted_by_hand_is_created_and_referred_to_again() {
    let (_server, asst) = project(&[], MANIFEST);
    asst.run(["apply"]).ok();
    let old = listed(&asst, "vector-stores").pop().unwrap()["id"].as_str().unwrap().to_owned();
    asst.run(["vector-stores", "delete", &old, "--yes"]).ok();
    let plan = asst.run(["plan"]).ok();
    assert!(plan.stdout.contains("refers to objects that do not exist yet"), "{}", plan.text());
    asst.run(["apply"]).ok().says("1 created, 1 updated");
    let new = listed(&asst, "vector-stores").pop().unwrap();
    assert_eq!(stores_of_helper(&asst), serde_json::json!([new["id"]]));
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_failure_skips_what_depends_on_it_and_nothing_else() {
    let (_server, asst) = project(&["--fault", "500,on=POST /vector_stores"], MANIFEST);
    let ran = asst.run(["apply", "--retries", "0", "-o", "json"]).code(8);
    let results = ran.json();
    let outcome = |name: &str| {
        let key = format!("hr/default/{name}");
        results.as_array().unwrap().iter().find(|one| one["key"] == key.as_str()).unwrap()["outcome"].clone()
    };
    let outcomes = ["handbook", "helper", "bot"].map(outcome);
    assert_eq!(outcomes, ["failed", "skipped", "created"], "{}", ran.text());
    ran.says("hr/default/helper is skipped: an object to which it refers failed");
}

#[test]
fn the_files_of_a_store_are_added_indexed_and_removed() {
    let (_server, asst) = project(&[], MANIFEST);
    let [one, two, foreign] = ["one.md", "two.md", "foreign.md"].map(|name| uploaded(&asst, name));
    let with = |ids: &str| MANIFEST.replace("    metadata: {team: hr}\n", &format!("    file_ids: [{ids}]\n"));
    asst.file("asst.yaml", with(&one));
    asst.run(["apply"]).ok().says("3 created");
    let store = listed(&asst, "vector-stores").pop().unwrap()["id"].as_str().unwrap().to_owned();
    let got = asst.run(["vector-stores", "get", &store, "-o", "json"]).ok().json();
    assert_eq!(got["file_counts"]["completed"], 1, "the apply waits for indexing: {got}");
    let second = asst.run(["apply", "--trace"]).ok().says("no changes");
    assert_eq!(writes(&second), 0, "{}", second.text());
    asst.file("asst.yaml", with(&two));
    asst.run(["apply"]).ok().says("1 updated");
    assert_eq!(files_of(&asst, &store), [two.as_str()]);
    asst.run(["plan", "--exit-code"]).ok();
    // A file that somebody added is drift.
    asst.run(["vector-stores", "files", "create", &store, "--file-id", &foreign, "--wait"]).ok();
    asst.run(["plan", "--drift", "--exit-code"]).code(9);
    asst.run(["apply", "--on-drift", "keep"]).ok();
    assert_eq!(files_of(&asst, &store).len(), 2);
    asst.run(["apply", "--on-drift", "overwrite"]).ok();
    assert_eq!(files_of(&asst, &store), [two.as_str()]);
    // A manifest without the list does not own it.
    asst.file("asst.yaml", MANIFEST.replace("    metadata: {team: hr}\n", ""));
    asst.run(["plan", "--exit-code"]).ok();
    asst.run(["vector-stores", "files", "create", &store, "--file-id", &foreign, "--wait"]).ok();
    asst.run(["plan", "--prune", "--exit-code"]).ok();
    asst.run(["vector-stores", "files", "delete", &store, &foreign]).ok();
    assert_eq!(files_of(&asst, &store), [two.as_str()]);
}

#[test]
fn a_target_includes_what_it_refers_to() {
    let (_server, asst) = project(&[], MANIFEST);
    asst.run(["apply", "--target", "helper"]).ok().says("2 created");
    assert_eq!(listed(&asst, "vector-stores").len(), 1);
    asst.run(["apply"]).ok().says("1 created");
}

#[test]
fn two_names_with_one_variable_are_refused_before_any_request() {
    let manifest = "asst: 1\nproject: hr\nassistants: {a-b: {model: m}, a.b: {model: m}}\n";
    let (_server, asst) = project(&[], manifest);
    let ran = asst.run(["apply", "--output-env", "ids.env", "--trace"]).code(2);
    assert!(
        ran.stderr.contains("`assistants.a-b` and `assistants.a.b` have the same variable HR_A_B_ID"),
        "{}",
        ran.text()
    );
    assert!(!ran.stderr.contains("> GET"), "{}", ran.text());
}

#[test]
fn an_ignored_part_of_the_resources_survives_an_update() {
    let ignoring = MANIFEST.replace(
        "  bot: {model: gpt-4o}\n",
        "    lifecycle: {ignore: [tool_resources.code_interpreter, tools]}\n  bot: {model: gpt-4o}\n",
    );
    let (_server, asst) = project(&[], &ignoring);
    asst.run(["apply"]).ok();
    let file = uploaded(&asst, "own.md");
    let all = listed(&asst, "assistants");
    let helper = all.iter().find(|one| one["metadata"]["asst_key"] == "hr/default/helper").unwrap();
    let mut resources = helper["tool_resources"].clone();
    resources["code_interpreter"] = serde_json::json!({ "file_ids": [file] });
    let (id, resources) = (helper["id"].as_str().unwrap(), resources.to_string());
    let tools = ["--tool", "file_search", "--tool", "code_interpreter"];
    asst.run([&["assistants", "update", id, "--tool-resources", resources.as_str()][..], &tools].concat()).ok();
    asst.run(["plan", "--exit-code"]).ok();
    asst.file("asst.yaml", ignoring.replace("handbook", "manual"));
    asst.run(["apply"]).ok();
    let stored = asst.run(["assistants", "get", id, "-o", "json"]).ok().json();
    assert_eq!(stored["tool_resources"]["code_interpreter"]["file_ids"], serde_json::json!([file]), "{stored}");
}

#[test]
fn bad_references_moves_and_adoptions_are_errors_with_their_place() {
    let asst = Asst::new();
    let head = "asst: 1\nproject: hr\nvector_stores: {handbook: {}}\nassistants:\n  bot: {model: m";
    let store = |item: &str| format!("{head}, tool_resources: {{file_search: {{vector_store_ids: [{item}]}}}}}}\n");
    for (text, expected, hint) in [
        (
            store("{ref: vector_stores.handbok}"),
            "5:75: the manifest has no `vector_stores.handbok`",
            "did you mean `vector_stores.handbook`?",
        ),
        (store("{ref: handbook}"), "5:75: the manifest has no `handbook`", "did you mean `vector_stores.handbook`?"),
        (
            store("{ref: assistants.bot}"),
            "5:75: expected a reference to `vector_stores`, found a reference to `assistants.bot`",
            "known objects: vector_stores.handbook",
        ),
        (
            format!("{head}}}\nmoved: [{{from: assistants.bot, to: assistants.bot}}]\n"),
            "6:16: `assistants.bot` is still in the manifest",
            "remove the object, or the entry under `moved`",
        ),
        (
            format!("{head}}}\nmoved: [{{from: assistants.a, to: assistants.bott}}]\n"),
            "6:34: the manifest has no `assistants.bott`",
            "did you mean `assistants.bot`?",
        ),
        (
            format!("{head}}}\nmoved: [{{from: vector_stores.a, to: assistants.bot}}]\n"),
            "6:16: expected `assistants.NAME`, found `vector_stores.a`",
            "",
        ),
        (format!("{head}}}\nadopt: [{{to: assistants.bot}}]\n"), "6:9: `id` is missing", ""),
        (format!("{head}}}\nadopt: [{{to: assistants.bot, id: 'a/b'}}]\n"), "6:34: ", ""),
    ] {
        asst.file("asst.yaml", &text);
        let ran = asst.run(["manifest", "lint"]).code(2);
        assert!(ran.stderr.contains(expected) && ran.stderr.contains(hint), "{text}: {}", ran.text());
    }
}
