//! Threads that become conversations, and conversations that stay conversations.

use super::moved;
use serde_json::{Value, json};

fn kinds(items: &[Value]) -> Vec<String> {
    let kind = |item: &Value| match item["role"].as_str() {
        Some(role) => role.to_owned(),
        None => item["type"].as_str().unwrap().to_owned(),
    };
    items.iter().map(kind).collect()
}

#[test]
fn a_thread_becomes_a_conversation_in_batches_of_20_items() {
    let world = moved(&[]);
    world.thread(45);
    world.export(&[]);
    let restored = world.restore(&["--as", "conversations"]);
    assert_eq!((&restored[0]["as"], &restored[0]["messages"]), (&json!("conversations"), &json!(45)));
    assert_eq!(restored[0]["lost"], "45 message times");
    let new_id = restored[0]["new_id"].as_str().unwrap();
    let items = world.listed(&["conversations", "items", "list", new_id]);
    let texts: Vec<_> = items.iter().map(|item| item["content"][0]["text"].as_str().unwrap().to_owned()).collect();
    assert_eq!(texts, (0..45).map(|n| format!("message {n}\n\"x\"")).collect::<Vec<_>>());
    assert_eq!(items[1]["content"][0]["type"], "output_text");
    assert!(world.made("threads").is_empty());
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
    assert_eq!(world.restore(&["--as", "threads"])[0]["result"], "unchanged", "the form of a restored thread stays");
}

#[test]
fn function_calls_come_with_their_outputs_before_the_answer() {
    let world = moved(&[]);
    let tool = r#"{"type":"function","function":{"name":"add","parameters":{"type":"object","properties":{}}}}"#;
    let assistant = world.make(&["assistants", "create", "--model", "echo", "--tool", tool]);
    let thread = world.make(&["threads", "create"]);
    world.make(&["messages", "create", &thread, "--content", "call add {\"a\":1}"]);
    let run = world.asst.run(["runs", "create", &thread, "--assistant-id", &assistant, "-o", "json"]).ok().json();
    let run = run["id"].as_str().unwrap().to_owned();
    let waiting = world.asst.run(["runs", "wait", &thread, &run, "-o", "json"]);
    let call = waiting.json()["required_action"]["submit_tool_outputs"]["tool_calls"][0].clone();
    let output = format!("{}=42", call["id"].as_str().unwrap());
    world.asst.run(["runs", "submit", &thread, &run, "--tool-output", &output, "--wait"]).ok();
    world.make(&["messages", "create", &thread, "--content", "thanks"]);
    world.export(&[]);
    let restored = world.restore(&["--as", "conversations"]);
    assert_eq!(restored[0]["losses"]["tool_calls"], 1, "{restored:?}");
    let items = world.listed(&["conversations", "items", "list", restored[0]["new_id"].as_str().unwrap()]);
    assert_eq!(kinds(&items), ["user", "function_call", "function_call_output", "assistant", "user"]);
    assert_eq!((&items[1]["call_id"], &items[2]["output"]), (&call["id"], &json!("42")));
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
    let other = moved(&[]);
    std::fs::rename(world.asst.work().join("out"), other.asst.work().join("out")).unwrap();
    let threads = other.restore(&["--tool-calls", "text"]);
    let texts = other.texts(threads[0]["new_id"].as_str().unwrap());
    assert!(texts[1].starts_with("[function add(") && texts[1].ends_with("returned: 42]"), "{texts:?}");
}

#[test]
fn a_conversation_is_restored_without_the_ids_of_its_items() {
    let world = moved(&[]);
    let items = json!([
        {"type": "message", "role": "user", "content": "hello"},
        {"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "call_1", "output": "7"},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "7", "annotations": []}]},
        {"type": "function_call", "call_id": "call_2", "name": "f", "arguments": "{}"},
    ]);
    let old = world.make(&["conversations", "create", "--items", &items.to_string(), "--metadata", "team=docs"]);
    world.export(&["--kind", "conversations"]);
    let restored = world.restore(&[&old]);
    assert_eq!(restored[0]["losses"]["messages_lost"], 1, "a call without its output is left out");
    let new_id = restored[0]["new_id"].as_str().unwrap();
    let after = world.listed(&["conversations", "items", "list", new_id]);
    assert_eq!(kinds(&after), ["user", "function_call", "function_call_output", "assistant"]);
    let got = world.asst.run(["conversations", "get", new_id, "-o", "json", "--profile", "new"]).ok().json();
    assert_eq!((&got["metadata"]["asst_from"], &got["metadata"]["team"]), (&json!(old), &json!("docs")));
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
}

#[test]
fn a_locked_conversation_is_tried_again() {
    let fault = "400,code=conversation_locked,on=POST /conversations/{id}/items,times=1,\
                 message=Another process is currently operating on this conversation. Please retry in a few seconds.";
    let world = moved(&["--fault", fault]);
    world.thread(3);
    world.export(&[]);
    let restored = world.restore(&["--as", "conversations"]);
    let items = world.listed(&["conversations", "items", "list", restored[0]["new_id"].as_str().unwrap()]);
    assert_eq!(items.len(), 3);
}

#[test]
fn files_in_the_output_of_a_function_are_named() {
    let world = moved(&[]);
    let output =
        r#"[{"type":"input_text","text":"a"},{"type":"input_image","file_id":"file-old12345678","detail":"auto"}]"#;
    let items = format!(
        r#"[{{"type":"function_call","call_id":"call_1","name":"f","arguments":"{{}}"}},
            {{"type":"function_call_output","call_id":"call_1","output":{output}}}]"#
    );
    let old = world.make(&["conversations", "create", "--items", &items]);
    world.export(&["--kind", "conversations"]);
    let restored = world.restore(&[&old]);
    assert_eq!(restored[0]["losses"]["images_lost"], 1, "{restored:?}");
    let items = world.listed(&["conversations", "items", "list", restored[0]["new_id"].as_str().unwrap()]);
    assert_eq!(items[1]["output"], "a\n[image file-old12345678, not in the archive]");
    world.asst.run(["restore", "verify", "out", "--to", "new"]).ok();
}
