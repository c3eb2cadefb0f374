//! `script:FILE` as the model of a server, and the example script.

use super::{Setup, calls, function};
use crate::support::test_env::{Asst, shows};
use serde_json::json;

fn example() -> &'static str {
    concat!(env!("CARGO_MANIFEST_DIR"), "/examples/script.yaml")
}

#[test]
fn the_example_plays_a_whole_conversation() {
    let setup = Setup::new(Asst::new(), &["--model", &format!("script:{}", example())]);
    let assistant =
        setup.assistant(json!({ "name": "Weather", "tools": [function("get_weather"), function("get_time")] }));
    let run = setup.run(&assistant, "hello");
    assert_eq!(setup.said(&run), "Hello! Ask me about the weather.");
    assert_eq!(run["usage"], json!({ "prompt_tokens": 12, "completion_tokens": 7, "total_tokens": 19 }));
    let run = setup.run(&assistant, "What is the weather in Paris?");
    assert_eq!(run["status"], "requires_action", "{run}");
    assert_eq!(calls(&run)[0], ("get_weather".to_owned(), r#"{"city":"Paris"}"#.to_owned()));
    assert_eq!(calls(&run)[1].0, "get_time");
    assert_eq!(setup.said(&run), "Let me look.");
    let run = setup.submit(&run, &["rain, 12 degrees", "12:00"]);
    assert_eq!(setup.said(&run), "Take an umbrella.");
    let run = setup.run(&assistant, "overload");
    assert_eq!(run["last_error"], json!({ "code": "rate_limit_exceeded", "message": "Too many questions at once." }));
    let run = setup.run(&assistant, "overload");
    assert_eq!(setup.said(&run), "Better now.", "the second answer of the rule");
    let run = setup.run(&assistant, "tell me a long story");
    assert_eq!(
        (&run["status"], &run["incomplete_details"]["reason"]),
        (&json!("incomplete"), &json!("max_completion_tokens"))
    );
    let run = setup.run(&assistant, "do something bad");
    assert_eq!(setup.last(&run)["content"][0]["type"], "refusal");
    let run = setup.run(&assistant, "anything else");
    assert_eq!(setup.said(&run), "I only know about the weather.");
}

#[test]
fn script_model_works_in_process() {
    let asst = Asst::new();
    asst.file("s.yaml", "default: scripted");
    let assistant = asst.local(&["assistants", "create", "--model", "gpt", "-o", "id"]).ok().id();
    let create =
        ["threads", "create-and-run", "--assistant-id", &assistant, "--thread-message", "hi", "--jq", ".thread_id"];
    let ran = asst.local(&[&create[..], &["--local-model", "script:s.yaml"]].concat()).ok();
    let thread = ran.stdout.trim().trim_matches('"').to_owned();
    let said = asst.local(&["messages", "list", &thread, "-o", "json"]).ok();
    assert!(said.stdout.contains("scripted"), "{}", said.text());
}

#[test]
fn invalid_script_is_refused_at_the_start() {
    let asst = Asst::new();
    asst.file("bad.yaml", "rules:\n  - when: { user: hello }\n    answer:\n      say: hi\n      delay: 2s\n");
    shows!(asst.run(["serve", "--listen", "127.0.0.1:0", "--model", "script:bad.yaml"]), @r"
    --- stderr ---
    error: --model: bad.yaml is not valid YAML: unknown field `delay`, expected one of `say`, `call`, `refuse`, `fail`, `incomplete`, `after`, `pace`, `usage` (line 5, column 7)
    exit 2
    ");
    shows!(asst.local(&["assistants", "list", "--local-model", "script:missing.yaml"]), @r"
    --- stderr ---
    error: --local-model: no such file: missing.yaml
    exit 2
    ");
    asst.file("bytes.yaml", b"\xff\x00");
    asst.run(["serve", "--listen", "127.0.0.1:0", "--model", "script:bytes.yaml"]).code(2).says("is not UTF-8");
    asst.run(["serve", "--listen", "127.0.0.1:0", "--model", "script:."]).code(2).says("is a directory");
}

#[test]
fn token_counts_saturate_at_the_maximum() {
    let asst = Asst::new();
    let most = i64::MAX;
    asst.file("rich.yaml", format!("default: {{ say: hi, usage: {{ prompt: {most}, completion: {most} }} }}"));
    let model = ["--local-model", "script:rich.yaml"];
    let assistant = asst.local(&["assistants", "create", "--model", "m", "-o", "id"]).ok().stdout;
    let run = ["threads", "run", "--assistant-id", assistant.trim(), "--thread-message", "hi", "--wait", "-o", "json"];
    let ran = asst.local(&[&run[..], &model].concat()).ok();
    assert_eq!((ran.json()["usage"]["total_tokens"].as_i64(), ran.stderr.as_str()), (Some(most), ""));
}
