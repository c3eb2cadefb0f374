//! The worker process: it ends with its task, and is never left behind.

use super::hostile::endless_pdf;
use super::samples::pdf;
use super::{limits, start};
use crate::support::test_env::eventually;
use asst::extract::FailureCode;
use std::fs;
use std::io::{Seek, Write};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// Starts a worker on a file, as the server does.
fn worker(file: &[u8], memory: u64) -> Command {
    let mut input = tempfile::tempfile().unwrap();
    input.write_all(file).unwrap();
    input.rewind().unwrap();
    let mut command = Command::new(assert_cmd::cargo::cargo_bin!("asst"));
    command.args(["__extract", "pdf", "60000", &memory.to_string(), "1000000"]);
    command.env_clear().stdin(input).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Returns `true` if this process has a worker for a task of this many milliseconds.
fn has_worker(millis: &str) -> bool {
    let own = std::process::id();
    fs::read_dir("/proc").unwrap().flatten().any(|entry| {
        let read = |file| fs::read_to_string(entry.path().join(file)).unwrap_or_default();
        let parent = read("stat").rsplit(") ").next().and_then(|rest| rest.split(' ').nth(1)?.parse().ok());
        let cmdline = read("cmdline");
        let is_worker =
            cmdline.split('\0').any(|word| word == "__extract") && cmdline.split('\0').any(|word| word == millis);
        parent == Some(own) && is_worker && !read("stat").contains(") Z ")
    })
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 1)]
async fn a_dropped_extraction_ends_its_worker() {
    let mut limits = limits();
    limits.time = Duration::from_millis(58_123);
    let extraction = start(&endless_pdf(), "a.pdf", limits);
    eventually("a worker", || has_worker("58123").then_some(()));
    drop(extraction);
    eventually("the end of the worker", || (!has_worker("58123")).then_some(()));
}

#[test]
fn a_worker_without_a_parent_ends() {
    let begun = Instant::now();
    let mut child = worker(&endless_pdf(), 1 << 30).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert!(begun.elapsed() < Duration::from_secs(30), "{:?}", begun.elapsed());
}

#[test]
fn a_worker_has_no_environment_and_no_credentials() {
    // The environment is empty, and nothing but the events is printed.
    let output = worker(&pdf(b"BT /F1 10 Tf (text) Tj ET"), 1 << 30).output().unwrap();
    assert!(output.status.success() && output.stderr.is_empty(), "{output:?}");
    assert_eq!(output.stdout, b"P\0\0\0\x04textC\0\0\0\0");
}

#[tokio::test]
async fn a_worker_that_cannot_start_is_a_server_error() {
    let mut limits = limits();
    limits.worker = Some("/nonexistent/asst".into());
    let mut extraction = start(&pdf(b""), "a.pdf", limits);
    let failure = extraction.next().await.unwrap().unwrap_err();
    assert_eq!(failure.code, FailureCode::ServerError);
    assert!(failure.detail.is_some() && !failure.message.contains("nonexistent"), "{failure:?}");
}

#[tokio::test]
async fn output_that_is_no_event_is_not_taken_for_text() {
    let mut limits = limits();
    limits.worker = Some("/bin/echo".into());
    let mut extraction = start(&pdf(b""), "a.pdf", limits);
    let failure = extraction.next().await.unwrap().unwrap_err();
    assert_eq!(failure.code, FailureCode::InvalidFile, "{failure:?}");
}

#[test]
fn wrong_arguments_do_not_start_a_worker() {
    let asst = assert_cmd::cargo::cargo_bin!("asst");
    for args in [&["__extract"][..], &["__extract", "txt", "1", "1", "1"], &["__extract", "pdf", "1", "1"]] {
        let output = Command::new(asst).args(args).stdin(Stdio::null()).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{args:?}: {output:?}");
        assert!(output.stdout.is_empty(), "{args:?}: {output:?}");
    }
}
