//! Tests of the items of a conversation: their types, and the items that are rejected.

use super::*;

#[tokio::test]
async fn short_messages_become_complete_items() {
    let world = World::new();
    let conversation = world.conversation(json!([])).await;
    let items = json!([
        user("hi"),
        {"role": "assistant", "content": "hello", "phase": "final_answer"},
        {"type": "message", "role": "system", "content": [{"type": "input_text", "text": "s"}], "status": null},
        {"role": "developer", "content": "d", "status": "incomplete", "own": {"a": [1.50]}},
        {"role": "user", "content": [{"type": "input_image", "file_id": "file-1"}, {"type": "new_part", "x": 1}]},
    ]);
    let added = world.add_items(&conversation, items).await;
    let input = |text: &str| json!([{"type": "input_text", "text": text}]);
    let output = json!([{"type": "output_text", "text": "hello", "annotations": [], "logprobs": []}]);
    let parts = json!([{"type": "input_image", "file_id": "file-1", "detail": "auto"}, {"type": "new_part", "x": 1}]);
    let expected = [
        (json!("user"), input("hi"), "completed"),
        (json!("assistant"), output, "completed"),
        (json!("system"), input("s"), "completed"),
        (json!("developer"), input("d"), "incomplete"),
        (json!("user"), parts, "completed"),
    ];
    for (item, (role, content, status)) in added.iter().zip(expected) {
        assert!(id(item).starts_with("msg_"), "{item}");
        assert_eq!((&item["type"], &item["role"], &item["content"]), (&json!("message"), &role, &content));
        assert_eq!(item["status"], status, "{item}");
    }
    assert_eq!((&added[1]["phase"], &added[3]["own"]), (&json!("final_answer"), &json!({"a": [1.50]})));
    assert_eq!(world.items(&conversation, "order=asc").await, added);
    world.end().await;
}

#[tokio::test]
async fn items_of_every_type_are_stored_as_given() {
    let world = World::new();
    let table = [
        (json!({"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"}), "fc_", true),
        (json!({"type": "function_call_output", "call_id": "call_1", "output": "1"}), "fco_", true),
        (json!({"type": "file_search_call", "id": "fs_1", "queries": ["q"]}), "fs_1", true),
        (json!({"type": "web_search_call", "id": "ws_1", "action": {"type": "search", "query": "q"}}), "ws_1", true),
        (json!({"type": "image_generation_call", "id": "ig_1", "result": "eA=="}), "ig_1", true),
        (json!({"type": "computer_call", "id": "cu_1", "call_id": "call_2", "action": {"type": "wait"}}), "cu_1", true),
        (
            json!({"type": "computer_call_output", "call_id": "call_2", "output": {"type": "computer_screenshot"}}),
            "cuo_",
            true,
        ),
        (json!({"type": "reasoning", "id": "rs_1", "summary": []}), "rs_1", true),
        (
            json!({"type": "code_interpreter_call", "id": "ci_1", "container_id": "c", "code": "1", "outputs": null}),
            "ci_1",
            true,
        ),
        (
            json!({"type": "local_shell_call", "id": "lsh_1", "call_id": "call_3", "action": {"type": "exec"}}),
            "lsh_1",
            true,
        ),
        (
            json!({"type": "local_shell_call_output", "id": "lsho_1", "call_id": "call_3", "output": "{}"}),
            "lsho_1",
            true,
        ),
        (json!({"type": "shell_call", "call_id": "call_4", "action": {"commands": ["ls"]}}), "sh_", true),
        (json!({"type": "shell_call_output", "call_id": "call_4", "output": []}), "sho_", true),
        (json!({"type": "apply_patch_call", "call_id": "call_5", "operation": {"type": "delete_file"}}), "apc_", true),
        (json!({"type": "apply_patch_call_output", "call_id": "call_5", "status": "failed"}), "apco_", true),
        (json!({"type": "mcp_list_tools", "id": "mcpl_1", "server_label": "s", "tools": []}), "mcpl_1", false),
        (
            json!({"type": "mcp_approval_request", "id": "mcpr_1", "server_label": "s", "name": "n", "arguments": ""}),
            "mcpr_1",
            false,
        ),
        (json!({"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": true}), "mcpa_", false),
        (json!({"type": "mcp_call", "id": "mcp_1", "server_label": "s", "name": "n", "arguments": ""}), "mcp_1", true),
        (json!({"type": "custom_tool_call", "call_id": "call_6", "name": "n", "input": "i"}), "ctc_", false),
        (json!({"type": "custom_tool_call_output", "call_id": "call_6", "output": "o"}), "ctco_", false),
        (json!({"type": "tool_search_call", "arguments": {}}), "tsc_", true),
        (json!({"type": "tool_search_output", "tools": []}), "tso_", true),
        (json!({"type": "compaction", "encrypted_content": "x"}), "cmp_", false),
        (json!({"type": "invented_later", "a": {"b": [null, 1.0e2]}}), "item_", false),
    ];
    let conversation = world.conversation(json!([])).await;
    for chunk in table.chunks(20) {
        let items: Vec<&Value> = chunk.iter().map(|(item, ..)| item).collect();
        let added = world.add_items(&conversation, json!(items)).await;
        for ((given, prefix, has_status), item) in chunk.iter().zip(added) {
            assert!(id(&item).starts_with(prefix), "{item}");
            for (name, value) in given.as_object().unwrap() {
                assert_eq!(&item[name], value, "{name} of {item}");
            }
            assert_eq!(item.get("status").is_some(), *has_status, "{item}");
            assert_eq!(world.get(&format!("/conversations/{conversation}/items/{}", id(&item))).await, item);
        }
    }
    world.end().await;
}

#[tokio::test]
async fn items_that_violate_the_protocol_are_rejected() {
    let world = World::new();
    let other = world.conversation(json!([user("foreign")])).await;
    let foreign = id(&world.items(&other, "").await[0]);
    let conversation = world.conversation(json!([{"role": "user", "content": "mine", "id": "msg_mine"}])).await;
    let message = |id: &str| json!({"role": "user", "content": "x", "id": id});
    let output = |call: &str| json!({"type": "function_call_output", "call_id": call, "output": "1"});
    let call = json!({"type": "function_call", "call_id": "call_1", "name": "f", "arguments": "{}"});
    let prefix =
        |kind: &str, id: &str| format!("Invalid 'items[0].id': '{id}'. Expected an ID that begins with '{kind}'.");
    let table = [
        (json!([message("item_1")]), prefix("msg", "item_1"), "items[0].id"),
        (
            json!([{"type": "function_call", "id": "call_1", "call_id": "call_1", "name": "f", "arguments": ""}]),
            prefix("fc", "call_1"),
            "items[0].id",
        ),
        (
            json!([message("msg_a b")]),
            "Invalid 'items[0].id': 'msg_a b'. Expected 1 to 64 letters, digits, '_', and '-'.".into(),
            "items[0].id",
        ),
        (json!([message("msg_mine")]), "Duplicate item found with id msg_mine.".into(), "items[0].id"),
        (json!([message("msg_1"), message("msg_1")]), "Duplicate item found with id msg_1.".into(), "items[1].id"),
        (
            json!([message(&foreign)]),
            format!(
                "Invalid 'items[0].id': '{foreign}' names an object outside of this conversation. Send the item without \
                 an ID."
            ),
            "items[0].id",
        ),
        (
            json!([{"type": "item_reference", "id": foreign}]),
            format!("Item with id '{foreign}' not found in conversation '{conversation}'."),
            "items[0].id",
        ),
        (json!([{"id": "msg_mine"}]), "Duplicate item found with id msg_mine.".into(), "items[0].id"),
        (
            json!([{"type": "file_search_call", "queries": []}]),
            "Missing required parameter: 'items[0].id'.".into(),
            "items[0].id",
        ),
        (
            json!([output("call_1")]),
            "No tool call found for function call output with call_id call_1.".into(),
            "items[0].call_id",
        ),
        (
            json!([output("call_1"), call]),
            "No tool call found for function call output with call_id call_1.".into(),
            "items[0].call_id",
        ),
        (
            json!([call, {"type": "custom_tool_call_output", "call_id": "call_1", "output": ""}]),
            "No tool call found for custom tool call output with call_id call_1.".into(),
            "items[1].call_id",
        ),
        (
            json!([{"type": "function_call_output", "output": "1"}]),
            "Missing required parameter: 'items[0].call_id'.".into(),
            "items[0].call_id",
        ),
        (
            json!([output(&"c".repeat(65))]),
            "Invalid 'items[0].call_id': expected a text of 1 to 64 characters.".into(),
            "items[0].call_id",
        ),
        (
            json!([user("fine"), {"role": "assistant", "content": [{"type": "input_text", "text": "x"}]}]),
            "Invalid value: 'input_text'. Supported values are: 'output_text' and 'refusal'.".into(),
            "items[1].content[0]",
        ),
        (
            json!([{"role": "tool", "content": "x"}]),
            "Invalid value: 'tool'. Supported values are: 'user', 'assistant', 'system', and 'developer'.".into(),
            "items[0].role",
        ),
        (
            json!([{"role": "user", "content": 1}]),
            "Invalid type for 'items[0].content': expected a string or an array, but got an integer instead.".into(),
            "items[0].content",
        ),
        (json!([{"text": "x"}]), "Missing required parameter: 'items[0].type'.".into(), "items[0].type"),
        (
            json!([{"role": "user", "content": "x", "status": "new"}]),
            "Invalid value: 'new'. Supported values are: 'in_progress', 'completed', and 'incomplete'.".into(),
            "items[0].status",
        ),
    ];
    let path = format!("/conversations/{conversation}/items");
    for (items, message, param) in table {
        let (status, value) = world.try_post(&path, json!({"items": items})).await;
        assert_eq!(
            (status, &value["error"]["message"], &value["error"]["param"]),
            (400, &json!(message), &json!(param))
        );
    }
    let many: Vec<Value> = (0..21).map(|n| user(&n.to_string())).collect();
    for (path, body) in [(path.as_str(), json!({"items": many})), ("/conversations", json!({"items": many}))] {
        let (status, value) = world.try_post(path, body).await;
        assert_eq!((status, &value["error"]["code"]), (400, &json!("array_above_max_length")));
    }
    assert_eq!(world.items(&conversation, "").await.len(), 1, "a refused request adds nothing");
    // A call and its output may come in one request or in two.
    world.add_items(&conversation, json!([call, output("call_1")])).await;
    world.add_items(&conversation, json!([output("call_1")])).await;
    world.end().await;
}
