//! The output of a stream, on each target and in each format.

use super::*;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, shows};
use std::io::Read;
use std::sync::mpsc;

fn told(text: String) -> MockServer {
    MockServer::new(move |request, _| match request.method.as_str() {
        "POST" => streamed(&text, 7),
        _ => Response::error(404, "no such thing", None),
    })
}

fn whole() -> String {
    text(&story()) + DONE
}

fn run_with(listener: &MockServer, flags: &[&str]) -> crate::support::test_env::Ran {
    Asst::with_backend(&listener.url()).run([&CREATE[..], flags].concat())
}

#[test]
fn text_is_printed_as_soon_as_it_arrives() {
    let (seen, shown) = mpsc::channel::<()>();
    let shown = std::sync::Mutex::new(Some(shown));
    let listener = MockServer::new(move |_, _| {
        let shown = shown.lock().unwrap().take().unwrap();
        Response::own(move |stream| {
            let (first, rest) = (text(&story()[..6]), text(&story()[6..]) + DONE);
            stream.write_all(format!("{HEAD}{first}").as_bytes()).unwrap();
            // The rest is not sent before the first word was read.
            shown.recv().unwrap();
            stream.write_all(rest.as_bytes()).unwrap();
        })
    });
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command([&CREATE[..], &["--stream"]].concat()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut word = [0; 3];
    out.read_exact(&mut word).unwrap();
    assert_eq!(&word, b"Hel");
    seen.send(()).unwrap();
    let mut rest = String::new();
    out.read_to_string(&mut rest).unwrap();
    assert_eq!(format!("Hel{rest}"), SAID);
    assert!(child.wait().unwrap().success());
}

#[test]
fn a_stream_may_be_split_anywhere() {
    let unix = whole();
    let windows = unix.replace('\n', "\r\n");
    let talkative = unix.replace("\n\n", "\n\n: still here\n\nretry: 5\n\n");
    let split = unix.replace(",\"object\"", ",\ndata: \"object\"");
    for (stream, piece) in [(unix, 1), (windows.clone(), 1), (windows, 1_000_000), (talkative, 13), (split, 5)] {
        let listener = MockServer::new(move |_, _| streamed(&stream, piece));
        let ran = run_with(&listener, &["--stream"]).ok();
        assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (SAID, ""), "{piece}");
        assert_eq!(listener.lines(), ["POST /v1/threads/thread_1/runs"], "{piece}");
        assert_eq!(listener.requests()[0].json()["stream"], true, "{piece}");
    }
}

#[test]
fn stream_in_the_body_works_like_the_flag() {
    let listener = told(whole());
    assert_eq!(run_with(&listener, &["--body", r#"{"stream":true}"#]).ok().stdout, SAID);
    assert_eq!(run_with(&listener, &["--stream=false", "--body", r#"{"stream":true}"#]).code(10).stdout, "");
}

#[test]
fn each_event_is_printed_as_a_json_line_unchanged() {
    let odd = "event: thread.dream.begun\ndata: {\"n\": 1.50,\ndata:  \"x\": [ ]}\n\n";
    let listener = told(text(&story()[..10]) + odd + &text(&story()[10..]) + DONE);
    let ran = run_with(&listener, &["--stream", "-o", "jsonl"]).ok();
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(lines.len(), story().len() + 2);
    for (line, (name, data)) in lines.iter().zip(&story()[..10]) {
        assert_eq!(*line, format!("{{\"event\":\"{name}\",\"data\":{data}}}"), "{line:?}");
    }
    assert_eq!(lines[10], r#"{"event":"thread.dream.begun","data":{"n": 1.50,  "x": [ ]}}"#);
    assert_eq!(lines[12], r#"{"event":"done","data":"[DONE]"}"#);
    let ran = run_with(
        &listener,
        &["--stream", "-o", "jsonl", "--jq", "select(.event|test(\"delta\")).data.delta.content[0].text.value"],
    );
    assert_eq!(ran.ok().stdout, "Hel\nlo, wörld 🎉\n\nand more\n");
}

#[test]
fn other_formats_print_the_run_at_its_end() {
    let listener = told(whole());
    assert_eq!(run_with(&listener, &["--stream", "-o", "json"]).ok().json(), run("completed"));
    assert_eq!(run_with(&listener, &["--stream", "-o", "id"]).ok().stdout, "run_1\n");
    assert_eq!(run_with(&listener, &["--stream", "--jq", ".status"]).ok().stdout, "completed\n");
    assert_eq!(run_with(&listener, &["--stream", "--columns", "status"]).ok().stdout, "completed\n");
    let yaml = run_with(&listener, &["--stream", "-o", "yaml"]).ok().stdout;
    assert!(yaml.contains("status: completed\n"), "{yaml}");
}

#[test]
fn citations_are_printed_as_footnotes() {
    let cited = |index: u64, text: &str, file: &str| json!({"index": index, "type": "file_citation", "text": text, "file_citation": {"file_id": file}, "start_index": 5, "end_index": 9});
    let annotations = json!([cited(0, "【1†a】", "file-1"), cited(1, "【2†b】", "file-2")]);
    let with_annotation = json!({"id": "msg_1", "delta": {"content": [
        {"index": 0, "type": "text", "text": {"value": "【1†a】", "annotations": [annotations[0]]}}
    ]}});
    let said = "Paris【1†a】 or【2†b】.";
    let mut late = run("completed");
    late["status"] = json!("completed");
    let events = [
        ("thread.run.created", run("queued")),
        created("msg_1"),
        delta("msg_1", "Paris"),
        ("thread.message.delta", with_annotation),
        // The annotation of this citation arrives only with the complete message.
        delta("msg_1", " or【2†b】."),
        ("thread.message.completed", message("msg_1", said, &annotations)),
        ("thread.run.completed", late),
    ];
    let stream = text(&events) + DONE;
    let answer = message("msg_1", said, &annotations);
    let listener = MockServer::new(move |request, _| match (request.method.as_str(), request.target.as_str()) {
        ("POST", _) if request.json()["stream"] == true => streamed(&stream, 9),
        ("POST", _) => Response::json(200, &run("completed")),
        (_, "/v1/files/file-1") => Response::json(200, &json!({"id": "file-1", "filename": "a\u{1b}.txt"})),
        _ if lists_messages(request) => list(std::slice::from_ref(&answer)),
        _ => Response::error(404, "No such File object", None),
    });
    shows!(run_with(&listener, &["--stream"]), @r"
    Paris[1] or【2†b】.

    [1] file-1 a.txt
    [2] 【2†b】 file-2
    exit 0
    ");
    shows!(run_with(&listener, &["--wait"]), @r"
    Paris[1] or[2].

    [1] file-1 a.txt
    [2] file-2
    exit 0
    ");
}

/// Text from outside must not control a terminal. A pipe receives it unchanged.
#[cfg(unix)]
#[test]
fn a_terminal_gets_no_control_characters() {
    use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
    let evil = "a\u{1b}]0;title\u{7}b\u{202e}c\u{9b}31m\n";
    let events =
        [("thread.run.created", run("queued")), delta("msg_1", evil), ("thread.run.completed", run("completed"))];
    let listener = told(text(&events) + DONE);
    assert_eq!(run_with(&listener, &["--stream"]).ok().stdout, evil);
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
    let terminal = std::fs::OpenOptions::new().read(true).write(true).open(&name).unwrap();
    let asst = Asst::with_backend(&listener.url());
    for (flags, expected) in [
        (&["--stream"][..], "a]0;titlebc31m\r\n"),
        (
            &["--stream", "-o", "jsonl", "--jq", "select(.event|test(\"delta\")).data.delta.content[0].text.value"],
            "a]0;titlebc31m\r\n\r\n",
        ),
    ] {
        let mut command = asst.command([&CREATE[..], flags].concat());
        assert!(command.stdout(terminal.try_clone().unwrap()).status().unwrap().success(), "{flags:?}");
        let mut seen = vec![0; 4096];
        let length = rustix::io::read(&master, &mut seen).unwrap();
        assert_eq!(String::from_utf8_lossy(&seen[..length]), expected, "{flags:?}");
    }
}

#[test]
fn messages_are_separated_and_images_are_named() {
    let image = json!({"id": "msg_2", "delta": {"content": [
        {"index": 0, "type": "image_file", "image_file": {"file_id": "file-9"}},
        {"index": 1, "type": "text", "text": {"value": "see above", "annotations": []}}
    ]}});
    let refusal = json!({"id": "msg_3", "delta": {"content": [{"index": 0, "type": "refusal", "refusal": "no"}]}});
    let mut question = message("msg_0", "not the assistant's", &json!([]));
    question["role"] = json!("user");
    let events = [
        ("thread.run.created", run("queued")),
        ("thread.message.created", question.clone()),
        ("thread.message.completed", question),
        delta("msg_0", "not the assistant's"),
        created("msg_1"),
        delta("msg_1", "one"),
        ("thread.message.delta", image),
        ("thread.message.delta", refusal),
        ("thread.run.completed", run("completed")),
    ];
    let listener = told(text(&events) + DONE);
    assert_eq!(run_with(&listener, &["--stream"]).ok().stdout, "one\n\n[image file-9]\nsee above\n\nno\n");
}

#[test]
fn calls_and_steps_are_printed_as_notes() {
    let step = |calls: Value| {
        json!({"id": "step_1", "object": "thread.run.step", "type": "tool_calls", "status": "completed",
            "step_details": {"type": "tool_calls", "tool_calls": calls}})
    };
    let calls = json!([
        {"id": "c1", "type": "code_interpreter", "code_interpreter": {"input": "1 +\n\u{1b}[31m1", "outputs": []}},
        {"id": "c2", "type": "file_search", "file_search": {"results": [{}, {}]}},
        {"id": "c3", "type": "function", "function": {"name": "f", "arguments": "{}", "output": "42"}}
    ]);
    let events = [
        ("thread.run.created", run("queued")),
        ("thread.run.step.completed", step(calls)),
        ("thread.run.requires_action", waiting_run()),
    ];
    let listener = told(text(&events) + DONE);
    shows!(run_with(&listener, &["--stream"]), @r#"
    --- stderr ---
    note: code_interpreter: 1 + [31m1
    note: file_search: 2 results
    note: f({}) = 42
    note: get_weather({"city":"Paris"}) [call_1]
    error: run run_1 of thread_1 requires action
      caused by: it waits for the outputs of get_weather (call_1)
      hint: `asst runs submit-tool-outputs thread_1 run_1 --tool-output call_1=TEXT` submits them
    exit 24
    "#);
}

#[test]
fn outputs_are_submitted_and_the_rest_of_the_run_is_streamed() {
    let old = json!({"id": "step_0", "type": "tool_calls", "status": "completed", "step_details": {"type": "tool_calls",
        "tool_calls": [{"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}", "output": "x"}}]}});
    let mut events = vec![("thread.run.step.completed", old)];
    events.extend(story().split_off(1));
    let listener = told(text(&events) + DONE);
    let asst = Asst::with_backend(&listener.url());
    let ran = asst.run(["runs", "submit", "thread_1", "run_1", "--tool-output", "call_1=x", "--stream"]).ok();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), (SAID, "note: f({}) = x\n"));
    let body = json!({"tool_outputs": [{"tool_call_id": "call_1", "output": "x"}], "stream": true});
    assert_eq!(listener.requests()[0].json(), body);
}

#[test]
fn a_dry_run_shows_the_request_and_sends_nothing() {
    let listener = told(whole());
    let ran = run_with(&listener, &["--stream", "--wait", "--dry-run"]).ok();
    assert!(ran.stdout.contains("\"stream\": true"), "{}", ran.stdout);
    let asst = Asst::with_backend(&listener.url());
    let ran = asst.run(["runs", "wait", "thread_1", "run_1", "run_2", "--dry-run"]).ok();
    assert!(ran.stdout.contains("GET ") && ran.stdout.contains("/threads/thread_1/runs/run_2"), "{}", ran.stdout);
    assert!(listener.lines().is_empty());
}

#[test]
fn a_trace_prints_the_events_of_a_stream() {
    let listener = told(whole());
    let ran = run_with(&listener, &["--stream", "--trace=full"]).ok();
    assert!(ran.stderr.contains("< event: done") || ran.stderr.contains("[DONE]"), "{}", ran.stderr);
    assert_eq!(ran.stdout, SAID);
}
