//! `asst ledger sync` adds the listed objects of the backend to the ledger (docs/design/bulk.md).

use crate::support::test_env::{Asst, served, shows};

#[test]
fn sync_adds_every_listed_object() {
    let (_server, asst) = served(&[]);
    let thread = asst.run(["threads", "create", "--no-ledger"]).ok().id();
    let bot = asst.run(["assistants", "create", "--model", "echo", "--no-ledger"]).ok().id();
    shows!(asst.run(["ledger", "sync"]), @r"
    assistant	1	
    file	0	
    thread	1	
    exit 0
    ");
    assert_eq!(asst.run(["ledger", "list", "--source", "listed", "-o", "id"]).ok().ids(), [thread.clone(), bot]);
    // A list does not revive a deleted object.
    asst.run(["threads", "delete", &thread]).ok();
    asst.run(["ledger", "sync", "--kind", "thread"]).ok();
    assert_eq!(asst.run(["threads", "list"]).ok().stdout, "");
    asst.run(["ledger", "sync", "--kind", "run"]).code(2);
}

#[test]
fn sync_reports_a_backend_that_lists_no_threads() {
    let asst = Asst::new();
    let server = asst.serve(&["--openai-compat"]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let ran = asst.run(["ledger", "sync"]).ok();
    assert!(ran.stdout.contains("thread\t0\tthe backend does not list them"), "{}", ran.text());
}
