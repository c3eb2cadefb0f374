//! Uploads and downloads of files.

use super::standing;
use crate::support::test_env::shows;
use serde_json::json;

#[test]
fn a_large_file_is_downloaded_unchanged() {
    let (_server, asst) = standing(&[]);
    let bytes: Vec<u8> = (0..20_000_000_u32).map(|n| (n.wrapping_mul(2_654_435_761) >> 13) as u8).collect();
    asst.file("large.bin", &bytes);
    let uploaded = asst.run(["files", "upload", "large.bin", "--purpose", "vision", "-o", "json"]).ok();
    assert_eq!(uploaded.stderr, "", "nothing draws a bar where nobody looks");
    let file = uploaded.json();
    assert_eq!((&file["bytes"], &file["filename"]), (&json!(20_000_000), &json!("large.bin")));
    let id = file["id"].as_str().unwrap();
    let out = asst.run(["files", "content", id]).ok();
    assert!(out.bytes == bytes, "{} bytes came, and not those that went", out.bytes.len());
    asst.run(["files", "content", id, "--to", "copy.bin"]).ok();
    assert!(std::fs::read(asst.work().join("copy.bin")).unwrap() == bytes);
}

#[test]
fn a_download_does_not_overwrite_a_file_without_force() {
    let (_server, asst) = standing(&[]);
    let id = asst.fed("new", &["files", "upload", "-", "--filename", "notes.txt", "--purpose", "vision"]).ok().id();
    let read = |name: &str| std::fs::read_to_string(asst.work().join(name)).unwrap();
    asst.run(["files", "content", &id, "-O"]).ok();
    assert_eq!(read("notes.txt"), "new");
    asst.file("notes.txt", "mine");
    shows!(asst.run(["files", "content", &id, "-O"]), @r"
    --- stderr ---
    error: notes.txt exists already
      hint: --force overwrites it
    exit 2
    ");
    shows!(asst.run(["files", "content", &id, "--to", "notes.txt"]), @r"
    --- stderr ---
    error: notes.txt exists already
      hint: --force overwrites it
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

#[test]
fn several_files_are_uploaded_with_their_names() {
    let (_server, asst) = standing(&[]);
    for name in ["a.md", "ü b.txt", "c"] {
        asst.file(name, name);
    }
    let files = asst.run(["files", "upload", "a.md", "ü b.txt", "c", "-o", "json"]).ok().json();
    let names: Vec<&str> = files.as_array().unwrap().iter().map(|file| file["filename"].as_str().unwrap()).collect();
    assert_eq!(names, ["a.md", "ü b.txt", "c"]);
    asst.run(["files", "upload", "a.md", "c", "--filename", "one"]).code(2);
    asst.run(["files", "upload", "-"]).code(2).says("--filename");
}
