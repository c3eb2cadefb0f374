//! Files that several objects name, and the number of requests that an export sends at once.

use super::fake::Fake;
use super::{manifest, read};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, PATIENCE, eventually};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// The time in which a thread would be recorded whose files are not fetched yet.
const A_WHILE: Duration = Duration::from_millis(300);

/// Adds a thread with one message, which names these files.
fn thread(fake: &mut Fake, id: &str, files: &[&str]) {
    fake.thread(id);
    let named = files.iter().map(|file| format!("{{\"file_id\":\"{file}\"}}")).collect::<Vec<_>>().join(",");
    fake.list(&format!("threads/{id}/messages")).push(format!("{{\"id\":\"msg_{id}\",\"attachments\":[{named}]}}"));
    for file in files {
        fake.files.insert((*file).to_owned(), format!("{{\"id\":\"{file}\"}}"));
        fake.contents.insert((*file).to_owned(), b"bytes".to_vec());
    }
}

/// Starts an export of a fake backend. The requests for files are not answered before `free` is set, and that for the
/// messages of `last` only after the first of them.
fn held(fake: Fake, last: &'static str, args: &[&str]) -> (MockServer, Asst, Child, Arc<AtomicBool>) {
    let (free, reached) = (Arc::new(AtomicBool::new(false)), AtomicBool::new(false));
    let open = Arc::clone(&free);
    let listener = MockServer::new(move |request, _| {
        if request.target.starts_with("/v1/files/") {
            reached.store(true, Ordering::SeqCst);
            eventually("the release of the files", || open.load(Ordering::SeqCst).then_some(()));
        } else if request.target.contains(&format!("/{last}/messages")) {
            eventually("a request for a file", || reached.load(Ordering::SeqCst).then_some(()));
        }
        fake.answer(request)
    });
    let asst = Asst::with_backend(&listener.url());
    let child = asst.command(args).spawn().unwrap();
    eventually("the messages", || {
        listener.lines().iter().any(|line| line.contains(&format!("/{last}/m"))).then_some(())
    });
    std::thread::sleep(A_WHILE);
    (listener, asst, child, free)
}

#[test]
fn a_killed_export_completes_no_thread_before_a_file_that_another_thread_fetches() {
    let mut fake = Fake::default();
    thread(&mut fake, "thread_a", &["file-1"]);
    thread(&mut fake, "thread_b", &["file-1"]);
    let (_listener, asst, mut child, free) = held(fake, "thread_b", &["export", "out", "thread_a", "thread_b"]);
    child.kill().unwrap();
    child.wait().unwrap();
    free.store(true, Ordering::SeqCst);
    assert_eq!(asst.run(["export", "out", "thread_b"]).ok().stdout, "thread_b\tnew\t1\t0\t0\n");
    assert_eq!(read(&asst, "files/file-1/content"), "bytes");
    asst.run(["export", "out", "thread_a"]).ok();
    asst.run(["export", "verify", "out"]).ok();
}

#[cfg(unix)]
#[test]
fn an_interrupted_export_completes_no_thread_whose_file_another_thread_gave_up() {
    let mut fake = Fake::default();
    thread(&mut fake, "thread_a", &["file-1", "file-2", "file-3"]);
    thread(&mut fake, "thread_b", &["file-4"]);
    thread(&mut fake, "thread_c", &["file-4"]);
    let args = ["export", "out", "thread_a", "thread_b", "thread_c", "--concurrency", "3"];
    let (listener, asst, mut child, free) = held(fake, "thread_c", &args);
    crate::support::test_env::signalled(&child, "-INT");
    // The process prints a line after it handled the signal.
    let mut stderr = std::io::BufReader::new(child.stderr.take().unwrap());
    std::io::BufRead::read_line(&mut stderr, &mut String::new()).unwrap();
    free.store(true, Ordering::SeqCst);
    std::io::copy(&mut stderr, &mut std::io::sink()).unwrap();
    let ran = asst.ran(child.wait_with_output().unwrap()).code(130);
    let fetched = listener.lines().iter().any(|line| line.contains("file-4"));
    assert_eq!(ran.stdout.contains("thread_c"), fetched, "{}", ran.text());
    asst.run(["export", "out", "thread_c"]).ok();
    assert_eq!(read(&asst, "files/file-4/content"), "bytes");
    asst.run(args).ok();
    asst.run(["export", "verify", "out"]).ok();
}

#[test]
fn an_export_sends_as_many_requests_at_once_as_concurrency_allows() {
    let mut fake = Fake::default();
    let files: Vec<String> = (1..=12).map(|number| format!("file-{number}")).collect();
    let ids: Vec<String> = (0..61).map(|number| format!("thread_{number}")).collect();
    for id in &ids {
        let named: Vec<&str> = files.iter().filter(|_| id == "thread_0").map(String::as_str).collect();
        thread(&mut fake, id, &named);
    }
    let (in_flight, highest) = (AtomicUsize::new(0), Arc::new(AtomicUsize::new(0)));
    let seen = Arc::clone(&highest);
    let listener = MockServer::new(move |request, _| {
        let now = in_flight.fetch_add(1, Ordering::SeqCst) + 1;
        seen.fetch_max(now, Ordering::SeqCst);
        std::thread::sleep(Duration::from_millis(20));
        in_flight.fetch_sub(1, Ordering::SeqCst);
        fake.answer(request)
    });
    let asst = Asst::with_backend(&listener.url());
    let args = ["export", "out", "-q", "--concurrency", "8"].into_iter().chain(ids.iter().map(String::as_str));
    asst.run(args).ok();
    assert_eq!(manifest(&asst)["files"].as_object().unwrap().len(), 12);
    assert_eq!(highest.load(Ordering::SeqCst), 8);
}

#[test]
fn a_file_in_the_archive_whose_later_download_failed_is_fetched_again() {
    let mut fake = Fake::default();
    thread(&mut fake, "thread_1", &["file-1"]);
    let (broken, file_requests) = (Arc::new(AtomicBool::new(false)), mpsc::channel());
    let (fails, requests) = (Arc::clone(&broken), std::sync::Mutex::new(file_requests.0));
    let listener = MockServer::new(move |request, _| match request.target.ends_with("/content") {
        true if fails.load(Ordering::SeqCst) => Response::error(400, "broken", None),
        is_content => {
            if is_content {
                requests.lock().unwrap().send(()).unwrap();
            }
            fake.answer(request)
        }
    });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["export", "out", "thread_1"]).ok();
    broken.store(true, Ordering::SeqCst);
    asst.run(["export", "out", "thread_1", "--full"]).code(8);
    broken.store(false, Ordering::SeqCst);
    asst.run(["export", "verify", "out"]).code(1).says("1 object not fetched");
    asst.run(["export", "out", "thread_1"]).ok();
    asst.run(["export", "verify", "out"]).ok();
    for attempt in ["the first export", "the third export"] {
        file_requests.1.recv_timeout(PATIENCE).unwrap_or_else(|error| panic!("{attempt}: {error}"));
    }
}
