//! Handlers that are refused before any tool call.

use super::*;
use crate::streams::{CREATE, list, lists_messages, message, run};
use crate::support::mock_server::{MockServer, Response};

#[test]
fn unusable_handlers_fail_before_any_request() {
    let listener = MockServer::new(|_, _| Response::json(200, &run("completed")));
    let asst = Asst::with_backend(&listener.url());
    handler(&asst, "good", "echo x");
    asst.file("text", "not executable");
    asst.file("broken.jsonl", "{\"name\":\"f\"}\n");
    for folder in ["folder", "empty"] {
        std::fs::create_dir(asst.work().join(folder)).unwrap();
    }
    for (flags, says) in [
        (&["--handler", "f=./none"][..], "cannot use ./none as the handler of `f`: no such file"),
        (&["--handler", "f=./text"], "cannot use ./text as the handler of `f`: it is not executable"),
        (&["--handler", "f=./folder"], "cannot use ./folder as the handler of `f`: it is a directory"),
        (
            &["--handler", "f=good"],
            "as the handler of `f`: it is not in PATH; write ./good for a program in the current folder",
        ),
        (&["--handler", "f=./good x"], "cannot use ./good x as the handler of `f`: no such file"),
        (&["--handler", "f=/dev/null"], "it is not a regular file"),
        (&["--handler", "./good"], "expected NAME=PROGRAM, got no `=`"),
        (&["--handler", "=./good"], "before `=`, got ``"),
        (&["--handler", "f="], "expected a program after `f=`"),
        (
            &["--handler", "../f=./good"],
            "expected a function name of 1 to 64 letters, digits, `_` and `-` before `=`, got `../f`",
        ),
        (&["--handler", "f=./good", "--handler", "f=./good"], "expected one handler for `f`, got two"),
        (&["--handlers", "none"], "cannot use none as a folder of handlers: No such file or directory"),
        (&["--handlers", "text"], "cannot use text as a folder of handlers: Not a directory"),
        (&["--handlers", "empty"], "cannot use empty as a folder of handlers: it has no handlers"),
        (&["--handler-timeout", "1s"], "--handler-timeout needs a handler"),
        (&["--on-handler-error", "fail"], "--on-handler-error needs a handler"),
        (&["--handler-log", "log"], "--handler-log needs a handler"),
        (&["--handler", "f=./good", "--handler-timeout", "0"], "expected a duration, got `0`"),
        (
            &["--handler", "f=./good", "--handler-log", "folder"],
            "cannot use folder as a log of handlers: Is a directory",
        ),
        (
            &["--handler", "f=./good", "--handler-log", "none/log"],
            "cannot use none/log as a log of handlers: No such file",
        ),
        (&["--handler-replay", "none"], "cannot use none as a log of handlers: No such file"),
        (
            &["--handler-replay", "broken.jsonl"],
            "cannot use broken.jsonl as a log of handlers: line 1: missing field `arguments`",
        ),
        (&["--handler-replay", "log", "--handler", "f=./good"], "cannot be used with"),
    ] {
        for command in [&CREATE[..], &["runs", "wait", "thread_1", "run_1"]] {
            let ran = asst.run([command, flags].concat()).code(2).says(says);
            assert_eq!(ran.stdout, "", "{command:?}");
        }
    }
    assert!(listener.lines().is_empty());
    assert!(!asst.work().join("log").exists(), "nothing was to be noted");
}

#[test]
fn dry_run_checks_the_handlers_and_starts_nothing() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    handler(&asst, "good", "echo x");
    let flags = ["--dry-run", "--handler", "f=./good", "--handler-log", "log"];
    let ran = asst.run([&CREATE[..], &flags].concat()).ok();
    assert!(ran.stdout.starts_with("POST "), "{}", ran.text());
    assert!(!asst.work().join("log").exists());
    asst.run([&CREATE[..], &["--dry-run", "--handler", "f=./none"]].concat()).code(2);
}

#[test]
fn a_program_is_found_in_path_or_beside_and_never_by_a_shell() {
    let desk = Desk::new(&["f"]);
    let bin = desk.asst.work().join("bin");
    std::fs::create_dir(&bin).unwrap();
    let odd = "a program; touch hacked";
    std::fs::rename(desk.handler("x", "echo found"), bin.join(odd)).unwrap();
    let path = format!("{}:{}", bin.display(), std::env::var("PATH").unwrap());
    for program in [format!("f={odd}"), format!("f=bin/{odd}"), format!("f=./bin/{odd}")] {
        let arguments = desk.arguments("call f", &["--handler", &program]);
        let output = desk.asst.command(arguments).env("PATH", &path).output().unwrap();
        assert_eq!(desk.asst.ran(output).ok().stdout, "f: found\n", "{program}");
    }
    assert!(!desk.asst.work().join("hacked").exists());
}

/// Returns a server with a run that calls this function and has these tools.
fn calling(name: &'static str, tools: Value) -> MockServer {
    MockServer::new(move |request, _| {
        if lists_messages(request) {
            return list(&[message("msg_1", "done", &json!([]))]);
        }
        if request.target.ends_with("/submit_tool_outputs") {
            return Response::json(200, &run("completed"));
        }
        let mut waiting = waiting("call_1");
        waiting["required_action"]["submit_tool_outputs"]["tool_calls"][0]["function"]["name"] = json!(name);
        waiting["tools"] = tools.clone();
        Response::json(200, &waiting)
    })
}

#[test]
fn only_a_function_of_the_run_is_answered_and_only_by_its_exact_name() {
    let tool = |name: &str| json!([{"type": "function", "function": {"name": name}}]);
    for (name, tools, why) in [
        ("f", tool("g"), "it is not among the tools of the run"),
        ("f", json!([]), "it is not among the tools of the run"),
        ("f", Value::Null, "it is not among the tools of the run"),
        ("../desk/f", tool("../desk/f"), "its name is not a valid function name"),
        ("F", tool("F"), "there is no handler for it"),
        ("", tool(""), "its name is not a valid function name"),
    ] {
        let listener = calling(name, tools);
        let asst = Asst::with_backend(&listener.url());
        handler(&asst, "f", "touch ran; echo x");
        asst.run(["runs", "wait", "thread_1", "run_1", "--handlers", "."]).ok();
        let submitted = listener.requests().into_iter().find(|request| request.method == "POST").unwrap().json();
        let output = submitted["tool_outputs"][0]["output"].as_str().unwrap();
        assert_eq!(output, format!("error: the function `{name}` gave no output: {why}"), "{name:?}");
        assert!(!asst.work().join("ran").exists(), "{name}");
    }
}

#[test]
fn handler_folder_is_read_once() {
    let desk = Desk::new(&["f", "g"]);
    desk.handler("f", "printf '#!/bin/sh\\necho never\\n' > g; chmod +x g; echo x");
    let ran = desk.say("call f\ncall g", &["--parallel-tool-calls=false"]).ok();
    assert!(ran.stdout.ends_with("g: error: the function `g` gave no output: there is no handler for it\n"));
    assert!(desk.asst.work().join("g").exists());
}
