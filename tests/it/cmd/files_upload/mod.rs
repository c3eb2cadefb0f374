//! `asst files upload`.

mod parts;
mod resume;

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, served, shows};
use serde_json::json;

#[test]
fn several_files_are_uploaded_with_their_names() {
    let (_server, asst) = served(&[]);
    for name in ["a.md", "ü b.txt", "c"] {
        asst.file(name, name);
    }
    let files = asst.run(["files", "upload", "a.md", "ü b.txt", "c", "-o", "json"]).ok().json();
    let names: Vec<&str> = files.as_array().unwrap().iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.md", "ü b.txt", "c"]);
    asst.run(["files", "upload", "a.md", "c", "--filename", "one"]).code(2);
    asst.run(["files", "upload", "-"]).code(2).says("--filename");
}

/// In another tool the reader of request bodies consumes the input of the upload.
#[test]
fn an_upload_takes_a_redirected_file() {
    let listener = MockServer::new(|_, _| Response::json(200, &json!({ "id": "file-1", "object": "file" })));
    let asst = Asst::with_backend(&listener.url());
    let path = asst.file("data.txt", "key: value\n");
    let upload = ["files", "upload", "-", "--filename", "data.txt", "--purpose", "assistants"];
    let ran = asst.command(upload).stdin(std::fs::File::open(path).unwrap()).output().unwrap();
    asst.ran(ran).ok();
    let body = String::from_utf8(listener.requests()[0].body.clone()).unwrap();
    assert!(body.contains("\r\n\r\nkey: value\n\r\n"), "{body}");
}

/// A dry run of an upload shows the whole form except the file content.
#[test]
fn a_dry_upload_shows_the_form() {
    let asst = Asst::with_backend("http://127.0.0.1:8642/v1");
    asst.file("data.txt", "hello");
    shows!(asst.run(["files", "upload", "data.txt", "--purpose", "assistants", "--expires-after", "1h", "--filename", "n.txt", "--dry-run"]), @r"
    POST http://[host]/v1/files
    authorization: [redacted]
    content-type: multipart/form-data

    purpose: assistants
    expires_after[anchor]: created_at
    expires_after[seconds]: 3600
    file: n.txt from data.txt, [multipart/form-data, 514 bytes] in all
    exit 0
    ");
}

#[cfg(unix)]
#[test]
fn an_upload_from_a_named_pipe_is_not_retried() {
    let listener = MockServer::new(|_, _| Response::text(500, "{}"));
    let asst = Asst::with_backend(&listener.url());
    let path = asst.named_pipe("pipe");
    let writer = std::thread::spawn(move || std::fs::write(path, "hello"));
    asst.run(["files", "upload", "pipe", "--purpose", "assistants"]).code(10);
    writer.join().unwrap().unwrap();
    assert_eq!(listener.lines().len(), 1);
}

/// Returns bytes without a period, so that no two parts are equal.
fn bytes(size: usize) -> Vec<u8> {
    let mut state = 1_u32;
    let next = |_| {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..size).map(next).collect()
}

/// Returns the sizes of parts, sorted.
fn parts_of(parts: &[Vec<u8>]) -> Vec<usize> {
    let mut sizes: Vec<usize> = parts.iter().map(Vec::len).collect();
    sizes.sort_unstable();
    sizes
}
