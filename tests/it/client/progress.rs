//! Notes on retries and waits: shown at a terminal, and nowhere else.
#![cfg(unix)]

use super::hostile;
use crate::support::mock_server::{MockServer, Response};
use crate::support::terminal::Terminal;
use crate::support::test_env::Asst;
use serde_json::json;
use std::process::{Child, Command};
use std::time::{Duration, Instant};

/// Returns a command that really waits between attempts.
fn waiting(asst: &Asst, args: &[&str]) -> Command {
    let mut command = asst.command(args);
    command.env_remove("ASST_NO_RETRY_DELAY").env("TERM", "xterm");
    command
}

fn end(mut child: Child) {
    child.kill().unwrap();
    child.wait().unwrap();
}

fn busy() -> Response {
    Response::error(429, "slow down", None).with("retry-after", "2")
}

const GET: [&str; 3] = ["threads", "get", "thread_1"];

#[test]
fn a_retry_is_announced_with_its_wait_and_its_number() {
    let (listener, asst) = hostile([busy(), super::thread()]);
    let mut terminal = Terminal::new();
    let child = terminal.start(waiting(&asst, &GET), false);
    let begun = Instant::now();
    let seen = terminal.until("429, retrying in 2s (1/4)");
    assert!(begun.elapsed() < Duration::from_secs(2), "before the next attempt: {seen}");
    let mut child = child;
    assert!(child.wait().unwrap().success());
    assert_eq!(listener.lines().len(), 2);
    let (_listener, asst) = hostile([busy(), super::thread()]);
    for more in [&["-q"][..], &["-o", "json"]] {
        let mut child = terminal.start(waiting(&asst, &[&GET[..], more].concat()), false);
        let _ = child.wait().unwrap();
    }
    let seen = terminal.all();
    assert_eq!(seen.matches("429, retrying").count().min(1), 1);
    let after = seen.rsplit("429, retrying in 2s (1/4)").next().unwrap();
    assert!(!after.contains("retrying"), "{after}");
}

#[test]
fn retry_is_not_announced_without_a_terminal() {
    for more in [&[][..], &["-q"], &["-o", "json"]] {
        let (_listener, asst) = hostile([busy(), super::thread()]);
        let output = waiting(&asst, &[&GET[..], more].concat()).output().unwrap();
        assert!(output.status.success() && output.stderr.is_empty(), "{more:?}: {output:?}");
    }
    for more in [&["-q"][..], &["-o", "json"], &["-o", "jsonl"]] {
        let (_listener, asst) = hostile([busy(), super::thread()]);
        let terminal = Terminal::new();
        assert!(
            terminal.start(waiting(&asst, &[&GET[..], more].concat()), false).wait().unwrap().success(),
            "{more:?}"
        );
        assert_eq!(terminal.all(), "", "{more:?}");
    }
}

#[test]
fn slow_response_shows_a_progress_line() {
    let listener = MockServer::new(|_, _| Response::Stall);
    let asst = Asst::with_backend(&listener.url());
    for args in
        [&GET[..], &["assistants", "list"], &["threads", "delete", "thread_1", "thread_2"], &["api", "get", "/x"]]
    {
        let mut terminal = Terminal::new();
        let child = terminal.start(waiting(&asst, args), false);
        terminal.until("waiting for a response (");
        end(child);
    }
}

#[test]
fn a_run_that_is_waited_for_shows_status_and_time() {
    let run =
        |status: &str| json!({ "id": "run_1", "object": "thread.run", "thread_id": "thread_1", "status": status });
    let listener =
        MockServer::new(move |_, before| Response::json(200, &run(if before < 4 { "queued" } else { "in_progress" })));
    let asst = Asst::with_backend(&listener.url());
    let mut terminal = Terminal::new();
    let child = terminal.start(waiting(&asst, &["runs", "wait", "thread_1", "run_1"]), false);
    terminal.until("run run_1 is queued (");
    terminal.until("run run_1 is in progress (2s)");
    end(child);
    let mut terminal = Terminal::new();
    let two = ["runs", "create", "thread_1", "--assistant-id", "asst_1", "--wait"];
    let child = terminal.start(waiting(&asst, &two), false);
    terminal.until("run run_1 is in progress (");
    end(child);
    for more in [&["-q"][..], &["-o", "json"]] {
        let terminal = Terminal::new();
        let wait = ["runs", "wait", "thread_1", "run_1", "--timeout", "1s"];
        let _ = terminal.start(waiting(&asst, &[&wait[..], more].concat()), false).wait();
        let seen = terminal.all();
        assert!(!seen.contains(" is in progress ("), "{more:?}: {seen}");
    }
}
