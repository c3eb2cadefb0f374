//! Line 1 of the list (see `mod.rs`). Paging: no single member of the envelope is trusted.

use super::{saying, server};
use crate::support::mock_server::Response;
use serde_json::json;

#[test]
fn a_repeated_page_ends_the_list_with_code_8() {
    let body = r#"{"object":"list","data":[{"id":"a"},{"id":"b"}],"first_id":"a","last_id":"b","has_more":true}"#;
    let (listener, asst) = saying(200, body);
    let ran = asst.run(["assistants", "list", "-o", "id"]).code(8).says("the server repeats the page that ends with b");
    assert_eq!((ran.stdout.as_str(), listener.lines().len()), ("a\nb\n", 2));
}

#[test]
fn a_page_without_new_items_ends_the_list_with_code_8() {
    let orders = [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"]];
    let listener = crate::support::mock_server::MockServer::new(move |_, before| {
        let data: Vec<_> = orders[before % 3].iter().map(|id| json!({ "id": id })).collect();
        Response::json(200, &json!({ "data": data, "has_more": true }))
    });
    let asst = crate::support::test_env::Asst::with_backend(&listener.url());
    let ran = asst.run(["assistants", "list", "-o", "id"]).code(8).says("may be incomplete");
    assert_eq!((ran.stdout.as_str(), listener.lines().len()), ("a\nb\nc\n", 2), "a page that brings nothing new");
}

#[test]
fn an_endless_list_ends_at_the_limit() {
    let listener = crate::support::mock_server::MockServer::new(|_, before| {
        let data: Vec<_> = (0..10).map(|number| json!({ "id": format!("asst_{before}_{number}") })).collect();
        Response::json(200, &json!({ "data": data, "has_more": true }))
    });
    let asst = crate::support::test_env::Asst::with_backend(&listener.url());
    let ran = asst.run(["assistants", "list", "--limit", "35", "-o", "id"]).ok();
    assert_eq!((ran.ids().len(), listener.lines().len()), (35, 4));
    assert_eq!(ran.stderr, "");
}

#[test]
fn a_repeated_cursor_ends_the_list_with_code_8_and_loses_nothing() {
    let listener = crate::support::mock_server::MockServer::scripted([
        Response::text(200, r#"{"data":[{"id":"a"},{"id":"b"}],"has_more":true}"#),
        Response::text(200, r#"{"data":[{"id":"c"},{"id":"b"}],"has_more":true}"#),
    ]);
    let asst = crate::support::test_env::Asst::with_backend(&listener.url());
    let ran = asst.run(["assistants", "list", "-o", "id"]).code(8).says("may be incomplete");
    assert_eq!(ran.stdout, "a\nb\nc\nb\n");
}

#[test]
fn a_page_larger_than_requested_is_cut_to_the_limit() {
    let body = r#"{"data":[{"id":"a"},{"id":"b"},{"id":"c"},{"id":"d"}],"has_more":false}"#;
    let (_listener, asst) = saying(200, body);
    assert_eq!(asst.run(["assistants", "list", "--limit", "2", "-o", "id"]).ok().stdout, "a\nb\n");
    assert_eq!(asst.run(["assistants", "list", "--page-size", "1", "-o", "id"]).ok().stdout, "a\nb\nc\nd\n");
    let json = asst.run(["assistants", "list", "--limit", "3", "-o", "json"]).ok().json();
    assert_eq!(json.as_array().map(Vec::len), Some(3));
}

#[test]
fn a_list_without_first_id_and_last_id_is_read() {
    for body in [
        r#"{"object":"list","data":[{"id":"a"}],"has_more":false}"#,
        r#"{"object":"list","data":[{"id":"a"}],"first_id":null,"last_id":null,"has_more":false}"#,
        r#"{"data":[{"id":"a"}],"last_id":"nonsense","has_more":false}"#,
        r#"[{"id":"a"}]"#,
    ] {
        let (listener, asst) = saying(200, body);
        assert_eq!(asst.run(["files", "list", "-o", "id"]).ok().stdout, "a\n", "{body:?}");
        assert_eq!(listener.lines().len(), 1, "{body:?}");
    }
}

#[test]
fn the_next_page_starts_after_the_last_item_not_after_last_id() {
    let listener = crate::support::mock_server::MockServer::scripted([
        Response::text(200, r#"{"data":[{"id":"a"}],"last_id":"elsewhere","has_more":true}"#),
        Response::text(200, r#"{"data":[],"has_more":false}"#),
    ]);
    let asst = crate::support::test_env::Asst::with_backend(&listener.url());
    asst.run(["assistants", "list"]).ok();
    assert!(listener.lines()[1].contains("after=a"), "{:?}", listener.lines());
}

#[test]
fn a_list_without_has_more_is_followed_to_its_end() {
    let (listener, asst) = server(|request| match request.target.contains("after=b") {
        true => Response::text(200, r#"{"data":[]}"#),
        false => Response::text(200, r#"{"data":[{"id":"a"},{"id":"b"}]}"#),
    });
    let ran = asst.run(["assistants", "list", "-o", "id"]).ok();
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str(), listener.lines().len()), ("a\nb\n", "", 2));
}

#[test]
fn an_empty_page_with_has_more_ends_the_list_with_code_8() {
    let (listener, asst) = saying(200, r#"{"object":"list","data":[],"has_more":true}"#);
    let ran = asst.run(["assistants", "list"]).code(8).says("the list is incomplete");
    assert_eq!((ran.stdout.as_str(), listener.lines().len()), ("", 1));
}

#[test]
fn items_in_the_wrong_order_are_shown_as_received() {
    let (listener, asst) =
        saying(200, r#"{"data":[{"id":"a","created_at":1},{"id":"b","created_at":2}],"has_more":false}"#);
    assert_eq!(asst.run(["assistants", "list", "--order", "desc", "-o", "id"]).ok().stdout, "a\nb\n");
    assert!(listener.lines()[0].contains("order=desc"), "{:?}", listener.lines());
}
