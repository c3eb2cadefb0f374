//! Tests of the vector stores that a run searches, and of the files for which it waits.

use super::*;

#[tokio::test]
async fn the_stores_of_the_assistant_and_of_the_thread_are_searched() {
    let world = World::new();
    let [of_assistant, of_thread] =
        [world.upload_as("one.md", "Leave is granted.").await, world.upload_as("two.md", "Leave is taken.").await];
    let store = world.indexed(&[&of_assistant]).await;
    let assistant = world.searching_assistant(&[&store], json!({})).await;
    let run = world.run_with_files(&assistant, "leave", &[&of_thread], json!({})).await;
    let steps = world.steps(&run, "").await;
    let mut names = result_files(&steps[0]);
    names.sort_unstable();
    assert_eq!(names, ["one.md", "two.md"]);
    // A vector store that was deleted is skipped.
    assert_eq!(world.delete(&format!("/vector_stores/{store}")).await.0, 200);
    let run = world.run_with_files(&assistant, "leave", &[&of_thread], json!({})).await;
    assert_eq!(result_files(&world.steps(&run, "").await[0]), ["two.md"]);
    world.end().await;
}

#[tokio::test]
async fn a_run_against_an_expired_store_fails() {
    let world = World::new();
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let body = json!({"file_ids": [file], "expires_after": {"anchor": "last_active_at", "days": 1}});
    let store = id(&world.post("/vector_stores", body).await);
    world.wait_for_files().await;
    let assistant = world.searching_assistant(&[&store], json!({})).await;
    world.age(&store, 2 * 86_400).await;
    let run = world.run_with_files(&assistant, QUESTION, &[], json!({})).await;
    let message = format!("Vector store '{store}' has expired, so the run cannot search it.");
    assert_eq!(run["status"], "failed");
    assert_eq!(run["last_error"], json!({"code": "invalid_prompt", "message": message}));
    let run = world.run_with_files(&assistant, QUESTION, &[], json!({"tool_choice": "none"})).await;
    assert_eq!(run["status"], "completed", "a run that must not search does not need the store");
    world.end().await;
}

#[tokio::test]
async fn a_search_counts_as_a_use_of_the_store() {
    let world = World::new();
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let store = world.indexed(&[&file]).await;
    world.age(&store, 3_600).await;
    let before = world.get(&format!("/vector_stores/{store}")).await["last_active_at"].as_i64().unwrap();
    let assistant = world.searching_assistant(&[&store], json!({})).await;
    world.run_with_files(&assistant, QUESTION, &[], json!({})).await;
    let after = world.get(&format!("/vector_stores/{store}")).await["last_active_at"].as_i64().unwrap();
    assert!(after >= before + 3_600, "{before} {after}");
    world.end().await;
}

/// Polls a run until it has ended.
async fn wait_for_end(world: &World, run: &Value) -> Value {
    let wait = async {
        loop {
            let run = world.get(&path(run)).await;
            if !["queued", "in_progress"].contains(&run["status"].as_str().unwrap()) {
                return run;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), wait).await.unwrap()
}

/// Starts a server that indexes no files.
async fn without_indexer(shared: &SharedStore) -> World {
    let world = shared.world();
    world.server.tasks.lock().await.as_ref().unwrap().indexer.abort();
    world
}

#[tokio::test]
async fn a_run_waits_for_the_files_of_its_thread_but_not_of_its_assistant() {
    let shared = SharedStore::new();
    let world = without_indexer(&shared).await;
    let file = world.upload_as("handbook.md", HANDBOOK).await;
    let bare = world.searching_assistant(&[], json!({})).await;
    let attachments = json!([{"file_id": file, "tools": [{"type": "file_search"}]}]);
    let messages = json!([{"role": "user", "content": QUESTION, "attachments": attachments}]);
    let start =
        async || world.post("/threads/runs", json!({"assistant_id": bare, "thread": {"messages": messages}})).await;
    let (waiting, patient) = (start().await, start().await);

    let store = id(&world.post("/vector_stores", json!({"file_ids": [file]})).await);
    let assistant = world.searching_assistant(&[&store], json!({})).await;
    let message = json!({"messages": [{"role": "user", "content": QUESTION}]});
    let run = world.post("/threads/runs", json!({"assistant_id": assistant, "thread": message})).await;
    assert_eq!(wait_for_end(&world, &run).await["status"], "completed");
    assert_eq!(result_files(&world.steps(&run, "").await[0]), Vec::<&str>::new(), "the file is not indexed yet");

    for run in [&waiting, &patient] {
        assert_eq!(world.get(&path(run)).await["status"], "in_progress");
        assert_eq!(world.steps(run, "").await, Vec::<Value>::new());
    }
    // A run that has waited for a minute begins without the files.
    let thread = patient["thread_id"].as_str().unwrap();
    let mut stored = world.server.state.store.load::<Run>(thread, &id(&patient)).await.unwrap().unwrap();
    stored.object.set("started_at", ids::now() - 60);
    let batch = Batch::default().unchanged(&stored).replace(&stored);
    assert_eq!(world.server.state.store.commit(batch).await.unwrap(), CommitOutcome::Committed);
    assert_eq!(wait_for_end(&world, &patient).await["status"], "completed");
    assert_eq!(result_files(&world.steps(&patient, "").await[0]), Vec::<&str>::new());
    assert_eq!(world.get(&path(&waiting)).await["status"], "in_progress");

    let indexing = shared.world();
    indexing.server.tasks.lock().await.as_ref().unwrap().engine.abort();
    assert_eq!(wait_for_end(&world, &waiting).await["status"], "completed");
    assert_eq!(text_of(&world.newest_message(&waiting).await), ANSWER);
    for world in [world, indexing] {
        world.end().await;
    }
}
