//! Tests of the bulk import: the accepted rows, and the equivalence to observing row by row.

use super::*;

#[test]
fn an_import_counts_new_and_known_rows_and_revives_none() {
    let world = World::new();
    let ledger = world.ledger();
    put(&ledger, [Row { state: ObjectState::Deleted, ..thread("t7", Source::Created, 1) }]);
    let rows = || (0..2500).chain([3, 4]).map(|n| thread(&format!("t{n}"), Source::Imported, 10));
    assert_eq!(block_on(ledger.import(rows())), Ok(ImportSummary { new: 2499, known: 3 }));
    assert_eq!(block_on(ledger.import(rows())), Ok(ImportSummary { new: 0, known: 2502 }));
    assert_eq!(get(&ledger, "t7").state, ObjectState::Deleted);
}

/// A bulk import must have the same result as observing each row.
#[test]
fn an_import_of_any_length_agrees_with_one_by_one() {
    [50, 5000].into_iter().for_each(agrees_with_one_by_one);
}

fn agrees_with_one_by_one(count: u64) {
    let unknown = |id: &str, source, at| Row { state: ObjectState::Unknown, ..thread(id, source, at) };
    let before = || {
        let world = World::new();
        let ledger = world.ledger();
        put(&ledger, [unknown("scanned", Source::Scanned, 1), thread("made", Source::Created, 1)]);
        put(&ledger, [Row { state: ObjectState::Deleted, ..thread("gone", Source::Created, 1) }]);
        (world, ledger)
    };
    let mut rows: Vec<Row> = (0..count).map(|n| unknown(&format!("t{n}"), Source::Imported, 10)).collect();
    rows.extend(["scanned", "made", "gone", "t7"].map(|id| unknown(id, Source::Imported, 11)));
    let facts = |id, parent: Option<&str>, created_at, provenance: Option<&str>| {
        let (parent, provenance) = (parent.map(str::to_owned), provenance.map(str::to_owned));
        Row { parent, created_at, provenance, ..unknown(id, Source::Imported, 12) }
    };
    rows.push(facts("t8", Some("p"), None, Some("{}")));
    rows.push(facts("t8", None, Some(5), Some("[]")));
    rows.push(facts("made", Some("p"), Some(5), None));
    rows.push(Row { metadata: Some([("k".to_owned(), "v".to_owned())].into()), ..facts("t9", None, Some(6), None) });
    let (_world, loaded) = before();
    let told = block_on(loaded.import(rows.clone())).unwrap();
    assert_eq!(told, ImportSummary { new: count, known: 8 });
    let (_other, observed) = before();
    put(&observed, rows);
    let all = |ledger: &Ledger| {
        let filter = RowQuery { states: StateFilter::All, ..RowQuery::default() };
        let rows = block_on(ledger.rows(&filter, None, 9999)).unwrap();
        let mut rows: Vec<Row> = rows.into_iter().map(|row| Row { cursor: Cursor::default(), ..row }).collect();
        rows.sort_by(|one, other| one.id.cmp(&other.id));
        rows
    };
    assert!(all(&loaded) == all(&observed));
    assert_eq!(block_on(loaded.stats()).unwrap(), block_on(observed.stats()).unwrap());
    let pair = RowQuery { metadata: vec![("k".into(), "v".into())], ..RowQuery::default() };
    assert_eq!(ids(&loaded, &pair), ["t9"]);
    // The unique key exists again, so this row is not inserted twice.
    put(&loaded, [thread("t1", Source::Referenced, 20)]);
    assert_eq!(all(&loaded).len() as u64, count + 3);
}

#[test]
fn an_import_takes_repeated_ids() {
    let world = World::new();
    let ledger = world.ledger();
    let row = |n: i64| Row { state: ObjectState::Unknown, ..thread(&format!("t{}", n % 3000), Source::Imported, n) };
    assert_eq!(block_on(ledger.import((0..9000).map(row))), Ok(ImportSummary { new: 3000, known: 6000 }));
    assert_eq!(block_on(ledger.import((0..9000).map(row))), Ok(ImportSummary { new: 0, known: 9000 }));
    assert_eq!(block_on(ledger.stats()).unwrap().present(None, Kind::Thread), 3000);
}

/// A short list keeps its order of arrival. A long list is sorted, and equal IDs in it may be far apart.
#[test]
fn a_short_list_keeps_its_order_and_a_long_one_is_sorted() {
    let world = World::new();
    let ledger = world.ledger();
    let row = |id: String| Row { state: ObjectState::Unknown, ..thread(&id, Source::Imported, 1) };
    let short = ["t_b", "t_c", "t_a", "t_c", "t_b"].map(|id| row(id.to_owned()));
    assert_eq!(block_on(ledger.import(short)), Ok(ImportSummary { new: 3, known: 2 }));
    let listed = || ids(&ledger, &RowQuery::present(Some(ORIGIN), Kind::Thread));
    assert_eq!(listed(), ["t_a", "t_c", "t_b"], "the newest first");
    let long = (0..300_000_u64).map(|n| row(format!("t_{:05}", n * 7919 % 100_000)));
    assert_eq!(block_on(ledger.import(long)), Ok(ImportSummary { new: 100_000, known: 200_000 }));
    let all = block_on(ledger.rows(&RowQuery::present(None, Kind::Thread), None, 200_000)).unwrap();
    assert_eq!(all.len(), 100_003);
    let newest: Vec<&str> = all[..20_000].iter().map(|row| row.id.as_str()).collect();
    assert!(newest.is_sorted_by(|one, other| one > other), "{:?}", &newest[..9]);
}

/// Large rows fill a piece before it reaches its maximum number of rows.
#[test]
fn rows_in_several_batches_are_counted_once() {
    let world = World::new();
    let ledger = world.ledger();
    let said = |n: i64| Some(format!("{{\"seen\":\"{n:020000}\"}}"));
    let row = |n: i64| Row {
        state: ObjectState::Unknown,
        provenance: said(n),
        ..thread(&format!("t{}", n % 4000), Source::Imported, 1)
    };
    assert_eq!(block_on(ledger.import((0..8000).map(row))), Ok(ImportSummary { new: 4000, known: 4000 }));
    assert_eq!(get(&ledger, "t3999").provenance, said(3999));
    // The triggers exist again, so they count this row.
    put(&ledger, [thread("another", Source::Created, 2)]);
    assert_eq!(block_on(ledger.stats()).unwrap().present(None, Kind::Thread), 4001);
}
