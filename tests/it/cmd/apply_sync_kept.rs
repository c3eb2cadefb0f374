//! `asst apply` of vector stores with `sync`: files that stay, and folders that change while an apply runs.

use crate::support::test_env::{Asst, Ran, Server, served};
use std::io::{BufRead, BufReader, Read};
use std::process::Stdio;

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

/// Runs an apply that adds a file to a folder after the plan, when the vector store is written.
fn with_a_late_file(asst: &Asst, arguments: &[&str]) -> Ran {
    let flags = [&["apply", "--trace"], arguments].concat();
    let mut child = asst.command(flags).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut trace = BufReader::new(child.stderr.take().unwrap());
    let (mut line, mut stderr) = (String::new(), String::new());
    while !(line.contains("> POST") && line.contains("/vector_stores")) {
        line.clear();
        assert_ne!(trace.read_line(&mut line).unwrap(), 0, "the apply ended before the request: {stderr}");
        stderr.push_str(&line);
    }
    asst.file("pages/late.md", "# Late\n");
    trace.read_to_string(&mut stderr).unwrap();
    let mut ran = asst.ran(child.wait_with_output().unwrap());
    ran.stderr = stderr;
    ran
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
