//! Redirects: which ones are followed, and which ones never.

use super::{KEY, fails, hostile, thread, unread};
use crate::support::mock_server::{MockServer, Response};
use serde_json::json;

fn to(status: u16, location: &str) -> Response {
    Response::text(status, "").with("location", location)
}

#[test]
fn an_invalid_redirect_is_not_followed() {
    let table = [
        ("file:///etc/passwd", "to the scheme `file`"),
        ("ftp://127.0.0.1/x", "to the scheme `ftp`"),
        ("data:application/json,{}", "to the scheme `data`"),
        ("javascript:alert(1)", "to the scheme `javascript`"),
        ("/v1/threads/thread_1", "back to an earlier URL"),
        ("http://[", "is not a URL"),
        ("http://user:pass@127.0.0.1/x", "contains a user or password"),
        ("", "back to an earlier URL"),
    ];
    for (location, text) in table {
        for status in [301, 302, 303, 307, 308] {
            unread(to(status, location), 7, text);
        }
    }
    let long = "x".repeat(100_000);
    unread(to(302, &format!("/{long}")), 7, "longer than 16 KiB");
    unread(to(302, &format!("http://127.0.0.1/?{long}")), 7, "longer than 16 KiB");
    unread(Response::text(302, "<a href='/'>here</a>"), 7, "it has no target");
    unread(to(305, "http://127.0.0.1:1/"), 7, "status 305");
}

#[test]
fn redirect_loops_and_long_chains_end() {
    let circle = MockServer::new(|request, _| match request.target.ends_with("thread_1") {
        true => to(302, "/v1/elsewhere"),
        false => to(302, "/v1/threads/thread_1"),
    });
    let asst = crate::support::test_env::Asst::with_backend(&circle.url());
    asst.run(["threads", "get", "thread_1"]).code(7).says("it leads back to an earlier URL");
    assert_eq!(circle.lines().len(), 2);
    let row = MockServer::new(|_, before| to(307, &format!("/v1/{before}")));
    let asst = crate::support::test_env::Asst::with_backend(&row.url());
    asst.run(["threads", "get", "thread_1"]).code(7).says("the request was redirected more than 10 times");
    assert_eq!(row.lines().len(), 11);
}

#[test]
fn a_create_follows_a_redirect_on_the_same_server_only() {
    for status in [307, 308] {
        let (listener, asst) = hostile([to(status, "/v1/moved"), thread()]);
        asst.run(["threads", "create", "--metadata", "k=v"]).ok();
        let requests = listener.requests();
        assert_eq!(listener.lines(), ["POST /v1/threads", "POST /v1/moved"], "{status:?}");
        assert_eq!(requests[1].json(), json!({ "metadata": { "k": "v" } }), "the body stayed behind");
        assert_eq!(requests[1].header("authorization"), Some(format!("Bearer {KEY}").as_str()), "{status:?}");
    }
    for status in [301, 302] {
        let (_, asst, _) = fails([to(status, "/v1/moved")], &["threads", "create"], 7, "into a GET");
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
    }
    // A 303 means that the request was processed, but the answer does not name the new object.
    let (_, asst, _) = fails([to(303, "/v1/moved")], &["threads", "create"], 10, "into a GET");
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
    let other = MockServer::scripted([thread()]);
    let away = to(308, &format!("{}/threads", other.url()));
    fails([away], &["threads", "create"], 7, "a POST request is not forwarded to");
    assert_eq!(other.lines().len(), 0);
}

#[test]
fn a_redirected_upload_sends_a_file_again_but_not_a_pipe() {
    let file = || Response::json(200, &json!({ "id": "file-1", "object": "file" }));
    let (listener, asst) = hostile([to(307, "/v1/moved"), file()]);
    asst.file("a.txt", "hello");
    asst.run(["files", "upload", "a.txt"]).ok();
    assert!(String::from_utf8_lossy(&listener.requests()[1].body).contains("\r\n\r\nhello\r\n"));
    let (listener, asst) = hostile([to(307, "/v1/moved"), file()]);
    let ran = asst.fed("piped", &["files", "upload", "-", "--filename", "a.txt"]).code(7);
    assert!(ran.stderr.contains("cannot be sent a second time"), "{}", ran.text());
    assert_eq!((ran.stdout.as_str(), listener.lines().len()), ("", 1));
    asst.run(["ledger", "doctor", "--exit-code"]).ok();
}

#[test]
fn a_download_follows_a_redirect_to_another_origin_without_the_key() {
    let other = MockServer::scripted([Response::text(200, "bytes")]);
    let (_listener, asst) = hostile([to(302, &format!("{}/signed?sig=1", other.url()))]);
    assert_eq!(asst.run(["files", "content", "file-1"]).ok().stdout, "bytes");
    let requests = other.requests();
    assert_eq!(requests[0].target, "/v1/signed?sig=1");
    assert!(!format!("{requests:?}").contains(KEY), "the key went to another origin");
}

#[test]
fn no_secret_of_a_profile_is_sent_to_another_origin() {
    let other = MockServer::scripted([thread(), thread()]);
    let away = format!("{}/threads/thread_1", other.url());
    let listener = MockServer::new(move |_, _| to(302, &away));
    let asst = crate::support::test_env::Asst::new().env("WORK_KEY", KEY);
    asst.config(&format!(
        "default_profile = \"work\"\n[profiles.work]\nbackend = \"openai\"\nbase_url = \"{}\"\napi_key_env = \
         \"WORK_KEY\"\norganization = \"org-hidden\"\nproject = \"proj-hidden\"\n[profiles.work.headers]\nx-team = \
         \"hidden-team\"\n",
        listener.url()
    ));
    asst.run(["threads", "get", "thread_1"]).ok();
    let requests = format!("{:?}", other.requests());
    for hidden in [KEY, "org-hidden", "proj-hidden", "hidden-team", "authorization"] {
        assert!(!requests.contains(hidden), "{hidden} went to another origin: {requests}");
    }
}

/// The key is sent again on its own server, in the header of its backend. No header to another server contains it.
#[test]
fn every_kind_of_key_stays_on_its_server() {
    let bearer = format!("Bearer {KEY}");
    for (lines, folder, header, value) in [
        ("backend = \"openai\"\napi_key_env = \"WORK_KEY\"", "/v1", "authorization", bearer.as_str()),
        (
            "backend = \"azure-openai\"\napi_key_env = \"WORK_KEY\"\napi_version = \"2024-05-01-preview\"",
            "",
            "api-key",
            KEY,
        ),
        (
            "backend = \"azure-openai\"\ntoken_command = \"echo $WORK_KEY\"\napi_version = \"2024-05-01-preview\"",
            "",
            "authorization",
            &bearer,
        ),
        ("backend = \"foundry\"\ntoken_command = \"echo $WORK_KEY\"", "/api/projects/web", "authorization", &bearer),
    ] {
        let other = MockServer::scripted([thread()]);
        let away = format!("{}/threads/thread_1", other.url());
        let listener = MockServer::new(move |request, _| match request.target.starts_with("/moved") {
            true => to(302, &away),
            false => to(302, "/moved"),
        });
        let asst = crate::support::test_env::Asst::new().env("WORK_KEY", KEY);
        let base = format!("{}{folder}", listener.url().trim_end_matches("/v1"));
        asst.config(&format!("default_profile = \"work\"\n[profiles.work]\nbase_url = \"{base}\"\n{lines}\n"));
        asst.run(["threads", "get", "thread_1"]).ok();
        let here = listener.requests();
        assert_eq!(here.len(), 2, "{lines}: {here:?}");
        for request in &here {
            assert_eq!(request.header(header), Some(value), "{lines}: {request:?}");
        }
        let there = other.requests();
        assert_eq!(there.len(), 1, "{lines}");
        let there = format!("{there:?}").to_lowercase();
        for hidden in [&KEY.to_lowercase(), "authorization", "api-key"] {
            assert!(!there.contains(hidden), "{lines}: {hidden} went to another origin: {there}");
        }
    }
}

#[test]
fn a_redirect_that_is_not_followed_is_not_retried() {
    for (status, text) in [(302, "was not followed"), (303, "was not followed"), (304, "unexpected status")] {
        let (listener, ..) = fails([to(status, "ftp://x/")], &["assistants", "list"], 7, text);
        assert_eq!(listener.lines().len(), 1, "{status}");
    }
}
