//! `asst files upload --parts`: parts in parallel, repeated on their own, and verified at the end.

use super::{bytes, parts_of};
use crate::support::memory::measured;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, PATIENCE};
use crate::support::upload_server::{UploadServer, part_of};
use std::collections::HashMap;
use std::sync::Mutex;

#[test]
fn parts_are_assembled_to_the_file_whatever_their_order() {
    let server = UploadServer::new(|_, _| None);
    let asst = Asst::with_backend(&server.url());
    let content = bytes(10_500);
    asst.file("data.bin", &content);
    let args = ["files", "upload", "data.bin", "--part-size", "1000", "--purpose", "assistants"];
    let ran = asst.run([&args[..], &["--expires-after", "12h"]].concat()).ok();
    assert_eq!(ran.ids(), ["file-upload_1"]);
    assert_eq!((ran.stderr.as_str(), server.state().parts.len()), ("", 11));
    assert_eq!(server.state().files, [content]);
    let requests = server.server.requests();
    let created = requests[0].json();
    assert_eq!((&created["bytes"], &created["filename"]), (&10_500.into(), &"data.bin".into()));
    assert_eq!(
        (&created["mime_type"], &created["expires_after"]["seconds"]),
        (&"application/octet-stream".into(), &43_200.into())
    );
    let rows = asst.run(["ledger", "list", "--state", "any", "-o", "json"]).ok().json();
    let mut rows: Vec<String> =
        rows.as_array().unwrap().iter().map(|row| format!("{} {}", row["id"], row["state"])).collect();
    rows.sort();
    assert_eq!(rows, ["\"file-upload_1\" \"live\"", "\"upload_1\" \"deleted\""]);
}

#[test]
fn each_part_is_repeated_on_its_own_if_its_connection_is_cut() {
    let cut = Mutex::new(HashMap::<Vec<u8>, usize>::new());
    let server = UploadServer::new(move |request, _| {
        if !request.target.ends_with("/parts") {
            return None;
        }
        let mut cut = cut.lock().unwrap();
        let attempts = cut.entry(part_of(request)).or_default();
        *attempts += 1;
        // The first connection of each part is cut, and the second request gets an error.
        match attempts {
            1 => Some(Response::Cut),
            2 => Some(Response::error(503, "overloaded", None)),
            _ => None,
        }
    });
    let asst = Asst::with_backend(&server.url());
    let content = bytes(5_000);
    asst.file("data.bin", &content);
    asst.run(["files", "upload", "data.bin", "--part-size", "1000", "--retries", "2"]).ok();
    let state = server.state();
    assert_eq!((state.attempts, state.parts.len()), (15, 5));
    assert_eq!(state.files, [content]);
}

#[test]
fn a_part_that_fails_for_good_ends_the_command_with_the_way_to_continue() {
    let server = UploadServer::new(|request, state| {
        (request.target.ends_with("/parts") && state.attempts > 2).then(|| Response::error(503, "overloaded", None))
    });
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(5_000));
    asst.run(["files", "upload", "data.bin", "--part-size", "1000", "--retries", "1", "--concurrency", "1"])
        .code(7)
        .says("hint: run the same command again with --resume to send what is missing");
    assert_eq!(server.state().parts.len(), 2);
    let without = ["files", "upload", "data.bin", "--part-size", "1000", "--retries", "1", "--no-ledger"];
    let hint = "hint: without the ledger, no command can continue; `asst uploads cancel upload_2` cancels the upload";
    let ran = asst.run(without).code(7).says(hint);
    assert!(!ran.stderr.contains("--resume"), "{}", ran.text());
}

#[test]
fn a_file_that_changes_is_refused_and_its_upload_cancelled() {
    for keeps_size_and_time in [false, true] {
        let asst = Asst::new();
        let path = asst.file("data.bin", bytes(3_000));
        let server = UploadServer::new(move |request, state| {
            if request.target.ends_with("/parts") && state.attempts == 1 {
                let modified = std::fs::metadata(&path).unwrap().modified().unwrap();
                let size = if keeps_size_and_time { 3_000 } else { 3_001 };
                std::fs::write(&path, vec![b'x'; size]).unwrap();
                let file = std::fs::File::options().write(true).open(&path).unwrap();
                file.set_modified(modified).unwrap();
            }
            None
        });
        let asst = asst.env("OPENAI_BASE_URL", server.url()).env("OPENAI_API_KEY", "sk-test-0123456789");
        let ran = asst.run(["files", "upload", "data.bin", "--part-size", "1000", "--concurrency", "1"]).code(1);
        assert!(ran.stderr.contains("data.bin changed while it was uploaded"), "{}", ran.text());
        assert_eq!(server.state().cancelled, ["upload_1"], "{}", ran.text());
        assert!(server.state().files.is_empty(), "{keeps_size_and_time:?}");
    }
}

#[test]
fn a_file_that_the_server_assembles_wrongly_is_an_error() {
    let server = UploadServer::new(|request, _| {
        let file = serde_json::json!({ "id": "file-1", "object": "file", "bytes": 7, "filename": "data.bin" });
        let upload = serde_json::json!({ "id": "upload_1", "object": "upload", "status": "completed", "file": file });
        request.target.ends_with("/complete").then(|| Response::json(200, &upload))
    });
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(2_000));
    asst.run(["files", "upload", "data.bin", "--parts"])
        .code(1)
        .says("the backend created a file of 7 bytes, but data.bin has 2000 bytes")
        .says("`asst files delete file-1` deletes the wrong file");
}

#[test]
fn a_checksum_that_the_server_refuses_exits_5() {
    let server = UploadServer::new(|request, _| {
        request.target.ends_with("/complete").then(|| Response::error(400, "The MD5 does not match.", None))
    });
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(2_000));
    asst.run(["files", "upload", "data.bin", "--parts"]).code(5).says("could not complete upload upload_1");
}

#[test]
fn a_file_above_512_mb_is_uploaded_in_parts_without_a_flag() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let path = asst.file("large.bin", "");
    let file = std::fs::File::options().write(true).open(path).unwrap();
    for (size, target, parts) in [(512 << 20, "/v1/files", ""), ((512 << 20) + 1, "/v1/uploads", "then 9 parts follow")]
    {
        file.set_len(size).unwrap();
        let ran = asst.run(["files", "upload", "large.bin", "--dry-run"]).ok();
        let first = ran.stdout.lines().next().unwrap();
        assert!(first.ends_with(target) && ran.stderr.contains(parts), "{size}: {}", ran.text());
    }
    file.set_len((8 << 30) + 1).unwrap();
    asst.run(["files", "upload", "large.bin", "--dry-run"]).code(2).says("an upload has at most 8 GB");
}

/// Reading 7 GB and their checksum would take minutes.
#[test]
fn a_large_file_is_refused_before_it_is_read() {
    let listener = MockServer::new(|_, _| Response::error(400, "no uploads today", None));
    let asst = Asst::with_backend(&listener.url()).env("K", "sk-test-0123456789");
    let foundry =
        format!("[profiles.f]\nbackend = \"foundry\"\nbase_url = \"{}\"\napi_key_env = \"K\"\n", listener.url());
    asst.config(&foundry);
    let path = asst.file("large.bin", "");
    for size in [513 << 20, 7 << 30] {
        std::fs::File::options().write(true).open(&path).unwrap().set_len(size).unwrap();
        let start = std::time::Instant::now();
        asst.run(["-p", "f", "files", "upload", "large.bin"]).code(11).says("could not create upload");
        asst.run(["files", "upload", "large.bin"]).code(5).says("no uploads today");
        assert!(start.elapsed() < PATIENCE, "{size} bytes were read");
    }
    assert_eq!(listener.lines(), ["POST /v1/uploads"; 2]);
}

#[test]
fn what_cannot_be_uploaded_in_parts_is_refused_before_a_request() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    asst.file("empty.bin", "");
    asst.file("data.bin", "data");
    asst.run(["files", "upload", "empty.bin", "--parts"]).code(2).says("the file is empty");
    asst.run(["files", "upload", "-", "--filename", "a", "--parts"]).code(2).says("got standard input");
    asst.run(["files", "upload", "data.bin", "--part-size", "65M"]).code(2).says("expected a size up to 64M");
    asst.run(["files", "upload", "data.bin", "--parts", "--purpose", "user_data"]).code(2).says("user_data");
    asst.run(["files", "upload", "data.bin", "--resume", "--no-ledger"]).code(2).says("--resume needs the ledger");
    asst.file("parts.bin", bytes(4_001));
    let ran = asst.run(["files", "upload", "parts.bin", "--part-size", "2"]).code(2);
    ran.says("an upload has at most 2000 parts, and parts.bin has 2001 of 2 bytes").says("pass --part-size 3 or more");
    let foundry = Asst::new().env("K", "sk-test-0123456789");
    foundry.file("data.bin", "data");
    foundry.config("[profiles.f]\nbackend = \"foundry\"\nbase_url = \"http://127.0.0.1:1\"\napi_key_env = \"K\"\n");
    foundry.run(["-p", "f", "files", "upload", "data.bin", "--parts"]).code(11).says("could not create upload");
}

#[test]
fn several_files_are_uploaded_each_in_its_way() {
    let server = UploadServer::new(|request, _| {
        let file = serde_json::json!({ "id": "file-whole", "object": "file", "bytes": 4, "filename": "small.txt" });
        (request.target == "/v1/files").then(|| Response::json(200, &file))
    });
    let asst = Asst::with_backend(&server.url());
    asst.file("one.bin", bytes(3_000));
    asst.file("two.bin", bytes(1_500));
    let ran = asst.run(["files", "upload", "one.bin", "two.bin", "--part-size", "1000"]).ok();
    assert_eq!(ran.ids(), ["file-upload_1", "file-upload_2"]);
    assert_eq!(parts_of(&server.state().parts), [500, 1_000, 1_000, 1_000, 1_000]);
}

#[test]
fn parts_are_sent_in_constant_memory() {
    let server = UploadServer::new(|_, _| None);
    let asst = Asst::with_backend(&server.url());
    asst.file("data.bin", bytes(96 << 20));
    let (ran, peak) = measured(&asst, ["files", "upload", "data.bin", "--part-size", "6M"]);
    ran.ok();
    // Less than the file. About 41 MiB are pages of the program itself, which are fewer in a release build.
    assert!(peak.is_none_or(|peak| peak <= 64), "{peak:?} MiB");
    assert_eq!(server.state().files[0].len(), 96 << 20);
}

#[test]
fn the_embedded_server_assembles_the_parts() {
    let asst = Asst::new();
    let content = bytes(200_000);
    asst.file("data.txt", &content);
    let id = asst.local(&["files", "upload", "data.txt", "--part-size", "64K", "--purpose", "vision"]).ok().id();
    assert_eq!(asst.local(&["files", "content", &id]).ok().bytes, content);
}
