//! The end of a recording: the exit code is that of the program, whatever ended it.

use super::{Recording, minting};
use crate::support::test_env::{Asst, shows};
use serde_json::json;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::process::Command;

#[test]
fn exit_code_is_that_of_the_program() {
    let (_listener, asst) = minting();
    let run = |script: &str| asst.run(["record", "--", "sh", "-c", script]);
    assert_eq!(run("echo out; echo err >&2").ok().stdout, "out\n");
    run("exit 3").code(3);
    run("exit 255").code(255);
    run("kill -TERM $$").code(143);
    run("kill -KILL $$").code(137);
    let ran = asst.run(["record", "--", "no-such-program-anywhere", "--flag"]).code(127);
    shows!(ran, @r"
    --- stderr ---
    note: session [session]: run `asst record --cleanup-session [session]` to delete the objects that it creates
    error: could not run no-such-program-anywhere
      caused by: No such file or directory (os error 2)
    exit 127
    ");
    let path = asst.file("closed", "#!/bin/sh\n");
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
    asst.run(["record", "--", path.to_str().unwrap()]).code(126).says("could not run");
}

#[test]
fn input_and_output_are_passed_to_and_from_the_program() {
    let (_listener, asst) = minting();
    let ran = asst.fed("in\0put", &["record", "-q", "--", "sh", "-c", "cat; echo err >&2"]).ok();
    assert_eq!((ran.bytes.as_slice(), ran.stderr.as_str()), (&b"in\0put"[..], "err\n"));
}

#[test]
fn program_uses_the_proxy_with_any_profile() {
    let asst = Asst::new();
    let own = assert_cmd::cargo::cargo_bin!("asst").to_str().unwrap().to_owned();
    let script = format!("{own} --no-ledger threads create -o id");
    for chosen in [&["--local"][..], &["--profile", "local"]] {
        let ran = asst.run([chosen, &["record", "--", "sh", "-c", &script]].concat()).ok().says("1 created");
        let row = asst.local(&["ledger", "list", "-o", "json"]).ok().json()[0].clone();
        assert_eq!((&row["id"], &row["source"]), (&json!(ran.id()), &json!("recorded")), "{chosen:?}");
    }
    // The program does not inherit the variable that selected the profile of the recording.
    let ran = asst.env("ASST_LOCAL", "1").run(["record", "--cleanup", "--", "sh", "-c", &script]).ok();
    assert!(ran.stderr.contains("1 created, 1 deleted, 0 left"), "{}", ran.text());
}

/// Starts a recording in a process group of its own. Its program waits for a signal.
fn waiting(asst: &Asst, script: &str) -> (std::process::Child, String) {
    let mut command = asst.command(["record", "--cleanup", "--", "sh", "-c", script]);
    let mut child = command.process_group(0).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, line)
}

fn send(signal: &str, to: &str) {
    assert!(Command::new("kill").args([signal, "--", to]).status().unwrap().success());
}

#[test]
fn signal_ends_the_program_before_the_cleanup() {
    for (signal, group, code) in [("-TERM", "", 7), ("-HUP", "", 7), ("-INT", "-", 7)] {
        let (listener, asst) = minting();
        let own = assert_cmd::cargo::cargo_bin!("asst").to_str().unwrap().to_owned();
        let script = format!(
            "trap 'sleep 0.2; exit 7' TERM HUP INT; {own} --no-ledger threads create -o id; while :; do sleep 0.05; done"
        );
        let (child, id) = waiting(&asst, &script);
        send(signal, &format!("{group}{}", child.id()));
        let ran = asst.ran(child.wait_with_output().unwrap()).code(code);
        assert!(ran.stderr.contains("1 created, 1 deleted, 0 left"), "{signal}: {}", ran.text());
        assert_eq!(listener.lines().last(), Some(&format!("DELETE /v1/threads/{}", id.trim_end())), "{signal}");
    }
}

#[test]
fn program_killed_by_sigterm_exits_143() {
    let (_listener, asst) = minting();
    let (child, _) = waiting(&asst, "echo ready; exec sleep 60");
    send("-TERM", &child.id().to_string());
    asst.ran(child.wait_with_output().unwrap()).code(143);
}

#[test]
fn proxy_closes_when_the_program_ends() {
    let (listener, asst) = minting();
    let recording = Recording::start(&asst, &[]);
    let (host, key) = (recording.host().to_owned(), recording.key.clone());
    recording.end().ok();
    assert!(std::net::TcpStream::connect(host).is_err(), "the proxy with key {key} is still there");
    assert!(listener.lines().is_empty());
}

#[test]
fn contradictory_arguments_are_refused_before_the_program_starts() {
    let (_listener, asst) = minting();
    let run = |args: &[&str]| asst.run([&["record"], args].concat()).code(2);
    run(&[]).says("COMMAND");
    run(&["true"]);
    run(&["--cleanup-session", "rec_1", "--", "true"]);
    run(&["--dry-run", "--", "touch", "made"]).says("cannot run a program");
    run(&["--report", "no/such/folder/report.json", "--", "touch", "made"]).says("there is no folder");
    run(&["--report", ".", "--", "touch", "made"]).says("it is a folder");
    assert!(!asst.work().join("made").exists());
    // Without a backend there is nothing to record.
    Asst::new().run(["record", "--", "true"]).code(4);
}
