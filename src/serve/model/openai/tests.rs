//! Tests of the requests to a model endpoint and of its responses, without a server.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::api::objects::{JsonObject, Tool};
use crate::http::HeaderName;
use crate::serve::model::{
    CompletedCall, InputMessage, MessagePart, ModelDelta, PastRound, RequestedCall, SearchTool, ToolChoice,
};
use serde_json::{Value, json};

fn message(role: &str, parts: &[MessagePart]) -> InputMessage {
    InputMessage { role: role.into(), parts: parts.to_vec() }
}

fn text(text: &str) -> MessagePart {
    MessagePart::Text(text.into())
}

fn input() -> ModelInput {
    let function = json!({ "name": "f", "description": null, "parameters": { "type": "object" }, "strict": null });
    ModelInput {
        model: "gpt".into(),
        instructions: "Be brief.".into(),
        tools: [json!({ "type": "code_interpreter" }), json!({ "type": "function", "function": function })]
            .map(Tool::from_literal)
            .into(),
        parallel: true,
        response_format: "auto".into(),
        temperature: json!(1.0),
        top_p: Value::Null,
        messages: vec![message("user", &[text("one"), text("two")]), message("assistant", &[text("three")])],
        ..ModelInput::default()
    }
}

fn body(input: &ModelInput) -> Value {
    request::body(input, "llama", &RequestForm::default()).unwrap()
}

#[test]
fn a_plain_request_has_only_the_necessary_members() {
    assert_eq!(
        body(&input()),
        json!({
            "model": "llama",
            "messages": [
                { "role": "system", "content": "Be brief." },
                { "role": "user", "content": "one\ntwo" },
                { "role": "assistant", "content": "three" },
            ],
            "stream": true,
            "stream_options": { "include_usage": true },
            "tools": [{ "type": "function", "function": { "name": "f", "parameters": { "type": "object" } } }],
            "tool_choice": "auto",
        })
    );
}

#[test]
fn the_settings_of_the_run_are_sent() {
    let format = json!({ "type": "json_schema", "json_schema": { "name": "n", "schema": {} } });
    let input = ModelInput {
        choice: ToolChoice::Function("f".into()),
        parallel: false,
        response_format: format.clone(),
        temperature: json!(0.2),
        top_p: json!(0.5),
        completion_left: Some(300),
        ..input()
    };
    let sent = body(&input);
    assert_eq!(sent["tool_choice"], json!({ "type": "function", "function": { "name": "f" } }));
    assert_eq!((&sent["parallel_tool_calls"], &sent["response_format"]), (&json!(false), &format));
    assert_eq!(sent["temperature"], 0.2);
    assert_eq!(sent["top_p"], 0.5);
    assert_eq!(sent["max_completion_tokens"], 300);
    let form = RequestForm { legacy_budget: true, no_stream_options: true, no_parallel: true, left_out: 1 };
    let sent = request::body(&input, "llama", &form).unwrap();
    assert_eq!((&sent["max_tokens"], sent.get("max_completion_tokens")), (&json!(300), None));
    assert_eq!((sent.get("stream_options"), sent.get("parallel_tool_calls")), (None, None));
    assert_eq!(sent["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn past_rounds_are_sent_with_calls_and_outputs() {
    let called = |id: &str, output: &str| CompletedCall {
        passages: None,
        id: id.into(),
        name: "f".into(),
        arguments: "{}".into(),
        output: output.into(),
    };
    let rounds = vec![
        PastRound { text: "Wait.".into(), calls: vec![called("call_1", "1"), called("call_2", "2")] },
        PastRound { text: String::new(), calls: vec![called("call_3", "3")] },
    ];
    let sent = body(&ModelInput { rounds, choice: ToolChoice::Required, ..input() });
    let function = json!({ "name": "f", "arguments": "{}" });
    let call = |id: &str| json!({ "id": id, "type": "function", "function": function });
    assert_eq!(
        sent["messages"].as_array().unwrap()[3..],
        [
            json!({ "role": "assistant", "content": "Wait.", "tool_calls": [call("call_1"), call("call_2")] }),
            json!({ "role": "tool", "tool_call_id": "call_1", "content": "1" }),
            json!({ "role": "tool", "tool_call_id": "call_2", "content": "2" }),
            json!({ "role": "assistant", "content": null, "tool_calls": [call("call_3")] }),
            json!({ "role": "tool", "tool_call_id": "call_3", "content": "3" }),
        ]
    );
    assert_eq!(sent["tool_choice"], "auto", "the required call was made");
}

#[test]
fn images_are_parts_and_unavailable_images_fail_the_run() {
    let image = |detail: Option<&str>| MessagePart::Image {
        url: "data:image/png;base64,AA".into(),
        detail: detail.map(str::to_owned),
    };
    let messages = vec![message("user", &[text("what"), image(Some("low")), image(Some("auto"))])];
    let sent = body(&ModelInput { messages, ..input() });
    assert_eq!(
        sent["messages"][1]["content"],
        json!([
            { "type": "text", "text": "what" },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA", "detail": "low" } },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA" } },
        ])
    );
    let unavailable =
        ModelInput { messages: vec![message("user", &[MessagePart::Unavailable("gone".into())])], ..input() };
    assert_eq!(request::body(&unavailable, "m", &RequestForm::default()).unwrap_err(), RunFailure::prompt("gone"));
    let search = Some(SearchTool { has_stores: false });
    let tool = ModelInput { choice: ToolChoice::Tool("file_search".into()), search, ..input() };
    let request = body(&tool);
    assert_eq!(request["tool_choice"], json!({ "type": "function", "function": { "name": "file_search" } }));
    let function = &request["tools"][1]["function"];
    assert_eq!((&function["name"], &function["parameters"]["required"]), (&json!("file_search"), &json!(["query"])));
    let unused = ModelInput { choice: ToolChoice::Auto, search, ..input() };
    assert_eq!(body(&unused)["tools"].as_array().unwrap().len(), 1, "there is nothing to search");
    let offered = ModelInput { search: Some(SearchTool { has_stores: true }), ..unused };
    assert_eq!(body(&offered)["tools"].as_array().unwrap().len(), 2);
    let tool = ModelInput { choice: ToolChoice::Tool("file_search".into()), ..input() };
    assert!(request::body(&tool, "m", &RequestForm::default()).unwrap_err().message.contains("'file_search'"));
    let none = ModelInput { choice: ToolChoice::Required, tools: Vec::new(), ..input() };
    assert!(request::body(&none, "m", &RequestForm::default()).is_err());
}

#[test]
fn a_prompt_that_is_too_long_loses_its_oldest_messages() {
    let messages: Vec<InputMessage> =
        (0..10).map(|number| message("user", &[text(&number.to_string().repeat(400))])).collect();
    let count = |input: &ModelInput| body(input)["messages"].as_array().unwrap().len() - 1;
    let input = ModelInput { messages, may_leave_out: true, prompt_left: Some(320), ..input() };
    assert_eq!(count(&input), 3);
    assert_eq!(count(&ModelInput { prompt_left: Some(1), ..input.clone() }), 1, "the last message is always sent");
    assert_eq!(count(&ModelInput { may_leave_out: false, ..input.clone() }), 10);
    assert_eq!(count(&ModelInput { prompt_left: None, ..input }), 10);
}

/// Decodes the events of a stream. Returns the round and the published output.
fn decode(events: &[Value]) -> (Result<Round, String>, Vec<ModelDelta>) {
    let (sink, mut deltas) = TokenSink::new();
    let mut decoder = StreamDecoder::new(&sink);
    let data = events.iter().map(Value::to_string).chain(["[DONE]".to_owned()]);
    let error = data.map(|event| decoder.push_event(&event)).find_map(Result::err);
    let round = match error {
        Some(error) => Err(error.failure().message),
        None => decoder.round(&input()).map_err(|failure| failure.message),
    };
    (round, std::iter::from_fn(|| deltas.try_recv().ok()).collect())
}

fn delta(delta: Value) -> Value {
    json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
}

fn finish(reason: &str) -> Value {
    json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] })
}

#[test]
fn text_is_forwarded_as_it_arrives() {
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 12, "completion_tokens": 3 } });
    let events = [
        delta(json!({ "role": "assistant", "content": "" })),
        delta(json!({ "content": "Hel" })),
        delta(json!({ "content": "lo" })),
        finish("stop"),
    ];
    let (round, deltas) = decode(&[&events[..], &[usage]].concat());
    assert_eq!(
        round,
        Ok(Round { reply: ModelReply::Message("Hello".into()), prompt_tokens: 12, completion_tokens: 3 })
    );
    assert_eq!(deltas, ["Hel", "lo"].map(|text| ModelDelta::Text(text.into())));
    let (round, _) = decode(&events);
    assert_eq!(
        round.map(|round| (round.prompt_tokens, round.completion_tokens)),
        Ok((5, 1)),
        "without a usage, words are counted"
    );
    for (reason, cut) in [("length", IncompleteReason::Completion), ("content_filter", IncompleteReason::Filter)] {
        let (round, _) = decode(&[delta(json!({ "content": "so far" })), finish(reason)]);
        assert_eq!(round.unwrap().reply, ModelReply::Incomplete("so far".into(), cut));
    }
    let (round, deltas) =
        decode(&[delta(json!({ "refusal": "I " })), delta(json!({ "refusal": "won't" })), finish("stop")]);
    assert_eq!((round.unwrap().reply, deltas.len()), (ModelReply::Refusal("I won't".into()), 0));
}

#[test]
fn chunks_of_tool_calls_are_assembled_in_any_order_and_numbering() {
    let call_chunk = |call: Value| delta(json!({ "tool_calls": [call] }));
    let expected_calls = |a: &str, b: &str| {
        ModelReply::Calls(vec![
            RequestedCall { name: "a".into(), arguments: a.into() },
            RequestedCall { name: "b".into(), arguments: b.into() },
        ])
    };
    let (round, deltas) = decode(&[
        call_chunk(json!({ "index": 1, "id": "x", "function": { "name": "a", "arguments": "" } })),
        call_chunk(json!({ "index": 4, "id": "y", "function": { "name": "b", "arguments": "{\"k\"" } })),
        call_chunk(json!({ "index": 1, "function": { "arguments": "{\"n\":" } })),
        call_chunk(json!({ "index": 4, "function": { "arguments": ":2}" } })),
        call_chunk(json!({ "index": 1, "function": { "arguments": "1}" } })),
        finish("tool_calls"),
    ]);
    assert_eq!(round.unwrap().reply, expected_calls("{\"n\":1}", "{\"k\":2}"));
    assert_eq!(deltas[0], ModelDelta::Call { index: 0, name: "a".into() });
    assert_eq!(deltas[3], ModelDelta::Arguments { index: 0, text: "{\"n\":".into() });
    // Without an index, a new ID starts a tool call.
    let (round, _) = decode(&[
        call_chunk(json!({ "id": "x", "function": { "name": "a", "arguments": "{}" } })),
        call_chunk(json!({ "id": "y", "function": { "name": "b", "arguments": "[" } })),
        call_chunk(json!({ "function": { "arguments": "]" } })),
        finish("stop"),
    ]);
    assert_eq!(round.unwrap().reply, expected_calls("{}", "[]"));
    // The name after the arguments, arguments as an object, and no arguments.
    let (round, deltas) = decode(&[
        call_chunk(json!({ "index": 0, "function": { "arguments": "{\"x\"" } })),
        call_chunk(json!({ "index": 0, "function": { "name": "a", "arguments": ":1}" } })),
        call_chunk(json!({ "index": 1, "function": { "name": "b", "arguments": null } })),
        finish("tool_calls"),
    ]);
    assert_eq!(round.unwrap().reply, expected_calls("{\"x\":1}", "{}"));
    assert_eq!(deltas[1], ModelDelta::Arguments { index: 0, text: "{\"x\":1}".into() });
    let (round, _) =
        decode(&[call_chunk(json!({ "index": 0, "function": { "arguments": "{}" } })), finish("tool_calls")]);
    assert!(round.unwrap_err().contains("without a name"));
    // Text followed by a tool call: both are part of the round.
    let (round, deltas) = decode(&[
        delta(json!({ "content": "Wait." })),
        call_chunk(json!({ "index": 0, "function": { "name": "a", "arguments": { "n": 1 } } })),
        finish("tool_calls"),
    ]);
    assert_eq!(deltas[0], ModelDelta::Text("Wait.".into()));
    assert!(matches!(round.unwrap().reply, ModelReply::Calls(calls) if calls[0].arguments == "{\"n\":1}"));
}

#[test]
fn incomplete_streams_are_errors() {
    assert_eq!(decode(&[]).0.unwrap_err(), "The model endpoint sent an empty response.");
    assert!(decode(&[delta(json!({ "content": "half" }))]).0.unwrap_err().contains("ended early"));
    let error = json!({ "error": { "message": "overloaded", "code": 503 } });
    assert_eq!(decode(&[error]).0.unwrap_err(), "The model endpoint reported an error within its response: overloaded");
}

#[test]
fn endpoints_are_found_by_their_base() {
    let of = |base: &str| address::endpoint_url(base, address::COMPLETIONS).map(String::from);
    for (base, url) in [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://h/", "http://h/v1/chat/completions"),
        ("https://h/api/v1/", "https://h/api/v1/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/d/chat/completions/?api-version=1", "https://h/d/chat/completions?api-version=1"),
    ] {
        assert_eq!(of(base).as_deref(), Ok(url), "{base}");
    }
    for bad in ["", "h", "ftp://h", "file:///x", "http://"] {
        assert!(of(bad).is_err(), "{bad}");
    }
    let error = of("https://user:hunter2@h/v1").unwrap_err();
    assert!(!error.contains("hunter2") && error.contains("--model-key-env"), "{error}");
    assert!(!of("https//user:hunter2@h").unwrap_err().contains("hunter2"));
}

#[test]
fn model_names_are_mapped() {
    let names = ModelNames::read(["gpt-4o=llama", "*=phi"]).unwrap();
    assert_eq!((names.on_endpoint("gpt-4o"), names.on_endpoint("other")), ("llama", "phi"));
    assert_eq!(ModelNames::default().on_endpoint("other"), "other");
    for bad in [&["x"][..], &["=x"], &["x="], &["a=b", "a=c"]] {
        assert!(ModelNames::read(bad.iter().copied()).is_err(), "{bad:?}");
    }
}

#[test]
fn only_temporary_errors_are_retried_after_the_requested_pause() {
    let error = |status, headers: &[(&'static str, &str)], body: &str| {
        let pairs = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        EndpointError::status(status, &pairs.collect(), body.as_bytes())
    };
    let seconds = |error: EndpointError| error.pause(1).map(|pause| pause.as_secs_f64());
    assert_eq!(seconds(error(429, &[], "")), Some(1.0));
    assert_eq!(seconds(error(429, &[("retry-after", "2")], "")), Some(2.0));
    assert_eq!(seconds(error(503, &[("retry-after", "9"), ("retry-after-ms", "250")], "")), Some(0.25));
    assert_eq!(seconds(error(429, &[("retry-after", "3600")], "")), None);
    assert_eq!(seconds(error(429, &[], r#"{"error":{"code":"insufficient_quota","message":"pay"}}"#)), None);
    assert_eq!(seconds(error(400, &[], "")), None);
    assert_eq!(seconds(error(401, &[], "")), None);
    let mut form = RequestForm::default();
    let unknown =
        |name: &str| error(400, &[], &json!({ "error": { "message": format!("Unknown: {name}") } }).to_string());
    assert!(unknown("max_completion_tokens").adapt(&mut form, &input()));
    assert!(unknown("stream_options").adapt(&mut form, &input()));
    assert!(!unknown("stream_options").adapt(&mut form, &input()), "the form has not changed");
    assert!(form.legacy_budget && form.no_stream_options && !form.no_parallel);
    let long = error(400, &[], r#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#);
    let input = ModelInput { messages: vec![message("user", &[]); 5], may_leave_out: true, ..input() };
    let left_out: Vec<usize> = std::iter::from_fn(|| long.adapt(&mut form, &input).then_some(form.left_out)).collect();
    assert_eq!(left_out, [2, 3, 4]);
}
