//! `asst apply` of vector stores with `sync`: files that stay, and folders that change while an apply runs.

use crate::support::test_env::{Asst, Ran, Server, served};
use crate::support::traced::Traced;

const MANIFEST: &str = "asst: 1
project: hr
vector_stores:
  handbook: {name: Handbook, sync: {dir: pages, prefix: a}}
";

fn project(faults: &[&str]) -> (Server, Asst) {
    let (server, asst) = served(faults);
    std::fs::create_dir(asst.work().join("pages")).unwrap();
    asst.file("asst.yaml", MANIFEST);
    for name in ["leave.md", "travel.md"] {
        asst.file(&format!("pages/{name}"), format!("# {name}\n"));
    }
    (server, asst)
}

fn count(asst: &Asst) -> usize {
    let store = asst.run(["vector-stores", "list", "-o", "id"]).ok().id();
    asst.run(["vector-stores", "files", "list", &store, "-o", "id"]).ok().ids().len()
}

#[test]
fn a_plan_notes_the_files_that_stay() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    asst.file("asst.yaml", MANIFEST.replace("prefix: a", "prefix: b"));
    let note = "hr/default/handbook: 2 files that the folders lack stay in the vector store: outside of the prefix";
    asst.run(["plan"]).ok().says(note);
    asst.run(["apply"]).ok();
    assert_eq!(count(&asst), 4);
    asst.run(["plan", "--exit-code"]).ok().says(note);
    asst.file("asst.yaml", MANIFEST.replace("prefix: a", "prefix: b, delete: none"));
    std::fs::remove_file(asst.work().join("pages/leave.md")).unwrap();
    asst.run(["plan", "--exit-code"])
        .ok()
        .says("1 file that the folders lack stay in the vector store: `delete: none` under `sync`");
}

#[test]
fn a_plan_of_drift_needs_no_folder() {
    let (_server, asst) = project(&[]);
    asst.run(["apply"]).ok();
    asst.file("pages/leave.md", "# Another\n");
    assert!(!asst.run(["plan", "--drift", "--exit-code"]).ok().stdout.contains("leave.md"));
    std::fs::remove_dir_all(asst.work().join("pages")).unwrap();
    asst.run(["plan"]).code(2);
    let store = asst.run(["vector-stores", "list", "-o", "id"]).ok().id();
    asst.run(["vector-stores", "update", &store, "--name", "Edited"]).ok();
    let plan = asst.run(["plan", "--drift", "--exit-code"]).code(9);
    assert!(plan.stdout.contains("Edited"), "{}", plan.text());
}

/// Runs an apply that adds a file to a folder after the plan, when the vector store is written.
fn with_a_late_file(asst: &Asst, arguments: &[&str]) -> Ran {
    let is_creation = |line: &str| line.contains("> POST") && line.contains("/vector_stores");
    let apply = Traced::until(asst, &[&["apply"], arguments].concat(), is_creation);
    asst.file("pages/late.md", "# Late\n");
    apply.end(asst)
}

#[test]
fn a_folder_that_changes_after_a_saved_plan_fails_its_vector_store() {
    let (_server, asst) = project(&["--fault", "latency=1s,times=1,on=POST /vector_stores"]);
    asst.run(["plan", "--out", "plan.json"]).ok();
    let ran = with_a_late_file(&asst, &["--plan", "plan.json"]);
    assert_ne!(ran.code, Some(0), "{}", ran.text());
    assert!(ran.stderr.contains("hr/default/handbook: the folders changed after the plan"), "{}", ran.text());
    assert_eq!(count(&asst), 0);
    asst.run(["apply"]).ok();
    assert_eq!(count(&asst), 3);
}

#[test]
fn a_folder_that_changes_after_the_plan_is_noted() {
    let (_server, asst) = project(&["--fault", "latency=1s,times=1,on=POST /vector_stores"]);
    let ran = with_a_late_file(&asst, &[]);
    assert_eq!(ran.code, Some(0), "{}", ran.text());
    assert!(ran.stderr.contains("the folders of hr/default/handbook changed after the plan"), "{}", ran.text());
    assert_eq!(count(&asst), 3);
}
