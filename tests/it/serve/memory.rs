//! The memory use of bodies: a small multiple of their length, which is freed afterwards.

use crate::support::memory::most_kib;
use crate::support::raw_http::call;
use crate::support::test_env::{Asst, Server, eventually};
use serde_json::{Value, json};
use std::sync::Arc;

const MIB: usize = 1 << 20;
const LONG: usize = 15 * MIB;

/// Returns an assistant whose tool has parameters of about this many bytes, in this many strings.
fn wide(bytes: usize, strings: usize) -> Value {
    let words = vec![Value::from("x".repeat(bytes / strings)); strings];
    let function = json!({ "name": "f", "parameters": { "type": "object", "enum": words } });
    json!({ "model": "echo", "tools": [{ "type": "function", "function": function }] })
}

/// Returns a body with this many numbers.
fn dense(numbers: usize) -> Value {
    json!({ "model": "echo", "metadata": vec![0; numbers] })
}

/// Returns the current memory of a process in MiB.
fn now(server: &Server) -> Option<usize> {
    let text = std::fs::read_to_string(format!("/proc/{}/status", server.pid())).ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<usize>().ok().map(|kib| kib / 1024)
}

/// Posts a body this many times in parallel, and returns the statuses of the answers.
fn post(server: &Server, body: &Value, times: usize) -> Vec<u16> {
    let (url, body) = (server.url.clone(), Arc::new(body.clone()));
    let posting: Vec<_> = (0..times)
        .map(|_| {
            let (url, body) = (url.clone(), Arc::clone(&body));
            std::thread::spawn(move || call(&url, "POST", "/assistants", Some(&body)).map_or(0, |(status, _)| status))
        })
        .collect();
    posting.into_iter().map(|one| one.join().unwrap()).collect()
}

/// Returns a server with its store in a folder, and its memory before the first request.
fn server() -> (Asst, Server, Option<usize>) {
    let asst = Asst::new();
    let server = asst.serve(&["--store", asst.work().join("store").to_str().unwrap()]);
    let before = now(&server);
    (asst, server, before)
}

fn grown(server: &Server, before: Option<usize>) -> usize {
    most_kib(server.pid()).map_or(0, |kib| kib as usize / 1024).saturating_sub(before.unwrap_or_default())
}

#[test]
fn a_refused_body_takes_little_memory() {
    let (_asst, server, before) = server();
    assert_eq!(post(&server, &dense(LONG / 2), 1), [413]);
    let grown = grown(&server, before);
    assert!(grown < 8 * 15, "{grown} MiB");
}

#[test]
fn an_accepted_body_takes_a_small_multiple_and_is_freed() {
    for strings in [1, 1_000, 50_000] {
        let (_asst, server, before) = server();
        assert_eq!(post(&server, &wide(LONG, strings), 1), [200], "{strings}");
        let grown = grown(&server, before);
        assert!(grown < 8 * 15, "{strings}: {grown} MiB");
        let kept = || now(&server).unwrap_or_default().saturating_sub(before.unwrap_or_default());
        eventually(&format!("{grown} MiB of {strings} strings to be freed"), || (kept() < 40).then_some(()));
    }
}

#[test]
fn many_parallel_bodies_stay_within_the_memory_budget() {
    for (body, times) in [(wide(LONG, 1_000), 6), (wide(MIB, 50_000), 24), (dense(59_000), 40)] {
        let (_asst, server, before) = server();
        let statuses = post(&server, &body, times);
        assert!(statuses.iter().all(|status| [200, 400, 503].contains(status)), "{statuses:?}");
        let grown = grown(&server, before);
        assert!(grown < 640, "{times} times {} bytes: {grown} MiB", body.to_string().len());
    }
}

#[test]
fn a_list_of_long_objects_is_split_into_readable_pages() {
    let (asst, server, _) = server();
    let asst = asst.env("OPENAI_BASE_URL", &server.url).env("OPENAI_API_KEY", "any");
    let dense = wide(400_000, 50_000);
    for (body, times) in [(dense, 6), (wide(10 * MIB, 100), 4)] {
        assert!(post(&server, &body, times).iter().all(|status| *status == 200), "{body:?}");
    }
    assert_eq!(asst.run(["assistants", "list", "-o", "id"]).ok().ids().len(), 10);
}
