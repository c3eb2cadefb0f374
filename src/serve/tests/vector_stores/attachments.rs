//! Tests of message attachments, which go to the vector store of their thread.

use super::*;

/// Returns the attachments of a message, for `file_search`.
fn attached(file: &str) -> Value {
    json!([{"file_id": file, "tools": [{"type": "file_search"}]}])
}

impl World {
    /// Creates a thread with a message that attaches a file. Returns the thread and its vector store.
    async fn thread_with(&self, file: &str) -> (String, String) {
        let message = json!({"role": "user", "content": "look", "attachments": attached(file)});
        let thread = self.post("/threads", json!({"messages": [message]})).await;
        (id(&thread), first_store(&thread))
    }

    async fn attach(&self, thread: &str, file: &str) {
        let message = json!({"role": "user", "content": "look", "attachments": attached(file)});
        self.post(&format!("/threads/{thread}/messages"), message).await;
    }
}

fn first_store(thread: &Value) -> String {
    thread["tool_resources"]["file_search"]["vector_store_ids"][0].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_attachment_of_a_thread_whose_vector_store_is_unusable_gets_a_new_one() {
    let world = World::new();
    for case in ["expired", "deleted"] {
        let (one, other) = (world.upload_as("a.txt", "one").await, world.upload_as("b.txt", "other").await);
        let (thread, first) = world.thread_with(&one).await;
        match case {
            "expired" => world.age(&first, 8 * 86_400).await,
            _ => assert_eq!(world.delete(&format!("/vector_stores/{first}")).await.0, 200),
        }
        world.attach(&thread, &other).await;
        let second = first_store(&world.get(&format!("/threads/{thread}")).await);
        assert_ne!(first, second, "{case}");
        let files = world.list(&format!("/vector_stores/{second}/files")).await;
        assert_eq!((files.len(), &files[0]["id"]), (1, &json!(other)), "{case}");
    }
    world.end().await;
}

#[tokio::test]
async fn a_file_that_failed_or_was_cancelled_is_indexed_again_when_it_is_attached_again() {
    let world = World::new();
    let empty = world.upload_as("a.txt", "").await;
    let (thread, store) = world.thread_with(&empty).await;
    world.wait_for_files().await;
    world.server.abandon().await;
    let status = async |file: &str| world.get(&format!("/vector_stores/{store}/files/{file}")).await["status"].clone();
    assert_eq!(status(&empty).await, "failed");
    world.attach(&thread, &empty).await;
    assert_eq!(status(&empty).await, "in_progress", "it had failed");

    let file = world.upload_as("b.txt", "annual leave").await;
    let batches = format!("/vector_stores/{store}/file_batches");
    let batch = id(&world.post(&batches, json!({"file_ids": [file]})).await);
    world.post(&format!("{batches}/{batch}/cancel"), json!({})).await;
    assert_eq!(status(&file).await, "cancelled");
    world.attach(&thread, &file).await;
    assert_eq!(status(&file).await, "in_progress", "it was cancelled");
    world.end().await;
}

#[tokio::test]
async fn a_file_that_is_attached_again_keeps_its_passages_and_their_sizes() {
    let world = World::new();
    let (one, other) = (world.upload_as("a.txt", "one").await, world.upload_as("b.txt", "other").await);
    let (thread, store) = world.thread_with(&one).await;
    let files = format!("/vector_stores/{store}/files");
    let chunking = json!({"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}});
    world.post(&files, json!({"file_id": other, "chunking_strategy": chunking, "attributes": {"a": "b"}})).await;
    world.wait_for_files().await;
    let before = world.list(&files).await;
    for file in [&one, &other] {
        world.attach(&thread, file).await;
    }
    assert_eq!(world.list(&files).await, before);
    world.end().await;
}
