//! Lines of IDs, texts, and JSON Lines.

use super::{rows, user};
use crate::support::test_env::{Asst, minting, shows};
use std::io::Write;

#[test]
fn import_refuses_values_that_are_not_ids() {
    let asst = user();
    for bad in ["thread_", "thread_zz", "asst_", "file-"] {
        asst.fed(format!("{bad}\n"), &["ledger", "import", "-"]).code(2).says(&format!("line 1: `{bad}` is not an ID"));
    }
    assert!(rows(&asst).is_empty());
    asst.fed("thread_zz\n", &["ledger", "import", "-", "--any-id"]).ok().says("1 new");
    for line in ["thread_1 thread_2", "thread_1, thread_2", "thread_1\tthread_2", "\"thread_1\",\"thread_2\""] {
        asst.fed(format!("{line}\n"), &["ledger", "import", "-", "--dry-run"]).ok().says("2 IDs");
    }
    asst.fed("thread_1 oops\n", &["ledger", "import", "-"]).code(2).says("`oops` is a word, not an ID");
    asst.fed("thread_1\tlive\tthread_2\n", &["ledger", "import", "-"])
        .code(2)
        .says("found another ID after other columns");
}

#[test]
fn null_lines_of_a_database_client_are_counted_and_skipped() {
    let asst = user();
    // The output of `mysql -B` and of `psql` with `\\pset null '\\N'` for one column.
    asst.fed("thread_id\nthread_1\nNULL\nthread_2\nNULL\n\\N\n", &["ledger", "import", "-"])
        .ok()
        .says("2 new, 0 known before; 3 rows without an ID");
    asst.fed("NULL\nthread_3\nNULL\tlive\n", &["ledger", "import", "-"])
        .ok()
        .says("1 new, 0 known before; 2 rows without an ID");
    asst.fed("NULL oops\n", &["ledger", "import", "-"]).code(2);
}

#[test]
fn utf_16_text_is_refused_with_the_command_that_converts_it() {
    let asst = user();
    let utf_16 = |bytes: fn(u16) -> [u8; 2], mark: &str| -> Vec<u8> {
        format!("{mark}thread_1\r\nthread_2\r\n").encode_utf16().flat_map(bytes).collect()
    };
    for (bytes, encoding) in [
        (utf_16(u16::to_le_bytes, "\u{feff}"), "UTF-16"),
        (utf_16(u16::to_be_bytes, "\u{feff}"), "UTF-16"),
        (utf_16(u16::to_le_bytes, ""), "UTF-16LE"),
        (utf_16(u16::to_be_bytes, ""), "UTF-16BE"),
    ] {
        for name in ["ids.txt", "ids.csv"] {
            asst.file(name, &bytes);
            asst.run(["ledger", "import", name])
                .code(2)
                .says(&format!("{name}, line 1: expected UTF-8 text, found UTF-16"))
                .says(&format!("iconv -f {encoding} -t UTF-8"));
        }
    }
    assert!(rows(&asst).is_empty());
}

#[test]
fn a_dry_run_records_nothing() {
    let asst = user();
    asst.fed("thread_1\nthread_2\n", &["ledger", "import", "-", "--dry-run"]).ok().says("2 IDs; nothing was recorded");
    asst.fed("thread_1\n?\n", &["ledger", "import", "-", "--dry-run"]).code(2).says("line 2");
    assert!(!asst.ledger().exists());
}

#[test]
fn a_line_of_any_length_is_refused_in_little_memory() {
    let asst = user();
    let mut child = asst.command(["ledger", "import", "-"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut into = child.stdin.take().unwrap();
    let piece = vec![b'x'; 1 << 20];
    let written = (0..64).take_while(|_| into.write_all(&piece).is_ok()).count();
    drop(into);
    asst.ran(child.wait_with_output().unwrap()).code(2).says("standard input, line 1: longer than 4 MiB");
    assert!(written < 64, "all of the line was read");
}

#[test]
fn ids_are_imported_from_text_csv_and_json_lines() {
    let (_listener, asst) = minting();
    let lines =
        "thread_1\twhatever\n\n\"asst_1\",name\n{\"id\":\"thread_2\",\"created_at\":5,\"metadata\":{\"a\":\"b\"}}\n";
    shows!(asst.fed(lines, &["ledger", "import", "-"]), @r"
    --- stderr ---
    3 new, 0 known before
    exit 0
    ");
    shows!(asst.fed(lines, &["ledger", "import", "-"]), @r"
    --- stderr ---
    0 new, 3 known before
    exit 0
    ");
    shows!(asst.fed("thread_3\n6b29fc40-ca47\n", &["ledger", "import", "-"]), @r"
    --- stderr ---
    1 new, 0 known before
    error: standard input, line 2: the kind of `6b29fc40-ca47` is unknown; pass --kind
      hint: the lines before it are in the ledger; importing them again changes nothing
    exit 2
    ");
    asst.fed("6b29fc40-ca47\n", &["ledger", "import", "-", "--kind", "threads"]).ok();
    assert_eq!(asst.run(["ledger", "list"]).ok().ids().len(), 5);
    assert_eq!(asst.run(["ledger", "list", "--kind", "assistant"]).ok().ids(), ["asst_1"]);
    asst.run(["ledger", "list", "--kind", "message"]).code(2);
    asst.run(["ledger", "import", "nothing.txt"]).code(2);
    shows!(Asst::new().fed("thread_1\n", &["ledger", "import", "-"]), @r"
    --- stderr ---
    error: an ID is valid only in its origin, and no origin is known
      hint: pass --origin, or choose the profile of the backend that has the objects
    exit 2
    ");
}

/// An endless line is not an ID and must not fill the memory.
#[test]
fn a_line_that_is_too_long_is_not_imported() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let input = format!("thread_1\n{}\nthread_2\n", "x".repeat(5 << 20));
    shows!(asst.fed(input, &["ledger", "import", "-"]), @r"
    --- stderr ---
    1 new, 0 known before
    error: standard input, line 2: longer than 4 MiB
      hint: the lines before it are in the ledger; importing them again changes nothing
    exit 2
    ");
}
