//! Tests of the guarantees of the store: pages, conditions of batches, and the bytes of files.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::api::paging::Order;
use serde_json::json;

/// Returns a new database if the tests run against a server, and `None` otherwise.
///
/// `ASST_TEST_STORE=postgres` selects the server, and `ASST_TEST_POSTGRES` is its URL.
pub(in crate::serve) fn database() -> Option<Server> {
    let on_server = std::env::var("ASST_TEST_STORE").is_ok_and(|engine| engine == "postgres");
    on_server.then(|| server(&crate::db::fresh_for_tests()))
}

pub(in crate::serve) fn server(url: &str) -> Server {
    Server::read(url, Arc::new(|_| Err("no TLS here".into()))).unwrap()
}

fn fresh() -> Store {
    match database() {
        Some(server) => Store::connect(server).unwrap(),
        None => Store::memory().unwrap(),
    }
}

fn insert(id: &str, label: Option<&str>) -> Batch {
    let doc = json!({ "id": id });
    Batch::default().insert(New { label, ..New::top(Kind::Thread, id, &doc) })
}

#[tokio::test]
async fn pages_hold_what_lies_between_the_cursors() {
    let store = fresh();
    for id in ["a", "b", "c", "d", "e"] {
        let label = (id != "c").then_some("x");
        assert_eq!(store.commit(insert(id, label)).await.unwrap(), Outcome::Done);
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
        let window = Window { limit: Some(limit), order, after: text(after), before: text(before), label: text(label) };
        let Page::Found { rows, has_more } = store.list(Kind::Thread, "", &window, 20).await.unwrap() else {
            panic!("every cursor is known")
        };
        let ids: String = rows.iter().map(|(id, _)| id.as_str()).collect();
        assert_eq!((ids.as_str(), has_more), (expected, more), "{window:?}");
    }
    let window = Window { after: Some("z".into()), ..Window::default() };
    assert!(matches!(store.list(Kind::Thread, "", &window, 20).await.unwrap(), Page::UnknownCursor(id) if id == "z"));
}

#[tokio::test]
async fn a_batch_whose_condition_does_not_hold_leaves_nothing() {
    let store = fresh();
    store.commit(insert("a", None).queue("run_1", "a", 1)).await.unwrap();
    let version = store.load(Kind::Thread, "", "a").await.unwrap().unwrap().version;
    let bad = [
        insert("b", None).exists(Kind::Thread, "z"),
        insert("b", None).unchanged("a", version + 1),
        insert("b", None).unlocked("a"),
        insert("b", None).leased("run_1", "me"),
        insert("b", None).queue("run_2", "a", 1),
    ];
    for batch in bad {
        let shown = format!("{batch:?}");
        assert_eq!(store.commit(batch).await.unwrap(), Outcome::Lost, "{shown}");
    }
    assert!(!store.has(Kind::Thread, "", "b").await.unwrap());
    let good = insert("b", None).exists(Kind::Thread, "a").unchanged("a", version).unlocked("b");
    assert_eq!(store.commit(good).await.unwrap(), Outcome::Done);
}

#[tokio::test]
async fn a_lease_belongs_to_one_and_lapses() {
    let store = fresh();
    store.commit(insert("a", None).queue("run_1", "a", i64::MAX)).await.unwrap();
    let long = Duration::from_secs(60);
    assert_eq!(store.claim("one", Duration::ZERO).await.unwrap(), ["run_1"]);
    // The lease expires only when the clock advances by a millisecond.
    while ids::now_ms() <= store_lease(&store).await {}
    assert_eq!(store.claim("two", long).await.unwrap(), ["run_1"], "a lapsed lease is free");
    assert!(store.claim("one", long).await.unwrap().is_empty());
    assert!(store.renew("one", long).await.unwrap().is_empty());
    assert_eq!(store.renew("two", long).await.unwrap().len(), 1);
    assert!(store.going("one").await.unwrap().is_empty());
    store.release("two").await.unwrap();
    assert_eq!(store.claim("one", long).await.unwrap(), ["run_1"]);
}

async fn store_lease(store: &Store) -> i64 {
    store.db.read("select lease_until from run", vec![]).await.unwrap()[0].int(0).unwrap()
}

#[tokio::test]
async fn bytes_stay_until_no_file_has_them_and_a_store_keeps_its_identity() {
    let dir = tempfile::tempdir().unwrap();
    assert_eq!(store_id(&dir.path().join("store")).unwrap(), None);
    let store = Store::open(&dir.path().join("store")).unwrap();
    let mut hashes = Vec::new();
    for id in ["file-1", "file-2"] {
        let mut incoming = store.blobs.begin().await.unwrap();
        incoming.write(b"the same").await.unwrap();
        let (hash, _shared) = store.blobs.keep(incoming).await.unwrap();
        let doc = json!({ "id": id });
        store.commit(Batch::default().insert_file(New::top(Kind::File, id, &doc), &hash, None)).await.unwrap();
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
async fn a_file_that_has_expired_is_not_there() {
    let store = fresh();
    let doc = json!({});
    let new = |id| New::top(Kind::File, id, &doc);
    let batch = Batch::default().insert_file(new("old"), "h", Some(1)).insert_file(new("new"), "h", Some(i64::MAX));
    store.commit(batch).await.unwrap();
    assert!(store.get(Kind::File, "", "old").await.unwrap().is_none());
    let Page::Found { rows, .. } = store.list(Kind::File, "", &Window::default(), 20).await.unwrap() else { panic!() };
    assert_eq!(rows.len(), 1);
    assert_eq!(store.due_files().await.unwrap(), ["old"]);
}

#[tokio::test]
async fn what_a_process_that_died_left_behind_is_removed() {
    let dir = tempfile::tempdir().unwrap();
    let store = Store::open(dir.path()).unwrap();
    let mut kept = Vec::new();
    for bytes in ["wanted", "unwanted"] {
        let mut incoming = store.blobs.begin().await.unwrap();
        incoming.write(bytes.as_bytes()).await.unwrap();
        kept.push(store.blobs.keep(incoming).await.unwrap().0);
    }
    let doc = json!({});
    let file = New::top(Kind::File, "file-1", &doc);
    store.commit(Batch::default().insert_file(file, &kept[0], None)).await.unwrap();
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
async fn a_file_that_goes_is_taken_out_of_what_names_it() {
    let store = fresh();
    let doc = |id: &str, files: Value| json!({"id": id, "temperature": 1.0, "n": "\u{e4}\n\"", "tool_resources": {"code_interpreter": {"file_ids": files}}});
    let (assistant, thread) =
        (doc("asst_1", json!(["file-a", "file-b", "file-c"])), doc("thread_1", json!(["file-a"])));
    let vectors = json!({"id": "vs_1", "file_counts": {"completed": 2, "total": 2}});
    let file = json!({});
    let batch = Batch::default()
        .insert_file(New::top(Kind::File, "file-b", &file), "h", None)
        .insert(New::top(Kind::Assistant, "asst_1", &assistant))
        .insert(New::top(Kind::Thread, "thread_1", &thread))
        .insert(New { label: Some(r#"["file-a","file-b"]"#), ..New::top(Kind::VectorStore, "vs_1", &vectors) });
    store.commit(batch).await.unwrap();
    // This reference is added by an update instead of at creation.
    let changed = doc("thread_1", json!(["file-b", "file-a"]));
    store.commit(Batch::default().replace("thread_1", changed.as_object().unwrap())).await.unwrap();

    assert!(store.remove_file("file-b").await.unwrap());
    let text = async |kind, id| store.get(kind, "", id).await.unwrap().unwrap();
    assert_eq!(text(Kind::Assistant, "asst_1").await, doc("asst_1", json!(["file-a", "file-c"])).to_string());
    assert_eq!(text(Kind::Thread, "thread_1").await, doc("thread_1", json!(["file-a"])).to_string());
    let vectors = store.load(Kind::VectorStore, "", "vs_1").await.unwrap().unwrap();
    assert_eq!(vectors.label.as_deref(), Some(r#"["file-a"]"#));
    assert_eq!(vectors.doc["file_counts"], json!({"completed": 1, "total": 1}));
    assert_eq!(vectors.version, 2, "who read it before must read it again");
    store.remove(Kind::Assistant, "", "asst_1").await.unwrap();
    store.remove_thread("thread_1").await.unwrap();
    let left = store.db.read("select owner from reference", vec![]).await.unwrap();
    assert_eq!(left.len(), 1, "the vector store's");
}

#[tokio::test]
async fn a_store_of_the_first_schema_is_brought_up_to_date() {
    const OBJECT: &str = "insert into object (kind, id, parent, doc) values ($1, $2, '', $3)";
    let dir = tempfile::tempdir().unwrap();
    let options = Options { migrations: &SQLITE[..1], patience: PATIENCE, access: Access::ReadWrite };
    let old = Db::open(&dir.path().join("store.db"), options).unwrap();
    let thread = json!({"tool_resources": {"code_interpreter": {"file_ids": ["file-1"]}}}).to_string();
    old.write(OBJECT, vec!["thread".into(), "thread_1".into(), thread.into()]).await.unwrap();
    old.write(OBJECT, vec!["file".into(), "file-1".into(), "{}".into()]).await.unwrap();
    old.write("insert into identity (id) values ($1)", vec!["me".into()]).await.unwrap();
    drop(old);
    assert_eq!(store_id(dir.path()).unwrap().as_deref(), Some("me"));
    let store = Store::open(dir.path()).unwrap();
    assert!(store.remove_file("file-1").await.unwrap());
    let thread = store.load(Kind::Thread, "", "thread_1").await.unwrap().unwrap();
    assert_eq!(thread.doc["tool_resources"]["code_interpreter"]["file_ids"], json!([]));
}
