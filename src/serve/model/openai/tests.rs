//! Tests of the requests to a model endpoint and of its responses, without a server.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::serve::model::{Call as FunctionCall, Called, Choice, Part, Past, Piece, Said};
use serde_json::{Value, json};

fn said(role: &str, parts: &[Part]) -> Said {
    Said { role: role.into(), parts: parts.to_vec() }
}

fn text(text: &str) -> Part {
    Part::Text(text.into())
}

fn turn() -> Turn {
    let function = json!({ "name": "f", "description": null, "parameters": { "type": "object" }, "strict": null });
    Turn {
        model: "gpt".into(),
        instructions: "Be brief.".into(),
        tools: vec![json!({ "type": "code_interpreter" }), json!({ "type": "function", "function": function })],
        parallel: true,
        response_format: "auto".into(),
        temperature: json!(1.0),
        top_p: Value::Null,
        messages: vec![said("user", &[text("one"), text("two")]), said("assistant", &[text("three")])],
        ..Turn::default()
    }
}

fn body(turn: &Turn) -> Value {
    request::body(turn, "llama", &Form::default()).unwrap()
}

#[test]
fn a_plain_turn_asks_for_no_more_than_it_says() {
    assert_eq!(
        body(&turn()),
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
fn what_the_run_says_is_passed_on() {
    let format = json!({ "type": "json_schema", "json_schema": { "name": "n", "schema": {} } });
    let turn = Turn {
        choice: Choice::Function("f".into()),
        parallel: false,
        response_format: format.clone(),
        temperature: json!(0.2),
        top_p: json!(0.5),
        completion_left: Some(300),
        ..turn()
    };
    let asked = body(&turn);
    assert_eq!(asked["tool_choice"], json!({ "type": "function", "function": { "name": "f" } }));
    assert_eq!((&asked["parallel_tool_calls"], &asked["response_format"]), (&json!(false), &format));
    assert_eq!(asked["temperature"], 0.2);
    assert_eq!(asked["top_p"], 0.5);
    assert_eq!(asked["max_completion_tokens"], 300);
    let form = Form { old_budget: true, no_stream_options: true, no_parallel: true, left_out: 1 };
    let asked = request::body(&turn, "llama", &form).unwrap();
    assert_eq!((&asked["max_tokens"], asked.get("max_completion_tokens")), (&json!(300), None));
    assert_eq!((asked.get("stream_options"), asked.get("parallel_tool_calls")), (None, None));
    assert_eq!(asked["messages"].as_array().unwrap().len(), 2);
}

#[test]
fn rounds_are_told_with_their_calls_and_outputs() {
    let called = |id: &str, output: &str| Called {
        id: id.into(),
        name: "f".into(),
        arguments: "{}".into(),
        output: output.into(),
    };
    let rounds = vec![
        Past { text: "Wait.".into(), calls: vec![called("call_1", "1"), called("call_2", "2")] },
        Past { text: String::new(), calls: vec![called("call_3", "3")] },
    ];
    let asked = body(&Turn { rounds, choice: Choice::Required, ..turn() });
    let function = json!({ "name": "f", "arguments": "{}" });
    let call = |id: &str| json!({ "id": id, "type": "function", "function": function });
    assert_eq!(
        asked["messages"].as_array().unwrap()[3..],
        [
            json!({ "role": "assistant", "content": "Wait.", "tool_calls": [call("call_1"), call("call_2")] }),
            json!({ "role": "tool", "tool_call_id": "call_1", "content": "1" }),
            json!({ "role": "tool", "tool_call_id": "call_2", "content": "2" }),
            json!({ "role": "assistant", "content": null, "tool_calls": [call("call_3")] }),
            json!({ "role": "tool", "tool_call_id": "call_3", "content": "3" }),
        ]
    );
    assert_eq!(asked["tool_choice"], "auto", "what was required has been done");
}

#[test]
fn images_are_parts_and_lost_ones_fail() {
    let image = |detail: Option<&str>| Part::Image {
        url: "data:image/png;base64,AA".into(),
        detail: detail.map(str::to_owned),
    };
    let messages = vec![said("user", &[text("what"), image(Some("low")), image(Some("auto"))])];
    let asked = body(&Turn { messages, ..turn() });
    assert_eq!(
        asked["messages"][1]["content"],
        json!([
            { "type": "text", "text": "what" },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA", "detail": "low" } },
            { "type": "image_url", "image_url": { "url": "data:image/png;base64,AA" } },
        ])
    );
    let lost = Turn { messages: vec![said("user", &[Part::Lost("gone".into())])], ..turn() };
    assert_eq!(request::body(&lost, "m", &Form::default()).unwrap_err(), Failure::prompt("gone"));
    let tool = Turn { choice: Choice::Tool("file_search".into()), ..turn() };
    assert!(request::body(&tool, "m", &Form::default()).unwrap_err().message.contains("'file_search'"));
    let none = Turn { choice: Choice::Required, tools: Vec::new(), ..turn() };
    assert!(request::body(&none, "m", &Form::default()).is_err());
}

#[test]
fn a_prompt_that_is_too_long_loses_its_oldest_messages() {
    let messages: Vec<Said> = (0..10).map(|number| said("user", &[text(&number.to_string().repeat(400))])).collect();
    let count = |turn: &Turn| body(turn)["messages"].as_array().unwrap().len() - 1;
    let turn = Turn { messages, shortens: true, prompt_left: Some(320), ..turn() };
    assert_eq!(count(&turn), 3);
    assert_eq!(count(&Turn { prompt_left: Some(1), ..turn.clone() }), 1, "what was said last is asked in any case");
    assert_eq!(count(&Turn { shortens: false, ..turn.clone() }), 10);
    assert_eq!(count(&Turn { prompt_left: None, ..turn }), 10);
}

/// Decodes the events of a stream. Returns the round and the pieces that were sent.
fn hear(events: &[Value]) -> (Result<Round, String>, Vec<Piece>) {
    let (speech, mut pieces) = Speech::new();
    let mut hearing = Hearing::new(&speech);
    let heard = events.iter().map(Value::to_string).chain(["[DONE]".to_owned()]);
    let troubled = heard.map(|event| hearing.hear(&event)).find_map(Result::err);
    let round = match troubled {
        Some(trouble) => Err(trouble.failure().message),
        None => hearing.round(&turn()).map_err(|failure| failure.message),
    };
    (round, std::iter::from_fn(|| pieces.try_recv().ok()).collect())
}

fn delta(delta: Value) -> Value {
    json!({ "choices": [{ "index": 0, "delta": delta, "finish_reason": null }] })
}

fn finish(reason: &str) -> Value {
    json!({ "choices": [{ "index": 0, "delta": {}, "finish_reason": reason }] })
}

#[test]
fn a_text_is_told_as_it_comes() {
    let usage = json!({ "choices": [], "usage": { "prompt_tokens": 12, "completion_tokens": 3 } });
    let events = [
        delta(json!({ "role": "assistant", "content": "" })),
        delta(json!({ "content": "Hel" })),
        delta(json!({ "content": "lo" })),
        finish("stop"),
    ];
    let (round, pieces) = hear(&[&events[..], &[usage]].concat());
    assert_eq!(round, Ok(Round { reply: Reply::Message("Hello".into()), prompt_tokens: 12, completion_tokens: 3 }));
    assert_eq!(pieces, ["Hel", "lo"].map(|text| Piece::Text(text.into())));
    let (round, _) = hear(&events);
    assert_eq!(
        round.map(|round| (round.prompt_tokens, round.completion_tokens)),
        Ok((5, 1)),
        "words, where nothing is told"
    );
    for (reason, cut) in [("length", Cut::Completion), ("content_filter", Cut::Filter)] {
        let (round, _) = hear(&[delta(json!({ "content": "so far" })), finish(reason)]);
        assert_eq!(round.unwrap().reply, Reply::Incomplete("so far".into(), cut));
    }
    let (round, pieces) =
        hear(&[delta(json!({ "refusal": "I " })), delta(json!({ "refusal": "won't" })), finish("stop")]);
    assert_eq!((round.unwrap().reply, pieces.len()), (Reply::Refusal("I won't".into()), 0));
}

#[test]
fn calls_come_in_any_order_and_numbered_in_any_way() {
    let piece = |call: Value| delta(json!({ "tool_calls": [call] }));
    let wanted = |a: &str, b: &str| {
        Reply::Calls(vec![
            FunctionCall { name: "a".into(), arguments: a.into() },
            FunctionCall { name: "b".into(), arguments: b.into() },
        ])
    };
    let (round, pieces) = hear(&[
        piece(json!({ "index": 1, "id": "x", "function": { "name": "a", "arguments": "" } })),
        piece(json!({ "index": 4, "id": "y", "function": { "name": "b", "arguments": "{\"k\"" } })),
        piece(json!({ "index": 1, "function": { "arguments": "{\"n\":" } })),
        piece(json!({ "index": 4, "function": { "arguments": ":2}" } })),
        piece(json!({ "index": 1, "function": { "arguments": "1}" } })),
        finish("tool_calls"),
    ]);
    assert_eq!(round.unwrap().reply, wanted("{\"n\":1}", "{\"k\":2}"));
    assert_eq!(pieces[0], Piece::Call { index: 0, name: "a".into() });
    assert_eq!(pieces[3], Piece::Arguments { index: 0, text: "{\"n\":".into() });
    // Without an index, a new ID starts a tool call.
    let (round, _) = hear(&[
        piece(json!({ "id": "x", "function": { "name": "a", "arguments": "{}" } })),
        piece(json!({ "id": "y", "function": { "name": "b", "arguments": "[" } })),
        piece(json!({ "function": { "arguments": "]" } })),
        finish("stop"),
    ]);
    assert_eq!(round.unwrap().reply, wanted("{}", "[]"));
    // The name after the arguments, arguments as an object, and no arguments.
    let (round, pieces) = hear(&[
        piece(json!({ "index": 0, "function": { "arguments": "{\"x\"" } })),
        piece(json!({ "index": 0, "function": { "name": "a", "arguments": ":1}" } })),
        piece(json!({ "index": 1, "function": { "name": "b", "arguments": null } })),
        finish("tool_calls"),
    ]);
    assert_eq!(round.unwrap().reply, wanted("{\"x\":1}", "{}"));
    assert_eq!(pieces[1], Piece::Arguments { index: 0, text: "{\"x\":1}".into() });
    let (round, _) = hear(&[piece(json!({ "index": 0, "function": { "arguments": "{}" } })), finish("tool_calls")]);
    assert!(round.unwrap_err().contains("without saying which"));
    // Text followed by a tool call: both are part of the round.
    let (round, pieces) = hear(&[
        delta(json!({ "content": "Wait." })),
        piece(json!({ "index": 0, "function": { "name": "a", "arguments": { "n": 1 } } })),
        finish("tool_calls"),
    ]);
    assert_eq!(pieces[0], Piece::Text("Wait.".into()));
    assert!(matches!(round.unwrap().reply, Reply::Calls(calls) if calls[0].arguments == "{\"n\":1}"));
}

#[test]
fn streams_that_end_wrongly_fail() {
    assert_eq!(hear(&[]).0.unwrap_err(), "The model's endpoint answered with nothing.");
    assert!(hear(&[delta(json!({ "content": "half" }))]).0.unwrap_err().contains("broke off in the middle"));
    let error = json!({ "error": { "message": "overloaded", "code": 503 } });
    assert_eq!(hear(&[error]).0.unwrap_err(), "The model's endpoint failed while it answered: overloaded");
}

#[test]
fn endpoints_are_found_by_their_base() {
    let of = |base: &str| address::of(base).map(String::from);
    for (base, url) in [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/v1/chat/completions"),
        ("http://h/", "http://h/v1/chat/completions"),
        ("https://h/api/v1/", "https://h/api/v1/chat/completions"),
        ("https://h/v1/chat/completions", "https://h/v1/chat/completions"),
        ("https://h/d/chat/completions/?api-version=1", "https://h/d/chat/completions?api-version=1"),
    ] {
        assert_eq!(of(base).as_deref(), Ok(url));
    }
    for bad in ["", "h", "ftp://h", "file:///x", "http://"] {
        assert!(of(bad).is_err(), "{bad}");
    }
    let error = of("https://user:hunter2@h/v1").unwrap_err();
    assert!(!error.contains("hunter2") && error.contains("--model-key-env"), "{error}");
    assert!(!of("https//user:hunter2@h").unwrap_err().contains("hunter2"));
}

#[test]
fn names_are_mapped() {
    let names = Names::read(["gpt-4o=llama", "*=phi"]).unwrap();
    assert_eq!((names.of("gpt-4o"), names.of("other")), ("llama", "phi"));
    assert_eq!(Names::default().of("other"), "other");
    for bad in [&["x"][..], &["=x"], &["x="], &["a=b", "a=c"]] {
        assert!(Names::read(bad.iter().copied()).is_err(), "{bad:?}");
    }
}

#[test]
fn what_is_asked_again_and_how_long_is_waited() {
    let refused = |status, headers: &[(&'static str, &str)], body: &str| {
        let pairs = headers.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap()));
        Trouble::refused(status, &pairs.collect(), body.as_bytes())
    };
    let seconds = |trouble: Trouble| trouble.pause(1).map(|pause| pause.as_secs_f64());
    assert_eq!(seconds(refused(429, &[], "")), Some(1.0));
    assert_eq!(seconds(refused(429, &[("retry-after", "2")], "")), Some(2.0));
    assert_eq!(seconds(refused(503, &[("retry-after", "9"), ("retry-after-ms", "250")], "")), Some(0.25));
    assert_eq!(seconds(refused(429, &[("retry-after", "3600")], "")), None);
    assert_eq!(seconds(refused(429, &[], r#"{"error":{"code":"insufficient_quota","message":"pay"}}"#)), None);
    assert_eq!(seconds(refused(400, &[], "")), None);
    assert_eq!(seconds(refused(401, &[], "")), None);
    let mut form = Form::default();
    let unknown =
        |name: &str| refused(400, &[], &json!({ "error": { "message": format!("Unknown: {name}") } }).to_string());
    assert!(unknown("max_completion_tokens").asks_otherwise(&mut form, &turn()));
    assert!(unknown("stream_options").asks_otherwise(&mut form, &turn()));
    assert!(!unknown("stream_options").asks_otherwise(&mut form, &turn()), "not twice");
    assert!(form.old_budget && form.no_stream_options && !form.no_parallel);
    let long = refused(400, &[], r#"{"error":{"message":"too long","code":"context_length_exceeded"}}"#);
    let turn = Turn { messages: vec![said("user", &[]); 5], shortens: true, ..turn() };
    let left: Vec<usize> =
        std::iter::from_fn(|| long.asks_otherwise(&mut form, &turn).then_some(form.left_out)).collect();
    assert_eq!(left, [2, 3, 4]);
}
