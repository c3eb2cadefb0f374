//! `openai:URL` with endpoints that fail: the run reports the reason with the right code, and never the key.

use super::chat::{delta, saying, stream, text as events};
use super::{Setup, text};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, eventually};
use serde_json::{Value, json};

const KEY: &str = "sk-model-0123456789";

fn setup(url: &str, args: &[&str]) -> Setup {
    let model = format!("openai:{url}");
    let keyed = ["--model", &model, "--model-key-env", "MODEL_KEY"];
    Setup::new(Asst::new().env("MODEL_KEY", KEY), &[&keyed, args].concat())
}

/// Runs an assistant against an endpoint, and returns the error code and message of the run.
fn fails(listener: &MockServer, args: &[&str]) -> (String, String) {
    let setup = setup(&listener.at("/v1"), args);
    let run = setup.run(&setup.assistant(json!({})), "hi");
    assert_eq!(run["status"], "failed", "{run}");
    assert!(!run.to_string().contains(KEY), "{run}");
    let steps = setup.get(&format!("/threads/{}/runs/{}/steps", text(&run["thread_id"]), text(&run["id"])));
    assert!(!steps.to_string().contains(KEY), "{steps}");
    (text(&run["last_error"]["code"]), text(&run["last_error"]["message"]))
}

#[track_caller]
fn shows(listener: &MockServer, code: &str, message: &str) {
    assert_eq!(fails(listener, &[]), (code.to_owned(), message.to_owned()));
}

fn server_error(message: &str) -> (String, String) {
    ("server_error".to_owned(), message.to_owned())
}

#[test]
fn refused_model_key_is_reported_without_the_key() {
    let message = format!("Incorrect API key provided: {KEY}.");
    let listener = MockServer::new(move |_, _| Response::error(401, &message, Some("invalid_api_key")));
    shows(
        &listener,
        "server_error",
        "The model endpoint denied access; check --model-key-env (status 401): Incorrect API key \
         provided: [redacted].",
    );
    assert_eq!(listener.requests().len(), 1);
}

#[test]
fn rate_limited_endpoint_is_retried_and_then_reported() {
    let full = || Response::error(429, "slow down", Some("rate_limit_exceeded")).with("retry-after", "1");
    let listener = MockServer::new(move |_, _| full());
    shows(&listener, "rate_limit_exceeded", "The model endpoint received too many requests (status 429): slow down");
    assert_eq!(listener.requests().len(), 4);
    let listener =
        MockServer::scripted([Response::error(503, "tired", None), Response::Cut, stream(&saying(&["here"]), 30)]);
    let setup = setup(&listener.at("/v1"), &[]);
    let run = setup.run(&setup.assistant(json!({})), "hi");
    assert_eq!((setup.said(&run).as_str(), listener.requests().len()), ("here", 3));
    let poor = MockServer::new(|_, _| Response::error(429, "pay first", Some("insufficient_quota")));
    shows(&poor, "rate_limit_exceeded", "The model endpoint received too many requests (status 429): pay first");
    assert_eq!(poor.requests().len(), 1);
}

#[test]
fn html_from_the_endpoint_fails_the_run() {
    const PAGE: &str = "<!doctype html><html><body>Welcome to nginx</body></html>";
    let listener = MockServer::new(|_, _| Response::text(200, PAGE).with("content-type", "text/html"));
    shows(
        &listener,
        "server_error",
        "The response of the model endpoint is invalid: expected a completion, got an HTML page.",
    );
    assert_eq!(listener.requests().len(), 1);
    let listener = MockServer::new(|_, _| Response::text(404, PAGE).with("content-type", "text/html"));
    shows(&listener, "server_error", "The model endpoint does not have this model or path (status 404): an HTML page");
    let listener = MockServer::new(|_, _| Response::json(200, &json!({ "models": [] })));
    shows(
        &listener,
        "server_error",
        "The response of the model endpoint is invalid: expected a completion, got {\"models\":[]}.",
    );
}

#[test]
fn bad_request_fails_with_invalid_prompt() {
    let listener = MockServer::new(|_, _| Response::error(400, "Invalid 'temperature'.", None));
    shows(&listener, "invalid_prompt", "The model endpoint rejected the request (status 400): Invalid 'temperature'.");
    assert_eq!(listener.requests().len(), 1);
    let listener = MockServer::new(|_, _| Response::json(422, &json!({ "detail": [{ "msg": "no" }] })));
    shows(
        &listener,
        "invalid_prompt",
        "The model endpoint rejected the request (status 422): {\"detail\":[{\"msg\":\"no\"}]}",
    );
}

#[test]
fn empty_response_fails_with_server_error() {
    let listener = MockServer::new(|_, _| Response::text(200, ""));
    shows(&listener, "server_error", "The model endpoint sent an empty response.");
    assert_eq!(listener.requests().len(), 4);
    let listener = MockServer::new(|_, _| Response::Cut);
    let (code, message) = fails(&listener, &[]);
    assert_eq!(code, "server_error");
    assert!(message.starts_with("The request to the model endpoint failed: the connection was lost"), "{message}");
    let listener = MockServer::new(|_, _| Response::Stall);
    assert_eq!(
        fails(&listener, &["--model-timeout", "200ms"]),
        server_error("The request to the model endpoint failed: no response within 0.2 s.")
    );
    assert_eq!(listener.requests().len(), 1, "it had its time");
}

#[test]
fn unreachable_endpoint_fails_the_run() {
    let setup = setup("http://127.0.0.1:1/v1", &[]);
    let run = setup.run(&setup.assistant(json!({})), "hi");
    let message = text(&run["last_error"]["message"]);
    assert!(
        message.starts_with("The request to the model endpoint failed: cannot connect to 127.0.0.1:1"),
        "{message}"
    );
}

#[test]
fn cut_response_fails_the_run_and_keeps_the_partial_text() {
    let whole = events(&[delta(json!({ "content": "half of" })), delta(json!({ "content": " it" }))], "\n");
    let half = whole.split("\" it\"").next().unwrap().to_owned();
    let head = "HTTP/1.1 200 OK\ncontent-type: text/event-stream\ncontent-length: 5000\n\n";
    let broken = move || Response::raw(&format!("{head}{half}"));
    let listener = MockServer::new(move |_, _| broken());
    let setup = setup(&listener.at("/v1"), &[]);
    let run = setup.run(&setup.assistant(json!({})), "hi");
    assert_eq!((&run["status"], &run["last_error"]["code"]), (&json!("failed"), &json!("server_error")), "{run}");
    assert_eq!(listener.requests().len(), 1, "the model was asked again after a part of its answer had arrived");
    let message = setup.last(&run);
    assert_eq!(
        (&message["status"], &message["content"][0]["text"]["value"]),
        (&json!("incomplete"), &json!("half of"))
    );
    // A stream that ends without its final event.
    let listener = MockServer::new(|_, _| {
        let text = events(&[delta(json!({ "content": "half" }))], "\n").replace("data: [DONE]\n\n", "");
        Response::raw(&format!("HTTP/1.1 200 OK\ncontent-type: text/event-stream\n\n{text}"))
    });
    assert_eq!(fails(&listener, &[]), server_error("The response of the model endpoint is invalid: it ended early."));
}

#[test]
fn an_error_in_the_stream_fails_the_run() {
    let error = |code: &str| json!({ "error": { "message": "overloaded", "type": code } });
    for (code, expected) in [("server_error", "server_error"), ("rate_limit_exceeded", "rate_limit_exceeded")] {
        let listener = MockServer::new(move |_, _| stream(&[delta(json!({ "content": "a" })), error(code)], 17));
        assert_eq!(
            fails(&listener, &[]),
            (expected.to_owned(), "The model endpoint reported an error within its response: overloaded".to_owned()),
            "{code:?}"
        );
    }
}

#[test]
fn environment_proxy_is_not_used_for_loopback() {
    let listener = super::chat::always("direct");
    let proxy = MockServer::new(|_, _| Response::error(502, "a proxy", None));
    let asst = Asst::new().env("HTTP_PROXY", proxy.at("")).env("ALL_PROXY", proxy.at(""));
    let setup = Setup::new(asst, &["--model", &format!("openai:{}", listener.at("/v1"))]);
    let run = setup.run(&setup.assistant(json!({})), "hi");
    assert_eq!((setup.said(&run).as_str(), proxy.requests().len()), ("direct", 0));
    assert_eq!(listener.requests()[0].header("authorization"), None, "without a key none is shown");
}

#[test]
fn a_trace_hides_the_key() {
    let listener = super::chat::always("hello");
    let asst = Asst::new().env("MODEL_KEY", KEY);
    let model = format!("openai:{}", listener.at("/v1"));
    let flags = ["--local-model", &model, "--trace=full"];
    let asst = asst.env("ASST_MODEL_KEY_ENV", "MODEL_KEY");
    let assistant = asst.local(&["assistants", "create", "--model", "gpt", "-o", "id"]).ok().id();
    let create = ["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", "hi", "-o", "json"];
    let ran = asst.local(&[&create[..], &flags].concat()).ok();
    let run: Value = ran.json();
    assert!(!ran.text().contains(KEY) && ran.stderr.contains("/v1/chat/completions"), "{}", ran.text());
    let thread = text(&run["thread_id"]);
    let said = || asst.local(&["messages", "list", &thread, "-o", "json"]).ok().stdout;
    eventually("the answer", || said().contains("hello").then_some(()));
    assert_eq!(listener.requests()[0].header("authorization"), Some("Bearer sk-model-0123456789"));
}
