//! Standard input is read only if `-` selects it, and then to its end.

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, served, shows};

/// A pipeline with a failed first command sends no IDs. The command deletes nothing and must not report success.
#[test]
fn empty_standard_input_exits_2() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.fed("", &["threads", "delete", "-"]), @r"
    --- stderr ---
    error: expected IDs on standard input, found none
      hint: pass --allow-empty to accept empty input; by default it is an error, because a pipeline whose first command failed looks the same
    exit 2
    ");
    for command in [&["threads", "delete"][..], &["threads", "get"], &["runs", "wait"], &["ledger", "forget"]] {
        let all = [command, &["-", "--allow-empty"]].concat();
        asst.fed("\n", &all).ok();
    }
    asst.fed("", &["threads", "get", "-", "--allow-empty", "-o", "json"]).ok().says("");
    asst.fed("", &["export", "out", "-", "--allow-empty"]).ok();
    shows!(asst.fed("", &["threads", "create", "--body", "-"]), @r"
    --- stderr ---
    error: invalid value '-' for '--body <JSON|@path|->': standard input is empty
    exit 2
    ");
    asst.fed("", &["ledger", "forget", "-"]).code(2).says("expected IDs on standard input, found none");
    assert_eq!(listener.lines(), [""; 0]);
}

/// A list of IDs may have a byte order mark, CR LF line ends, and no final line end. No ID may be lost.
#[test]
fn ids_are_read_with_any_line_ends_and_a_byte_order_mark() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let input = "\u{feff}thread_1\r\nthread_2\tlive\r\n\r\nthread_3";
    assert_eq!(
        asst.fed(input, &["threads", "delete", "-", "-o", "id"]).ok().ids(),
        ["thread_1", "thread_2", "thread_3"]
    );
    assert_eq!(asst.fed(input, &["ledger", "import", "-"]).ok().stdout, "");
    assert_eq!(listener.lines().len(), 3);
}

/// All commands read every ID at the start of a line, and drop nothing silently.
#[test]
fn several_ids_in_a_line_are_all_taken_or_none() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    for line in [
        "thread_1 thread_2",
        "thread_1,thread_2",
        "thread_1, thread_2",
        "thread_1\tthread_2\tlive",
        "id\nthread_1;thread_2",
    ] {
        for verb in ["get", "delete"] {
            let ran = asst.fed(line, &["threads", verb, "-", "--dry-run"]).ok();
            assert_eq!(ran.stdout.matches("/threads/thread_").count(), 2, "{verb} {line}: {}", ran.text());
        }
    }
    for line in ["thread_1 oops", "thread_1\tlive\tthread_2", "thread_1\nthread_id", "thread_", "17"] {
        for command in [&["threads", "get"][..], &["threads", "delete"], &["export", "out"]] {
            asst.fed(line, &[command, &["-"]].concat()).code(2).says("standard input, line ");
        }
    }
    asst.fed("thread_1\trun_1 run_2\n", &["runs", "wait", "-", "--dry-run"]).ok();
    assert_eq!(listener.lines(), [""; 0]);
}

/// A command that reads no IDs from standard input does not send the dash as an ID.
#[test]
fn dash_is_not_sent_as_an_id() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    for args in [
        &["runs", "list", "-"][..],
        &["messages", "list", "-"],
        &["threads", "update", "-", "--metadata", "a=b"],
        &["runs", "cancel", "thread_1", "-"],
        &["messages", "create", "-", "--content", "x"],
    ] {
        asst.run(args).code(2).says("`-` is not an ID");
    }
    assert_eq!(listener.lines(), [""; 0]);
}

#[test]
fn an_id_that_is_given_twice_is_deleted_once() {
    let (_server, asst) = served(&[]);
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let ran = asst.fed(format!("{thread}\n{thread}\n"), &["threads", "delete", "-", "-o", "json"]).ok();
    assert_eq!(ran.json().as_array().map(Vec::len), Some(1));
    let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let ran = asst.run(["threads", "delete", &thread, &thread, "-o", "json"]).ok();
    assert_eq!(ran.json().as_array().map(Vec::len), Some(1), "several arguments give an array");
}
