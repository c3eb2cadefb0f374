//! Streams that are cut, break, or stall.

use super::*;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, Ran, shows};

/// Returns a server that streams the given answer, and then answers polls.
fn then_polled(deed: impl Fn() -> Response + Send + Sync + 'static) -> MockServer {
    MockServer::new(move |request, before| match request.method.as_str() {
        "POST" => deed(),
        _ if lists_messages(request) => list(&[message("msg_1", "Hello, wörld 🎉\nand more", &json!([]))]),
        _ if before < 3 => Response::json(200, &run("in_progress")),
        _ => Response::json(200, &run("completed")),
    })
}

fn create(listener: &MockServer, flags: &[&str]) -> Ran {
    Asst::with_backend(&listener.url()).run([&CREATE[..], flags].concat())
}

fn posts(listener: &MockServer) -> usize {
    listener.requests().iter().filter(|request| request.method == "POST").count()
}

#[test]
fn a_cut_stream_is_polled_and_nothing_is_shown_twice() {
    let cuts: [fn() -> Response; 3] = [
        || torn(&text(&story()[..7])),
        || streamed(&text(&story()[..7]), 1_000),
        || streamed(&(text(&story()[..7]) + DONE), 1_000),
    ];
    for cut in cuts {
        let listener = then_polled(cut);
        let ran = create(&listener, &["--stream"]).ok();
        assert_eq!(ran.stdout, SAID, "{cut:?}");
        ran.says("warning: the stream of run run_1 of thread_1 ").says("; polling the run instead");
        assert_eq!(posts(&listener), 1, "{cut:?}");
    }
    let listener = then_polled(|| torn(&text(&story()[..2])));
    let lines = create(&listener, &["--stream", "-o", "jsonl"]).ok().stdout;
    let last = lines.lines().last().unwrap();
    assert_eq!(last, json!({"event": "thread.run.completed", "data": run("completed")}).to_string());
    assert_eq!(lines.lines().count(), 3);
}

#[test]
fn a_stream_may_last_longer_than_the_request_timeout_but_not_stall() {
    let slow = || {
        Response::own(|stream| {
            let _ = stream.write_all(HEAD.as_bytes());
            for event in story() {
                let _ = stream.write_all(text(&[event]).as_bytes());
                std::thread::sleep(Duration::from_millis(250));
            }
        })
    };
    let listener = then_polled(slow);
    let ran = create(&listener, &["--stream", "--request-timeout", "2"]).ok();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (SAID, ""));
    let listener = then_polled(|| hanging(&text(&story()[..7])));
    let ran = create(&listener, &["--stream", "--request-timeout", "1"]).ok();
    assert_eq!(ran.stdout, SAID);
    ran.says("the stream of run run_1 of thread_1 was cut");
}

#[test]
fn an_incomplete_event_is_ignored() {
    let half = text(&story()[6..7]);
    let error = "event: error\ndata: {\"message\":\"no\"".to_owned();
    for half in [half[..half.len() - 9].to_owned(), error] {
        let listener = then_polled(move || streamed(&(text(&story()[..2]) + &half), 1_000));
        let ran = create(&listener, &["--stream", "-o", "jsonl", "--jq", ".event"]).ok();
        assert_eq!(ran.stdout, "thread.run.created\nthread.run.queued\nthread.run.completed\n", "{}", ran.stderr);
        ran.says("the stream of run run_1 of thread_1 ended before the run did");
    }
}

#[test]
fn an_event_above_the_size_limit_is_handled_as_a_cut() {
    let listener = then_polled(|| {
        Response::own(|stream| {
            let _ = stream.write_all(format!("{HEAD}{}", text(&story()[..2])).as_bytes());
            let piece = [b'x'; 1 << 16];
            while stream.write_all(&piece).is_ok() {}
        })
    });
    create(&listener, &["--stream"]).ok().says("longer than 4194304 bytes");
}

#[test]
fn a_stream_that_ends_without_a_run_id_leaves_the_outcome_unknown() {
    let cuts: [fn() -> Response; 5] = [
        || streamed("", 1),
        || streamed(": nothing yet\n\n", 3),
        || streamed(DONE, 3),
        || torn("event: thread.run.cre"),
        || Response::Cut,
    ];
    for cut in cuts {
        let listener = MockServer::new(move |_, _| cut());
        let asst = Asst::with_backend(&listener.url());
        asst.run([&CREATE[..], &["--stream"]].concat()).code(10).says("stays open");
        assert_eq!(posts(&listener), 1, "a create that may have happened was repeated");
        asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    }
}

#[test]
fn a_refused_stream_is_reported_like_a_refused_request() {
    let listener =
        MockServer::new(|_, _| Response::error(400, "Thread thread_1 already has an active run run_0.", None));
    let asst = Asst::with_backend(&listener.url());
    asst.run([&CREATE[..], &["--stream"]].concat()).code(12);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn an_error_event_is_reported_as_an_error() {
    let broken =
        |kind: &str, code: Value| json!({"message": "the model fell over", "type": kind, "param": null, "code": code});
    let server = broken("server_error", Value::Null);
    let cases = [
        (format!("event: error\ndata: {server}\n\n"), 1),
        (format!("data: {}\n\n", json!({"error": server})), 1),
        (format!("event: error\ndata: {}\n\n", broken("x", json!("rate_limit_exceeded"))), 6),
    ];
    for (event, code) in cases {
        let stream = text(&story()[..7]) + &event;
        let listener = MockServer::new(move |_, _| streamed(&stream, 17));
        let ran = create(&listener, &["--stream"]).code(code);
        assert_eq!(ran.stdout, "Hello, wörld 🎉\n", "{code:?}");
        ran.says("caused by: the model fell over").says("`asst runs wait thread_1 run_1`");
        assert_eq!(posts(&listener), 1, "{code:?}");
    }
    let stream = text(&story()[..2]) + &format!("event: error\ndata: {server}\n\n");
    let listener = MockServer::new(move |_, _| streamed(&stream, 17));
    shows!(create(&listener, &["--stream", "-o", "jsonl", "--jq", ".event"]), @r#"
    thread.run.created
    thread.run.queued
    error
    --- stderr ---
    {"error":{"exit_code":1,"kind":"failed","message":"could not stream run run_1: failed: the model fell over","status":null,"type":"server_error","code":null,"param":null,"request_id":null,"hint":"the run may continue; `asst runs wait thread_1 run_1` waits for it","retryable":false}}
    exit 1
    "#);
}

#[test]
fn an_error_event_before_the_run_closes_the_intent_only_for_an_invalid_request() {
    for (kind, code, open) in [("server_error", 10, true), ("invalid_request_error", 5, false)] {
        let event = format!("event: error\ndata: {}\n\n", json!({"message": "no", "type": kind}));
        let listener = MockServer::new(move |_, _| streamed(&event, 5));
        let asst = Asst::with_backend(&listener.url());
        asst.run([&CREATE[..], &["--stream"]].concat()).code(code);
        asst.run(["ledger", "doctor", "--exit-code"]).code(if open { 9 } else { 0 });
    }
}
