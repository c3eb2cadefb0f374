//! `asst vector-stores search`: filters as expressions. `operations/vector_stores.rs` has the results.

use crate::support::mock_server::{MockServer, Response};
use crate::support::test_env::Asst;
use serde_json::{Value, json};

const SEARCH: [&str; 5] = ["vector-stores", "search", "vs_1", "--query", "q"];

/// Runs a search with these arguments, and returns the body of the request.
fn sent(args: &[&str]) -> Value {
    let server = MockServer::new(|_, _| Response::json(200, &json!({ "data": [], "has_more": false })));
    Asst::with_backend(&server.url()).run([&SEARCH[..], args].concat()).ok();
    server.requests()[0].json()
}

#[test]
fn a_filter_expression_is_sent_as_json() {
    let compare = |kind: &str, key: &str, value: Value| json!({ "type": kind, "key": key, "value": value });
    let team = compare("eq", "team", json!("hr"));
    for (expression, expected) in [
        (r#"team = "hr""#, team.clone()),
        (
            r#"team = "hr" and year >= 2024"#,
            json!({ "type": "and", "filters": [team, compare("gte", "year", json!(2024))] }),
        ),
        ("state not in ('draft', 'old')", compare("nin", "state", json!(["draft", "old"]))),
        ("\"a key\" != true", compare("ne", "a key", json!(true))),
    ] {
        let body = sent(&["--filter", expression]);
        assert_eq!(body, json!({ "query": "q", "filters": expected }), "{expression}");
    }
    let body = json!({ "filters": { "type": "eq", "key": "a", "value": 1 }, "max_num_results": 2 }).to_string();
    let both = sent(&["--filter", "b = 2", "--body", &body]);
    assert_eq!(both["filters"], json!({ "type": "eq", "key": "b", "value": 2 }), "a flag overrides --body");
}

#[test]
fn a_wrong_expression_is_shown_with_a_caret_before_any_request() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let wrong = |expression: &str| asst.run([&SEARCH[..], &["--filter", expression]].concat()).code(2).stderr;
    assert_eq!(
        wrong("team = hr and year >= 2024"),
        "error: --filter: column 8: expected a text in quotation marks, a number, `true`, or `false`, found `hr`\n\
         \x20      team = hr and year >= 2024\n\
         \x20             ^\n\
         \x20 hint: a comparison is NAME = \"TEXT\", NAME >= NUMBER or NAME in (…); `and`, `or` and parentheses join them\n"
    );
    for (expression, column, caret) in [
        ("team ~ \"hr\"", 6, "     ^"),
        ("", 1, "^"),
        ("(team = 1", 10, "         ^"),
        ("team = \"hr\n\n\" or", 17, "                ^"),
    ] {
        let shown = wrong(expression);
        assert!(shown.contains(&format!("column {column}: ")), "{expression}: {shown}");
        assert!(shown.contains(&format!("\n       {caret}\n")), "{expression}: {shown}");
    }
}

#[test]
fn filter_and_filters_exclude_each_other() {
    let asst = Asst::with_backend("http://127.0.0.1:1/v1");
    let both = ["--filter", "a = 1", "--filters", r#"{"type":"eq","key":"a","value":1}"#];
    asst.run([&SEARCH[..], &both].concat()).code(2).says("cannot be used with");
}
