//! What the client does with backends that no good server is: they fail, cut, stall, lie, repeat themselves.

use crate::listener::{Deed, Listener};
use crate::world::{Asst, shows};
use serde_json::json;

const KEY: &str = "sk-test-0123456789";

fn thread() -> Deed {
    Deed::json(200, &json!({ "id": "thread_1", "object": "thread", "created_at": 1_700_000_000, "metadata": {} }))
}

fn failed(status: u16) -> Deed {
    Deed::error(status, "The server had an error", Some("server_error"))
}

fn deleted(id: &str, deleted: bool) -> Deed {
    Deed::json(200, &json!({ "id": id, "object": "thread.deleted", "deleted": deleted }))
}

/// Returns the listener, and a user whose backend it is.
fn hostile(deeds: impl IntoIterator<Item = Deed>) -> (Listener, Asst) {
    let listener = Listener::scripted(deeds);
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}

#[test]
fn reads_are_repeated() {
    for first in [failed(500), failed(502), failed(408), failed(409), failed(429), Deed::Cut, Deed::Half] {
        let (listener, asst) = hostile([first, thread()]);
        assert_eq!(asst.run(["threads", "get", "thread_1", "-o", "id"]).ok().stdout, "thread_1\n");
        assert_eq!(listener.lines(), ["GET /v1/threads/thread_1"; 2]);
    }
}

#[test]
fn there_is_an_end_to_repeating() {
    let (listener, asst) = hostile((0..10).map(|_| failed(503)));
    shows!(asst.run(["threads", "get", "thread_1", "--retries", "3"]), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable (503, code server_error)
      caused by: The server had an error
    exit 7
    ");
    assert_eq!(listener.lines().len(), 4);
    let (listener, asst) = hostile((0..10).map(|_| failed(503)));
    asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(7);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn refusals_are_not_repeated() {
    for (status, code) in [(400, 5), (401, 4), (403, 4), (404, 3), (413, 5), (422, 5), (501, 11)] {
        let (listener, asst) = hostile([Deed::error(status, "No thread found with id 'thread_1'.", None)]);
        asst.run(["threads", "get", "thread_1"]).code(code);
        assert_eq!(listener.lines().len(), 1, "{status}");
    }
}

#[test]
fn a_create_that_may_have_happened_is_never_repeated() {
    for first in [failed(500), failed(503), failed(408), Deed::Cut, Deed::Half, Deed::text(200, "<html>")] {
        let (listener, asst) = hostile([first]);
        asst.run(["threads", "create"]).code(10).says("stays open");
        assert_eq!(listener.lines(), ["POST /v1/threads"]);
        asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    }
}

#[test]
fn what_is_said_of_an_unknown_outcome() {
    let (_listener, asst) = hostile([failed(500).with("x-request-id", "req_1")]);
    shows!(asst.run(["threads", "create"]), @r"
    --- stderr ---
    warning: intent [intent] stays open: `asst ledger doctor` shows what may have been made, `asst ledger settle [intent] ID|--none` closes it
    error: could not create thread: outcome unknown (500, code server_error, request id req_1)
      caused by: it may have been done, and was not repeated
      caused by: The server had an error
      hint: `asst ledger doctor` lists what is open; do not repeat the command before
    exit 10
    ");
    let (_listener, asst) = hostile([failed(500)]);
    shows!(asst.run(["messages", "create", "thread_1", "--content", "hi"]), @r"
    --- stderr ---
    error: could not create message of thread_1: outcome unknown (500, code server_error)
      caused by: it may have been done, and was not repeated
      caused by: The server had an error
      hint: nothing records this: look at the backend whether it was done, before you repeat it
    exit 10
    ");
    let (_listener, asst) = hostile([failed(500)]);
    shows!(asst.run(["threads", "create", "-o", "json"]), @r#"
    --- stderr ---
    {"warning":"intent [intent] stays open: `asst ledger doctor` shows what may have been made, `asst ledger settle [intent] ID|--none` closes it"}
    {"error":{"exit_code":10,"kind":"outcome_unknown","message":"could not create thread: outcome unknown: it may have been done, and was not repeated: The server had an error","status":500,"type":"invalid_request_error","code":"server_error","param":null,"request_id":null,"hint":"`asst ledger doctor` lists what is open; do not repeat the command before","retryable":false}}
    exit 10
    "#);
}

#[test]
fn a_server_cannot_talk_a_create_into_a_second_time() {
    let (listener, asst) = hostile([failed(500).with("x-should-retry", "true")]);
    asst.run(["threads", "create"]).code(10);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn a_create_that_was_turned_away_is_repeated() {
    let (listener, asst) = hostile([failed(429).with("retry-after-ms", "5"), thread()]);
    asst.run(["threads", "create"]).ok();
    assert_eq!(listener.lines().len(), 2);
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_wait_that_is_too_long_is_not_waited() {
    let (listener, asst) = hostile([failed(429).with("retry-after", "600")]);
    shows!(asst.run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: rate limited (429, code server_error)
      caused by: the server asks to wait 600 s, which is longer than 120 s
      caused by: The server had an error
      hint: --max-wait allows a longer wait
    exit 6
    ");
    assert_eq!(listener.lines().len(), 1);
    let (listener, asst) = hostile([failed(429).with("retry-after", "30")]);
    asst.run(["threads", "get", "thread_1", "--max-wait", "10s"]).code(6);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn no_quota_is_no_matter_of_waiting() {
    let (listener, asst) = hostile([Deed::error(429, "You exceeded your current quota", Some("insufficient_quota"))]);
    shows!(asst.run(["threads", "create"]), @r"
    --- stderr ---
    error: could not create thread: rate limited (429, code insufficient_quota)
      caused by: You exceeded your current quota
    exit 6
    ");
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn a_server_may_forbid_the_repeating() {
    let (listener, asst) = hostile([failed(500).with("x-should-retry", "false")]);
    asst.run(["threads", "get", "thread_1"]).code(7);
    assert_eq!(listener.lines().len(), 1);
}

#[test]
fn a_key_does_not_follow_a_redirect_to_another_origin() {
    let other = Listener::scripted([thread()]);
    let (listener, asst) =
        hostile([Deed::text(307, "").with("location", &format!("{}/threads/thread_1", other.url()))]);
    let ran = asst.run(["threads", "get", "thread_1"]);
    assert_eq!(listener.lines().len(), 1);
    for asked in other.asked() {
        assert_eq!(asked.header("authorization"), None, "the key went to another origin");
        let all = format!("{asked:?}");
        assert!(!all.contains(KEY), "the key went to another origin: {all}");
    }
    assert!(!ran.text().contains(KEY));
}

#[test]
fn a_key_is_never_shown() {
    let echo = Deed::error(401, &format!("Incorrect API key provided: {KEY}."), Some("invalid_api_key"));
    let (_listener, asst) = hostile([echo]);
    let ran = asst.run(["threads", "get", "thread_1", "--trace=full"]).code(4);
    assert!(ran.stderr.contains("GET ") && ran.stderr.contains("401"), "no trace:\n{}", ran.text());
    assert!(!ran.stderr.contains(&format!("Bearer {KEY}")), "{}", ran.text());
    let (_listener, asst) = hostile([]);
    for form in ["--dry-run", "--dry-run=curl"] {
        let ran = asst.run(["threads", "create", form]).ok();
        assert!(!ran.text().contains(KEY), "{}", ran.text());
    }
    assert!(!asst.run(["profiles", "show", "-o", "json"]).text().contains(KEY));
}

#[test]
fn a_delete_and_a_get_have_no_body() {
    let (listener, asst) = hostile([deleted("thread_1", true), thread()]);
    asst.run(["threads", "delete", "thread_1"]).ok();
    asst.run(["threads", "get", "thread_1"]).ok();
    for asked in listener.asked() {
        assert_eq!(asked.header("content-type"), None, "{}", asked.method);
        assert!(matches!(asked.header("content-length"), None | Some("0")), "{}", asked.method);
        assert_eq!(asked.header("transfer-encoding"), None);
        assert_eq!(asked.body, b"");
    }
}

#[test]
fn headers_say_who_asks_and_no_more() {
    let (listener, asst) = hostile([thread(), Deed::json(200, &json!({ "data": [], "has_more": false }))]);
    asst.run(["threads", "create"]).ok();
    asst.run(["files", "list"]).ok();
    let asked = listener.asked();
    assert_eq!(asked[0].header("authorization"), Some(format!("Bearer {KEY}").as_str()));
    assert_eq!(asked[0].header("user-agent"), Some(concat!("asst/", env!("CARGO_PKG_VERSION"))));
    assert_eq!(asked[0].header("openai-beta"), Some("assistants=v2"));
    assert_eq!(asked[0].header("content-type"), Some("application/json"));
    assert_eq!(asked[1].header("openai-beta"), None);
    let stainless = asked[0].headers.iter().find(|(name, _)| name.to_lowercase().starts_with("x-stainless"));
    assert_eq!(stainless, None);
}

#[test]
fn deleted_must_be_said() {
    let (_listener, asst) = hostile([deleted("thread_1", false)]);
    shows!(asst.run(["threads", "delete", "thread_1"]), @r#"
    --- stderr ---
    error: could not delete thread thread_1: failed
      caused by: the server did not say that it is deleted: {"id":"thread_1","object":"thread.deleted","deleted":false}
    exit 1
    "#);
    let (_listener, asst) = hostile([Deed::text(200, "")]);
    asst.run(["threads", "delete", "thread_1"]).code(1);
}

#[test]
fn a_deletion_that_came_through_before_it_was_cut_is_done() {
    let (listener, asst) = hostile([Deed::Cut, Deed::error(404, "No thread found with id 'thread_1'.", None)]);
    asst.run(["threads", "delete", "thread_1"]).ok();
    assert_eq!(listener.lines(), ["DELETE /v1/threads/thread_1"; 2]);
}

#[test]
fn a_deletion_of_nothing_is_not_found() {
    let missing = || Deed::error(404, "No thread found with id 'thread_1'.", None);
    let (_listener, asst) = hostile([missing(), missing()]);
    shows!(asst.run(["threads", "delete", "thread_1"]), @r"
    --- stderr ---
    error: could not delete thread thread_1: not found (404)
      caused by: No thread found with id 'thread_1'.
    exit 3
    ");
    asst.run(["threads", "delete", "thread_1", "--ignore-not-found"]).ok();
}

#[test]
fn errors_of_every_shape_are_told() {
    let table = [
        (Deed::text(502, "<html><head><title>502</title></head><body>Bad gateway</body></html>"), 7, "Bad gateway"),
        (Deed::text(500, ""), 7, "the server failed"),
        (Deed::text(400, ""), 5, "bad request"),
        (Deed::json(422, &json!({"detail": "wrong"})), 5, "wrong"),
        (Deed::json(403, &json!({"error": "text"})), 4, "text"),
        (Deed::json(400, &json!({"error": {"message": "m", "code": 7}})), 5, "m"),
        (Deed::json(400, &json!([])), 5, "caused by"),
        (Deed::text(400, [0xff, 0xfe, 0x1b, b'[', b'3', b'1', b'm']), 5, "caused by"),
    ];
    for (deed, code, text) in table {
        let (_listener, asst) = hostile([deed]);
        let ran = asst.run(["threads", "get", "thread_1", "--retries", "0"]).code(code).says(text);
        assert!(!ran.stderr.contains('\u{1b}'), "{:?}", ran.stderr);
    }
}

#[test]
fn an_answer_that_is_none() {
    let (_listener, asst) = hostile([Deed::text(200, "<html>welcome to the hotel</html>")]);
    shows!(asst.run(["threads", "get", "thread_1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable
      caused by: the answer is not what the protocol has: it is no JSON (expected value at line 1 column 1)
    exit 7
    ");
    let (_listener, asst) = hostile([Deed::text(200, "")]);
    asst.run(["threads", "get", "thread_1"]).code(7);
    let (_listener, asst) = hostile([Deed::json(200, &json!({ "object": "thread" }))]);
    asst.run(["assistants", "list"]).code(7);
}

#[test]
fn a_collection_that_is_not_there_is_not_offered() {
    let (_listener, asst) = hostile([Deed::error(404, "Invalid URL (GET /v1/assistants)", None)]);
    shows!(asst.run(["assistants", "list"]), @r"
    --- stderr ---
    error: could not list assistants: not offered (404)
      caused by: Invalid URL (GET /v1/assistants)
      hint: the backend of profile `environment` does not have this
    exit 11
    ");
    let (_listener, asst) = hostile([Deed::text(404, "404 page not found")]);
    asst.run(["threads", "create"]).code(11);
    // It is certain that nothing was made.
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
    let (_listener, asst) = hostile([Deed::error(405, "Method Not Allowed", None)]);
    asst.run(["threads", "list", "--remote"]).code(11);
}

#[test]
fn a_thread_that_is_locked_is_busy() {
    let text = "Can't add messages to thread_1 while a run run_1 is active.";
    let (_listener, asst) = hostile([Deed::error(400, text, None)]);
    shows!(asst.run(["messages", "create", "thread_1", "--content", "hi"]), @r"
    --- stderr ---
    error: could not create message of thread_1: busy (400)
      caused by: Can't add messages to thread_1 while a run run_1 is active.
      hint: `asst runs list THREAD_ID` shows the runs; wait for the active one, submit its outputs, or cancel it
    exit 12
    ");
}

#[test]
fn an_answer_that_does_not_come() {
    let (listener, asst) = hostile([Deed::Stall, Deed::Stall]);
    shows!(asst.run(["threads", "get", "thread_1", "--request-timeout", "300ms", "--retries", "1"]), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable
      caused by: no answer within 0.3 s
      hint: --request-timeout allows more time
    exit 7
    ");
    assert_eq!(listener.lines().len(), 2);
    let (_listener, asst) = hostile([Deed::Stall]);
    asst.run(["threads", "create", "--request-timeout", "300ms"]).code(10);
}

fn page(ids: &[&str], more: bool) -> Deed {
    let data: Vec<_> = ids.iter().map(|id| json!({ "id": id, "object": "assistant", "created_at": 1 })).collect();
    let (first, last) = (ids.first(), ids.last());
    Deed::json(200, &json!({ "object": "list", "data": data, "has_more": more, "first_id": first, "last_id": last }))
}

#[test]
fn a_list_is_walked_to_its_end() {
    let (listener, asst) = hostile([page(&["asst_1", "asst_2"], true), page(&["asst_3"], false)]);
    let ran = asst.run(["assistants", "list", "--order", "asc", "--before", "asst_9", "-o", "id"]).ok();
    assert_eq!(ran.stdout, "asst_1\nasst_2\nasst_3\n");
    let first = "GET /v1/assistants?order=asc&before=asst_9&limit=100";
    assert_eq!(listener.lines(), [first, "GET /v1/assistants?order=asc&before=asst_9&after=asst_2&limit=100"]);
}

#[test]
fn a_limit_is_the_number_of_items_in_all() {
    let (listener, asst) = hostile([page(&["asst_1", "asst_2"], true), page(&["asst_3", "asst_4"], true)]);
    let ran = asst.run(["assistants", "list", "--limit", "3", "--page-size", "2", "-o", "id"]).ok();
    assert_eq!(ran.stdout, "asst_1\nasst_2\nasst_3\n");
    assert_eq!(listener.lines(), ["GET /v1/assistants?limit=2", "GET /v1/assistants?limit=1&after=asst_2"]);
}

#[test]
fn a_list_without_end_ends_with_a_warning() {
    let (listener, asst) = hostile((0..5).map(|_| page(&["asst_1", "asst_2"], true)));
    shows!(asst.run(["assistants", "list"]), @r"
    asst_1				[time]
    asst_2				[time]
    --- stderr ---
    warning: the server repeats the page that ends with asst_2: the list may be incomplete
    exit 0
    ");
    assert_eq!(listener.lines().len(), 2);
    let (_listener, asst) = hostile([page(&["asst_1"], true), page(&[], true)]);
    asst.run(["assistants", "list"]).ok();
}

#[test]
fn a_walk_that_breaks_off_fails() {
    let (_listener, asst) = hostile([page(&["asst_1"], true), Deed::error(400, "no", None)]);
    let ran = asst.run(["assistants", "list", "-o", "json"]).code(5);
    assert_eq!(ran.stdout, "", "half an array is no array");
    let (_listener, asst) = hostile([page(&["asst_1"], true), Deed::error(400, "no", None)]);
    let ran = asst.run(["assistants", "list", "-o", "jsonl"]).code(5);
    assert_eq!(ran.stdout.lines().count(), 1, "what came is shown");
}

#[test]
fn several_objects_that_end_differently() {
    let listener = Listener::new(|asked, _| match asked.target.rsplit('/').next() {
        Some("thread_2") => Deed::error(404, "No thread found with id 'thread_2'.", None),
        Some(id) => Deed::json(200, &json!({ "id": id, "object": "thread", "created_at": 1, "metadata": {} })),
        None => Deed::Cut,
    });
    let asst = Asst::with_backend(&listener.url());
    shows!(asst.run(["threads", "get", "thread_1", "thread_2", "thread_3", "-o", "id"]), @r"
    thread_1
    thread_3
    --- stderr ---
    error: could not get thread thread_2: not found (404)
      caused by: No thread found with id 'thread_2'.
    exit 8
    ");
    let ran = asst.run(["threads", "get", "thread_1", "thread_2", "-o", "json"]).code(8);
    assert_eq!(ran.json().as_array().map(Vec::len), Some(1));
    asst.run(["threads", "get", "thread_2", "thread_2"]).code(3);
    asst.run(["threads", "get", "thread_1", "thread_2", "--ignore-not-found"]).ok();
}

#[test]
fn what_a_server_sends_cannot_move_the_terminal() {
    let evil = json!({ "id": "asst_1", "object": "assistant", "name": "a\u{1b}[2J\u{202e}b\tc\nd", "created_at": 1 });
    let list = json!({ "object": "list", "data": [evil], "has_more": false });
    let (_listener, asst) = hostile([Deed::json(200, &list)]);
    shows!(asst.run(["assistants", "list", "--columns", "id,name"]), @r"
    asst_1	a[2Jb\tc\nd
    exit 0
    ");
}

#[test]
fn unknown_members_are_shown_in_their_order() {
    let odd = r#"{"zebra":1,"id":"thread_1","object":"thread","created_at":"2026-01-01T00:00:00Z","apple":{"b":1.50,"a":null}}"#;
    let (_listener, asst) = hostile([Deed::text(200, odd)]);
    let ran = asst.run(["threads", "get", "thread_1", "-o", "jsonl"]).ok();
    assert_eq!(ran.stdout.trim_end().replace("1.5,", "1.50,"), odd);
}

#[test]
fn a_download_that_is_cut_leaves_nothing_behind() {
    let (_listener, asst) = hostile([Deed::Half]);
    asst.run(["files", "content", "file-1", "--to", "out.bin"]).code(7);
    assert_eq!(std::fs::read_dir(asst.work()).unwrap().count(), 0, "a file or a part of it stayed");
}

#[test]
fn an_upload_is_a_form_with_its_members() {
    let file = json!({ "id": "file-1", "object": "file", "filename": "a b.txt", "bytes": 2, "created_at": 1 });
    let (listener, asst) = hostile([Deed::json(200, &file), Deed::json(200, &file)]);
    asst.file("a b.txt", "hi");
    asst.run(["files", "upload", "a b.txt", "--purpose", "user_data", "--expires-after", "1h"]).ok();
    asst.fed("from a pipe", &["files", "upload", "-", "--filename", "piped.md"]).ok();
    let asked = listener.asked();
    let form = String::from_utf8_lossy(&asked[0].body).into_owned();
    for part in [
        "name=\"purpose\"\r\n\r\nuser_data\r\n",
        "name=\"expires_after[anchor]\"\r\n\r\ncreated_at\r\n",
        "name=\"expires_after[seconds]\"\r\n\r\n3600\r\n",
        "name=\"file\"; filename=\"a b.txt\"\r\n",
        "\r\n\r\nhi\r\n",
    ] {
        assert!(form.contains(part), "no {part:?} in:\n{form}");
    }
    let form = String::from_utf8_lossy(&asked[1].body).into_owned();
    for part in ["name=\"purpose\"\r\n\r\nassistants\r\n", "filename=\"piped.md\"", "\r\n\r\nfrom a pipe\r\n"] {
        assert!(form.contains(part), "no {part:?} in:\n{form}");
    }
    assert!(asked[0].header("content-type").unwrap().starts_with("multipart/form-data; boundary="));
}

#[test]
fn an_upload_that_may_have_happened_is_not_repeated() {
    let (listener, asst) = hostile([failed(500)]);
    asst.file("a.txt", "hi");
    asst.run(["files", "upload", "a.txt"]).code(10);
    assert_eq!(listener.lines().len(), 1);
}
