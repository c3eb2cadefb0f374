//! A ledger that cannot be written or read: the ID goes into a spill file, and from there into the ledger.

use crate::support::ledger::{spilled, taken_in};
use crate::support::test_env::{minting, shows};
use rusqlite::Connection;

#[test]
fn an_id_is_spilled_while_another_process_locks_the_ledger() {
    let (listener, asst) = minting();
    let first = asst.run(["threads", "create"]).ok().id();
    let holder = Connection::open(asst.ledger()).unwrap();
    holder.execute_batch("begin exclusive").unwrap();
    let (ran, second) = spilled(&asst);
    shows!(ran, @r"
    [thread]
    --- stderr ---
    warning: cannot use the ledger `[home]/state/asst/ledger.db`: the database is locked by another process (another process has locked it: wait until that process ends, then repeat the command); the entries were written to [home]/state/asst/asst-spill/[spill]. The next command that can write this ledger imports them; `asst ledger import --spill [home]/state/asst/asst-spill/[spill]` imports them into another ledger
    exit 0
    ");
    // With `--require-ledger`, a request that cannot be recorded is not sent.
    let before = listener.lines().len();
    asst.run(["threads", "create", "--require-ledger"]).code(1).says("the request was not sent");
    assert_eq!(listener.lines().len(), before);
    holder.execute_batch("rollback").unwrap();
    drop(holder);
    taken_in(&asst, &[&first, &second]);
}

#[test]
fn an_id_is_spilled_if_the_ledger_is_corrupt() {
    let (listener, asst) = minting();
    std::fs::create_dir_all(asst.ledger().parent().unwrap()).unwrap();
    std::fs::write(asst.ledger(), "garbage ".repeat(2_000)).unwrap();
    let (ran, id) = spilled(&asst);
    shows!(ran, @r"
    [thread]
    --- stderr ---
    warning: cannot use the ledger `[home]/state/asst/ledger.db`: the file is damaged, or is not a database (file is not a database) (if this is your ledger, move it away (`mv [home]/state/asst/ledger.db [home]/state/asst/ledger.db.damaged`): the next write creates a new one and imports the spill files; `asst ledger import` adds IDs from other sources); the entries were written to [home]/state/asst/asst-spill/[spill]. The next command that can write this ledger imports them; `asst ledger import --spill [home]/state/asst/asst-spill/[spill]` imports them into another ledger
    exit 0
    ");
    let before = listener.lines().len();
    asst.run(["threads", "create", "--require-ledger"]).code(1);
    assert_eq!(listener.lines().len(), before);
    assert_ne!(asst.run(["ledger", "doctor"]).code, Some(0), "the doctor finds nothing wrong with garbage");
    // A read from the API needs no ledger.
    asst.run(["threads", "get", &id]).ok();
    std::fs::remove_file(asst.ledger()).unwrap();
    taken_in(&asst, &[&id]);
}

#[test]
fn an_id_is_spilled_if_the_ledger_is_a_folder() {
    let (_listener, asst) = minting();
    std::fs::create_dir_all(asst.ledger()).unwrap();
    let (_, id) = spilled(&asst);
    std::fs::remove_dir(asst.ledger()).unwrap();
    taken_in(&asst, &[&id]);
}

#[test]
fn an_id_is_spilled_if_the_folder_of_the_ledger_cannot_be_created() {
    // A file has the path of the folder, which stops root too.
    let (_listener, asst) = minting();
    std::fs::write(asst.home().join("state/asst"), "").unwrap();
    let (_, id) = spilled(&asst);
    std::fs::remove_file(asst.home().join("state/asst")).unwrap();
    taken_in(&asst, &[&id]);
}

#[cfg(unix)]
#[test]
fn an_id_is_spilled_if_the_ledger_is_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_listener, asst) = minting();
    let asst = asst.unprivileged();
    asst.run(["threads", "create"]).ok();
    let mode = |mode| std::fs::set_permissions(asst.ledger(), std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o400);
    let (_, id) = spilled(&asst);
    mode(0o600);
    taken_in(&asst, &[&id]);
}

#[cfg(unix)]
#[test]
fn an_id_is_spilled_if_the_folder_of_the_ledger_is_read_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_listener, asst) = minting();
    let folder = asst.home().join("state/asst");
    std::fs::create_dir(&folder).unwrap();
    let asst = asst.unprivileged();
    let mode = |mode| std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o500);
    let (_, id) = spilled(&asst);
    mode(0o700);
    taken_in(&asst, &[&id]);
}

#[test]
fn an_id_is_printed_if_no_spill_file_can_be_written() {
    let (_listener, asst) = minting();
    std::fs::write(asst.home().join("state/asst"), "").unwrap();
    let nowhere = asst.file("file", "");
    let mut command = asst.command(["threads", "create", "-o", "id", "-q"]);
    for name in ["TMPDIR", "XDG_RUNTIME_DIR", "ASST_SPILL_DIR"] {
        command.env(name, &nowhere);
    }
    let ran = asst.ran(command.output().unwrap()).ok();
    assert!(ran.stderr.contains(&ran.id()), "the id is not on stderr, which nothing silences:\n{}", ran.text());
}
