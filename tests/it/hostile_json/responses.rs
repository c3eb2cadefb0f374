//! Hostile documents in responses: from a backend to the client and to the proxy, and from a model to the server.

use super::{disguised, nested};
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, eventually};
use serde_json::{Value, json};

fn documents() -> Vec<Value> {
    [disguised(), vec![nested(100, 10)]].concat()
}

fn object(inside: &Value) -> Value {
    json!({ "id": "asst_1", "object": "assistant", "created_at": 1_700_000_000, "metadata": {}, "x": inside })
}

fn user(deed: impl Fn() -> Response + Send + Sync + 'static) -> (MockServer, Asst) {
    let listener = MockServer::new(move |_, _| deed());
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

#[test]
fn object_with_hostile_json_is_printed_unchanged() {
    for inside in documents() {
        let body = object(&inside).to_string();
        let (_listener, asst) = user({
            let body = body.clone();
            move || Response::text(200, body.clone())
        });
        let got = asst.run(["assistants", "get", "asst_1", "-o", "json"]).ok();
        assert_eq!(
            got.stdout.split_whitespace().collect::<String>(),
            body.split_whitespace().collect::<String>(),
            "{inside:?}"
        );
        asst.run(["assistants", "get", "asst_1", "--jq", ".x"]).ok();
        asst.run(["assistants", "create", "--model", "m"]).ok();
        assert!(asst.run(["ledger", "list", "-o", "json"]).ok().stdout.contains("private"), "{body}");
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
    }
}

#[test]
fn list_with_hostile_json_is_read() {
    for inside in documents() {
        let body = json!({ "object": "list", "data": [object(&inside)], "has_more": false }).to_string();
        let (_listener, asst) = user(move || Response::text(200, body.clone()));
        assert_eq!(asst.run(["assistants", "list", "-o", "id"]).ok().ids(), ["asst_1"], "{inside:?}");
        asst.run(["assistants", "list", "-o", "json"]).ok();
    }
}

#[test]
fn error_body_with_hostile_json_exits_5() {
    for inside in documents() {
        let body = json!({ "error": inside, "x": inside }).to_string();
        let (_listener, asst) = user(move || Response::text(400, body.clone()));
        asst.run(["assistants", "get", "asst_1"]).code(5);
        asst.run(["assistants", "create", "--model", "m"]).code(5);
    }
}

#[test]
fn stream_events_with_hostile_json_are_read() {
    for inside in documents() {
        let run = |status: &str| json!({ "id": "run_1", "object": "thread.run", "thread_id": "thread_1", "status": status, "x": inside });
        let mut stream = String::new();
        for (name, data) in [
            ("thread.run.created", run("queued")),
            ("thread.message.delta", json!({ "id": "msg_1", "delta": { "content": [inside] } })),
            ("thread.run.step.delta", json!({ "id": "step_1", "delta": inside })),
            ("brand.new", inside.clone()),
            ("thread.run.completed", run("completed")),
        ] {
            stream.push_str(&format!("event: {name}\ndata: {data}\n\n"));
        }
        stream.push_str("event: done\ndata: [DONE]\n\n");
        let (_listener, asst) =
            user(move || Response::text(200, stream.clone()).with("content-type", "text/event-stream"));
        let args = ["runs", "create", "thread_1", "--assistant-id", "asst_1", "--stream"];
        for form in [&["-o", "jsonl"][..], &[]] {
            asst.run([&args[..], form].concat()).ok();
        }
    }
}

#[cfg(unix)]
#[test]
fn proxy_records_an_object_with_hostile_json() {
    for inside in documents() {
        let body = object(&inside).to_string();
        let listener = MockServer::new(move |request, before| match request.method.as_str() {
            "POST" => Response::text(200, body.clone()).with("content-type", "application/json"),
            _ => mint(request, before),
        });
        let asst = Asst::with_backend(&listener.url());
        let recording = crate::record::Recording::start(&asst, &[]);
        let answer = recording.post("/assistants", &json!({ "model": "m", "x": inside }));
        assert_eq!(answer["id"], "asst_1", "{inside:?}");
        recording.end().ok();
        assert_eq!(asst.run(["ledger", "list", "-o", "id"]).ok().ids(), ["asst_1"], "{inside:?}");
    }
}

#[test]
fn model_response_with_hostile_json_is_accepted() {
    for inside in documents() {
        let chunk = json!({
            "choices": [{ "index": 0, "delta": { "content": "hello", "x": inside }, "finish_reason": "stop" }],
            "usage": { "prompt_tokens": 1, "completion_tokens": 1, "x": inside }, "x": inside
        });
        let stream = format!("data: {chunk}\n\ndata: [DONE]\n\n");
        let model =
            MockServer::new(move |_, _| Response::text(200, stream.clone()).with("content-type", "text/event-stream"));
        let asst = Asst::new();
        let server = asst.serve(&["--model", &format!("openai:{}", model.url())]);
        let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
        let assistant = asst.run(["assistants", "create", "--model", "m", "-o", "id"]).ok().id();
        let thread = asst.run(["threads", "create", "-o", "id"]).ok().id();
        asst.run(["messages", "create", &thread, "--content", "hi"]).ok();
        let run = asst.run(["runs", "create", &thread, "--assistant-id", &assistant, "-o", "id"]).ok().id();
        eventually("the run", || {
            let run = asst.run(["runs", "get", &thread, &run, "-o", "json"]).ok().json();
            (!["queued", "in_progress"].contains(&run["status"].as_str().unwrap())).then_some(run)
        });
    }
}
