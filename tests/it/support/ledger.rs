//! The ledger of a user, as its files and lists show it.

use super::test_env::{Asst, Ran};
use std::path::{Path, PathBuf};

/// Returns the IDs of all threads in the ledger, whatever their state.
pub(crate) fn threads(asst: &Asst) -> Vec<String> {
    asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().ids()
}

/// Creates a thread while the ledger cannot be written. The command succeeds, prints the ID, and writes it to a spill
/// file.
#[track_caller]
pub(crate) fn spilled(asst: &Asst) -> (Ran, String) {
    let ran = asst.run(["threads", "create", "-o", "id"]).ok().says("warning: ");
    let id = ran.id();
    let found = spills(asst.home()).into_iter().any(|path| std::fs::read_to_string(path).unwrap().contains(&id));
    assert!(found, "{id} is in no spill file:\n{}", ran.text());
    (ran, id)
}

/// Returns every file below a folder with `spill` in its name.
pub(crate) fn spills(folder: &Path) -> Vec<PathBuf> {
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
pub(crate) fn taken_in(asst: &Asst, ids: &[&String]) {
    let ran = asst.run(["threads", "list", "--state", "any", "-o", "id"]).ok().says("imported ");
    for id in ids {
        assert_eq!(ran.ids().iter().filter(|known| known == id).count(), 1, "{id} in:\n{}", ran.text());
    }
    assert_eq!(spills(asst.home()), Vec::<PathBuf>::new(), "imported spill files still exist");
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}
