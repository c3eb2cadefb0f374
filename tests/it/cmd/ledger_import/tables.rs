//! Tables, and errors in tables.

use super::{rows, user};
use crate::support::test_env::{minting, shows};
use serde_json::json;

#[test]
fn import_reads_times_and_metadata_from_a_table() {
    let asst = user();
    let table = "when,thread,team,note\r\n\
        2023-11-14T22:13:20Z,thread_1,docs,\"two\r\nlines, one \"\"quoted\"\"\"\r\n\
        1700000001,thread_2,,\r\n\r\n";
    asst.file("dump.csv", table);
    let named =
        ["--id-column", "thread", "--created-column", "when", "--metadata-column", "team", "--metadata-column", "note"];
    shows!(asst.run([&["ledger", "import", "dump.csv"], &named[..]].concat()), @r"
    --- stderr ---
    2 new, 0 known before
    exit 0
    ");
    let rows = rows(&asst);
    let of = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap();
    let facts = |row: &serde_json::Value| json!([row["id"], row["created_at"], row["metadata"], row["source"]]);
    assert_eq!(
        facts(of("thread_1")),
        json!(["thread_1", 1_700_000_000, { "note": "two\r\nlines, one \"quoted\"", "team": "docs" }, "imported"])
    );
    assert_eq!(facts(of("thread_2")), json!(["thread_2", 1_700_000_001, null, "imported"]));
    assert_eq!(asst.run(["threads", "list", "--metadata", "team=docs"]).ok().ids(), ["thread_1"]);
}

#[test]
fn what_asst_lists_can_be_imported_in_any_form() {
    let (_listener, asst) = minting();
    let thread = asst.run(["threads", "create", "--metadata", "a=b"]).ok().id();
    let run = asst.run(["runs", "create", &thread, "--assistant-id", "asst_1"]).ok().id();
    let other = user();
    for (form, columns) in [("csv", "id,kind,created_at,parent,metadata"), ("jsonl", "")] {
        let columns = if columns.is_empty() { vec![] } else { vec!["--columns", columns, "--header"] };
        let listed = asst.run([&["ledger", "list", "-o", form], &columns[..]].concat()).ok().stdout;
        let file = format!("list.{form}");
        other.file(&file, listed);
        let origin = format!("openai:{form}");
        other.run(["ledger", "import", &file, "--origin", &origin]).ok().says("2 new, 0 known before");
        let all = rows(&other);
        let of = |id: &str| all.iter().find(|row| row["origin"] == origin.as_str() && row["id"] == id).unwrap().clone();
        assert_eq!((&of(&thread)["metadata"]["a"], &of(&run)["parent"]), (&json!("b"), &json!(thread)), "{form}");
        assert!(of(&run)["created_at"].is_number(), "{form}");
    }
}

#[test]
fn columns_of_a_table_without_header_are_numbered() {
    let asst = user();
    asst.fed(
        "x;6b29fc40-ca47;1700000000\n",
        &[
            "ledger",
            "import",
            "-",
            "--no-header",
            "--delimiter",
            ";",
            "--id-column",
            "2",
            "--created-column",
            "3",
            "--kind",
            "thread",
        ],
    )
    .ok()
    .says("1 new");
    assert_eq!(rows(&asst)[0]["created_at"], 1_700_000_000);
    // A first line with IDs is not a header.
    asst.file("ids.csv", "thread_1,a\nthread_2,b\n");
    asst.run(["ledger", "import", "ids.csv"]).ok().says("2 new");
    asst.file("ids.tsv", "name\tid\na\tthread_3\n");
    asst.run(["ledger", "import", "ids.tsv"]).ok().says("1 new");
}

#[test]
fn import_error_names_the_line_and_the_imported_count() {
    let asst = user();
    let import = |table: &str, args: &[&str]| {
        asst.file("t.csv", table);
        asst.run([&["ledger", "import", "t.csv"], args].concat())
    };
    shows!(import("id,name\nthread_1,a\nthread_2,\"b\nthread_3,c\n", &[]), @r#"
    --- stderr ---
    1 new, 0 known before
    error: t.csv, line 3: a quote opens a field, and none closes it
      hint: the lines before it are in the ledger; importing them again changes nothing
    exit 2
    "#);
    shows!(import("id,name\nthread_1,a\nthread_2,b\"\n", &[]), @r"
    --- stderr ---
    0 new, 1 known before
    error: t.csv, line 3: a quote within a field that does not begin with a quote
      hint: the lines before it are in the ledger; importing them again changes nothing
    exit 2
    ");
    shows!(import("thread,name\n1,a\n", &[]), @r"
    --- stderr ---
    error: unknown column `id`; the columns are: thread, name
      hint: pass --id-column with the column of the IDs, or --no-header if the columns have no names
    exit 2
    ");
    import("id\nasst_1\n", &["--kind", "thread"])
        .code(2)
        .says("`asst_1` has the prefix of another kind (assistant, not thread)");
    import("id\nasst_1\n", &["--kind", "thread", "--any-id"]).ok();
    import("id,kind\n6b29,thread\n6b30,run\n", &["--kind", "thread"])
        .code(2)
        .says("line 3: expected the kind thread from --kind, but the kind of `6b30` in the table is run");
    shows!(import("id,created_at\nthread_9,soon\n", &[]), @r"
    --- stderr ---
    0 new, 0 known before
    error: t.csv, line 2: `soon` is not a time: expected Unix seconds, [time] or 2026-11-21 09:30:00; --ignore-column ignores the column
    exit 2
    ");
    import("id,name\nthread_9\n", &[]).code(2).says("line 2: expected 2 fields as in the first record, found 1");
    import("id\n\"thread_9\"x\n", &[]).code(2).says("line 2: text behind the quote");
    import("\"id\n", &[]).code(2).says("line 1: a quote opens a field");
    import("", &[]).ok().says("0 new");
    import("id\nthread_9\n", &["--parent-column", "of"]).code(2).says("unknown column `of`");
    assert!(!rows(&asst).iter().any(|row| row["id"] == "thread_9"));
    asst.fed("[{\"id\":\"thread_1\"}]", &["ledger", "import", "-"]).code(2).says("jq -c");
}

#[test]
fn import_finds_the_id_column_by_its_values() {
    let asst = user();
    asst.file(
        "chats.csv",
        "id,user,thread_id,created_at\n1,ann,thread_1,2023-11-14 22:13:20\n2,bob,NULL,\\N\n3,eve,thread_3,2023-11-14 22:13:20 UTC\n\
         4,joe,thread_4,2023-11-14\n5,kim,thread_5,1700000000000\n6,lea,thread_6,NULL\n",
    );
    for args in [&["--kind", "thread"][..], &[]] {
        asst.run([&["ledger", "import", "chats.csv", "--dry-run"], args].concat()).ok().says("5 IDs");
    }
    shows!(asst.run(["ledger", "import", "chats.csv", "--kind", "thread"]), @r"
    --- stderr ---
    note: the IDs come from the column `thread_id`
    note: times without a zone were read as UTC, first in line 2
    5 new, 0 known before; 1 row without an ID
    exit 0
    ");
    let rows = rows(&asst);
    let times = ["thread_1", "thread_3", "thread_4", "thread_5", "thread_6"]
        .map(|id| rows.iter().find(|row| row["id"] == id).unwrap()["created_at"].as_i64());
    let time = 1_700_000_000;
    assert_eq!(times, [Some(time), Some(time), Some(time - 80_000), Some(time), None]);
    // The values of the column `id` are not thread IDs, even if `--id-column` names it.
    let named = ["ledger", "import", "chats.csv", "--kind", "thread", "--id-column", "id"];
    asst.run(named).code(2).says("line 2: `1` is a number, not an ID");
    asst.file("bots.csv", "id,thread_id,assistant_id\n1,thread_1,asst_1\n");
    shows!(asst.run(["ledger", "import", "bots.csv"]), @r"
    --- stderr ---
    error: expected one column of IDs, found several: `thread_id` (thread), `assistant_id` (assistant)
      hint: --id-column thread_id selects the first
    exit 2
    ");
    asst.file("odd.csv", "id,created_at,kind\nthread_7,soon,premium\n");
    asst.run(["ledger", "import", "odd.csv"]).code(2).says("--ignore-column");
    asst.run(["ledger", "import", "odd.csv", "--ignore-column", "kind", "--ignore-column", "created_at"])
        .ok()
        .says("1 new");
}

#[test]
fn primary_keys_are_not_imported_if_another_column_is_named_for_the_ids() {
    const KEY: &str = "6b29fc40-ca47-1067-b31d-00dd010662da";
    let asst = user();
    let import =
        |text: String, args: &[&str]| asst.fed(text, &[&["ledger", "import", "-", "--kind", "thread"], args].concat());
    let empty = || format!("id,thread_id,note\n{KEY},,x\n");
    shows!(import(empty(), &[]), @r"
    --- stderr ---
    error: the columns `id` and `thread_id` may both hold the IDs, and no value begins with the prefix of a thread ID
      hint: --id-column thread_id selects the second
    exit 2
    ");
    import(empty(), &["--id-column", "thread_id"]).ok().says("0 new, 0 known before; 1 row without an ID");
    let late = format!("{}{KEY},thread_1,x\n", format!("{KEY},NULL,x\n").repeat(300));
    import(format!("id,threadId,note\n{late}"), &[]).code(2).says("`threadId`");
    let object = format!("{{\"id\":\"{KEY}\",\"thread_id\":\"thread_1\"}}\n");
    import(object.clone(), &[]).code(2).says("both `id` and `thread_id` may be the ID");
    assert!(rows(&asst).is_empty());
    import(object, &["--id-column", "thread_id"]).ok().says("1 new");
    // `user_id` is not a column for thread IDs, so `id` is unambiguous.
    import(format!("id,user_id\n{KEY},7\n"), &[]).ok().says("1 new");
}

#[test]
fn output_of_a_database_client_is_imported_without_its_header() {
    let asst = user();
    for header in ["thread_id", "run_id", "asst_id", "file-id", "thread_ids", "id"] {
        let ran = asst.fed(format!("{header}\nthread_1\n"), &["ledger", "import", "-", "--dry-run"]).ok();
        ran.says("1 ID;").says(&format!("skipped line 1, which has the names of columns: {header}"));
    }
    let table = "id\tthread_id\tcreated_at\n1\tthread_1\t2023-11-14 22:13:20\n2\tthread_2\tNULL\n";
    asst.fed(table, &["ledger", "import", "-"]).ok().says("2 new").says("column `thread_id`");
    asst.file("semicolons.csv", "id;thread_id\n1;thread_3\n");
    asst.run(["ledger", "import", "semicolons.csv"]).ok().says("1 new");
    // In any other line a column name is an error.
    asst.fed("thread_1\nthread_id\n", &["ledger", "import", "-"])
        .code(2)
        .says("line 2: `thread_id` is the name of a column");
}
