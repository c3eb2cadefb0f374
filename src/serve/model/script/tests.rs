//! Tests of scripts: matching, answers, and errors in the file.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::serve::model::failure::RunFailureCode;
use crate::serve::model::{CompletedCall, IncompleteReason, InputMessage, MessagePart, PastRound, RequestedCall};

/// Reads a script. Returns its error without the name of the file.
fn read(text: &str) -> Result<Script, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.yaml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    Script::read(path).map_err(|error| error.replace(path, "script.yaml"))
}

fn input(user: &str) -> ModelInput {
    let parts = vec![MessagePart::Text(user.to_owned())];
    ModelInput {
        messages: vec![InputMessage { role: "user".into(), parts }],
        model: "gpt".into(),
        ..ModelInput::default()
    }
}

/// Returns an input after a round of tool calls with these outputs, by function name.
fn after(outputs: &[(&str, &str)]) -> ModelInput {
    let call = |&(name, output): &(&str, &str)| CompletedCall {
        name: name.into(),
        output: output.into(),
        ..CompletedCall::default()
    };
    let round = PastRound { calls: outputs.iter().map(call).collect(), ..PastRound::default() };
    ModelInput { rounds: vec![round], ..input("weather") }
}

fn respond(script: &Script, input: &ModelInput) -> (Round, Vec<ModelDelta>) {
    let (sink, mut deltas) = TokenSink::new();
    let round = crate::db::block_on(script.respond(input, &sink));
    (round, std::iter::from_fn(|| deltas.try_recv().ok()).collect())
}

/// Returns the text of the next answer, or the debug form of an answer that is not a message.
fn answer(script: &Script, input: &ModelInput) -> String {
    match respond(script, input).0.reply {
        ModelReply::Message(text) => text,
        reply => format!("{reply:?}"),
    }
}

#[test]
fn the_first_rule_that_matches_answers() {
    let script = read(
        "rules:
  - { when: { user: hello }, answer: exact }
  - { when: { user: { contains: rain } }, answer: contained }
  - { when: { user: { regex: '^[0-9]+$' } }, answer: matched }
  - { when: { model: other }, answer: modelled }
  - { when: { assistant: Ada }, answer: named }
default: { say: no match }
",
    )
    .unwrap();
    for (user, expected) in [
        (" hello\n", "exact"),
        ("hello!", "no match"),
        ("is it raining", "contained"),
        ("42", "matched"),
        ("42 or", "no match"),
    ] {
        assert_eq!(answer(&script, &input(user)), expected, "{user}");
    }
    assert_eq!(answer(&script, &ModelInput { model: "other".into(), ..input("x") }), "modelled");
    let mut named = input("x");
    named.assistant.name = "Ada".into();
    assert_eq!(answer(&script, &named), "named");
    assert!(script.needs().assistant_name && !read("default: x").unwrap().needs().assistant_name);
    assert_eq!(
        answer(&script, &after(&[("f", "1")])),
        "no match",
        "rules without `output` match only before the first tool call"
    );
    let without_default = read("rules: [{ when: { user: y }, answer: z }]").unwrap();
    assert!(
        matches!(respond(&without_default, &input("x")).0.reply, ModelReply::Failed(failure) if failure.message.contains("default"))
    );
}

#[test]
fn outputs_are_matched_by_the_names_of_their_functions() {
    let script = read(
        "rules:
  - when: { output: { get_weather: { contains: rain } } }
    answer: Take an umbrella.
  - when: { output: { get_weather: sun, get_time: { regex: '^1[0-2]' } } }
    answer: Lunch outside.
  - answer:
      say: Let me look.
      call:
        - { name: get_weather, arguments: { city: Paris, days: [1, 2] } }
        - { name: get_time, arguments: '{not json' }
        - { name: ping }
",
    )
    .unwrap();
    let (round, deltas) = respond(&script, &input("weather"));
    let call = |name: &str, arguments: &str| RequestedCall { name: name.into(), arguments: arguments.into() };
    let calls = vec![
        call("get_weather", r#"{"city":"Paris","days":[1,2]}"#),
        call("get_time", "{not json"),
        call("ping", "{}"),
    ];
    assert_eq!(round.reply, ModelReply::Calls(calls));
    assert_eq!(deltas[0], ModelDelta::Text("Let ".into()));
    assert!(deltas.contains(&ModelDelta::Call { index: 2, name: "ping".into() }));
    assert_eq!(answer(&script, &after(&[("get_weather", "heavy rain")])), "Take an umbrella.");
    assert_eq!(answer(&script, &after(&[("get_weather", "sun"), ("get_time", "12:00")])), "Lunch outside.");
    assert!(answer(&script, &after(&[("get_weather", "sun")])).contains("No rule"));
}

#[test]
fn answers_are_used_in_order_and_the_last_is_repeated() {
    let script = read("default: [one, { say: two }, { fail: {} }]").unwrap();
    let answers: Vec<String> = (0..4).map(|_| answer(&script, &input("x"))).collect();
    assert_eq!(answers[..2], ["one", "two"]);
    assert!(answers[2].contains("ServerError") && answers[2] == answers[3], "{answers:?}");
}

#[test]
fn answers_can_fail_refuse_and_be_incomplete() {
    let reply = |answer: &str| respond(&read(&format!("default: {answer}")).unwrap(), &input("x")).0;
    let failed = reply("{ fail: { code: rate_limit_exceeded, message: slow down } }").reply;
    assert!(
        matches!(failed, ModelReply::Failed(failure) if failure.code == RunFailureCode::RateLimitExceeded && failure.message == "slow down")
    );
    assert_eq!(reply("{ refuse: no }").reply, ModelReply::Refusal("no".into()));
    let filtered = reply("{ say: so far, incomplete: content_filter, usage: { prompt: 7, completion: 9 } }");
    assert_eq!(
        filtered,
        Round {
            reply: ModelReply::Incomplete("so far".into(), IncompleteReason::Filter),
            prompt_tokens: 7,
            completion_tokens: 9
        }
    );
    assert_eq!(reply("one two").completion_tokens, 2);
}

#[test]
fn a_list_of_texts_is_streamed_with_pauses() {
    let begun = std::time::Instant::now();
    let script = read("default: { say: [a, ' b', c], after: 20ms, pace: 20ms }").unwrap();
    // A runtime with a real timer, because the pauses are real.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (sink, mut deltas) = TokenSink::new();
    let round = runtime.block_on(script.respond(&input("x"), &sink));
    assert_eq!(round.reply, ModelReply::Message("a bc".into()));
    let deltas: Vec<ModelDelta> = std::iter::from_fn(|| deltas.try_recv().ok()).collect();
    assert_eq!(deltas, ["a", " b", "c"].map(|text| ModelDelta::Text(text.into())));
    assert!(begun.elapsed() >= Duration::from_millis(60));
}

#[test]
fn arguments_of_calls_keep_digits_and_private_names() {
    let script = read(
        "default: { call: { name: f, arguments: { a: 12345678901234567890123, b: 1.50, c: 01234,
           '$serde_json::private::RawValue': '[1]' } } }",
    )
    .unwrap();
    let expected = r#"{"a":12345678901234567890123,"b":1.50,"c":1234,"$serde_json::private::RawValue":"[1]"}"#;
    let ModelReply::Calls(calls) = respond(&script, &input("x")).0.reply else { panic!("expected calls") };
    assert_eq!(calls[0].arguments, expected);
}

#[test]
fn an_invalid_script_is_an_error_with_line_and_column() {
    let yaml = "script.yaml is not valid YAML: ";
    for (text, expected) in [
        (
            "rules:\n  - when: { user: x }\n    anser: y\n",
            "unknown field `anser`, expected `when` or `answer` (line 3, column 5)",
        ),
        ("rule: []\n", "unknown field `rule`, expected `rules` or `default` (line 1, column 1)"),
        (
            "rules:\n  - answer: { say: x, refuse: y }\n",
            "expected only one of `say` with `call`, `refuse`, and `fail` (line 2, column 13)",
        ),
        (
            "rules:\n  - answer: { pace: 1s }\n",
            "expected an answer with `say`, `call`, `refuse`, or `fail` (line 2, column 13)",
        ),
        (
            "rules:\n  - answer: { say: x, pace: soon }\n",
            "expected a duration; write \"30s\", \"5m\", \"1h30m\", \"30d\" or seconds (line 2, column 29)",
        ),
        ("rules:\n  - answer: []\n", "expected at least one answer (line 2, column 13)"),
        (
            "rules:\n  - when: { user: { regex: '(' } }\n    answer: x\n",
            "invalid regular expression `(`: found open group without closing ')' (line 2, column 19)",
        ),
        (
            "rules:\n  - when: { user: { like: x } }\n    answer: x\n",
            "unknown variant `like`, expected one of `exact`, `contains`, `regex` (line 2, column 21)",
        ),
        (
            "default: { fail: { code: tired } }\n",
            "unknown variant `tired`, expected one of `server_error`, `rate_limit_exceeded`, `invalid_prompt` \
             (line 1, column 26)",
        ),
        ("default: { call: { arguments: {} } }\n", "missing field `name` (line 1, column 18)"),
        (
            "default: { incomplete: max_prompt_tokens, refuse: x }\n",
            "expected `incomplete` together with `say` and without `call` (line 1, column 10)",
        ),
        (
            "default: !include answer.yaml\n",
            "unknown tag `!include`: only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are read; write the value \
             itself, or put the text in quotes if it begins with `!` (line 1, column 10)",
        ),
        (
            "default: { say: x, usage: { prompt: -1 } }\n",
            "expected a number of tokens that is not negative (line 1, column 37)",
        ),
        ("rules: [\n", "unclosed bracket '[' (line 1, column 8)"),
        ("default: 7\n", "invalid type: integer `7`, expected an answer, or a list of answers (line 1, column 10)"),
    ] {
        assert_eq!(read(text).map(|_| ()).unwrap_err(), format!("{yaml}{expected}"), "{text}");
    }
    assert_eq!(read("").map(|_| ()).unwrap_err(), "expected `rules` or `default` in script.yaml");
    assert_eq!(Script::read("no-such-file").map(|_| ()).unwrap_err(), "no such file: no-such-file");
}
