//! Commands that wait for somebody else can be stopped at any time.
#![cfg(unix)]

use crate::listener::{Deed, Listener};
use crate::world::{Asst, eventually};
use serde_json::json;
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command};

fn signalled(child: &Child, signal: &str) {
    let id = child.id().to_string();
    assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
}

#[test]
fn a_command_that_fetches_a_key_can_be_stopped() {
    let asst = Asst::new();
    asst.config("[profiles.slow]\nbackend = \"openai\"\napi_key_command = \"echo begun >&2; exec sleep 30\"\n");
    let mut child = asst.command(["-p", "slow", "files", "list"]).spawn().unwrap();
    let mut err = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    err.read_line(&mut line).unwrap();
    assert_eq!(line, "begun\n");
    signalled(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}

#[test]
fn a_doctor_who_waits_for_a_backend_can_be_stopped() {
    let listener = Listener::new(|asked, _| if asked.method == "POST" { Deed::text(500, "{}") } else { Deed::Stall });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["assistants", "create", "--model", "m"]).code(10);
    let mut child = asst.command(["ledger", "doctor"]).spawn().unwrap();
    eventually("the doctor's question", || (listener.lines().len() == 2).then_some(()));
    signalled(&child, "-INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
}

#[test]
fn a_command_whose_output_nobody_reads_can_be_stopped() {
    let body = json!({ "id": "asst_1", "name": "x".repeat(1 << 20) });
    let listener = Listener::new(move |_, _| Deed::json(200, &body));
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command(["assistants", "get", "asst_1", "-o", "json"]).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    // The first byte is there, so the rest is on its way into a pipe that is too short for it.
    out.read_exact(&mut [0]).unwrap();
    signalled(&child, "-TERM");
    assert_eq!(child.wait().unwrap().code(), Some(143));
}
