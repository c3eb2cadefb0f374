//! Tests of the rate limiter against simulated servers, in simulated time.
#![allow(clippy::unwrap_used)]

use super::*;
use std::collections::BTreeMap;

const SECOND: Duration = Duration::from_secs(1);
const MILLISECOND: Duration = Duration::from_millis(1);

/// A server that accepts at most `per_window` requests in a window. A window starts with the first request after the
/// previous one.
struct Server {
    per_window: u32,
    window: Duration,
    /// `true` if responses report the number of remaining requests and, with `limit`, the total.
    reports: bool,
    limit: Option<u32>,
    window_start: Option<Instant>,
    served: u32,
    refused: u32,
    windows: u32,
}

impl Server {
    fn new(per_window: u32, window: Duration, reports: bool) -> Self {
        Self { per_window, window, reports, limit: None, window_start: None, served: 0, refused: 0, windows: 0 }
    }

    fn respond(&mut self, now: Instant) -> RateLimitInfo {
        if self.window_start.is_none_or(|window_start| now >= window_start + self.window) {
            (self.window_start, self.served) = (Some(now), 0);
            self.windows += 1;
        }
        let left = self.window_start.unwrap() + self.window - now;
        if self.served == self.per_window {
            self.refused += 1;
            // Rounded up to whole seconds, as in `Retry-After`.
            let seconds = left.as_secs_f64().ceil();
            return RateLimitInfo { refused: true, wait: Some(Duration::from_secs_f64(seconds)), remaining: None };
        }
        self.served += 1;
        let remaining = RemainingRequests { left: self.per_window - self.served, limit: self.limit, reset: left };
        RateLimitInfo { remaining: self.reports.then_some(remaining), ..RateLimitInfo::default() }
    }
}

/// Sends `amount` requests, at most `concurrency` at a time. A request and a response each take `latency`. Returns the total
/// time.
fn sent(gap: Option<Duration>, server: &mut Server, amount: u32, concurrency: usize, latency: Duration) -> Duration {
    let (begin, mut state) = (Instant::now(), LimiterState::default());
    let (mut now, mut left, mut done) = (begin, amount, 0);
    // The requests on their way to the server and the responses on their way back, by time of arrival.
    let mut requests: BTreeMap<(Instant, u32), (u64, bool)> = BTreeMap::new();
    let mut responses: BTreeMap<(Instant, u32), (u64, bool, RateLimitInfo)> = BTreeMap::new();
    let mut count = 0;
    while done < amount {
        let mut due = None;
        while left > 0 && requests.len() + responses.len() < concurrency {
            match state.decide(Method::Delete, gap, now) {
                SendDecision::Now { window, probe } => {
                    (left, count) = (left - 1, count + 1);
                    requests.insert((now + latency, count), (window, probe));
                }
                SendDecision::At(at) => {
                    due = Some(at);
                    break;
                }
                SendDecision::AfterResponse => break,
            }
        }
        let next = [requests.keys().next().map(|(at, _)| *at), responses.keys().next().map(|(at, _)| *at), due];
        now = next.into_iter().flatten().min().expect("something happens next");
        while let Some(entry) = requests.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((at, number), (window, probe)) = entry.remove_entry();
            responses.insert((at + latency, number), (window, probe, server.respond(at)));
        }
        while let Some(entry) = responses.first_entry().filter(|entry| entry.key().0 <= now) {
            let ((at, _), (window, probe, info)) = entry.remove_entry();
            state.record_response(Method::Delete, window, probe, info, at);
            if info.refused { left += 1 } else { done += 1 }
        }
    }
    now - begin
}

#[test]
fn a_limit_without_headers_is_found_and_obeyed() {
    for (per_window, window, amount) in [(5, SECOND, 100), (50, SECOND, 1_000), (300, 60 * SECOND, 1_500)] {
        let mut server = Server::new(per_window, window, false);
        let elapsed = sent(None, &mut server, amount, 16, MILLISECOND / 2);
        let ideal = window.mul_f64(f64::from(amount) / f64::from(per_window));
        assert!(elapsed <= ideal.mul_f64(1.1), "{per_window}: {elapsed:?} of {ideal:?}");
        // The first window finds the limit with up to 16 requests in flight, and the second confirms it.
        let expected = 16 + server.windows / 4;
        assert!(server.refused <= expected, "{per_window}: {} in {} windows", server.refused, server.windows);
    }
}

#[test]
fn a_reported_limit_is_never_exceeded() {
    for (per_window, window, amount) in [(5, SECOND, 100), (50, SECOND, 1_000), (300, 60 * SECOND, 1_500)] {
        for limit in [None, Some(per_window)] {
            let mut server = Server { limit, ..Server::new(per_window, window, true) };
            let elapsed = sent(None, &mut server, amount, 16, MILLISECOND / 2);
            let ideal = window.mul_f64(f64::from(amount) / f64::from(per_window));
            assert!(elapsed <= ideal.mul_f64(1.1), "{per_window}: {elapsed:?} of {ideal:?}");
            // The requests that are already in flight at the first response may exceed the limit.
            assert!(server.refused <= 16, "{per_window}: {} refused", server.refused);
        }
    }
}

#[test]
fn a_rate_spaces_requests_and_is_never_refused() {
    for (per_window, window, amount) in [(5, SECOND, 100), (50, SECOND, 1_000), (300, 60 * SECOND, 1_500)] {
        let limiter = RateLimiter::new(Some(f64::from(per_window) / window.as_secs_f64()));
        let mut server = Server::new(per_window, window, false);
        let elapsed = sent(limiter.gap, &mut server, amount, 16, MILLISECOND / 2);
        let ideal = window.mul_f64(f64::from(amount) / f64::from(per_window));
        assert!(elapsed <= ideal.mul_f64(1.1), "{per_window}: {elapsed:?} of {ideal:?}");
        assert_eq!(server.refused, 0, "{per_window}");
    }
}

#[test]
fn a_lifted_limit_is_no_longer_obeyed() {
    let now = Instant::now();
    let mut state = LimiterState::default();
    let SendDecision::Now { window, probe } = state.decide(Method::Get, None, now) else { panic!("the first may go") };
    let refused = RateLimitInfo { refused: true, wait: Some(SECOND), remaining: None };
    state.record_response(Method::Get, window, probe, refused, now);
    let mut server = Server::new(u32::MAX, SECOND, false);
    let mut later = now + SECOND;
    for _ in 0..8 {
        let mut in_flight = Vec::new();
        while let SendDecision::Now { window, probe } = state.decide(Method::Get, None, later) {
            in_flight.push((window, probe));
            if in_flight.len() == 64 {
                break;
            }
        }
        later += MILLISECOND;
        for (window, probe) in in_flight {
            state.record_response(Method::Get, window, probe, server.respond(later), later);
        }
    }
    assert!(server.served > 128, "{}", server.served);
}

#[test]
fn a_refusal_pauses_every_method_and_late_refusals_do_not_extend_the_pause() {
    let now = Instant::now();
    let mut state = LimiterState::default();
    let decisions: Vec<_> = (0..3).map(|_| state.decide(Method::Delete, None, now)).collect();
    let refused = RateLimitInfo { refused: true, wait: None, remaining: None };
    for decision in decisions {
        let SendDecision::Now { window, probe } = decision else { panic!("nothing is known yet") };
        state.record_response(Method::Delete, window, probe, refused, now);
    }
    assert_eq!(state.decide(Method::Get, None, now), SendDecision::At(now + FIRST_WAIT), "one window, one wait");
    assert!(matches!(state.decide(Method::Get, None, now + FIRST_WAIT), SendDecision::Now { .. }));
}

#[tokio::test]
async fn a_dropped_permit_does_not_count() {
    let limiter = RateLimiter::new(None);
    let permit = limiter.acquire(Method::Delete, SECOND).await.unwrap();
    permit.record_response(RateLimitInfo { refused: true, wait: Some(MILLISECOND), remaining: None });
    // One request may pass after the pause, and one more as a probe. The third must wait for a response to either.
    let first = limiter.acquire(Method::Delete, SECOND).await.unwrap();
    let second = limiter.acquire(Method::Delete, SECOND).await.unwrap();
    let third = limiter.acquire(Method::Delete, SECOND);
    let (third, ()) = tokio::join!(third, async {
        tokio::task::yield_now().await;
        drop(second);
    });
    assert!(third.unwrap().probe && !first.probe);
}

#[tokio::test]
async fn a_pause_beyond_the_maximum_wait_is_an_error() {
    let limiter = RateLimiter::new(None);
    let permit = limiter.acquire(Method::Get, SECOND).await.unwrap();
    permit.record_response(RateLimitInfo { refused: true, wait: Some(3_600 * SECOND), remaining: None });
    assert!(limiter.acquire(Method::Get, SECOND).await.unwrap_err() > 3_500 * SECOND);
}

#[test]
fn rate_limit_headers_are_parsed() {
    let info_of = |status, pairs: &[(&'static str, &'static str)], wait| {
        let headers = pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), (*value).parse().unwrap())).collect();
        RateLimitInfo::of(status, &headers, wait, 120 * SECOND)
    };
    let pair =
        |remaining, reset| [("x-ratelimit-remaining-requests", remaining), ("x-ratelimit-reset-requests", reset)];
    let remaining = |left, reset| Some(RemainingRequests { left, limit: None, reset });
    assert_eq!(info_of(200, &pair("7", "1.5s"), None).remaining, remaining(7, SECOND.mul_f64(1.5)));
    assert_eq!(info_of(200, &pair("0", "20ms"), None).remaining, remaining(0, 20 * MILLISECOND));
    assert_eq!(info_of(200, &pair("0", "1m0s"), None).remaining, remaining(0, 60 * SECOND));
    let [left, reset] = pair("0", "3");
    let with_limit = info_of(200, &[left, reset, ("x-ratelimit-limit-requests", "60")], None).remaining;
    assert_eq!(with_limit, Some(RemainingRequests { left: 0, limit: Some(60), reset: 3 * SECOND }));
    for (remaining, reset) in [("0", "6m0s"), ("few", "1s"), ("-1", "1s"), ("0", "soon"), ("0", "-3s"), ("0", "1e300")]
    {
        assert_eq!(info_of(200, &pair(remaining, reset), None).remaining, None, "{remaining} {reset}");
    }
    assert!(info_of(429, &[], None).refused && info_of(503, &[], Some(SECOND)).refused);
    assert!(!info_of(503, &[], None).refused && !info_of(200, &[], Some(SECOND)).refused);
}

#[test]
fn a_wait_too_long_for_a_duration_is_kept_as_the_longest_wait() {
    let now = Instant::now();
    let mut state = LimiterState::default();
    let headers = HeaderMap::new();
    let refused = |wait| RateLimitInfo::of(429, &headers, Some(wait), SECOND);
    for (at, wait) in [(now, MILLISECOND), (now + SECOND, Duration::MAX)] {
        let decisions: Vec<_> = std::iter::from_fn(|| match state.decide(Method::Get, None, at) {
            SendDecision::Now { window, probe } => Some((window, probe)),
            _ => None,
        })
        .take(2)
        .collect();
        for (window, probe) in decisions {
            state.record_response(Method::Get, window, probe, refused(wait), at);
        }
    }
    assert!(matches!(state.decide(Method::Get, None, now + 3_600 * SECOND), SendDecision::At(_)));
    // A rate close to zero is also respected.
    for rate in [f64::MIN_POSITIVE, 1e-19, 1e-12] {
        let gap = RateLimiter::new(Some(rate)).gap;
        let mut state = LimiterState::default();
        assert!(matches!(state.decide(Method::Get, gap, now), SendDecision::Now { .. }), "{rate:?}");
        assert!(matches!(state.decide(Method::Get, gap, now + SECOND), SendDecision::At(_)), "{rate}");
    }
}
