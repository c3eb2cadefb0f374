//! `asst ledger doctor`: open intents, spill files, and rows that need attention.

use crate::support::ledger::spills;
use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::{Asst, minting};
use serde_json::json;

#[test]
fn doctor_names_the_next_command() {
    let listener = MockServer::new(|request, before| match request.method.as_str() {
        "POST" if request.target.ends_with("/assistants") => Response::Cut,
        _ => mint(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    let thread = asst.run(["threads", "create"]).ok().id();
    let run = asst.run(["runs", "create", &thread, "--assistant-id", "asst_1"]).ok().id();
    asst.run(["assistants", "create", "--model", "m"]).code(10);
    let ledger = rusqlite::Connection::open(asst.ledger()).unwrap();
    ledger
        .execute(
            "update object set state = 'foreign' where collection in (select n from collection where kind = 'thread')",
            [],
        )
        .unwrap();
    drop(ledger);
    let ran = asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert!(lines[0].contains("another origin: 1; `asst ledger list --state foreign --all-origins`"), "{}", ran.text());
    assert!(lines[1].contains(&format!("recorded as active: 1; `asst runs get {thread} {run}`")), "{}", ran.text());
    assert!(lines[2].contains("asst ledger settle INTENT ID|--none"), "{}", ran.text());
    let told = asst.run(["ledger", "doctor", "-o", "json"]).ok();
    let summary = told
        .stderr
        .lines()
        .find_map(|line| serde_json::from_str::<serde_json::Value>(line).ok()?.get("summary").cloned());
    let expected = json!({
        "open_intents": 1, "spills_waiting": 0, "spills_put_aside": 0, "spills_elsewhere": 0, "foreign": 1,
        "runs_unfinished": 1
    });
    assert_eq!(summary, Some(expected), "{}", told.text());
}

#[test]
fn doctor_names_open_intents_of_conversations_and_uploads() {
    let listener = MockServer::new(|request, before| match request.method.as_str() {
        "POST" => Response::Cut,
        _ => mint(request, before),
    });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["conversations", "create"]).code(10);
    asst.run(["uploads", "create", "--filename", "a.txt", "--bytes", "7", "--mime-type", "text/plain"]).code(10);
    let before = listener.lines().len();
    let ran = asst.run(["ledger", "doctor", "-o", "json"]).ok();
    let intents = ran.json();
    let kinds: Vec<_> = intents.as_array().unwrap().iter().map(|intent| intent["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"conversation") && kinds.contains(&"upload") && kinds.len() == 2, "{intents}");
    // OpenAI lists neither, so nothing proves what was created.
    assert!(intents.as_array().unwrap().iter().all(|intent| intent["candidates"].is_null()), "{intents}");
    assert_eq!(listener.lines()[before..].iter().filter(|line| line.contains("uploads")).count(), 0);
    let ran = asst.run(["ledger", "doctor", "--exit-code"]).code(9).says("asst ledger settle INTENT ID|--none");
    let numbers = ran.ids();
    asst.run(["ledger", "settle", &numbers[0], "--none"]).ok();
    asst.run(["ledger", "settle", &numbers[1], "--none"]).ok();
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn doctor_finds_an_unreadable_spill_file() {
    let (_listener, asst) = minting();
    std::fs::create_dir_all(asst.ledger()).unwrap();
    let id = asst.run(["threads", "create", "-o", "id"]).ok().id();
    let spill = spills(asst.home()).remove(0);
    let whole = std::fs::read_to_string(&spill).unwrap();
    std::fs::write(&spill, format!("{whole}this is no entry\n")).unwrap();
    std::fs::remove_dir(asst.ledger()).unwrap();
    asst.run(["threads", "list"]).ok();
    let ran = asst.run(["ledger", "doctor", "--exit-code"]).code(9).says("has damaged lines").says("asst ledger scan");
    assert!(ran.stderr.contains(".unread"), "{}", ran.text());
    let aside = ran.stderr.split_whitespace().find(|word| word.ends_with(".unread")).unwrap().to_owned();
    assert!(asst.run(["ledger", "list"]).ok().ids().contains(&id));
    let real = std::fs::read_dir(spill.parent().unwrap()).unwrap().flatten().map(|file| file.path());
    real.filter(|path| aside.ends_with(path.file_name().unwrap().to_str().unwrap()))
        .for_each(|path| std::fs::remove_file(path).unwrap());
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_malformed_list_does_not_prove_that_an_intent_created_nothing() {
    use serde_json::json;
    for (page, expected) in [
        (json!({ "object": "list", "data": [], "has_more": false }), json!([])),
        (json!({ "data": null, "has_more": false }), json!(null)),
        (json!([]), json!(null)),
        (json!({ "data": [] }), json!(null)),
        (json!({ "data": [], "has_more": false, "next_page": "2" }), json!(null)),
    ] {
        let answer = page.clone();
        let listener = MockServer::new(move |request, _| match request.method.as_str() {
            "POST" => Response::Cut,
            _ => Response::json(200, &answer),
        });
        let asst = Asst::with_backend(&listener.url());
        asst.run(["assistants", "create", "--model", "m"]).code(10);
        let ran = asst.run(["ledger", "doctor", "-o", "json"]).ok();
        assert_eq!(ran.json()[0]["candidates"], expected, "{page}: {}", ran.text());
        let told = ran.stderr.contains("does not show whether intent");
        assert_eq!(told, expected.is_null(), "{page}: {}", ran.text());
    }
}
