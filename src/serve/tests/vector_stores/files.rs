//! Tests of the files of a vector store: adding, changing, reading, and detaching them.

use super::*;
use crate::api::objects::OpenEnum;

#[tokio::test]
async fn a_file_is_added_changed_read_and_detached() {
    let world = World::new();
    let text = (0..400).map(|n| format!("Rule {n}: leave of kind {n} is granted.\n")).collect::<String>();
    let file = world.upload_as("rules.txt", &text).await;
    let other = world.upload_as("other.txt", "other").await;
    let store = id(&world.post("/vector_stores", json!({})).await);
    let path = format!("/vector_stores/{store}/files");
    let chunking = json!({"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 50}});
    let attributes = json!({"team": "hr", "year": 2024, "draft": false});
    let body = json!({"file_id": file, "chunking_strategy": chunking, "attributes": attributes});
    let made = world.post(&path, body).await;
    assert_eq!((&made["id"], &made["object"]), (&json!(file), &json!("vector_store.file")));
    assert_eq!((&made["chunking_strategy"], &made["attributes"]), (&chunking, &attributes));
    assert_eq!((&made["vector_store_id"], &made["last_error"]), (&json!(store), &Value::Null));
    world.post(&path, json!({"file_id": other})).await;
    world.wait_for_files().await;
    let done = world.get(&format!("{path}/{file}")).await;
    assert_eq!(done["status"], "completed");
    let default = json!({"max_chunk_size_tokens": 800, "chunk_overlap_tokens": 400});
    for path in [format!("{path}/{file}"), format!("/vector_stores/{store}")] {
        let response = world.request(Method::GET, &format!("/v1{path}")).send().await.unwrap();
        assert_eq!(response.headers()["openai-poll-after-ms"], "200", "{path}");
    }
    let listed = world.list(&format!("{path}?order=asc")).await;
    assert_eq!((listed.len(), &listed[0], &listed[1]["chunking_strategy"]["static"]), (2, &done, &default));
    assert_eq!(listed[1]["attributes"], json!({}));
    for (query, expected) in [("filter=completed", 2), ("filter=failed", 0), ("filter=in_progress", 0), ("limit=1", 1)]
    {
        assert_eq!(world.list(&format!("{path}?{query}")).await.len(), expected, "{query}");
    }
    let after = world.list(&format!("{path}?order=asc&after={file}")).await;
    assert_eq!((after.len(), &after[0]["id"]), (1, &json!(other)));

    let content = world.get(&format!("{path}/{file}/content")).await;
    assert_eq!((&content["object"], &content["has_more"]), (&json!("vector_store.file_content.page"), &json!(false)));
    let parts = content["data"].as_array().unwrap();
    assert!(parts.len() > 64, "more than one read of the store: {}", parts.len());
    let joined: String = parts.iter().map(|part| part["text"].as_str().unwrap()).collect();
    assert!(joined == text, "the parts are not the text");

    let changed = world.post(&format!("{path}/{file}"), json!({"attributes": {"team": "it"}})).await;
    assert_eq!((&changed["attributes"], &changed["status"]), (&json!({"team": "it"}), &json!("completed")));
    let cleared = world.post(&format!("{path}/{file}"), json!({"attributes": null})).await;
    assert_eq!(cleared["attributes"], json!({}));

    let stub = json!({"id": file, "object": "vector_store.file.deleted", "deleted": true});
    assert_eq!(world.delete(&format!("{path}/{file}")).await, (200, stub));
    assert_eq!(world.delete(&format!("{path}/{file}")).await.0, 404);
    assert_eq!(world.try_post(&format!("{path}/{file}"), json!({"attributes": {}})).await.0, 404);
    world.get(&format!("/files/{file}")).await;
    assert_eq!(world.counts(&format!("/vector_stores/{store}")).await, [0, 1, 0, 0, 1]);
    world.wait_for_removal().await;
    assert_eq!(world.server.state.store.passage_counts().await, (1, 1));
    let missing = world.post_rejected(&path, json!({"file_id": "file-x"})).await;
    assert_eq!(missing, "No such File object: file-x");
    world.end().await;
}

#[tokio::test]
async fn a_file_that_cannot_be_read_fails_with_its_reason() {
    let world = World::new();
    let table = [
        ("empty.txt", &b""[..], "invalid_file", "The file is empty."),
        ("photo.png", b"\x89PNG\r\n", "unsupported_file", "not supported"),
        ("broken.txt", b"text \xff\xfe\x00 text \x00\x01", "invalid_file", ""),
        ("fake.pdf", b"\x00\x01\x02\x03", "invalid_file", "%PDF-"),
    ];
    let store = id(&world.post("/vector_stores", json!({})).await);
    let path = format!("/vector_stores/{store}");
    for (name, bytes, code, message) in table {
        let file = world.upload_as(name, bytes).await;
        world.post(&format!("{path}/files"), json!({"file_id": file})).await;
        world.wait_for_files().await;
        let failed = world.get(&format!("{path}/files/{file}")).await;
        assert_eq!((&failed["status"], &failed["last_error"]["code"]), (&json!("failed"), &json!(code)), "{name}");
        assert!(failed["last_error"]["message"].as_str().unwrap().contains(message), "{name}: {failed}");
        let (status, value) =
            World::status_and_json(world.request(Method::GET, &format!("/v1{path}/files/{file}/content"))).await;
        assert_eq!((status, &value["error"]["code"]), (400, &json!("file_not_completed")), "{name}");
    }
    assert_eq!(world.counts(&path).await, [0, 0, 4, 0, 4]);
    assert_eq!(world.get(&path).await["status"], "completed");
    assert_eq!(world.list(&format!("{path}/files?filter=failed")).await.len(), 4);
    world.wait_for_removal().await;
    assert_eq!(world.server.state.store.passage_counts().await, (0, 0));
    world.end().await;
}

#[tokio::test]
async fn a_file_that_is_added_again_stays_and_a_failed_one_is_indexed_again() {
    let world = World::new();
    let (good, bad) = (world.upload_as("a.txt", "good").await, world.upload_as("b.txt", "").await);
    let store = world.indexed(&[&good, &bad]).await;
    let path = format!("/vector_stores/{store}/files");
    let before = world.get(&format!("{path}/{good}")).await;
    let again = world.post(&path, json!({"file_id": good, "attributes": {"a": "b"}})).await;
    assert_eq!((&again["status"], &again["attributes"]), (&json!("completed"), &json!({"a": "b"})));
    assert_eq!(again["created_at"], before["created_at"]);
    let kept = world.post(&path, json!({"file_id": good})).await;
    assert_eq!(kept["attributes"], json!({"a": "b"}), "attributes that the request does not state stay");

    let retried = world.post(&path, json!({"file_id": bad})).await;
    assert_eq!((&retried["status"], &retried["last_error"]), (&json!("in_progress"), &Value::Null));
    let chunking = json!({"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 0}});
    let other = world.post(&path, json!({"file_id": good, "chunking_strategy": chunking})).await;
    assert_eq!((&other["status"], &other["chunking_strategy"]), (&json!("in_progress"), &chunking));
    world.wait_for_files().await;
    world.wait_for_removal().await;
    assert_eq!(world.counts(&format!("/vector_stores/{store}")).await, [0, 1, 1, 0, 2]);
    assert_eq!(world.server.state.store.passage_counts().await, (1, 1));
    world.end().await;
}

/// A change of a vector store between reading the rows of its files and writing them.
#[derive(Debug, Clone, Copy)]
enum Change {
    Adds,
    Detaches,
    Cancels,
    Replaces,
}

#[tokio::test]
async fn a_change_of_the_rows_on_which_an_addition_is_based_makes_it_fail() {
    let world = World::new();
    world.server.abandon().await;
    let rows = &world.server.state.store;
    for change in [Change::Adds, Change::Detaches, Change::Cancels, Change::Replaces] {
        let file = world.upload_as("a.txt", "annual leave").await;
        let store = id(&world.post("/vector_stores", json!({})).await);
        let path = format!("/vector_stores/{store}");
        let add = async || id(&world.post(&format!("{path}/file_batches"), json!({"file_ids": [file]})).await);
        let cancel = async |batch: String| {
            world.post(&format!("{path}/file_batches/{batch}/cancel"), json!({})).await;
        };
        let batch = if matches!(change, Change::Adds) { None } else { Some(add().await) };
        if matches!(change, Change::Replaces) {
            cancel(batch.clone().unwrap()).await;
        }
        let new = NewStoreFile { attributes: Some(r#"{"a":1}"#.to_owned()), ..NewStoreFile::of(&file) };
        let addition = rows.attach(Batch::default(), &store, std::slice::from_ref(&new), None).await.unwrap();
        match change {
            Change::Adds | Change::Replaces => drop(add().await),
            Change::Detaches => assert_eq!(world.delete(&format!("{path}/files/{file}")).await.0, 200),
            Change::Cancels => cancel(batch.unwrap()).await,
        }
        assert_eq!(rows.commit(addition).await.unwrap(), CommitOutcome::Conflict, "{change:?}");
        let addition = rows.attach(Batch::default(), &store, &[new], None).await.unwrap();
        assert_eq!(rows.commit(addition).await.unwrap(), CommitOutcome::Committed, "{change:?}");
        let row = rows.store_file(&store, &file).await.unwrap().unwrap();
        assert_eq!((row.status.name(), row.attributes.as_str()), ("in_progress", r#"{"a":1}"#), "{change:?}");
    }
    world.end().await;
}
