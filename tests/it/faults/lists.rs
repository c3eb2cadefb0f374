//! Faults that make the content of a response wrong.

use super::faulty;
use serde_json::Value;

#[test]
fn endless_has_more_ends_with_code_8() {
    let (_server, asst) = faulty(&["endless-has-more"]);
    let made = asst.run(["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    let ran = asst.run(["assistants", "list", "-o", "id"]).code(8).says("the list is incomplete");
    assert_eq!(ran.ids(), [made]);
}

#[test]
fn every_incomplete_list_is_printed_and_ends_with_code_8_also_if_quiet() {
    let (_server, asst) = faulty(&["endless-has-more"]);
    let thread = asst.run(["threads", "create", "--message", "hi", "-o", "id"]).ok().id();
    asst.run(["assistants", "create", "--model", "echo"]).ok();
    asst.file("a.md", "text");
    let file = asst.run(["files", "upload", "a.md", "-o", "id"]).ok().id();
    let store = asst.run(["vector-stores", "create", "--file-ids", &file, "--wait", "-o", "id"]).ok().id();
    for command in [
        &["assistants", "list"][..],
        &["threads", "list", "--remote"],
        &["files", "list"],
        &["vector-stores", "list"],
        &["vector-stores", "files", "list", &store],
        &["vector-stores", "files", "content", &store, &file],
        &["messages", "list", &thread],
        &["api", "GET", "/assistants", "--paginate"],
    ] {
        let ran = asst.run([command, &["-q", "-o", "json"]].concat()).code(8);
        assert!(ran.stderr.contains("completely"), "{command:?}: {}", ran.text());
        assert_eq!(ran.json().as_array().map(Vec::len), Some(1), "{command:?}: {}", ran.text());
        asst.run([command, &["-q"]].concat()).code(8);
    }
    // A list that was read up to its limit lacks nothing.
    asst.run(["assistants", "list", "--limit", "1"]).ok();
}

#[test]
fn incomplete_messages_of_a_run_are_printed_before_the_error() {
    let (_server, asst) = faulty(&["endless-has-more,on=GET /threads/{thread_id}/messages"]);
    let bot = asst.run(["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    let thread = asst.run(["threads", "create", "--message", "hi", "-o", "id"]).ok().id();
    let run = ["runs", "create", &thread, "--assistant-id", &bot, "--wait"];
    for format in [&["-q"][..], &["-q", "-o", "json"]] {
        let ran = asst.run([&run, format].concat()).code(8);
        assert!(ran.stdout.contains("hi"), "{format:?}: {}", ran.text());
        assert!(ran.stderr.contains("could not list messages"), "{format:?}: {}", ran.text());
    }
}

#[test]
fn sync_of_an_incomplete_list_records_all_kinds_and_ends_with_code_8() {
    let (_server, asst) = faulty(&["endless-has-more,on=GET /assistants"]);
    asst.run(["assistants", "create", "--model", "echo", "--no-ledger"]).ok();
    asst.run(["threads", "create", "--no-ledger"]).ok();
    let ran = asst.run(["ledger", "sync", "-q", "-o", "json"]).code(8);
    assert!(ran.stderr.contains("could not list assistants completely"), "{}", ran.text());
    let synced = ran.json();
    assert_eq!(synced[0]["note"], "the list may be incomplete");
    assert_eq!(asst.run(["ledger", "list", "--source", "listed", "-o", "id"]).ok().ids().len(), 2);
}

#[test]
fn ignored_cursor_ends_the_list_with_code_8() {
    let (_server, asst) = faulty(&["ignore-after", "endless-has-more"]);
    (0..3).for_each(|_| drop(asst.run(["assistants", "create", "--model", "echo"]).ok()));
    let ran = asst.run(["assistants", "list", "-o", "id", "--page-size", "2"]);
    let ran = ran.code(8).says("the server repeats the page");
    assert_eq!(ran.ids().len(), 2, "nothing comes twice");
}

#[test]
fn wrong_object_names_are_accepted() {
    let (_server, asst) = faulty(&["wrong-object=thing"]);
    let made = asst.run(["threads", "create", "-o", "json"]).ok().json();
    assert_eq!(made["object"], "thing");
    let id = made["id"].as_str().unwrap();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids(), [id], "the ledger knows what it asked for");
    let (_server, asst) = faulty(&["wrong-object,on=GET /threads"]);
    let made = asst.run(["threads", "create", "-o", "json"]).ok().json();
    assert_eq!(made["object"], "thread");
    let listed = asst.run(["threads", "list", "--remote", "-o", "json"]).ok().json();
    assert_eq!(listed[0]["object"], "");
}

#[test]
fn responses_with_missing_members_are_accepted() {
    let (_server, asst) = faulty(&["missing"]);
    let assistant = asst.run(["assistants", "create", "--model", "echo", "-o", "json"]).ok().json();
    for member in ["tool_resources", "temperature", "top_p", "response_format", "name", "metadata"] {
        assert_eq!(assistant.get(member), None::<&Value>, "{member}");
    }
    let id = assistant["id"].as_str().unwrap();
    asst.run(["assistants", "list"]).ok();
    let ran = asst
        .run(["threads", "create-and-run", "--assistant-id", id, "--thread-message", "hi", "-o", "json"])
        .ok()
        .json();
    let (thread, run) = (ran["thread_id"].as_str().unwrap(), ran["id"].as_str().unwrap());
    asst.run(["runs", "list", thread]).ok();
    asst.run(["runs", "get", thread, run]).ok();
    asst.run(["steps", "list", thread, run]).ok();
    asst.run(["messages", "list", thread]).ok();
    asst.run(["threads", "prune", "--orphaned", "--dry-run"]).ok();
    let (_server, asst) = faulty(&["missing=created_at+object,on=POST /threads"]);
    let thread = asst.run(["threads", "create", "-o", "json"]).ok().json();
    assert_eq!((thread.get("created_at"), thread.get("object")), (None, None));
    assert_eq!(thread["metadata"], serde_json::json!({}));
}
