//! `asst ledger settle` closes an open intent by hand.

use crate::support::ledger::threads;
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::{Asst, shows};

#[test]
fn an_intent_can_be_settled_by_hand() {
    let listener = MockServer::scripted([Response::Cut, Response::Cut]);
    let asst = Asst::with_backend(&listener.url());
    asst.run(["threads", "create"]).code(10);
    asst.run(["assistants", "create", "--model", "m"]).code(10);
    let open = asst.run(["ledger", "doctor", "-o", "jsonl"]).ok();
    let intents: Vec<serde_json::Value> = open.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(intents.len(), 2, "{}", open.text());
    let of = |kind: &str| {
        let found = intents.iter().find(|intent| intent["kind"] == kind);
        found.unwrap_or_else(|| panic!("no intent of a {kind}"))["id"].as_str().unwrap().to_owned()
    };
    shows!(asst.run(["ledger", "settle", &of("thread"), "thread_1"]), @r"
    --- stderr ---
    note: thread thread_1 is recorded
    exit 0
    ");
    shows!(asst.run(["ledger", "settle", &of("thread"), "--none"]), @r"
    --- stderr ---
    note: the intent was already settled; nothing was changed
    exit 0
    ");
    shows!(asst.run(["ledger", "settle", &of("assistant"), "--none"]), @r"
    --- stderr ---
    note: settled: nothing was created
    exit 0
    ");
    shows!(asst.run(["ledger", "settle", "intent_nothing", "--none"]), @r"
    --- stderr ---
    error: no intent `intent_nothing` in the ledger
      hint: run `asst ledger doctor` to list the open intents
    exit 2
    ");
    assert_eq!(threads(&asst), ["thread_1"]);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}
