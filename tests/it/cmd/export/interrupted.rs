//! Interrupted exports: killed, by a signal, or by a broken connection.

use super::fake::{Fake, standing};
use super::{manifest, read, tree};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, PATIENCE, Ran, eventually};
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, mpsc};

/// Returns a thread of 350 messages whose fourth page is held back until it is released.
fn held() -> (Fake, MockServer, Asst, Arc<AtomicBool>) {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 350, "x");
    fake.list("threads/thread_1/runs").push(r#"{"id":"run_1","status":"completed"}"#.into());
    fake.list("threads/thread_1/runs/run_1/steps").push(r#"{"id":"step_1","run_id":"run_1"}"#.into());
    let (answering, free) = (fake.clone(), Arc::new(AtomicBool::new(false)));
    let open = Arc::clone(&free);
    let listener = MockServer::new(move |request, _| {
        if request.target.contains("after=msg_000299") && !open.load(Ordering::SeqCst) {
            return Response::Stall;
        }
        answering.answer(request)
    });
    let asst = Asst::with_backend(&listener.url());
    (fake, listener, asst, free)
}

#[test]
fn a_killed_export_continues_where_it_stopped() {
    let (fake, listener, asst, free) = held();
    let mut child = asst.command(["export", "out", "thread_1"]).spawn().unwrap();
    eventually("the fourth page", || {
        listener.lines().iter().any(|line| line.contains("after=msg_000299")).then_some(())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    assert!(tree(&asst).contains(&"threads/thread_1/messages.jsonl.part".to_owned()));
    let unfinished = asst.run(["export", "verify", "out", "--columns", "id,wrong"]).code(1);
    assert!(unfinished.stdout.contains("manifest.json\tunfinished\n"), "{}", unfinished.text());
    assert!(unfinished.stdout.contains("threads/thread_1/messages.jsonl.part\tunfinished\n"), "{}", unfinished.text());
    // As if the process was killed in the middle of a line.
    let part = asst.work().join("out/threads/thread_1/messages.jsonl.part");
    let mut text = std::fs::read(&part).unwrap();
    text.extend_from_slice(b"{\"id\":\"msg_0003");
    std::fs::write(&part, text).unwrap();
    free.store(true, Ordering::SeqCst);
    let before = listener.lines().len();
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tnew\t350\t1\t1\n");
    let behind = |kind: &str, id: &str| format!("GET /v1/threads/thread_1/{kind}?order=asc&after={id}&limit=100");
    let requests = ["GET /v1/threads/thread_1".to_owned(), behind("runs", "run_1"), behind("messages", "msg_000299")];
    assert_eq!(listener.lines()[before..], requests);
    let lines = read(&asst, "threads/thread_1/messages.jsonl");
    assert_eq!(lines.lines().collect::<Vec<_>>(), fake.lists["threads/thread_1/messages"]);
    assert!(!tree(&asst).iter().any(|path| path.ends_with(".part") || path == "journal.jsonl"));
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
}

#[test]
fn kills_at_many_points_lose_and_duplicate_nothing() {
    let mut fake = Fake::default();
    let ids: Vec<String> = (0..40).map(|number| format!("thread_{number}")).collect();
    for id in &ids {
        fake.thread(id);
        fake.say(id, 130, "x");
        fake.list(&format!("threads/{id}/runs")).push(r#"{"id":"run_1","status":"completed"}"#.into());
        fake.list(&format!("threads/{id}/runs/run_1/steps")).push(r#"{"id":"step_1"}"#.into());
    }
    let (fake, listener, asst) = standing(fake);
    let args: Vec<&str> = ["export", "out", "-q"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    for round in 1..=10 {
        let before = listener.lines().len();
        let mut child = asst.command(&args).spawn().unwrap();
        // Kills at another request each round. A process that ended before is equally valid.
        eventually("requests", || {
            let ended = child.try_wait().unwrap().is_some();
            (ended || listener.lines().len() >= before + round * 7).then_some(())
        });
        let _ = child.kill();
        child.wait().unwrap();
    }
    asst.run(&args).ok();
    for id in &ids {
        let lines = read(&asst, &format!("threads/{id}/messages.jsonl"));
        assert_eq!(
            lines.lines().collect::<Vec<_>>(),
            fake.lock().unwrap().lists[&format!("threads/{id}/messages")],
            "{id:?}"
        );
    }
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
}

#[test]
fn an_interrupted_thread_with_a_missing_part_is_exported_again() {
    let (fake, listener, asst, free) = held();
    let mut child = asst.command(["export", "out", "thread_1"]).spawn().unwrap();
    eventually("the fourth page", || {
        listener.lines().iter().any(|line| line.contains("after=msg_000299")).then_some(())
    });
    child.kill().unwrap();
    child.wait().unwrap();
    free.store(true, Ordering::SeqCst);
    std::fs::remove_file(asst.work().join("out/threads/thread_1/steps.jsonl.part")).unwrap();
    asst.run(["export", "out", "thread_1"]).ok();
    let lines = read(&asst, "threads/thread_1/messages.jsonl");
    assert_eq!(lines.lines().collect::<Vec<_>>(), fake.lists["threads/thread_1/messages"]);
    asst.run(["export", "verify", "out", "--remote", "--exit-code"]).ok();
}

/// Starts an export of a fake backend, sends SIGINT while a request is held back, and returns the listener, the user and
/// the finished export. `held` is the end of the path of the request.
#[cfg(unix)]
fn interrupted(fake: Fake, args: &[&str], held: &'static str) -> (MockServer, Asst, Ran) {
    let (requests, reached) = mpsc::channel();
    let (go, gone) = mpsc::channel::<()>();
    let (requests, gone) = (Mutex::new(requests), Mutex::new(gone));
    let listener = MockServer::new(move |request, _| {
        if request.target.split('?').next().unwrap().ends_with(held) {
            let _ = requests.lock().unwrap().send(());
            let _ = gone.lock().unwrap().recv_timeout(PATIENCE);
        }
        fake.answer(request)
    });
    let asst = Asst::with_backend(&listener.url());
    let mut child = asst.command(args).spawn().unwrap();
    reached.recv_timeout(PATIENCE).unwrap();
    Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    // The process prints a line after it handled the signal.
    let mut said = String::new();
    let mut lines = std::io::BufRead::lines(std::io::BufReader::new(child.stderr.take().unwrap()));
    said += &lines.next().unwrap().unwrap();
    go.send(()).unwrap();
    lines.map_while(Result::ok).for_each(|line| said += &line);
    let ran = asst.ran(child.wait_with_output().unwrap()).code(130);
    assert!(said.contains("run the same command again to continue"), "{said}");
    (listener, asst, ran)
}

#[cfg(unix)]
#[test]
fn an_interrupt_finishes_requests_in_flight_and_prints_how_to_continue() {
    let mut fake = Fake::default();
    for id in ["thread_1", "thread_2", "thread_3"] {
        fake.thread(id);
        fake.say(id, 2, "x");
    }
    let args = ["export", "out", "thread_1", "thread_2", "thread_3", "--concurrency", "1"];
    let (listener, asst, ran) = interrupted(fake, &args, "/thread_2/messages");
    assert_eq!(ran.stdout, "thread_1\tnew\t2\t0\t0\nthread_2\tnew\t2\t0\t0\n");
    assert!(manifest(&asst).get("ended_at").is_none());
    asst.run(["export", "verify", "out"]).code(1).says("is incomplete");
    let before = listener.lines().len();
    asst.run(args).ok();
    let requests = listener.lines().split_off(before);
    assert_eq!(requests.iter().filter(|line| line.contains("thread_1")).count(), 3, "{requests:?}");
    asst.run(["export", "verify", "out"]).ok();
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_continues_with_the_remaining_files_of_a_thread() {
    let mut fake = Fake::with_thread("thread_1");
    let attachments = (1..=9).map(|n| format!("{{\"file_id\":\"file-{n}\"}}")).collect::<Vec<_>>().join(",");
    fake.list("threads/thread_1/messages").push(format!("{{\"id\":\"msg_1\",\"attachments\":[{attachments}]}}"));
    for n in 1..=9 {
        fake.files.insert(format!("file-{n}"), format!("{{\"id\":\"file-{n}\"}}"));
        fake.contents.insert(format!("file-{n}"), b"bytes".to_vec());
    }
    let args = ["export", "out", "thread_1", "--concurrency", "1"];
    let (listener, asst, ran) = interrupted(fake, &args, "/files/file-3");
    assert_eq!(ran.stdout, "", "the thread is not complete");
    let files = |lines: &[String]| lines.iter().filter(|line| line.ends_with("/content")).count();
    let first = listener.lines();
    assert_eq!(files(&first), 3, "{first:?}");
    assert!(!tree(&asst).contains(&"threads/thread_1/messages.jsonl".to_owned()), "{:?}", tree(&asst));
    assert_eq!(asst.run(args).ok().stdout, "thread_1\tnew\t1\t0\t0\n");
    let rest = listener.lines().split_off(first.len());
    assert_eq!(files(&first) + files(&rest), 9, "each file is downloaded once: {rest:?}");
    assert!(rest.iter().any(|line| line.contains("messages?") && line.contains("after=msg_1")), "{rest:?}");
    asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn a_broken_download_is_retried_and_then_reported() {
    let mut fake = Fake::with_thread("thread_1");
    fake.list("threads/thread_1/messages").push(r#"{"id":"msg_1","attachments":[{"file_id":"file-1"}]}"#.into());
    fake.files.insert("file-1".into(), r#"{"id":"file-1"}"#.into());
    fake.contents.insert("file-1".into(), b"bytes".to_vec());
    let broken = Arc::new(AtomicBool::new(true));
    let half = Arc::clone(&broken);
    let listener =
        MockServer::new(move |request, _| match request.target.ends_with("/content") && half.load(Ordering::SeqCst) {
            true => Response::Half,
            false => fake.answer(request),
        });
    let asst = Asst::with_backend(&listener.url());
    let ran = asst.run(["export", "out", "thread_1"]).code(8);
    assert_eq!(ran.stdout, "thread_1\tnew\t1\t0\t0\n");
    assert_eq!(manifest(&asst)["failed"]["file/file-1"]["exit_code"], 7);
    assert!(!tree(&asst).contains(&"files/file-1/content".to_owned()));
    broken.store(false, Ordering::SeqCst);
    asst.run(["export", "out", "thread_1"]).ok();
    assert_eq!(read(&asst, "files/file-1/content"), "bytes");
    asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn two_exports_do_not_write_into_one_folder() {
    let (_fake, listener, asst, _free) = held();
    let mut child = asst.command(["export", "out", "thread_1"]).spawn().unwrap();
    eventually("the fourth page", || {
        listener.lines().iter().any(|line| line.contains("after=msg_000299")).then_some(())
    });
    asst.run(["export", "out", "thread_1"]).code(1).says("another asst process is writing to this archive");
    child.kill().unwrap();
    child.wait().unwrap();
}

#[test]
fn messages_of_a_server_without_paging_are_stored_once() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 5, "x");
    let (fake, _listener, _asst) = standing(fake);
    let whole = Arc::clone(&fake);
    // The server ignores order and cursor, and sends everything, newest first.
    let listener = MockServer::new(move |request, _| {
        let fake = whole.lock().unwrap();
        if request.target.contains("/messages") {
            let mut all = fake.lists["threads/thread_1/messages"].clone();
            all.reverse();
            return Response::text(200, format!("{{\"data\":[{}],\"has_more\":false}}", all.join(",")));
        }
        fake.answer(request)
    });
    let asst = Asst::with_backend(&listener.url());
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tnew\t5\t0\t0\n");
    fake.lock().unwrap().say("thread_1", 1, "y");
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tupdated\t6\t0\t0\n");
    assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tunchanged\t6\t0\t0\n");
    asst.run(["export", "verify", "out"]).ok();
}
