//! A command that waits for another process or server can be stopped at any time.
#![cfg(unix)]

use crate::support::mock_server::{MockServer, Response};
use crate::support::pipes::until_empty;
use crate::support::test_env::{Asst, eventually, signalled};
use serde_json::json;
use std::io::{BufRead, BufReader, Read, Write};
use std::process::Child;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

#[test]
fn a_command_that_fetches_a_key_can_be_stopped() {
    let asst = Asst::new();
    asst.config("[profiles.slow]\nbackend = \"openai\"\napi_key_command = \"echo begun >&2; exec sleep 30\"\n");
    let mut child = asst.command(["-p", "slow", "files", "list"]).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    assert_eq!(line, "begun\n");
    signalled(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn doctor_that_waits_for_a_backend_can_be_stopped() {
    let listener = MockServer::new(
        |request, _| if request.method == "POST" { Response::text(500, "{}") } else { Response::Stall },
    );
    let asst = Asst::with_backend(&listener.url());
    asst.run(["assistants", "create", "--model", "m"]).code(10);
    let mut child = asst.command(["ledger", "doctor"]).spawn().unwrap();
    eventually("the doctor's question", || (listener.lines().len() == 2).then_some(()));
    signalled(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn command_with_a_blocked_output_can_be_stopped() {
    let body = json!({ "id": "asst_1", "name": "x".repeat(1 << 20) });
    let listener = MockServer::new(move |_, _| Response::json(200, &body));
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command(["assistants", "get", "asst_1", "-o", "json"]).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    // The first byte has arrived. The rest does not fit into the pipe, so the command blocks on its write.
    out.read_exact(&mut [0]).unwrap();
    signalled(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

/// Returns a backend that answers for threads below a number, and stalls for all others.
fn answering(below: usize) -> MockServer {
    MockServer::new(move |request, _| {
        let id = request.target.rsplit('/').next().unwrap_or_default();
        let number: usize = id.trim_start_matches("thread_").parse().unwrap();
        let thread = json!({ "id": id, "object": "thread", "created_at": 1_700_000_000, "deleted": true });
        if number < below { Response::json(200, &thread) } else { Response::Stall }
    })
}

/// Starts a command that reads the IDs of 60 threads.
fn started(asst: &Asst, args: &[&str]) -> Child {
    let ids: String = (0..60).map(|number| format!("thread_{number}\n")).collect();
    let file = asst.file("ids", ids);
    let mut command = asst.command(args);
    command.stdin(std::fs::File::open(file).unwrap()).spawn().unwrap()
}

#[test]
fn stopped_bulk_work_reports_its_progress_and_the_next_command() {
    for (args, next) in [
        (&["threads", "delete", "-"][..], "run the same command again with --ignore-not-found for the rest"),
        (&["threads", "delete", "-", "--ignore-not-found"], "run the same command again for the rest"),
        (&["threads", "delete", "-", "-o", "json"], "run the same command again with --ignore-not-found for the rest"),
    ] {
        for (signal, word, code) in [("-INT", "interrupted", 130), ("-TERM", "terminated", 143)] {
            let listener = answering(20);
            let asst = Asst::with_backend(&listener.url());
            let child = started(&asst, args);
            eventually("the requests", || (listener.lines().len() == 36).then_some(()));
            signalled(&child, signal);
            let ran = asst.ran(child.wait_with_output().unwrap()).code(code);
            ran.says(&format!("{word}; 20 of 60 deleted, 16 without a response yet")).says(next);
            assert_eq!(listener.lines().len(), 36, "nothing is begun after the signal");
        }
    }
}

#[test]
fn stopped_bulk_work_finishes_the_requests_in_flight() {
    /// The time that the backend takes for a response, so that requests are in flight when the signal arrives.
    const LATENCY: Duration = Duration::from_millis(300);
    let listener = MockServer::new(|request, _| {
        std::thread::sleep(LATENCY);
        let id = request.target.rsplit('/').next().unwrap_or_default();
        Response::json(200, &json!({ "id": id, "object": "thread", "created_at": 1_700_000_000, "deleted": true }))
    });
    let asst = Asst::with_backend(&listener.url());
    for (args, verb) in [
        (&["threads", "delete", "-", "--concurrency", "4", "-o", "json"][..], "deleted"),
        (&["threads", "get", "-", "--concurrency", "4", "-o", "json"], "fetched"),
    ] {
        let before = listener.lines().len();
        let child = started(&asst, args);
        eventually("the requests", || (listener.lines().len() > before + 5).then_some(()));
        signalled(&child, "-INT");
        let ran = asst.ran(child.wait_with_output().unwrap()).code(130);
        let done = ran.json().as_array().unwrap().len();
        ran.says(&format!("interrupted; {done} of 60 {verb}\""));
        assert_eq!(listener.lines().len() - before, done, "each answer was heard");
    }
}

#[test]
fn stopped_uploads_report_where_to_continue() {
    let listener = MockServer::new(|_, before| match before {
        0 => Response::json(200, &json!({ "id": "file-1", "object": "file", "filename": "a.txt" })),
        _ => Response::Stall,
    });
    let asst = Asst::with_backend(&listener.url());
    ["a.txt", "b.txt", "c.txt"].iter().for_each(|name| drop(asst.file(name, "text")));
    let upload = ["files", "upload", "a.txt", "b.txt", "c.txt", "--purpose", "assistants"];
    let child = asst.command(upload).spawn().unwrap();
    eventually("the second upload", || (listener.lines().len() == 2).then_some(()));
    signalled(&child, "-INT");
    let ran = asst.ran(child.wait_with_output().unwrap()).code(130);
    ran.says("interrupted; 1 of 3 uploaded, 1 without a response yet").says("to continue, omit the files before b.txt");
}

#[test]
fn stopped_verification_reports_its_progress() {
    let listener = answering(5);
    let asst = Asst::with_backend(&listener.url());
    let ids: String = (0..30).map(|number| format!("thread_{number}\n")).collect();
    asst.fed(ids, &["ledger", "import", "-"]).ok();
    let child = asst.command(["ledger", "verify"]).spawn().unwrap();
    eventually("the questions", || (listener.lines().len() >= 16).then_some(()));
    signalled(&child, "-INT");
    let ran = asst.ran(child.wait_with_output().unwrap()).code(130);
    assert!(ran.stderr.contains("interrupted; ") && ran.stderr.contains(" checked, "), "{}", ran.text());
    ran.says("run the same command again for the rest");
}

#[test]
fn stopped_import_and_scan_of_a_pipe_report_their_progress() {
    for (args, expected) in [
        (["ledger", "import", "-"], &["interrupted; 1 ID read", "interrupted; 2 IDs read"][..]),
        (["ledger", "scan", "-"], &["interrupted; 0 IDs imported"]),
    ] {
        let asst = Asst::with_backend("http://127.0.0.1:9/v1");
        let mut child = asst.command(args).stdin(std::process::Stdio::piped()).spawn().unwrap();
        // The pipe stays open without further input. The second line is read only after the first was processed.
        let mut input = child.stdin.take().unwrap();
        for line in [b"thread_abcdefghijklmnopqrstuv1\n", b"thread_abcdefghijklmnopqrstuv2\n"] {
            input.write_all(line).unwrap();
            until_empty(&input);
        }
        signalled(&child, "-INT");
        let ran = asst.ran(child.wait_with_output().unwrap()).code(130).says("are not imported twice");
        assert!(expected.iter().any(|text| ran.stderr.contains(text)), "{args:?}: {}", ran.text());
        drop(input);
    }
}

#[test]
fn stopped_import_keeps_the_ids_it_has_read() {
    let asst = Asst::with_backend("http://127.0.0.1:9/v1");
    let mut child = asst.command(["ledger", "import", "-"]).stdin(std::process::Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    let written = Arc::new(AtomicU64::new(0));
    let count = Arc::clone(&written);
    let writer = std::thread::spawn(move || {
        // The loop ends when the command no longer reads.
        while input.write_all(format!("thread_{:024}\n", count.load(Ordering::SeqCst)).as_bytes()).is_ok() {
            count.fetch_add(1, Ordering::SeqCst);
        }
    });
    // More than fits into the pipe, so the command has read some.
    eventually("the input", || (written.load(Ordering::SeqCst) > 10_000).then_some(()));
    signalled(&child, "-TERM");
    let ran = asst.ran(child.wait_with_output().unwrap()).code(143).says("terminated; ").says(" IDs read");
    writer.join().unwrap();
    let read: u64 = ran.stderr.split("terminated; ").nth(1).unwrap().split(' ').next().unwrap().parse().unwrap();
    let rows = asst.run(["threads", "list", "-o", "id"]).ok().stdout.lines().count() as u64;
    assert_eq!(rows, read, "{}", ran.text());
}

#[test]
fn stopped_prune_of_a_stalled_backend_reports_its_progress() {
    let listener = MockServer::new(|_, _| Response::Stall);
    let asst = Asst::with_backend(&listener.url());
    let row = |number: u32| json!({ "id": format!("thread_{number}"), "created_at": 1_500_000_000 }).to_string() + "\n";
    let ids: String = (0..30).map(row).collect();
    asst.fed(ids, &["ledger", "import", "-"]).ok();
    let child = asst.command(["threads", "prune", "--empty", "--yes", "--source", "any"]).spawn().unwrap();
    eventually("a question", || (!listener.lines().is_empty()).then_some(()));
    signalled(&child, "-INT");
    let ran = asst.ran(child.wait_with_output().unwrap()).code(130);
    ran.says("stopping; ").says("interrupted; 0 deleted").says("run the same command again for the rest");
}
