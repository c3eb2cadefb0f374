//! `asst ledger events`: recorded deletions.

use crate::support::test_env::minting;

#[test]
fn ledger_events_name_the_job_that_deleted() {
    let (_listener, asst) = minting();
    let asst = asst.env("GITHUB_ACTIONS", "true").env("GITHUB_RUN_ID", "42").env("GITHUB_REPOSITORY", "o/r");
    let asst = asst.env("GITHUB_SERVER_URL", "https://github.example");
    let thread = asst.run(["threads", "create"]).ok().id();
    assert_eq!(asst.run(["ledger", "events"]).ok().stdout, "", "nothing was deleted");
    asst.run(["threads", "delete", &thread]).ok();
    let events = asst.run(["ledger", "events", &thread, "-o", "json"]).ok().json();
    assert_eq!((&events[0]["verb"], &events[0]["id"]), (&"delete".into(), &thread.into()), "{events}");
    assert!(events[0]["ci_job"].as_str().unwrap().contains("42"), "{events}");
    asst.run(["ledger", "events", "thread_000000000000000000000009"]).ok();
    asst.run(["ledger", "events", "no-prefix"]).code(2).says("--kind");
}
