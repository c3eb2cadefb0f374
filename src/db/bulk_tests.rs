//! Bulk inserts whose results must be equal on both engines.
#![allow(clippy::unwrap_used)]

use super::bulk_rows::{BulkInsertSpec, RowBatch, RowSpan, SkippedWork};
use super::{Db, block_on};

const SPEC: BulkInsertSpec = BulkInsertSpec {
    table: "item",
    columns: &["id", "name", "n"],
    constant: ("note", "'loaded'"),
    on_conflict: "on conflict (id) do update set n = item.n + 1 where excluded.name <> 'known'",
    skipped: SkippedWork { triggers: &[], replacement: "select $1 where false", checks: false },
};

/// Runs bulk inserts into an empty table on any engine, and returns the results as text.
pub(super) fn bulk_insert_results(db: &Db) -> Vec<String> {
    let cells = |from: i64, to: i64, name: &str| {
        let mut rows = RowBatch::default();
        for (rest, n) in (0..).zip(from..to) {
            let (id, start) = (format!("id-{n:05}"), rows.texts.len() as u32);
            rows.rows.push(RowSpan { start, length: id.len() as u32, shared: rest });
            rows.shared_cells.push(vec![name.into(), n.into()]);
            rows.texts += &id;
        }
        rows
    };
    let mut results = Vec::new();
    let mut add = |what: &str, found: String| results.push(format!("{what}: {found}"));
    let insert = |pieces: Vec<RowBatch>| {
        block_on(async {
            let mut bulk_insert = db.bulk_insert(SPEC)?;
            for piece in pieces {
                bulk_insert.rows(piece).await?;
            }
            bulk_insert.finish().await
        })
    };
    let state = || {
        format!(
            "{:?}",
            block_on(db.read("select count(*), cast(sum(n) as bigint) from item where name <> 'e'", vec![])).unwrap()
        )
    };
    add("none", format!("{:?}", insert(vec![])));
    add("two pieces", format!("{:?}", insert(vec![cells(0, 100, "a"), cells(100, 133, "b")])));
    add("state", state());
    add("some known", format!("{:?}", insert(vec![cells(90, 150, "known")])));
    add("changed", format!("{:?}", insert(vec![cells(0, 10, "c")])));
    add("state", state());
    // An error rolls back its piece and is returned.
    add("check", insert(vec![cells(99_990, 100_001, "d")]).is_err().to_string());
    add("state", state());
    // If the bulk insert is dropped, each piece is stored completely or not at all, now or shortly after.
    let mut unfinished = db.bulk_insert(SPEC).unwrap();
    block_on(unfinished.rows(cells(300, 310, "e"))).unwrap();
    drop(unfinished);
    add("after", format!("{:?}", insert(vec![cells(400, 401, "f")])));
    add("state", state());
    let left = block_on(db.read("select count(*) from item where name = 'e'", vec![])).unwrap();
    assert!([0, 10].contains(&left[0].int(0).unwrap()), "{left:?}");
    results
}
