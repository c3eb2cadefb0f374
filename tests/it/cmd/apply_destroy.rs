//! `asst destroy`: its snapshot, and protected objects.

use crate::support::test_env::{Asst, Ran};
use serde_json::Value;

/// An assistant, a vector store, and a file that only the vector store has.
const MANIFEST: &str = "asst: 1
project: snap
files: {f: {path: f.md}}
vector_stores: {v: {name: handbook, file_ids: [{ref: files.f}]}}
assistants:
  a: {model: m, tools: [file_search], tool_resources: {file_search: {vector_store_ids: [{ref: vector_stores.v}]}}}
";

/// Returns a user of the embedded server with this manifest.
fn user(manifest: &str) -> Asst {
    let asst = Asst::new().env("ASST_LOCAL", "1");
    asst.file("asst.yaml", manifest);
    asst.file("f.md", "one");
    asst
}

/// Returns the path of the snapshot that a command names.
fn snapshot_of(asst: &Asst, ran: &Ran) -> String {
    let word = ran.stderr.split_whitespace().find(|word| word.contains("asst.json")).unwrap();
    word.trim_end_matches(';').replace("[home]", &asst.home().to_string_lossy())
}

/// Returns the only object of a list.
fn only(asst: &Asst, noun: &str) -> Value {
    let all = asst.run([noun, "list", "-o", "json"]).ok().json();
    assert_eq!(all.as_array().unwrap().len(), 1, "{all}");
    all[0].clone()
}

#[test]
fn a_snapshot_of_a_destroy_restores_everything_except_files() {
    let asst = user(MANIFEST);
    asst.run(["apply"]).ok();
    let destroyed = asst.run(["destroy", "--yes"]).ok();
    let note = "the files of snap/default/v that are deleted are not in the snapshot; `asst apply` of the manifest with `files`";
    let destroyed = destroyed.says(note);
    let restored = asst.run(["apply", &snapshot_of(&asst, &destroyed)]).ok();
    restored.says("2 created");
    let (store, assistant) = (only(&asst, "vector-stores"), only(&asst, "assistants"));
    assert_eq!(store["name"], "handbook");
    assert_eq!(assistant["tool_resources"]["file_search"]["vector_store_ids"][0], store["id"]);
    assert_eq!(asst.run(["files", "list", "-o", "id"]).ok().stdout, "", "no file exists");
    // The manifest adds the file again.
    asst.run(["apply"]).ok();
    let files = asst.run(["vector-stores", "files", "list", store["id"].as_str().unwrap(), "-o", "id"]).ok();
    assert_eq!(files.ids().len(), 1);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn a_snapshot_keeps_the_files_that_are_not_deleted() {
    let asst = user("");
    asst.file("other.md", "two");
    let other = asst.run(["files", "upload", "other.md", "-o", "id"]).ok().id();
    asst.file("asst.yaml", MANIFEST.replace("[{ref: files.f}]", &format!("[{{ref: files.f}}, {other}]")));
    asst.run(["apply"]).ok();
    let destroyed = asst.run(["destroy", "--yes"]).ok().says("the files of snap/default/v that are deleted");
    asst.run(["apply", &snapshot_of(&asst, &destroyed)]).ok();
    let store = only(&asst, "vector-stores");
    let files = asst.run(["vector-stores", "files", "list", store["id"].as_str().unwrap(), "-o", "id"]).ok();
    assert_eq!(files.ids(), [other]);
}

#[test]
fn a_protected_object_is_kept_with_a_note() {
    let asst =
        user("asst: 1\nproject: p\nvector_stores: {v: {name: keep, lifecycle: {protect: true}}, w: {name: gone}}\n");
    asst.run(["apply"]).ok();
    let ran = asst.run(["destroy", "--yes", "--columns", "key,outcome"]).ok();
    assert_eq!(ran.stdout, "p/default/v\tkept\np/default/w\tdeleted\n");
    ran.says("of p/default/v is kept: protected by the manifest").says("note: 1 deleted, 1 kept");
    // Nothing but the protected object is left.
    let ran = asst.run(["destroy", "--yes"]).ok().says("is kept: protected by the manifest");
    assert!(!ran.stderr.contains("no changes"), "{}", ran.text());
    // The object left the manifest, and its marker protects it.
    asst.file("asst.yaml", "asst: 1\nproject: p\nassistants: {a: {model: m}}\n");
    let ran = asst.run(["apply", "--prune", "--yes"]).ok();
    ran.says("of p/default/v is kept: no longer in the manifest, and protected").says("1 created, 1 kept");
    // Without --prune, it would not be deleted anyway.
    let ran = asst.run(["apply"]).ok();
    assert!(!ran.stderr.contains("is kept"), "{}", ran.text());
}

#[test]
fn a_dry_run_shows_only_the_deletions_that_the_destroy_makes() {
    let asst = user(
        "asst: 1\nproject: sh\nenvironments: {dev: {}, prod: {}}\nfiles: {f: {path: f.md}}\n\
         vector_stores: {v: {file_ids: [{ref: files.f}]}}\n",
    );
    asst.run(["apply", "--env", "dev"]).ok();
    asst.run(["apply", "--env", "prod"]).ok();
    let file = asst.run(["files", "list", "-o", "id"]).ok().id();
    let ran = asst.run(["destroy", "--env", "dev", "--dry-run"]).ok();
    assert!(ran.stdout.ends_with("2 objects: 1 delete, 1 orphaned\n"), "{}", ran.stdout);
    assert!(ran.stdout.contains(&format!("= sh/dev/f {file}: vector store vs_")), "{}", ran.stdout);
    assert!(ran.stdout.contains(" refers to it\n"), "{}", ran.stdout);
    let ran = asst.run(["destroy", "--env", "dev", "--yes"]).ok().says("1 deleted, 1 kept");
    ran.says(&format!("{file} of sh/dev/f is kept: vector store vs_"));
    let ran = asst.run(["destroy", "--env", "prod", "--dry-run"]).ok();
    assert!(ran.stdout.ends_with("2 objects: 2 delete\n"), "{}", ran.stdout);
    asst.run(["destroy", "--env", "prod", "--yes"]).ok().says("2 deleted");
}

#[test]
fn a_plan_with_prune_shows_no_deletion_of_a_used_object() {
    let asst = user("asst: 1\nproject: p\nvector_stores: {v: {name: v}, w: {name: w}}\n");
    asst.run(["apply"]).ok();
    let stores = asst.run(["vector-stores", "list", "-o", "json"]).ok().json();
    let used = stores.as_array().unwrap().iter().find(|store| store["name"] == "v").unwrap()["id"].as_str().unwrap();
    let resources = format!("{{\"file_search\": {{\"vector_store_ids\": [\"{used}\"]}}}}");
    let args = ["assistants", "create", "--model", "m", "--tool", "file_search", "--tool-resources", &resources];
    asst.run(args).ok();
    asst.file("asst.yaml", "asst: 1\nproject: p\nassistants: {a: {model: m}}\n");
    let ran = asst.run(["plan", "--prune"]).ok();
    assert!(ran.stdout.contains("= p/default/v vs_") && ran.stdout.contains(": assistant asst_"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("3 objects: 1 create, 1 delete, 1 orphaned\n"), "{}", ran.stdout);
    asst.run(["apply", "--prune", "--yes"]).ok().says("1 created, 1 deleted, 1 kept");
}

#[test]
fn a_dry_run_of_an_apply_states_what_happens_to_changed_objects() {
    let asst = user("asst: 1\nproject: p\nassistants: {a: {model: m}}\n");
    asst.run(["apply"]).ok();
    let id = only(&asst, "assistants")["id"].as_str().unwrap().to_owned();
    asst.run(["assistants", "update", &id, "--name", "n"]).ok();
    for (policy, text) in [
        ("ask", "warning: 1 object changed at the backend; the apply would change nothing"),
        ("fail", "warning: 1 object changed at the backend; the apply would change nothing"),
        ("keep", "note: 1 object changed at the backend; the apply would leave it as it is"),
        ("overwrite", "note: 1 object changed at the backend; the apply would overwrite it"),
    ] {
        asst.run(["apply", "--dry-run", "--on-drift", policy]).ok().says(text);
    }
}
