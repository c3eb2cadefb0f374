//! Answers to create requests: no ID, an unusual ID, an incomplete object.

use super::{fails, hostile};
use crate::support::mock_server::Response;
use crate::support::test_env::shows;
use serde_json::json;

#[test]
fn a_create_without_an_id_in_its_response_stays_open() {
    for body in [r#"{"object":"thread"}"#, r#"{"id":null}"#, r#"{"id":""}"#, r#"{"id":{"x":1}}"#, "[]"] {
        let (listener, asst, _) = fails([Response::text(200, body)], &["threads", "create"], 10, "stays open");
        assert_eq!(listener.lines(), ["POST /v1/threads"], "{body}");
        asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    }
    let (_listener, asst) = hostile([Response::text(201, r#"{"object":"thread"}"#)]);
    shows!(asst.run(["threads", "create"]), @r"
    --- stderr ---
    warning: intent [intent] stays open: `asst ledger doctor` shows what may have been created, `asst ledger settle [intent] ID|--none` closes it
    error: could not create thread: outcome unknown
      caused by: the request may have been executed, so it was not repeated
      caused by: the response is invalid: it has no ID
      hint: run `asst ledger doctor` before you repeat the command: it shows what may have been created
    exit 10
    ");
    let (_listener, asst) = hostile([Response::text(200, "{}")]);
    asst.run(["messages", "create", "thread_1", "--content", "hi"]).code(10).says("it has no ID");
    // An update creates nothing, so its answer is shown as it is.
    let (_listener, asst) = hostile([Response::text(200, "{}")]);
    asst.run(["threads", "update", "thread_1", "--metadata", "a=b", "-o", "json"]).ok();
}

#[test]
fn unusual_ids_are_stored_and_break_no_listing() {
    let long = "x".repeat(10_000);
    let odd = ["../../etc/passwd", "a\nb\tc\\", "", "a\u{1b}[2Jb", "thread_ä", &long, "9223372036854775808"];
    for id in odd.iter().filter(|id| !id.is_empty()) {
        let (_listener, asst) = hostile([Response::json(200, &json!({ "id": id, "object": "thread" }))]);
        asst.run(["threads", "create"]).ok();
        let listed = asst.run(["threads", "list", "-o", "jsonl"]).ok();
        assert_eq!(listed.json()["id"], **id, "{}", listed.text());
        let table = asst.run(["threads", "list"]).ok();
        assert_eq!(table.stdout.lines().count(), 1, "{}", table.text());
        assert!(!table.stdout.contains('\u{1b}'), "{id:?}");
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
    }
    // A number is also an ID.
    let (_listener, asst) = hostile([Response::text(200, r#"{"id":123456789012345678901234567890}"#)]);
    asst.run(["threads", "create"]).ok();
    assert_eq!(asst.run(["threads", "list"]).ok().ids(), ["123456789012345678901234567890"]);
}

#[test]
fn an_id_from_a_response_cannot_change_a_path() {
    let (listener, asst) = hostile([Response::json(200, &json!({ "id": "../../files/file-1", "object": "thread" }))]);
    let id = asst.run(["threads", "create", "-o", "id"]).ok().stdout;
    asst.fed(&id, &["threads", "delete", "-"]).code(2);
    assert_eq!(listener.lines(), ["POST /v1/threads"], "what is no id was put into a path");
    // The cursor of a list is part of the query, so any content is escaped.
    let page = |id: &str, more| Response::json(200, &json!({ "data": [{ "id": id }], "has_more": more }));
    let (listener, asst) = hostile([page("a/../b?x=1&limit=2\n#", true), page("b", false)]);
    asst.run(["assistants", "list"]).ok();
    assert_eq!(listener.lines()[1], "GET /v1/assistants?after=a%2F..%2Fb%3Fx%3D1%26limit%3D2%0A%23&limit=100");
}

#[test]
fn a_run_without_a_thread_id_is_stored() {
    let (_listener, asst) =
        hostile([Response::json(200, &json!({ "id": "run_1", "status": "queued", "thread_id": null }))]);
    asst.run(["threads", "create-and-run", "--assistant-id", "asst_1"]).ok();
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let listed = asst.run(["ledger", "list", "--kind", "run"]).ok();
    assert_eq!(listed.ids(), ["run_1"], "{}", listed.text());
}

#[test]
fn a_response_with_another_object_is_a_failure() {
    let commands: [(&[&str], &str); 8] = [
        (&["assistants", "get", "asst_1"], "assistant asst_1"),
        (&["assistants", "update", "asst_1", "--name", "n"], "assistant asst_1"),
        (&["threads", "get", "thread_1"], "thread thread_1"),
        (&["messages", "get", "thread_1", "msg_1"], "message msg_1"),
        (&["runs", "get", "thread_1", "run_1"], "run run_1"),
        (&["runs", "cancel", "thread_1", "run_1"], "run run_1"),
        (&["steps", "get", "thread_1", "run_1", "step_1"], "step step_1"),
        (&["files", "get", "file-1"], "file file-1"),
    ];
    for (args, expected) in commands {
        let (_listener, asst) = hostile([Response::json(200, &json!({ "id": "x_9", "object": "thing" }))]);
        asst.run(args).code(7).says(&format!("expected {expected}, got an object with the ID x_9"));
        asst.run(["ledger", "list", "-o", "id"]).ok().ids().iter().for_each(|id| assert_ne!(id, "x_9"));
        for error in [json!({ "message": "gone", "code": "404" }), json!("gone")] {
            let (_listener, asst) = hostile([Response::json(200, &json!({ "error": error }))]);
            asst.run(args).code(7).says("its body is an error: gone");
        }
    }
    let submit = ["runs", "submit-tool-outputs", "thread_1", "run_1", "--tool-output", "call_1=x"];
    let (_listener, asst) = hostile([Response::json(200, &json!({ "id": "run_9", "status": "queued" }))]);
    asst.run(submit).code(10).says("expected run run_1");
}

#[test]
fn a_deletion_of_another_object_is_a_failure() {
    for (noun, id) in [("threads", "thread_1"), ("assistants", "asst_1"), ("files", "file-1")] {
        let (_listener, asst) = hostile([Response::json(200, &json!({ "id": "x_9", "deleted": true }))]);
        asst.run([noun, "delete", id]).code(7).says(&format!("{id}, got an object with the ID x_9"));
        assert_eq!(asst.run(["ledger", "events", "-o", "id"]).ok().ids(), Vec::<String>::new(), "{noun:?}");
        let error = json!({ "deleted": true, "error": { "message": "gone" } });
        let (_listener, asst) = hostile([Response::json(200, &error)]);
        asst.run([noun, "delete", id]).code(7).says("is an error: gone");
        let (_listener, asst) = hostile([Response::json(200, &json!({ "error": { "message": "gone" } }))]);
        asst.run([noun, "delete", id]).code(1).says("did not confirm the deletion");
        let (_listener, asst) = hostile([Response::json(200, &json!({ "deleted": true }))]);
        asst.run([noun, "delete", id]).ok();
    }
}

#[test]
fn a_get_without_the_object_is_a_failure() {
    for body in [r#"{}"#, r#"{"detail":"Not Found"}"#, r#"{"object":"list","data":[],"has_more":false}"#] {
        let (_listener, asst) = hostile([Response::text(200, body)]);
        asst.run(["threads", "get", "thread_1"]).code(7).says("expected thread thread_1, got an object without an ID");
    }
    // A number is also an ID.
    let (_listener, asst) = hostile([Response::text(200, r#"{"id":17}"#)]);
    asst.run(["threads", "get", "17"]).ok();
}
