//! Tests of listings: the rows, their order, and the index that the database uses.

use super::*;
use crate::ledger::list::{IndexChoice, PRESENT};
use crate::ledger::read;

fn plan(connection: &rusqlite::Connection, sql: &str) -> String {
    let mut statement = connection.prepare(&format!("explain query plan {sql}")).unwrap();
    let lines = statement.raw_query().mapped(|row| row.get::<_, String>(3)).collect::<Result<Vec<_>, _>>();
    lines.unwrap().join("\n")
}

#[test]
fn the_sql_of_every_listing_is_valid() {
    let world = World::new();
    let ledger = world.ledger();
    put(&ledger, [thread("t", Source::Referenced, 1)]);
    let db = block_on(ledger.writer()).unwrap();
    let filter = RowQuery { metadata: vec![("k".into(), "v".into())], ..RowQuery::present(Some(ORIGIN), Kind::Thread) };
    for driver in IndexChoice::ALL {
        let found = block_on(db.read(driver.sql(), filter.params(Cursor(i64::MAX), 5)));
        assert!(found.is_ok(), "{driver:?}: {found:?}");
    }
}

#[test]
fn every_listing_reads_an_index_in_order() {
    if on_server() {
        return; // The expected query plans are those of SQLite.
    }
    let world = World::new();
    put(&world.ledger(), [thread("t", Source::Referenced, 1)]);
    let connection = rusqlite::Connection::open(world.path()).unwrap();
    let walks = [(PRESENT, "object_live (collection=? AND rowid<?)")];
    let drivers = IndexChoice::ALL.map(|driver| {
        let index = match driver {
            IndexChoice::RowNumber => "INTEGER PRIMARY KEY (rowid<?)",
            IndexChoice::Present => "object_live (collection=? AND rowid<?)",
            IndexChoice::Absent => "object_dead (collection=? AND rowid<?)",
            IndexChoice::Assistant => "object_of_assistant (assistant=? AND rowid<?)",
            IndexChoice::CiJob => "object_of_ci_job (ci_job=? AND rowid<?)",
            IndexChoice::Metadata => "SEARCH m USING PRIMARY KEY (key=? AND value=? AND n<?)",
            IndexChoice::Ids => "object_key (id>? AND id<?)",
        };
        (driver.sql(), index)
    });
    for (sql, index) in walks.into_iter().chain(drivers) {
        let plan = plan(&connection, sql);
        assert!(plan.contains(index), "{index}: {plan}");
        // Only the listing by ID prefix sorts: its index is ordered by ID. It usually matches few rows.
        let sorts = sql == IndexChoice::Ids.sql();
        assert_eq!(plan.contains("TEMP B-TREE FOR ORDER BY"), sorts, "{plan}");
        assert!(!plan.contains("SCAN"), "{plan}");
    }
    // Counts come from a small table.
    for sql in [read::TALLIES, read::CHECKED, read::CHECKED_ANYWHERE] {
        let plan = plan(&connection, sql);
        assert!(plan.contains("SEARCH t USING PRIMARY KEY (collection=?)"), "{plan}");
        assert!(!plan.contains("event") && !plan.contains("object"), "{plan}");
    }
}

/// The same check on a PostgreSQL server. The table is large enough for index scans to pay, and its statistics are
/// current.
#[test]
fn no_listing_on_a_server_reads_all_rows() {
    if !on_server() {
        return; // The expected query plans are those of PostgreSQL.
    }
    let world = World::new();
    let ledger = world.ledger();
    let row =
        |n: i64| Row { state: ObjectState::Unknown, ..thread(&format!("thread_{:x}", n * 7919), Source::Imported, n) };
    assert_eq!(block_on(ledger.import((0..60_000).map(row))).unwrap().new, 60_000);
    put(
        &ledger,
        (0..3_000).map(|n| Row {
            metadata: Some([("team".to_owned(), format!("{}", n % 300))].into()),
            ci_job: Some(format!("https://ci/{}", n % 300)),
            assistant: Some(format!("asst_{}", n % 300)),
            ..thread(&format!("thread_made_{n}"), Source::Created, n)
        }),
    );
    let db = block_on(ledger.writer()).unwrap();
    for table in ["analyze object", "analyze object_metadata", "analyze tally_change"] {
        block_on(db.write(table, vec![])).unwrap();
    }
    let plan = |sql: &str, params: Vec<Value>| {
        let sql: &'static str = Box::leak(format!("explain (costs off) {sql}").into_boxed_str());
        let lines = block_on(db.read(sql, params)).unwrap();
        lines.iter().map(|line| line.text(0).unwrap().to_owned()).collect::<Vec<_>>().join("\n")
    };
    let present = || RowQuery::present(Some(ORIGIN), Kind::Thread);
    let pair = || vec![("team".to_owned(), "7".to_owned())];
    let filters = [
        ("newest", present()),
        ("newest anywhere", RowQuery::present(None, Kind::Thread)),
        ("prefix", RowQuery { ids: IdFilter::Prefix("thread_made_12".into()), ..present() }),
        ("metadata", RowQuery { metadata: pair(), ..present() }),
        ("job", RowQuery { ci_job: Some("https://ci/7".into()), ..present() }),
        ("assistant", RowQuery { assistant: Some("asst_7".into()), ..present() }),
        ("deleted", RowQuery { states: StateFilter::One(ObjectState::Deleted), ..present() }),
        ("walk", RowQuery { states: StateFilter::All, ..RowQuery::default() }),
    ];
    for (what, filter) in filters {
        let (sql, params) = filter.query(Cursor(i64::MAX), 20);
        let plan = plan(sql, params);
        assert!(!plan.contains("Seq Scan on object") && plan.contains("Index"), "{what}: {plan}");
    }
    let key = vec!["thread_made_5".into()];
    let exact = plan("select n from object where id = $1", key);
    assert!(exact.contains("object_key"), "{exact}");
}

#[test]
fn pages_go_from_the_newest_to_the_oldest_without_gaps() {
    let world = World::new();
    let ledger = world.ledger();
    put(&ledger, (0..25).map(|n| thread(&format!("t{n:02}"), Source::Created, n)));
    put(&ledger, [Row { state: ObjectState::Deleted, ..thread("t07", Source::Referenced, 99) }]);
    for filter in
        [RowQuery::present(None, Kind::Thread), RowQuery::present(Some(ORIGIN), Kind::Thread), RowQuery::default()]
    {
        let (mut seen, mut before) = (Vec::new(), None);
        loop {
            let page = block_on(ledger.rows(&filter, before, 10)).unwrap();
            before = page.last().map(|row| row.cursor);
            seen.extend(page.iter().map(|row| row.id.clone()));
            if page.len() < 10 {
                break;
            }
        }
        let expected: Vec<_> = (0..25).rev().filter(|n| *n != 7).map(|n| format!("t{n:02}")).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn filters_select_exactly_the_matching_rows() {
    let world = World::new();
    let ledger = world.ledger();
    let pairs =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect::<Vec<_>>();
    let with = |data: &[(&str, &str)]| Some(pairs(data).into_iter().collect());
    put(
        &ledger,
        [
            Row {
                metadata: with(&[("team", "a"), ("env", "dev")]),
                created_at: Some(100),
                ..thread("thread_a1", Source::Created, 900)
            },
            Row {
                metadata: with(&[("team", "a")]),
                ci_job: Some("job".into()),
                active_at: Some(950),
                ..thread("thread_a2", Source::Referenced, 200)
            },
            Row {
                state: ObjectState::Gone,
                assistant: Some("asst_1".into()),
                ..thread("thread_b", Source::Imported, 300)
            },
            Row {
                state: ObjectState::Unknown,
                assistant: Some("asst_1".into()),
                ..thread("thread_c", Source::Scanned, 400)
            },
            Row::new("other", Kind::Thread, "thread_d", Source::Created, 500),
            Row::new(ORIGIN, Kind::File, "thread_a_file", Source::Created, 600),
        ],
    );
    let all = || RowQuery { kind: Some(Kind::Thread), states: StateFilter::All, ..RowQuery::default() };
    let found = |filter: RowQuery| ids(&ledger, &filter).join(" ");
    assert_eq!(found(RowQuery::present(None, Kind::Thread)), "thread_d thread_c thread_a2 thread_a1");
    assert_eq!(found(RowQuery::present(Some(ORIGIN), Kind::Thread)), "thread_c thread_a2 thread_a1");
    assert_eq!(found(RowQuery { ids: IdFilter::Prefix("thread_a".into()), ..all() }), "thread_a2 thread_a1");
    assert_eq!(found(RowQuery { ids: IdFilter::Exact("thread_a".into()), ..all() }), "");
    assert_eq!(found(RowQuery { ids: IdFilter::Exact("thread_b".into()), ..all() }), "thread_b");
    assert_eq!(found(RowQuery { states: StateFilter::One(ObjectState::Gone), ..all() }), "thread_b");
    assert_eq!(
        found(RowQuery { states: StateFilter::One(ObjectState::Unknown), origin: Some(ORIGIN.into()), ..all() }),
        "thread_c"
    );
    assert_eq!(found(RowQuery { source: Some(Source::Created), ..all() }), "thread_d thread_a1");
    assert_eq!(found(RowQuery { assistant: Some("asst_1".into()), ..all() }), "thread_c thread_b");
    assert_eq!(found(RowQuery { metadata: pairs(&[("team", "a")]), ..all() }), "thread_a2 thread_a1");
    assert_eq!(found(RowQuery { metadata: pairs(&[("team", "a"), ("env", "dev")]), ..all() }), "thread_a1");
    assert_eq!(found(RowQuery { ci_job: Some("job".into()), ..all() }), "thread_a2");
    assert_eq!(found(RowQuery { created_before: Some(300), ..all() }), "thread_a2 thread_a1");
    assert_eq!(found(RowQuery { created_after: Some(300), ..all() }), "thread_d thread_c thread_b");
    assert_eq!(found(RowQuery { idle_since: Some(400), ..all() }), "thread_b thread_a1");
    let joined = RowQuery { metadata: pairs(&[("team", "a")]), created_before: Some(150), ..all() };
    assert_eq!(found(joined), "thread_a1", "conditions are joined by and");
    assert_eq!(block_on(ledger.origins_of(Kind::Thread, "thread_d")).unwrap(), ["other"]);
    assert_eq!(
        block_on(ledger.rows(&RowQuery { metadata: pairs(&[("team", "a"), ("env", "dev")]), ..all() }, None, 1))
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn orphaned_selects_only_threads_with_evidence() {
    let world = World::new();
    let ledger = world.ledger();
    let now = 100 * 24 * 3600;
    let assistant = |id: &str, state| Row { state, ..Row::new(ORIGIN, Kind::Assistant, id, Source::Created, 1) };
    let run = |thread: &str, n: i64, assistant: Option<&str>| Row {
        parent: Some(thread.into()),
        assistant: assistant.map(str::to_owned),
        ..Row::new(ORIGIN, Kind::Run, format!("run_{thread}_{n}"), Source::Created, 1)
    };
    put(&ledger, ["dead_runs", "mixed", "stranger", "nameless", "no_runs"].map(|id| thread(id, Source::Created, 1)));
    put(
        &ledger,
        [
            Row { messages: Some(0), ..thread("empty", Source::Created, 1) },
            Row { messages: Some(0), ..thread("empty_young", Source::Created, now - 60) },
            Row { messages: Some(0), ..thread("empty_live_run", Source::Created, 1) },
        ],
    );
    put(
        &ledger,
        [
            assistant("deleted", ObjectState::Deleted),
            assistant("gone", ObjectState::Gone),
            assistant("live", ObjectState::Live),
        ],
    );
    put(
        &ledger,
        [
            run("dead_runs", 1, Some("deleted")),
            run("dead_runs", 2, Some("gone")),
            run("mixed", 1, Some("deleted")),
            run("mixed", 2, Some("live")),
            run("stranger", 1, Some("never recorded")),
            run("nameless", 1, None),
            run("empty_live_run", 1, Some("live")),
        ],
    );
    let orphaned = RowQuery { orphaned_at: Some(now), ..RowQuery::present(None, Kind::Thread) };
    assert_eq!(ids(&ledger, &orphaned), ["empty", "dead_runs"]);
}

#[test]
fn reading_a_missing_ledger_returns_nothing_and_creates_nothing() {
    let world = World::new();
    let ledger = world.ledger();
    assert_eq!(ids(&ledger, &RowQuery::default()), [""; 0]);
    assert_eq!(block_on(ledger.stats()), Ok(LedgerStats::default()));
    assert_eq!(block_on(ledger.forget(&[key(Kind::Thread, "t")], ForgetScope::Everything)), Ok(0));
    assert_eq!(block_on(ledger.settle("i", None, 1)), Ok(SettleResult::NoSuchIntent));
    assert!(!world.path().parent().unwrap().exists());
}
