//! `asst files upload --resume`: what a later command does after a crash, an interruption, or an unknown outcome.
#![cfg(unix)]

use super::bytes;
use crate::support::mock_server::Response;
use crate::support::test_env::{Asst, eventually, signalled};
use crate::support::upload_server::UploadServer;
use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

const UPLOAD: [&str; 5] = ["files", "upload", "data.bin", "--part-size", "1000"];

/// Returns a server that accepts this number of parts, and stalls all others until the flag is set.
fn stalling(accepted: usize) -> (UploadServer, Arc<AtomicBool>) {
    let goes_on = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&goes_on);
    let server = UploadServer::new(move |request, state| {
        let stalls =
            request.target.ends_with("/parts") && state.parts.len() >= accepted && !flag.load(Ordering::SeqCst);
        stalls.then_some(Response::Stall)
    });
    (server, goes_on)
}

/// Waits until the ledger has this number of parts of the upload.
fn recorded(asst: &Asst, count: usize) {
    eventually("the parts in the ledger", || {
        let rows = asst.run(["ledger", "list", "--kind", "upload", "-o", "json"]).ok().json();
        let parts = rows[0]["raw"]["asst_parts"]["parts"].as_array()?.len();
        (parts == count).then_some(())
    });
}

/// Runs a command until the ledger has this number of parts, kills it, and lets the server accept all further parts.
fn killed_after(asst: &Asst, args: &[&str], count: usize, goes_on: &AtomicBool) {
    let mut child = asst.command(args).spawn().unwrap();
    recorded(asst, count);
    signalled(&child, "-KILL");
    child.wait().unwrap();
    goes_on.store(true, Ordering::SeqCst);
}

#[test]
fn a_killed_upload_is_continued_and_no_part_is_sent_twice() {
    for concurrency in ["1", "4"] {
        let (server, goes_on) = stalling(6);
        let asst = Asst::with_backend(&server.url());
        let content = bytes(12_345);
        asst.file("data.bin", &content);
        let args = [&UPLOAD[..], &["--concurrency", concurrency]].concat();
        killed_after(&asst, &args, 6, &goes_on);
        let ran = asst.run([&args[..], &["--resume"]].concat()).ok();
        ran.says("note: continuing upload upload_1: 6 of 13 parts were sent");
        let state = server.state();
        assert_eq!((state.created, state.parts.len()), (1, 13), "concurrency {concurrency}");
        let different: HashSet<&Vec<u8>> = state.parts.iter().collect();
        assert_eq!(different.len(), 13, "no part was accepted twice");
        assert_eq!(state.files, [content], "{concurrency:?}");
    }
}

#[test]
fn an_interrupted_upload_reports_its_parts_and_the_way_to_continue() {
    let (server, _) = stalling(3);
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(5_000));
    let child = asst.command([&UPLOAD[..], &["--concurrency", "1"]].concat()).spawn().unwrap();
    recorded(&asst, 3);
    signalled(&child, "-INT");
    asst.ran(child.wait_with_output().unwrap())
        .code(130)
        .says("interrupted; 3 of 5 parts uploaded")
        .says("hint: run the same command again with --resume to send what is missing");
}

#[test]
fn a_file_that_changed_since_is_not_continued() {
    let (server, goes_on) = stalling(2);
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(5_000));
    killed_after(&asst, &UPLOAD, 2, &goes_on);
    asst.file("data.bin", bytes(5_001));
    asst.run([&UPLOAD[..], &["--resume"]].concat())
        .code(1)
        .says("data.bin has changed since upload upload_1 began")
        .says("`asst uploads cancel upload_1` cancels the other upload");
    assert_eq!(server.state().created, 1);
}

#[test]
fn a_file_whose_sent_parts_changed_is_refused_at_the_end() {
    let (server, goes_on) = stalling(2);
    let asst = Asst::with_backend(&server.url());
    let path = asst.file("data.bin", bytes(5_000));
    killed_after(&asst, &[&UPLOAD[..], &["--concurrency", "1"]].concat(), 2, &goes_on);
    let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
    asst.file("data.bin", vec![b'x'; 5_000]);
    std::fs::File::options().write(true).open(&path).unwrap().set_modified(modified).unwrap();
    asst.run([&UPLOAD[..], &["--resume"]].concat()).code(1).says("data.bin changed while it was uploaded");
    assert_eq!(server.state().cancelled, ["upload_1"]);
}

#[test]
fn without_an_unfinished_upload_a_new_one_begins() {
    let server = UploadServer::new(|_, _| None);
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(2_000));
    let resume = [&UPLOAD[..], &["--resume"]].concat();
    asst.run(&resume).ok().says("the ledger has no unfinished upload of data.bin; starting a new one");
    asst.run(&resume).ok().says("the ledger has no unfinished upload");
    assert_eq!(server.state().files.len(), 2);
}

#[test]
fn an_upload_with_another_purpose_is_not_continued() {
    let (server, goes_on) = stalling(1);
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(2_000));
    killed_after(&asst, &UPLOAD, 1, &goes_on);
    let ran = asst.run([&UPLOAD[..], &["--resume", "--purpose", "batch"]].concat()).ok();
    ran.says("upload upload_1 has another name, purpose, or expiry; starting a new one");
    assert_eq!(server.state().created, 2);
}

#[test]
fn an_expired_upload_is_replaced_by_a_new_one_also_if_the_file_changed() {
    for size in [2_000, 2_500] {
        // It expires between the commands.
        let (server, goes_on) = stalling(1);
        server.state().lifetime = 1;
        let asst = Asst::with_backend(&server.url());
        asst.file("data.bin", bytes(2_000));
        killed_after(&asst, &UPLOAD, 1, &goes_on);
        std::thread::sleep(Duration::from_millis(2_100));
        server.state().lifetime = 3_600;
        asst.file("data.bin", bytes(size));
        let ran = asst.run([&UPLOAD[..], &["--resume"]].concat()).ok();
        ran.says("note: upload upload_1 has expired; starting a new one");
        let state = server.state();
        assert_eq!((state.created, state.files.len(), state.files[0].len()), (2, 1, size), "{size}");
    }
}

#[test]
fn an_upload_that_expires_meanwhile_is_replaced_once() {
    let server = UploadServer::new(|request, state| {
        let late = request.target.contains("/upload_1/") && state.attempts > 1;
        late.then(|| {
            std::thread::sleep(Duration::from_millis(2_100));
            Response::error(400, "The upload has expired.", None)
        })
    });
    server.state().lifetime = 1;
    let asst = Asst::with_backend(&server.url());
    let content = bytes(3_000);
    asst.file("data.bin", &content);
    let ran = asst.run([&UPLOAD[..], &["--concurrency", "1"]].concat()).ok();
    ran.says("note: upload upload_1 has expired; starting a new one");
    assert_eq!(server.state().files, [content]);
}

#[test]
fn an_upload_that_the_backend_refuses_is_not_continued_for_ever() {
    for refused in ["/complete", "/parts"] {
        let server = UploadServer::new(move |request, _| {
            let is_refused = request.target.ends_with(refused) && request.target.contains("/upload_1/");
            is_refused.then(|| Response::error(400, "Upload upload_1 is cancelled.", None))
        });
        let asst = Asst::with_backend(&server.url());
        asst.file("data.bin", bytes(3_000));
        for args in [&UPLOAD[..], &[&UPLOAD[..], &["--resume"]].concat()] {
            let ran = asst.run(args).code(5);
            ran.says(
                "hint: upload the file again without --resume; `asst uploads cancel upload_1` cancels this upload",
            );
        }
        asst.run(UPLOAD).ok();
    }
}

#[test]
fn a_completion_without_a_response_exits_10_and_can_be_repeated() {
    let is_cut = AtomicBool::new(true);
    let server = UploadServer::new(move |request, _| {
        let cuts = request.target.ends_with("/complete") && is_cut.swap(false, Ordering::SeqCst);
        cuts.then_some(Response::Cut)
    });
    let asst = Asst::with_backend(&server.url());
    let content = bytes(3_000);
    asst.file("data.bin", &content);
    asst.run(UPLOAD)
        .code(10)
        .says("stays open")
        .says("`asst files list` shows whether the file data.bin with 3000 bytes exists");
    assert!(server.state().files.is_empty());
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    asst.run([&UPLOAD[..], &["--resume"]].concat()).ok().says("3 of 3 parts were sent");
    let state = server.state();
    assert_eq!((state.parts.len(), &state.files[..]), (3, &[content][..]));
}
