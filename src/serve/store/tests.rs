//! Tests of the guarantees of the store: pages, conditions of batches, and the bytes of files.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::api::objects::{Assistant, FileObject, JsonObject, Thread, Upload, UploadPart};
use crate::api::paging::Order;
use serde_json::{Value, json};

/// Returns a new database if the tests run against a server, and `None` otherwise.
///
/// `ASST_TEST_STORE=postgres` selects the server, and `ASST_TEST_POSTGRES` is its URL.
pub(in crate::serve) fn database() -> Option<PostgresUrl> {
    let on_server = std::env::var("ASST_TEST_STORE").is_ok_and(|engine| engine == "postgres");
    on_server.then(|| server(&crate::db::fresh_for_tests()))
}

pub(in crate::serve) fn server(url: &str) -> PostgresUrl {
    PostgresUrl::parse(url, Arc::new(|_| Err("no TLS here".into()))).unwrap()
}

/// Returns a new, empty store.
fn empty_store() -> Store {
    match database() {
        Some(server) => Store::connect(server).unwrap(),
        None => Store::memory().unwrap(),
    }
}

fn file(id: &str) -> FileObject {
    FileObject::from_literal(json!({ "id": id }))
}

fn insert(id: &str, label: Option<&str>) -> Batch {
    let thread = Thread::from_literal(json!({ "id": id }));
    Batch::default().insert(&NewObject { label, ..NewObject::top(&thread) })
}

#[tokio::test]
async fn pages_contain_the_objects_between_the_cursors() {
    let store = empty_store();
    for id in ["a", "b", "c", "d", "e"] {
        let label = (id != "c").then_some("x");
        assert_eq!(store.commit(insert(id, label)).await.unwrap(), CommitOutcome::Committed);
    }
    let (asc, desc) = (Some(Order::Asc), Some(Order::Desc));
    let table = [
        (asc, 9, None, None, None, "abcde", false),
        (desc, 9, None, None, None, "edcba", false),
        (None, 2, None, None, None, "ed", true),
        (asc, 2, None, None, None, "ab", true),
        (asc, 2, Some("b"), None, None, "cd", true),
        (asc, 2, Some("c"), None, None, "de", false),
        (desc, 2, Some("c"), None, None, "ba", false),
        (asc, 9, None, Some("d"), None, "abc", false),
        (asc, 2, None, Some("d"), None, "ab", true),
        (desc, 9, None, Some("b"), None, "edc", false),
        (desc, 1, Some("e"), Some("a"), None, "d", true),
        (asc, 9, Some("b"), Some("d"), None, "c", false),
        (asc, 9, Some("d"), Some("b"), None, "", false),
        (asc, 3, None, None, Some("x"), "abd", true),
        (asc, 9, Some("e"), None, None, "", false),
    ];
    for (order, limit, after, before, label, expected, more) in table {
        let text = |text: Option<&str>| text.map(str::to_owned);
        let window =
            ListWindow { limit: Some(limit), order, after: text(after), before: text(before), label: text(label) };
        let ListPage::Found { rows, has_more } = store.list(Kind::Thread, "", &window, 20).await.unwrap() else {
            panic!("every cursor is known")
        };
        let ids: String = rows.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!((ids.as_str(), has_more), (expected, more), "{window:?}");
    }
    let window = ListWindow { after: Some("z".into()), ..ListWindow::default() };
    assert!(
        matches!(store.list(Kind::Thread, "", &window, 20).await.unwrap(), ListPage::UnknownCursor(id) if id == "z")
    );
}

#[tokio::test]
async fn a_batch_whose_condition_does_not_hold_writes_nothing() {
    let store = empty_store();
    store.commit(insert("a", None).queue("run_1", "a", 1)).await.unwrap();
    let found = store.load::<Thread>("", "a").await.unwrap().unwrap();
    let newer = Stored { version: found.version + 1, ..found.clone() };
    let bad = [
        insert("b", None).exists(Kind::Thread, "z"),
        insert("b", None).unchanged(&newer),
        insert("b", None).no_active_run("a"),
        insert("b", None).leased("run_1", "me"),
        insert("b", None).queue("run_2", "a", 1),
    ];
    for batch in bad {
        let shown = format!("{batch:?}");
        assert_eq!(store.commit(batch).await.unwrap(), CommitOutcome::Conflict, "{shown}");
    }
    assert!(!store.has(Kind::Thread, "", "b").await.unwrap());
    let good = insert("b", None).exists(Kind::Thread, "a").unchanged(&found).no_active_run("b");
    assert_eq!(store.commit(good).await.unwrap(), CommitOutcome::Committed);
}

#[tokio::test]
async fn a_lease_has_one_holder_and_expires() {
    let store = empty_store();
    store.commit(insert("a", None).queue("run_1", "a", i64::MAX)).await.unwrap();
    let long = Duration::from_secs(60);
    assert_eq!(store.claim("one", Duration::ZERO).await.unwrap(), ["run_1"]);
    // The lease expires only when the clock advances by a millisecond.
    while ids::now_ms() <= store_lease(&store).await {}
    assert_eq!(store.claim("two", long).await.unwrap(), ["run_1"], "an expired lease is claimed");
    assert!(store.claim("one", long).await.unwrap().is_empty());
    let run = ["run_1".to_owned()];
    assert!(store.renew("one", long, &run).await.unwrap().is_empty());
    assert!(store.renew("two", long, &[]).await.unwrap().is_empty(), "a run without a worker");
    assert_eq!(store.renew("two", long, &run).await.unwrap().len(), 1);
    assert!(store.pending_runs("one").await.unwrap().is_empty());
    store.release("two").await.unwrap();
    assert_eq!(store.claim("one", long).await.unwrap(), ["run_1"]);
}

async fn store_lease(store: &Store) -> i64 {
    store.db.read("select lease_until from run", vec![]).await.unwrap()[0].int(0).unwrap()
}

#[tokio::test]
async fn contents_stay_until_no_file_has_them_and_a_store_keeps_its_id() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(store_id(&dir.path().join("store")).unwrap(), None);
    let store = Store::open(&dir.path().join("store")).unwrap();
    let mut hashes = Vec::new();
    for id in ["file-1", "file-2"] {
        let mut incoming = store.blobs.begin().await.unwrap();
        incoming.write(b"the same").await.unwrap();
        let (hash, _shared) = store.blobs.keep(incoming).await.unwrap();
        let file = file(id);
        store.commit(Batch::default().insert_file(&NewObject::top(&file), &hash, None)).await.unwrap();
        hashes.push(hash);
    }
    assert_eq!(hashes[0], hashes[1]);
    let id = store.id().to_owned();
    drop(store);
    let store = Store::open(&dir.path().join("store")).unwrap();
    assert_eq!((store.id(), store_id(&dir.path().join("store")).unwrap()), (id.as_str(), Some(id.clone())));
    assert!(store.remove_file("file-1").await.unwrap());
    assert_eq!(store.blobs.read(&hashes[0]).await.unwrap().unwrap().1, 8);
    assert!(store.remove_file("file-2").await.unwrap());
    assert!(store.blobs.read(&hashes[0]).await.unwrap().is_none());
    assert!(!store.remove_file("file-2").await.unwrap());
}

#[tokio::test]
async fn an_expired_file_counts_as_missing() {
    let store = empty_store();
    let (old, new) = (file("old"), file("new"));
    let batch = Batch::default().insert_file(&NewObject::top(&old), "h", Some(1));
    let batch = batch.insert_file(&NewObject::top(&new), "h", Some(i64::MAX));
    store.commit(batch).await.unwrap();
    assert!(store.get(Kind::File, "", "old").await.unwrap().is_none());
    let ListPage::Found { rows, .. } = store.list(Kind::File, "", &ListWindow::default(), 20).await.unwrap() else {
        panic!()
    };
    assert_eq!(rows.len(), 1);
    store.remove_expired().await.unwrap();
    let left = store.db.read("select id from object", vec![]).await.unwrap();
    assert_eq!(left.len(), 1, "only the other file");
}

#[tokio::test]
async fn contents_left_behind_by_a_dead_process_are_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let mut kept = Vec::new();
    for bytes in ["wanted", "unwanted"] {
        let mut incoming = store.blobs.begin().await.unwrap();
        incoming.write(bytes.as_bytes()).await.unwrap();
        kept.push(store.blobs.keep(incoming).await.unwrap().0);
    }
    let file = file("file-1");
    store.commit(Batch::default().insert_file(&NewObject::top(&file), &kept[0], None)).await.unwrap();
    let incoming = dir.path().join("files/incoming");
    std::fs::write(incoming.join("dead"), "half").unwrap();
    let alive = store.blobs.begin().await.unwrap();

    let next = Store::open(dir.path()).unwrap();
    assert_eq!(std::fs::read_dir(&incoming).unwrap().count(), 1, "only the upload that goes on");
    drop(alive);
    next.sweep().await.unwrap();
    assert!(next.blobs.read(&kept[0]).await.unwrap().is_some());
    assert!(next.blobs.read(&kept[1]).await.unwrap().is_none());
}

#[tokio::test]
async fn deleting_a_file_removes_the_references_to_it() {
    let store = empty_store();
    let doc = |id: &str, files: Value| json!({"id": id, "temperature": 1.0, "n": "\u{e4}\n\"", "tool_resources": {"code_interpreter": {"file_ids": files}}});
    let assistant = Assistant::from_literal(doc("asst_1", json!(["file-a", "file-b", "file-c"])));
    let thread = Thread::from_literal(doc("thread_1", json!(["file-a"])));
    let file = file("file-b");
    let batch = Batch::default()
        .insert_file(&NewObject::top(&file), "h", None)
        .insert(&NewObject::top(&assistant))
        .insert(&NewObject::top(&thread));
    store.commit(batch).await.unwrap();
    // This reference is added by an update instead of at creation.
    let mut changed = store.load::<Thread>("", "thread_1").await.unwrap().unwrap();
    changed.object = Thread::from_literal(doc("thread_1", json!(["file-b", "file-a"])));
    store.commit(Batch::default().replace(&changed)).await.unwrap();

    assert!(store.remove_file("file-b").await.unwrap());
    let text = async |kind, id| store.get(kind, "", id).await.unwrap().unwrap();
    assert_eq!(text(Kind::Assistant, "asst_1").await, doc("asst_1", json!(["file-a", "file-c"])).to_string());
    assert_eq!(text(Kind::Thread, "thread_1").await, doc("thread_1", json!(["file-a"])).to_string());
    store.remove(Kind::Assistant, "", "asst_1").await.unwrap();
    store.remove_thread("thread_1").await.unwrap();
    let left = store.db.read("select owner from reference", vec![]).await.unwrap();
    assert!(left.is_empty(), "{left:?}");
}

#[tokio::test]
async fn a_store_of_the_first_schema_is_migrated() {
    const OBJECT: &str = "insert into object (kind, id, parent, doc) values ($1, $2, '', $3)";
    const VECTORS: &str =
        "insert into object (kind, id, parent, label, doc) values ('vector_store', 'vs_1', '', $1, $2)";
    let dir = tempfile::tempdir().unwrap();
    let options = DbOptions { migrations: &SQLITE[..1], patience: BUSY_TIMEOUT, access: Access::ReadWrite };
    let old = Db::open(&dir.path().join("store.db"), options).unwrap();
    let thread = json!({"tool_resources": {"code_interpreter": {"file_ids": ["file-1"]}}}).to_string();
    old.write(OBJECT, vec!["thread".into(), "thread_1".into(), thread.into()]).await.unwrap();
    old.write(OBJECT, vec!["file".into(), "file-1".into(), "{}".into()]).await.unwrap();
    let vectors = json!({"id": "vs_1", "file_counts": {"completed": 2, "total": 2}}).to_string();
    old.write(VECTORS, vec![r#"["file-1","file-gone"]"#.into(), vectors.into()]).await.unwrap();
    old.write("insert into identity (id) values ($1)", vec!["me".into()]).await.unwrap();
    drop(old);
    assert_eq!(store_id(dir.path()).unwrap().as_deref(), Some("me"));
    let store = Store::open(dir.path()).unwrap();
    let counts = store.counts_of_store("vs_1").await.unwrap();
    assert_eq!((counts.in_progress, counts.total()), (1, 1), "the file that exists is indexed");
    assert!(store.store_file("vs_1", "file-1").await.unwrap().is_some());
    assert!(store.remove_file("file-1").await.unwrap());
    assert_eq!(store.counts_of_store("vs_1").await.unwrap().total(), 0);
    let thread = store.load::<Thread>("", "thread_1").await.unwrap().unwrap();
    assert_eq!(thread.object.as_map()["tool_resources"]["code_interpreter"]["file_ids"], json!([]));
}

#[tokio::test]
async fn an_upload_that_expires_loses_its_parts_and_then_itself() {
    let store = empty_store();
    let mut incoming = store.blobs.begin().await.unwrap();
    incoming.write(b"part").await.unwrap();
    let (blob, guard) = store.blobs.keep(incoming).await.unwrap();
    let upload = Upload::from_literal(json!({"id": "upload_1", "status": "pending"}));
    let part = UploadPart::from_literal(json!({"id": "part_1"}));
    let new = NewObject { parent: "upload_1", label: Some("4"), ..NewObject::top(&part) };
    let batch = Batch::default().insert(&NewObject::top(&upload)).insert_file(&new, &blob, None);
    store.commit(batch.expires_at("upload_1", 1)).await.unwrap();
    drop(guard);
    assert_eq!(
        store.parts("upload_1").await.unwrap(),
        [StoredPart { id: "part_1".into(), blob: blob.clone(), length: 4 }]
    );

    store.remove_expired().await.unwrap();
    let mut left = store.load::<Upload>("", "upload_1").await.unwrap().unwrap();
    assert_eq!(left.object.as_map()["status"], "expired");
    assert_eq!(store.parts("upload_1").await.unwrap(), []);
    let contents = store.blobs.read(&blob).await.unwrap();
    assert!(contents.is_none_or(|(_, length)| length == 0), "the contents are gone");
    store.remove_expired().await.unwrap();
    assert!(store.version("upload_1").await.unwrap().is_some(), "a late request still finds the status");

    left = store.load::<Upload>("", "upload_1").await.unwrap().unwrap();
    store.commit(Batch::default().unchanged(&left).expires_at("upload_1", 1)).await.unwrap();
    store.remove_expired().await.unwrap();
    assert!(store.version("upload_1").await.unwrap().is_none());
}

#[tokio::test]
async fn the_parts_of_an_upload_have_a_limit_in_total() {
    let store = empty_store();
    let upload = Upload::from_literal(json!({"id": "upload_1", "status": "pending"}));
    store.commit(Batch::default().insert(&NewObject::top(&upload))).await.unwrap();
    for (id, length, expected) in [
        ("a", "6", CommitOutcome::Committed),
        ("b", "5", CommitOutcome::Conflict),
        ("c", "4", CommitOutcome::Committed),
    ] {
        let part = UploadPart::from_literal(json!({ "id": id }));
        let new = NewObject { parent: "upload_1", label: Some(length), ..NewObject::top(&part) };
        let batch = Batch::default().insert_file(&new, id, None).parts_within("upload_1", 10);
        assert_eq!(store.commit(batch).await.unwrap(), expected, "{id}");
    }
}

#[tokio::test]
async fn contents_that_a_file_refers_to_are_not_discarded() {
    let dir = tempfile::tempdir().unwrap();
    for store in [empty_store(), Store::open(dir.path()).unwrap()] {
        let mut kept = Vec::new();
        for _ in 0..2 {
            let mut incoming = store.blobs.begin().await.unwrap();
            incoming.write(b"same").await.unwrap();
            kept.push(store.blobs.keep(incoming).await.unwrap().0);
        }
        let file = file("file-1");
        store.commit(Batch::default().insert_file(&NewObject::top(&file), &kept[0], None)).await.unwrap();
        store.remove_contents(&kept).await.unwrap();
        assert_eq!(store.blobs.read(&kept[0]).await.unwrap().unwrap().1, 4);
    }
}
