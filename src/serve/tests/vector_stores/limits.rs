//! Tests of requests beyond the limits of the protocol. A client that checks nothing gets the same errors from the
//! server.

use super::*;

#[tokio::test]
async fn requests_beyond_the_limits_are_rejected() {
    let world = World::new();
    let file = world.upload_as("a.txt", "annual leave").await;
    let store = world.indexed(&[&file]).await;
    let path = format!("/vector_stores/{store}");
    let files = |count: usize| vec![file.as_str(); count];
    let added = |attributes: Value| json!({"file_id": file, "attributes": attributes});
    let chunked = |size: usize, overlap: usize| {
        let sizes = json!({"max_chunk_size_tokens": size, "chunk_overlap_tokens": overlap});
        json!({"file_id": file, "chunking_strategy": {"type": "static", "static": sizes}})
    };
    let search = |resources: Value| json!({"model": "m", "tool_resources": {"file_search": resources}});
    let described = json!({"vector_store_ids": [store], "vector_stores": [{"file_ids": []}]});
    let seventeen: Value = (0..17).map(|n| (n.to_string(), json!("v"))).collect();
    let at = |sub: &str| format!("{path}/{sub}");
    for (path, body, message) in [
        (
            "/vector_stores".to_owned(),
            json!({"file_ids": files(501)}),
            "maximum length 500, but got an array with length",
        ),
        (
            at("file_batches"),
            json!({"file_ids": files(2_001)}),
            "maximum length 2000, but got an array with length 2001",
        ),
        ("/assistants".to_owned(), search(json!({"vector_store_ids": [store, store]})), "maximum length 1, but got"),
        ("/assistants".to_owned(), search(described), "Mutually exclusive parameters"),
        (at("files"), added(json!({"k": [1]})), "expected a string or a decimal or a boolean, but got an array"),
        (at("files"), added(json!(["k"])), "Invalid type for 'attributes'"),
        (at("files"), added(seventeen.clone()), "at most 16 properties, but got an object with 17"),
        (at("files"), added(json!({"k": "v".repeat(513)})), "maximum length 512, but got a string with length 513"),
        (at(&format!("files/{file}")), json!({"attributes": seventeen}), "at most 16 properties"),
        (
            at("files"),
            chunked(800, 401),
            "the overlap must be at most half of the chunk size 800, but got 401 instead.",
        ),
        (at("files"), chunked(99, 0), "integer below minimum value"),
        (at("files"), chunked(4_097, 0), "integer above maximum value"),
        (at("file_batches"), json!({}), "Missing required parameter: 'file_ids' or 'files'."),
        (at("files"), json!({"file_id": "file-x"}), "No such File object: file-x"),
    ] {
        let (status, value) = world.try_post(&path, body).await;
        let found = value["error"]["message"].as_str().unwrap_or_default();
        let expected = if message.starts_with("No such") { 404 } else { 400 };
        assert!(status == expected && found.contains(message), "{path}: expected `{message}`, got {status}: {value}");
    }
    let kept = world.list(&at("files")).await;
    assert_eq!((kept.len(), &kept[0]["attributes"]), (1, &json!({})), "a refused request changes nothing");
    assert_eq!(world.list("/vector_stores").await.len(), 1);
    world.post("/vector_stores", json!({"file_ids": files(500)})).await;
    world.end().await;
}
