//! Tests of vector stores, their files, and batches over HTTP. Searches are in `search`.

use super::*;
use crate::api::objects::{JsonObject, VectorStore};
use crate::serve::store::{Batch, CommitOutcome, IndexingJob, NewPassage};

impl World {
    /// Creates a vector store with files, and waits until they are indexed.
    pub(super) async fn indexed(&self, files: &[&str]) -> String {
        let store = id(&self.post("/vector_stores", json!({"file_ids": files})).await);
        self.wait_for_files().await;
        store
    }

    pub(super) async fn wait_for_files(&self) {
        assert!(self.server.drain(Duration::from_secs(60)).await, "files are still being indexed");
    }

    /// Waits until no passage is left that no search finds.
    async fn wait_for_removal(&self) {
        let store = &self.server.state.store;
        let clean = async {
            while !store.items_to_clean().await.unwrap().is_empty() {
                store.indexing.notify_one();
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(20), clean).await.unwrap();
    }

    async fn counts(&self, path: &str) -> [i64; 5] {
        let object = self.get(path).await;
        ["in_progress", "completed", "failed", "cancelled", "total"]
            .map(|name| object["file_counts"][name].as_i64().unwrap())
    }

    /// Moves the last use of a vector store into the past.
    pub(super) async fn age(&self, store: &str, seconds: i64) {
        let mut stored = self.server.state.store.load::<VectorStore>("", store).await.unwrap().unwrap();
        stored.object.set("last_active_at", ids::now() - seconds);
        let batch = Batch::default().unchanged(&stored).replace(&stored);
        assert_eq!(self.server.state.store.commit(batch).await.unwrap(), CommitOutcome::Committed);
    }
}

/// Returns settings under which every file stays `in_progress`.
fn stuck() -> ServerSettings {
    ServerSettings { faults: faults(&["stuck=in_progress".parse().unwrap()], Some(1)), ..ServerSettings::default() }
}

#[tokio::test]
async fn a_vector_store_is_created_changed_and_deleted() {
    let world = World::new();
    let file = world.upload_as("a.md", "# Leave\n\nThirty days.").await;
    let body = json!({"name": "Handbook", "description": "d", "metadata": {"team": "hr"}, "file_ids": [file],
                      "expires_after": {"anchor": "last_active_at", "days": 2}});
    let made = world.post("/vector_stores", body).await;
    let path = format!("/vector_stores/{}", id(&made));
    assert_eq!(made["status"], "in_progress");
    assert_eq!(made["file_counts"], json!({"in_progress": 1, "completed": 0, "failed": 0, "cancelled": 0, "total": 1}));
    assert_eq!(made["expires_at"].as_i64().unwrap(), made["created_at"].as_i64().unwrap() + 2 * 86_400);
    world.wait_for_files().await;
    let store = world.get(&path).await;
    assert_eq!((&store["status"], &store["object"]), (&json!("completed"), &json!("vector_store")));
    assert!(store["usage_bytes"].as_i64().unwrap() > 20, "{store}");
    assert_eq!(world.counts(&path).await, [0, 1, 0, 0, 1]);

    let changed = world.post(&path, json!({"name": null, "expires_after": null, "metadata": {"a": "b"}})).await;
    assert!(["expires_after", "expires_at"].iter().all(|name| changed.get(name).is_none()), "{changed}");
    assert_eq!(changed["name"], "", "the document requires a text");
    assert_eq!((&changed["metadata"], &changed["usage_bytes"]), (&json!({"a": "b"}), &store["usage_bytes"]));

    let empty = id(&world.post("/vector_stores", json!({})).await);
    let listed = world.list("/vector_stores?order=asc").await;
    assert_eq!(listed, [changed, world.get(&format!("/vector_stores/{empty}")).await]);
    let page = world.get("/vector_stores?limit=1").await;
    assert_eq!((&page["first_id"], &page["has_more"]), (&json!(empty), &json!(true)));
    let next = world.get(&format!("/vector_stores?limit=1&after={empty}")).await;
    assert_eq!((&next["data"][0]["id"], &next["has_more"]), (&made["id"], &json!(false)));

    let stub = json!({"id": made["id"], "object": "vector_store.deleted", "deleted": true});
    assert_eq!(world.delete(&path).await, (200, stub));
    let missing = format!("No vector store found with id '{}'.", id(&made));
    for (status, value) in [
        world.delete(&path).await,
        world.try_post(&path, json!({})).await,
        world.try_post(&format!("{path}/search"), json!({"query": "leave"})).await,
        world.try_post(&format!("{path}/files"), json!({"file_id": file})).await,
        world.try_post(&format!("{path}/file_batches"), json!({"file_ids": [file]})).await,
        World::answer(world.request(Method::GET, &format!("/v1{path}/files"))).await,
        World::answer(world.request(Method::GET, &format!("/v1{path}/files/{file}"))).await,
        World::answer(world.request(Method::GET, &format!("/v1{path}/file_batches/vsfb_1"))).await,
    ] {
        assert_eq!((status, value["error"]["message"].as_str()), (404, Some(missing.as_str())));
    }
    world.get(&format!("/files/{file}")).await;
    world.wait_for_removal().await;
    assert_eq!(world.server.state.store.passage_counts().await, (0, 0));
    world.end().await;
}

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
    let missing = world.refused(&path, json!({"file_id": "file-x"})).await;
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
            World::answer(world.request(Method::GET, &format!("/v1{path}/files/{file}/content"))).await;
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
    let (status, value) = World::answer(world.request(Method::GET, &format!("/v1{path}x"))).await;
    assert_eq!(status, 404, "{value}");
    world.end().await;
}

#[tokio::test]
async fn a_cancelled_batch_stops_what_is_not_indexed() {
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

#[tokio::test]
async fn an_expired_vector_store_is_neither_searched_nor_filled() {
    let world = World::new();
    let file = world.upload_as("a.txt", "annual leave").await;
    let body = json!({"file_ids": [file], "expires_after": {"anchor": "last_active_at", "days": 1}});
    let store = id(&world.post("/vector_stores", body).await);
    world.wait_for_files().await;
    let path = format!("/vector_stores/{store}");
    let search = json!({"query": "leave"});
    world.age(&store, 86_000).await;
    assert_eq!(world.post(&format!("{path}/search"), search.clone()).await["data"].as_array().unwrap().len(), 1);
    let used = world.get(&path).await["last_active_at"].as_i64().unwrap();
    assert!(ids::now() - used < 100, "a search is a use");

    world.age(&store, 86_401).await;
    assert_eq!(world.get(&path).await["status"], "expired");
    assert_eq!(world.list("/vector_stores").await[0]["status"], "expired");
    for (sub, body) in
        [("search", search.clone()), ("files", json!({"file_id": file})), ("file_batches", json!({"file_ids": [file]}))]
    {
        let (status, value) = world.try_post(&format!("{path}/{sub}"), body).await;
        assert_eq!((status, &value["error"]["code"]), (400, &json!("vector_store_expired")), "{sub}");
    }
    let longer = json!({"expires_after": {"anchor": "last_active_at", "days": 3}});
    assert_eq!(world.post(&path, longer).await["status"], "completed", "a longer life makes it usable again");
    assert_eq!(world.post(&format!("{path}/search"), search).await["data"].as_array().unwrap().len(), 1);
    world.end().await;
}

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
async fn what_a_dead_process_wrote_is_removed_and_the_file_indexed_again() {
    let shared = Shared::new();
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
    let passage = || {
        let terms = crate::search::terms::analyse("annual leave");
        let terms = if rows.has_vectors() { terms.tsvector() } else { terms.fts5().to_owned() };
        NewPassage { start: 0, length: 2, tokens: 2, text: "annual leave".into(), terms }
    };
    let passages: Vec<NewPassage> = (0..700).map(|_| passage()).collect();
    assert_eq!(rows.add_passages(&job, "dead", 0, passages).await.unwrap(), CommitOutcome::Committed);
    let found = dead.post(&format!("{path}/search"), json!({"query": "annual leave"})).await;
    assert_eq!(found["data"], json!([]), "the file is not completed");
    assert_eq!(rows.passage_counts().await, (700, 700));

    let next = shared.world();
    next.wait_for_files().await;
    let found = next.post(&format!("{path}/search"), json!({"query": "annual leave"})).await;
    assert_eq!((found["data"].as_array().unwrap().len(), &found["data"][0]["file_id"]), (1, &json!(file)));
    assert_eq!(rows.passage_counts().await, (1, 1));
    let late = rows.add_passages(&job, "dead", 700, vec![passage()]).await.unwrap();
    assert_eq!(late, CommitOutcome::Conflict, "a process without the lease writes nothing");
    assert_eq!(rows.remove_written(item, "dead").await.unwrap(), None, "and removes nothing");
    assert_eq!(rows.passage_counts().await, (1, 1));
    idle.post(&format!("{path}/files"), json!({"file_id": other})).await;
    next.wait_for_files().await;
    assert_eq!(idle.counts(&path).await, [0, 2, 0, 0, 2]);
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

#[tokio::test]
async fn four_servers_index_each_file_once() {
    let shared = Shared::new();
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

#[tokio::test]
async fn data_sources_of_foundry_are_refused() {
    let world = World::new();
    let path = |path: &str| format!("/api/projects/p{path}?api-version=v1");
    let foundry =
        async |sub: &str, body: Value| World::answer(as_json(world.request(Method::POST, &path(sub)), &body)).await;
    let (status, store) = foundry("/vector_stores", json!({"name": "x"})).await;
    assert_eq!(status, 200, "{store}");
    let source = json!({"type": "uri_asset", "uri": "azureml://x"});
    let (status, value) =
        foundry(&format!("/vector_stores/{}/files", id(&store)), json!({"data_source": source})).await;
    assert_eq!((status, &value["error"]["param"]), (400, &json!("data_source")), "{value}");
    let batches = format!("/vector_stores/{}/file_batches", id(&store));
    let (status, value) = foundry(&batches, json!({"data_sources": [source]})).await;
    assert_eq!((status, &value["error"]["param"]), (400, &json!("data_sources")), "{value}");
    world.end().await;
}
