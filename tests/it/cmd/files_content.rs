//! `asst files content`: downloads.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, served, shows};
use serde_json::json;

#[test]
fn a_large_file_is_downloaded_unchanged() {
    let (_server, asst) = served(&[]);
    let bytes: Vec<u8> = (0..20_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    asst.file("large.bin", &bytes);
    let uploaded = asst.run(["files", "upload", "large.bin", "--purpose", "vision", "-o", "json"]).ok();
    assert_eq!(uploaded.stderr, "", "a progress bar was drawn without a terminal");
    let file = uploaded.json();
    assert_eq!((&file["bytes"], &file["filename"]), (&json!(20_000_000), &json!("large.bin")));
    let id = file["id"].as_str().unwrap();
    let out = asst.run(["files", "content", id]).ok();
    assert!(out.bytes == bytes, "received {} bytes that differ from the sent ones", out.bytes.len());
    asst.run(["files", "content", id, "--to", "copy.bin"]).ok();
    assert!(std::fs::read(asst.work().join("copy.bin")).unwrap() == bytes);
}

#[test]
fn a_download_does_not_overwrite_a_file_without_force() {
    let (_server, asst) = served(&[]);
    let id = asst.fed("new", &["files", "upload", "-", "--filename", "notes.txt", "--purpose", "vision"]).ok().id();
    let read = |name: &str| std::fs::read_to_string(asst.work().join(name)).unwrap();
    asst.run(["files", "content", &id, "-O"]).ok();
    assert_eq!(read("notes.txt"), "new");
    asst.file("notes.txt", "mine");
    shows!(asst.run(["files", "content", &id, "-O"]), @r"
    --- stderr ---
    error: notes.txt already exists
      hint: pass --force to overwrite it
    exit 2
    ");
    shows!(asst.run(["files", "content", &id, "--to", "notes.txt"]), @r"
    --- stderr ---
    error: notes.txt already exists
      hint: pass --force to overwrite it
    exit 2
    ");
    assert_eq!(read("notes.txt"), "mine");
    asst.run(["files", "content", &id, "--to", "notes.txt", "--force"]).ok();
    assert_eq!(read("notes.txt"), "new");
    asst.run(["files", "content", &id, "--to", "."]).code(2);
    assert_eq!(asst.run(["files", "content", &id, "--to", "-"]).ok().stdout, "new");
    asst.run(["files", "content", "file-000000000000000000000000", "--to", "x"]).code(3);
    assert!(!asst.work().join("x").exists());
}

fn bytes() -> (MockServer, Asst) {
    let listener = MockServer::new(|_, _| Response::text(200, "hello"));
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

#[cfg(unix)]
#[test]
fn a_download_has_the_mode_of_the_umask() {
    use std::os::unix::fs::PermissionsExt;
    let (_listener, asst) = bytes();
    asst.run(["files", "content", "file-1", "--to", "a.txt"]).ok();
    asst.file("b.txt", "");
    let mode = |name: &str| std::fs::metadata(asst.work().join(name)).unwrap().permissions().mode();
    assert_eq!(mode("a.txt"), mode("b.txt"));
}

#[cfg(unix)]
#[test]
fn a_download_does_not_replace_a_pipe() {
    use std::os::unix::fs::FileTypeExt;
    let (_listener, asst) = bytes();
    let path = asst.named_pipe("pipe");
    let reader = {
        let path = path.clone();
        std::thread::spawn(move || std::fs::read_to_string(path).unwrap())
    };
    asst.run(["files", "content", "file-1", "--to", "pipe", "--force"]).ok();
    assert_eq!(reader.join().unwrap(), "hello");
    assert!(std::fs::metadata(path).unwrap().file_type().is_fifo());
}
