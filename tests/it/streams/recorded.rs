//! The IDs of objects that a stream creates are durable before any event is printed.

use super::*;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, eventually};
use std::io::{BufRead, BufReader};

fn created_thread() -> (&'static str, Value) {
    (
        "thread.created",
        json!({"id": "thread_1", "object": "thread", "created_at": 1_700_000_000, "metadata": {"a": "b"}}),
    )
}

const AND_RUN: [&str; 9] =
    ["threads", "create-and-run", "--assistant-id", "asst_1", "--thread-message", "hi", "--stream", "-o", "jsonl"];

#[test]
fn printed_ids_are_recorded_and_survive_a_kill() {
    let begin = text(&[created_thread(), story()[0].clone()]);
    let listener = MockServer::new(move |_, _| hanging(&begin));
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command(AND_RUN).spawn().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    assert!(lines.next().unwrap().unwrap().contains("thread.created"));
    assert_eq!(asst.run(["threads", "list"]).ok().ids(), ["thread_1"]);
    assert!(lines.next().unwrap().unwrap().contains("thread.run.created"));
    child.kill().unwrap();
    child.wait().unwrap();
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let run = asst.run(["ledger", "list", "--kind", "run", "--columns", "id,parent,source,request_id"]).ok();
    assert_eq!(run.stdout, "run_1\tthread_1\tcreated\treq_1\n");
    let thread = asst.run(["threads", "list", "--columns", "id,metadata,assistant,messages"]).ok();
    assert_eq!(thread.stdout, "thread_1\t{\"a\":\"b\"}\tasst_1\t1\n");
}

#[test]
fn thread_without_a_reported_run_is_recorded_and_the_intent_stays_open() {
    let begin = text(&[created_thread()]);
    let listener = MockServer::new(move |_, _| hanging(&begin));
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command(AND_RUN).spawn().unwrap();
    eventually("the thread", || (asst.run(["threads", "list"]).ok().ids() == ["thread_1"]).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}

#[test]
fn complete_stream_records_one_thread_and_one_run() {
    let mut events = vec![created_thread()];
    events.extend(story());
    let stream = text(&events) + DONE;
    let listener = MockServer::new(move |_, _| streamed(&stream, 3));
    let asst = Asst::with_backend(&listener.url());
    assert_eq!(asst.run(AND_RUN).ok().stdout.lines().count(), story().len() + 2);
    assert_eq!(asst.run(["ledger", "list", "--columns", "id"]).ok().stdout.lines().count(), 2);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn unrecordable_ids_are_reported_once() {
    let events: Vec<_> = std::iter::once(created_thread()).chain(story()).collect();
    let listener = MockServer::new(move |_, _| streamed(&text(&events), 1_000));
    let asst = Asst::with_backend(&listener.url())
        .env("ASST_SPILL_DIR", "/dev/null/a")
        .env("XDG_RUNTIME_DIR", "/dev/null/a")
        .env("TMPDIR", "/dev/null/a");
    let ran = asst.run([&["--ledger", "/dev/null/a/ledger.db", "-q"], &AND_RUN[..7]].concat()).ok();
    assert_eq!(ran.stderr.matches("not recorded").count(), 2, "{}", ran.stderr);
    ran.says("thread thread_1 exists but is not recorded").says("run run_1 exists but is not recorded");
}
