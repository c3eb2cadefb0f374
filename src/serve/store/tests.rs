//! The promises of the store: pages, conditions of batches, bytes of files.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::api::paging::Order;
use serde_json::json;

fn insert(id: &str, label: Option<&str>) -> Batch {
    let doc = json!({ "id": id });
    Batch::default().insert(New { label, ..New::top(Kind::Thread, id, &doc) })
}

#[tokio::test]
async fn pages_hold_what_lies_between_the_cursors() {
    let store = Store::memory().unwrap();
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
    let store = Store::memory().unwrap();
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
    let store = Store::memory().unwrap();
    store.commit(insert("a", None).queue("run_1", "a", i64::MAX)).await.unwrap();
    let long = Duration::from_secs(60);
    assert_eq!(store.claim("one", Duration::ZERO).await.unwrap(), ["run_1"]);
    while ids::now_ms() <= store_lease(&store).await {} // A millisecond must pass.
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
        let mut incoming = store.blobs.begin().unwrap();
        incoming.write(b"the same").unwrap();
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
    assert_eq!(store.blobs.read(&hashes[0]).unwrap().1, 8);
    assert!(store.remove_file("file-2").await.unwrap());
    assert!(store.blobs.read(&hashes[0]).is_err());
    assert!(!store.remove_file("file-2").await.unwrap());
}

#[tokio::test]
async fn a_file_that_has_expired_is_not_there() {
    let store = Store::memory().unwrap();
    let doc = json!({});
    let new = |id| New::top(Kind::File, id, &doc);
    let batch = Batch::default().insert_file(new("old"), "h", Some(1)).insert_file(new("new"), "h", Some(i64::MAX));
    store.commit(batch).await.unwrap();
    assert!(store.get(Kind::File, "", "old").await.unwrap().is_none());
    let Page::Found { rows, .. } = store.list(Kind::File, "", &Window::default(), 20).await.unwrap() else { panic!() };
    assert_eq!(rows.len(), 1);
    assert_eq!(store.due_files().await.unwrap(), ["old"]);
}
