//! `asst runs wait` and `--wait`: waiting for runs by polling.

use crate::streams::{CREATE, hanging, list, lists_messages, message, run, story, text, waiting_run};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, shows};
use serde_json::{Value, json};
use std::sync::Mutex;
use std::time::{Duration, Instant};

fn ended(status: &str) -> Value {
    let mut run = if status == "requires_action" { waiting_run() } else { run(status) };
    match status {
        "failed" => run["last_error"] = json!({"code": "rate_limit_exceeded", "message": "too fast"}),
        "incomplete" => run["incomplete_details"] = json!({"reason": "max_prompt_tokens"}),
        _ => {}
    }
    run
}

/// Returns a server whose runs are in progress for some polls and then end with the status in their ID, such as
/// `run_failed`.
fn by_name() -> MockServer {
    MockServer::new(|request, before| {
        if lists_messages(request) {
            let mut answer = message("msg_1", "the answer", &json!([]));
            let run = request.target.split("run_id=").nth(1).and_then(|rest| rest.split('&').next());
            answer["run_id"] = json!(run);
            return list(&[answer]);
        }
        let id = request.target.rsplit('/').next().unwrap_or_default();
        let status = id.strip_prefix("run_").unwrap_or_default();
        let mut run = if request.method == "GET" && before > 1 { ended(status) } else { run("in_progress") };
        if request.method == "GET" {
            run["id"] = json!(id);
        }
        Response::json(200, &run)
    })
}

#[test]
fn every_final_status_has_its_exit_code() {
    for (status, code, said) in [
        ("completed", 0, ""),
        ("failed", 20, "error: run run_failed of thread_1 failed (code rate_limit_exceeded)\n  caused by: too fast\n"),
        ("incomplete", 21, "error: run run_incomplete of thread_1 is incomplete\n  caused by: max_prompt_tokens\n"),
        ("expired", 22, "error: run run_expired of thread_1 expired\n"),
        ("cancelled", 23, "error: run run_cancelled of thread_1 was cancelled\n"),
        ("requires_action", 24, "error: run run_requires_action of thread_1 requires action\n"),
    ] {
        let listener = by_name();
        let asst = Asst::with_backend(&listener.url());
        let ran = asst.run(["runs", "wait", "thread_1", &format!("run_{status}")]).code(code);
        assert_eq!(ran.stdout, "the answer\n", "{status:?}");
        assert!(ran.stderr.contains(said), "{}", ran.text());
        assert!(!listener.lines().iter().any(|line| line.starts_with("POST")), "{status:?}");
    }
}

#[test]
fn create_with_wait_prints_the_answer_or_the_run_with_its_messages() {
    let server = || {
        MockServer::new(|request, before| match request.method.as_str() {
            _ if lists_messages(request) => {
                assert!(
                    request.target.contains("run_id=run_1") && request.target.contains("order=asc"),
                    "{}",
                    request.target
                );
                list(&[message("msg_1", "first", &json!([])), message("msg_2", "second\n", &json!([]))])
            }
            "POST" => Response::json(200, &run("queued")),
            _ if before < 2 => Response::json(200, &run("in_progress")),
            _ => Response::json(200, &run("completed")),
        })
    };
    let create = |flags: &[&str]| {
        let listener = server();
        let ran = Asst::with_backend(&listener.url()).run([&CREATE[..], &["--wait"], flags].concat()).ok();
        assert_eq!(listener.requests()[0].json(), json!({"assistant_id": "asst_1"}));
        ran
    };
    let ran = create(&[]);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("first\n\nsecond\n", ""));
    let run = create(&["-o", "json"]).json();
    assert_eq!((&run["status"], &run["messages"][1]["id"]), (&json!("completed"), &json!("msg_2")));
    assert_eq!(create(&["--jq", ".messages | length"]).stdout, "2\n");
    assert_eq!(create(&["-o", "id"]).stdout, "run_1\n");
}

#[test]
fn several_runs_are_waited_for_in_parallel_and_printed_in_order() {
    let listener = by_name();
    let asst = Asst::with_backend(&listener.url());
    let ran = asst.run(["runs", "wait", "thread_1", "run_failed", "run_completed"]).code(8);
    let ids: Vec<String> = ran.ids();
    assert_eq!(ids, ["run_failed", "run_completed"]);
    let listed = "thread_1\trun_completed\nthread_2\trun_completed\tmore\n";
    let all = asst.fed(listed, &["runs", "wait", "-", "-o", "json", "--any-id"]).ok().json();
    assert_eq!(all.as_array().unwrap().len(), 2);
    assert_eq!(all[0]["messages"][0]["id"], "msg_1");
    asst.run(["runs", "wait", "thread_1", "run_failed", "run_failed"]).code(20);
    asst.run(["runs", "wait", "thread_1"]).code(2);
    asst.fed("thread_1\n", &["runs", "wait", "-"]).code(2);
}

#[test]
fn a_timeout_exits_25_and_does_not_cancel_the_run() {
    let listener = MockServer::new(|_, _| Response::json(200, &run("queued")));
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run(["runs", "wait", "thread_1", "run_1", "--timeout", "1"]), @r"
    --- stderr ---
    error: run run_1 of thread_1 has not ended after 1 s
      hint: `asst runs wait thread_1 run_1` waits for it
    exit 25
    ");
    assert!(!listener.lines().iter().any(|line| line.contains("cancel")));
    let listener = MockServer::new(|_, _| hanging(&text(&story()[..6])));
    let asst = Asst::with_backend(&listener.url());
    let ran = asst.run([&CREATE[..], &["--stream", "--timeout", "1"]].concat()).code(25);
    assert_eq!(ran.stdout, "Hel");
}

#[test]
fn at_most_three_polls_are_sent_per_second() {
    let times = std::sync::Arc::new(Mutex::new(Vec::new()));
    let log = std::sync::Arc::clone(&times);
    let listener = MockServer::new(move |request, _| {
        let mut log = log.lock().unwrap();
        if lists_messages(request) {
            return list(&[]);
        }
        log.push(Instant::now());
        let status = if log.len() < 8 { "queued" } else { "completed" };
        Response::json(200, &run(status)).with("openai-poll-after-ms", "1")
    });
    Asst::with_backend(&listener.url()).run(["runs", "wait", "thread_1", "run_1"]).ok();
    let times = times.lock().unwrap();
    // Requests that are sent a second apart may arrive a little closer together.
    let close = times.windows(4).filter(|four| four[3] - four[0] < Duration::from_millis(800)).count();
    assert_eq!((times.len(), close), (8, 0));
}

#[test]
fn flags_for_waiting_need_wait_or_stream() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run([&CREATE[..], &["--timeout", "5"]].concat()), @r"
    --- stderr ---
    error: --timeout needs --wait or --stream
      hint: pass --wait to wait for the run, or --stream to print its output as it arrives
    exit 2
    ");
    asst.run([&CREATE[..], &["--wait", "--timeout", "soon"]].concat()).code(2);
    assert!(listener.lines().is_empty());
}

#[test]
fn wait_works_with_the_embedded_server() {
    let asst = Asst::new();
    let assistant = asst.local(&["assistants", "create", "--model", "m"]).ok().id();
    let create = ["threads", "create-and-run", "--assistant-id", &assistant, "--wait", "--thread-message"];
    assert_eq!(asst.local(&[&create[..], &["hello there"]].concat()).ok().stdout, "hello there\n");
    asst.local(&[&create[..], &["fail"]].concat()).code(20);
    asst.local(&[&create[..], &["incomplete"]].concat()).code(21);
}

#[test]
fn a_failed_poll_prints_how_to_continue() {
    let listener = MockServer::new(|request, _| match request.method.as_str() {
        "POST" => Response::json(200, &run("queued")),
        _ => Response::json(503, &json!({"error": {"message": "not now"}})),
    });
    let ran = Asst::with_backend(&listener.url()).run([&CREATE[..], &["--wait"]].concat()).code(7);
    ran.says("hint: `asst runs wait thread_1 run_1` waits for it");
}

#[test]
fn wait_for_an_object_without_an_id_exits_7() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    asst.run(["runs", "create", "thread_1", "--assistant-id", "asst_1", "--wait"])
        .code(7)
        .says("got an object without an ID");
}
