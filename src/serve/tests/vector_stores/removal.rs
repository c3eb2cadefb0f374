//! Tests of the removal of files and of their passages.

use super::*;
use crate::serve::fault::{Fault, faults as faults_of};

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

/// Removes passages as the task of a server does, until none is left to remove.
async fn clean(store: &Store) {
    loop {
        let items = store.items_to_clean().await.unwrap();
        if items.is_empty() {
            return;
        }
        for item in items {
            if !store.remove_some_passages(item).await.unwrap() {
                store.forget_item(item).await.unwrap();
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_servers_that_remove_passages_at_once_leave_none() {
    let shared = SharedStore::new();
    let (one, two) = (shared.world(), shared.world());
    for world in [&one, &two] {
        world.server.abandon().await;
    }
    let file = one.upload_as("a.txt", "annual leave").await;
    let store = id(&one.post("/vector_stores", json!({"file_ids": [file]})).await);
    let rows = [&one, &two].map(|world| &world.server.state.store);
    let job = write_passages(rows[0], 2_200).await;
    let totals = IndexingTotals { chunks: 2_200, terms: 4_400, bytes: 50_000 };
    assert_eq!(rows[0].complete_file(job.item, "me", totals).await.unwrap(), CommitOutcome::Committed);
    assert_eq!(one.delete(&format!("/vector_stores/{store}/files/{file}")).await.0, 200);

    assert!(rows[0].remove_some_passages(job.item).await.unwrap(), "there are more");
    rows[1].forget_item(job.item).await.unwrap();
    assert_eq!(rows[1].items_to_clean().await.unwrap(), [job.item], "a row with passages is not forgotten");
    tokio::join!(clean(rows[0]), clean(rows[1]));
    assert_eq!(rows[0].passage_counts().await, (0, 0));
    for world in [one, two] {
        world.end().await;
    }
}

/// Completes a file while a request waits for its row: the transaction locks the row before the request is sent, and
/// commits once the request waits. Returns the response to the request.
async fn completed_during(url: &str, item: i64, request: RequestBuilder) -> (u16, Value) {
    const WAITING: &str = "select count(*) from pg_stat_activity where datname = current_database() \
                           and wait_event_type = 'Lock'";
    let (database, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    let lock = format!("set search_path = asst_store; begin; select 1 from store_file where n = {item} for update");
    database.batch_execute(&lock).await.unwrap();
    let complete = format!(
        "update store_file set status = 'completed', chunks = 5, lease = null where n = {item}; \
         delete from hidden_item where item = {item}; commit"
    );
    let commit = async {
        while database.query_one(WAITING, &[]).await.unwrap().get::<_, i64>(0) == 0 {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        database.batch_execute(&complete).await.unwrap();
    };
    let limited = tokio::time::timeout(Duration::from_secs(20), commit);
    let (committed, response) = tokio::join!(limited, World::status_and_json(request));
    committed.unwrap();
    response
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
async fn postgres_hides_a_file_that_is_completed_while_it_is_removed() {
    let url = crate::db::fresh_for_tests();
    let at = StoreLocation::Server(Box::new(store::server(&url)));
    let everywhere: Vec<Fault> = vec!["detach-everywhere".parse().unwrap()];
    for (removed, faults) in [
        ("the file in the vector store", Vec::new()),
        ("the file", Vec::new()),
        ("the vector store", Vec::new()),
        ("the file in all vector stores", everywhere),
    ] {
        let faults = faults_of(&faults, Some(1));
        let settings = ServerSettings { store: at.clone(), faults, ..ServerSettings::default() };
        let world = World::with(settings);
        world.server.abandon().await;
        let rows = &world.server.state.store;
        let file = world.upload_as("a.txt", "annual leave").await;
        let store = id(&world.post("/vector_stores", json!({"file_ids": [file]})).await);
        let job = write_passages(rows, 5).await;
        let path = match removed {
            "the file" => format!("/v1/files/{file}"),
            "the vector store" => format!("/v1/vector_stores/{store}"),
            _ => format!("/v1/vector_stores/{store}/files/{file}"),
        };
        let (status, value) = completed_during(&url, job.item, world.request(Method::DELETE, &path)).await;
        assert_eq!(status, 200, "{removed}: {value}");
        assert_eq!(rows.items_to_clean().await.unwrap(), [job.item], "{removed}");
        clean(rows).await;
        assert_eq!(rows.passage_counts().await, (0, 0), "{removed}");
        world.end().await;
    }
}

#[tokio::test]
async fn the_content_of_a_file_that_is_detached_during_the_response_breaks_off() {
    let world = World::new();
    let text = (0..400).map(|n| format!("Rule {n}: leave of kind {n} is granted.\n")).collect::<String>();
    let file = world.upload_as("rules.txt", &text).await;
    let chunking = json!({"type": "static", "static": {"max_chunk_size_tokens": 100, "chunk_overlap_tokens": 50}});
    let store = id(&world.post("/vector_stores", json!({})).await);
    let files = format!("/vector_stores/{store}/files");
    world.post(&files, json!({"file_id": file, "chunking_strategy": chunking})).await;
    world.wait_for_files().await;
    let rows = &world.server.state.store;
    let row = rows.store_file(&store, &file).await.unwrap().unwrap();
    assert!(row.chunks > 70, "{}", row.chunks);
    let path = format!("/v1{files}/{file}/content");
    // The last passage, those after the first read of the store, and all of them.
    for (left, from) in [(true, row.chunks), (false, row.chunks - 1), (false, 64), (false, 0)] {
        rows.lose_passages(row.n, from).await;
        let complete = match world.request(Method::GET, &path).send().await {
            Ok(response) => response.status() == 200 && response.text().await.is_ok(),
            Err(_) => false, // The server may break off before the client has the headers.
        };
        assert_eq!(complete, left, "passages from {from} on are missing");
    }
    world.end().await;
}

#[tokio::test]
async fn passages_after_a_missing_one_are_not_read() {
    let world = World::new();
    world.server.abandon().await;
    let file = world.upload_as("a.txt", "annual leave").await;
    world.post("/vector_stores", json!({"file_ids": [file]})).await;
    let rows = &world.server.state.store;
    let item = write_passages(rows, 600).await.item;
    assert_eq!(rows.passages(item, 536).await.unwrap().len(), 64);
    assert!(rows.remove_some_passages(item).await.unwrap());
    assert_eq!(rows.passages(item, 64).await.unwrap(), [], "the first 500 are missing");
    assert_eq!(rows.passages(item, 599).await.unwrap().len(), 1);
    world.end().await;
}
