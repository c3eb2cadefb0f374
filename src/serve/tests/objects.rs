//! Tests of creating, updating, listing and deleting assistants, threads and messages.

use super::*;

#[tokio::test]
async fn an_assistant_has_all_its_members_and_null_resets_them() {
    let world = World::new();
    let made = world.post("/assistants", json!({"model": "m", "name": "n", "reasoning_effort": "low"})).await;
    let mut expected = json!({
        "id": made["id"], "object": "assistant", "created_at": made["created_at"], "name": "n", "description": null,
        "model": "m", "instructions": null, "tools": [], "top_p": 1.0, "temperature": 1.0, "tool_resources": {},
        "metadata": {}, "response_format": "auto",
    });
    assert_eq!(made, expected);
    let path = format!("/assistants/{}", id(&made));
    let change = json!({"name": null, "metadata": {"a": "1"}, "temperature": 0.5, "tools": [{"type": "file_search"}]});
    world.post(&path, change).await;
    let changed = world.post(&path, json!({"temperature": null, "metadata": null})).await;
    expected["name"] = Value::Null;
    expected["tools"] = json!([{"type": "file_search"}]);
    assert_eq!(changed, expected);
    assert_eq!(world.get(&path).await, expected);
    let blank = world.post_rejected("/assistants", json!({"model": " "})).await;
    assert_eq!(blank, "The requested model ' ' cannot be used with the Assistants API.");
    let stub = json!({"id": made["id"], "object": "assistant.deleted", "deleted": true});
    assert_eq!(world.delete(&path).await, (200, stub));
    assert_eq!(world.delete(&path).await.0, 404);
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn concurrent_updates_are_all_kept() {
    let world = Arc::new(World::new());
    let path = format!("/assistants/{}", world.assistant().await);
    let members = ["name", "description", "instructions", "model"];
    let tasks: Vec<_> = (0..20)
        .map(|n| {
            let (world, path) = (world.clone(), path.clone());
            tokio::spawn(async move { world.post(&path, json!({members[n % 4]: format!("text {n}")})).await })
        })
        .collect();
    for task in tasks {
        task.await.unwrap();
    }
    let assistant = world.get(&path).await;
    assert!(members.iter().all(|name| assistant[name].as_str().unwrap().starts_with("text ")), "{assistant}");
}

#[tokio::test]
async fn attachments_of_messages_become_resources_of_the_thread() {
    let world = World::new();
    let file = world.upload("vision", b"x").await;
    let content = json!([
        {"type": "text", "text": "look"},
        {"type": "image_file", "image_file": {"file_id": file}},
    ]);
    let attachments = json!([{"file_id": file, "tools": [{"type": "code_interpreter"}, {"type": "file_search"}]}]);
    let body = json!({"messages": [{"role": "user", "content": content, "attachments": attachments}]});
    let thread = world.post("/threads", body).await;
    let path = format!("/threads/{}", id(&thread));
    assert_eq!(thread["tool_resources"]["code_interpreter"]["file_ids"], json!([file]));
    let stores = thread["tool_resources"]["file_search"]["vector_store_ids"].as_array().unwrap();
    assert!(stores.len() == 1 && stores[0].as_str().unwrap().starts_with("vs_"));
    let message = &world.list(&format!("{path}/messages")).await[0];
    assert_eq!(message["content"][0], json!({"type": "text", "text": {"value": "look", "annotations": []}}));
    assert_eq!(message["content"][1]["image_file"], json!({"file_id": file, "detail": "auto"}));
    assert_eq!((&message["status"], &message["attachments"]), (&json!("completed"), &attachments));

    let other = world.upload("assistants", b"y").await;
    let more = json!([{"file_id": other, "tools": [{"type": "file_search"}]}]);
    world.post(&format!("{path}/messages"), json!({"role": "user", "content": "b", "attachments": more})).await;
    let again = world.get(&path).await;
    assert_eq!(again["tool_resources"], thread["tool_resources"], "the existing vector store gets the file");
    assert!(world.server.drain(Duration::from_secs(20)).await);
    let store = world.get(&format!("/vector_stores/{}", stores[0].as_str().unwrap())).await;
    assert_eq!((&store["file_counts"]["completed"], &store["expires_after"]["days"]), (&json!(2), &json!(7)));

    for body in [
        json!({"role": "user", "content": "x", "attachments": [{"file_id": "file-x", "tools": []}]}),
        json!({"role": "user", "content": [{"type": "image_file", "image_file": {"file_id": "file-x"}}]}),
    ] {
        assert_eq!(world.post_rejected(&format!("{path}/messages"), body).await, "No such File object: file-x");
    }
    world.end().await;
}

#[tokio::test]
async fn vector_stores_in_tool_resources_are_created() {
    let world = World::new();
    let file = world.upload("assistants", b"x").await;
    let resources = json!({"file_search": {"vector_stores": [{"file_ids": [file], "metadata": {"a": "b"}}]}});
    let assistant = world.post("/assistants", json!({"model": "m", "tool_resources": resources})).await;
    let search = &assistant["tool_resources"]["file_search"];
    assert!(search["vector_stores"].is_null(), "{search}");
    let store = world.get(&format!("/vector_stores/{}", search["vector_store_ids"][0].as_str().unwrap())).await;
    assert_eq!((&store["file_counts"]["total"], &store["metadata"]), (&json!(1), &json!({"a": "b"})));
    assert!(store["expires_after"].is_null(), "{store}");
    let resources = json!({"file_search": {"vector_store_ids": ["vs_x"]}});
    let missing = world.post_rejected("/threads", json!({"tool_resources": resources})).await;
    assert_eq!(missing, "No vector store found with id 'vs_x'.");
    world.end().await;
}

#[tokio::test]
async fn lists_have_pages_in_both_orders_and_a_deleted_thread_loses_its_messages() {
    let world = World::new();
    let thread = id(&world.post("/threads", json!({})).await);
    let path = format!("/threads/{thread}/messages");
    let mut ids = Vec::new();
    for n in 0..5 {
        ids.push(id(&world.post(&path, json!({"role": "user", "content": n.to_string()})).await));
    }
    for order in ["asc", "desc"] {
        let (mut found, mut after) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("{path}?limit=2&order={order}{after}")).await;
            let data = page["data"].as_array().unwrap();
            assert_eq!((&page["first_id"], &page["last_id"]), (&data[0]["id"], &data[data.len() - 1]["id"]));
            found.extend(data.iter().map(id));
            if page["has_more"] == false {
                break;
            }
            after = format!("&after={}", page["last_id"].as_str().unwrap());
        }
        if order == "desc" {
            found.reverse();
        }
        assert_eq!(found, ids, "{order}");
    }
    let before = world.get(&format!("{path}?order=asc&before={}", ids[2])).await;
    assert_eq!((before["data"].as_array().unwrap().len(), &before["has_more"]), (2, &json!(false)));
    let empty = world.get("/files").await;
    assert_eq!(empty, json!({"object": "list", "data": [], "first_id": null, "last_id": null, "has_more": false}));
    assert_eq!(world.list("/threads").await.len(), 1);
    world.delete(&format!("/threads/{thread}")).await;
    assert_eq!(World::status_and_json(world.request(Method::GET, &format!("/v1{path}/{}", ids[0]))).await.0, 404);
    world.end().await;
}
