//! Faults that fail a request before or after the server has committed it.

use super::{answers, faulty, threads};
use crate::support::test_env::shows;
use std::time::{Duration, Instant};

#[test]
fn latency_fault_delays_the_response() {
    let (_server, asst) = faulty(&["latency=250ms..300ms,on=GET"]);
    let begun = Instant::now();
    asst.run(["assistants", "list"]).ok();
    assert!(begun.elapsed() >= Duration::from_millis(250));
    let (_server, asst) = faulty(&["latency=5m"]);
    asst.run(["assistants", "list", "--request-timeout", "200ms", "--retries", "0"]).code(7).says("no response within");
}

#[test]
fn rate_limit_fault_is_retried() {
    let (_server, asst) = faulty(&["429,retry-after=2,times=2"]);
    let ran = asst.run(["threads", "create", "--trace"]).ok();
    assert_eq!((answers(&ran, "429"), answers(&ran, "200")), (2, 1), "{}", ran.text());
    for header in ["retry-after: 2", "x-ratelimit-remaining-requests: 0", "x-ratelimit-reset-requests: 2000ms"] {
        ran.clone().says(header);
    }
    assert_eq!(threads(&asst), 1);
    let (_server, asst) = faulty(&["429,retry-after=1h"]);
    asst.run(["threads", "create"]).code(6);
    let (_server, asst) = faulty(&["429,code=insufficient_quota"]);
    let ran = asst.run(["threads", "create", "--trace"]).code(6);
    assert_eq!(answers(&ran, "429"), 1, "only the account's owner can cure that");
}

#[test]
fn failure_before_the_commit_creates_nothing() {
    let (_server, asst) = faulty(&["500,on=POST /threads"]);
    asst.run(["threads", "create"]).code(10).says("stays open");
    assert_eq!(threads(&asst), 0);
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}

#[test]
fn failure_after_the_commit_keeps_the_object() {
    let (_server, asst) = faulty(&["500-after-commit,on=POST /threads,times=1"]);
    asst.run(["threads", "create"]).code(10).says("stays open");
    assert_eq!(threads(&asst), 1, "the server has it");
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    asst.run(["threads", "create"]).ok();
    assert_eq!(threads(&asst), 2);
}

#[test]
fn reads_are_retried_until_the_fault_ends() {
    let (_server, asst) = faulty(&["503,body=html,on=GET /assistants,after=1,times=3"]);
    asst.run(["assistants", "list"]).ok();
    let ran = asst.run(["assistants", "list", "--trace"]).ok();
    assert_eq!((answers(&ran, "503"), answers(&ran, "200")), (3, 1), "{}", ran.text());
}

#[test]
fn faults_409_and_422_exit_5_and_403_exits_4() {
    let (_server, asst) =
        faulty(&["409,code=conflict,on=POST /threads", "422,on=POST /assistants", "403,body=empty,on=GET"]);
    shows!(asst.run(["threads", "create"]), @r"
    --- stderr ---
    error: could not create thread: refused (409, code conflict, request id [req])
      caused by: This error was injected by --fault.
    exit 5
    ");
    shows!(asst.run(["assistants", "create", "--model", "echo"]), @r"
    --- stderr ---
    error: could not create assistant: refused (422, request id [req])
      caused by: This error was injected by --fault.
    exit 5
    ");
    asst.run(["assistants", "list"]).code(4);
}

#[test]
fn rate_and_seed_of_a_fault_select_the_requests() {
    let hit = || {
        let (server, _asst) = faulty(&["500,rate=0.4,body=text"]);
        let status = |_| crate::support::raw_http::call(&server.url, "GET", "/assistants", None).unwrap().0;
        (0..30).map(status).collect::<Vec<u16>>()
    };
    let first = hit();
    assert_eq!(first, hit());
    assert!(first.contains(&500) && first.contains(&200), "{first:?}");
}
