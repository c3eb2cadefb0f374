//! Ctrl-C during a wait: the files continue to be indexed, and the message has the command that waits for them.
#![cfg(unix)]

use super::{batch, showing};
use crate::support::test_env::{Asst, eventually, signalled};

#[test]
fn an_interrupted_wait_prints_the_progress_and_the_command_that_continues() {
    let server = showing(vec![batch("in_progress", [2, 1, 0, 0])], Vec::new());
    let asst = Asst::with_backend(&server.url());
    let args = ["vector-stores", "batches", "create", "vs_1", "--file-ids", "file-1,file-2,file-3", "--wait"];
    let child = asst.command(args).spawn().unwrap();
    eventually("the first poll", || (server.lines().len() >= 3).then_some(()));
    signalled(&child, "-INT");
    let ran = asst.ran(child.wait_with_output().unwrap()).code(130);
    assert_eq!(
        ran.stderr,
        "error: interrupted; 1 of 3 indexed\n  \
         hint: `asst vector-stores batches get vs_1 vsfb_1 --wait` continues to wait\n"
    );
    assert!(server.lines().iter().all(|line| !line.contains("cancel")));
}
