//! `asst plan --drift`: the objects that changed at the backend, and those that it lacks.

use crate::support::test_env::Asst;

const MANIFEST: &str = "asst: 1
project: p
assistants: {helper: {model: m}, other: {model: m}}
";

/// Returns a user of the embedded server who has applied this manifest.
fn applied(manifest: &str) -> Asst {
    let asst = Asst::new().env("ASST_LOCAL", "1");
    asst.file("asst.yaml", manifest);
    asst.file("f.md", "one");
    asst.run(["apply"]).ok();
    asst
}

/// Returns the ID of the object of a list that has this identity.
fn id_of(asst: &Asst, noun: &str, key: &str) -> String {
    let all = asst.run([noun, "list", "-o", "json"]).ok().json();
    let found = all.as_array().unwrap().iter().find(|one| one["metadata"]["asst_key"] == key).unwrap();
    found["id"].as_str().unwrap().to_owned()
}

#[test]
fn a_plan_of_drift_without_changes_counts_the_compared_objects() {
    let asst = applied(MANIFEST);
    let ran = asst.run(["plan", "--drift", "--exit-code"]).ok();
    assert_eq!(ran.stdout, "2 objects, no changes\n");
    let ran = asst.run(["plan", "--drift", "--exit-code", "--markdown"]).ok();
    assert!(ran.stdout.contains("No changes in 2 objects."), "{}", ran.stdout);
}

#[test]
fn a_deleted_object_is_drift_for_plan_and_pull() {
    let asst = applied(MANIFEST);
    let helper = id_of(&asst, "assistants", "p/default/helper");
    asst.run(["assistants", "delete", &helper, "--yes"]).ok();
    let ran = asst.run(["plan", "--drift", "--exit-code"]).code(9);
    assert!(ran.stdout.contains("+ p/default/helper: does not exist"), "{}", ran.stdout);
    assert!(ran.stdout.ends_with("2 objects: 1 create\n"), "{}", ran.stdout);
    asst.run(["pull", "--drift", "--exit-code"]).code(9).says("p/default/helper does not exist at the backend");
    asst.run(["apply"]).ok();
    asst.run(["plan", "--drift", "--exit-code"]).ok();
}

#[test]
fn a_removed_marker_is_drift_and_is_warned_of() {
    let asst = applied(MANIFEST);
    let helper = id_of(&asst, "assistants", "p/default/helper");
    let object = asst.run(["assistants", "get", &helper, "-o", "json"]).ok().json();
    let digest = object["metadata"]["asst_digest"].as_str().unwrap();
    // Pairs with the marker keep it.
    let (key, digest) = ("asst_key=p/default/helper", format!("asst_digest={digest}"));
    let kept = ["assistants", "update", &helper, "--metadata", "a=b", "--metadata", key, "--metadata", &digest];
    let ran = asst.run(kept).ok();
    assert!(!ran.stderr.contains("marker"), "{}", ran.text());
    for change in [&["--name", "n"][..], &["--instructions", "i"]] {
        let ran = asst.run([&["assistants", "update", &helper], change].concat()).ok();
        assert!(!ran.stderr.contains("marker"), "{}", ran.text());
    }
    let ran = asst.run(["assistants", "update", &helper, "--metadata", "owner=me"]).ok();
    ran.says(&format!("warning: this update removes the marker of p/default/helper from {helper}"))
        .says(&format!("hint: repeat the update with --metadata {key} --metadata {digest}"));
    asst.run(["plan", "--drift", "--exit-code"]).code(9);
    // The object has no marker any more.
    let ran = asst.run(["assistants", "update", &helper, "--metadata", "owner=you"]).ok();
    assert!(!ran.stderr.contains("marker"), "{}", ran.text());
    asst.run(["assistants", "update", &helper, "--metadata", key, "--metadata", &digest]).ok();
    asst.run(["assistants", "update", &helper, "--unset", "metadata"]).ok().says("removes the marker");
}

#[test]
fn a_removed_marker_of_a_vector_store_is_warned_of() {
    let asst = applied("asst: 1\nproject: p\nvector_stores: {v: {name: n}}\n");
    let store = id_of(&asst, "vector-stores", "p/default/v");
    let ran = asst.run(["vector-stores", "update", &store, "--metadata", "owner=me", "--trace"]).ok();
    let requests = ran.stderr.lines().filter(|line| line.starts_with("> ") && line.contains(" http")).count();
    assert_eq!(requests, 1, "{}", ran.text());
    ran.says("this update removes the marker of p/default/v");
}

#[test]
fn a_conflict_names_the_objects_that_the_backend_lacks() {
    let asst =
        applied("asst: 1\nproject: p\nfiles: {f: {path: f.md}}\nvector_stores: {v: {file_ids: [{ref: files.f}]}}\n");
    let file = asst.run(["files", "list", "-o", "id"]).ok().id();
    asst.run(["files", "delete", &file, "--yes"]).ok();
    let ran = asst.run(["plan", "--exit-code"]).code(9);
    assert!(ran.stdout.contains(": changed at the backend, which lacks files.f\n"), "{}", ran.stdout);
    assert!(!ran.stdout.contains("yet"), "{}", ran.stdout);
    asst.run(["apply", "--on-drift", "overwrite"]).ok();
    asst.run(["plan", "--exit-code"]).ok();
}
