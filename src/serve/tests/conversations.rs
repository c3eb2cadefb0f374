//! Tests of conversations and their items over HTTP.

mod items;

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
async fn a_conversation_is_created_changed_and_deleted() {
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
        let (status, value) = World::status_and_json(world.request(Method::GET, &format!("/v1{path}"))).await;
        let message = format!("No conversation found with id '{}'.", id(&made));
        assert_eq!((status, &value["error"]["message"]), (404, &json!(message)), "{path}");
    }
    assert_eq!(world.delete(&path).await.0, 404);
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
        let (found, value) = World::status_and_json(world.request(Method::GET, &path)).await;
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
async fn members_appear_only_if_include_names_them() {
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
    let (status, value) = World::status_and_json(
        world.request(Method::GET, &format!("/v1/conversations/{conversation}/items?include=x")),
    )
    .await;
    assert_eq!((status, &value["error"]["param"]), (400, &json!("include[0]")));
    world.end().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn concurrent_additions_do_not_mix() {
    let shared = SharedStore::new();
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
