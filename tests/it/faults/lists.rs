//! Faults that make the content of a response wrong.

use super::faulty;
use serde_json::Value;

#[test]
fn endless_has_more_ends_with_a_warning() {
    let (_server, asst) = faulty(&["endless-has-more"]);
    let made = asst.run(["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    let ran = asst.run(["assistants", "list", "-o", "id"]).ok().says("the list is incomplete");
    assert_eq!(ran.ids(), [made]);
}

#[test]
fn ignored_cursor_ends_the_list_with_a_warning() {
    let (_server, asst) = faulty(&["ignore-after", "endless-has-more"]);
    (0..3).for_each(|_| drop(asst.run(["assistants", "create", "--model", "echo"]).ok()));
    let ran = asst.run(["assistants", "list", "-o", "id", "--page-size", "2"]).ok().says("the server repeats the page");
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
