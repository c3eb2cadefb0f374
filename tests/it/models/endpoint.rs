//! `openai:URL` with an endpoint that streams in unusual chunks: the requests to it, and the handling of its responses.

use super::chat::{always, bytes, delta, end, messages, saying, stream, text as events};
use super::{Setup, calls, function, text};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, eventually};
use serde_json::{Value, json};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};

const KEY: &str = "sk-model-0123456789";

/// Returns a setup with this endpoint as its model. The endpoint demands a key.
fn setup(listener: &MockServer, args: &[&str]) -> Setup {
    let asst = Asst::new().env("MODEL_KEY", KEY);
    let model = format!("openai:{}", listener.at("/v1"));
    Setup::new(asst, &[&["--model", &model, "--model-key-env", "MODEL_KEY"], args].concat())
}

#[test]
fn response_is_complete_with_any_chunks_and_line_ends() {
    let said = saying(&["Grü", "ße, ", "日本", "\n\n", "語"]);
    for size in [1, 2, 3, 5, 64, 100_000] {
        let listener = MockServer::scripted([stream(&said, size)]);
        let setup = setup(&listener, &[]);
        let run = setup.run(&setup.assistant(json!({})), "hi");
        assert_eq!(setup.said(&run), "Grüße, 日本\n\n語", "{size}");
        assert_eq!(
            run["usage"],
            json!({ "prompt_tokens": 20, "completion_tokens": 5, "total_tokens": 25 }),
            "{size:?}"
        );
    }
    for line in ["\r\n", "\r"] {
        let listener = MockServer::scripted([bytes(&events(&said, line), 3)]);
        let setup = setup(&listener, &[]);
        let run = setup.run(&setup.assistant(json!({})), "hi");
        assert_eq!(setup.said(&run), "Grüße, 日本\n\n語", "{line:?}");
    }
}

#[test]
fn endpoint_request_contains_all_options_of_the_run() {
    let listener = always("{}");
    let setup = setup(&listener, &["--model-map", "gpt=llama3", "--model-map", "*=phi"]);
    let format = json!({ "type": "json_object" });
    let assistant = setup.assistant(json!({
        "instructions": "Be brief.", "temperature": 0.25, "response_format": format,
        "tools": [function("f"), { "type": "file_search" }],
    }));
    let thread = text(
        &setup.post(
            "/threads",
            &json!({ "messages": [
        { "role": "user", "content": "one" }, { "role": "assistant", "content": "two" },
    ] }),
        )["id"],
    );
    let body = json!({
        "assistant_id": assistant, "additional_instructions": "Be kind.", "top_p": 0.5, "tool_choice": "none",
        "additional_messages": [{ "role": "user", "content": "three" }], "max_completion_tokens": 300,
        "parallel_tool_calls": false,
    });
    let run = setup.rested(&setup.post(&format!("/threads/{thread}/runs"), &body));
    assert_eq!(run["status"], "completed", "{run}");
    let request = &listener.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("POST", "/v1/chat/completions"));
    assert_eq!(request.header("authorization"), Some("Bearer sk-model-0123456789"));
    let body = request.json();
    assert_eq!(
        messages(request),
        [
            json!({ "role": "system", "content": "Be brief.\nBe kind." }),
            json!({ "role": "user", "content": "one" }),
            json!({ "role": "assistant", "content": "two" }),
            json!({ "role": "user", "content": "three" }),
        ]
    );
    assert_eq!((&body["model"], &body["stream"], &body["response_format"]), (&json!("llama3"), &json!(true), &format));
    assert_eq!((&body["temperature"], &body["top_p"]), (&json!(0.25), &json!(0.5)));
    assert_eq!((&body["tools"], &body["tool_choice"]), (&json!([function("f")]), &json!("none")));
    assert_eq!((&body["max_completion_tokens"], &body["parallel_tool_calls"]), (&json!(300), &json!(false)));
    let other = setup.assistant(json!({ "model": "gpt-4o" }));
    setup.run(&other, "hi");
    assert_eq!(listener.requests()[1].json()["model"], "phi");
}

#[test]
fn last_messages_truncation_limits_the_prompt() {
    let listener = always("ok");
    let setup = setup(&listener, &[]);
    let said: Vec<Value> = (0..5).map(|number| json!({ "role": "user", "content": number.to_string() })).collect();
    let options = json!({ "truncation_strategy": { "type": "last_messages", "last_messages": 2 } });
    setup.rested(&setup.start(&setup.assistant(json!({})), &json!(said), options));
    let shown: Vec<String> = messages(&listener.requests()[0]).iter().map(|said| text(&said["content"])).collect();
    assert_eq!(shown, ["3", "4"]);
}

#[test]
fn too_long_prompt_is_retried_without_the_oldest_messages() {
    let listener = MockServer::new(|request, _| match messages(request).len() {
        ..=2 => stream(&saying(&["ok"]), 50),
        _ => Response::error(400, "This model's maximum context length is 10 tokens.", Some("context_length_exceeded")),
    });
    let setup = setup(&listener, &[]);
    let said: Vec<Value> = (0..6).map(|number| json!({ "role": "user", "content": number.to_string() })).collect();
    let assistant = setup.assistant(json!({}));
    let run = setup.rested(&setup.start(&assistant, &json!(said), json!({})));
    assert_eq!(run["status"], "completed", "{run}");
    assert_eq!(messages(listener.requests().last().unwrap()).last().unwrap()["content"], "5");
    let all = json!({ "truncation_strategy": { "type": "last_messages", "last_messages": 6 } });
    let run = setup.rested(&setup.start(&assistant, &json!(said), all));
    assert_eq!((&run["status"], &run["last_error"]["code"]), (&json!("failed"), &json!("invalid_prompt")));
}

#[test]
fn interleaved_tool_calls_are_assembled_and_answered() {
    let piece = |index: u64, id: Option<&str>, name: Option<&str>, arguments: &str| {
        let mut call = json!({ "index": index, "function": { "arguments": arguments } });
        if let (Some(id), Some(name)) = (id, name) {
            call["id"] = id.into();
            call["type"] = "function".into();
            call["function"]["name"] = name.into();
        }
        delta(json!({ "tool_calls": [call] }))
    };
    let asking = [
        delta(json!({ "role": "assistant", "content": "Let me look." })),
        piece(0, Some("call_x"), Some("get_weather"), ""),
        piece(0, None, None, "{\"city\""),
        piece(1, Some("call_y"), Some("get_time"), "{\"zone\":"),
        piece(0, None, None, ":\"Bern\""),
        piece(1, None, None, "\"UTC\"}"),
        piece(0, None, None, "}"),
    ];
    let asking: Vec<Value> = asking.into_iter().chain(end("tool_calls")).collect();
    let listener = MockServer::scripted([stream(&asking, 11), stream(&saying(&["Sunny at noon."]), 13)]);
    let setup = setup(&listener, &[]);
    let assistant = setup.assistant(json!({ "tools": [function("get_weather"), function("get_time")] }));
    let run = setup.run(&assistant, "weather?");
    assert_eq!(run["status"], "requires_action", "{run}");
    let made = [("get_weather", r#"{"city":"Bern"}"#), ("get_time", r#"{"zone":"UTC"}"#)];
    assert_eq!(calls(&run), made.map(|(name, arguments)| (name.to_owned(), arguments.to_owned())));
    assert_eq!(setup.said(&run), "Let me look.", "what was said before the calls is a message");
    let run = setup.submit(&run, &["sun", "12:00"]);
    assert_eq!((setup.said(&run).as_str(), &run["usage"]["total_tokens"]), ("Sunny at noon.", &json!(50)));
    let again = messages(&listener.requests()[1]);
    let [user, round, first, second] = again.as_slice() else { panic!("{again:?}") };
    assert_eq!((user["content"].as_str(), round["content"].as_str()), (Some("weather?"), Some("Let me look.")));
    assert_eq!((&round["tool_calls"][1]["function"]["name"], &first["content"]), (&json!("get_time"), &json!("sun")));
    assert_eq!((&second["tool_call_id"], &second["content"]), (&round["tool_calls"][1]["id"], &json!("12:00")));
}

#[test]
fn images_are_sent_by_url_and_by_file() {
    let listener = always("a cat");
    let setup = setup(&listener, &[]);
    setup.asst.file("cat.bin", b"\x89PNG\r\n\x1a\n and so on");
    setup.asst.file("note.png", "no image at all");
    let upload = |name: &str| setup.asst.run(["files", "upload", name, "--purpose", "vision", "-o", "id"]).ok().id();
    let (cat, note) = (upload("cat.bin"), upload("note.png"));
    let assistant = setup.assistant(json!({}));
    let asking = |file: &str| {
        json!([{ "role": "user", "content": [
        { "type": "text", "text": "what?" },
        { "type": "image_url", "image_url": { "url": "https://example.com/a.png", "detail": "high" } },
        { "type": "image_file", "image_file": { "file_id": file } },
    ] }])
    };
    let run = setup.rested(&setup.start(&assistant, &asking(&cat), json!({})));
    assert_eq!(run["status"], "completed", "{run}");
    let image = |url: &str| json!({ "type": "image_url", "image_url": { "url": url } });
    let content = messages(&listener.requests()[0])[0]["content"].clone();
    assert_eq!(content[1]["image_url"], json!({ "url": "https://example.com/a.png", "detail": "high" }));
    assert_eq!(content[2], image("data:image/png;base64,iVBORw0KGgogYW5kIHNvIG9u"));
    let run = setup.rested(&setup.start(&assistant, &asking(&note), json!({})));
    assert_eq!(run["last_error"]["code"], "invalid_prompt");
    assert_eq!(run["last_error"]["message"], format!("The image {note} is not a PNG, JPEG, GIF, or WebP file."));
    assert_eq!(listener.requests().len(), 1);
}

#[test]
fn refusal_completes_a_run_and_a_cut_text_makes_it_incomplete() {
    let refusing: Vec<Value> =
        ["I ", "won't."].map(|text| delta(json!({ "refusal": text }))).into_iter().chain(end("stop")).collect();
    let cut = |reason: &str| -> Vec<Value> {
        [delta(json!({ "content": "so far" }))].into_iter().chain(end(reason)).collect()
    };
    let listener =
        MockServer::scripted([stream(&refusing, 9), stream(&cut("length"), 9), stream(&cut("content_filter"), 9)]);
    let setup = setup(&listener, &[]);
    let assistant = setup.assistant(json!({}));
    let run = setup.run(&assistant, "do it");
    assert_eq!(run["status"], "completed", "{run}");
    assert_eq!(setup.last(&run)["content"], json!([{ "type": "refusal", "refusal": "I won't." }]));
    for (of_run, of_message) in [("max_completion_tokens", "max_tokens"), ("content_filter", "content_filter")] {
        let run = setup.run(&assistant, "go on");
        assert_eq!(
            (&run["status"], &run["incomplete_details"]["reason"]),
            (&json!("incomplete"), &json!(of_run)),
            "{of_run:?}"
        );
        let message = setup.last(&run);
        assert_eq!(
            (&message["status"], &message["incomplete_details"]["reason"]),
            (&json!("incomplete"), &json!(of_message)),
            "{of_run:?}"
        );
        assert_eq!(message["content"][0]["text"]["value"], "so far", "{of_run:?}");
    }
}

#[test]
fn deltas_reach_the_client_while_the_model_streams() {
    let (go_on, wait) = mpsc::channel::<()>();
    let wait = std::sync::Mutex::new(Some(wait));
    let listener = MockServer::new(move |_, _| {
        let wait = wait.lock().unwrap().take().unwrap();
        Response::own(move |stream| {
            use std::io::Write;
            let all = events(&saying(&["first", " second"]), "\n");
            let (before, after) = all.split_once(" second").unwrap();
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
            let _ = stream.write_all(format!("{head}{before}").as_bytes());
            let _ = wait.recv();
            let _ = stream.write_all(format!(" second{after}").as_bytes());
        })
    });
    let setup = setup(&listener, &[]);
    let assistant = setup.assistant(json!({}));
    let body = json!({ "assistant_id": assistant, "stream": true, "thread": { "messages": [{ "role": "user", "content": "hi" }] } });
    let mut lines = follow(&setup._server.url, &body);
    // The event with ` second` is not complete yet, but the one with `first` is.
    lines
        .by_ref()
        .find(|line| line.contains("\"first\""))
        .expect("the first word comes while the second is waited for");
    go_on.send(()).unwrap();
    assert!(lines.any(|line| line.contains("\"first second\"")), "the message comes whole");
}

/// Posts a body, and returns the response lines as they arrive.
fn follow(base: &str, body: &Value) -> impl Iterator<Item = String> + use<> {
    use std::io::BufRead;
    let response = crate::support::raw_http::request(base, "POST", "/threads/runs", Some(body)).unwrap();
    response.reader.lines().map_while(Result::ok)
}

#[test]
fn a_cancelled_run_hangs_up_on_the_endpoint() {
    let hung_up = Arc::new(AtomicBool::new(false));
    let noted = Arc::clone(&hung_up);
    let listener = MockServer::new(move |_, _| {
        let noted = Arc::clone(&noted);
        Response::own(move |stream| {
            use std::io::{Read, Write};
            let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
            let _ = stream.write_all(format!("{head}data: {}\n\n", delta(json!({ "content": "begun" }))).as_bytes());
            let ended = matches!(stream.read(&mut [0; 1]), Ok(0));
            noted.store(ended, Ordering::SeqCst);
        })
    });
    let setup = setup(&listener, &[]);
    let run = setup.start(&setup.assistant(json!({})), &json!([{ "role": "user", "content": "hi" }]), json!({}));
    eventually("the request", || (!listener.requests().is_empty()).then_some(()));
    setup.asst.run(["runs", "cancel", &text(&run["thread_id"]), &text(&run["id"])]).ok();
    assert_eq!(setup.rested(&run)["status"], "cancelled");
    eventually("the end of the connection", || hung_up.load(Ordering::SeqCst).then_some(()));
}

#[test]
fn the_budget_of_a_run_is_shared_by_its_rounds() {
    let calling =
        [delta(json!({ "tool_calls": [{ "index": 0, "id": "a", "function": { "name": "f", "arguments": "{}" } }] }))];
    let calling: Vec<Value> = calling.into_iter().chain(end("tool_calls")).collect();
    let listener = MockServer::scripted([stream(&calling, 40), stream(&saying(&["done"]), 40)]);
    let setup = setup(&listener, &[]);
    let assistant = setup.assistant(json!({ "tools": [function("f")] }));
    let options = json!({ "max_completion_tokens": 256 });
    let run = setup.rested(&setup.start(&assistant, &json!([{ "role": "user", "content": "hi" }]), options));
    setup.submit(&run, &["1"]);
    let budgets: Vec<Value> =
        listener.requests().iter().map(|request| request.json()["max_completion_tokens"].clone()).collect();
    assert_eq!(budgets, [256, 251], "five were spent by the first round");
}

#[test]
fn endpoint_that_does_not_stream_is_supported() {
    let whole = json!({ "object": "chat.completion", "choices": [{ "index": 0, "finish_reason": "stop",
        "message": { "role": "assistant", "content": "all at once" } }], "usage": { "prompt_tokens": 3, "completion_tokens": 3 } });
    let listener = MockServer::scripted([Response::json(200, &whole)]);
    let setup = setup(&listener, &[]);
    let run = setup.run(&setup.assistant(json!({})), "hi");
    assert_eq!((setup.said(&run).as_str(), &run["usage"]["total_tokens"]), ("all at once", &json!(6)));
}

#[test]
fn old_endpoint_is_retried_without_unknown_parameters() {
    let listener = MockServer::new(|request, _| {
        let body = request.json();
        let strange = ["max_completion_tokens", "stream_options"].into_iter().find(|name| body.get(name).is_some());
        match strange {
            Some(name) => Response::error(400, &format!("Unrecognized request argument supplied: {name}"), None),
            None => stream(&saying(&["ok"]), 20),
        }
    });
    let setup = setup(&listener, &[]);
    let options = json!({ "max_completion_tokens": 256 });
    let run =
        setup.rested(&setup.start(&setup.assistant(json!({})), &json!([{ "role": "user", "content": "hi" }]), options));
    assert_eq!(setup.said(&run), "ok");
    assert_eq!(listener.requests().last().unwrap().json()["max_tokens"], 256);
}

#[test]
fn file_search_is_a_function_of_the_model_that_the_server_executes() {
    let call = json!({ "name": "file_search", "arguments": "{\"query\":\"paid leave\"}" });
    let asking = [delta(json!({ "tool_calls": [{ "index": 0, "id": "c", "type": "function", "function": call }] }))];
    let asking: Vec<Value> = asking.into_iter().chain(end("tool_calls")).collect();
    let answering = saying(&["28 days", "【0:0†source】."]);
    let listener = MockServer::scripted([stream(&asking, 20), stream(&answering, 20)]);
    let setup = setup(&listener, &[]);
    setup.asst.file("handbook.md", "# Leave\n\nEverybody has 28 days of paid leave.\n");
    let upload = setup.asst.run(["files", "upload", "handbook.md", "-o", "id"]).ok().id();
    let assistant = setup.assistant(json!({ "tools": [{ "type": "file_search" }] }));
    let attachments = json!([{ "file_id": upload, "tools": [{ "type": "file_search" }] }]);
    let messages_ = json!([{ "role": "user", "content": "How long?", "attachments": attachments }]);
    let run = setup.rested(&setup.start(&assistant, &messages_, json!({})));
    assert_eq!((&run["status"], &run["required_action"]), (&json!("completed"), &Value::Null), "{run}");
    assert_eq!(setup.said(&run), "28 days【0:0†source】.");
    let [first, second] = &listener.requests()[..] else { panic!("two rounds") };
    let function = &first.json()["tools"][0]["function"];
    assert_eq!((&function["name"], &function["parameters"]["required"]), (&json!("file_search"), &json!(["query"])));
    let sent = messages(second);
    let [asked, found] = &sent[sent.len() - 2..] else { panic!("the call and its output") };
    assert_eq!(asked["tool_calls"][0]["function"]["arguments"], "{\"query\":\"paid leave\"}");
    assert_eq!((&found["role"], &found["tool_call_id"]), (&json!("tool"), &asked["tool_calls"][0]["id"]));
    let output = found["content"].as_str().unwrap();
    assert!(output.starts_with("【0:0†handbook.md】\n") && output.contains("28 days of paid leave"), "{output}");
    let path = format!("/threads/{}/messages?limit=1", text(&run["thread_id"]));
    let annotations = &setup.get(&path)["data"][0]["content"][0]["text"]["annotations"];
    assert_eq!(annotations[0]["file_citation"]["file_id"], json!(upload), "{annotations}");
    assert_eq!((&annotations[0]["start_index"], &annotations[0]["end_index"]), (&json!(7), &json!(19)));
}
