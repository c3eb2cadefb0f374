//! Streams as bytes on the wire, each with its exact order of events (docs/protocol/streaming.md#order-of-events).

use super::*;
use insta::assert_snapshot;

fn events_of(server: &Server, message: &str) -> Vec<(String, Value)> {
    Reader::open(&server.url, "/threads/runs", with_thread(&server.url, message)).rest()
}

#[test]
fn message_events_are_streamed_in_order() {
    let server = Asst::new().serve(&[]);
    assert_snapshot!(order(&events_of(&server, "one two three")), @r"
    thread.created
    thread.run.created
    thread.run.queued
    thread.run.in_progress
    thread.run.step.created
    thread.run.step.in_progress
    thread.message.created
    thread.message.in_progress
    thread.message.delta: one two three
    thread.message.completed
    thread.run.step.completed
    thread.run.completed
    done
    ");
}

#[test]
fn tool_call_and_output_events_are_streamed_in_order() {
    let server = Asst::new().serve(&[]);
    let events = events_of(&server, "call look {\"at\": \"it\"}\nseen");
    assert_snapshot!(order(&events), @r#"
    thread.created
    thread.run.created
    thread.run.queued
    thread.run.in_progress
    thread.run.step.created
    thread.run.step.in_progress
    thread.run.step.delta: {"at": "it"}
    thread.run.requires_action
    done
    "#);
    let run = &events[events.len() - 2].1;
    let call = &run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"];
    let outputs = json!({"tool_outputs": [{"tool_call_id": call, "output": "a hill"}]});
    let events = Reader::open(&server.url, &format!("{}/submit_tool_outputs", path(run)), outputs).rest();
    assert_snapshot!(order(&events), @r"
    thread.run.step.completed
    thread.run.queued
    thread.run.in_progress
    thread.run.step.created
    thread.run.step.in_progress
    thread.message.created
    thread.message.in_progress
    thread.message.delta: seen
    look: a hill
    thread.message.completed
    thread.run.step.completed
    thread.run.completed
    done
    ");
}

#[test]
fn failed_and_incomplete_runs_are_streamed_in_order() {
    let server = Asst::new().serve(&[]);
    assert_snapshot!(order(&events_of(&server, "fail no luck")), @r"
    thread.created
    thread.run.created
    thread.run.queued
    thread.run.in_progress
    thread.run.failed
    done
    ");
    assert_snapshot!(order(&events_of(&server, "half\nincomplete")), @r"
    thread.created
    thread.run.created
    thread.run.queued
    thread.run.in_progress
    thread.run.step.created
    thread.run.step.in_progress
    thread.message.created
    thread.message.in_progress
    thread.message.delta: half
    thread.message.incomplete
    thread.run.step.completed
    thread.run.incomplete
    done
    ");
}

#[test]
fn cancellation_ends_the_stream_in_order() {
    let server = Asst::new().serve(&[]);
    let mut reader = Reader::open(&server.url, "/threads/runs", with_thread(&server.url, "pace 60s\none two"));
    let run = reader.until("thread.run.in_progress").clone();
    reader.until("thread.message.delta");
    ask(&server.url, "POST", &format!("{}/cancel", path(&run)), None);
    assert_snapshot!(order(&reader.rest()), @r"
    thread.created
    thread.run.created
    thread.run.queued
    thread.run.in_progress
    thread.run.step.created
    thread.run.step.in_progress
    thread.message.created
    thread.message.in_progress
    thread.message.delta: one 
    thread.run.cancelling
    thread.message.incomplete
    thread.run.step.cancelled
    thread.run.cancelled
    done
    ");
    assert_eq!(answers(&server.url, &run), ["one "]);
}

#[test]
fn expiry_ends_the_stream_in_order() {
    let server = Asst::new().serve(&["--run-expiry", "3s"]);
    assert_snapshot!(order(&events_of(&server, "pace 60s\none two")), @r"
    thread.created
    thread.run.created
    thread.run.queued
    thread.run.in_progress
    thread.run.step.created
    thread.run.step.in_progress
    thread.message.created
    thread.message.in_progress
    thread.message.delta: one 
    thread.message.incomplete
    thread.run.step.expired
    thread.run.expired
    done
    ");
}

#[test]
fn run_completes_after_its_client_disconnects() {
    let server = Asst::new().serve(&[]);
    let mut reader = Reader::open(&server.url, "/threads/runs", with_thread(&server.url, "pace 100ms\none two three"));
    let run = reader.until("thread.run.in_progress").clone();
    reader.until("thread.message.delta");
    drop(reader);
    reaches(&server.url, &run, "completed");
    assert_eq!(answers(&server.url, &run), ["one two three"]);
}

#[cfg(unix)]
#[test]
fn terminated_server_finishes_active_streams() {
    let asst = Asst::new();
    let store = asst.work().join("store");
    let server = asst.serve(&["--store", store.to_str().unwrap()]);
    // The server finishes the active run, but a run that never ends does not delay its exit.
    let body = with_thread(&server.url, "sleep 300ms\none two");
    let stuck = Reader::open(&server.url, "/threads/runs", with_thread(&server.url, "stuck"));
    let mut reader = Reader::open(&server.url, "/threads/runs", body);
    reader.until("thread.run.in_progress");
    assert!(server.terminate().success());
    assert!(order(&reader.rest()).ends_with("thread.run.completed\ndone"));
    assert_snapshot!(order(&stuck.rest()), @r"
    thread.created
    thread.run.created
    thread.run.queued
    thread.run.in_progress
    ");
}
