//! `--timeout` also covers a request before the server has named its run. The intent stays open, so no ID is lost.

use super::{CREATE, run};
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, PATIENCE};
use std::time::{Duration, Instant};

type Answer = fn() -> Response;

const HEAD: &str = "HTTP/1.1 200 OK\ncontent-type: text/event-stream\n\n";

#[test]
fn stream_without_a_run_ends_at_the_time_limit() {
    let alive = || Response::endless(HEAD, ": still here\n\n");
    let deeds: [(&str, Answer); 4] = [
        ("nothing", || Response::Stall),
        ("a head", || Response::begin(HEAD)),
        ("half a head", || Response::begin("HTTP/1.1 200 OK\ncontent-ty")),
        ("half an event", || Response::begin(&format!("{HEAD}event: thread.run.created\ndata: {{\"id\":"))),
    ];
    let deeds = deeds.into_iter().chain([("comments", alive as Answer)]);
    for (what, deed) in deeds {
        let listener = MockServer::new(move |_, _| deed());
        let asst = Asst::with_backend(&listener.url());
        let start = Instant::now();
        let ran = asst.run([&CREATE[..], &["--stream", "--timeout", "1s"]].concat());
        assert!(start.elapsed() < PATIENCE / 2, "{what}: {:?}", start.elapsed());
        ran.code(10).says("no response within the time limit").says("stays open");
        assert_eq!(listener.lines().len(), 1, "{what}: a create is not repeated");
        asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    }
}

#[test]
fn create_with_wait_ends_at_the_time_limit() {
    let listener = MockServer::new(|_, _| Response::Stall);
    let asst = Asst::with_backend(&listener.url());
    let start = Instant::now();
    asst.run([&CREATE[..], &["--wait", "--timeout", "1s"]].concat()).code(10).says("stays open");
    assert!(start.elapsed() < PATIENCE / 2, "{:?}", start.elapsed());
}

#[test]
fn unsent_request_leaves_no_intent() {
    // The server refuses every attempt, and the next attempt would come after the time limit.
    let listener = MockServer::new(|_, _| Response::error(429, "slow down", None).with("retry-after", "30"));
    let asst = Asst::with_backend(&listener.url());
    let start = Instant::now();
    asst.run([&CREATE[..], &["--wait", "--timeout", "1s"]].concat()).code(6);
    assert!(start.elapsed() < Duration::from_secs(15), "{:?}", start.elapsed());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    // The command that fetches the credential takes too long.
    let listener = MockServer::new(mint);
    let asst = Asst::new();
    asst.config(&format!(
        "default_profile = \"a\"\n[profiles.a]\nbase_url = \"{}\"\napi_key_command = \"sleep 20; echo key\"\n",
        listener.url()
    ));
    let ran = asst.run([&CREATE[..], &["--stream", "--timeout", "1s"]].concat()).code(7);
    ran.says("nothing was sent within the time limit");
    assert!(listener.lines().is_empty());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn named_run_exits_25_at_the_time_limit() {
    let named = format!("{HEAD}event: thread.run.created\ndata: {}\n\n", run("queued"));
    let listener = MockServer::new(move |_, _| Response::begin(&named));
    let asst = Asst::with_backend(&listener.url());
    asst.run([&CREATE[..], &["--stream", "--timeout", "1s"]].concat()).code(25).says("has not ended after 1 s");
}
