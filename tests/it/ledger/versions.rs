//! Ledgers of other versions, clocks that go backwards, and IDs that exist in two origins.

use crate::support::ledger::threads;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, minting, shows};
use rusqlite::Connection;

const FIRST: &str = include_str!("../../../migrations/ledger/sqlite/0001_objects_intents_events.sql");
const SECOND: &str = include_str!("../../../migrations/ledger/sqlite/0002_cheap_conditions.sql");
const THIRD: &str = include_str!("../../../migrations/ledger/sqlite/0003_ids_first.sql");
const THREE: &str = "insert into object (origin, kind, id, state, recorded_at, source, metadata) values
    ('openai:default', 'thread', 'thread_1', 'live', 1700000000, 60, '{\"a\":\"b\"}'),
    ('openai:default', 'thread', 'thread_2', 'deleted', 1700000000, 60, null),
    ('openai:other', 'thread', 'thread_1', 'live', 1700000000, 20, null);
    insert into object_metadata (n, key, value) values (1, 'a', 'b');";

fn user() -> Asst {
    Asst::new().env("OPENAI_API_KEY", "sk-none")
}

/// Returns the schema of a database.
fn schema(path: &std::path::Path) -> Vec<(String, String, Option<String>)> {
    let found = Connection::open(path).unwrap();
    let mut statement = found.prepare("select type, name, sql from sqlite_schema order by 1, 2").unwrap();
    let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
    rows.collect::<Result<_, _>>().unwrap()
}

#[test]
fn older_ledger_is_migrated() {
    for version in 1..=3_usize {
        let asst = user();
        std::fs::create_dir_all(asst.ledger().parent().unwrap()).unwrap();
        let older = Connection::open(asst.ledger()).unwrap();
        older.pragma_update(None, "journal_mode", "wal").unwrap();
        older.execute_batch(FIRST).unwrap();
        for later in &[SECOND, THIRD][..version - 1] {
            older.execute_batch(later).unwrap();
        }
        older.execute_batch(THREE).unwrap();
        older.pragma_update(None, "user_version", version as i64).unwrap();
        drop(older);
        assert_eq!(asst.run(["threads", "list", "--metadata", "a=b"]).ok().ids(), ["thread_1"], "{version}");
        assert_eq!(asst.run(["threads", "list", "--state", "deleted"]).ok().ids(), ["thread_2"], "{version:?}");
        // The key still identifies the old rows, and a new row can be added.
        asst.fed("thread_1\nthread_2\nthread_3\n", &["ledger", "import", "-"]).ok().says("1 new, 2 known before");
        asst.run(["ledger", "list", "--id-prefix", "thread_1", "--all-origins"]).ok();
        let now = Connection::open(asst.ledger()).unwrap();
        let check: String = now.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
        assert_eq!(check, "ok", "{version:?}");
        asst.fed("thread_1\n", &["ledger", "import", "-", "--ledger", "new.db"]).ok();
        assert_eq!(schema(&asst.ledger()), schema(&asst.work().join("new.db")), "{version}");
    }
}

#[test]
fn a_ledger_of_a_newer_version_is_refused_and_no_id_is_lost() {
    let (_listener, asst) = minting();
    asst.run(["threads", "create"]).ok();
    let newer = |version: i64| {
        let found = Connection::open(asst.ledger()).unwrap();
        found.pragma_update(None, "user_version", version).unwrap();
    };
    let known: i64 =
        Connection::open(asst.ledger()).unwrap().query_row("pragma user_version", [], |row| row.get(0)).unwrap();
    newer(99);
    asst.run(["threads", "list"]).code(1).says("schema version 99").says("upgrade asst");
    asst.fed("thread_9\n", &["ledger", "import", "-"]).code(1).says("upgrade asst");
    let made = asst.run(["threads", "create", "-o", "id"]).ok().says("asst-spill").id();
    newer(known);
    assert!(threads(&asst).contains(&made));
}

#[test]
fn a_clock_that_goes_backwards_revives_and_loses_nothing() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let at = |now: &str, args: &[&str]| asst.ran(asst.command(args).env("ASST_NOW", now).output().unwrap());
    let kept = at("2033-05-18T03:33:20Z", &["threads", "create", "-o", "id"]).ok().id();
    let gone = at("2033-05-18T03:33:20Z", &["threads", "create", "-o", "id"]).ok().id();
    // The deletion is dated years before the creation.
    at("2031-01-01T00:00:00Z", &["threads", "delete", &gone]).ok();
    assert_eq!(at("2030-01-01T00:00:00Z", &["threads", "list", "-o", "id"]).ok().ids(), [kept.as_str()]);
    // A response that seems older than the deletion does not revive the row.
    at("2030-01-01T00:00:00Z", &["threads", "get", &gone]).ok();
    assert_eq!(at("2030-01-01T00:00:00Z", &["threads", "list", "-o", "id"]).ok().ids(), [kept.as_str()]);
    assert_eq!(at("2029-01-01T00:00:00Z", &["threads", "list", "--idle", "1d"]).ok().stdout, "");
    at("2029-01-01T00:00:00Z", &["ledger", "stats"]).ok();
    at("2029-01-01T00:00:00Z", &["ledger", "doctor", "--exit-code"]).ok();
    assert_eq!(at("2029-01-01T00:00:00Z", &["ledger", "events"]).ok().ids(), [gone]);
}

#[test]
fn equal_ids_of_two_origins_are_two_objects() {
    let asst = user();
    let import =
        |origin: &str| asst.fed("thread_1\n", &["ledger", "import", "-", "--origin", origin]).ok().says("1 new");
    import("openai:one");
    import("openai:two");
    asst.run(["ledger", "forget", "thread_1", "--origin", "openai:one"]).ok().says("forgot 1");
    shows!(asst.run(["threads", "list", "--all-origins", "--columns", "id,origin"]), @r"
    thread_1	openai:two
    --- stderr ---
    1 thread in the ledger (all origins), never checked; this backend cannot list threads
    exit 0
    ");
}
