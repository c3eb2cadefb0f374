//! Tests of the removal of files and of their passages.

use super::*;

#[tokio::test]
async fn a_deleted_file_disappears_from_every_vector_store() {
    let world = World::new();
    let (file, other) = (world.upload_as("a.txt", "annual leave").await, world.upload_as("b.txt", "sick leave").await);
    let (one, two) = (world.indexed(&[&file, &other]).await, world.indexed(&[&file]).await);
    assert_eq!(world.delete(&format!("/files/{file}")).await.0, 200);
    for (store, expected) in [(one, 1), (two, 0)] {
        assert_eq!(world.counts(&format!("/vector_stores/{store}")).await[4], expected);
        let found = world.post(&format!("/vector_stores/{store}/search"), json!({"query": "leave"})).await;
        assert_eq!(found["data"].as_array().unwrap().len(), expected as usize, "{found}");
    }
    world.wait_for_removal().await;
    assert_eq!(world.server.state.store.passage_counts().await, (1, 1));
    world.end().await;
}

#[tokio::test]
async fn a_file_that_is_detached_while_it_is_indexed_leaves_nothing() {
    let world = World::new();
    let text = "Annual leave is thirty days. ".repeat(100_000);
    let file = world.upload_as("a.txt", &text).await;
    let store = id(&world.post("/vector_stores", json!({"file_ids": [file]})).await);
    let writing = async {
        while world.server.state.store.passage_counts().await.0 == 0 {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), writing).await.unwrap();
    assert_eq!(world.get(&format!("/vector_stores/{store}/files/{file}")).await["status"], "in_progress");
    assert_eq!(world.delete(&format!("/vector_stores/{store}/files/{file}")).await.0, 200);
    world.wait_for_files().await;
    world.wait_for_removal().await;
    assert_eq!(world.server.state.store.passage_counts().await, (0, 0));
    world.end().await;
}
