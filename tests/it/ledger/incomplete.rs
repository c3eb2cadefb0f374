//! A ledger that cannot import its spill files. No incomplete answer is presented as complete, and every spill file can
//! be imported into a ledger.

use crate::support::ledger::{spilled, spills, threads};
use crate::support::test_env::{Asst, minting};
use std::path::{Path, PathBuf};

/// Creates a file with the path of the ledger's folder, which stops root too.
fn without_ledger(asst: &Asst) -> PathBuf {
    let folder = asst.home().join("state/asst");
    std::fs::write(&folder, "").unwrap();
    folder
}

#[test]
fn every_command_that_reads_an_incomplete_ledger_exits_8_and_names_the_spill_file() {
    let (_listener, asst) = minting();
    let other = asst.home().join("state/other.db");
    let asst = asst.env("ASST_LEDGER", &other);
    let first = asst.run(["threads", "create", "-o", "id"]).ok().id();
    // The lock allows reads of the ledger, but no writes.
    let holder = rusqlite::Connection::open(&other).unwrap();
    holder.execute_batch("begin immediate").unwrap();
    let (_, second) = spilled(&asst);
    let spill = spills(asst.home()).pop().unwrap().display().to_string();
    for args in [
        &["threads", "list", "-o", "id"][..],
        &["ledger", "list", "-o", "id"],
        &["ledger", "stats"],
        &["ledger", "stats", "--ages"],
        &["ledger", "events"],
        &["export", "out", "--kind", "threads"],
    ] {
        let ran = asst.run(args);
        assert_eq!(ran.code, Some(8), "{args:?}: {}", ran.text());
        assert!(ran.stderr.contains("incomplete") && ran.stderr.contains(&spill), "{args:?}: {}", ran.text());
    }
    let ran = asst.run(["threads", "list", "-o", "id", "-q"]).code(8).says("import --spill");
    assert_eq!(ran.ids(), [first.as_str()]);
    // A command that decides on deletions refuses to work with an incomplete ledger.
    for args in [
        &["threads", "prune", "--older-than", "1s", "--yes"][..],
        &["threads", "list", "--orphaned"],
        &["threads", "list", "--idle", "1d"],
    ] {
        let ran = asst.run(args);
        assert_eq!(ran.code, Some(1), "{args:?}: {}", ran.text());
        assert!(ran.stderr.contains("lacks the entries in"), "{args:?}: {}", ran.text());
    }
    let ran = asst.run(["ledger", "doctor"]);
    assert_ne!(ran.code, Some(0), "{}", ran.text());
    assert!(ran.stderr.contains(&spill), "{}", ran.text());
    // A command that does not depend on the ledger still works.
    asst.run(["threads", "get", &second]).ok();
    holder.execute_batch("rollback").unwrap();
    drop(holder);
    let mut all = threads(&asst);
    all.sort();
    let mut wanted = [first, second];
    wanted.sort();
    assert_eq!(all, wanted);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_spill_file_of_another_ledger_is_reported_by_the_doctor_and_can_be_imported() {
    let (_listener, asst) = minting();
    let folder = without_ledger(&asst);
    let (ran, id) = spilled(&asst);
    let spill = spills(asst.home()).pop().unwrap().display().to_string();
    assert!(ran.stderr.contains(&format!("asst ledger import --spill {spill}")), "{}", ran.text());
    asst.run(["threads", "list"]).code(1).says("cannot be opened");
    asst.run(["ledger", "doctor"]).code(1).says(&spill);
    // Import into another ledger, as the warning suggests.
    let other = asst.work().join("other.db").display().to_string();
    let with = |args: &[&str]| asst.run([args, &["--ledger", &other]].concat());
    assert_eq!(with(&["threads", "list", "-o", "id"]).ok().ids(), [""; 0]);
    let ran = with(&["ledger", "doctor", "--exit-code"]).code(9).says(&spill);
    assert!(ran.stderr.contains("state/asst/ledger.db") && !ran.stderr.contains("in order"), "{}", ran.text());
    let ran = with(&["ledger", "import", "--spill", &spill, "--dry-run"]).ok();
    assert!(ran.stderr.contains("entries; nothing was recorded"), "{}", ran.text());
    with(&["ledger", "import", "--spill", &spill]).ok();
    assert_eq!(with(&["threads", "list", "-o", "id"]).ok().ids(), [id]);
    assert_eq!(spills(asst.home()), Vec::<PathBuf>::new());
    with(&["ledger", "doctor", "--exit-code"]).ok().says("in order");
    with(&["ledger", "import", "--spill", &spill]).code(2).says("No such file");
    std::fs::remove_file(folder).unwrap();
}

#[test]
fn an_unusable_home_spills_and_a_later_home_imports_the_spill_file() {
    let (_listener, asst) = minting();
    // As with `HOME=/` and another user: not even root can create files there.
    let lost = |args: &[&str]| {
        let mut command = asst.command(args);
        command.env_remove("XDG_STATE_HOME").env("HOME", "/proc/self");
        asst.ran(command.output().unwrap())
    };
    let id = lost(&["threads", "create", "-o", "id"]).ok().says("import --spill").id();
    lost(&["threads", "list"]).code(8).says("incomplete");
    lost(&["ledger", "stats"]).code(8);
    assert_ne!(lost(&["ledger", "doctor"]).code, Some(0));
    let spill = spills(asst.home()).pop().unwrap();
    // The doctor finds the spill file in another environment, although it belongs to another ledger.
    asst.run(["ledger", "doctor", "--exit-code"]).code(9).says(spill.to_str().unwrap());
    asst.run(["ledger", "import", "--spill", spill.to_str().unwrap()]).ok();
    assert_eq!(threads(&asst), [id]);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn doctor_reports_a_ledger_that_cannot_be_created() {
    let asst = Asst::new().env("OPENAI_API_KEY", "sk-none").env("XDG_STATE_HOME", "/proc/self");
    let ran = asst.run(["ledger", "doctor"]).code(1).says("cannot be opened");
    assert!(!ran.stderr.contains("in order"), "{}", ran.text());
    // A new user has no ledger, which is not an error.
    let asst = Asst::new().env("OPENAI_API_KEY", "sk-none");
    asst.run(["ledger", "doctor"]).ok().says("in order");
    assert!(!asst.ledger().exists(), "the doctor made a ledger");
}

#[test]
fn damaged_lines_are_moved_and_can_be_imported_after_a_correction() {
    let (_listener, asst) = minting();
    let folder = without_ledger(&asst);
    let (_, id) = spilled(&asst);
    std::fs::remove_file(folder).unwrap();
    let spill = spills(asst.home()).pop().unwrap();
    let text = std::fs::read_to_string(&spill).unwrap();
    let lost = text.lines().last().unwrap().replace(&id, "thread_lost");
    std::fs::write(&spill, format!("{text}{{\"torn\n")).unwrap();
    assert_eq!(asst.run(["threads", "list", "-o", "id"]).ok().says("moved to").ids(), [id.as_str()]);
    let aside = spill.with_extension("unread");
    let text = std::fs::read_to_string(&aside).unwrap();
    assert_eq!(text.lines().count(), 2, "only the damaged line is moved to: {text}");
    let name = aside.display().to_string();
    asst.run(["ledger", "doctor", "--exit-code"]).code(9).says(&format!("asst ledger import --spill {name}"));
    asst.run(["ledger", "import", "--spill", &name]).code(2).says("damaged lines: 2");
    std::fs::write(&aside, text.replace("{\"torn", &lost)).unwrap();
    asst.run(["ledger", "import", "--spill", &name]).ok();
    assert!(!aside.exists());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn import_spill_refuses_a_file_that_is_not_a_spill_file() {
    let (_listener, asst) = minting();
    let file = asst.file("ids.txt", "thread_1\n");
    asst.run(["ledger", "import", "--spill", file.to_str().unwrap()]).code(2).says("expected a spill file");
    assert!(file.exists());
    asst.run(["ledger", "import", "--spill", asst.work().to_str().unwrap()]).code(2);
    asst.run(["ledger", "import", "--spill", file.to_str().unwrap(), "ids.txt"]).code(2);
    asst.run(["ledger", "import"]).code(2);
    assert!(Path::new(&file).exists());
}

#[test]
fn a_copy_of_a_ledger_includes_its_spill_files_or_exits_8() {
    let (_listener, asst) = minting();
    asst.run(["threads", "create"]).ok();
    let holder = rusqlite::Connection::open(asst.ledger()).unwrap();
    holder.execute_batch("begin immediate").unwrap();
    spilled(&asst);
    let (from, to) = (asst.ledger().display().to_string(), asst.work().join("to.db").display().to_string());
    asst.run(["ledger", "copy", &from, &to]).code(8).says("incomplete");
    holder.execute_batch("rollback").unwrap();
    drop(holder);
    asst.run(["threads", "list"]).ok();
    asst.run(["ledger", "copy", &from, &to]).ok();
}
