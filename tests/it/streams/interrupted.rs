//! Ctrl-C and SIGTERM while a run is in progress.
#![cfg(unix)]

use super::*;
use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, eventually};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use std::fs::{File, OpenOptions};
use std::io::Read;
use std::process::{Child, Command};

fn signal(child: &Child, signal: &str) {
    assert!(Command::new("kill").args([signal, &child.id().to_string()]).status().unwrap().success());
}

/// Returns a server whose run is in progress until it is cancelled.
fn going() -> MockServer {
    MockServer::new(|request, _| match request.method.as_str() {
        "POST" if request.target.ends_with("/cancel") => Response::json(200, &run("cancelling")),
        "POST" if request.json()["stream"] == true => hanging(&text(&story()[..6])),
        _ => Response::json(200, &run("in_progress")),
    })
}

fn cancels(listener: &MockServer) -> usize {
    listener.lines().iter().filter(|line| *line == "POST /v1/threads/thread_1/runs/run_1/cancel").count()
}

/// Waits until the client has the ID of the run: its first word was printed, or it was polled.
fn known(listener: &MockServer, child: &mut Child, streams: bool) {
    if streams {
        child.stdout.as_mut().unwrap().read_exact(&mut [0; 3]).unwrap();
    } else {
        eventually("a poll", || listener.lines().iter().any(|line| line.starts_with("GET")).then_some(()));
        // The request of a poll may arrive before its answer was read, so a second poll is needed.
        eventually("a second poll", || (listener.lines().len() > 3).then_some(()));
    }
}

#[test]
fn an_interrupt_leaves_the_run_and_prints_how_to_continue() {
    for (flags, name, code) in [(["--stream"], "-INT", 130), (["--wait"], "-TERM", 143)] {
        let listener = going();
        let asst = Asst::with_backend(&listener.url());
        let mut child = asst.command([&CREATE[..], &flags].concat()).spawn().unwrap();
        known(&listener, &mut child, flags == ["--stream"]);
        signal(&child, name);
        let ran = asst.ran(child.wait_with_output().unwrap()).code(code);
        ran.says("; run run_1 of thread_1 continues\n").says("`asst runs wait thread_1 run_1` waits for it");
        assert_eq!(cancels(&listener), 0, "{flags:?}");
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
    }
}

#[test]
fn cancel_on_interrupt_cancels_the_run() {
    for (flags, name, code) in [(["--stream"], "-TERM", 143), (["--wait"], "-INT", 130)] {
        let listener = going();
        let asst = Asst::with_backend(&listener.url());
        let mut child = asst.command([&CREATE[..], &flags, &["--cancel-on-interrupt"]].concat()).spawn().unwrap();
        known(&listener, &mut child, flags == ["--stream"]);
        signal(&child, name);
        asst.ran(child.wait_with_output().unwrap()).code(code).says("warning: run run_1 of thread_1 is cancelling");
        assert_eq!(cancels(&listener), 1, "{flags:?}");
    }
}

#[test]
fn an_interrupt_during_the_create_leaves_an_open_intent() {
    let listener = MockServer::new(|_, _| Response::Stall);
    let asst = Asst::with_backend(&listener.url());
    let child = asst.command([&CREATE[..], &["--stream", "--cancel-on-interrupt"]].concat()).spawn().unwrap();
    eventually("the create", || (!listener.lines().is_empty()).then_some(()));
    signal(&child, "-INT");
    asst.ran(child.wait_with_output().unwrap()).code(130).says("stays open");
    assert_eq!(listener.lines().len(), 1);
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}

#[test]
fn an_interrupt_ends_a_command_that_blocks_on_a_full_pipe() {
    let listener = MockServer::new(|_, _| {
        let long: Vec<_> = (0..20_000).map(|_| delta("msg_1", "some words and more of them\n")).collect();
        streamed(&(text(&story()[..5]) + &text(&long)), 1 << 16)
    });
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command([&CREATE[..], &["--stream"]].concat()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    // The first byte was written, and the pipe is too small for the rest.
    out.read_exact(&mut [0]).unwrap();
    crate::support::pipes::until_full(&out);
    signal(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

/// A command at a terminal, with a pipe as its standard output.
struct AtTerminal {
    child: Child,
    master: File,
    said: String,
}

impl AtTerminal {
    fn start(mut command: Command) -> Self {
        let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&master).unwrap();
        unlockpt(&master).unwrap();
        let name = ptsname(&master, Vec::new()).unwrap().into_string().unwrap();
        let terminal = || OpenOptions::new().read(true).write(true).open(&name).unwrap();
        let child = command.stdin(terminal()).stderr(terminal()).spawn().unwrap();
        drop(command);
        Self { child, master: File::from(master), said: String::new() }
    }

    /// Reads the output until it contains a text.
    fn until(&mut self, text: &str) {
        let mut said = Vec::new();
        while !String::from_utf8_lossy(&said).contains(text) {
            let mut byte = [0];
            assert_eq!(self.master.read(&mut byte).unwrap_or(0), 1, "{}", String::from_utf8_lossy(&said));
            said.extend(byte);
        }
        self.said.push_str(&String::from_utf8_lossy(&said));
    }

    fn end(mut self) -> (Option<i32>, String) {
        let mut master = self.master;
        let rest = std::thread::spawn(move || {
            let mut rest = Vec::new();
            let _ = master.read_to_end(&mut rest);
            rest
        });
        let code = self.child.wait().unwrap().code();
        self.said.push_str(&String::from_utf8_lossy(&rest.join().unwrap()));
        (code, self.said)
    }
}

#[test]
fn an_interrupt_at_a_terminal_shows_a_prompt() {
    for (answer, expected) in [("y\n", 1), ("n\n", 0)] {
        let listener = going();
        let asst = Asst::with_backend(&listener.url());
        let mut seat = AtTerminal::start(asst.command([&CREATE[..], &["--stream"]].concat()));
        known(&listener, &mut seat.child, true);
        signal(&seat.child, "-INT");
        seat.until("cancel run run_1 of thread_1? [y/N] ");
        seat.master.write_all(answer.as_bytes()).unwrap();
        let (code, said) = seat.end();
        assert_eq!((code, cancels(&listener)), (Some(130), expected), "{said}");
        assert!(said.contains("`asst runs wait thread_1 run_1` waits for it"), "{said}");
    }
}

#[test]
fn a_second_interrupt_ends_the_command_at_once() {
    let listener = going();
    let asst = Asst::with_backend(&listener.url());
    let mut seat = AtTerminal::start(asst.command([&CREATE[..], &["--stream"]].concat()));
    known(&listener, &mut seat.child, true);
    // Only the watchdog handles a second signal, and it starts after a twentieth of a second.
    std::thread::sleep(WHILE);
    signal(&seat.child, "-INT");
    seat.until("[y/N] ");
    signal(&seat.child, "-INT");
    let (code, said) = seat.end();
    assert_eq!((code, cancels(&listener)), (Some(130), 0), "{said}");
}

#[test]
fn a_closed_standard_output_is_no_failure() {
    let listener = MockServer::new(|_, _| {
        let long: Vec<_> = (0..20_000).map(|_| delta("msg_1", "some words and more of them\n")).collect();
        streamed(&(text(&story()[..5]) + &text(&long) + &text(&story()[10..])), 1 << 16)
    });
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command([&CREATE[..], &["--stream"]].concat()).spawn().unwrap();
    child.stdout.take().unwrap().read_exact(&mut [0; 4]).unwrap();
    asst.ran(child.wait_with_output().unwrap()).ok();
}

#[test]
fn cancel_on_interrupt_cancels_a_named_run_before_the_first_response() {
    let listener = MockServer::new(|request, _| match request.method.as_str() {
        "POST" => Response::json(200, &run("cancelling")),
        _ => Response::Stall,
    });
    let asst = Asst::with_backend(&listener.url());
    let child = asst.command(["runs", "wait", "thread_1", "run_1", "--cancel-on-interrupt"]).spawn().unwrap();
    eventually("the first look", || (!listener.lines().is_empty()).then_some(()));
    signal(&child, "-INT");
    asst.ran(child.wait_with_output().unwrap()).code(130).says("warning: run run_1 of thread_1 is cancelling");
    assert_eq!(cancels(&listener), 1);
}

#[test]
fn json_notes_after_an_interrupt_are_not_empty() {
    let listener = going();
    let asst = Asst::with_backend(&listener.url());
    let mut seat = AtTerminal::start(asst.command([&CREATE[..], &["--stream", "-o", "jsonl"]].concat()));
    known(&listener, &mut seat.child, true);
    signal(&seat.child, "-INT");
    seat.until("[y/N] ");
    seat.master.write_all(b"n\n").unwrap();
    let (code, said) = seat.end();
    assert_eq!(code, Some(130), "{said}");
    assert!(said.contains("{\"warning\":\"run run_1") && !said.contains("{\"note\":\"\"}"), "{said}");
}
