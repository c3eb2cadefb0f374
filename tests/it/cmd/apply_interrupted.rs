//! `asst apply` after an interrupted apply, and beside another one.

use super::apply_kinds::{MANIFEST, files_of, listed, project, uploaded};
use crate::support::test_env::Asst;
use serde_json::json;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Stdio};

/// Starts `asst apply --trace`, and returns it when it has sent a request that `is_it` accepts.
fn traced(asst: &Asst, is_it: impl Fn(&str) -> bool) -> (Child, BufReader<ChildStderr>) {
    let mut child = asst.command(["apply", "--trace"]).stderr(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
    let mut trace = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    while !is_it(&line) {
        line.clear();
        assert_ne!(trace.read_line(&mut line).unwrap(), 0, "the apply ended before the request");
    }
    (child, trace)
}

#[test]
fn a_store_that_could_not_take_its_files_is_completed_by_the_next_apply() {
    let (_server, asst) =
        project(&["--fault", "500,times=1,on=POST /vector_stores/{vector_store_id}/file_batches"], MANIFEST);
    let one = uploaded(&asst, "one.md");
    asst.file("asst.yaml", MANIFEST.replace("    metadata: {team: hr}\n", &format!("    file_ids: [{one}]\n")));
    asst.run(["apply", "--retries", "0"]).code(8);
    let plan = asst.run(["plan"]).ok();
    assert!(plan.stdout.contains("an apply did not finish"), "{}", plan.text());
    asst.run(["apply"]).ok();
    let store = listed(&asst, "vector-stores");
    assert_eq!(store.len(), 1, "{store:?}");
    assert_eq!(files_of(&asst, store[0]["id"].as_str().unwrap()), [one]);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn two_applies_at_once_end_with_one_object_of_each_kind() {
    let (_server, asst) = project(&["--fault", "latency=30ms,on=POST /vector_stores"], MANIFEST);
    let children: Vec<_> = (0..3).map(|_| asst.command(["apply"]).spawn().unwrap()).collect();
    for child in children {
        let ran = asst.ran(child.wait_with_output().unwrap());
        assert!(matches!(ran.code, Some(0 | 8)), "{}", ran.text());
    }
    asst.run(["apply"]).ok();
    assert_eq!((listed(&asst, "vector-stores").len(), listed(&asst, "assistants").len()), (1, 2));
    asst.run(["plan", "--exit-code"]).ok();
}

/// The other apply was killed while the files of its vector store were being added.
#[test]
fn an_apply_does_not_take_an_unfinished_store_of_another_one_for_its_own() {
    let (_server, asst) = project(&["--fault", "latency=3s,times=1,on=POST /vector_stores"], MANIFEST);
    // The plan is made when the store is created.
    let (mut child, mut trace) = traced(&asst, |line| line.contains("> POST") && line.contains("/vector_stores"));
    let body = json!({ "metadata": {
        "asst_key": "hr/default/handbook",
        "asst_digest": "1:AAAAAAAAAAAAAAAAAAAAAA:interrupted-or-running#abcdefgh",
    }});
    asst.run(["vector-stores", "create", "--body", &body.to_string()]).ok();
    let mut rest = String::new();
    trace.read_to_string(&mut rest).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(8), "{rest}");
    assert!(rest.contains("another apply created hr/default/handbook first"), "{rest}");
    asst.run(["apply"]).ok();
    assert_eq!(listed(&asst, "vector-stores").len(), 1);
    asst.run(["plan", "--exit-code"]).ok();
}

#[test]
fn an_apply_waits_for_the_index_that_an_interrupted_one_began() {
    let (_server, asst) = project(&["--fault", "stuck=in_progress"], MANIFEST);
    let one = uploaded(&asst, "one.md");
    asst.file("asst.yaml", MANIFEST.replace("    metadata: {team: hr}\n", &format!("    file_ids: [{one}]\n")));
    let is_poll = |line: &str| line.contains("> GET") && line.contains("/file_batches/");
    let (mut first, _) = traced(&asst, is_poll);
    first.kill().unwrap();
    first.wait().unwrap();
    let marker = listed(&asst, "vector-stores").pop().unwrap()["metadata"]["asst_digest"].to_string();
    assert!(marker.contains("interrupted-or-running"), "{marker}");
    let is_wait =
        |line: &str| line.contains("> GET") && line.contains("/vector_stores/vs_") && !line.contains("/files");
    let (mut second, _) = traced(&asst, is_wait);
    assert_eq!(second.try_wait().unwrap(), None, "the second apply waits");
    second.kill().unwrap();
    second.wait().unwrap();
}
