//! A whole export from the embedded server.

use super::{manifest, read};
use crate::operations::main_job::ends;
use crate::support::test_env::Asst;

#[test]
fn an_export_of_a_whole_backend_can_be_verified() {
    let asst = Asst::new();
    let server = asst.serve(&[]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let run = |args: &[&str]| asst.run(args.iter().copied());
    asst.file("notes.txt", "notes");
    asst.file("dot.png", "no picture");
    let notes = run(&["files", "upload", "notes.txt"]).ok().id();
    let picture = run(&["files", "upload", "dot.png", "--purpose", "vision"]).ok().id();
    let assistant = run(&["assistants", "create", "--model", "echo", "--name", "Bot"]).ok().id();
    let thread = run(&["threads", "create", "--message", "hello", "--metadata", "team=docs"]).ok().id();
    let attached = format!("{notes}=file_search");
    run(&["messages", "create", &thread, "--content", "see", "--image-file", &picture, "--attachment", &attached]).ok();
    let id = run(&["runs", "create", &thread, "--assistant-id", &assistant]).ok().id();
    ends(&run, &thread, &id, "completed");
    let other = run(&["threads", "create", "--no-ledger"]).ok().id();

    assert_eq!(run(&["export", "out"]).ok().ids(), [thread.as_str()]);
    let mut all = run(&["export", "out", "--remote"]).ok().ids();
    all.sort();
    let mut expected = [thread.clone(), other];
    expected.sort();
    assert_eq!(all, expected);
    run(&["export", "verify", "out", "--remote", "--exit-code"]).ok();
    for (file, list) in [("messages", "messages"), ("runs", "runs")] {
        let here = read(&asst, &format!("threads/{thread}/{file}.jsonl"));
        assert_eq!(here, run(&[list, "list", &thread, "--order", "asc", "-o", "jsonl"]).ok().stdout, "{file:?}");
    }
    assert_eq!(read(&asst, &format!("files/{picture}/content")), "no picture");
    assert_eq!(manifest(&asst)["files"][&notes]["state"], "not_downloadable");
    assert_eq!(read(&asst, "assistants.jsonl").lines().count(), 1);

    // An object that is deleted later stays in the export, and the ledger does not list it any more.
    run(&["threads", "delete", &thread]).ok();
    assert_eq!(run(&["export", "out", "--metadata", "team=docs"]).ok().stdout, "");
    assert_eq!(run(&["export", "out", &thread]).ok().stdout.split('\t').nth(1), Some("gone"));
    run(&["export", "verify", "out"]).ok();
}
