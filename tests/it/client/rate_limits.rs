//! Rate limits with each kind of header, and with none.

use super::{failed, fails, hostile, thread};
use crate::support::mock_server::Response;

fn limited() -> Response {
    Response::error(429, "Rate limit reached", Some("rate_limit_exceeded"))
}

#[test]
fn rate_limit_is_retried_with_any_retry_header() {
    let headers: [&[(&str, &str)]; 11] = [
        &[],
        &[("retry-after", "1")],
        &[("retry-after", "0.5")],
        &[("retry-after", "0")],
        &[("retry-after", "Wed, 21 Oct 2015 07:28:00 GMT")],
        &[("retry-after", "soon")],
        &[("retry-after", "-7")],
        &[("retry-after-ms", "20"), ("retry-after", "9999")],
        &[
            ("x-ratelimit-reset-requests", "6m0s"),
            ("x-ratelimit-reset-tokens", "1s"),
            ("x-ratelimit-remaining-requests", "0"),
        ],
        &[("x-should-retry", "true")],
        &[("x-should-retry", "perhaps")],
    ];
    for headers in headers {
        let deed = headers.iter().fold(limited(), |deed, (name, value)| deed.with(name, value));
        let (listener, asst) = hostile([deed, thread()]);
        asst.run(["threads", "get", "thread_1"]).ok();
        assert_eq!(listener.lines().len(), 2, "{headers:?}");
    }
}

#[test]
fn retry_after_may_be_a_unix_time() {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let in_seconds = (now.as_secs() + 20).to_string();
    let in_millis = (now.as_millis() + 20_000).to_string();
    // The time is relative to the `date` of the server, which differs from the local clock.
    let of_the_server = [("retry-after", "1445412490"), ("date", "Wed, 21 Oct 2015 07:28:00 GMT")];
    for headers in [
        &[("retry-after", in_seconds.as_str())][..],
        &[("retry-after", in_millis.as_str())],
        &[("retry-after-ms", in_millis.as_str())],
        &of_the_server,
    ] {
        let deed = headers.iter().fold(limited(), |deed, (name, value)| deed.with(name, value));
        let (listener, asst) = hostile([deed, thread()]);
        asst.run(["threads", "get", "thread_1"]).ok();
        assert_eq!(listener.lines().len(), 2, "{headers:?}");
    }
}

#[test]
fn too_long_retry_after_is_reported() {
    for (name, value) in [
        ("retry-after", "121"),
        ("retry-after", "99999999999999999999999999"),
        ("retry-after", "1e300"),
        ("retry-after-ms", "99999999999999999999999999"),
        ("retry-after", "Tue, 31 Dec 2199 23:59:59 GMT"),
    ] {
        let (listener, ..) =
            fails([limited().with(name, value)], &["threads", "get", "thread_1"], 6, "asks for a wait");
        assert_eq!(listener.lines().len(), 1, "{value}");
        let (_, asst, _) = fails([limited().with(name, value)], &["threads", "create"], 6, "--max-wait");
        asst.run(["ledger", "doctor", "--exit-code"]).ok();
    }
    // A server that is down sends the same header with another status code.
    fails([failed(503).with("retry-after", "600")], &["threads", "get", "thread_1"], 7, "asks for a wait of 600 s");
}

#[test]
fn lasting_rate_limit_exits_6() {
    let args = ["threads", "get", "thread_1", "--retries", "2"];
    let (listener, ..) = fails((0..9).map(|_| limited()), &args, 6, "Rate limit reached");
    assert_eq!(listener.lines().len(), 3);
    let (listener, ..) = fails([limited().with("x-should-retry", "false")], &args, 6, "Rate limit reached");
    assert_eq!(listener.lines().len(), 1, "it was told not to");
    let quota = || Response::error(429, "You exceeded your current quota", Some("insufficient_quota"));
    for deed in [quota(), quota().with("retry-after", "1"), quota().with("x-should-retry", "true")] {
        let (listener, ..) = fails([deed], &args, 6, "You exceeded your current quota");
        assert_eq!(listener.lines().len(), 1, "quota does not come back by waiting");
    }
    let body = r#"{"error":{"message":"no more","type":"insufficient_quota","code":null}}"#;
    let (listener, ..) = fails([Response::text(429, body)], &args, 6, "no more");
    assert_eq!(listener.lines().len(), 1);
    fails((0..9).map(|_| Response::text(429, "")), &args, 6, "rate limit reached");
}
