//! Tests of batches of files.

use super::*;

#[tokio::test]
async fn a_batch_counts_its_files_and_lists_the_failed_ones() {
    let world = World::new();
    let mut files = Vec::new();
    for (name, text) in [("a.txt", "alpha"), ("b.txt", "beta"), ("c.txt", "")] {
        files.push(world.upload_as(name, text).await);
    }
    let store = world.indexed(&[]).await;
    let path = format!("/vector_stores/{store}/file_batches");
    let own = json!([
        {"file_id": files[0], "attributes": {"n": 1}},
        {"file_id": files[1], "chunking_strategy": {"type": "auto"}},
        {"file_id": files[2], "attributes": {"n": 3}},
    ]);
    let batch = world.post(&path, json!({"files": own, "attributes": {"ignored": true}})).await;
    assert_eq!((&batch["object"], &batch["status"]), (&json!("vector_store.file_batch"), &json!("in_progress")));
    assert_eq!((&batch["vector_store_id"], &batch["file_counts"]["total"]), (&json!(store), &json!(3)));
    let path = format!("{path}/{}", id(&batch));
    world.wait_for_files().await;
    assert_eq!(
        (world.counts(&path).await, world.get(&path).await["status"].as_str()),
        ([0, 2, 1, 0, 3], Some("completed"))
    );
    let failed = world.list(&format!("{path}/files?filter=failed")).await;
    assert_eq!((failed.len(), &failed[0]["id"]), (1, &json!(files[2])));
    let listed = world.list(&format!("{path}/files?order=asc")).await;
    let attributes: Vec<&Value> = listed.iter().map(|file| &file["attributes"]).collect();
    assert_eq!(attributes, [&json!({"n": 1}), &json!({}), &json!({"n": 3})]);

    let same = json!({"file_ids": files[..2], "attributes": {"all": true}});
    let second = world.post(&format!("/vector_stores/{store}/file_batches"), same).await;
    assert_eq!(second["file_counts"]["completed"], 2, "the files are there already: {second}");
    let all_failed = world.post(&format!("/vector_stores/{store}/file_batches"), json!({"file_ids": [files[2]]})).await;
    world.wait_for_files().await;
    let all_failed = world.get(&format!("/vector_stores/{store}/file_batches/{}", id(&all_failed))).await;
    assert_eq!(all_failed["status"], "failed");
    assert_eq!(world.list(&format!("/vector_stores/{store}/files")).await.len(), 3);
    let (status, value) = World::status_and_json(world.request(Method::GET, &format!("/v1{path}x"))).await;
    assert_eq!(status, 404, "{value}");
    world.end().await;
}

#[tokio::test]
async fn cancelling_a_batch_cancels_its_files_that_are_not_indexed() {
    let world = World::with(stuck());
    let mut files = Vec::new();
    for n in 0..4 {
        files.push(world.upload_as("a.txt", format!("text {n}")).await);
    }
    let store = id(&world.post("/vector_stores", json!({"file_ids": [files[3]]})).await);
    let batch = world.post(&format!("/vector_stores/{store}/file_batches"), json!({"file_ids": files[..3]})).await;
    let path = format!("/vector_stores/{store}/file_batches/{}", id(&batch));
    assert!(world.server.drain(Duration::from_secs(20)).await, "files that a fault holds are not waited for");
    assert_eq!(world.counts(&path).await, [3, 0, 0, 0, 3]);
    let cancelled = world.post(&format!("{path}/cancel"), json!({})).await;
    assert_eq!((&cancelled["status"], &cancelled["file_counts"]["cancelled"]), (&json!("cancelled"), &json!(3)));
    assert_eq!(world.list(&format!("{path}/files?filter=cancelled")).await.len(), 3);
    assert_eq!(world.counts(&format!("/vector_stores/{store}")).await, [1, 0, 0, 3, 4]);
    assert_eq!(world.get(&format!("/vector_stores/{store}")).await["status"], "in_progress");
    let again = world.post(&format!("{path}/cancel"), json!({})).await;
    assert_eq!(again["status"], "cancelled");
    world.end().await;
}
