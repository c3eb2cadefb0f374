//! Tests of the behaviour that both engines share, and of behaviour that only a server has. `ASST_TEST_POSTGRES` is the
//! URL of a server on which databases may be created.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::db::{Access, Db, block_on};
use std::{sync::Arc, sync::atomic::AtomicU32, time::Duration};

const SQLITE: &[&str] = &[
    "create table item (id text primary key, name text not null, note text, n integer not null check (n < 100000)) strict",
];
const POSTGRES: &[&str] =
    &["create table item (id text collate \"C\" primary key, name text collate \"C\" not null, note text,
    n bigint not null check (n < 100000))"];
const TWO: &[&str] = &[POSTGRES[0], "create index item_by_n on item (n)"];
const ADD: &str = "insert into item (id, name, n) values ($1, $2, $3)";

fn options(migrations: &'static [&'static str], access: Access) -> DbOptions {
    DbOptions { migrations, patience: Duration::from_secs(60), access }
}

/// Creates a new database for one test and returns its URL.
pub(crate) fn fresh() -> String {
    static MADE: AtomicU32 = AtomicU32::new(0);
    let url =
        std::env::var("ASST_TEST_POSTGRES").expect("ASST_TEST_POSTGRES names a server; tests/postgres/run sets it");
    let number = MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("asst_{}_{number}", std::process::id());
    let made = name.clone();
    let maintenance = url.clone();
    std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (client, connection) = tokio_postgres::connect(&maintenance, tokio_postgres::NoTls).await.unwrap();
            tokio::spawn(connection);
            client.batch_execute(&format!("create database {made}")).await.unwrap();
        });
    })
    .join()
    .unwrap();
    format!("{}/{name}", url.rsplit_once('/').unwrap().0)
}

fn server(url: &str) -> PostgresUrl {
    PostgresUrl::parse(url, Arc::new(|_| Err("no TLS here".into()))).unwrap()
}

fn open(url: &str) -> Db {
    Db::connect(server(url), options(POSTGRES, Access::ReadWrite)).unwrap()
}

fn item(n: i64) -> Vec<Value> {
    vec![format!("id-{n:05}").into(), format!("näme {}", n * 7919 % 10_007).into(), n.into()]
}

/// Runs the same operations on any engine and returns their results as text.
fn results_of_operations(db: &Db) -> Vec<String> {
    let mut told = Vec::new();
    let mut tell = |what: &str, found: String| told.push(format!("{what}: {found}"));
    let read = |sql, params| format!("{:?}", block_on(db.read(sql, params)).unwrap());
    let all: Vec<_> = (0..300).map(|n| Statement::new(ADD, item(n))).collect();
    tell("batch", block_on(db.atomic(all)).unwrap().len().to_string());
    let again = block_on(db.write(ADD, item(5))).unwrap_err();
    tell("again", matches!(again, DbError::Duplicate { .. }).to_string());
    let steps = [item(400), item(401), item(1)].map(|params| Statement::new(ADD, params));
    tell("half", matches!(block_on(db.atomic(Vec::from(steps))), Err(DbError::Duplicate { .. })).to_string());
    tell("check", matches!(block_on(db.write(ADD, item(100_000))), Err(DbError::InvalidValue(_))).to_string());
    let upsert = "insert into item (id, name, n) values ($1, $2, $3)
        on conflict (id) do update set name = excluded.name, n = item.n + 1 returning name, n";
    tell("upsert", format!("{:?}", block_on(db.write(upsert, item(7))).unwrap()));
    tell("count", read("select count(*), cast(sum(n) as bigint) from item", vec![]));
    let range = "select id, name from item where name >= $1 and name < $2 order by name, id limit $3";
    tell("range", read(range, vec!["näme 12".into(), "näme 12\u{10ffff}".into(), 8.into()]));
    tell("order", read("select id from item where n = $2 and id = $1", vec!["id-00009".into(), 9.into()]));
    tell("null", read("select cast(null as text), cast($1 as bigint)", vec![Value::Null]));
    tell("wrong", block_on(db.read("select $1", vec![1.into(), 2.into()])).is_err().to_string());
    told
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn both_engines_return_the_same_results() {
    let url = fresh();
    assert_eq!(results_of_operations(&open(&url)), results_of_operations(&Db::memory(SQLITE).unwrap()));
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn bulk_inserts_have_the_same_results_on_both_engines() {
    let told = crate::db::bulk_tests::bulk_insert_results(&Db::memory(SQLITE).unwrap());
    assert_eq!(told[1], "two pieces: Ok(133)");
    assert_eq!(told[3..5], ["some known: Ok(17)", "changed: Ok(0)"]);
    assert_eq!(told[6..8], ["check: true".to_owned(), told[5].clone()]);
    let url = fresh();
    assert_eq!(crate::db::bulk_tests::bulk_insert_results(&open(&url)), told);
}

/// One sequence per writer. `nextval` is not undone by a rollback, so a sequence counts the attempts of its writer.
const WITH_ATTEMPTS: &[&str] = &[
    POSTGRES[0],
    "create sequence attempt_0; create sequence attempt_1; create sequence attempt_2; create sequence attempt_3;
     create sequence attempt_4; create sequence attempt_5; create sequence attempt_6; create sequence attempt_7",
];

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn eight_writers_lose_and_duplicate_no_row_and_retry_each_batch_once() {
    let url = fresh();
    let open = |url: &str| Db::connect(server(url), options(WITH_ATTEMPTS, Access::ReadWrite)).unwrap();
    let attempt = "select nextval(cast(cast($1 as text) as regclass))";
    let count = "insert into item (id, name, n) values ($1, $2, 1) on conflict (id) do update set n = item.n + 1";
    std::thread::scope(|scope| {
        for writer in 0..8_i64 {
            let url = &url;
            scope.spawn(move || {
                let db = open(url);
                let sequence = || vec![format!("attempt_{writer}").into()];
                let mut attempts = 0;
                for n in 0..10_i64 {
                    // All writers update these two rows in either order, so the server rolls some of them back.
                    let mut shared = ["a", "b"].map(|id| Statement::new(count, vec![id.into(), "".into()])).to_vec();
                    if (writer + n) % 2 == 0 {
                        shared.reverse();
                    }
                    shared.insert(0, Statement::new(attempt, sequence()));
                    shared.push(Statement::new(ADD, item(writer * 1000 + n + 1)));
                    let results = block_on(db.atomic(shared)).unwrap();
                    let so_far = results[0][0].int(0).unwrap();
                    assert!(so_far - attempts <= 2, "{} attempts", so_far - attempts);
                    attempts = so_far;
                }
            });
        }
    });
    let db = open(&url);
    let rows = block_on(db.read("select n from item where id in ('a', 'b')", vec![])).unwrap();
    assert_eq!(rows, [SqlRow(vec![80.into()]), SqlRow(vec![80.into()])]);
    let all = block_on(db.read("select count(*) from item", vec![])).unwrap();
    assert_eq!(all[0].int(0).unwrap(), 82);
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn newer_older_and_missing_schemas_have_their_own_errors() {
    let url = fresh();
    let connect = |migrations, access| Db::connect(server(&url), options(migrations, access)).map(drop);
    assert_eq!(connect(POSTGRES, Access::ReadOnly), Err(DbError::Missing));
    assert_eq!(connect(POSTGRES, Access::ReadWrite), Ok(()));
    assert_eq!(connect(TWO, Access::ReadOnly), Err(DbError::OlderSchema { found: 1, known: 2 }));
    assert_eq!(connect(TWO, Access::ReadWrite), Ok(()));
    assert_eq!(connect(POSTGRES, Access::ReadWrite), Err(DbError::NewerSchema { found: 2, known: 1 }));
    let reader = Db::connect(server(&url), options(TWO, Access::ReadOnly)).unwrap();
    assert_eq!(block_on(reader.write(ADD, item(1))), Err(DbError::ReadOnly));
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn eight_programs_that_start_at_once_create_one_schema() {
    let url = fresh();
    std::thread::scope(|scope| {
        let starts: Vec<_> = (0..8).map(|_| scope.spawn(|| drop(open(&url)))).collect();
        starts.into_iter().for_each(|start| start.join().unwrap());
    });
}

/// Terminates a server process, and returns once it is gone.
fn terminate(other: &Db, process: i64) {
    let ask = |sql| block_on(other.read(sql, vec![process.into()])).unwrap();
    ask("select cast(pg_terminate_backend(cast($1 as integer)) as int)");
    while !ask("select pid from pg_stat_activity where pid = $1").is_empty() {
        std::thread::sleep(Duration::from_millis(5));
    }
}

fn process_of(db: &Db) -> i64 {
    block_on(db.read("select cast(pg_backend_pid() as bigint)", vec![])).unwrap()[0].int(0).unwrap()
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn a_lost_connection_is_replaced() {
    let url = fresh();
    let (db, other) = (open(&url), open(&url));
    terminate(&other, process_of(&db));
    // A read is retried on a new connection. A write is not, because the server may have executed it.
    assert_eq!(block_on(db.read("select n from item", vec![])).unwrap().len(), 0);
    block_on(db.write(ADD, item(1))).unwrap();
    assert_eq!(block_on(db.read("select n from item", vec![])).unwrap().len(), 1);
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn a_read_whose_connection_is_lost_is_repeated() {
    const SLOW: &str = "select 1 from pg_sleep(1)";
    let url = fresh();
    let (db, other) = (open(&url), open(&url));
    let first = process_of(&db);
    std::thread::scope(|scope| {
        let answer = scope.spawn(|| block_on(db.read(SLOW, vec![])));
        let asked = "select pid from pg_stat_activity where pid = $1 and state = 'active' and query = $2";
        while block_on(other.read(asked, vec![first.into(), SLOW.into()])).unwrap().is_empty() {
            std::thread::sleep(Duration::from_millis(5));
        }
        // The server reports the reason in place of a response before it closes the connection.
        terminate(&other, first);
        assert_eq!(answer.join().unwrap().unwrap().len(), 1);
    });
    assert_ne!(process_of(&db), first);
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn short_concurrent_jobs_share_few_connections() {
    let url = fresh();
    let (db, other) = (open(&url), open(&url));
    block_on(futures_util::future::join_all((0..12).map(|n| db.write(ADD, item(n))))).into_iter().for_each(|ended| {
        ended.unwrap();
    });
    // Opening a connection takes as long as many writes, so waiting jobs reuse the connections that are returned.
    let counted = "select count(*) from pg_stat_activity where datname = current_database()";
    let open = block_on(other.read(counted, vec![])).unwrap()[0].int(0).unwrap();
    assert!(open <= 1 + 6, "{open} connections");
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn long_concurrent_jobs_have_their_own_connections() {
    let url = fresh();
    let db = open(&url);
    let began = std::time::Instant::now();
    let slow = || db.read("select 1 from pg_sleep(1.5)", vec![]);
    block_on(futures_util::future::join_all((0..6).map(|_| slow()))).into_iter().for_each(|ended| drop(ended.unwrap()));
    assert!(began.elapsed() < Duration::from_millis(6 * 1500), "one after the other");
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn nul_characters_of_a_text_are_replaced() {
    let url = fresh();
    let db = open(&url);
    block_on(db.write(ADD, vec!["a".into(), "x\0y".into(), 1.into()])).unwrap();
    let rows = block_on(db.read("select name from item", vec![])).unwrap();
    assert_eq!(rows[0].text(0).unwrap(), "x\u{fffd}y");
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn errors_of_the_server_are_classified() {
    let url = fresh();
    let connect = |url: &str| Db::connect(server(url), options(POSTGRES, Access::ReadWrite)).map(drop).unwrap_err();
    let (_, rest) = url.split_once('@').unwrap();
    let wrong = connect(&format!("postgres://asst:hunter2@{rest}"));
    assert!(matches!(&wrong, DbError::Denied(text) if !text.contains("hunter2")), "{wrong}");
    assert!(matches!(connect(&url.replace("/asst_", "/none_")), DbError::CannotOpen(_)));
}

#[test]
fn an_unreachable_server_is_an_error_within_the_time_limit() {
    let connect = |url: &str| {
        let options = DbOptions { patience: Duration::from_millis(300), ..options(POSTGRES, Access::ReadWrite) };
        Db::connect(server(url), options).map(drop).unwrap_err()
    };
    assert!(matches!(connect("postgres://kim:pw@127.0.0.1:1/db"), DbError::Unreachable(_)));
    assert!(matches!(connect("postgres:///db"), DbError::Unreachable(text) if text.contains("no host")));
    // A server that accepts the connection but never responds.
    let mute = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let late = connect(&format!("postgres://kim@{}/db", mute.local_addr().unwrap()));
    assert!(matches!(late, DbError::Unreachable(_)), "{late}");
}

#[test]
fn an_address_is_shown_without_its_password() {
    let read = |url: &str| PostgresUrl::parse(url, Arc::new(|_| Err(String::new())));
    let server = read("postgres://kim:hunter2@db.example:6432/ledger?sslmode=verify-full&sslrootcert=/a.pem").unwrap();
    assert_eq!((server.to_string(), server.encrypted), ("postgres://db.example:6432/ledger".to_owned(), true));
    assert!(!format!("{server:?}").contains("hunter2") && server.has_password());
    assert!(!read("postgres://kim@127.0.0.1/l").unwrap().encrypted, "loopback");
    assert!(!read("postgres://kim@db.example/l?sslmode=disable").unwrap().encrypted);
    assert!(read("postgres://kim@db.example/l").unwrap().encrypted);
    for bad in [
        "postgres://kim:hunter2@h/l?sslmode=maybe",
        "postgres://kim:hunter2@h:port/l",
        "postgres://h/l?nonsense=hunter2",
    ] {
        let error = read(bad).unwrap_err();
        assert!(!error.to_string().contains("hunter2"), "{error}");
    }
}
