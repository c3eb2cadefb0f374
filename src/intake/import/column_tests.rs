//! The choice of columns, and the facts in records and objects.
#![allow(clippy::unwrap_used)]

use super::columns::{ColumnNames, FirstRecord, TableColumns};
use super::facts::IdFacts;
use super::object;
use crate::api::Kind;

fn columns(args: &[&str]) -> ColumnNames {
    let mut columns = ColumnNames::default();
    for (flag, name) in args.iter().step_by(2).zip(args.iter().skip(1).step_by(2)) {
        let name = (*name).to_owned();
        match *flag {
            "--id-column" => columns.id = Some(name),
            "--created-column" => columns.created = Some(name),
            "--metadata-column" => columns.metadata.push(name),
            "--ignore-column" => columns.ignored.push(name),
            flag => panic!("{flag}"),
        }
    }
    columns
}

fn cells(cells: &[&str]) -> Vec<String> {
    cells.iter().map(|cell| (*cell).to_owned()).collect()
}

#[test]
fn columns_are_found_by_name_or_number() {
    let header = cells(&["When", "thread", "team"]);
    let args = columns(&["--id-column", "thread", "--created-column", "1", "--metadata-column", "team"]);
    let TableColumns { positions, first, .. } = args.layout(&header, false, &[], None).unwrap();
    assert!(matches!(first, FirstRecord::Header));
    let said = positions.facts(&cells(&["1700000000.5", " thread_1 ", "docs"])).unwrap();
    assert_eq!((said.id.as_str(), said.created), ("thread_1", Some("1700000000.5".into())));
    assert_eq!(said.metadata.unwrap()["team"], "docs");
    assert!(
        positions
            .facts(&cells(&["1", "thread_1"]))
            .unwrap_err()
            .contains("expected 3 fields as in the first record, found 2")
    );
    let error = columns(&[]).layout(&header, false, &[], None).unwrap_err().to_string();
    assert!(error.contains("`id`") && error.contains("When, thread, team"), "{error}");
    assert!(columns(&["--id-column", "4"]).layout(&header, true, &[], None).is_err());
}

#[test]
fn a_table_that_begins_with_an_id_has_no_header() {
    let TableColumns { positions, first, .. } =
        columns(&[]).layout(&cells(&["thread_1", "x"]), false, &[], None).unwrap();
    assert!(matches!(first, FirstRecord::Data));
    assert_eq!(positions.facts(&cells(&["thread_1", "x"])).unwrap().id, "thread_1");
    let TableColumns { positions, first, .. } = columns(&[]).layout(&cells(&["6b29", "x"]), true, &[], None).unwrap();
    assert!(matches!(first, FirstRecord::Data));
    assert_eq!(positions.facts(&cells(&["6b29", "x"])).unwrap().id, "6b29");
}

#[test]
fn the_column_name_thread_id_is_not_an_id() {
    for name in ["thread_id", "run_id", " asst_id "] {
        let header = cells(&[name, "created"]);
        let error = columns(&[]).layout(&header, false, &[], None).unwrap_err().to_string();
        assert!(error.contains("`id`") && error.contains(name.trim()), "{error}");
        let table = columns(&["--id-column", name.trim()]).layout(&header, false, &[], None).unwrap();
        assert!(matches!(table.first, FirstRecord::Header), "{name:?}");
    }
}

#[test]
fn metadata_are_pairs_or_columns() {
    let header = cells(&["id", "metadata"]);
    let positions = columns(&[]).layout(&header, false, &[], Some(Kind::Thread)).unwrap().positions;
    let said = positions.facts(&cells(&["a", r#"{"k":1,"l":"m"}"#])).unwrap().metadata.unwrap();
    assert_eq!((said["k"].as_str(), said["l"].as_str()), ("1", "m"));
    assert_eq!(positions.facts(&cells(&["a", ""])).unwrap().metadata, None);
    assert!(positions.facts(&cells(&["a", "docs"])).unwrap_err().contains("--metadata-column"));
    let positions = columns(&["--metadata-column", "metadata"]).layout(&header, false, &[], None).unwrap().positions;
    assert_eq!(positions.facts(&cells(&["a", "docs"])).unwrap().metadata.unwrap()["metadata"], "docs");
}

#[test]
fn the_column_whose_values_are_ids_is_found() {
    let header = cells(&["id", "user", "thread_id", "assistant", "created_at"]);
    let rows = [
        cells(&["1", "ann", "thread_1", "asst_1", "2026-11-21"]),
        cells(&["2", "bob", "NULL", "asst_1", "2026-11-22"]),
        cells(&["3", "thread_9", "thread_2", "\\N", ""]),
    ];
    let sample: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
    let table = columns(&[]).layout(&header, false, &sample, Some(Kind::Thread)).unwrap();
    assert_eq!(table.note.as_deref(), Some("the IDs come from the column `thread_id`"));
    let ids = rows.iter().map(|row| table.positions.facts(row).unwrap().id).collect::<Vec<_>>();
    assert_eq!(ids, ["thread_1", "", "thread_2"]);
    let error = columns(&[]).layout(&header, false, &sample, None).unwrap_err().to_string();
    assert!(error.contains("`thread_id` (thread), `assistant` (assistant)"), "{error}");
    // Columns without a name are found by their number.
    let table = columns(&[]).layout(&rows[0], true, &sample[1..], Some(Kind::Thread)).unwrap();
    assert_eq!(table.note.as_deref(), Some("the IDs come from the column `3`"));
    // A column with the usual name that contains IDs needs no note.
    let rows = [cells(&["thread_1", "x", "asst_1"])];
    let sample: Vec<&[String]> = rows.iter().map(Vec::as_slice).collect();
    let table = columns(&[]).layout(&cells(&["id", "name", "bot"]), false, &sample, None).unwrap();
    assert!(table.note.is_none());
}

#[test]
fn an_ignored_column_is_not_used() {
    let header = cells(&["id", "created_at", "kind", "metadata", "parent"]);
    let row = cells(&["thread_1", "soon", "premium", "none", "?"]);
    let ignore = ["created_at", "kind", "metadata", "parent"].map(|name| ["--ignore-column", name]).concat();
    let positions = columns(&ignore).layout(&header, false, &[], None).unwrap().positions;
    assert_eq!(positions.facts(&row).unwrap(), IdFacts { id: "thread_1".into(), ..IdFacts::default() });
    assert!(columns(&["--ignore-column", "creatd"]).layout(&header, false, &[], None).is_err());
    let object =
        serde_json::json!({ "id": "thread_1", "created_at": "soon", "kind": "premium", "metadata": {}, "parent": 1 });
    let said = object::facts(&columns(&ignore), object.as_object().unwrap(), None).unwrap();
    assert_eq!(said, IdFacts { id: "thread_1".into(), ..IdFacts::default() });
}
