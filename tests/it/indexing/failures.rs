//! Files that could not be indexed: exit code 8, and the reasons of the server on stderr.

use super::{batch, file, showing, store};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::json;

const FAILURES: &str = "error: file file-2 was not indexed: failed (code unsupported_file)\n  \
     caused by: file-2 has no text\n2 files indexed, 1 failed, 0 cancelled\n";

#[test]
fn failed_files_of_a_batch_are_reported_with_their_codes() {
    let server = showing(
        vec![batch("in_progress", [2, 1, 0, 0]), batch("completed", [0, 2, 1, 0])],
        vec![file("file-2", "failed")],
    );
    let asst = Asst::with_backend(&server.url());
    let args = ["vector-stores", "batches", "create", "vs_1", "--file-ids", "file-1,file-2,file-3", "--wait"];
    let ran = asst.run([&args[..], &["-o", "json"]].concat()).code(8);
    assert_eq!(ran.json()["file_counts"]["completed"], 2, "the last state is printed");
    assert_eq!(ran.stderr.replace("error: {", "{").lines().count(), 2, "{}", ran.text());
    assert_eq!(
        server.lines(),
        [
            "POST /v1/vector_stores/vs_1/file_batches",
            "GET /v1/vector_stores/vs_1/file_batches/vsfb_1",
            "GET /v1/vector_stores/vs_1/file_batches/vsfb_1/files?filter=failed&limit=100",
        ]
    );
    let ran = asst.run(["vector-stores", "batches", "get", "vs_1", "vsfb_1", "--wait"]).code(8);
    assert_eq!(ran.stderr, FAILURES);
}

#[test]
fn failed_files_of_a_store_are_reported_with_their_codes() {
    let server = showing(
        vec![store("in_progress", [3, 0, 0, 0]), store("completed", [0, 2, 1, 0])],
        vec![file("file-2", "failed")],
    );
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "create", "--file-ids", "file-1,file-2,file-3", "--wait"]).code(8);
    assert_eq!(ran.stderr, FAILURES);
    assert_eq!(ran.ids(), ["vs_1"]);
}

#[test]
fn a_failed_file_is_reported_with_its_code() {
    let server = showing(vec![file("file-2", "in_progress"), file("file-2", "failed")], Vec::new());
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "files", "create", "vs_1", "--file-id", "file-2", "--wait"]).code(8);
    ran.says("error: file file-2 was not indexed: failed (code unsupported_file)\n  caused by: file-2 has no text\n");
}

#[test]
fn failed_files_that_are_not_in_the_list_yet_are_announced() {
    let server = showing(vec![batch("completed", [0, 0, 2, 0])], vec![file("file-2", "failed")]);
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "batches", "get", "vs_1", "vsfb_1", "--wait"]).code(8);
    ran.says(
        "1 file not in the list yet; run `asst vector-stores batches files vs_1 vsfb_1 --filter failed` again later",
    );
}

#[test]
fn files_that_a_server_lists_in_spite_of_the_filter_are_not_reported() {
    let listed = vec![file("file-1", "completed"), file("file-2", "failed"), file("file-3", "in_progress")];
    let server = showing(vec![batch("completed", [0, 1, 1, 0])], listed);
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "batches", "get", "vs_1", "vsfb_1", "--wait"]).code(8);
    assert_eq!(
        ran.stderr,
        "error: file file-2 was not indexed: failed (code unsupported_file)\n  caused by: file-2 has no text\n1 file \
         indexed, 1 failed, 0 cancelled\n"
    );
}

#[test]
fn several_targets_are_shown_in_the_order_given() {
    // The first target ends last.
    let server = MockServer::new(|request, before| {
        let id = request.target.rsplit('/').next().unwrap_or_default();
        Response::json(200, &file(id, if id == "file-1" && before < 6 { "in_progress" } else { "completed" }))
    });
    let asst = Asst::with_backend(&server.url());
    let ids = ["file-1", "file-2", "file-3"];
    let ran = asst.run([&["vector-stores", "files", "get", "vs_1"], &ids[..], &["--wait"]].concat()).ok();
    assert_eq!(ran.ids(), ids);
}

#[test]
fn a_cancelled_batch_exits_8_and_an_expired_store_exits_1() {
    let server = showing(vec![batch("cancelled", [0, 1, 0, 2])], Vec::new());
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "batches", "get", "vs_1", "vsfb_1", "--wait"])
        .code(8)
        .says("1 file indexed, 0 failed, 2 cancelled");
    let server = showing(vec![store("expired", [1, 0, 0, 0])], Vec::new());
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "get", "vs_1", "--wait"]).code(1).says("vector store vs_1 has expired");
}

#[test]
fn several_targets_are_waited_for_and_their_exit_codes_are_combined() {
    let server = MockServer::new(|request, before| {
        let id = request.target.rsplit('/').next().unwrap_or_default().to_owned();
        let ended = if id == "file-2" { "failed" } else { "completed" };
        match id.as_str() {
            "file-3" => Response::error(404, "No file found with id 'file-3'.", None),
            _ => Response::json(200, &file(&id, if before < 2 { "in_progress" } else { ended })),
        }
    });
    let asst = Asst::with_backend(&server.url());
    let get = ["vector-stores", "files", "get", "vs_1", "file-1", "file-2"];
    let ran = asst.run([&get[..], &["--wait"]].concat()).code(8);
    assert_eq!(ran.ids(), ["file-1", "file-2"]);
    asst.run(["vector-stores", "files", "get", "vs_1", "file-3", "--wait"]).code(3);
    asst.run(["vector-stores", "files", "get", "vs_1", "file-3", "file-1", "--wait", "--ignore-not-found"]).ok();
}

#[test]
fn a_state_without_a_status_exits_7() {
    let server = MockServer::new(|_, _| Response::json(200, &json!({ "id": "vs_1", "object": "vector_store" })));
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "get", "vs_1", "--wait", "-o", "json"]).code(7).says("it has no status");
    assert_eq!(ran.json()["id"], "vs_1", "the response is printed");
}
