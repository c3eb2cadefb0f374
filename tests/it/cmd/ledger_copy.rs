//! `asst ledger copy`.

use crate::support::test_env::{Asst, minting, shows};

#[test]
fn ledger_copy_keeps_rows_and_events() {
    let (_listener, asst) = minting();
    let kept = asst.run(["threads", "create", "--metadata", "team=docs"]).ok().id();
    let gone = asst.run(["threads", "create"]).ok().id();
    asst.run(["threads", "delete", &gone]).ok();
    let own = asst.ledger().to_string_lossy().into_owned();
    let other = asst.work().join("other.db").to_string_lossy().into_owned();
    let copy = |from: &str, to: &str| asst.run(["ledger", "copy", from, to]);
    copy(&own, &other).ok().says("2 rows, 2 intents and 1 events");
    let of = |ledger: &str, args: &[&str]| {
        let args: Vec<&str> = [args, &["--ledger", ledger, "-o", "jsonl", "--jq", "del(.recorded_at)"]].concat();
        asst.run(args).ok().stdout
    };
    for listing in [&["ledger", "list", "--state", "any"][..], &["ledger", "events"]] {
        assert_eq!(of(&other, listing), of(&own, listing), "{listing:?}");
        assert!(!of(&own, listing).is_empty(), "{listing:?}");
    }
    // A second copy changes nothing, and a row that the target has as deleted stays deleted.
    copy(&own, &other).ok();
    assert_eq!(of(&other, &["ledger", "events"]), of(&own, &["ledger", "events"]));
    asst.run(["threads", "delete", &kept, "--ledger", &other]).ok();
    copy(&own, &other).ok();
    assert_eq!(asst.run(["threads", "list", "--ledger", &other]).ok().stdout, "");
}

#[test]
fn ledger_copy_refuses_invalid_sources_and_targets() {
    let asst = Asst::new();
    shows!(asst.run(["ledger", "copy", "missing.db", "to.db"]), @r"
    --- stderr ---
    error: missing.db: no such ledger
    exit 2
    ");
    shows!(asst.run(["ledger", "copy", "a.db", "a.db"]), @r"
    --- stderr ---
    error: FROM and TO are the same ledger
    exit 2
    ");
    let ran = asst.run(["ledger", "copy", "postgres://kim:hunter2@h/l", "to.db"]).code(2);
    assert!(!ran.text().contains("hunter2"), "{}", ran.text());
    asst.file("noise.db", "this is no database, whatever its name says; it is long enough to be looked at as one");
    asst.run(["ledger", "copy", "noise.db", "to.db"]).code(1);
}
