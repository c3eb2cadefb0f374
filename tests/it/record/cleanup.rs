//! `--cleanup` deletes the objects that the program left, in an order that works. It reports objects that cannot be
//! deleted.

use super::{Recording, all_kinds, minting, rows, session, text};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::{Value, json};

fn report(asst: &Asst) -> Value {
    serde_json::from_slice(&std::fs::read(asst.work().join("report.json")).unwrap()).unwrap()
}

const FLAGS: [&str; 3] = ["--cleanup", "--report", "report.json"];

fn deletions(listener: &MockServer) -> Vec<String> {
    let lines = listener.lines().into_iter().filter_map(|line| line.strip_prefix("DELETE /v1/").map(str::to_owned));
    lines.collect()
}

#[test]
fn objects_are_deleted_before_those_that_they_reference() {
    let (listener, asst) = minting();
    let recording = Recording::start(&asst, &FLAGS);
    let mut ids = Vec::new();
    for path in ["/files", "/vector_stores", "/assistants", "/conversations", "/threads"] {
        ids.push(format!("{}/{}", &path[1..], text(&recording.post(path, &json!({}))["id"])));
    }
    let thread = ids[4].clone();
    let run = text(&recording.post(&format!("/{thread}/runs"), &json!({}))["id"]);
    let other = text(&recording.post("/threads/thread_of_others/runs", &json!({}))["id"]);
    let gone = text(&recording.post("/threads", &json!({}))["id"]);
    recording.delete(&format!("/threads/{gone}"));
    let ran = recording.end().ok().says("8 created, 7 deleted, 1 left");
    let expected: Vec<String> =
        std::iter::once(format!("threads/{gone}")).chain([4, 3, 2, 1, 0].map(|at| ids[at].clone())).collect();
    assert_eq!(deletions(&listener), expected);
    let report = report(&asst);
    assert_eq!((&report["session"], &report["exit_code"]), (&json!(session(&ran)), &json!(0)));
    assert_eq!(report["created"].as_array().unwrap().len(), 8);
    assert_eq!(report["deleted"][0], json!({ "kind": "thread", "id": gone, "by": "command" }));
    let deleted = report["deleted"].as_array().unwrap();
    assert!(deleted.contains(&json!({ "kind": "run", "id": run, "by": "thread" })), "{report}");
    assert!(
        deleted.contains(&json!({ "kind": "thread", "id": &thread["threads/".len()..], "by": "cleanup" })),
        "{report}"
    );
    // A run cannot be deleted, and the program did not create its thread.
    assert_eq!(report["left"], json!([{ "kind": "run", "id": other }]));
    assert_eq!((&report["failed"], &report["open_intents"]), (&json!([]), &json!([])));
}

#[test]
fn an_open_upload_is_cancelled_and_a_completed_one_is_not() {
    let (listener, asst) = minting();
    let recording = Recording::start(&asst, &FLAGS);
    let [open, completed] = [0, 1].map(|_| text(&recording.post("/uploads", &json!({}))["id"]));
    recording.post(&format!("/uploads/{open}/parts"), &json!({}));
    recording.post(&format!("/uploads/{completed}/complete"), &json!({}));
    recording.end().ok().says("3 created, 2 deleted, 0 left");
    let lines = listener.lines();
    assert_eq!(
        lines[lines.len() - 2..],
        [format!("POST /v1/uploads/{open}/cancel"), "DELETE /v1/files/file-of-the-upload".to_owned()]
    );
    let events = asst.run(["ledger", "events", "-o", "json"]).ok().json();
    let verbs: Vec<String> = events.as_array().unwrap().iter().map(|event| text(&event["verb"])).collect();
    assert!(verbs.contains(&"complete".to_owned()) && verbs.contains(&"cancel".to_owned()), "{events}");
}

#[test]
fn a_file_batch_goes_with_its_vector_store() {
    let (_listener, asst) = minting();
    let recording = Recording::start(&asst, &FLAGS);
    let store = text(&recording.post("/vector_stores", &json!({}))["id"]);
    let batch = json!({ "file_ids": ["file-1"] });
    let own = text(&recording.post(&format!("/vector_stores/{store}/file_batches"), &batch)["id"]);
    let other = text(&recording.post("/vector_stores/vs_of_others/file_batches", &batch)["id"]);
    recording.end().ok().says("3 created, 2 deleted, 1 left");
    let report = report(&asst);
    let deleted = report["deleted"].as_array().unwrap();
    assert!(deleted.contains(&json!({ "kind": "file_batch", "id": own, "by": "vector_store" })), "{report}");
    assert_eq!(report["left"], json!([{ "kind": "file_batch", "id": other }]));
    let parents: Vec<Value> = rows(&asst).iter().map(|row| row["parent"].clone()).collect();
    assert_eq!(parents, [json!("vs_of_others"), json!(store), Value::Null]);
}

#[test]
fn without_the_flag_nothing_is_deleted() {
    let (listener, asst) = minting();
    let recording = Recording::start(&asst, &["--report", "report.json"]);
    let id = text(&recording.post("/threads", &json!({}))["id"]);
    recording.end().ok().says("1 created, 0 deleted, 1 left");
    assert_eq!(deletions(&listener), [""; 0]);
    assert_eq!(report(&asst)["left"], json!([{ "kind": "thread", "id": id }]));
}

/// Returns a backend that refuses to delete threads.
fn stubborn() -> MockServer {
    MockServer::new(|request, before| match (request.method.as_str(), request.target.contains("/threads/")) {
        ("DELETE", true) => Response::error(403, "You may not.", None),
        _ => all_kinds(request, before),
    })
}

#[test]
fn a_failed_cleanup_of_a_successful_program_exits_8() {
    let listener = stubborn();
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &FLAGS);
    let id = text(&recording.post("/threads", &json!({}))["id"]);
    recording.post("/assistants", &json!({}));
    let ran = recording.end().code(8).says("You may not.");
    assert!(ran.stderr.contains("2 created, 1 deleted, 1 left, 1 could not be deleted"), "{}", ran.text());
    let report = report(&asst);
    assert_eq!((&report["left"][0]["id"], &report["failed"][0]["id"]), (&json!(id), &json!(id)));
    assert!(text(&report["failed"][0]["reason"]).contains("You may not."));
    // A later cleanup of the session only has objects that fail with the same code.
    asst.run(["record", "--cleanup-session", &session(&ran)]).code(4);
    // The exit code of a failed program takes precedence.
    let own = assert_cmd::cargo::cargo_bin!("asst").to_str().unwrap().to_owned();
    let script = format!("{own} --no-ledger threads create >/dev/null; exit 5");
    asst.run(["record", "--cleanup", "--", "sh", "-c", &script]).code(5).says("1 left, 1 could not be deleted");
}

#[test]
fn a_thread_with_an_active_run_is_deleted_after_a_cancellation() {
    let listener = MockServer::new(|request, before| match (request.method.as_str(), request.target.as_str()) {
        ("GET", target) if target.contains("/runs") => {
            let run = |id: &str, status: &str| json!({ "id": id, "object": "thread.run", "status": status });
            Response::json(
                200,
                &json!({ "data": [run("run_1", "completed"), run("run_2", "in_progress")], "has_more": false }),
            )
        }
        ("POST", target) if target.ends_with("/cancel") => {
            Response::json(200, &json!({ "id": "run_2", "status": "cancelling" }))
        }
        ("DELETE", target) if before < 4 && target.contains("/threads/") => {
            Response::error(400, "Thread thread_1 already has an active run run_2.", None)
        }
        _ => all_kinds(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &["--cleanup"]);
    let id = text(&recording.post("/threads", &json!({}))["id"]);
    recording.end().ok().says("1 created, 1 deleted, 0 left");
    let lines: Vec<String> = listener.lines().into_iter().skip(1).collect();
    let (delete, runs) = (format!("DELETE /v1/threads/{id}"), format!("/v1/threads/{id}/runs"));
    assert_eq!(lines, [delete.clone(), format!("GET {runs}"), format!("POST {runs}/run_2/cancel"), delete]);
}
