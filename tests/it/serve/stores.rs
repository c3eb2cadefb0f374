//! Where a server keeps its store: what is taken, what is refused, and that no password is ever shown.

use super::*;
use crate::world::shows;

#[test]
fn a_store_that_cannot_be_is_refused() {
    let run = |store: &str| Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--store", store]);
    shows!(run("mysql://h/d"), @r"
    --- stderr ---
    error: --store names a database that is not known here
      hint: a store is memory, a folder, or postgres://USER@HOST/DATABASE
    exit 2
    ");
    shows!(run("postgres://u:hunter2@h/d"), @r"
    --- stderr ---
    error: --store holds a password, which others can read in the list of processes
      hint: put the URL into ASST_SERVE_STORE, or the password into the file that PGPASSFILE names
    exit 2
    ");
    let ran = Asst::new().env("ASST_SERVE_STORE", "postgres://u:hunter2@127.0.0.1:1/d");
    let ran = ran.run(["serve", "--listen", "127.0.0.1:0"]);
    assert!(!ran.text().contains("hunter2") && ran.stderr.contains("the server cannot be reached"), "{}", ran.text());
    assert_eq!(ran.stdout, "");
}

#[test]
fn a_database_holds_a_ledger_and_a_store() {
    let Some(url) = database("a_database_holds_a_ledger_and_a_store") else { return };
    let (user, rest) = url.split_once('@').unwrap();
    let (user, password) = user.rsplit_once(':').unwrap();
    let asst = Asst::new().env("ASST_LEDGER", &url);
    let file = asst.file("passwords", format!("127.0.0.1:*:*:asst:{password}\n"));
    #[cfg(unix)]
    std::fs::set_permissions(&file, std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    let asst = asst.env("PGPASSFILE", &file).env("OPENAI_API_KEY", "any");
    let (one, other) = {
        let store = format!("{user}@{rest}");
        (asst.serve(&["--store", &store]), asst.serve(&["--store", &store]))
    };
    let made = |server: &Standing, args: &[&str]| {
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
