//! `asst demo`: the printed commands are real, and nothing is left behind.

use crate::support::transcript::{private, without_ids};
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Stdio};
use tempfile::TempDir;

/// Returns a running demo after its first line was read.
fn begun(home: &TempDir) -> (Child, BufReader<std::process::ChildStdout>) {
    let mut demo = private(assert_cmd::cargo::cargo_bin!("asst"), home.path())
        .arg("demo")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut out = BufReader::new(demo.stdout.take().unwrap());
    let mut line = String::new();
    while !line.starts_with("$ ") {
        line.clear();
        assert_ne!(out.read_line(&mut line).unwrap(), 0, "the demo ended before its first command");
    }
    (demo, out)
}

fn is_empty(folder: &Path) -> bool {
    std::fs::read_dir(folder).unwrap().next().is_none()
}

/// Returns the output of the commands in a transcript.
fn said(transcript: &str) -> String {
    let lines = transcript.lines().filter(|line| !["$ ", "> ", "# "].iter().any(|begin| line.starts_with(begin)));
    lines.filter(|line| !line.is_empty()).map(|line| without_ids(line) + "\n").collect()
}

#[test]
fn the_demo_prints_what_a_shell_prints_and_leaves_no_files() {
    let home = tempfile::tempdir().unwrap();
    let mut demo = private(assert_cmd::cargo::cargo_bin!("asst"), home.path());
    // Variables of the user must not reach the embedded server of the demo.
    for (name, value) in
        [("ASST_PROFILE", "nowhere"), ("ASST_LEDGER", "/nowhere/l.db"), ("OPENAI_BASE_URL", "http://127.0.0.1:9")]
    {
        demo.env(name, value);
    }
    let done = demo.arg("demo").output().unwrap();
    let (played, complaints) = (String::from_utf8(done.stdout).unwrap(), String::from_utf8(done.stderr).unwrap());
    assert_eq!((done.status.code(), complaints.as_str()), (Some(0), ""), "{played}");
    assert!(is_empty(home.path()), "nothing is left");

    let mut shell = private("sh", home.path());
    shell.current_dir(env!("CARGO_MANIFEST_DIR")).args(["-c", "exec 2>&1; . ./examples/demo.sh"]);
    let done = shell.output().unwrap();
    let typed = String::from_utf8(done.stdout).unwrap();
    assert!(done.status.success(), "{typed}");
    assert_eq!(said(&played), said(&typed), "the demo shows what a shell shows");

    for part in
        ["Everybody has 28 days of paid leave in a calendar year.", "tool_calls\tcompleted", "【0:0†handbook.md】"]
    {
        assert!(played.contains(part), "`{part}` is not in\n{played}");
    }
    let (_, weather) = played.split_once("examples/weather/question.txt\n").unwrap();
    for part in [
        "What's the weather in San Francisco today and the likelihood it'll rain?",
        "get_current_temperature: 57",
        "get_rain_probability: 0.06",
        "requires_action",
        "threads list --orphaned",
        "calculate_order_total: 玫瑰 11 枝",
    ] {
        assert!(weather.contains(part), "`{part}` is not in\n{played}");
    }
}

#[cfg(unix)]
#[test]
fn a_failing_step_is_named_and_ends_the_demo() {
    let home = tempfile::tempdir().unwrap();
    // Limits the size of files to a few kB: the examples fit, the store does not.
    let done = private("sh", home.path()).args(["-c", "ulimit -f 16; ulimit -c 0; exec asst demo"]).output().unwrap();
    let complaints = String::from_utf8(done.stderr).unwrap();
    assert!(complaints.contains("a step of the demo failed: asst --local assistants create"), "{complaints}");
    assert!(done.status.code().is_some_and(|code| code != 0), "{complaints}");
    assert!(is_empty(home.path()), "nothing is left");
}

#[test]
fn a_closed_standard_output_is_no_failure() {
    let home = tempfile::tempdir().unwrap();
    let (mut demo, out) = begun(&home);
    drop(out);
    assert_eq!(demo.wait().unwrap().code(), Some(0));
    assert!(is_empty(home.path()), "nothing is left");
}

#[cfg(unix)]
#[test]
fn an_interrupted_demo_cleans_up() {
    for (signal, code) in [("INT", 130), ("TERM", 143)] {
        let home = tempfile::tempdir().unwrap();
        let (mut demo, out) = begun(&home);
        let kill = std::process::Command::new("kill").args([format!("-{signal}"), demo.id().to_string()]).status();
        assert!(kill.unwrap().success(), "{signal:?}");
        assert_eq!(demo.wait().unwrap().code(), Some(code), "{signal:?}");
        assert!(is_empty(home.path()), "nothing is left");
        drop(out);
    }
}
