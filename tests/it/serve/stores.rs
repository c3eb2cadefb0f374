//! The store of a server: valid and invalid values. No password is ever printed.

use super::*;
use crate::support::postgres::without_password;
use crate::support::test_env::shows;

#[test]
fn an_invalid_store_is_refused_without_its_password() {
    let run = |store: &str| Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--store", store]);
    shows!(run("mysql://h/d"), @r"
    --- stderr ---
    error: --store names a database of an unsupported type
      hint: a store is memory, a folder, or postgres://USER@HOST/DATABASE
    exit 2
    ");
    shows!(run("postgres://u:hunter2@h/d"), @r"
    --- stderr ---
    error: --store contains a password, which other users can read in the list of processes
      hint: put the URL into ASST_SERVE_STORE, or the password into the file that PGPASSFILE names
    exit 2
    ");
    let ran = Asst::new().env("ASST_SERVE_STORE", "postgres://u:hunter2@127.0.0.1:1/d");
    let ran = ran.run(["serve", "--listen", "127.0.0.1:0"]);
    assert!(!ran.text().contains("hunter2") && ran.stderr.contains("the server cannot be reached"), "{}", ran.text());
    assert_eq!(ran.stdout, "");
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn one_postgres_database_can_hold_a_ledger_and_a_store() {
    let url = database();
    let (store, password) = without_password(&url);
    let asst = Asst::new().env("ASST_LEDGER", &url);
    let file = asst.file("passwords", format!("127.0.0.1:*:*:asst:{password}\n"));
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let asst = asst.env("PGPASSFILE", &file).env("OPENAI_API_KEY", "any");
    let (one, other) = (asst.serve(&["--store", &store]), asst.serve(&["--store", &store]));
    let made = |server: &Server, args: &[&str]| {
        let mut command = asst.command(args);
        asst.ran(command.env("OPENAI_BASE_URL", &server.url).output().unwrap()).ok()
    };
    let thread = made(&one, &["threads", "create"]).id();
    made(&other, &["threads", "get", &thread]);
    asst.file("file.bin", "x".repeat(600_000));
    let id = made(&one, &["files", "upload", "file.bin", "--purpose", "vision"]).id();
    assert_eq!(made(&other, &["files", "content", &id]).stdout.len(), 600_000);
    let listed = made(&other, &["threads", "list", "-o", "id"]);
    assert_eq!(listed.ids(), [thread], "the servers are one origin, for their store is one");
}

/// Returns the names of all files and folders below a folder.
fn names(folder: &std::path::Path) -> Vec<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    entries
        .flat_map(|entry| {
            let below = if entry.path().is_dir() { names(&entry.path()) } else { Vec::new() };
            below.into_iter().chain([entry.file_name().to_string_lossy().into_owned()])
        })
        .collect()
}

#[test]
fn a_killed_server_with_a_store_in_memory_leaves_no_files() {
    let asst = Asst::new().env("OPENAI_API_KEY", "any");
    let server = asst.serve(&[]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url);
    asst.file("file.bin", "x".repeat(600_000));
    let upload = ["files", "upload", "file.bin", "--purpose", "vision"];
    let (first, second) = (asst.run(upload).ok().id(), asst.run(upload).ok().id());
    asst.run(["files", "delete", &first]).ok();
    asst.run(["files", "content", &first]).code(3);
    assert_eq!(asst.run(["files", "content", &second]).ok().stdout.len(), 600_000);
    server.kill();
    assert_eq!(names(&asst.home().join("tmp")), [""; 0]);
}

#[cfg(unix)]
#[test]
fn a_fifo_in_a_store_is_an_error_and_does_not_block() {
    use std::os::unix::fs::symlink;
    let asst = Asst::new().env("OPENAI_API_KEY", "any");
    let store = asst.work().join("store");
    for name in ["store.db", "store.db-wal"] {
        std::fs::create_dir_all(&store).unwrap();
        asst.named_pipe(&format!("store/{name}"));
        let ran = asst.run(["serve", "--listen", "127.0.0.1:0", "--store", store.to_str().unwrap()]);
        assert_ne!(ran.code, Some(0), "{name:?}");
        ran.says("expected a regular file at").says("found a FIFO");
        std::fs::remove_dir_all(&store).unwrap();
    }
    std::fs::create_dir_all(store.join("files/incoming")).unwrap();
    asst.named_pipe("store/files/incoming/left");
    asst.named_pipe("store/files/lock");
    let server = asst.serve(&["--store", store.to_str().unwrap()]);
    let asst = asst.env("OPENAI_BASE_URL", &server.url);
    asst.file("file.bin", "some");
    let upload = ["files", "upload", "file.bin", "--purpose", "vision", "--retries", "0"];
    assert_ne!(asst.run(upload).code, Some(0));
    std::fs::remove_file(store.join("files/lock")).unwrap();
    let id = asst.run(upload).ok().id();
    // The file with the content.
    let mut folders = std::fs::read_dir(store.join("files")).unwrap().map(|entry| entry.unwrap().path());
    let folder = folders.find(|path| path.file_name().unwrap().len() == 2).unwrap();
    let bytes = std::fs::read_dir(folder).unwrap().next().unwrap().unwrap().path();
    for place in [
        |path: &std::path::Path| symlink("/dev/zero", path).unwrap(),
        |path: &std::path::Path| {
            assert!(std::process::Command::new("mkfifo").arg(path).status().unwrap().success());
        },
    ] {
        std::fs::remove_file(&bytes).unwrap();
        place(&bytes);
        assert_ne!(asst.run(["files", "content", &id, "--retries", "0"]).code, Some(0), "{place:?}");
    }
}
