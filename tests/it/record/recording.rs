//! The ledger records created and deleted objects before the program receives the response.

use super::{Recording, all_kinds, minting, rows, session, text};
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, eventually};
use serde_json::json;
use std::sync::{Arc, Condvar, Mutex};

#[test]
fn every_creation_and_deletion_is_recorded() {
    let (_listener, asst) = minting();
    let recording = Recording::start(&asst, &[]);
    let thread = text(&recording.post("/threads", &json!({ "metadata": { "team": "hr" }, "messages": [{}] }))["id"]);
    // The row is durable when the program has the response, while the recording continues.
    assert_eq!(rows(&asst)[0]["id"], thread.as_str());
    let assistant = text(&recording.post("/assistants", &json!({ "name": "Bot", "instructions": "SECRET" }))["id"]);
    let run = text(&recording.post(&format!("/threads/{thread}/runs"), &json!({ "assistant_id": assistant }))["id"]);
    recording.post(&format!("/threads/{thread}/messages"), &json!({ "role": "user", "content": "SECRET" }));
    recording.post("/threads/runs", &json!({ "thread": { "metadata": { "a": "b" } } }));
    for path in ["/files", "/vector_stores", "/conversations"] {
        recording.post(path, &json!({}));
    }
    let upload = text(&recording.post("/uploads", &json!({}))["id"]);
    recording.post(&format!("/uploads/{upload}/complete"), &json!({}));
    recording.delete(&format!("/assistants/{assistant}"));
    let ran = recording.end().ok();
    let session = session(&ran);
    let rows = rows(&asst);
    let kinds: Vec<String> = rows.iter().rev().map(|row| text(&row["kind"])).collect();
    let things = ["thread", "assistant", "run", "thread", "run", "file", "vector_store", "conversation"];
    assert_eq!(kinds, [&things[..], &["upload", "file"]].concat());
    for row in &rows {
        assert_eq!((&row["source"], &row["provenance"]["session"]), (&json!("recorded"), &json!(session)), "{row}");
        assert!(!row.to_string().contains("SECRET"));
    }
    let row = |id: &str| rows.iter().find(|row| row["id"] == id).unwrap_or_else(|| panic!("{id} is not known"));
    assert_eq!((&row(&thread)["messages"], &row(&thread)["metadata"]["team"]), (&json!(2), &json!("hr")));
    assert_eq!((&row(&thread)["assistant"], &row(&run)["parent"]), (&json!(assistant), &json!(thread)));
    assert_eq!((&row(&assistant)["state"], &row(&assistant)["name"]), (&json!("deleted"), &json!("Bot")));
    assert_eq!(row("thread_of_the_run")["metadata"]["a"], "b");
    row("file-of-the-upload");
    // A completed upload cannot be used any more.
    assert_eq!(row(&upload)["state"], "deleted");
    assert!(ran.stderr.contains("10 created, 1 deleted, 8 left"), "{}", ran.text());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn an_object_from_an_unknown_endpoint_is_recorded_and_survives_the_cleanup() {
    let listener = MockServer::new(|request, _| match request.target.as_str() {
        target if target.contains("/threads/thread_old/clone") => {
            Response::json(200, &json!({ "id": "thread_clone", "object": "thread", "metadata": { "team": "hr" } }))
        }
        _ => Response::json(200, &json!({ "id": "chatcmpl-1", "object": "chat.completion" })),
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &["--cleanup"]);
    assert_eq!(recording.post("/threads/thread_old/clone", &json!({}))["id"], "thread_clone");
    assert_eq!(rows(&asst)[0]["id"], "thread_clone");
    assert_eq!(recording.post("/chat/completions", &json!({ "messages": [] }))["id"], "chatcmpl-1");
    let ran = recording.end().ok().says("0 created, 0 deleted, 0 left");
    ran.says("POST /threads/thread_old/clone is not a known endpoint, and its response contains thread thread_clone");
    let rows = rows(&asst);
    assert_eq!((rows.len(), &rows[0]["source"], &rows[0]["state"]), (1, &json!("met"), &json!("live")));
    assert!(listener.lines().iter().all(|line| line.starts_with("POST")), "{:?}", listener.lines());
}

#[test]
fn a_body_too_long_to_be_kept_leaves_the_number_of_messages_open() {
    let (_listener, asst) = minting();
    let recording = Recording::start(&asst, &[]);
    recording.post("/threads", &json!({ "messages": [{ "content": "x".repeat(300 << 10) }] }));
    recording.end().ok();
    // A count of zero would mean that the thread is empty.
    assert_eq!(rows(&asst)[0].get("messages"), None);
}

#[test]
fn refusal_closes_the_intent_and_an_unclear_response_leaves_it_open() {
    let listener = MockServer::new(|_, before| match before {
        0 => Response::error(400, "no", None),
        1 => Response::json(200, &json!({ "object": "thread" })),
        2 => Response::json(200, &json!({ "id": "thread_1", "deleted": false })),
        _ => Response::error(500, "broken", None),
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &[]);
    let status = |head: &str| recording.begin(head, b"").status;
    assert_eq!(status("POST /v1/threads"), 400);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    // The response is a success, but has no ID.
    assert_eq!(status("POST /v1/threads"), 200);
    assert_eq!(status("DELETE /v1/threads/thread_1"), 200);
    assert_eq!(status("POST /v1/threads"), 500);
    let ran = recording.end().ok().says("0 created, 0 deleted, 0 left, 2 of unknown outcome");
    assert_eq!(ran.stderr.matches("stays open").count(), 2, "{}", ran.text());
    assert_eq!(asst.run(["ledger", "doctor", "-o", "json"]).ok().json().as_array().unwrap().len(), 2);
}

#[test]
fn object_is_recorded_even_if_the_program_disconnects() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let held = Arc::clone(&gate);
    let listener = MockServer::new(move |request, before| {
        let (open, opened) = &*held;
        drop(opened.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
        mint(request, before)
    });
    let asst = Asst::with_backend(&listener.url());
    let recording = Recording::start(&asst, &[]);
    let stream = recording.send("POST /v1/threads", b"");
    eventually("the request", || (!listener.lines().is_empty()).then_some(()));
    drop(stream);
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    recording.end().ok().says("1 created");
    assert_eq!(rows(&asst)[0]["kind"], "thread");
}

#[test]
fn a_broken_ledger_does_not_stop_the_program() {
    let (listener, asst) = minting();
    std::fs::write(asst.home().join("state/asst"), "").unwrap();
    let recording = Recording::start(&asst, &[]);
    let id = text(&recording.post("/threads", &json!({}))["id"]);
    recording.end().ok().says("asst ledger import --spill");
    std::fs::remove_file(asst.home().join("state/asst")).unwrap();
    assert_eq!(rows(&asst)[0]["id"], id.as_str());
    // With a required ledger, an unrecordable request is not sent.
    std::fs::rename(asst.home().join("state/asst"), asst.home().join("state/away")).unwrap();
    std::fs::write(asst.home().join("state/asst"), "").unwrap();
    let before = listener.lines().len();
    let recording = Recording::start(&asst, &["--require-ledger"]);
    let answer = recording.begin("POST /v1/threads", b"{}");
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (503, &json!("not_recorded")));
    assert_eq!(recording.begin("GET /v1/threads/thread_1", b"").status, 200);
    recording.end().ok();
    assert_eq!(listener.lines().len(), before + 1);
}

#[test]
fn a_kill_leaves_rows_and_open_intents_by_which_the_session_is_found() {
    let gate = Arc::new((Mutex::new(true), Condvar::new()));
    let held = Arc::clone(&gate);
    let listener = MockServer::new(move |request, before| {
        let (open, opened) = &*held;
        drop(opened.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
        all_kinds(request, before)
    });
    let asst = Asst::with_backend(&listener.url());
    let mine = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let mut recording = Recording::start(&asst, &[]);
    let thread = text(&recording.post("/threads", &json!({}))["id"]);
    let assistant = text(&recording.post("/assistants", &json!({}))["id"]);
    *gate.0.lock().unwrap() = false;
    let stream = recording.send("POST /v1/threads", b"");
    eventually("the request", || (listener.lines().len() == 4).then_some(()));
    let mut child = recording.child.take().unwrap();
    child.kill().unwrap();
    // The program continues to run and holds standard error open.
    drop(recording.input.take());
    let ran = asst.ran(child.wait_with_output().unwrap());
    drop((stream, recording));
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    let session = session(&ran);
    assert_eq!(asst.run(["ledger", "doctor", "-o", "json"]).ok().json().as_array().unwrap().len(), 1);
    let dry = asst.run(["record", "--cleanup-session", &session, "--dry-run"]).ok();
    assert_eq!(dry.stdout.matches("DELETE ").count(), 2, "{}", dry.text());
    asst.run(["record", "--cleanup-session", &session]).ok().says("2 created, 2 deleted, 0 left").says("is open");
    let deleted: Vec<String> = listener.lines().into_iter().filter(|line| line.starts_with("DELETE")).collect();
    assert_eq!(deleted, [format!("DELETE /v1/threads/{thread}"), format!("DELETE /v1/assistants/{assistant}")]);
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().ids(), [mine]);
    asst.run(["record", "--cleanup-session", &session]).ok().says("0 created, 0 deleted, 0 left");
    asst.run(["record", "--cleanup-session", "rec_of_nobody"]).code(2).says("has no rows of session `rec_of_nobody`");
}
