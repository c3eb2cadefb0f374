//! Old files and expired vector stores: a plan contains exactly what an apply does.

use crate::support::aging_server::AgingServer;
use crate::support::test_env::{Asst, Ran, Server, eventually, served};
use serde_json::Value;
use std::time::{SystemTime, UNIX_EPOCH};

const MANIFEST: &str = "asst: 1
project: hr
files:
  rates: {path: data/rates.csv}
assistants:
  helper:
    model: gpt-4o
    tools: [code_interpreter]
    tool_resources: {code_interpreter: {file_ids: [{ref: files.rates}]}}
";

fn project(manifest: &str) -> (Server, Asst) {
    let (server, asst) = served(&[]);
    for folder in ["data", "old"] {
        std::fs::create_dir_all(asst.work().join(folder)).unwrap();
    }
    asst.file("asst.yaml", manifest);
    asst.file("data/rates.csv", "year,rate\n2024,1\n");
    asst.file("old/rates.csv", "year,rate\n2020,1\n");
    (server, asst)
}

fn files(asst: &Asst) -> Vec<Value> {
    asst.run(["files", "list", "--order", "asc", "-o", "json"]).ok().json().as_array().unwrap().clone()
}

fn is_unchanged(asst: &Asst) -> Ran {
    asst.run(["plan", "--exit-code"]).ok()
}

#[test]
fn a_younger_equal_file_that_somebody_else_uses_is_no_replacement_for_ever() {
    let (_server, asst) = project(MANIFEST);
    asst.run(["apply"]).ok();
    // A second upload of the same bytes under the same name, which a vector store of somebody else uses.
    let first = files(&asst).remove(0);
    let name = first["filename"].as_str().unwrap().to_owned();
    // Which of two files of one second is the older one depends on their IDs.
    eventually("the next second begins", || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
        (now > first["created_at"].as_u64().unwrap()).then_some(())
    });
    let twin = asst.file(&name, "year,rate\n2024,1\n").to_string_lossy().into_owned();
    let twin = asst.run(["files", "upload", &twin, "--purpose", "assistants", "-o", "id"]).ok().id();
    // Unused, it is deleted.
    asst.run(["plan", "--exit-code"]).code(9);
    let store = asst.run(["vector-stores", "create", "--file-ids", &twin, "-o", "id"]).ok().id();
    is_unchanged(&asst);
    let ran = asst.run(["plan", "-o", "json"]).ok().json();
    let reason = ran["objects"][0]["reason"].as_str().unwrap();
    assert!(reason.contains(&format!("{twin} stays, because vector store {store} refers to it")), "{reason}");
    asst.run(["apply"]).ok().says("no changes");
    assert_eq!(files(&asst).len(), 2);
    asst.run(["vector-stores", "delete", &store]).ok();
    asst.run(["apply"]).ok().says("1 replaced");
    assert_eq!(files(&asst).len(), 1);
    is_unchanged(&asst);
}

#[test]
fn older_versions_stay_if_any_entry_with_their_name_is_protected() {
    let two = MANIFEST.replace(
        "  rates: {path: data/rates.csv}\n",
        "  rates: {path: data/rates.csv}\n  old: {path: old/rates.csv, lifecycle: {protect: true}}\n",
    );
    let two = two.replace("[{ref: files.rates}]", "[{ref: files.rates}, {ref: files.old}]");
    let (_server, asst) = project(&two);
    asst.run(["apply"]).ok();
    let protected: Vec<Value> = files(&asst).iter().map(|file| file["id"].clone()).collect();
    // The version of the protected entry is an older file, and only its name shows to which entry it belongs.
    asst.file("old/rates.csv", "year,rate\n2021,1\n");
    asst.run(["apply"]).ok();
    let left: Vec<Value> = files(&asst).iter().map(|file| file["id"].clone()).collect();
    assert!(protected.iter().all(|id| left.contains(id)), "{protected:?} {left:?}");
    is_unchanged(&asst);
}

#[test]
fn an_expired_vector_store_is_replaced_and_its_references_change() {
    let manifest = "asst: 1
project: hr
files: {rates: {path: data/rates.csv}}
vector_stores:
  handbook: {name: Handbook, expires_after: {anchor: last_active_at, days: 1}, file_ids: [{ref: files.rates}]}
assistants:
  helper:
    model: gpt-4o
    tools: [file_search]
    tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.handbook}]}}
";
    let asst = Asst::new();
    std::fs::create_dir(asst.work().join("data")).unwrap();
    asst.file("data/rates.md", "# Rates\n");
    asst.file("asst.yaml", manifest.replace("rates.csv", "rates.md"));
    let mut server = AgingServer::start(&asst);
    asst.run(["apply"]).ok();
    is_unchanged(&asst);
    let old = asst.run(["vector-stores", "list", "-o", "id"]).ok().id();
    server.age(&asst, 60);
    asst.run(["diff", "handbook", "handbook"]).code(3).says(&format!("{old} of hr/default/handbook has expired"));
    let plan = asst.run(["plan", "--exit-code"]).code(9);
    assert!(
        plan.stdout.contains(&format!("~ hr/default/handbook {old}: has expired; a new vector store replaces it")),
        "{}",
        plan.text()
    );
    let ran = asst.run(["apply", "--output-env", "ids.env"]).ok().says("1 replaced");
    assert!(ran.stderr.contains("a snapshot of the present objects is in"), "{}", ran.text());
    let new = asst.run(["vector-stores", "list", "-o", "id"]).ok().id();
    assert_ne!(new, old);
    let helper = asst.run(["assistants", "list", "-o", "json"]).ok().json();
    assert_eq!(helper[0]["tool_resources"]["file_search"]["vector_store_ids"], serde_json::json!([new]));
    assert!(std::fs::read_to_string(asst.work().join("ids.env")).unwrap().contains(&new));
    is_unchanged(&asst);
    asst.run(["apply"]).ok().says("no changes");
}

#[test]
fn an_expired_vector_store_that_is_deleted_beside_another_change_is_in_the_snapshot() {
    const MANIFEST: &str = "asst: 1
project: hr
vector_stores:
  handbook: {name: Handbook, expires_after: {anchor: last_active_at, days: 1}}
";
    let asst = Asst::new();
    asst.file("asst.yaml", MANIFEST);
    let mut server = AgingServer::start(&asst);
    asst.run(["apply"]).ok();
    let old = asst.run(["vector-stores", "list", "-o", "json"]).ok().json()[0].clone();
    server.age(&asst, 60);
    // An apply that was interrupted has created the new one, and has not deleted the old one.
    let body = serde_json::json!({ "name": "Handbook", "metadata": old["metadata"],
        "expires_after": { "anchor": "last_active_at", "days": 1 } });
    asst.run(["vector-stores", "create", "--body", &body.to_string()]).ok();
    let plan = asst.run(["plan"]).ok();
    assert!(plan.stdout.contains(": the expired vector store will be deleted"), "{}", plan.text());
    asst.file("asst.yaml", MANIFEST.replace("name: Handbook", "name: Manual"));
    let plan = asst.run(["plan"]).ok();
    assert!(
        plan.stdout.contains("changed in the manifest; the expired vector store will be deleted"),
        "{}",
        plan.text()
    );
    let ran = asst.run(["apply"]).ok().says("1 updated");
    let snapshot = std::fs::read_to_string(ran.snapshot()).unwrap();
    let snapshot: Value = serde_json::from_str(&snapshot).unwrap();
    let stored = snapshot["vector_stores"].as_object().unwrap();
    assert_eq!(stored.values().map(|store| &store["name"]).collect::<Vec<_>>(), ["Handbook"], "{snapshot}");
    let left = asst.run(["vector-stores", "list", "-o", "json"]).ok().json();
    assert!(left.as_array().unwrap().iter().all(|store| store["id"] != old["id"]), "{left}");
    is_unchanged(&asst);
}
