//! Tests of the changes that observations may and may not make.

use super::*;

#[test]
fn a_row_comes_back_as_it_was_written() {
    let ledger = World::new();
    let ledger = ledger.ledger();
    let full = Row {
        parent: Some("p".into()),
        state: ObjectState::Unknown,
        created_at: Some(1),
        checked_at: Some(3),
        active_at: Some(4),
        name: Some("näme".into()),
        assistant: Some("asst_1".into()),
        messages: Some(5),
        metadata: Some([("team".to_owned(), "a\"b".to_owned())].into()),
        provenance: Some(r#"{"verb":"create"}"#.into()),
        ci_job: Some("https://ci/1".into()),
        request_id: Some("req_1".into()),
        raw: Some(r#"{"id":"t"}"#.into()),
        ..thread("t", Source::Created, 2)
    };
    put(&ledger, [full.clone()]);
    let back = get(&ledger, "t");
    assert_eq!(Row { cursor: full.cursor, ..back.clone() }, full);
    let line = serde_json::to_string(&Entry::from(back)).unwrap();
    assert_eq!(serde_json::from_str::<Entry>(&line).unwrap(), Entry::from(full));
}

#[test]
fn deleted_is_final_unless_a_later_request_proves_otherwise() {
    let world = World::new();
    let ledger = world.ledger();
    let raw = Some(r#"{"a":1}"#.to_owned());
    put(&ledger, [Row { raw: raw.clone(), ..thread("t", Source::Created, 10) }]);
    put(&ledger, [Row { state: ObjectState::Deleted, deleted_at: Some(100), ..thread("t", Source::Referenced, 100) }]);
    let dead = get(&ledger, "t");
    assert_eq!(
        (dead.state, dead.deleted_at, dead.raw, dead.source),
        (ObjectState::Deleted, Some(100), None, Source::Created)
    );

    let seen = |source, started_at| Row { started_at, raw: raw.clone(), ..thread("t", source, 300) };
    for weak in [Source::Imported, Source::Scanned, Source::Listed] {
        put(&ledger, [seen(weak, Some(300))]);
    }
    put(&ledger, [seen(Source::Recorded, None), seen(Source::Referenced, Some(100))]);
    let still = get(&ledger, "t");
    assert_eq!((still.state, still.deleted_at, still.raw), (ObjectState::Deleted, Some(100), None));

    put(&ledger, [seen(Source::Referenced, Some(101))]);
    let revived = get(&ledger, "t");
    assert_eq!((revived.state, revived.deleted_at, revived.raw), (ObjectState::Live, None, raw));
}

#[test]
fn raw_json_of_deleted_objects_follows_the_retention() {
    let world = World::new();
    let ledger = world.ledger().with_raw_retention(RawRetention::Keep);
    let raw = Some("{}".to_owned());
    put(&ledger, [Row { raw: raw.clone(), ..thread("t", Source::Created, 10) }]);
    put(&ledger, [Row { state: ObjectState::Deleted, ..thread("t", Source::Referenced, 100) }]);
    assert_eq!((get(&ledger, "t").raw, get(&ledger, "t").deleted_at), (raw, Some(100)));
}

#[test]
fn missing_fields_erase_nothing_and_weak_sources_change_no_state() {
    let world = World::new();
    let ledger = world.ledger();
    let known = Row {
        name: Some("n".into()),
        messages: Some(3),
        metadata: Some([("k".to_owned(), "v".to_owned())].into()),
        provenance: Some("1".into()),
        active_at: Some(50),
        ..thread("t", Source::Referenced, 10)
    };
    put(&ledger, [known.clone()]);
    put(&ledger, [Row { state: ObjectState::Unknown, active_at: Some(40), ..thread("t", Source::Imported, 20) }]);
    let after = get(&ledger, "t");
    assert_eq!(Row { cursor: known.cursor, ..after }, known);

    put(&ledger, [Row { provenance: Some("2".into()), ..thread("t", Source::Created, 20) }]);
    let stronger = get(&ledger, "t");
    assert_eq!(
        (stronger.source, stronger.provenance.as_deref(), stronger.recorded_at),
        (Source::Created, Some("2"), 10)
    );
    put(&ledger, [Row { metadata: Some([].into()), ..thread("t", Source::Referenced, 30) }]);
    assert_eq!(get(&ledger, "t").metadata, Some([].into()), "known to be empty is a fact");
    assert!(ids(&ledger, &RowQuery { metadata: vec![("k".into(), "v".into())], ..RowQuery::default() }).is_empty());
}

#[test]
fn gone_yields_only_to_a_newer_request_and_a_list_makes_unknown_live() {
    let world = World::new();
    let ledger = world.ledger();
    put(&ledger, [Row { state: ObjectState::Gone, checked_at: Some(100), ..thread("t", Source::Referenced, 10) }]);
    put(&ledger, [Row { started_at: Some(99), ..thread("t", Source::Referenced, 10) }]);
    assert_eq!(get(&ledger, "t").state, ObjectState::Gone);
    put(&ledger, [Row { started_at: Some(100), ..thread("t", Source::Referenced, 10) }]);
    assert_eq!(get(&ledger, "t").state, ObjectState::Live);
    put(&ledger, [Row { state: ObjectState::Unknown, ..thread("u", Source::Imported, 10) }]);
    put(&ledger, [thread("u", Source::Scanned, 11)]);
    assert_eq!(get(&ledger, "u").state, ObjectState::Unknown);
    put(&ledger, [thread("u", Source::Listed, 11)]);
    assert_eq!(get(&ledger, "u").state, ObjectState::Live);
}

#[test]
fn activity_updates_known_objects_and_creates_no_row() {
    let world = World::new();
    let ledger = world.ledger();
    put(
        &ledger,
        [Row { messages: Some(1), ..thread("known", Source::Created, 10) }, thread("unknown", Source::Referenced, 10)],
    );
    let touch = |id: &str, active_at| Activity {
        origin: ORIGIN.into(),
        kind: Kind::Thread,
        id: id.into(),
        active_at,
        messages: 2,
        assistant: Some("asst_1".into()),
    };
    put(&ledger, [touch("known", 70), touch("known", 60), touch("unknown", 70), touch("never", 70)]);
    let known = get(&ledger, "known");
    assert_eq!((known.messages, known.active_at, known.assistant.as_deref()), (Some(5), Some(70), Some("asst_1")));
    assert_eq!(get(&ledger, "unknown").messages, None, "an unknown number stays unknown");
    assert_eq!(block_on(ledger.get(&key(Kind::Thread, "never"))), Ok(None));
}

#[test]
fn an_intent_is_settled_in_either_order_of_arrival() {
    let world = World::new();
    let ledger = world.ledger();
    let made = |ids: &[&str]| IntentOutcome::Recorded { ids: ids.iter().map(|&id| id.into()).collect() };
    put(&ledger, [settled("early", made(&["t1", "t2"]), 5)]);
    put(&ledger, [intent("early", 1), intent("open", 2), intent("none", 3)]);
    put(&ledger, [settled("none", IntentOutcome::Refused, 6)]);
    let open = block_on(ledger.intents(IntentFilter::Open)).unwrap();
    assert_eq!(open, [IntentRecord { intent: intent("open", 2), outcome: None, settled_at: None }]);
    let all = block_on(ledger.intents(IntentFilter::All)).unwrap();
    let outcomes: Vec<_> = all.iter().map(|all| (all.intent.id.as_str(), all.outcome.clone())).collect();
    assert_eq!(
        outcomes,
        [("none", Some(IntentOutcome::Refused)), ("open", None), ("early", Some(made(&["t1", "t2"])))]
    );

    let settle = |id, made, at| block_on(ledger.settle(id, made, at)).unwrap();
    assert_eq!(settle("no such", None, 9), SettleResult::NoSuchIntent);
    assert!(matches!(settle("early", None, 9), SettleResult::AlreadySettled(_)));
    assert!(matches!(settle("open", Some("t3"), 9), SettleResult::Done(_)));
    assert_eq!(block_on(ledger.intent("open")).unwrap().unwrap().outcome, Some(made(&["t3"])));
    let row = get(&ledger, "t3");
    assert_eq!((row.source, row.provenance), (Source::Created, intent("", 0).provenance));
    assert_eq!(block_on(ledger.stats()).unwrap().open_intents, 0);
}

#[test]
fn counts_follow_every_change_and_forgetting_has_two_scopes() {
    let world = World::new();
    let ledger = world.ledger();
    put(&ledger, (0..5).map(|n| Row { checked_at: Some(40 + n), ..thread(&format!("t{n}"), Source::Created, 10 + n) }));
    put(&ledger, [Row { state: ObjectState::Deleted, ..thread("t0", Source::Referenced, 99) }]);
    let delete = |id: &str| LedgerEvent {
        origin: ORIGIN.into(),
        kind: Kind::Thread,
        id: id.into(),
        verb: "delete".into(),
        at: 99,
        provenance: None,
        request_id: Some("req_1".into()),
    };
    put(&ledger, [delete("t0"), delete("t1")]);
    put(
        &ledger,
        [Entry::from(intent("i", 1)), settled("i", IntentOutcome::Recorded { ids: vec!["t1".into()] }, 2).into()],
    );
    let stats = || block_on(ledger.stats()).unwrap();
    let tally = |state, amount| KindCount { origin: ORIGIN.into(), kind: Kind::Thread, state, amount };
    assert_eq!(stats().tallies, [tally(ObjectState::Deleted, 1), tally(ObjectState::Live, 4)]);
    assert_eq!((stats().oldest, stats().newest, stats().events), (Some(10), Some(14), 2));
    assert_eq!(stats().present(None, Kind::Thread), 4);
    let checked = |origin, kind| block_on(ledger.checked_at(origin, kind)).unwrap();
    assert_eq!((checked(Some(ORIGIN), Kind::Thread), checked(None, Kind::Thread)), (Some(44), Some(44)));
    assert_eq!((checked(Some("elsewhere"), Kind::Thread), checked(None, Kind::File)), (None, None));

    let forget = |id, extent| block_on(ledger.forget(&[key(Kind::Thread, id)], extent)).unwrap();
    assert_eq!((forget("t0", ForgetScope::Rows), forget("t0", ForgetScope::Rows)), (1, 0));
    assert_eq!(block_on(ledger.events(Some(&key(Kind::Thread, "t0")), 9)).unwrap(), [delete("t0")]);
    assert_eq!(forget("t1", ForgetScope::Everything), 1);
    assert_eq!(block_on(ledger.events(None, 9)).unwrap(), [delete("t0")]);
    assert_eq!(block_on(ledger.intents(IntentFilter::All)).unwrap(), []);
    assert_eq!(block_on(ledger.forget_all(&RowQuery::present(None, Kind::Thread), ForgetScope::Rows)), Ok(3));
    assert_eq!(stats().tallies, []);
}

#[test]
fn runs_of_a_deleted_thread_are_marked_deleted() {
    let world = World::new();
    let ledger = world.ledger();
    let run = |id: &str, parent: &str| {
        let row = Row::new(thread("t", Source::Created, 1).origin, Kind::Run, id, Source::Created, 1);
        Row { parent: Some(parent.to_owned()), raw: Some("{}".into()), ..row }
    };
    put(&ledger, [thread("t", Source::Created, 1), run("r1", "t"), run("r2", "other")]);
    put(&ledger, [Row { state: ObjectState::Deleted, deleted_at: Some(9), ..thread("t", Source::Referenced, 9) }]);
    let found = |id: &str| block_on(ledger.get(&run(id, "").key())).unwrap().unwrap();
    assert_eq!((found("r1").state, found("r1").deleted_at, found("r1").raw), (ObjectState::Deleted, Some(9), None));
    assert_eq!(found("r2").state, ObjectState::Live);
}

#[test]
fn a_created_object_may_already_have_a_row() {
    let world = World::new();
    let ledger = world.ledger();
    let team = |name: &str| Some([("team".to_owned(), name.to_owned())].into());
    put(&ledger, [Row { metadata: team("a"), ..thread("t", Source::Imported, 1) }]);
    put(&ledger, [Row { metadata: team("b"), started_at: Some(2), ..thread("t", Source::Created, 2) }]);
    put(&ledger, [Row { metadata: team("c"), ..thread("u", Source::Created, 3) }]);
    let (met, new) = (get(&ledger, "t"), get(&ledger, "u"));
    assert_eq!((met.source, met.metadata, met.recorded_at), (Source::Created, team("b"), 1));
    assert_eq!((new.source, new.metadata), (Source::Created, team("c")));
}

/// An ephemeral table would cost more than the write itself, and the statements are correct without one.
#[test]
fn writing_a_row_builds_no_ephemeral_table() {
    if on_server() {
        return; // The expected query plans are those of SQLite.
    }
    let world = World::new();
    put(&world.ledger(), [thread("t", Source::Referenced, 1)]);
    let connection = rusqlite::Connection::open(world.path()).unwrap();
    for sql in [
        statements::ADD,
        statements::OBSERVE,
        statements::DELETE,
        statements::ADD_DELETED,
        statements::INTEND,
        statements::SETTLE,
    ] {
        let mut steps = connection.prepare(&format!("explain {sql}")).unwrap();
        let steps = steps.raw_query().mapped(|row| row.get::<_, String>(1)).collect::<Result<Vec<_>, _>>().unwrap();
        assert!(steps.iter().any(|step| step == "Insert"), "{steps:?}");
        assert!(!steps.iter().any(|step| step == "OpenEphemeral"), "{sql}");
    }
    for wrong in ["update object set state = 'dead'", "insert into intent (id, outcome) values ('i', 'lost')"] {
        assert!(connection.execute_batch(wrong).unwrap_err().to_string().contains("CHECK"), "{wrong}");
    }
    let sound: String = connection.query_row("pragma integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

#[test]
fn a_ledger_of_the_first_version_is_migrated_with_all_its_rows() {
    if on_server() {
        return;
    }
    let world = World::new();
    std::fs::create_dir(world.path().parent().unwrap()).unwrap();
    let first = rusqlite::Connection::open(world.path()).unwrap();
    first.execute_batch("pragma journal_mode = wal").unwrap();
    first.execute_batch(location::SQLITE[0]).unwrap();
    let old = "insert into object (origin, kind, id, state, recorded_at, source)
        values ('foundry:host/project', 'thread', 'old', 'deleted', 1, 40);
        insert into object (origin, kind, id, state, recorded_at, source)
        values ('foundry:host/project', 'thread', 'alive', 'live', 1, 40); pragma user_version = 1";
    first.execute_batch(old).unwrap();
    drop(first);
    let ledger = world.ledger();
    let dead =
        RowQuery { states: StateFilter::One(ObjectState::Deleted), ..RowQuery::present(Some(ORIGIN), Kind::Thread) };
    assert_eq!(block_on(ledger.rows(&dead, None, 10)).unwrap().len(), 1);
    put(&ledger, [Row { state: ObjectState::Gone, ..thread("alive", Source::Referenced, 2) }]);
    assert_eq!(get(&ledger, "alive").state, ObjectState::Gone);
    assert_eq!(get(&ledger, "old").state, ObjectState::Deleted);
}

/// Most deletions use a shorter statement, which must produce the same rows.
#[test]
fn both_statements_for_a_deletion_produce_the_same_rows() {
    let raw = Some(r#"{"id":"t"}"#.to_owned());
    let metadata = Some([("team".to_owned(), "a".to_owned())].into());
    let full = Row { raw, metadata, checked_at: Some(5), active_at: Some(6), ..thread("t", Source::Created, 1) };
    let run = Row { parent: Some("t".into()), ..Row::new(ORIGIN, Kind::Run, "r", Source::Created, 1) };
    let before: [Vec<Row>; 7] = [
        vec![],
        vec![thread("t", Source::Imported, 1)],
        vec![full.clone(), run],
        vec![Row { checked_at: Some(500), ..full.clone() }],
        vec![Row { state: ObjectState::Gone, ..full.clone() }],
        vec![Row { state: ObjectState::Unknown, ..full.clone() }],
        vec![full, Row { state: ObjectState::Deleted, deleted_at: Some(50), ..thread("t", Source::Referenced, 50) }],
    ];
    let deletion = Row { state: ObjectState::Deleted, deleted_at: Some(100), ..thread("t", Source::Referenced, 101) };
    let late = Row { checked_at: Some(99), started_at: Some(99), ..deletion.clone() };
    for (before, deletion, keep) in before
        .iter()
        .flat_map(|rows| [(rows, &deletion), (rows, &late)])
        .flat_map(|(rows, row)| [RawRetention::Blank, RawRetention::Keep].map(|keep| (rows, row, keep)))
    {
        let ways = [RowExistence::Absent, RowExistence::Possible].map(|made| {
            let world = World::new();
            let ledger = world.ledger().with_raw_retention(keep);
            put(&ledger, before.clone());
            let batch = statements::statements(&[Entry::from(deletion.clone())], keep, made);
            let db = block_on(ledger.writer()).unwrap();
            block_on(ledger.run(&db, batch.clone())).unwrap();
            let filter = RowQuery { states: StateFilter::All, ..RowQuery::default() };
            (batch, block_on(ledger.rows(&filter, None, 10)).unwrap(), block_on(ledger.stats()).unwrap())
        });
        let [(short, rows, stats), (long, same_rows, same_stats)] = ways;
        assert_ne!(short, long);
        assert_eq!((rows, stats), (same_rows, same_stats), "{before:?}");
    }
}
