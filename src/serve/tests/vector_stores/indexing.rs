//! Tests of several processes that index files of one store.

use super::*;

#[tokio::test]
async fn passages_of_a_dead_process_are_removed_and_the_file_is_indexed_again() {
    let shared = SharedStore::new();
    let (dead, idle) = (shared.world(), shared.world());
    dead.server.abandon().await;
    idle.server.abandon().await;
    let file = dead.upload_as("a.txt", "annual leave is thirty days").await;
    let other = dead.upload_as("b.txt", "annual leave").await;
    let store = id(&dead.post("/vector_stores", json!({"file_ids": [file]})).await);
    let path = format!("/vector_stores/{store}");
    let rows = &dead.server.state.store;
    let item = rows.claim_files("dead", Duration::ZERO, 9).await.unwrap()[0];
    let job: IndexingJob = rows.indexing_job(item, "dead").await.unwrap().unwrap();
    assert_eq!(rows.begin_indexing(&job, "dead").await.unwrap(), CommitOutcome::Committed);
    let passages: Vec<NewPassage> = (0..700).map(|_| passage(rows)).collect();
    assert_eq!(rows.add_passages(&job, "dead", 0, passages).await.unwrap(), CommitOutcome::Committed);
    let found = dead.post(&format!("{path}/search"), json!({"query": "annual leave"})).await;
    assert_eq!(found["data"], json!([]), "the file is not completed");
    assert_eq!(rows.passage_counts().await, (700, 700));

    let next = shared.world();
    next.wait_for_files().await;
    let found = next.post(&format!("{path}/search"), json!({"query": "annual leave"})).await;
    assert_eq!((found["data"].as_array().unwrap().len(), &found["data"][0]["file_id"]), (1, &json!(file)));
    assert_eq!(rows.passage_counts().await, (1, 1));
    let late = rows.add_passages(&job, "dead", 700, vec![passage(rows)]).await.unwrap();
    assert_eq!(late, CommitOutcome::Conflict, "a process without the lease writes nothing");
    assert_eq!(rows.remove_written(item, "dead").await.unwrap(), None, "and removes nothing");
    assert_eq!(rows.passage_counts().await, (1, 1));
    idle.post(&format!("{path}/files"), json!({"file_id": other})).await;
    next.wait_for_files().await;
    assert_eq!(idle.counts(&path).await, [0, 2, 0, 0, 2]);
}

#[tokio::test]
async fn four_servers_index_each_file_once() {
    let shared = SharedStore::new();
    let worlds: Vec<World> = (0..4).map(|_| shared.world()).collect();
    let mut files = Vec::new();
    for n in 0..20 {
        files.push(worlds[n % 4].upload_as("a.txt", format!("rule number {n}")).await);
    }
    let store = id(&worlds[0].post("/vector_stores", json!({"file_ids": files})).await);
    for world in &worlds {
        world.wait_for_files().await;
    }
    let reached = async {
        while worlds[1].counts(&format!("/vector_stores/{store}")).await != [0, 20, 0, 0, 20] {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), reached).await.unwrap();
    assert_eq!(worlds[2].server.state.store.passage_counts().await, (20, 20));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn draining_ends_when_another_server_has_done_the_work() {
    let shared = SharedStore::new();
    let idle = shared.world();
    idle.server.abandon().await;
    let file = idle.upload_as("a.txt", "annual leave").await;
    let store = id(&idle.post("/vector_stores", json!({"file_ids": [file]})).await);
    let run = idle.run("hello", json!({})).await;
    let drained = tokio::time::timeout(Duration::from_secs(30), idle.server.drain(Duration::from_secs(90)));
    let (drained, other) = tokio::join!(drained, async { shared.world() });
    assert_eq!(drained, Ok(true), "this server does no work, so nothing notifies it");
    assert_eq!(idle.get(&path(&run)).await["status"], "completed");
    assert_eq!(idle.counts(&format!("/vector_stores/{store}")).await, [0, 1, 0, 0, 1]);
    other.end().await;
}
