//! The input of a handler, and the use of its output.

use super::*;
use crate::streams::{list, lists_messages, message, run, streamed, text};
use crate::support::mock_server::{MockServer, Response};

#[test]
fn a_handler_receives_the_call_and_its_output_is_submitted() {
    for way in ["--wait", "--stream"] {
        let desk = Desk::new(&["get_weather"]);
        desk.handler("get_weather", "echo \"$ASST_TOOL_NAME $ASST_THREAD_ID $ASST_RUN_ID $ASST_CALL_ID $(cat) $#\"");
        let ran = desk.say("hello\ncall get_weather {\"city\": \"Paris\"}", &[way]).ok();
        let (first, said) = ran.stdout.split_once('\n').unwrap();
        assert_eq!(first, "hello", "{way:?}");
        let words: Vec<&str> = said.trim_end().splitn(6, ' ').collect();
        assert_eq!(words[..2], ["get_weather:", "get_weather"], "{way:?}");
        for (word, begin) in words[2..5].iter().zip(["thread_", "run_", "call_"]) {
            assert!(word.starts_with(begin), "{said}");
        }
        assert_eq!(words[5], "{\"city\": \"Paris\"} 0", "{way:?}");
    }
}

#[test]
fn handlers_imply_waiting_in_every_command_that_follows_runs() {
    let desk = Desk::new(&["get_weather"]);
    desk.handler("get_weather", "echo mild");
    let asst = &desk.asst;
    let thread = || asst.local(&["threads", "create", "--message", "call get_weather {}"]).ok().id();
    let create = |thread: &str, flags: &[&str]| {
        asst.local(&[&["runs", "create", thread, "--assistant-id", &desk.assistant], flags].concat())
    };
    let said = "get_weather: mild\n";
    assert_eq!(create(&thread(), &["--handler", "get_weather=./get_weather"]).ok().stdout, said);

    let one = thread();
    let run = create(&one, &["--wait", "-o", "json"]).code(24).json();
    let id = run["id"].as_str().unwrap();
    assert_eq!(asst.local(&["runs", "wait", &one, id, "--handlers", "."]).ok().stdout, said);

    // The first round is answered by hand, the second one by the handler.
    let two = asst.local(&["threads", "create", "--message", "call get_weather 1\ncall get_weather 2"]).ok().id();
    let run = create(&two, &["--parallel-tool-calls=false", "--wait", "-o", "json"]).code(24).json();
    let call = &run["required_action"]["submit_tool_outputs"]["tool_calls"][0]["id"];
    let output = format!("{}=cold", call.as_str().unwrap());
    let submit = ["runs", "submit", &two, run["id"].as_str().unwrap(), "--tool-output", &output, "--handlers", "."];
    assert_eq!(asst.local(&submit).ok().stdout, "get_weather: cold\nget_weather: mild\n");
}

#[test]
fn each_of_several_runs_is_answered_separately() {
    let desk = Desk::new(&["who"]);
    desk.handler("who", "echo $ASST_RUN_ID");
    let mut lines = String::new();
    for _ in 0..3 {
        let ran = desk.asst.run(desk.arguments("call who", &["--wait", "-o", "json"])).code(24).json();
        lines.push_str(&format!("{}\t{}\n", ran["thread_id"].as_str().unwrap(), ran["id"].as_str().unwrap()));
    }
    let flags = [
        "--local",
        "runs",
        "wait",
        "-",
        "--handlers",
        ".",
        "-o",
        "json",
        "--jq",
        ".[] | [.status, .id, .messages[0].content[0].text.value]",
    ];
    let ran = desk.asst.fed(&lines, &flags).ok();
    for (line, ids) in ran.stdout.lines().zip(lines.lines()) {
        let shown: Value = serde_json::from_str(line).unwrap();
        let run = ids.split('\t').nth(1).unwrap();
        assert_eq!(shown, json!(["completed", run, format!("who: {run}")]), "{line:?}");
    }
    assert_eq!(ran.stdout.lines().count(), 3);
}

#[test]
fn calls_of_a_round_run_in_parallel_and_rounds_in_sequence() {
    let desk = Desk::new(&["one", "two"]);
    // Each handler waits until the other one has started.
    let meet =
        |own: &str, other: &str| format!("touch {own}.up; until [ -e {other}.up ]; do sleep 0.01; done; echo {own}");
    desk.handler("one", &meet("one", "two"));
    desk.handler("two", &meet("two", "one"));
    assert_eq!(desk.say("call one\ncall two", &[]).ok().stdout, "one: one\ntwo: two\n");

    desk.handler("one", "echo $ASST_CALL_ID >> calls; wc -l < calls | tr -d ' '");
    for way in ["--wait", "--stream"] {
        let _ = std::fs::remove_file(desk.asst.work().join("calls"));
        let ran = desk.say("call one\ncall one\ncall one", &["--parallel-tool-calls=false", way]).ok();
        assert_eq!(ran.stdout, "one: 1\none: 2\none: 3\n", "{}", ran.text());
    }
}

#[test]
fn handlers_respect_the_concurrency_limit() {
    let desk = Desk::new(&["one"]);
    desk.handler("one", "mkdir busy || exit 3; sleep 0.02; rmdir busy; echo alone");
    let calls = ["call one"; 8].join("\n");
    let ran = desk.say(&calls, &["--concurrency", "1"]).ok();
    assert_eq!(ran.stdout, "one: alone\n".repeat(8), "{}", ran.text());
}

#[test]
fn arguments_reach_the_handler_unchanged_and_outputs_share_one_request() {
    let odd = ["{\"a\": 1.50, ", "", "\u{e9}\u{0}\n", "null"];
    let listener = MockServer::new(move |request, _| {
        if lists_messages(request) {
            return list(&[message("msg_1", "done", &json!([]))]);
        }
        let submitted = request.target.ends_with("/submit_tool_outputs");
        let mut waiting = waiting("call_0");
        let calls: Vec<Value> = (odd.iter().enumerate())
            .map(|(at, text)| json!({"id": format!("call_{at}"), "type": "function", "function": {"name": "get_weather", "arguments": text}}))
            .collect();
        waiting["required_action"]["submit_tool_outputs"]["tool_calls"] = json!(calls);
        Response::json(200, &if submitted { run("completed") } else { waiting })
    });
    let asst = Asst::with_backend(&listener.url());
    handler(&asst, "get_weather", "od -An -tx1 | tr -d ' \\n'");
    asst.run(["runs", "wait", "thread_1", "run_1", "--handler", "get_weather=./get_weather"]).ok();
    let submits: Vec<_> =
        listener.requests().into_iter().filter(|request| request.target.ends_with("/submit_tool_outputs")).collect();
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    let outputs: Vec<Value> = (odd.iter().enumerate())
        .map(|(at, text)| json!({"tool_call_id": format!("call_{at}"), "output": hex(text)}))
        .collect();
    assert_eq!(submits.len(), 1);
    assert_eq!(submits[0].json(), json!({ "tool_outputs": outputs }));
}

#[test]
fn each_round_of_a_stream_is_a_new_stream() {
    let listener = MockServer::new(|request, _| {
        let end = request.target.ends_with("/submit_tool_outputs")
            && request.json()["tool_outputs"][0]["tool_call_id"] == "call_2";
        let next = if request.target.ends_with("/submit_tool_outputs") { "call_2" } else { "call_1" };
        let run = if end { run("completed") } else { waiting(next) };
        let name = if end { "thread.run.completed" } else { "thread.run.requires_action" };
        streamed(&(text(&[(name, run)]) + crate::streams::DONE), 1 << 16)
    });
    let asst = Asst::with_backend(&listener.url());
    handler(&asst, "get_weather", "echo $ASST_CALL_ID");
    let flags = ["--stream", "--handler", "get_weather=./get_weather", "-o", "jsonl", "--jq", ".event"];
    let ran = asst.run([&crate::streams::CREATE[..], &flags].concat()).ok();
    let (act, done) = ("thread.run.requires_action", "done");
    let names = [act, done, act, done, "thread.run.completed", done];
    assert_eq!(ran.stdout.lines().collect::<Vec<_>>(), names);
    let requests = listener.requests();
    assert!(requests.iter().all(|request| request.json()["stream"] == true));
    assert_eq!(requests[2].json()["tool_outputs"], json!([{"tool_call_id": "call_2", "output": "call_2"}]));
}

#[test]
fn stderr_of_a_handler_is_prefixed_with_its_name_and_has_no_control_characters() {
    let desk = Desk::new(&["get_weather"]);
    desk.handler("get_weather", "printf 'one\\033[2Jtwo\\nthree' >&2; printf 'a\\nb\\n\\n'");
    let ran = desk.say("call get_weather", &[]).ok().says("note: get_weather: one[2Jtwo\nnote: get_weather: three\n");
    assert_eq!(ran.stdout, "get_weather: a\nb\n");
    let quiet = desk.say("call get_weather", &["-q"]).ok();
    assert_eq!(quiet.stderr, "");
}
