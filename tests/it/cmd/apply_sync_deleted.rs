//! `asst apply` and `destroy` of vector stores with `sync` that are replaced or deleted: their files, and their snapshots.

use super::apply_interrupted::race;
use crate::support::aging_server::AgingServer;
use crate::support::test_env::{Asst, Server, served};
use serde_json::Value;

const MANIFEST: &str = "asst: 1
project: hr
vector_stores:
  handbook: {name: Handbook, expires_after: {anchor: last_active_at, days: 1}, sync: {dir: pages}}
assistants:
  helper:
    model: gpt-4o
    tools: [file_search]
    tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}}
";

fn write(asst: &Asst) {
    std::fs::create_dir(asst.work().join("pages")).unwrap();
    asst.file("asst.yaml", MANIFEST);
    for name in ["leave.md", "travel.md"] {
        asst.file(&format!("pages/{name}"), format!("# {name}\n\nThe text of {name}.\n"));
    }
}

fn project(faults: &[&str]) -> (Server, Asst) {
    let (server, asst) = served(faults);
    write(&asst);
    (server, asst)
}

fn stores(asst: &Asst) -> Vec<String> {
    asst.run(["vector-stores", "list", "-o", "id"]).ok().ids()
}

/// Returns the paths of the files of a vector store, with the IDs.
fn files_of(asst: &Asst, store: &str) -> Vec<(String, String)> {
    let listed = asst.run(["vector-stores", "files", "list", store, "-o", "json"]).ok().json();
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let file = |file: &Value| (text(&file["attributes"]["asst_path"]), text(&file["id"]));
    let mut found: Vec<_> = listed.as_array().unwrap().iter().map(file).collect();
    found.sort();
    found
}

fn paths(asst: &Asst, store: &str) -> Vec<String> {
    files_of(asst, store).into_iter().map(|(path, _)| path).collect()
}

fn uploads(asst: &Asst) -> usize {
    asst.run(["files", "list", "-o", "id"]).ok().ids().len()
}

fn reason(asst: &Asst) -> String {
    asst.run(["plan", "-o", "json"]).ok().json()["objects"][0]["reason"].as_str().unwrap().to_owned()
}

#[test]
fn the_replacement_of_an_expired_vector_store_gets_its_files_and_every_later_change() {
    let asst = Asst::new();
    write(&asst);
    let mut server = AgingServer::start(&asst);
    asst.run(["apply"]).ok();
    let old = stores(&asst)[0].clone();
    let before = files_of(&asst, &old);
    let body = serde_json::json!({ "model": "gpt-4o", "tools": [{ "type": "file_search" }],
        "tool_resources": { "file_search": { "vector_store_ids": [old] } } });
    let foreign = asst.run(["assistants", "create", "--body", &body.to_string(), "-o", "id"]).ok().id();
    server.age(&asst, 60);
    let ran = asst.run(["apply"]).ok();
    let new = stores(&asst).into_iter().find(|id| *id != old).unwrap();
    assert_eq!(files_of(&asst, &new), before, "the files are attached again: {}", ran.text());
    assert_eq!(uploads(&asst), 2);
    asst.run(["plan", "--exit-code"]).ok();
    // The old one stays, because the foreign assistant uses it. The new one still follows the folder.
    asst.file("pages/leave.md", "# Leave\n\n31 days.\n");
    asst.file("pages/food.md", "# Food\n");
    asst.run(["plan", "--exit-code"]).code(9);
    let text = reason(&asst);
    assert!(text.contains("the folders differ from the vector store: 1 added, 1 replaced"), "{text}");
    assert!(text.contains(&format!("{old} stays")), "{text}");
    asst.run(["apply"]).ok().says("1 updated");
    assert_eq!(paths(&asst, &new), ["food.md", "leave.md", "travel.md"]);
    asst.run(["plan", "--exit-code"]).ok();
    // Nothing uses the old one any more, and the folder changes in the same apply.
    asst.run(["assistants", "delete", &foreign]).ok();
    asst.file("pages/rent.md", "# Rent\n");
    let ran = asst.run(["apply"]).ok().says("1 replaced");
    assert_eq!(stores(&asst), std::slice::from_ref(&new), "{}", ran.text());
    assert_eq!(paths(&asst, &new), ["food.md", "leave.md", "rent.md", "travel.md"]);
    // The old version of leave.md was deleted with the old vector store.
    assert_eq!(uploads(&asst), 4, "{}", ran.text());
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_snapshot_leaves_the_files_of_a_folder_alone() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    let store = stores(&asst)[0].clone();
    asst.run(["vector-stores", "update", &store, "--name", "Edited"]).ok();
    let ran =
        asst.run(["apply", "--on-drift", "overwrite"]).ok().says("the files of synced folders are not in the snapshot");
    let snapshot = ran.snapshot();
    let text = std::fs::read_to_string(&snapshot).unwrap();
    assert!(text.contains("Edited") && !text.contains("file_ids"), "{text}");
    asst.run(["apply", &snapshot]).ok();
    assert_eq!(paths(&asst, &store), ["leave.md", "travel.md"]);
    asst.run(["apply"]).ok();
    let ran = asst.run(["destroy", "--yes"]).ok().says("the files of synced folders are not in the snapshot");
    // The assistant of the snapshot referred to the deleted vector store, and refers to the one that takes its place.
    asst.run(["apply", &ran.snapshot()]).ok().says("2 created");
    let store = stores(&asst)[0].clone();
    let helper = asst.run(["assistants", "list", "-o", "json"]).ok().json();
    assert_eq!(helper[0]["tool_resources"]["file_search"]["vector_store_ids"], serde_json::json!([store]));
    assert_eq!(paths(&asst, &store), [""; 0]);
    asst.run(["apply"]).ok();
    assert_eq!(paths(&asst, &store), ["leave.md", "travel.md"]);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn prune_keeps_the_files_of_a_vector_store_that_left_the_manifest() {
    let (_server, asst) = project(&[]);
    asst.file("asst.yaml", MANIFEST.replace("dir: pages", "dir: pages, keep_files: true"));
    asst.run(["apply"]).ok();
    asst.file("asst.yaml", "asst: 1\nproject: hr\nassistants: {}\n");
    let plan = asst.run(["plan", "--prune"]).ok();
    assert!(plan.stdout.contains("the files of its `sync` stay"), "{}", plan.text());
    assert!(!plan.stdout.contains("2 files"), "{}", plan.text());
    let ran = asst.run(["apply", "--prune", "--yes"]).ok().says("files prune --unreferenced");
    assert_eq!(stores(&asst), [""; 0], "{}", ran.text());
    assert_eq!(uploads(&asst), 2, "{}", ran.text());
}

#[test]
fn a_destroy_that_fails_between_the_files_and_the_vector_store_is_continued() {
    let (server, mut asst) = project(&["--store", "store"]);
    asst.run(["apply"]).ok();
    for fault in ["500,times=1,on=DELETE /files/{file_id}", "500,on=DELETE /vector_stores/{vector_store_id}"] {
        let other = asst.serve(&["--store", "store", "--fault", fault]);
        asst = asst.env("OPENAI_BASE_URL", &other.url);
        let ran = asst.run(["destroy", "--yes", "--retries", "0"]);
        assert_ne!(ran.code, Some(0), "{fault}: {}", ran.text());
        assert_eq!(stores(&asst).len(), 1, "{fault}: the next destroy finds the files by it: {}", ran.text());
    }
    let asst = asst.env("OPENAI_BASE_URL", &server.url);
    asst.run(["destroy", "--yes"]).ok();
    assert_eq!((stores(&asst).len(), uploads(&asst)), (0, 0));
}

#[test]
fn two_applies_at_once_leave_no_files_of_the_second_vector_store() {
    let (_server, asst) = project(&["--fault", "latency=1s,times=3,on=POST /vector_stores"]);
    race(&asst);
    asst.run(["apply"]).ok();
    assert_eq!((stores(&asst).len(), uploads(&asst)), (1, 2));
    asst.run(["plan", "--exit-code"]).ok();
}
