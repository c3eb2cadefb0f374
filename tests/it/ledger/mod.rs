//! The promises of the ledger (docs/design/ledger.md#promises), tested through the command line. No ID is lost if the
//! ledger, the backend, or the process fails.

mod broken;
mod crashes;
mod incomplete;
#[cfg(target_os = "linux")]
mod limits;
mod listing;
mod seen;
pub(crate) mod shared;
mod versions;
mod writers;

use crate::support::mock_server::MockServer;
use crate::support::test_env::{Asst, Ran, shows};
use serde_json::json;
use std::path::{Path, PathBuf};

/// Returns a backend that creates every posted object, and a user of it.
pub(crate) fn minting() -> (MockServer, Asst) {
    let listener = MockServer::minting();
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

pub(crate) fn threads(asst: &Asst) -> Vec<String> {
    asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().ids()
}

/// Creates a thread while the ledger cannot be written. The command succeeds, prints the ID, and writes it to a spill
/// file.
#[track_caller]
fn spilled(asst: &Asst) -> (Ran, String) {
    let ran = asst.run(["threads", "create", "-o", "id"]).ok().says("warning: ");
    let id = ran.id();
    let found = spills(asst.home()).into_iter().any(|path| std::fs::read_to_string(path).unwrap().contains(&id));
    assert!(found, "{id} is in no spill:\n{}", ran.text());
    (ran, id)
}

/// Returns every file below a folder with `spill` in its name.
fn spills(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(spills(&path));
        } else if path.extension().is_some_and(|end| end == "jsonl") {
            found.push(path);
        }
    }
    found
}

/// Runs a successful command and checks that it moves the spill files into the ledger, once.
#[track_caller]
fn taken_in(asst: &Asst, ids: &[&String]) {
    let ran = asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().says("took ");
    for id in ids {
        assert_eq!(ran.ids().iter().filter(|known| known == id).count(), 1, "{id} in:\n{}", ran.text());
    }
    assert_eq!(spills(asst.home()), Vec::<PathBuf>::new(), "spills that were taken in are still there");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_create_is_recorded_before_it_is_printed() {
    let (_listener, asst) = minting();
    let id = asst.run(["threads", "create", "--metadata", "team=hr", "--message", "SECRET"]).ok().id();
    let row = asst.run(["ledger", "list", "-o", "json"]).ok().json()[0].clone();
    assert_eq!((&row["id"], &row["state"], &row["source"]), (&json!(id), &json!("live"), &json!("created")));
    assert_eq!((&row["kind"], &row["messages"]), (&json!("thread"), &json!(1)));
    assert_eq!(row["metadata"]["team"], "hr");
    assert_eq!(row["provenance"]["flags"], json!(["message", "metadata"]));
    assert!(!row.to_string().contains("SECRET"), "{row}");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[cfg(unix)]
#[test]
fn ledger_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let (_listener, asst) = minting();
    asst.run(["threads", "create"]).ok();
    let mode = std::fs::metadata(asst.ledger()).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn no_ledger_flag_creates_no_ledger() {
    let (_listener, asst) = minting();
    asst.run(["threads", "create", "--no-ledger"]).ok();
    assert!(!asst.ledger().exists());
    shows!(asst.run(["threads", "list", "--no-ledger"]), @r"
    --- stderr ---
    error: --no-ledger leaves this command nothing to work on
    exit 2
    ");
    asst.run(["threads", "create", "--no-ledger", "--require-ledger"]).code(2);
}

#[test]
fn ledger_flag_selects_another_ledger() {
    let (_listener, asst) = minting();
    let other = asst.work().join("other.db");
    let other = other.to_str().unwrap();
    asst.run(["threads", "create", "--ledger", other]).ok();
    assert!(!asst.ledger().exists());
    assert_eq!(asst.run(["threads", "list", "--ledger", other]).ok().ids().len(), 1);
    assert_eq!(threads(&asst).len(), 0);
}
