//! Tests of the guarantees of the database layer, on real files.
#![allow(clippy::unwrap_used)]

use super::*;
use std::{
    collections::BTreeSet,
    fs,
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

const FIRST: &str = "create table item (id text primary key, n integer not null check (n < 1000)) strict";
const SECOND: &str = "create index item_by_n on item (n)";
const ADD: &str = "insert into item (id, n) values ($1, $2)";
const COUNT: &str = "select count(*) from item";

fn options(access: Access) -> DbOptions {
    DbOptions { migrations: &[FIRST], patience: Duration::from_secs(10), access }
}

fn rw() -> DbOptions {
    options(Access::ReadWrite)
}

fn item(id: impl Into<String>, n: i64) -> Vec<Value> {
    vec![Value::Text(id.into()), Value::Int(n)]
}

fn count(db: &Db) -> i64 {
    block_on(db.read(COUNT, vec![])).unwrap()[0].int(0).unwrap()
}

fn temp() -> (TempDir, std::path::PathBuf) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("new/deep/item.db");
    (dir, path)
}

#[test]
fn a_failed_batch_undoes_only_itself_within_a_group() {
    let (_dir, path) = temp();
    let db = Db::open(&path, rw()).unwrap();
    let DbEngine::Sqlite(engine) = &db.engine else { panic!("it is a file") };
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("begin immediate").unwrap();
    // These batches queue up while the lock is held. The first becomes a group of its own, the others form one group.
    let good: Vec<_> = (0..20)
        .map(|n| engine.enqueue(vec![Statement::new(ADD, item(format!("good-{n}"), n))].into()).unwrap())
        .collect();
    let bad = engine
        .enqueue(vec![Statement::new(ADD, item("half", 1)), Statement::new(ADD, item("too-much", 1000))].into())
        .unwrap();
    let last = engine.enqueue(vec![Statement::new(ADD, item("last", 1))].into()).unwrap();
    other.execute_batch("commit").unwrap();
    assert!(good.into_iter().chain([last]).all(|answer| block_on(answer).unwrap().0.is_ok()));
    assert!(matches!(block_on(bad).unwrap().0, Err(DbError::InvalidValue(text)) if text.contains("CHECK")));
    assert_eq!(count(&db), 21);
}

#[test]
fn a_panic_in_deferred_statements_affects_only_its_caller() {
    let db = Db::memory(&[FIRST, SECOND]).unwrap();
    let broken = Statements::deferred(|| panic!("on purpose"));
    assert_eq!(block_on(db.atomic(broken)), Err(DbError::writer_gone()));
    let made = Statements::deferred(|| vec![Statement::new(ADD, item("a", 1)), Statement::new(ADD, item("b", 2))]);
    assert_eq!(block_on(db.atomic(made)).unwrap().len(), 2);
    assert_eq!(count(&db), 2);
}

#[test]
fn a_duplicate_reports_its_constraint_and_returning_returns_rows() {
    let db = Db::memory(&[FIRST, SECOND]).unwrap();
    let back = block_on(db.write("insert into item (id, n) values ($1, $2) returning n, id", item("a", 7))).unwrap();
    assert_eq!(back, [SqlRow(vec![Value::Int(7), Value::Text("a".into())])]);
    let error = block_on(db.write(ADD, item("a", 8))).unwrap_err();
    assert!(matches!(&error, DbError::Duplicate { constraint } if constraint.contains("item.id")), "{error}");
    let swapped = block_on(db.read("select n from item where n = $2 and id = $1", item("a", 7))).unwrap();
    assert_eq!(swapped.len(), 1, "parameters are bound by number, not by position");
    assert!(block_on(db.read(COUNT, item("a", 1))).is_err(), "a wrong number of parameters is an error");
}

#[test]
fn newer_older_missing_and_foreign_databases_have_their_own_errors() {
    let (_dir, path) = temp();
    assert_eq!(Db::open(&path, options(Access::ReadOnly)).unwrap_err(), DbError::Missing);
    assert!(!path.parent().unwrap().exists(), "a look creates nothing");
    drop(Db::open(&path, rw()).unwrap());
    let two = |access| DbOptions { migrations: &[FIRST, SECOND], ..options(access) };
    let older = Db::open(&path, two(Access::ReadOnly)).unwrap_err();
    assert_eq!(older, DbError::OlderSchema { found: 1, known: 2 });
    drop(Db::open(&path, two(Access::ReadWrite)).unwrap());
    for access in [Access::ReadOnly, Access::ReadWrite] {
        let newer = Db::open(&path, options(access)).unwrap_err();
        assert_eq!(newer, DbError::NewerSchema { found: 2, known: 1 }, "{access:?}");
    }
    let foreign = path.with_file_name("foreign.db");
    rusqlite::Connection::open(&foreign).unwrap().execute_batch("create table theirs (a)").unwrap();
    assert!(matches!(Db::open(&foreign, rw()), Err(DbError::CannotOpen(_))));
    fs::write(&foreign, "this is a text of more than a hundred bytes, and it is no database at all. ".repeat(9))
        .unwrap();
    assert!(matches!(Db::open(&foreign, rw()), Err(DbError::Corrupt(_))));
    assert!(matches!(Db::open(&foreign.join("below/a/file"), rw()), Err(DbError::CannotOpen(_))));
}

#[test]
fn eight_threads_on_two_handles_lose_nothing_and_readers_see_whole_batches() {
    let (_dir, path) = temp();
    let handles: Vec<_> = (0..2).map(|_| Arc::new(Db::open(&path, rw()).unwrap())).collect();
    let writers: Vec<_> = (0..8)
        .map(|writer| {
            let db = handles[writer % 2].clone();
            thread::spawn(move || {
                for n in 0..25 {
                    let pair = ["a", "b"].map(|half| Statement::new(ADD, item(format!("{writer}-{n}-{half}"), n)));
                    block_on(db.atomic(Vec::from(pair))).unwrap();
                    assert_eq!(count(&db) % 2, 0, "a batch is seen whole or not at all");
                }
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    assert_eq!(count(&handles[0]), 400);
}

#[test]
fn sixteen_handles_that_create_one_database_at_once_all_succeed() {
    for _ in 0..5 {
        let (_dir, path) = temp();
        let barrier = Arc::new(std::sync::Barrier::new(16));
        let threads: Vec<_> = (0..16)
            .map(|n| {
                let (path, barrier) = (path.clone(), barrier.clone());
                thread::spawn(move || {
                    barrier.wait();
                    let db = Db::open(&path, DbOptions { migrations: &[FIRST, SECOND], ..rw() })?;
                    block_on(db.write(ADD, item(format!("{n}"), n)))
                })
            })
            .collect();
        threads.into_iter().for_each(|thread| drop(thread.join().unwrap().unwrap()));
        let all = Db::open(&path, DbOptions { migrations: &[FIRST, SECOND], ..options(Access::ReadOnly) }).unwrap();
        assert_eq!(count(&all), 16, "a write was lost");
    }
}

#[test]
fn an_up_to_date_database_opens_and_reads_while_another_process_writes() {
    let (_dir, path) = temp();
    let db = Db::open(&path, rw()).unwrap();
    block_on(db.write(ADD, item("a", 1))).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("begin immediate; insert into item values ('b', 2)").unwrap();
    let impatient = DbOptions { patience: Duration::ZERO, ..rw() };
    let second = Db::open(&path, impatient).unwrap();
    assert_eq!((count(&db), count(&second)), (1, 1));
    assert_eq!(block_on(second.write(ADD, item("c", 3))).unwrap_err(), DbError::Busy);
    other.execute_batch("commit").unwrap();
    assert_eq!(count(&second), 2);
}

#[test]
fn a_lock_is_waited_for_until_the_time_limit() {
    let (_dir, path) = temp();
    let patience = Duration::from_millis(150);
    let db = Db::open(&path, DbOptions { patience, ..rw() }).unwrap();
    let other = rusqlite::Connection::open(&path).unwrap();
    other.execute_batch("begin immediate").unwrap();
    let start = Instant::now();
    assert_eq!(block_on(db.write(ADD, item("a", 1))).unwrap_err(), DbError::Busy);
    assert!((patience..patience * 6).contains(&start.elapsed()), "{:?}", start.elapsed());
    other.execute_batch("rollback").unwrap();
    block_on(db.write(ADD, item("a", 1))).unwrap();
}

#[test]
fn a_database_in_memory_is_shared_by_its_connections_only() {
    let (db, other) = (Arc::new(Db::memory(&[FIRST]).unwrap()), Db::memory(&[FIRST]).unwrap());
    let threads: Vec<_> = (0..8)
        .map(|thread| {
            let db = db.clone();
            thread::spawn(move || {
                for n in 0..50 {
                    block_on(db.write(ADD, item(format!("{thread}-{n}"), n))).unwrap();
                    assert!(count(&db) > 0, "{n:?}");
                }
            })
        })
        .collect();
    threads.into_iter().for_each(|thread| thread.join().unwrap());
    assert_eq!((count(&db), count(&other)), (400, 0));
}

#[test]
fn a_read_only_handle_changes_no_file_and_rejects_writes() {
    let (_dir, path) = temp();
    block_on(Db::open(&path, rw()).unwrap().write(ADD, item("a", 1))).unwrap();
    let listing =
        || fs::read_dir(path.parent().unwrap()).unwrap().map(|file| file.unwrap().file_name()).collect::<BTreeSet<_>>();
    let (before, bytes) = (listing(), fs::read(&path).unwrap());
    let db = Db::open(&path, options(Access::ReadOnly)).unwrap();
    assert_eq!(count(&db), 1);
    assert_eq!(block_on(db.write(ADD, item("b", 1))).unwrap_err(), DbError::ReadOnly);
    assert!(block_on(db.read("delete from item returning id", vec![])).is_err(), "a read cannot write");
    drop(db);
    assert_eq!((listing(), fs::read(&path).unwrap()), (before, bytes));
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_access_new_files_and_folders() {
    use std::os::unix::fs::PermissionsExt;
    let (dir, path) = temp();
    let db = Db::open(&path, rw()).unwrap();
    block_on(db.write(ADD, item("a", 1))).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&path), mode(&path.with_file_name("item.db-wal"))), (0o600, 0o600));
    assert_eq!((mode(path.parent().unwrap()), mode(&dir.path().join("new"))), (0o700, 0o700));
}

#[test]
fn a_database_on_a_read_only_medium_is_read_without_its_log() {
    let (_dir, path) = temp();
    let path = path.with_file_name("what? 100% #1.db");
    block_on(Db::open(&path, rw()).unwrap().write(ADD, item("a", 1))).unwrap();
    // The last connection to close runs a checkpoint, and so does a writer that ends after many writes.
    rusqlite::Connection::open(&path).unwrap().execute_batch("pragma wal_checkpoint").unwrap();
    let place = connect::DatabaseLocation::File(path.clone());
    let reader = place.connect_immutable(Duration::ZERO).unwrap().unwrap();
    assert_eq!(statement::run(&reader, COUNT, &[]).unwrap()[0].int(0), Ok(1));
    fs::write(path.with_file_name("what? 100% #1.db-wal"), "changes").unwrap();
    assert!(place.connect_immutable(Duration::ZERO).is_none(), "what the log holds would not be seen");
}

#[test]
fn closing_checkpoints_a_long_wal_file_and_keeps_a_short_one() {
    let (_dir, path) = temp();
    let log = || fs::metadata(path.with_file_name("item.db-wal")).map_or(0, |log| log.len());
    block_on(Db::open(&path, rw()).unwrap().write(ADD, item("a", 1))).unwrap();
    assert!(log() > 0);
    let db = Db::open(&path, rw()).unwrap();
    assert_eq!(count(&db), 1, "what is only in the log is there");
    (0..400).for_each(|n| drop(block_on(db.write(ADD, item(format!("b{n}"), 1))).unwrap()));
    assert!(log() > 2 << 20);
    drop(db);
    assert_eq!(log(), 0);
    assert_eq!(count(&Db::open(&path, rw()).unwrap()), 401);
}

#[test]
fn errors_are_classified_by_cause() {
    use rusqlite::ffi;
    let error = |code| DbError::from(rusqlite::Error::SqliteFailure(ffi::Error::new(code), None));
    for code in [ffi::SQLITE_CONSTRAINT_CHECK, ffi::SQLITE_MISMATCH, ffi::SQLITE_TOOBIG] {
        assert!(error(code).is_caused_by_values(), "{:?}", error(code));
    }
    for code in [ffi::SQLITE_IOERR_WRITE, ffi::SQLITE_NOMEM, ffi::SQLITE_FULL, ffi::SQLITE_BUSY] {
        assert!(!error(code).is_caused_by_values(), "{:?}", error(code));
    }
    assert_eq!(error(ffi::SQLITE_IOERR_RDLOCK), DbError::NoLocks);
    assert_eq!(error(ffi::SQLITE_FULL), DbError::Full);
    assert_eq!(error(ffi::SQLITE_READONLY_DIRECTORY), DbError::ReadOnly);
    assert_eq!(error(ffi::SQLITE_BUSY_SNAPSHOT), DbError::Busy);
    assert!(matches!(error(ffi::SQLITE_CANTOPEN), DbError::CannotOpen(_)));
    assert!(matches!(error(ffi::SQLITE_IOERR), DbError::Other(_)));
}

/// SQLite skips every statement that may be skipped, because skipping saves time. The skipped statements here would
/// otherwise change the result.
#[tokio::test]
async fn a_statement_is_skipped_depending_on_the_statement_before_it() {
    const ADD: &str = "insert into word (text) values ($1)";
    const FIND: &str = "select 1 from word where text = $1";
    const CHANGE: &str = "update word set text = text where text = $1";
    let db = Db::memory(&["create table word (text text not null) strict"]).unwrap();
    let word = |sql, text: &str| Statement::new(sql, vec![Value::from(text)]);
    let if_found = |text| word(ADD, text).if_found();
    let unless_found = |text| word(ADD, text).unless_found();
    db.atomic(vec![word(ADD, "known")]).await.unwrap();
    let batches = [
        (vec![word(FIND, "known"), if_found("a"), unless_found("b")], "a"),
        (vec![word(FIND, "new"), if_found("c"), unless_found("d"), unless_found("e")], "d"),
        (vec![word(CHANGE, "known"), unless_found("f"), word(FIND, "new"), if_found("g")], ""),
        (vec![word(CHANGE, "new"), if_found("h"), unless_found("i")], "i"),
        (vec![if_found("j"), unless_found("k")], "k"),
    ];
    for (batch, added) in batches {
        let results = db.atomic(batch.clone()).await.unwrap();
        assert_eq!(results.len(), batch.len(), "each statement has a result: {batch:?}");
        let words = db.read("select text from word where text <> 'known' and text <> 'seen'", vec![]).await.unwrap();
        let words: Vec<String> = words.iter().map(|row| row.text(0).unwrap().to_owned()).collect();
        assert_eq!(words.join(" "), added, "{batch:?}");
        db.write("update word set text = 'seen' where text <> $1", vec!["known".into()]).await.unwrap();
    }
}
