//! Tests of vector stores, their files, and batches over HTTP. Searches are in `search`.

mod attachments;
mod batches;
mod files;
mod indexing;
mod limits;
mod removal;

use super::*;
use crate::api::objects::{JsonObject, VectorStore};
use crate::serve::store::{Batch, CommitOutcome, IndexingJob, IndexingTotals, NewPassage, NewStoreFile, Store};

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

    /// Waits until the passages of detached and failed files are removed.
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

    /// Sets the last use of a vector store to this many seconds ago.
    pub(super) async fn age(&self, store: &str, seconds: i64) {
        let mut stored = self.server.state.store.load::<VectorStore>("", store).await.unwrap().unwrap();
        stored.object.set("last_active_at", ids::now() - seconds);
        let batch = Batch::default().unchanged(&stored).replace(&stored);
        assert_eq!(self.server.state.store.commit(batch).await.unwrap(), CommitOutcome::Committed);
    }
}

/// Returns a passage with the text `annual leave`.
fn passage(store: &Store) -> NewPassage {
    let terms = crate::search::terms::analyse("annual leave");
    let terms = if store.has_vectors() { terms.tsvector() } else { terms.fts5().to_owned() };
    NewPassage { start: 0, length: 2, tokens: 2, text: "annual leave".into(), terms, embedding: None }
}

/// Writes this many passages of a file that waits to be indexed, under the lease `me`. Returns the file.
async fn write_passages(store: &Store, count: i64) -> IndexingJob {
    let item = store.claim_files("me", Duration::from_secs(60), 1).await.unwrap()[0];
    let job = store.indexing_job(item, "me").await.unwrap().unwrap();
    assert_eq!(store.begin_indexing(&job, "me").await.unwrap(), CommitOutcome::Committed);
    let passages = (0..count).map(|_| passage(store)).collect();
    assert_eq!(store.add_passages(&job, "me", 0, passages).await.unwrap(), CommitOutcome::Committed);
    job
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
        World::status_and_json(world.request(Method::GET, &format!("/v1{path}/files"))).await,
        World::status_and_json(world.request(Method::GET, &format!("/v1{path}/files/{file}"))).await,
        World::status_and_json(world.request(Method::GET, &format!("/v1{path}/file_batches/vsfb_1"))).await,
    ] {
        assert_eq!((status, value["error"]["message"].as_str()), (404, Some(missing.as_str())));
    }
    world.get(&format!("/files/{file}")).await;
    world.wait_for_removal().await;
    assert_eq!(world.server.state.store.passage_counts().await, (0, 0));
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
async fn data_sources_of_foundry_are_rejected() {
    let world = World::new();
    let path = |path: &str| format!("/api/projects/p{path}?api-version=v1");
    let foundry = async |sub: &str, body: Value| {
        World::status_and_json(as_json(world.request(Method::POST, &path(sub)), &body)).await
    };
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
