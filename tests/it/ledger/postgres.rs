//! A ledger on PostgreSQL that several users share.

use crate::support::mock_server::MockServer;
use crate::support::postgres::{database, without_password};
use crate::support::test_env::{Asst, shows};
use std::process::Command;

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn two_users_see_the_same_ledger() {
    let url = database();
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
    let (_, password) = without_password(&url);
    assert!(stats.stderr.contains("postgres://127.0.0.1") && !stats.text().contains(&password), "{}", stats.text());
    assert!(!kim.ledger().exists(), "there is one ledger");
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn eight_processes_write_at_once_without_loss() {
    let url = database();
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
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn a_password_is_read_from_pgpassfile_or_a_command() {
    let url = database();
    let (bare, password) = without_password(&url);
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
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn a_wrong_password_exits_4_and_is_not_printed() {
    let url = database();
    let (_, password) = without_password(&url);
    let wrong = url.replace(&password, "hunter2");
    let ran = Asst::new().env("ASST_LEDGER", &wrong).run(["ledger", "list"]).code(4);
    assert!(!ran.text().contains("hunter2"), "{}", ran.text());
    // The new ID is not lost: it goes into a spill file.
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    let made = asst.run(["threads", "create", "--ledger", &without_password(&wrong).0]).ok();
    assert!(made.stderr.contains("asst-spill"), "{}", made.text());
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn entries_that_a_server_rejected_are_imported_later() {
    let url = database();
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
    error: cannot use the ledger `postgres:///ledger`: the server cannot be reached (the database URL contains no host)
      hint: check the server and the URL; until the server is available, entries are written to spill files
    exit 7
    ");
    shows!(run("mysql://kim:hunter2@h/ledger"), @r"
    --- stderr ---
    error: ASST_LEDGER names a database of an unsupported type
      hint: a ledger is a file, or postgres://USER@HOST/DATABASE
    exit 2
    ");
    shows!(run("postgres://kim:hunter2@h/ledger?sslmode=maybe"), @r"
    --- stderr ---
    error: expected sslmode of the database URL to be disable, prefer, require or verify-full
    exit 2
    ");
    shows!(Asst::new().run(["ledger", "list", "--ledger", "postgres://kim:hunter2@h/ledger"]), @r"
    --- stderr ---
    error: --ledger contains a password, which other users can read in the list of processes
      hint: put the URL into ASST_LEDGER, or the password into the file that PGPASSFILE names
    exit 2
    ");
}

#[test]
#[ignore = "needs PostgreSQL: tests/postgres/run"]
fn a_ledger_file_can_be_copied_to_a_server_and_back() {
    let url = database();
    let (bare, password) = without_password(&url);
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
