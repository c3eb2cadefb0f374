//! Faults that make runs hang.

use super::faulty;
use crate::support::aged_backend::{at, days};
use crate::support::test_env::{Asst, Server, eventually, shows};
use serde_json::json;

/// Starts a server with these faults and creates a run on a thread with this message.
fn with_run(faults: &[&str], message: &str) -> (Server, Asst, String, String) {
    let (server, asst) = faulty(faults);
    let assistant = asst.run(["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    let args = ["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", message, "-o", "json"];
    let run = asst.run(args).ok().json();
    let id = |name: &str| run[name].as_str().unwrap().to_owned();
    let (thread, run) = (id("thread_id"), id("id"));
    (server, asst, thread, run)
}

fn status(asst: &Asst, thread: &str, run: &str) -> String {
    let run = asst.run(["runs", "get", thread, run, "-o", "json"]).ok().json();
    run["status"].as_str().unwrap().to_owned()
}

#[test]
fn stuck_cancelling_run_keeps_its_thread_locked() {
    let (_server, asst, thread, run) = with_run(&["stuck=cancelling"], "stuck");
    eventually("the run", || (status(&asst, &thread, &run) == "in_progress").then_some(()));
    assert_eq!(asst.run(["runs", "cancel", &thread, &run, "-o", "json"]).ok().json()["status"], "cancelling");
    asst.run(["messages", "create", &thread, "--content", "hi"]).code(12).says("while a run");
    asst.run(["runs", "cancel", &thread, &run]).code(12);
    assert_eq!(status(&asst, &thread, &run), "cancelling");
    let ran = at(&asst, days(0) + 3, &["runs", "prune", "--stuck", "--grace", "1s", "--yes"]);
    shows!(ran, @r"
    --- stderr ---
    warning: run [run] is still cancelling after its cancellation
    0 cancelled, 0 already gone, 0 in use, 0 unknown, 1 failed
    exit 12
    ");
    assert_eq!(status(&asst, &thread, &run), "cancelling");
}

#[test]
fn stuck_queued_run_can_be_cancelled() {
    let (_server, asst, thread, run) = with_run(&["stuck=queued"], "hello");
    assert_eq!(status(&asst, &thread, &run), "queued");
    assert_eq!(asst.run(["runs", "cancel", &thread, &run, "-o", "json"]).ok().json()["status"], "cancelled");
}

#[test]
fn stuck_fault_with_a_rate_holds_only_some_runs() {
    let (_server, asst, thread, run) = with_run(&["stuck=in_progress,rate=0.5"], "hello");
    let assistant = asst.run(["runs", "get", &thread, &run, "-o", "json"]).ok().json()["assistant_id"].clone();
    let body = json!({ "assistant_id": assistant, "thread": { "messages": [{ "role": "user", "content": "hi" }] } });
    let (mut held, mut done) = (0, 0);
    // The share depends on the run IDs, which are random.
    for _ in 0..40 {
        let made = asst.run(["threads", "create-and-run", "--body", &body.to_string(), "-o", "json"]).ok().json();
        let (thread, run) = (made["thread_id"].as_str().unwrap(), made["id"].as_str().unwrap());
        let begun = std::time::Instant::now();
        let found = eventually("the run", || {
            let status = status(&asst, thread, run);
            let waited = begun.elapsed() > std::time::Duration::from_millis(400);
            (status == "completed" || status == "in_progress" && waited).then_some(status)
        });
        match found.as_str() {
            "completed" => done += 1,
            _ => {
                asst.run(["runs", "cancel", thread, run]).ok();
                eventually("the end", || (status(&asst, thread, run) == "cancelled").then_some(()));
                held += 1;
            }
        }
        if held > 0 && done > 0 {
            return;
        }
    }
    panic!("{held} held, {done} done");
}

#[test]
fn local_command_does_not_wait_for_a_stuck_run() {
    let asst = Asst::new().env("ASST_FAULT", "stuck=queued; 500,on=GET /files");
    let assistant = asst.local(&["assistants", "create", "--model", "echo", "-o", "id"]).ok().id();
    let begun = std::time::Instant::now();
    let run = asst
        .local(&["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", "hi", "-o", "json"])
        .ok()
        .json();
    assert_eq!(run["status"], "queued");
    assert!(begun.elapsed() < std::time::Duration::from_secs(25), "a drain waits 30 s");
    asst.local(&["files", "list", "--retries", "0"]).code(7);
}
