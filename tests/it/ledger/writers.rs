//! Several processes, and processes that are killed: every create has a row or an open intent.

use crate::support::ledger::threads;
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, eventually, minting, shows};
use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::sync::{Arc, Condvar, Mutex};

#[test]
fn eight_processes_lose_and_duplicate_nothing() {
    const EACH: usize = 8;
    let (listener, asst) = minting();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| (0..EACH).for_each(|_| drop(asst.run(["threads", "create"]).ok())));
        }
    });
    assert_eq!(listener.lines().len(), 8 * EACH);
    let rows = asst.run(["threads", "list", "-o", "id"]).ok().ids();
    let unique: BTreeSet<&String> = rows.iter().collect();
    assert_eq!((rows.len(), unique.len()), (8 * EACH, 8 * EACH));
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_crash_leaves_a_row_or_an_open_intent() {
    let (listener, asst) = minting();
    let start = std::time::Instant::now();
    asst.run(["threads", "create"]).ok();
    // The steps cover the time from before the request to after the answer, on any machine.
    let step = start.elapsed() / 20;
    for round in 0..24_u32 {
        let mut child = asst.command(["threads", "create"]).spawn().unwrap();
        let start = std::time::Instant::now();
        while start.elapsed() < step * round && child.try_wait().unwrap().is_none() {
            std::thread::yield_now();
        }
        let _ = child.kill();
        child.wait().unwrap();
    }
    let made = listener.lines().len();
    let known = threads(&asst).len();
    let open = asst.run(["ledger", "doctor", "-o", "json"]).ok().json().as_array().unwrap().len();
    assert!(made > 1, "no process lived long enough");
    assert!(known + open >= made, "{made} were made; {known} are known and {open} intents are open");
    // There may be more intents than creates: some processes were killed before the request.
    assert!(known <= made);
}

#[test]
fn printed_deletions_are_in_the_ledger_whenever_the_process_is_killed() {
    const LAST: &str = "_299";
    // The last answer never arrives, so the process cannot end by itself.
    let listener =
        MockServer::new(
            |request, before| if request.target.ends_with(LAST) { Response::Stall } else { mint(request, before) },
        );
    let asst = Asst::with_backend(&listener.url());
    for printed in [1, 40, 299] {
        let ids = (0..300).map(|number| format!("thread_{printed}_{number}"));
        let delete = ["threads", "delete", "--concurrency", "16"].map(str::to_owned);
        let mut child = asst.command(delete.into_iter().chain(ids)).stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines().take(printed);
        let printed: Vec<String> = lines.map(|line| line.unwrap().split('\t').next().unwrap().to_owned()).collect();
        child.kill().unwrap();
        child.wait().unwrap();
        let known = asst.run(["ledger", "list", "--state", "deleted", "-o", "id"]).ok().ids();
        let known: BTreeSet<String> = known.into_iter().collect();
        let lost: Vec<&String> = printed.iter().filter(|id| !known.contains(*id)).collect();
        assert!(lost.is_empty(), "printed and not recorded: {lost:?}");
    }
}

#[test]
fn a_kill_between_request_and_response_leaves_an_open_intent() {
    let gate = Arc::new((Mutex::new(false), Condvar::new()));
    let held = Arc::clone(&gate);
    let listener = MockServer::new(move |request, before| {
        let (open, opened) = &*held;
        drop(opened.wait_while(open.lock().unwrap(), |open| !*open).unwrap());
        mint(request, before)
    });
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command(["threads", "create"]).spawn().unwrap();
    eventually("the request", || (!listener.lines().is_empty()).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    *gate.0.lock().unwrap() = true;
    gate.1.notify_all();
    assert_eq!(threads(&asst).len(), 0);
    let ran = asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    shows!(ran, @r"
    [intent]	create thread	[time]	[origin]
    --- stderr ---
    1 open intent: `asst ledger settle INTENT ID|--none` closes it
    exit 9
    ");
    let intent = ran.id();
    asst.run(["ledger", "settle", &intent, "thread_000000000000000000000000"]).ok();
    assert_eq!(threads(&asst), ["thread_000000000000000000000000"]);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[cfg(unix)]
#[test]
fn an_interrupted_create_reports_its_open_intent() {
    let listener = MockServer::new(|_, _| Response::Stall);
    let asst = Asst::with_backend(&listener.url());
    let child = asst.command(["threads", "create"]).spawn().unwrap();
    eventually("the request", || (!listener.lines().is_empty()).then_some(()));
    let pid = child.id().to_string();
    assert!(std::process::Command::new("kill").args(["-INT", &pid]).status().unwrap().success());
    let ran = asst.ran(child.wait_with_output().unwrap());
    shows!(ran, @r"
    --- stderr ---
    warning: stopped during a create request; intent [intent] stays open: run `asst ledger doctor` for its outcome
    error: interrupted
    exit 130
    ");
}
