//! Tests of message attachments, which go to the vector store of their thread.

use super::*;

#[tokio::test]
async fn an_attachment_of_a_thread_whose_vector_store_expired_gets_a_new_one() {
    let world = World::new();
    let attached = |file: &str| json!([{"file_id": file, "tools": [{"type": "file_search"}]}]);
    let (one, other) = (world.upload_as("a.txt", "one").await, world.upload_as("b.txt", "other").await);
    let message = json!({"role": "user", "content": "look", "attachments": attached(&one)});
    let thread = world.post("/threads", json!({"messages": [message]})).await;
    let first = thread["tool_resources"]["file_search"]["vector_store_ids"][0].as_str().unwrap();
    world.age(first, 8 * 86_400).await;
    let message = json!({"role": "user", "content": "look", "attachments": attached(&other)});
    world.post(&format!("/threads/{}/messages", id(&thread)), message).await;
    let thread = world.get(&format!("/threads/{}", id(&thread))).await;
    let second = thread["tool_resources"]["file_search"]["vector_store_ids"][0].as_str().unwrap();
    assert_ne!(first, second);
    let files = world.list(&format!("/vector_stores/{second}/files")).await;
    assert_eq!((files.len(), &files[0]["id"]), (1, &json!(other)));
    world.end().await;
}
