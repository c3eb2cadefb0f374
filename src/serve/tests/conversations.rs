//! Tests of conversations and their items over HTTP.

use super::*;
use futures_util::future::join_all;

impl World {
    /// Creates a conversation with these items.
    async fn conversation(&self, items: Value) -> String {
        id(&self.post("/conversations", json!({"items": items})).await)
    }

    async fn add_items(&self, conversation: &str, items: Value) -> Vec<Value> {
        let page = self.post(&format!("/conversations/{conversation}/items"), json!({"items": items})).await;
        assert_eq!((&page["object"], &page["has_more"]), (&json!("list"), &json!(false)));
        page["data"].as_array().unwrap().clone()
    }

    async fn items(&self, conversation: &str, query: &str) -> Vec<Value> {
        self.list(&format!("/conversations/{conversation}/items?{query}")).await
    }
}

fn user(text: &str) -> Value {
    json!({"role": "user", "content": text})
}

#[tokio::test]
async fn a_conversation_lives_from_create_to_delete() {
    let world = World::new();
    let empty = world.post("/conversations", json!({})).await;
    assert_eq!((&empty["object"], &empty["metadata"]), (&json!("conversation"), &json!({})));
    let body = json!({"metadata": {"team": "hr"}, "items": [user("hi")], "later_member": 1});
    let made = world.post("/conversations", body).await;
    let path = format!("/conversations/{}", id(&made));
    assert_eq!(world.get(&path).await, made);
    assert_eq!(made.as_object().unwrap().len(), 4, "{made}");
    let changed = world.post(&path, json!({"metadata": {"a": "b"}, "id": "conv_x", "x": 1})).await;
    assert_eq!((&changed["metadata"], &changed["id"], changed.get("x")), (&json!({"a": "b"}), &made["id"], None));
    assert_eq!(world.post(&path, json!({"metadata": null})).await["metadata"], json!({}));
    let item = id(&world.items(&id(&made), "").await[0]);
    let stub = json!({"id": made["id"], "object": "conversation.deleted", "deleted": true});
    assert_eq!(world.delete(&path).await, (200, stub));
    for path in [path.clone(), format!("{path}/items"), format!("{path}/items/{item}")] {
        let (status, value) = World::answer(world.request(Method::GET, &format!("/v1{path}"))).await;
        let message = format!("No conversation found with id '{}'.", id(&made));
        assert_eq!((status, &value["error"]["message"]), (404, &json!(message)), "{path}");
    }
    assert_eq!(world.delete(&path).await.0, 404);
    world.end().await;
}

#[tokio::test]
async fn easy_messages_become_full_messages() {
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
async fn pages_of_items_follow_their_order() {
    let world = World::new();
    let conversation = world.conversation(json!([user("a"), user("b")])).await;
    let added = world.add_items(&conversation, json!([user("c"), user("d")])).await;
    let texts = async |query: &str| -> String {
        let items = world.items(&conversation, query).await;
        items.iter().map(|item| item["content"][0]["text"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(texts("order=asc").await, "abcd");
    assert_eq!(texts("").await, "dcba");
    assert_eq!(texts(&format!("order=asc&after={}", id(&added[0]))).await, "d");
    assert_eq!(texts(&format!("limit=1&after={}", id(&added[0]))).await, "b");
    let page = world.get(&format!("/conversations/{conversation}/items?limit=3")).await;
    assert_eq!((&page["has_more"], &page["first_id"]), (&json!(true), &added[1]["id"]));
    for (query, status, param) in [
        ("limit=0", 400, "limit"),
        ("limit=101", 400, "limit"),
        ("after=msg_x", 404, "after"),
        ("before=x", 400, "before"),
    ] {
        let path = format!("/v1/conversations/{conversation}/items?{query}");
        let (found, value) = World::answer(world.request(Method::GET, &path)).await;
        assert_eq!((found, &value["error"]["param"]), (status, &json!(param)), "{query}");
    }
    world.end().await;
}

#[tokio::test]
async fn the_deletion_of_an_item_returns_the_conversation() {
    let world = World::new();
    let made = world.post("/conversations", json!({"items": [user("a"), user("b")]})).await;
    let items = world.items(&id(&made), "order=asc").await;
    let path = format!("/conversations/{}/items/{}", id(&made), id(&items[0]));
    assert_eq!(world.delete(&path).await, (200, made.clone()));
    assert_eq!(world.items(&id(&made), "").await, items[1..]);
    let (status, value) = world.delete(&path).await;
    let message = format!("No conversation item found with id '{}'.", id(&items[0]));
    assert_eq!((status, &value["error"]["message"]), (404, &json!(message)));
    let other = world.conversation(json!([])).await;
    assert_eq!(world.delete(&format!("/conversations/{other}/items/{}", id(&items[1]))).await.0, 404);
    world.end().await;
}

#[tokio::test]
async fn members_on_request_appear_only_then() {
    let world = World::new();
    let search = json!({"type": "file_search_call", "id": "fs_1", "queries": ["q"], "results": [{"text": "t"}]});
    let thought = json!({"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "x"});
    let conversation = world.conversation(json!([search, thought])).await;
    let shown = async |query: &str| {
        let items = world.items(&conversation, &format!("order=asc&{query}")).await;
        (items[0].get("results").is_some(), items[1].get("encrypted_content").is_some())
    };
    assert_eq!(shown("").await, (false, false));
    assert_eq!(shown("include=file_search_call.results").await, (true, false));
    // Both forms of a repeated parameter: as the document has it, and as the official SDKs send it.
    assert_eq!(shown("include=file_search_call.results&include=reasoning.encrypted_content").await, (true, true));
    assert_eq!(
        shown("include[]=file_search_call.results&include%5B%5D=reasoning.encrypted_content").await,
        (true, true)
    );
    let item = format!("/conversations/{conversation}/items/fs_1");
    assert_eq!(world.get(&item).await.get("results"), None);
    assert!(world.get(&format!("{item}?include=file_search_call.results")).await["results"].is_array());
    let path = format!("/conversations/{conversation}/items?include=reasoning.encrypted_content");
    let added = world
        .post(&path, json!({"items": [{"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "y"}]}));
    assert_eq!(added.await["data"][0]["encrypted_content"], "y");
    let (status, value) =
        World::answer(world.request(Method::GET, &format!("/v1/conversations/{conversation}/items?include=x"))).await;
    assert_eq!((status, &value["error"]["param"]), (400, &json!("include[0]")));
    world.end().await;
}

#[tokio::test]
async fn items_are_held_against_the_protocol() {
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

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_additions_do_not_mix() {
    let shared = Shared::new();
    let (one, two) = (shared.world(), shared.world());
    let conversation = one.conversation(json!([])).await;
    let additions = (0..12).map(|n| {
        let items: Vec<Value> = (0..5).map(|k| user(&format!("{n}.{k}"))).collect();
        [&one, &two][n % 2].add_items(&conversation, json!(items))
    });
    join_all(additions).await;
    let items = one.items(&conversation, "order=asc&limit=100").await;
    assert_eq!(items.len(), 60);
    for chunk in items.chunks(5) {
        let texts: Vec<&str> = chunk.iter().map(|item| item["content"][0]["text"].as_str().unwrap()).collect();
        let first = texts[0].split('.').next().unwrap();
        let expected: Vec<String> = (0..5).map(|k| format!("{first}.{k}")).collect();
        assert_eq!(texts, expected, "the items of one request stay together");
    }
    for world in [one, two] {
        world.end().await;
    }
}
