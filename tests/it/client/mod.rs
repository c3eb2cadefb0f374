//! The client against faulty backends that fail, cut connections, stall, send wrong data, or repeat themselves.

mod bodies;
mod connections;
mod control_characters;
mod created_objects;
mod dry_run;
mod escapes;
mod http_proxy;
mod json_values;
mod limits;
mod lists;
mod progress;
mod rate_limits;
mod redirects;
mod requests;
mod responses;
mod retries;
mod tls;

use crate::support::memory::measured;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, Ran};
use serde_json::json;
use std::sync::OnceLock;

/// The memory in MiB that a command may use for what the backend sends.
const MEMORY_OF_RESPONSES: u64 = 54;

/// Returns the memory limit of a command in MiB: that of a command which sends no request, and that of the responses. A
/// release build needs 10 MiB without a request, so its limit is 64 MiB. A debug build needs about 40 MiB.
fn memory_limit() -> u64 {
    static WITHOUT_REQUEST: OnceLock<u64> = OnceLock::new();
    let measure = || {
        let asst = Asst::with_backend("http://127.0.0.1:1");
        let (ran, peak) = measured(&asst, ["threads", "get", "thread_1", "--dry-run"]);
        ran.ok();
        peak.unwrap_or(10)
    };
    *WITHOUT_REQUEST.get_or_init(measure) + MEMORY_OF_RESPONSES
}

const KEY: &str = "sk-test-0123456789";

fn thread() -> Response {
    Response::json(200, &json!({ "id": "thread_1", "object": "thread", "created_at": 1_700_000_000, "metadata": {} }))
}

fn failed(status: u16) -> Response {
    Response::error(status, "The server had an error", Some("server_error"))
}

fn deleted(id: &str, deleted: bool) -> Response {
    Response::json(200, &json!({ "id": id, "object": "thread.deleted", "deleted": deleted }))
}

/// Returns a listener with these responses, and a user whose backend it is.
fn hostile(deeds: impl IntoIterator<Item = Response>) -> (MockServer, Asst) {
    let listener = MockServer::scripted(deeds);
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

/// Runs a command against these responses and checks the failure: the code, the text, an empty standard output, no key
/// in any output, little memory, and no hang.
#[track_caller]
fn fails(deeds: impl IntoIterator<Item = Response>, args: &[&str], code: i32, text: &str) -> (MockServer, Asst, Ran) {
    let (listener, asst) = hostile(deeds);
    let (ran, peak) = measured(&asst, args);
    let ran = ran.code(code).says(text);
    assert_eq!(ran.stdout, "", "{}", ran.text());
    assert!(!ran.text().contains(KEY), "{}", ran.text());
    assert!(ran.stderr.len() < 4_000, "{} bytes are no message", ran.stderr.len());
    assert!(peak.is_none_or(|peak| peak < memory_limit()), "{peak:?} MiB");
    (listener, asst, ran)
}

/// As [`fails`], for a read without retries.
#[track_caller]
fn unread(deed: Response, code: i32, text: &str) -> Ran {
    fails([deed], &["threads", "get", "thread_1", "--retries", "0"], code, text).2
}
