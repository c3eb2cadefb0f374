//! Tests of scripts: matching, answers, and errors in the file.
#![allow(clippy::unwrap_used)]

use super::*;
use crate::serve::model::{Call, Called, Cut, Part, Past, Said};

/// Reads a script. Returns its error without the name of the file.
fn read(text: &str) -> Result<Script, String> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("script.yaml");
    std::fs::write(&path, text).unwrap();
    let path = path.to_str().unwrap();
    Script::read(path).map_err(|error| error.replace(path, "script.yaml"))
}

fn turn(user: &str) -> Turn {
    let parts = vec![Part::Text(user.to_owned())];
    Turn { messages: vec![Said { role: "user".into(), parts }], model: "gpt".into(), ..Turn::default() }
}

fn after(outputs: &[(&str, &str)]) -> Turn {
    let call =
        |&(name, output): &(&str, &str)| Called { name: name.into(), output: output.into(), ..Called::default() };
    let round = Past { calls: outputs.iter().map(call).collect(), ..Past::default() };
    Turn { rounds: vec![round], ..turn("weather") }
}

fn speak(script: &Script, turn: &Turn) -> (Round, Vec<Piece>) {
    let (speech, mut pieces) = Speech::new();
    let round = crate::db::block_on(script.speak(turn, &speech));
    (round, std::iter::from_fn(|| pieces.try_recv().ok()).collect())
}

fn say(script: &Script, turn: &Turn) -> String {
    match speak(script, turn).0.reply {
        Reply::Message(text) => text,
        reply => format!("{reply:?}"),
    }
}

#[test]
fn the_first_rule_that_fits_answers() {
    let script = read(
        "rules:
  - { when: { user: hello }, answer: exact }
  - { when: { user: { contains: rain } }, answer: contained }
  - { when: { user: { regex: '^[0-9]+$' } }, answer: matched }
  - { when: { model: other }, answer: modelled }
  - { when: { assistant: Ada }, answer: named }
default: { say: nothing fits }
",
    )
    .unwrap();
    for (user, expected) in [
        (" hello\n", "exact"),
        ("hello!", "nothing fits"),
        ("is it raining", "contained"),
        ("42", "matched"),
        ("42 or", "nothing fits"),
    ] {
        assert_eq!(say(&script, &turn(user)), expected, "{user}");
    }
    assert_eq!(say(&script, &Turn { model: "other".into(), ..turn("x") }), "modelled");
    let mut named = turn("x");
    named.assistant.name = "Ada".into();
    assert_eq!(say(&script, &named), "named");
    assert!(script.wants().assistant && !read("default: x").unwrap().wants().assistant);
    assert_eq!(
        say(&script, &after(&[("f", "1")])),
        "nothing fits",
        "rules without output are for what was asked first"
    );
    let silent = read("rules: [{ when: { user: y }, answer: z }]").unwrap();
    assert!(
        matches!(speak(&silent, &turn("x")).0.reply, Reply::Failed(failure) if failure.message.contains("default"))
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
    let (round, pieces) = speak(&script, &turn("weather"));
    let call = |name: &str, arguments: &str| Call { name: name.into(), arguments: arguments.into() };
    let calls = vec![
        call("get_weather", r#"{"city":"Paris","days":[1,2]}"#),
        call("get_time", "{not json"),
        call("ping", "{}"),
    ];
    assert_eq!(round.reply, Reply::Calls(calls));
    assert_eq!(pieces[0], Piece::Text("Let ".into()));
    assert!(pieces.contains(&Piece::Call { index: 2, name: "ping".into() }));
    assert_eq!(say(&script, &after(&[("get_weather", "heavy rain")])), "Take an umbrella.");
    assert_eq!(say(&script, &after(&[("get_weather", "sun"), ("get_time", "12:00")])), "Lunch outside.");
    assert!(say(&script, &after(&[("get_weather", "sun")])).contains("No rule"));
}

#[test]
fn answers_follow_one_another_and_the_last_stays() {
    let script = read("default: [one, { say: two }, { fail: {} }]").unwrap();
    let said: Vec<String> = (0..4).map(|_| say(&script, &turn("x"))).collect();
    assert_eq!(said[..2], ["one", "two"]);
    assert!(said[2].contains("ServerError") && said[2] == said[3], "{said:?}");
}

#[test]
fn answers_fail_refuse_and_break_off() {
    let reply = |answer: &str| speak(&read(&format!("default: {answer}")).unwrap(), &turn("x")).0;
    let failed = reply("{ fail: { code: rate_limit_exceeded, message: slow down } }").reply;
    assert!(
        matches!(failed, Reply::Failed(failure) if failure.code.name() == "rate_limit_exceeded" && failure.message == "slow down")
    );
    assert_eq!(reply("{ refuse: no }").reply, Reply::Refusal("no".into()));
    let filtered = reply("{ say: so far, incomplete: content_filter, usage: { prompt: 7, completion: 9 } }");
    assert_eq!(
        filtered,
        Round { reply: Reply::Incomplete("so far".into(), Cut::Filter), prompt_tokens: 7, completion_tokens: 9 }
    );
    assert_eq!(reply("one two").completion_tokens, 2);
}

#[test]
fn a_text_is_told_in_its_pieces() {
    let begun = std::time::Instant::now();
    let script = read("default: { say: [a, ' b', c], after: 20ms, pace: 20ms }").unwrap();
    // A runtime with a real timer, because the pauses are real.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
    let (speech, mut pieces) = Speech::new();
    let round = runtime.block_on(script.speak(&turn("x"), &speech));
    assert_eq!(round.reply, Reply::Message("a bc".into()));
    let pieces: Vec<Piece> = std::iter::from_fn(|| pieces.try_recv().ok()).collect();
    assert_eq!(pieces, ["a", " b", "c"].map(|text| Piece::Text(text.into())));
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
    let Reply::Calls(calls) = speak(&script, &turn("x")).0.reply else { panic!("expected calls") };
    assert_eq!(calls[0].arguments, expected);
}

#[test]
fn what_is_no_script_is_refused_with_its_place() {
    let yaml = "script.yaml is not valid YAML: ";
    for (text, expected) in [
        (
            "rules:\n  - when: { user: x }\n    anser: y\n",
            "unknown field `anser`, expected `when` or `answer` (line 3, column 5)",
        ),
        ("rule: []\n", "unknown field `rule`, expected `rules` or `default` (line 1, column 1)"),
        (
            "rules:\n  - answer: { say: x, refuse: y }\n",
            "of say with call, refuse and fail an answer has one (line 2, column 13)",
        ),
        (
            "rules:\n  - answer: { pace: 1s }\n",
            "the answer says nothing: give it say, call, refuse or fail (line 2, column 13)",
        ),
        (
            "rules:\n  - answer: { say: x, pace: soon }\n",
            "no duration; write \"30s\", \"5m\", \"1h30m\", \"30d\" or seconds (line 2, column 29)",
        ),
        ("rules:\n  - answer: []\n", "the list of answers is empty (line 2, column 13)"),
        (
            "rules:\n  - when: { user: { regex: '(' } }\n    answer: x\n",
            "`(` is no regular expression: found open group without closing ')' (line 2, column 19)",
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
            "only what says something, and calls nothing, can be incomplete (line 1, column 10)",
        ),
        (
            "default: !include answer.yaml\n",
            "unknown tag `!include`: only !!str, !!int, !!float, !!bool, !!null, !!map and !!seq are read; write the value \
             itself, or put the text in quotes if it begins with `!` (line 1, column 10)",
        ),
        ("default: { say: x, usage: { prompt: -1 } }\n", "tokens are no less than 0 (line 1, column 37)"),
        ("rules: [\n", "unclosed bracket '[' (line 1, column 8)"),
        ("default: 7\n", "invalid type: integer `7`, expected an answer, or a list of answers (line 1, column 10)"),
    ] {
        assert_eq!(read(text).map(|_| ()).unwrap_err(), format!("{yaml}{expected}"), "{text}");
    }
    assert_eq!(read("").map(|_| ()).unwrap_err(), "script.yaml has neither rules nor a default");
    assert_eq!(Script::read("no-such-file").map(|_| ()).unwrap_err(), "no such file: no-such-file");
}
