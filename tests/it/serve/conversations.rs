//! Conversations on the embedded server, with the commands of the client.

use super::text;
use crate::support::test_env::Asst;
use serde_json::json;

#[test]
fn a_conversation_is_created_read_changed_and_deleted() {
    let asst = Asst::new();
    let made = asst.local(&[
        "conversations",
        "create",
        "--items",
        r#"{"role":"user","content":"hello"}"#,
        "--metadata",
        "team=hr",
        "-o",
        "json",
    ]);
    let made = made.ok().json();
    let id = text(&made["id"]);
    let items = |args: &[&str]| asst.local(&[&["conversations", "items"], args].concat());
    let calls = json!([
        { "type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}" },
        { "type": "function_call_output", "call_id": "call_1", "output": "1" },
        { "type": "file_search_call", "id": "fs_1", "queries": ["q"], "results": [{ "text": "found" }] },
    ]);
    assert_eq!(items(&["create", &id, "--items", &calls.to_string(), "-o", "id"]).ok().ids().len(), 3);
    let listed = items(&["list", &id, "--order", "asc", "-o", "json"]).ok().json();
    let listed = listed.as_array().unwrap();
    let types: Vec<String> = listed.iter().map(|item| text(&item["type"])).collect();
    assert_eq!(types, ["message", "function_call", "function_call_output", "file_search_call"]);
    assert_eq!(listed[0]["content"], json!([{ "type": "input_text", "text": "hello" }]));
    assert_eq!(listed[3].get("results"), None);
    let full = items(&["get", &id, "fs_1", "--include", "file_search_call.results", "-o", "json"]).ok().json();
    assert_eq!(full["results"][0]["text"], "found");
    let message = text(&listed[0]["id"]);
    assert_eq!(items(&["delete", &id, &message, "--yes", "-o", "json"]).ok().json(), made);
    items(&["get", &id, &message]).code(3);
    let changed = asst.local(&["conversations", "update", &id, "--metadata", "team=it", "-o", "json"]).ok().json();
    assert_eq!(changed["metadata"], json!({ "team": "it" }));
    let known = asst.local(&["ledger", "list", "--kind", "conversation", "-o", "id"]).ok();
    assert_eq!(known.ids(), std::slice::from_ref(&id));
    asst.local(&["conversations", "delete", &id, "--yes"]).ok();
    asst.local(&["conversations", "get", &id]).code(3);
}

#[test]
fn foreign_items_and_lone_outputs_are_refused() {
    let asst = Asst::new();
    let make = |content: &str| {
        let item = json!({ "role": "user", "content": content }).to_string();
        asst.local(&["conversations", "create", "--items", &item, "-o", "id"]).ok().id()
    };
    let (one, other) = (make("one"), make("other"));
    let foreign = asst.local(&["conversations", "items", "list", &other, "-o", "id"]).ok().id();
    for (item, message) in [
        (json!({ "role": "user", "content": "x", "id": foreign }), "names an object outside of this conversation"),
        (json!({ "role": "user", "content": "x", "id": "item_1" }), "Expected an ID that begins with 'msg'."),
        (json!({ "type": "item_reference", "id": foreign }), "not found in conversation"),
        (
            json!({ "type": "function_call_output", "call_id": "call_1", "output": "1" }),
            "No tool call found for function call output with call_id call_1.",
        ),
        (json!({ "type": "file_search_call", "queries": [] }), "Missing required parameter: 'items[0].id'."),
        (
            json!({ "role": "assistant", "content": [{ "type": "input_text", "text": "x" }] }),
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.",
        ),
    ] {
        asst.local(&["conversations", "items", "create", &one, "--items", &item.to_string()]).code(5).says(message);
    }
    assert_eq!(asst.local(&["conversations", "items", "list", &one, "-o", "id"]).ok().ids().len(), 1);
}
