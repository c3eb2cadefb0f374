//! A process that is killed during an import.

use super::user;
use rusqlite::Connection;

/// Returns IDs in an order that defeats the locality of an index.
fn ids(count: u64) -> String {
    (0..count).map(|n| format!("thread_{:024}\n", n.wrapping_mul(0x9E37_79B9_7F4A_7C15))).collect()
}

#[test]
fn killed_import_is_completed_by_the_same_command() {
    let asst = user();
    asst.file("ids.txt", ids(60_000));
    let import = ["ledger", "import", "ids.txt"];
    let start = std::time::Instant::now();
    let whole = asst.run([&import[..], &["--ledger", "whole.db"]].concat()).ok();
    let step = start.elapsed() / 8;
    assert!(whole.stderr.contains("60000 new"), "{}", whole.text());
    for round in 1..8_u32 {
        let mut child = asst.command(import).spawn().unwrap();
        std::thread::sleep(step * round);
        let _ = child.kill();
        child.wait().unwrap();
        if asst.ledger().exists() {
            let found = Connection::open(asst.ledger()).unwrap();
            let check: String = found.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
            assert_eq!(check, "ok", "killed in round {round}");
        }
    }
    asst.run(import).ok();
    // The schema must be complete, whichever transaction was interrupted.
    let schema = |path: &std::path::Path| {
        let found = Connection::open(path).unwrap();
        let mut statement = found.prepare("select type, name, sql from sqlite_schema order by 1, 2").unwrap();
        let rows = statement.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?))).unwrap();
        rows.collect::<Result<Vec<(String, String, Option<String>)>, _>>().unwrap()
    };
    asst.run(["ledger", "stats", "--ledger", "empty.db"]).ok();
    asst.fed("", &["ledger", "import", "-", "--ledger", "empty.db"]).ok();
    assert_eq!(schema(&asst.ledger()), schema(&asst.work().join("empty.db")));
    let found = Connection::open(asst.ledger()).unwrap();
    let count = |sql: &str| found.query_row(sql, [], |row| row.get::<_, i64>(0)).unwrap();
    assert_eq!((count("select count(*) from object"), count("select sum(amount) from tally")), (60_000, 60_000));
}
