//! The deadline of a wait, which counts from the last progress, and the pauses between polls.

use super::{batch, file, showing, store};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::{Duration, Instant};

#[test]
fn a_wait_without_progress_ends_with_25_and_the_command_that_continues() {
    let server = showing(vec![batch("in_progress", [2, 1, 0, 0])], Vec::new());
    let asst = Asst::with_backend(&server.url());
    let args = ["vector-stores", "batches", "create", "vs_1", "--file-ids", "file-1", "--wait", "--timeout", "300ms"];
    let ran = asst.run(args).code(25);
    assert_eq!(ran.ids(), ["vsfb_1"], "the last state is printed");
    assert_eq!(
        ran.stderr,
        "error: file batch vsfb_1 of vs_1 made no progress for 0.3 s: 1 of 3 files indexed\n  \
         hint: `asst vector-stores batches get vs_1 vsfb_1 --wait` continues to wait\n"
    );
}

#[test]
fn a_stalled_server_does_not_hold_the_wait_beyond_its_deadline() {
    let server = MockServer::new(|_, before| match before {
        0 => Response::json(200, &file("file-1", "in_progress")),
        _ => Response::Stall,
    });
    let asst = Asst::with_backend(&server.url());
    let begun = Instant::now();
    asst.run(["vector-stores", "files", "get", "vs_1", "file-1", "--wait", "--timeout", "300ms"])
        .code(25)
        .says("`asst vector-stores files get vs_1 file-1 --wait` continues to wait");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
}

#[test]
fn progress_moves_the_deadline() {
    // Twelve files, one per poll: in all, this takes longer than the time-out.
    let states: Vec<Value> = (0..12).map(|done| store("in_progress", [12 - done, done, 0, 0])).collect();
    let server = showing([states, vec![store("completed", [0, 12, 0, 0])]].concat(), Vec::new());
    let asst = Asst::with_backend(&server.url());
    let begun = Instant::now();
    let wait = ["--wait", "--timeout", "1500ms", "--poll-interval", "400ms"];
    asst.run([&["vector-stores", "get", "vs_1"][..], &wait].concat()).ok();
    assert!(begun.elapsed() > Duration::from_millis(1_500), "{:?}", begun.elapsed());
}

#[test]
fn the_interval_of_the_server_is_kept() {
    let times = std::sync::Arc::new(Mutex::new(Vec::new()));
    let log = std::sync::Arc::clone(&times);
    let server = MockServer::new(move |_, before| {
        log.lock().unwrap().push(Instant::now());
        let status = if before < 3 { "in_progress" } else { "completed" };
        Response::json(200, &file("file-1", status)).with("openai-poll-after-ms", "600")
    });
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "files", "create", "vs_1", "--file-id", "file-1", "--wait"]).ok();
    let times = times.lock().unwrap();
    assert_eq!(times.len(), 4);
    for pair in times.windows(2) {
        assert!(pair[1] - pair[0] >= Duration::from_millis(590), "{:?}", pair[1] - pair[0]);
    }
}

#[test]
fn a_failed_poll_prints_the_command_that_continues() {
    let server = MockServer::new(|request, _| match request.method.as_str() {
        "POST" => Response::json(200, &batch("in_progress", [1, 0, 0, 0])),
        _ => Response::json(503, &json!({ "error": { "message": "not now" } })),
    });
    let asst = Asst::with_backend(&server.url());
    asst.run(["vector-stores", "batches", "create", "vs_1", "--file-ids", "file-1", "--wait"])
        .code(7)
        .says("hint: `asst vector-stores batches get vs_1 vsfb_1 --wait` continues to wait");
}

#[test]
fn a_batch_whose_polls_return_the_id_of_the_store_keeps_its_own() {
    let mut ended = batch("completed", [0, 1, 0, 0]);
    ended["id"] = json!("vs_1");
    let server = showing(vec![batch("in_progress", [1, 0, 0, 0]), ended], Vec::new());
    let asst = Asst::with_backend(&server.url());
    let ran = asst.run(["vector-stores", "batches", "create", "vs_1", "--file-ids", "file-1", "--wait", "-o", "id"]);
    assert_eq!(ran.ok().ids(), ["vsfb_1"]);
}

#[test]
fn flags_of_a_wait_need_wait_and_a_dry_run_sends_nothing() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    asst.run(["vector-stores", "get", "vs_1", "--timeout", "5s"]).code(2).says("--wait");
    for args in [
        &["vector-stores", "create", "--file-ids", "file-1", "--wait", "--dry-run"][..],
        &["vector-stores", "files", "get", "vs_1", "file-1", "file-2", "--wait", "--dry-run"],
        &["vector-stores", "batches", "get", "vs_1", "vsfb_1", "--wait", "--dry-run"],
    ] {
        asst.run(args).ok();
    }
}
