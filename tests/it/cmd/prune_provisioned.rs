//! Prune commands keep the objects of manifests.

use crate::support::aged_backend::{at, days};
use crate::support::test_env::Asst;

/// Returns a user who applied a manifest with a vector store and a file to the embedded server, 100 days ago.
fn user(lifecycle: &str) -> Asst {
    let asst = Asst::new().env("ASST_LOCAL", "1");
    asst.file("f.md", "one");
    let manifest = format!(
        "asst: 1\nproject: p\nfiles: {{f: {{path: f.md{lifecycle}}}}}\nvector_stores: {{v: {{name: keep{lifecycle}}}}}\n"
    );
    asst.file("asst.yaml", manifest);
    at(&asst, days(-100), &["apply"]).ok();
    asst
}

#[test]
fn provisioned_vector_stores_are_kept() {
    for lifecycle in ["", ", lifecycle: {protect: true}"] {
        let asst = user(lifecycle);
        let other = at(&asst, days(-100), &["vector-stores", "create", "--name", "other", "-o", "id"]).ok().id();
        for filter in ["--empty", "--unattached", "--older-than=31d"] {
            let ran = asst.run(["vector-stores", "prune", filter, "--dry-run", "-o", "json"]).ok();
            let ran = ran.json();
            let kept = ran.as_array().unwrap().iter().find(|store| store["name"] == "keep").unwrap();
            let reason = "provisioned as p/default/v; `asst destroy` or `asst apply --prune` deletes it";
            assert_eq!((&kept["verdict"], &kept["reason"]), (&"in use".into(), &reason.into()), "{filter} {lifecycle}");
        }
        let ran = asst.run(["vector-stores", "prune", "--empty", "--yes", "-o", "id"]).ok();
        assert_eq!(ran.ids(), [other], "{lifecycle}");
    }
}

#[test]
fn provisioned_files_are_kept() {
    for lifecycle in ["", ", lifecycle: {protect: true}"] {
        let asst = user(lifecycle);
        asst.file("other.md", "two");
        let other = at(&asst, days(-100), &["files", "upload", "other.md", "-o", "id"]).ok().id();
        let ran = asst.run(["files", "prune", "--unreferenced", "--dry-run", "-o", "json"]).ok().json();
        let kept = ran.as_array().unwrap().iter().find(|file| file["id"] != other.as_str()).unwrap();
        let reason = "provisioned, as its name shows; `asst destroy` or `asst files delete` deletes it";
        assert_eq!((&kept["verdict"], &kept["reason"]), (&"in use".into(), &reason.into()), "{lifecycle}");
        let ran = asst.run(["files", "prune", "--unreferenced", "--yes", "-o", "id"]).ok();
        assert_eq!(ran.ids(), [other], "{lifecycle}");
    }
}

#[test]
fn the_graph_marks_no_provisioned_object() {
    let asst = user("");
    asst.file("other.md", "two");
    at(&asst, days(-100), &["vector-stores", "create", "--name", "other"]).ok();
    at(&asst, days(-100), &["files", "upload", "other.md"]).ok();
    let graph = asst.run(["graph", "--jq", ".nodes[] | select(.candidate) | .name"]).ok();
    let mut marked: Vec<&str> = graph.stdout.lines().collect();
    marked.sort_unstable();
    assert_eq!(marked, ["other", "other.md"]);
}
