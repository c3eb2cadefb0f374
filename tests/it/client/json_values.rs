//! Edge cases of JSON: numbers beyond 64 bits, unpaired surrogates, duplicate keys, null.

use super::{fails, hostile, unread};
use crate::support::mock_server::Response;

/// Returns the output of a command for this answer.
fn shown(body: &str, args: &[&str]) -> String {
    let (_listener, asst) = hostile([Response::text(200, body)]);
    asst.run(args).ok().stdout
}

const GET: [&str; 4] = ["threads", "get", "thread_1", "-o"];

#[test]
fn numbers_in_a_response_keep_their_digits() {
    let body = r#"{"id":"thread_1","a":1.50,"b":123456789012345678901234567890,"c":-0.0,"d":0.1000000000000000055511151231257827}"#;
    assert_eq!(shown(body, &[&GET[..], &["jsonl"]].concat()).trim_end(), body);
    assert_eq!(shown(body, &["threads", "get", "thread_1", "--jq", "."]).trim_end(), body);
    assert_eq!(shown(body, &["threads", "get", "thread_1", "--jq", ".b"]), "123456789012345678901234567890\n");
    let json = shown(body, &[&GET[..], &["json"]].concat());
    let yaml = shown(body, &[&GET[..], &["yaml"]].concat());
    for digits in ["1.50", "123456789012345678901234567890", "-0.0", "0.1000000000000000055511151231257827"] {
        assert!(json.contains(&format!(": {digits}")), "{json}");
        assert!(yaml.contains(&format!(": {digits}\n")), "{yaml}");
    }
    let list = r#"{"data":[{"id":"asst_1","created_at":1e400,"n":18446744073709551616}],"has_more":false}"#;
    assert_eq!(shown(list, &["assistants", "list", "--columns", "id,.n"]), "asst_1\t18446744073709551616\n");
    assert!(shown(list, &["assistants", "list", "-o", "jsonl"]).contains("1e400"));
    assert!(shown(list, &["assistants", "list"]).starts_with("asst_1\t"));
}

#[test]
fn numbers_in_a_request_keep_their_digits() {
    let (listener, asst) = hostile([Response::text(200, r#"{"id":"asst_1"}"#)]);
    let body = r#"{"model":"m","temperature":0.70,"x":123456789012345678901234567890}"#;
    asst.run(["assistants", "create", "--body", body]).ok();
    assert_eq!(String::from_utf8_lossy(&listener.requests()[0].body), body);
}

#[test]
fn unpaired_surrogates_and_invalid_utf_8_are_replaced() {
    let body = br#"{"id":"thread_1","metadata":{"a":"x\ud800y","b":"\udc00\ud83d\ude00","c":"nul\u0000"}}"#;
    let out = shown(std::str::from_utf8(body).unwrap(), &[&GET[..], &["jsonl"]].concat());
    assert_eq!(
        out,
        "{\"id\":\"thread_1\",\"metadata\":{\"a\":\"x\u{fffd}y\",\"b\":\"\u{fffd}😀\",\"c\":\"nul\\u0000\"}}\n"
    );
    let (_listener, asst) =
        hostile([Response::text(200, *b"{\"id\":\"thread_1\",\"metadata\":{\"a\":\"\xff\xfe\0\n\"}}")]);
    let ran = asst.run(["threads", "get", "thread_1", "-o", "json"]).ok();
    assert_eq!(ran.json()["metadata"]["a"], "\u{fffd}\u{fffd}\0\n");
    // The ID of the new object is stored even if another member is invalid.
    let (_listener, asst) = hostile([Response::text(200, br#"{"id":"thread_1","metadata":{"a":"\ud800"}}"#.to_vec())]);
    asst.run(["threads", "create", "--metadata", "k=v"]).ok();
    assert_eq!(asst.run(["threads", "list"]).ok().ids(), ["thread_1"]);
}

#[test]
fn the_last_of_duplicate_keys_counts() {
    let body = r#"{"id":"thread_0","object":"thread","id":"thread_1"}"#;
    assert_eq!(shown(body, &[&GET[..], &["jsonl"]].concat()), "{\"id\":\"thread_1\",\"object\":\"thread\"}\n");
    assert_eq!(shown("\u{feff}{\"id\":\"thread_1\"}", &[&GET[..], &["id"]].concat()), "thread_1\n");
}

#[test]
fn null_is_refused_as_an_object() {
    unread(Response::text(200, "null"), 7, "it is null");
    unread(Response::text(200, "[]"), 7, "it is an array");
    unread(Response::text(200, "\"thread_1\""), 7, "it is a string");
    let (_, asst, _) = fails([Response::text(200, "null")], &["threads", "create"], 10, "it is null");
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    fails(
        [Response::text(200, "null")],
        &["threads", "delete", "thread_1"],
        1,
        "the server did not confirm the deletion: null",
    );
    fails([Response::text(200, "null")], &["assistants", "list"], 7, "it is not a list");
    fails([Response::text(200, r#"{"data":{"id":"asst_1"}}"#)], &["assistants", "list"], 7, "it is not a list");
    fails([Response::text(200, "{}")], &["assistants", "list"], 7, "it is not a list");
    fails([Response::text(200, "null")], &["threads", "update", "thread_1", "--metadata", "a=b"], 7, "it is null");
    // A raw request prints any answer.
    let (_listener, asst) = hostile([Response::text(200, "null")]);
    assert_eq!(asst.run(["api", "GET", "/models/x"]).ok().stdout, "null\n");
}

#[test]
fn nulls_in_a_list_are_shown_as_nulls() {
    for (body, shows) in [(r#"{"data":null,"has_more":false}"#, "[]\n"), (r#"{"data":null}"#, "[]\n")] {
        let (_listener, asst) = hostile([Response::text(200, body)]);
        assert_eq!(asst.run(["assistants", "list", "-o", "json"]).ok().stdout, shows, "{body:?}");
    }
    let nulls = r#"{"data":[null,{"id":null},7],"has_more":false}"#;
    assert_eq!(shown(nulls, &["assistants", "list", "-o", "jsonl"]), "null\n{\"id\":null}\n7\n");
    assert_eq!(shown(nulls, &["assistants", "list", "--columns", "id,name"]), "\t\n\t\n\t\n");
    fails(
        [Response::text(200, nulls)],
        &["assistants", "list", "-o", "id"],
        1,
        "expected an item with an `id`, got item 1",
    );
    let (_listener, asst) = hostile([Response::text(200, nulls)]);
    asst.run(["threads", "list", "--remote"]).ok();
}
