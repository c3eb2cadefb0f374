//! `asst apply` after an interrupted apply, and beside another one.

use super::apply_kinds::{MANIFEST, files_of, listed, project, uploaded};
use crate::support::test_env::Asst;
use crate::support::traced::Traced;
use serde_json::json;
use std::process::Stdio;

/// Runs three applies at once whose requests to create a vector store are slow, so that each plans to create one. Checks
/// that they did so.
pub(super) fn race(asst: &Asst) {
    let start = |_| asst.command(["apply", "--trace"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let children: Vec<_> = (0..3).map(start).collect();
    let mut creations = 0;
    for child in children {
        let ran = asst.ran(child.wait_with_output().unwrap());
        assert!(matches!(ran.code, Some(0 | 8)), "{}", ran.text());
        let is_creation = |line: &&str| line.starts_with("> POST") && line.ends_with("/v1/vector_stores");
        creations += ran.stderr.lines().filter(is_creation).count();
    }
    assert!(creations > 1, "the applies did not run at once");
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
    let (_server, asst) = project(&["--fault", "latency=1s,times=3,on=POST /vector_stores"], MANIFEST);
    race(&asst);
    asst.run(["apply"]).ok();
    assert_eq!((listed(&asst, "vector-stores").len(), listed(&asst, "assistants").len()), (1, 2));
    asst.run(["plan", "--exit-code"]).ok();
}

/// The other apply was killed while the files of its vector store were being added.
#[test]
fn an_apply_does_not_take_an_unfinished_store_of_another_one_for_its_own() {
    let (_server, asst) = project(&["--fault", "latency=3s,times=1,on=POST /vector_stores"], MANIFEST);
    // The plan is made when the store is created.
    let apply = Traced::until(&asst, &["apply"], |line| line.contains("> POST") && line.contains("/vector_stores"));
    let body = json!({ "metadata": {
        "asst_key": "hr/default/handbook",
        "asst_digest": "1:AAAAAAAAAAAAAAAAAAAAAA:interrupted-or-running#abcdefgh",
    }});
    asst.run(["vector-stores", "create", "--body", &body.to_string()]).ok();
    apply.end(&asst).code(8).says("another apply created hr/default/handbook before this one");
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
    Traced::until(&asst, &["apply"], is_poll).kill();
    let marker = listed(&asst, "vector-stores").pop().unwrap()["metadata"]["asst_digest"].to_string();
    assert!(marker.contains("interrupted-or-running"), "{marker}");
    let is_wait =
        |line: &str| line.contains("> GET") && line.contains("/vector_stores/vs_") && !line.contains("/files");
    let mut second = Traced::until(&asst, &["apply"], is_wait);
    assert!(second.is_running(), "the second apply does not wait");
    second.kill();
}
