//! The promises of the ledger (docs/design/ledger.md#promises), tested through the command line. No ID is lost if the
//! ledger, the backend, or the process fails.

mod broken;
mod crashes;
#[cfg(target_os = "linux")]
mod disks;
mod incomplete;
#[cfg(target_os = "linux")]
mod limits;
mod postgres;
mod privacy;
mod provenance;
mod states;
mod versions;
mod writers;

use crate::support::ledger::threads;
use crate::support::test_env::{minting, shows};
use serde_json::json;

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
    error: this command needs the ledger; remove --no-ledger
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
