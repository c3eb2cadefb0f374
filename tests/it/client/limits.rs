//! Many requests under a rate limit: all of them succeed, and few are refused after the limit is found.

use crate::support::mock_server::{MockServer, Response, mint};
use crate::support::test_env::Asst;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

/// The way in which a server announces its limit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Says {
    RetryAfter,
    Remaining,
    Nothing,
}

#[derive(Default)]
struct Window {
    began: Option<Instant>,
    served: u32,
    windows: u32,
    refused: u32,
}

/// Answers `most` requests in each window. A window begins with its first request.
fn limited(most: u32, window: Duration, says: Says) -> (MockServer, Arc<Mutex<Window>>) {
    let seen: Arc<Mutex<Window>> = Arc::default();
    let shared = Arc::clone(&seen);
    let listener = MockServer::new(move |request, before| {
        let mut seen = shared.lock().unwrap();
        let now = Instant::now();
        if seen.began.is_none_or(|began| now >= began + window) {
            (seen.began, seen.served) = (Some(now), 0);
            seen.windows += 1;
        }
        let left = (seen.began.unwrap() + window).saturating_duration_since(now).as_millis() + 1;
        if seen.served == most {
            seen.refused += 1;
            let deed = Response::error(429, "Rate limit reached", Some("rate_limit_exceeded"));
            return if says == Says::Nothing { deed } else { deed.with("retry-after-ms", &left.to_string()) };
        }
        seen.served += 1;
        let deed = mint(request, before);
        if says != Says::Remaining {
            return deed;
        }
        let remaining = (most - seen.served).to_string();
        deed.with("x-ratelimit-limit-requests", &most.to_string())
            .with("x-ratelimit-remaining-requests", &remaining)
            .with("x-ratelimit-reset-requests", &format!("{left}ms"))
    });
    (listener, seen)
}

/// Returns a user whose commands wait before a retry, unlike those of other tests.
fn waiting(listener: &MockServer) -> Asst {
    Asst::with_backend(&listener.url()).env("ASST_NO_RETRY_DELAY", "")
}

#[test]
fn all_of_many_requests_succeed_under_a_narrow_limit() {
    const MOST: u32 = 10;
    let ids: Vec<String> = (0..100).map(|number| format!("thread_{number}")).collect();
    for says in [Says::RetryAfter, Says::Remaining, Says::Nothing] {
        let (listener, seen) = limited(MOST, Duration::from_millis(300), says);
        // One retry is enough: a 429 does not use up an attempt while other requests succeed.
        let asst = waiting(&listener).env("ASST_RETRIES", "1");
        let args = ["threads", "delete"].into_iter().chain(ids.iter().map(String::as_str));
        asst.run(args).ok();
        let seen = seen.lock().unwrap();
        // The first window finds the limit with all requests that are in flight. A slow machine may miss the beginning
        // of a window.
        assert!(seen.refused <= 4 * seen.windows + 32, "{says:?}: {} in {}", seen.refused, seen.windows);
        assert_eq!(asst.run(["threads", "list", "--state", "deleted", "-o", "id"]).ok().ids().len(), 100, "{says:?}");
    }
}

#[test]
fn a_configured_rate_is_never_exceeded() {
    let listener = MockServer::minting();
    let asst = Asst::new();
    let backend = format!("backend = \"compatible\"\nbase_url = \"{}\"", listener.url());
    asst.config(&format!("[profiles.slow]\n{backend}\nrate = \"20/s\"\n"));
    let ids: Vec<String> = (0..20).map(|number| format!("thread_{number}")).collect();
    let args = ["threads", "delete", "-p", "slow"].into_iter().chain(ids.iter().map(String::as_str));
    let begun = Instant::now();
    asst.run(args).ok();
    // The first request is sent at once. Nineteen follow, one every twentieth of a second.
    assert!(begun.elapsed() >= Duration::from_millis(950), "{:?}", begun.elapsed());
    assert_eq!(listener.lines().len(), 20);
}

#[test]
fn a_wait_beyond_the_maximum_ends_all_pending_requests() {
    let listener = MockServer::new(|_, _| Response::error(429, "Rate limit reached", None).with("retry-after", "3600"));
    let asst = waiting(&listener);
    let ids: Vec<String> = (0..50).map(|number| format!("thread_{number}")).collect();
    let args = ["threads", "get", "--concurrency", "4"].into_iter().chain(ids.iter().map(String::as_str));
    asst.run(args).code(6).says("asks for a wait").says("--max-wait");
    assert!(listener.lines().len() <= 4, "{:?}", listener.lines());
}
