//! Objects that the backend deletes while they are exported, and IDs that it never had.

use super::fake::Fake;
use super::{manifest, tree};
use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

fn page(items: &str, has_more: bool) -> Response {
    Response::text(200, format!("{{\"object\":\"list\",\"data\":[{items}],\"has_more\":{has_more}}}"))
}

fn missing(kind: &str, id: &str) -> Response {
    Response::error(404, &format!("No {kind} found with id '{id}'."), None)
}

/// The kinds of objects with lists: the name of the kind, its part of the export, the ID, and the path of its list.
const KINDS: [(&str, &str, &str, &str); 3] = [
    ("thread", "threads", "thread_1", "/messages"),
    ("vector store", "vector-stores", "vs_1", "/files"),
    ("conversation", "conversations", "conv_1", "/items"),
];

/// Returns the path of an object at the backend, without its ID.
fn collection(part: &str) -> String {
    format!("/v1/{}", part.replace('-', "_"))
}

#[test]
fn a_listed_object_that_is_deleted_before_its_request_is_gone() {
    for (kind, part, id, _) in KINDS {
        let listener = MockServer::new(move |request, _| match request.target.split('?').next().unwrap() {
            path if path == collection(part) => page(&format!("{{\"id\":\"{id}\"}}"), false),
            _ => missing(kind, id),
        });
        let asst = Asst::with_backend(&listener.url());
        let remote: &[&str] = if part == "vector-stores" { &[] } else { &["--remote"] };
        let args = [&["export", "out", "--kind", part], remote].concat();
        asst.run(args).ok().says(&format!("1 of 1 {kind} (1 gone)"));
        assert_eq!(manifest(&asst)["failed"], serde_json::json!({}), "{kind}");
        assert!(manifest(&asst)[part.replace('-', "_")][id]["gone_at"].is_string(), "{kind}");
        asst.run(["export", "verify", "out"]).ok();
    }
}

#[test]
fn an_id_that_failed_before_and_is_not_listed_stays_a_failure() {
    let requests = AtomicUsize::new(0);
    let listener = MockServer::new(move |request, _| match request.target.split('?').next().unwrap() {
        "/v1/vector_stores" => page("", false),
        _ if requests.fetch_add(1, Ordering::SeqCst) == 0 => Response::error(400, "broken", None),
        _ => missing("vector store", "vs_mistyped"),
    });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["export", "out", "vs_mistyped", "--kind", "vector-stores"]).code(5);
    asst.run(["export", "out", "--kind", "vector-stores"]).code(8).says("not found").says("0 of 1 vector store");
    assert_eq!(manifest(&asst)["failed"]["vector_store/vs_mistyped"]["exit_code"], 3);
    assert_eq!(manifest(&asst)["vector_stores"], serde_json::json!({}));
    asst.run(["export", "verify", "out"]).code(1).says("1 object not fetched");
}

#[test]
fn a_recorded_conversation_that_is_also_listed_counts_as_listed() {
    let requests = AtomicUsize::new(0);
    let listener = MockServer::new(move |request, _| match request.target.split('?').next().unwrap() {
        "/v1/conversations" => page(r#"{"id":"conv_1"}"#, false),
        _ if requests.fetch_add(1, Ordering::SeqCst) == 0 => Response::text(200, r#"{"id":"conv_1"}"#),
        _ => missing("conversation", "conv_1"),
    });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["conversations", "get", "conv_1"]).ok();
    asst.run(["export", "out", "--kind", "conversations", "--remote"]).ok().says("1 of 1 conversation (1 gone)");
}

#[test]
fn an_object_that_is_deleted_between_its_request_and_its_list_is_gone() {
    for (kind, part, id, list) in KINDS {
        // The second case deletes the object after the first page of the list.
        for pages in [0, 1] {
            let listener = MockServer::new(move |request, _| match request.target.split('?').next().unwrap() {
                path if path == format!("{}/{id}", collection(part)) => {
                    Response::text(200, format!("{{\"id\":\"{id}\"}}"))
                }
                path if path.ends_with(list) && pages == 1 && !request.target.contains("after=") => {
                    page(r#"{"id":"item_1"}"#, true)
                }
                path if path.ends_with("/runs") => page(r#"{"id":"run_1","status":"completed"}"#, false),
                path if path.ends_with("/steps") => page(r#"{"id":"step_1"}"#, false),
                _ => missing(kind, id),
            });
            let asst = Asst::with_backend(&listener.url());
            asst.run(["export", "out", id, "--kind", part]).ok().says(&format!("1 of 1 {kind} (1 gone)"));
            assert_eq!(manifest(&asst)["failed"], serde_json::json!({}), "{kind} {pages}");
            assert!(manifest(&asst)[part.replace('-', "_")][id]["gone_at"].is_string(), "{kind} {pages}");
            assert!(!tree(&asst).contains(&"journal.jsonl".to_owned()), "{kind} {pages}: {:?}", tree(&asst));
            asst.run(["export", "verify", "out"]).ok();
        }
    }
}

#[test]
fn a_thread_that_is_deleted_while_its_runs_are_read_is_gone() {
    for list in ["/runs", "/steps"] {
        let listener = MockServer::new(move |request, _| match request.target.split('?').next().unwrap() {
            path if path.ends_with(list) => missing("thread", "thread_1"),
            path if path.ends_with("/runs") => page(r#"{"id":"run_1","status":"completed"}"#, false),
            _ => Response::text(200, r#"{"id":"thread_1"}"#),
        });
        let asst = Asst::with_backend(&listener.url());
        assert_eq!(asst.run(["export", "out", "thread_1"]).ok().stdout, "thread_1\tgone\t0\t0\t0\n", "{list}");
        asst.run(["export", "verify", "out"]).ok();
    }
}

#[test]
fn a_thread_that_is_deleted_during_a_remote_verification_is_only_in_the_archive() {
    let mut fake = Fake::with_thread("thread_1");
    fake.say("thread_1", 2, "x");
    fake.list("threads/thread_1/runs").push(r#"{"id":"run_1","status":"completed"}"#.into());
    let deleted = Arc::new(AtomicUsize::new(usize::MAX));
    let from = Arc::clone(&deleted);
    let listener = MockServer::new(move |request, before| match before < from.load(Ordering::SeqCst) {
        true => fake.answer(request),
        false => missing("thread", "thread_1"),
    });
    let asst = Asst::with_backend(&listener.url());
    asst.run(["export", "out", "thread_1"]).ok();
    for requests in 0..3 {
        deleted.store(listener.lines().len() + requests, Ordering::SeqCst);
        let ran = asst.run(["export", "verify", "out", "--remote", "--exit-code", "--columns", "id,kind,wrong"]);
        assert_eq!(ran.code(9).stdout, "thread_1\tthread\tonly_here\n", "after {requests} requests");
    }
}
