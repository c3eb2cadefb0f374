//! Lists that are read page by page.

use super::hostile;
use crate::support::mock_server::Response;
use crate::support::test_env::shows;
use serde_json::json;

fn page(ids: &[&str], more: bool) -> Response {
    let data: Vec<_> = ids.iter().map(|id| json!({ "id": id, "object": "assistant", "created_at": 1 })).collect();
    let (first, last) = (ids.first(), ids.last());
    Response::json(
        200,
        &json!({ "object": "list", "data": data, "has_more": more, "first_id": first, "last_id": last }),
    )
}

#[test]
fn list_follows_the_pages_to_the_end() {
    let (listener, asst) = hostile([page(&["asst_1", "asst_2"], true), page(&["asst_3"], false)]);
    let ran = asst.run(["assistants", "list", "--order", "asc", "--before", "asst_9", "-o", "id"]).ok();
    assert_eq!(ran.stdout, "asst_1\nasst_2\nasst_3\n");
    let first = "GET /v1/assistants?order=asc&before=asst_9&limit=100";
    assert_eq!(listener.lines(), [first, "GET /v1/assistants?order=asc&before=asst_9&after=asst_2&limit=100"]);
}

#[test]
fn limit_counts_the_items_of_all_pages() {
    let (listener, asst) = hostile([page(&["asst_1", "asst_2"], true), page(&["asst_3", "asst_4"], true)]);
    let ran = asst.run(["assistants", "list", "--limit", "3", "--page-size", "2", "-o", "id"]).ok();
    assert_eq!(ran.stdout, "asst_1\nasst_2\nasst_3\n");
    assert_eq!(listener.lines(), ["GET /v1/assistants?limit=2", "GET /v1/assistants?limit=1&after=asst_2"]);
}

#[test]
fn repeated_page_ends_the_list_with_code_8() {
    let (listener, asst) = hostile((0..5).map(|_| page(&["asst_1", "asst_2"], true)));
    shows!(asst.run(["assistants", "list"]), @r"
    asst_1				[time]
    asst_2				[time]
    --- stderr ---
    error: could not list assistants completely
      caused by: the server repeats the page that ends with asst_2: the list may be incomplete
    exit 8
    ");
    assert_eq!(listener.lines().len(), 2);
    let (_listener, asst) = hostile([page(&["asst_1"], true), page(&[], true)]);
    asst.run(["assistants", "list"]).code(8);
}

#[test]
fn failed_page_fails_the_list() {
    let (_listener, asst) = hostile([page(&["asst_1"], true), Response::error(400, "no", None)]);
    let ran = asst.run(["assistants", "list", "-o", "json"]).code(5);
    assert_eq!(ran.stdout, "", "half an array is no array");
    let (_listener, asst) = hostile([page(&["asst_1"], true), Response::error(400, "no", None)]);
    let ran = asst.run(["assistants", "list", "-o", "jsonl"]).code(5);
    assert_eq!(ran.stdout.lines().count(), 1, "what came is shown");
}

#[test]
fn list_without_a_cursor_ends_with_code_8() {
    for (body, shown) in
        [(r#"{"data":[{"name":"a"}],"has_more":true}"#, r#"[{"name":"a"}]"#), (r#"{"data":[],"has_more":true}"#, "[]")]
    {
        let (_listener, asst) = hostile([Response::text(200, body)]);
        let ran = asst.run(["assistants", "list", "-o", "json"]).code(8).says("the list is incomplete");
        assert_eq!(ran.json().to_string(), shown);
    }
}
