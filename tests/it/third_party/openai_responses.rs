//! `openai-responses`, a stateful mock (docs/protocol/servers.md#observed-deviations). It answers creations with 201,
//! has three shapes of IDs, and sends an empty 404 for unknown objects. A second deletion returns `deleted: false`.

use super::visiting;
use crate::support::test_env::{Asst, Ran};
use serde_json::json;

const NAME: &str = "openai-responses";

/// Deletes an object twice. The second deletion must not be a success, whatever the status code.
#[track_caller]
fn deleted_once(asst: &Asst, args: &[&str], object: &str) {
    let id = args.last().unwrap();
    assert_eq!(asst.run(args).ok().stdout, format!("{id}\t{object}\ttrue\n"));
    let again = asst.run(args).code(1).says("the server did not confirm the deletion");
    assert_eq!(again.stdout, "");
}

#[track_caller]
fn unknown(ran: Ran) {
    assert_eq!(ran.code(3).says("not found (404)").stdout, "");
}

/// Returns the IDs of a list. The server announces more items and then sends an empty page, so the command prints all
/// items, and reports with code 8 that the list may be incomplete.
#[track_caller]
fn listed(ran: Ran) -> Vec<String> {
    if ran.text().ends_with("exit 0") { ran.ids() } else { ran.code(8).says("after an empty page").ids() }
}

#[test]
#[ignore = "needs servers of other projects: tests/foreign/run"]
fn assistants_threads_and_messages_are_managed() {
    let (_server, asst) = visiting(NAME);
    let run = |args: &[&str]| asst.run(args.iter().copied());
    assert_eq!(run(&["assistants", "list"]).ok().text(), "exit 0");
    let first = run(&["assistants", "create", "--model", "m", "--name", "HR", "--instructions", "i"]).ok().id();
    let second = run(&["assistants", "create", "--model", "m", "--tool", "code_interpreter"]).ok().id();
    assert!(first.starts_with("asst_") && first != second, "{first} {second}");
    let shown = run(&["assistants", "get", &first, "-o", "json"]).ok().json();
    assert_eq!((&shown["name"], &shown["instructions"], &shown["metadata"]), (&json!("HR"), &json!("i"), &json!(null)));
    assert_eq!(listed(run(&["assistants", "list"])), [second.as_str(), &first]);
    assert_eq!(listed(run(&["assistants", "list", "--page-size", "1", "--order", "asc"])), [first.as_str(), &second]);
    let changed = run(&["assistants", "update", &first, "--name", "IT", "--metadata", "a=b", "-o", "json"]).ok().json();
    assert_eq!((&changed["name"], &changed["metadata"]["a"]), (&json!("IT"), &json!("b")));
    unknown(run(&["assistants", "get", "asst_nothing"]));
    unknown(run(&["assistants", "update", "asst_nothing", "--name", "x"]));

    let thread = run(&["threads", "create", "--metadata", "team=hr"]).ok().id();
    assert_eq!(run(&["threads", "get", &thread, "--jq", ".metadata.team"]).ok().stdout, "hr\n");
    let changed = run(&["threads", "update", &thread, "--metadata", "team=it", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "team": "it" }));
    unknown(run(&["threads", "get", "thread_nothing"]));

    let one = run(&["messages", "create", &thread, "--content", "one\ttab"]).ok().id();
    let two = run(&["messages", "create", &thread, "--content", "two", "--metadata", "a=b"]).ok().id();
    let messages = run(&["messages", "list", &thread]);
    assert!(messages.stdout.contains("\tone\\ttab\t"), "{}", messages.stdout);
    assert_eq!(listed(messages), [two.as_str(), &one]);
    assert_eq!(listed(run(&["messages", "list", &thread, "--page-size", "1"])), [two.as_str(), &one]);
    assert_eq!(listed(run(&["messages", "list", &thread, "--after", &two])), [one.as_str()]);
    let shown = run(&["messages", "get", &thread, &one, "-o", "json"]).ok().json();
    assert_eq!(shown["content"][0]["text"]["value"], "one\ttab");
    let changed = run(&["messages", "update", &thread, &one, "--metadata", "c=d", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "c": "d" }));
    unknown(run(&["messages", "list", "thread_nothing"]));
    unknown(run(&["messages", "get", &thread, "msg_nothing"]));

    deleted_once(&asst, &["messages", "delete", &thread, &one], "thread.message.deleted");
    assert_eq!(run(&["threads", "list"]).ok().ids(), [thread.as_str()], "the ledger has this ID");
    deleted_once(&asst, &["threads", "delete", &thread], "thread.deleted");
    assert_eq!(run(&["threads", "list"]).ok().stdout, "");
    deleted_once(&asst, &["assistants", "delete", &first], "assistant.deleted");
    assert_eq!(listed(run(&["assistants", "list"])), [second.as_str()]);
    run(&["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
#[ignore = "needs servers of other projects: tests/foreign/run"]
fn runs_are_created_changed_and_cancelled() {
    let (_server, asst) = visiting(NAME);
    let run = |args: &[&str]| asst.run(args.iter().copied());
    let assistant = run(&["assistants", "create", "--model", "m"]).ok().id();
    let thread = run(&["threads", "create", "--message", "hello"]).ok().id();
    let made = run(&["runs", "create", &thread, "--assistant-id", &assistant, "-o", "json"]).ok().json();
    assert_eq!((&made["status"], &made["expires_at"], &made["usage"]), (&json!("queued"), &json!(null), &json!(null)));
    let id = made["id"].as_str().unwrap();
    assert_eq!(run(&["runs", "list", &thread]).ok().ids(), [id]);
    assert_eq!(run(&["runs", "get", &thread, id]).ok().id(), id);
    let changed = run(&["runs", "update", &thread, id, "--metadata", "a=b", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "a": "b" }));
    assert_eq!(run(&["steps", "list", &thread, id]).ok().stdout, "");
    unknown(run(&["steps", "get", &thread, id, "step_nothing"]));
    assert_eq!(run(&["runs", "cancel", &thread, id, "--jq", ".status"]).ok().stdout, "cancelling\n");
    unknown(run(&["runs", "get", &thread, "run_nothing"]));
    unknown(run(&["runs", "cancel", &thread, "run_nothing"]));
    let both =
        run(&["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", "hi", "-o", "json"]);
    let both = both.ok().json();
    let (other, begun) = (both["thread_id"].as_str().unwrap(), both["id"].as_str().unwrap());
    assert_eq!(run(&["runs", "list", other]).ok().ids(), [begun]);
    let listed: std::collections::BTreeSet<String> = run(&["threads", "list"]).ok().ids().into_iter().collect();
    assert_eq!(listed.into_iter().collect::<Vec<_>>(), {
        let mut both = [thread.clone(), other.to_owned()];
        both.sort();
        both
    });
    run(&["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
#[ignore = "needs servers of other projects: tests/foreign/run"]
fn files_are_uploaded_listed_and_deleted() {
    let (_server, asst) = visiting(NAME);
    let run = |args: &[&str]| asst.run(args.iter().copied());
    let bytes: Vec<u8> = (0..=255).collect();
    asst.file("odd name.bin", &bytes);
    let made = run(&["files", "upload", "odd name.bin", "--purpose", "vision", "-o", "json"]).ok().json();
    assert_eq!((&made["filename"], &made["purpose"]), (&json!("odd name.bin"), &json!("vision")));
    assert_ne!(made["bytes"], json!(bytes.len()), "this server counts wrongly, and is shown as it is");
    let id = made["id"].as_str().unwrap();
    // Its lists have no pages and omit `has_more`.
    let listed = run(&["files", "list"]).ok();
    assert_eq!((listed.ids(), listed.stderr.as_str()), (vec![id.to_owned()], ""));
    assert_eq!(run(&["files", "list", "--purpose", "assistants"]).ok().stdout, "");
    assert_eq!(run(&["files", "get", id]).ok().id(), id);
    assert_eq!(run(&["files", "content", id]).ok().bytes, bytes);
    run(&["files", "content", id, "--to", "back.bin"]).ok();
    assert_eq!(std::fs::read(asst.work().join("back.bin")).unwrap(), bytes);
    // An empty file makes the server fail after it may have stored something, so the outcome is unknown.
    asst.file("empty", "");
    assert_eq!(run(&["files", "upload", "empty"]).code(10).says("outcome unknown (500)").stdout, "");
    run(&["ledger", "doctor", "--exit-code"]).code(9);
    deleted_once(&asst, &["files", "delete", id], "file");
    unknown(run(&["files", "get", id]));
    unknown(run(&["files", "content", id]));
    assert_eq!(run(&["files", "list"]).ok().stdout, "");
}
