//! A ledger on PostgreSQL that several users share. `ASST_TEST_POSTGRES` names a server. Without it, tests that need
//! one are reported as skipped.

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, shows, skipped};
use std::process::Command;

/// Creates a database and returns its URL.
pub(crate) fn database(test: &str) -> Option<String> {
    let Some(url) = std::env::var("ASST_TEST_POSTGRES").ok() else {
        skipped(test, "ASST_TEST_POSTGRES names no server");
        return None;
    };
    static MADE: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
    let number = MADE.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
    let name = format!("asst_it_{}_{number}", std::process::id());
    let made = Command::new("psql").args([&url, "-qc", &format!("create database {name}")]).status().unwrap();
    assert!(made.success());
    Some(format!("{}/{name}", url.rsplit_once('/').unwrap().0))
}

/// Splits a URL into the URL without its password, and the password.
fn parted(url: &str) -> (String, String) {
    let (user, rest) = url.split_once('@').unwrap();
    let (user, password) = user.rsplit_once(':').unwrap();
    (format!("{user}@{rest}"), password.to_owned())
}

#[test]
fn two_users_see_the_same_ledger() {
    let Some(url) = database("two_users_see_the_same_ledger") else { return };
    let listener = MockServer::minting();
    let person = || Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url);
    let (kim, lee) = (person(), person());
    assert_eq!(lee.run(["threads", "list"]).ok().stdout, "", "a ledger that is not there yet is empty");
    let made = kim.run(["threads", "create", "--metadata", "team=docs"]).ok().id();
    assert_eq!(lee.run(["threads", "list", "--metadata", "team=docs"]).ok().ids(), std::slice::from_ref(&made));
    lee.run(["threads", "delete", &made]).ok();
    assert_eq!(kim.run(["threads", "list"]).ok().stdout, "");
    assert_eq!(kim.run(["threads", "list", "--state", "deleted"]).ok().ids(), [made]);
    let stats = kim.run(["ledger", "stats"]).ok();
    let (_, password) = parted(&url);
    assert!(stats.stderr.contains("postgres://127.0.0.1") && !stats.text().contains(&password), "{}", stats.text());
    assert!(!kim.ledger().exists(), "there is one ledger");
}

#[test]
fn eight_processes_write_at_once_without_loss() {
    let Some(url) = database("eight_processes_write_at_once_without_loss") else { return };
    let listener = MockServer::minting();
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                let asst = Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url);
                (0..5).for_each(|_| drop(asst.run(["threads", "create"]).ok()));
            });
        }
    });
    let asst = Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url);
    let mut ids = asst.run(["threads", "list", "--all-origins"]).ok().ids();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 40);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_password_is_read_from_pgpassfile_or_a_command() {
    let Some(url) = database("a_password_is_read_from_pgpassfile_or_a_command") else { return };
    let (bare, password) = parted(&url);
    let asst = Asst::new();
    let file = asst.file("passwords", format!("127.0.0.1:*:*:asst:{password}\n"));
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let asst = asst.env("PGPASSFILE", &file);
    asst.run(["ledger", "list", "--ledger", &bare]).ok();
    // The URL can also come from a command of the profile.
    let asst = Asst::new();
    asst.config(&format!("[profiles.work]\nbackend = \"local\"\nledger_command = \"echo '{url}'\"\n"));
    asst.run(["ledger", "list", "-p", "work"]).ok();
}

#[test]
fn a_wrong_password_exits_4_and_is_not_printed() {
    let Some(url) = database("a_wrong_password_exits_4_and_is_not_printed") else { return };
    let (_, password) = parted(&url);
    let wrong = url.replace(&password, "hunter2");
    let ran = Asst::new().env("ASST_LEDGER", &wrong).run(["ledger", "list"]).code(4);
    assert!(!ran.text().contains("hunter2"), "{}", ran.text());
    // The new ID is not lost: it goes into a spill file.
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let made = asst.run(["threads", "create", "--ledger", &parted(&wrong).0]).ok();
    assert!(made.stderr.contains("asst-spill"), "{}", made.text());
}

#[test]
fn entries_that_a_server_rejected_are_imported_later() {
    let Some(url) = database("entries_that_a_server_rejected_are_imported_later") else { return };
    let listener = MockServer::minting();
    let psql = |sql: &str| assert!(Command::new("psql").args([&url, "-qc", sql]).status().unwrap().success());
    let asst = Asst::with_backend(&listener.url()).env("ASST_LEDGER", &url);
    asst.run(["ledger", "import", "thread_00000000000000000000000x"]).code(2);
    let first = asst.run(["threads", "create"]).ok().id();
    psql("alter table object rename to away");
    let second = asst.run(["threads", "create"]).ok();
    assert!(second.stderr.contains("asst-spill"), "{}", second.text());
    psql("alter table away rename to object");
    let mut ids = asst.run(["threads", "list"]).ok().ids();
    ids.sort();
    let mut wanted = [first, second.id()];
    wanted.sort();
    assert_eq!(ids, wanted);
}

#[test]
fn an_unreachable_server_loses_no_id() {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url()).env("ASST_LEDGER", "postgres://kim:hunter2@127.0.0.1:1/ledger");
    let made = asst.run(["threads", "create"]).ok();
    assert!(made.stderr.contains("asst-spill") && !made.text().contains("hunter2"), "{}", made.text());
    let listed = asst.run(["threads", "list"]).code(7);
    assert!(!listed.text().contains("hunter2"), "{}", listed.text());
    asst.run(["threads", "create", "--require-ledger"]).code(7);
    assert_eq!(listener.lines().len(), 1, "nothing was made that could not be recorded");
}

#[test]
fn an_invalid_ledger_url_is_refused() {
    let run = |url: &str| Asst::new().env("ASST_LEDGER", url).run(["ledger", "list"]);
    shows!(run("postgres:///ledger"), @r"
    --- stderr ---
    error: the ledger `postgres:///ledger` is out of order: the server cannot be reached (the database URL names no host)
      hint: is the server up, and does the URL lead to it? What is recorded meanwhile is kept in files
    exit 7
    ");
    shows!(run("mysql://kim:hunter2@h/ledger"), @r"
    --- stderr ---
    error: ASST_LEDGER names a database that is not known here
      hint: a ledger is a file, or postgres://USER@HOST/DATABASE
    exit 2
    ");
    shows!(run("postgres://kim:hunter2@h/ledger?sslmode=maybe"), @r"
    --- stderr ---
    error: sslmode of the database URL is none of disable, prefer, require, verify-full
    exit 2
    ");
    shows!(Asst::new().run(["ledger", "list", "--ledger", "postgres://kim:hunter2@h/ledger"]), @r"
    --- stderr ---
    error: --ledger holds a password, which others can read in the list of processes
      hint: put the URL into ASST_LEDGER, or the password into the file that PGPASSFILE names
    exit 2
    ");
}

#[test]
fn a_ledger_file_can_be_copied_to_a_server_and_back() {
    let Some(url) = database("a_ledger_file_can_be_copied_to_a_server_and_back") else { return };
    let (bare, password) = parted(&url);
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let file = asst.file("passwords", format!("*:*:*:asst:{password}\n"));
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let asst = asst.env("PGPASSFILE", &file);
    let kept = asst.run(["threads", "create", "--metadata", "a=b"]).ok().id();
    let gone = asst.run(["threads", "create"]).ok().id();
    asst.run(["threads", "delete", &gone]).ok();
    let own = asst.ledger().to_string_lossy().into_owned();
    asst.run(["ledger", "copy", &own, &bare]).ok().says("2 rows, 2 intents and 1 events");
    asst.run(["ledger", "copy", &own, &bare]).ok();
    assert_eq!(asst.run(["threads", "list", "--ledger", &bare, "--metadata", "a=b"]).ok().ids(), [kept]);
    assert_eq!(asst.run(["ledger", "events", "--ledger", &bare]).ok().ids(), [gone]);
    asst.run(["ledger", "copy", &bare, "back.db"]).ok().says("2 rows, 2 intents and 1 events");
}
