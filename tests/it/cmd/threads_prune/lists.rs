//! Lists as evidence. A list that is not well-formed to its end proves neither that a thread is empty nor that it is
//! old.

use crate::support::aged_backend::{Setup, days};
use crate::support::mock_server::Response;
use serde_json::{Value, json};

/// Returns pages that do not prove that a list is empty.
fn no_proof() -> Vec<Value> {
    vec![
        json!([]),
        json!({ "data": null, "has_more": false }),
        json!({ "data": [] }),
        json!({ "data": [], "has_more": true }),
        json!({ "data": [], "has_more": "true" }),
        json!({ "data": [], "has_more": "false" }),
        json!({ "data": [], "has_more": 1 }),
        json!({ "data": [], "has_more": null }),
        json!({ "data": [], "has_more": false, "next_page": "x" }),
        json!({ "data": [], "has_more": false, "nextLink": "https://x" }),
        json!({ "data": [], "has_more": false, "hasMore": true }),
        json!({ "data": [], "has_more": false, "total": 12 }),
        json!({ "data": [], "has_more": false, "error": { "message": "no" } }),
        json!({ "object": "error", "data": [], "has_more": false }),
    ]
}

#[test]
fn a_list_that_is_not_proven_empty_prevents_deletions() {
    for list in ["/runs?", "/messages?"] {
        for page in no_proof() {
            let (setup, told) = (Setup::new(), format!("{list} {page}"));
            setup.thread();
            setup.backend().hook(move |request, _| request.target.contains(list).then(|| Response::json(200, &page)));
            for flags in [&["--empty"][..], &["--orphaned"], &["--older-than", "90d", "--any-assistant"]] {
                let ran = setup.prune(&[flags, &["--yes"]].concat());
                assert!(ran.code == Some(1) && ran.stderr.contains("1 unknown"), "{told}: {}", ran.text());
                assert_eq!(setup.deleted(), Vec::<String>::new(), "{told}");
            }
        }
    }
}

#[test]
fn items_without_a_proven_end_prevent_deletions() {
    let old =
        |id: &str| json!({ "id": id, "created_at": days(-90), "status": "completed", "assistant_id": "asst_gone" });
    for page in [
        json!([old("x_1")]),
        json!({ "data": [old("x_1")] }),
        json!({ "data": [old("x_1")], "has_more": "true" }),
        json!({ "data": [old("x_1")], "has_more": 1 }),
        json!({ "data": [old("x_1")], "has_more": false, "next_cursor": "y" }),
        json!({ "data": [old("x_1"), old("x_1")], "has_more": false }),
        json!({ "data": [old("x_1")], "has_more": false, "last_id": "x_2" }),
        json!({ "data": [{ "created_at": days(-90), "assistant_id": "asst_gone" }], "has_more": false }),
    ] {
        for list in ["/runs?", "/messages?"] {
            let (setup, told, page) = (Setup::new(), format!("{list} {page}"), page.clone());
            setup.thread_of("asst_gone");
            setup.backend().hook(move |request, _| request.target.contains(list).then(|| Response::json(200, &page)));
            let ran = setup.prune(&["--orphaned", "--yes"]);
            assert!(ran.stderr.contains("0 deleted"), "{told}: {}", ran.text());
            assert_eq!(setup.deleted(), Vec::<String>::new(), "{told}");
        }
    }
}

#[test]
fn a_list_in_the_order_of_ids_hides_no_new_message() {
    // The first messages are old, and in the requested order. The newest message comes last.
    let message = |id: u32, age: i64| json!({ "id": format!("msg_{id:03}"), "created_at": days(-age) });
    let mut all: Vec<Value> = (0..150).map(|id| message(id, i64::from(50 + id))).collect();
    all.push(message(999, 1));
    for cap in [2, 20, 100] {
        let (setup, all) = (Setup::new(), all.clone());
        setup.thread_of("asst_gone");
        setup.backend().hook(move |request, _| {
            let query = request.target.split_once("/messages?")?.1;
            let after = query.split('&').find_map(|pair| pair.strip_prefix("after="));
            let begin = after.map_or(0, |after| all.iter().position(|item| item["id"] == after).unwrap() + 1);
            let page: Vec<&Value> = all.iter().skip(begin).take(cap).collect();
            let more = begin + page.len() < all.len();
            Some(Response::json(200, &json!({ "object": "list", "data": page, "has_more": more })))
        });
        setup.prune(&["--orphaned", "--yes"]).ok().says("0 deleted").says("1 in use");
        assert_eq!(setup.deleted(), Vec::<String>::new(), "{cap}");
    }
}

#[test]
fn a_full_page_without_has_more_is_followed_by_another_request() {
    for count in [20, 40, 100, 101] {
        let setup = Setup::new();
        let id = setup.thread_of("asst_gone");
        // The first page contains only old messages.
        for number in 0..count {
            setup.backend().message(&id, days(-40) - number);
        }
        let hidden = json!({ "id": "msg_new", "created_at": days(-1) });
        setup.backend().hook(move |request, backend| {
            let (_, query) = request.target.split_once("/messages?")?;
            let mut all: Vec<Value> = backend.messages.values().flatten().cloned().collect();
            all.push(hidden.clone());
            let after = query.split('&').find_map(|pair| pair.strip_prefix("after="));
            let begin = after.map_or(0, |after| all.iter().position(|item| item["id"] == after).unwrap() + 1);
            let limit = if count == 40 { 20 } else { 100 };
            let page: Vec<&Value> = all.iter().skip(begin).take(limit).collect();
            Some(Response::json(200, &json!({ "object": "list", "data": page, "has_more": false })))
        });
        setup.prune(&["--orphaned", "--yes"]).says("0 deleted");
        assert_eq!(setup.deleted(), Vec::<String>::new(), "{count}");
    }
}

#[test]
fn items_of_another_thread_prove_nothing() {
    for list in ["/runs?", "/messages?"] {
        let setup = Setup::new();
        setup.thread_of("asst_gone");
        let item = json!({ "id": "x_1", "thread_id": "thread_other", "created_at": days(-90), "status": "completed",
            "assistant_id": "asst_gone" });
        let page = json!({ "object": "list", "data": [item], "has_more": false });
        setup.backend().hook(move |request, _| request.target.contains(list).then(|| Response::json(200, &page)));
        setup.prune(&["--orphaned", "--yes"]).code(1).says("0 deleted").says("1 unknown");
        assert_eq!(setup.deleted(), Vec::<String>::new(), "{list:?}");
    }
}

#[test]
fn items_of_another_type_prove_nothing() {
    for list in ["/runs?", "/messages?"] {
        for stated in [json!(7), json!(true), json!({}), json!("model")] {
            let (setup, case) = (Setup::new(), format!("{list} {stated}"));
            setup.thread_of("asst_gone");
            let item = json!({ "id": "x_1", "object": stated, "created_at": days(-90), "status": "completed",
                "assistant_id": "asst_gone" });
            let page = json!({ "object": "list", "data": [item], "has_more": false });
            setup.backend().hook(move |request, _| request.target.contains(list).then(|| Response::json(200, &page)));
            let ran = setup.prune(&["--orphaned", "--yes"]);
            assert!(ran.code == Some(1) && ran.stderr.contains("1 unknown"), "{case}: {}", ran.text());
            assert_eq!(setup.deleted(), Vec::<String>::new(), "{case}");
        }
    }
}

#[test]
fn a_full_last_page_is_evidence_after_a_second_request() {
    let setup = Setup::new();
    let id = setup.thread_of("asst_gone");
    (0..100).for_each(|number| setup.backend().message(&id, days(-40) - number));
    setup.prune(&["--orphaned", "--yes"]).ok().says("1 deleted");
    let requests = setup.listener.lines().iter().filter(|line| line.contains("/messages?")).count();
    assert_eq!(requests, 2);
}
