//! `asst ledger forget` removes rows from the ledger.

use crate::support::ledger::threads;
use crate::support::test_env::{minting, shows};

#[test]
fn forget_needs_consent() {
    let (_listener, asst) = minting();
    asst.fed("thread_1\nthread_2\nthread_3\n", &["ledger", "import", "-"]).ok();
    asst.run(["ledger", "forget", "thread_1"]).ok().says("forgot 1");
    // Without a terminal there is no prompt.
    shows!(asst.run(["ledger", "forget", "--matching", "--id-prefix", "thread_2"]), @r"
    --- stderr ---
    error: cannot ask `Forget these rows of the ledger?` (1 in all): standard input and standard error are not both terminals; pass --yes to answer yes
    exit 2
    ");
    asst.run(["ledger", "forget", "--matching", "--id-prefix", "thread_2", "--yes"]).ok().says("forgot 1");
    assert_eq!(threads(&asst), ["thread_3"]);
    shows!(asst.run(["ledger", "forget"]), @r"
    --- stderr ---
    error: expected IDs or --matching, got neither
      hint: pass IDs, or --matching to forget all rows that match the filters
    exit 2
    ");
    // An ID is valid only in its origin.
    asst.run(["ledger", "forget", "thread_3", "--all-origins"]).code(2).says("and no origin is known");
    // A filter alone is not consent to forget everything that it matches.
    asst.run(["ledger", "forget", "--id-prefix", "thread_", "--purge", "--yes"])
        .code(2)
        .says("expected IDs or --matching");
    assert_eq!(threads(&asst), ["thread_3"]);
}
