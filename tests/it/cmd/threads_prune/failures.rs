//! Disturbances during pruning: concurrent prunes, kills, an unreachable backend, and a locked ledger.

use crate::support::aged_backend::{Setup, at, days};
use crate::support::mock_server::Response;
use crate::support::test_env::{eventually, signalled};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// Creates old threads and returns them with their IDs.
fn with_threads(count: usize) -> (Setup, Vec<String>) {
    let setup = Setup::new();
    let ids = (0..count).map(|_| setup.thread()).collect();
    (setup, ids)
}

/// Delays the responses to deletions after the first `answered`, until the sender releases them.
fn holding(setup: &Setup, answered: usize) -> mpsc::Sender<()> {
    let (go, wait) = mpsc::channel::<()>();
    let (wait, mut seen) = (Arc::new(std::sync::Mutex::new(wait)), 0);
    setup.backend().hook(move |request, backend| {
        if request.method != "DELETE" {
            return None;
        }
        seen += 1;
        if seen <= answered {
            return None;
        }
        let id = request.target.rsplit('/').next().unwrap().to_owned();
        backend.threads.remove(&id);
        let wait = Arc::clone(&wait);
        Some(Response::own(move |stream| {
            use std::io::Write;
            let _ = wait.lock().unwrap().recv();
            let body = format!("{{\"id\":\"{id}\",\"object\":\"thread.deleted\",\"deleted\":true}}");
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
            let _ = stream.write_all(format!("{head}{body}").as_bytes());
        }))
    });
    go
}

#[test]
fn concurrent_prunes_delete_each_thread_once() {
    let (setup, ids) = with_threads(60);
    let prune = || setup.asst.command(["threads", "prune", "--empty", "--yes"]).spawn().unwrap();
    let both = [prune(), prune()];
    let ran = both.map(|child| setup.asst.ran(child.wait_with_output().unwrap()).ok());
    let mut deleted: Vec<String> = Vec::new();
    for ran in &ran {
        let lines = ran.stdout.lines().filter(|line| line.contains("\tdeleted\t"));
        deleted.extend(lines.map(|line| line.split('\t').next().unwrap().to_owned()));
    }
    deleted.sort();
    let mut ids = ids;
    ids.sort();
    assert_eq!(deleted, ids);
    assert_eq!(setup.present(), Vec::<String>::new());
    let states = setup.asst.run(["threads", "list", "--state", "deleted", "-o", "id"]).ok().ids().len();
    assert_eq!(states, 60, "what the other found gone stays deleted");
    setup.asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn two_users_prune_with_one_ledger_on_postgres() {
    let url = crate::support::postgres::database();
    let mut setup = Setup::new();
    let person = || crate::support::test_env::Asst::with_backend(&setup.listener.url()).env("ASST_LEDGER", &url);
    let (kim, lee) = (person(), person());
    setup.asst = person();
    let ids: Vec<String> = (0..20).map(|_| setup.thread()).collect();
    let prune = |person: &crate::support::test_env::Asst| {
        person.command(["threads", "prune", "--empty", "--yes"]).spawn().unwrap()
    };
    let both = [prune(&kim), prune(&lee)];
    let ran = both.map(|child| setup.asst.ran(child.wait_with_output().unwrap()).ok());
    let told = ran.each_ref().map(crate::support::test_env::Ran::text).join("\n");
    let deleted: usize = ran.iter().map(|ran| ran.stdout.matches("\tdeleted\t").count()).sum();
    assert_eq!((deleted, setup.present()), (ids.len(), vec![]), "{told}");
    assert_eq!(kim.run(["ledger", "events", "-o", "id"]).ok().ids().len(), ids.len(), "{told}");
}

#[test]
fn killed_prune_is_completed_by_the_next() {
    let (setup, ids) = with_threads(20);
    let go = holding(&setup, 5);
    let mut child = setup.asst.command(["threads", "prune", "--empty", "--yes", "--concurrency", "4"]).spawn().unwrap();
    eventually("deletions that hang", || (setup.deleted().len() >= 9).then_some(()));
    child.kill().unwrap();
    child.wait().unwrap();
    drop(go);
    let ran = setup.prune(&["--empty", "--yes"]).ok();
    assert!(ran.stderr.contains(" 0 failed"), "{}", ran.text());
    assert!(setup.backend().threads.is_empty());
    assert_eq!(setup.present(), Vec::<String>::new());
    let mut deleted = setup.deleted();
    deleted.sort();
    deleted.dedup();
    assert_eq!(deleted.len(), ids.len());
}

#[test]
fn prune_killed_at_many_instants_loses_nothing() {
    let (setup, ids) = with_threads(60);
    for instant in 1..8 {
        let mut child = setup.asst.command(["threads", "prune", "--empty", "--yes"]).spawn().unwrap();
        std::thread::sleep(Duration::from_millis(instant * 11));
        child.kill().unwrap();
        child.wait().unwrap();
        let known = setup.asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().ids();
        assert_eq!(known.len(), ids.len(), "{instant:?}");
        let present = setup.present();
        assert!(setup.backend().threads.keys().all(|id| present.contains(id)), "what is there is known to be there");
    }
    let ran = setup.prune(&["--empty", "--yes"]).ok();
    assert!(ran.stderr.contains(" 0 unknown, 0 failed"), "{}", ran.text());
    assert!(setup.backend().threads.is_empty());
    assert_eq!(setup.present(), Vec::<String>::new());
}

#[test]
fn interrupt_finishes_the_requests_in_flight() {
    let (setup, ids) = with_threads(20);
    let go = holding(&setup, 3);
    let mut child = setup.asst.command(["threads", "prune", "--empty", "--yes", "--concurrency", "2", "-o", "id"]);
    let child = child.spawn().unwrap();
    eventually("deletions that hang", || (setup.deleted().len() == 5).then_some(()));
    signalled(&child, "-INT");
    drop(go);
    let ran = setup.asst.ran(child.wait_with_output().unwrap()).code(130).says("run the same command again");
    assert!((5..ids.len()).contains(&ran.ids().len()), "{}", ran.text());
    assert_eq!(setup.present().len(), ids.len() - ran.ids().len(), "what went is written down");
    setup.prune(&["--empty", "--yes"]).ok();
    assert_eq!(setup.present(), Vec::<String>::new());
}

#[test]
fn temporary_outage_is_waited_for() {
    let (setup, ids) = with_threads(20);
    let mut away: Option<Instant> = None;
    setup.backend().hook(move |request, backend| {
        if backend.threads.len() < 18 {
            away.get_or_insert_with(Instant::now);
        }
        // A deletion may be done although its response is lost.
        let is_away = away.is_some_and(|since| since.elapsed() < Duration::from_secs(3));
        if is_away && request.method == "DELETE" {
            backend.threads.remove(request.target.rsplit('/').next().unwrap());
        }
        is_away.then_some(Response::Cut)
    });
    setup.prune(&["--empty", "--yes", "--retries", "1", "--concurrency", "2"]).ok().says(" 0 unknown, 0 failed");
    assert!(setup.backend().threads.is_empty());
    assert_eq!((setup.present(), ids.len()), (vec![], 20));
}

#[test]
fn lasting_outage_exits_7_after_ten_failures() {
    let (setup, ids) = with_threads(15);
    setup.backend().hook(|_, _| Some(Response::Cut));
    setup
        .prune(&["--empty", "--yes", "--retries", "0", "--concurrency", "1"])
        .code(7)
        .says("10 objects in a row failed");
    assert_eq!((setup.deleted(), setup.present().len()), (vec![], ids.len()));
}

#[test]
fn locked_ledger_loses_no_deletion() {
    let (setup, ids) = with_threads(8);
    let db = rusqlite::Connection::open(setup.asst.ledger()).unwrap();
    let locked = Arc::new(AtomicBool::new(false));
    let seen = Arc::clone(&locked);
    setup.backend().hook(move |request, _| {
        if request.method == "DELETE" && !seen.swap(true, Ordering::SeqCst) {
            db.execute_batch("begin immediate").unwrap();
        }
        None
    });
    let ran = setup.prune(&["--empty", "--yes"]).ok().says("8 deleted").says("were written to");
    assert_eq!(ran.ids().len(), ids.len());
    // Closing the connection releases the lock.
    setup.backend().hook(|_, _| None);
    assert_eq!(setup.present(), Vec::<String>::new());
    assert_eq!(setup.asst.run(["ledger", "events", "-o", "id"]).ok().ids().len(), ids.len());
    at(&setup.asst, days(0), &["ledger", "doctor", "--exit-code"]).ok();
}
