//! Confirmed writes survive a crash of the server. The next server finishes the interrupted work, once.

use super::{ask, text};
use crate::support::raw_http::call;
use crate::support::test_env::{Asst, eventually};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

#[test]
fn confirmed_objects_survive_a_crash() {
    let asst = Asst::new();
    let store = asst.work().join("store");
    let store = store.to_str().unwrap();
    let made = Mutex::new(Vec::new());
    for round in 1..=6 {
        let server = asst.serve(&["--store", store]);
        let (url, answered, over) = (server.url.clone(), AtomicUsize::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    while !over.load(Ordering::SeqCst) {
                        let body = json!({ "messages": [{ "role": "user", "content": "kept" }] });
                        if let Ok((200, answer)) = call(&url, "POST", "/threads", Some(&body)) {
                            let thread: Value = serde_json::from_slice(&answer).unwrap();
                            made.lock().unwrap().push(text(&thread["id"]));
                            answered.fetch_add(1, Ordering::SeqCst);
                        }
                    }
                });
            }
            // The kill hits other requests at a different moment in each round.
            eventually("answers", || (answered.load(Ordering::SeqCst) >= round * 9).then_some(()));
            server.kill();
            over.store(true, Ordering::SeqCst);
        });
    }
    let server = asst.serve(&["--store", store]);
    let made: BTreeSet<String> = made.into_inner().unwrap().into_iter().collect();
    assert!(made.len() >= 9 * 21);
    for id in &made {
        let messages = ask(&server.url, "GET", &format!("/threads/{id}/messages"), None);
        assert_eq!(messages["data"][0]["content"][0]["text"]["value"], "kept", "{id}");
    }
}

#[test]
fn confirmed_upload_survives_a_crash() {
    let asst = Asst::new();
    let store = asst.work().join("store");
    let store = store.to_str().unwrap();
    let server = asst.serve(&["--store", store]);
    let asst = asst.env("OPENAI_API_KEY", "any");
    let content = "x".repeat(300_000);
    asst.file("file.txt", &content);
    let mut upload = asst.command(["files", "upload", "file.txt", "--purpose", "vision"]);
    let id = asst.ran(upload.env("OPENAI_BASE_URL", &server.url).output().unwrap()).ok().id();
    server.kill();
    let server = asst.serve(&["--store", store]);
    let mut download = asst.command(["files", "content", &id]);
    let ran = asst.ran(download.env("OPENAI_BASE_URL", &server.url).output().unwrap()).ok();
    assert!(ran.stdout == content);
}

#[test]
fn a_run_in_progress_is_finished_by_the_next_server_once() {
    let asst = Asst::new();
    let store = asst.work().join("store");
    let store = store.to_str().unwrap();
    let server = asst.serve(&["--store", store]);
    let assistant = text(&ask(&server.url, "POST", "/assistants", Some(json!({ "model": "echo" })))["id"]);
    let body = json!({ "assistant_id": assistant, "thread": { "messages": [{ "role": "user", "content": "sleep 1s\nhello" }] } });
    let run = ask(&server.url, "POST", "/threads/runs", Some(body));
    let (thread, id) = (text(&run["thread_id"]), text(&run["id"]));
    let path = format!("/threads/{thread}/runs/{id}");
    let reaches = |url: &str, status: &str| {
        eventually(status, || Some(ask(url, "GET", &path, None)).filter(|run| run["status"] == status))
    };
    reaches(&server.url, "in_progress");
    server.kill();
    let server = asst.serve(&["--store", store]);
    let second = asst.serve(&["--store", store]);
    reaches(&server.url, "completed");
    let messages = ask(&second.url, "GET", &format!("/threads/{thread}/messages"), None);
    let said: Vec<&Value> = messages["data"].as_array().unwrap().iter().filter(|m| m["role"] == "assistant").collect();
    assert_eq!(said.len(), 1, "{messages}");
    assert_eq!(said[0]["content"][0]["text"]["value"], "hello");
    let steps = ask(&second.url, "GET", &format!("{path}/steps"), None);
    assert_eq!(steps["data"].as_array().map(Vec::len), Some(1), "{steps}");
}

#[cfg(unix)]
#[test]
fn terminated_server_finishes_its_runs_first() {
    let asst = Asst::new();
    let store = asst.work().join("store");
    let server = asst.serve(&["--store", store.to_str().unwrap()]);
    let assistant = text(&ask(&server.url, "POST", "/assistants", Some(json!({ "model": "echo" })))["id"]);
    let body = json!({ "assistant_id": assistant, "thread": { "messages": [{ "role": "user", "content": "sleep 300ms\nhello" }] } });
    let run = ask(&server.url, "POST", "/threads/runs", Some(body));
    assert!(server.terminate().success());
    let server = asst.serve(&["--store", store.to_str().unwrap()]);
    let path = format!("/threads/{}/runs/{}", text(&run["thread_id"]), text(&run["id"]));
    assert_eq!(ask(&server.url, "GET", &path, None)["status"], "completed");
}
