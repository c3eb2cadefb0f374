//! Handlers end with the command and with the run.

use super::*;
use crate::streams::{list, lists_messages, message, run};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::eventually;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};
use std::time::{SystemTime, UNIX_EPOCH};

/// A handler named `f` that never ends. It and its children ignore SIGTERM, SIGINT and SIGHUP, and all of them hold a
/// pipe open.
const STUBBORN: &str = "exec 3> pipe; trap '' TERM INT HUP; (trap '' TERM INT HUP; sleep 300) & (sleep 300 | sleep 300) &\n\
                        echo up >&3; while :; do sleep 1; done";

/// The read end of the pipe.
struct Pipe(BufReader<File>);

impl Pipe {
    /// Waits until the handler has started.
    fn open(path: &std::path::Path) -> Self {
        let mut pipe = BufReader::new(File::open(path).unwrap());
        let mut line = String::new();
        pipe.read_line(&mut line).unwrap();
        assert_eq!(line, "up\n");
        Self(pipe)
    }

    /// Waits until no process holds the pipe open.
    fn until_let_go(mut self) {
        let (send, receive) = std::sync::mpsc::channel();
        std::thread::spawn(move || send.send(self.0.read_to_end(&mut Vec::new()).unwrap()));
        receive
            .recv_timeout(crate::support::test_env::PATIENCE)
            .expect("somebody of the handler's group is still there");
    }
}

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

#[test]
fn signal_ends_the_handler_and_all_its_processes() {
    for (name, code) in [("-INT", 130), ("-TERM", 143)] {
        for way in ["--wait", "--stream"] {
            let desk = Desk::new(&["f"]);
            let path = desk.asst.named_pipe("pipe");
            desk.handler("f", STUBBORN);
            let child = desk.asst.command(desk.arguments("call f", &["--handlers", ".", way])).spawn().unwrap();
            let pipe = Pipe::open(&path);
            signal(&child, name);
            pipe.until_let_go();
            desk.asst.ran(child.wait_with_output().unwrap()).code(code).says("continues");
        }
    }
}

#[test]
fn signal_ends_the_handler_of_a_blocked_command() {
    let desk = Desk::new(&["f", "g"]);
    let path = desk.asst.named_pipe("pipe");
    desk.handler("f", STUBBORN);
    // The test reads neither the output of the handler nor the messages of the command.
    desk.handler("g", "while :; do echo words and more words >&2; done");
    let mut child = desk.asst.command(desk.arguments("call f\ncall g", &["--handlers", "."])).spawn().unwrap();
    let pipe = Pipe::open(&path);
    // The first byte has arrived. The rest does not fit into the pipe, so the command blocks on its write.
    child.stderr.as_mut().unwrap().read_exact(&mut [0]).unwrap();
    crate::support::pipes::until_full(child.stderr.as_ref().unwrap());
    signal(&child, "-TERM");
    pipe.until_let_go();
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn handler_timeout_and_command_timeout_end_the_process_group() {
    for (flags, code) in [(&["--handler-timeout", "500ms"][..], 0), (&["--timeout", "2s"], 25)] {
        let desk = Desk::new(&["f"]);
        let path = desk.asst.named_pipe("pipe");
        desk.handler("f", STUBBORN);
        let child =
            desk.asst.command(desk.arguments("call f", &[&["--handlers", "."], flags].concat())).spawn().unwrap();
        let pipe = std::thread::spawn(move || Pipe::open(&path));
        desk.asst.ran(child.wait_with_output().unwrap()).code(code);
        pipe.join().unwrap().until_let_go();
    }
}

#[test]
fn background_processes_of_a_handler_end_with_it() {
    let desk = Desk::new(&["f"]);
    let path = desk.asst.named_pipe("pipe");
    desk.handler("f", "exec 3> pipe; (trap '' HUP TERM; sleep 300) & echo up >&3; echo done");
    let child = desk.asst.command(desk.arguments("call f", &["--handlers", "."])).spawn().unwrap();
    let pipe = Pipe::open(&path);
    let ran = desk.asst.ran(child.wait_with_output().unwrap()).ok();
    assert_eq!(ran.stdout, "f: done\n");
    pipe.until_let_go();
}

/// Returns a run that waits for tool outputs and expires in `seconds` seconds.
fn expiring(seconds: u64) -> Value {
    let mut run = waiting("call_1");
    run["expires_at"] = json!(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs() + seconds);
    run
}

#[test]
fn expired_run_ends_its_handlers() {
    let begin = expiring(1);
    let listener = MockServer::new(move |request, before| {
        let over = request.method == "GET" && before > 0;
        if lists_messages(request) {
            list(&[])
        } else {
            Response::json(200, &if over { run("expired") } else { begin.clone() })
        }
    });
    let asst = Asst::with_backend(&listener.url());
    let path = asst.named_pipe("pipe");
    handler(&asst, "get_weather", STUBBORN);
    let flags = ["--handler", "get_weather=./get_weather", "-o", "json"];
    let child = asst.command([&["runs", "wait", "thread_1", "run_1"], &flags[..]].concat()).spawn().unwrap();
    let pipe = Pipe::open(&path);
    let ran = asst.ran(child.wait_with_output().unwrap()).code(22).says("expired");
    ran.says("it ended before its tool calls were answered");
    pipe.until_let_go();
    assert!(!listener.lines().iter().any(|line| line.starts_with("POST")), "nothing was submitted");
}

#[test]
fn late_outputs_report_the_expiry_instead_of_the_refusal() {
    for way in ["--wait", "--stream"] {
        let listener = MockServer::new(|request, _| {
            if request.target.ends_with("/submit_tool_outputs") {
                let message = "Runs in status \"expired\" do not accept tool outputs.";
                return Response::json(400, &json!({"error": {"message": message, "type": "invalid_request_error"}}));
            }
            if lists_messages(request) {
                return list(&[]);
            }
            Response::json(200, &if request.method == "POST" { waiting("call_1") } else { run("expired") })
        });
        let asst = Asst::with_backend(&listener.url());
        handler(&asst, "get_weather", "echo mild");
        let flags = ["--handler", "get_weather=./get_weather", way, "-o", "json"];
        asst.run([&crate::streams::CREATE[..], &flags].concat())
            .code(22)
            .says("it ended before its tool calls were answered");
    }
}

#[test]
fn outputs_that_are_refused_while_the_run_waits_are_a_failure() {
    let listener = MockServer::new(|request, _| {
        if request.target.ends_with("/submit_tool_outputs") {
            return Response::json(400, &json!({"error": {"message": "no", "type": "invalid_request_error"}}));
        }
        Response::json(200, &waiting("call_1"))
    });
    let asst = Asst::with_backend(&listener.url());
    handler(&asst, "get_weather", "echo mild");
    let flags = ["--handler", "get_weather=./get_weather"];
    asst.run([&crate::streams::CREATE[..], &flags].concat()).code(5).says("could not submit");
}

#[test]
fn outputs_of_unknown_outcome_are_not_resent_and_the_run_decides() {
    for (status, code) in [("completed", 0), ("requires_action", 10)] {
        let listener = MockServer::new(move |request, _| {
            if lists_messages(request) {
                return list(&[]);
            }
            match (request.method.as_str(), status) {
                ("POST", _) if request.target.ends_with("/submit_tool_outputs") => Response::Cut,
                ("GET", "completed") => Response::json(200, &run("completed")),
                _ => Response::json(200, &waiting("call_1")),
            }
        });
        let asst = Asst::with_backend(&listener.url());
        handler(&asst, "get_weather", "echo mild");
        let flags = ["--handler", "get_weather=./get_weather"];
        asst.run([&crate::streams::CREATE[..], &flags].concat()).code(code);
        let submits = listener.lines().into_iter().filter(|line| line.ends_with("/submit_tool_outputs")).count();
        assert_eq!(submits, 1, "{status:?}");
    }
}

#[test]
fn run_answered_by_another_client_continues_without_its_handlers() {
    let listener = MockServer::new(|request, before| {
        if lists_messages(request) {
            return list(&[message("msg_1", "answered", &json!([]))]);
        }
        match (request.method.as_str(), before) {
            ("GET", 1) => Response::json(200, &run("queued")),
            ("GET", 2..) => Response::json(200, &run("completed")),
            _ => Response::json(200, &expiring(1)),
        }
    });
    let asst = Asst::with_backend(&listener.url());
    handler(&asst, "get_weather", "exec sleep 300");
    let ran = asst.run(["runs", "wait", "thread_1", "run_1", "--handler", "get_weather=./get_weather"]).ok();
    assert_eq!(ran.stdout, "answered\n");
    eventually("the polls", || (listener.lines().len() >= 3).then_some(()));
}
