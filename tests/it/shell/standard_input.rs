//! Standard input is read only if `-` selects it, and then to its end.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, shows};
use serde_json::json;

/// In another tool the reader of request bodies consumes the input of the upload.
#[test]
fn an_upload_takes_a_redirected_file() {
    let listener = MockServer::new(|_, _| Response::json(200, &json!({ "id": "file-1", "object": "file" })));
    let asst = Asst::with_backend(&listener.url());
    let path = asst.file("data.txt", "key: value\n");
    let upload = ["files", "upload", "-", "--filename", "data.txt", "--purpose", "assistants"];
    let ran = asst.command(upload).stdin(std::fs::File::open(path).unwrap()).output().unwrap();
    asst.ran(ran).ok();
    let body = String::from_utf8(listener.requests()[0].body.clone()).unwrap();
    assert!(body.contains("\r\n\r\nkey: value\n\r\n"), "{body}");
}

/// A pipeline with a failed first command sends no IDs. The command deletes nothing and must not report success.
#[test]
fn empty_standard_input_exits_2() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.fed("", &["threads", "delete", "-"]), @r"
    --- stderr ---
    error: no ids on standard input
      hint: --allow-empty takes that as success; by default it is an error, since a pipeline whose first command failed looks the same
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
    asst.fed("", &["ledger", "forget", "-"]).code(2).says("no ids on standard input");
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
        asst.run(args).code(2).says("`-` is not an id");
    }
    assert_eq!(listener.lines(), [""; 0]);
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
      hint: the lines before it are in the ledger; importing them again does no harm
    exit 2
    ");
}

/// A dry run of an upload shows the whole form except the file content.
#[test]
fn a_dry_upload_shows_the_form() {
    let asst = Asst::with_backend("http://127.0.0.1:8642/v1");
    asst.file("data.txt", "hello");
    shows!(asst.run(["files", "upload", "data.txt", "--purpose", "assistants", "--expires-after", "1h", "--filename", "n.txt", "--dry-run"]), @r"
    POST http://[host]/v1/files
    authorization: [redacted]
    content-type: multipart/form-data

    purpose: assistants
    expires_after[anchor]: created_at
    expires_after[seconds]: 3600
    file: n.txt from data.txt, [multipart/form-data, 514 bytes] in all
    exit 0
    ");
}
