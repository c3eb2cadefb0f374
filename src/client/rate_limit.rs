//! Rate limiting: one limit that all requests of a client share (docs/design/client.md#rate-limits).
//!
//! A profile's `rate` spaces requests evenly. Limits that the server sets come on top of it:
//!
//! - If the server reports a wait or the number of remaining requests, all requests of the client pause accordingly.
//! - If the server only refuses a request, the next window starts with as many requests as it accepted in the last one.
//!   Further requests of the window are probes of a higher limit. At first, one probe is sent at a time.
//! - If the server refuses the first probe, the size and the length of the window are known. The client then stays
//!   within the limit, and probes again only after several windows.

use crate::api::Method;
use crate::env::vars;
use crate::http::HeaderMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// The pause after a refusal if the server names none. It doubles with each further refusal in a row.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// The gap between requests is longer by this factor than the rate requires. Without it, requests with varying network
/// delays could arrive closer together and exceed the rate.
const MARGIN: f64 = 1.02;
/// The number of windows for which a known limit is obeyed before it is probed again.
const PROBE_EVERY: u32 = 7;
/// The longest wait that is computed. It exceeds every real wait, and adding it to the current time cannot overflow.
const YEAR: Duration = Duration::from_secs(366 * 86_400);
/// The maximum number of probes in flight at once.
const MAX_PROBES: u32 = 64;

/// The rate limiter that all requests of a client share.
#[derive(Debug)]
pub struct RateLimiter {
    /// The time between two requests that results from the profile's `rate`.
    gap: Option<Duration>,
    /// `false` if waits that the server requests are skipped, which tests do.
    waits: bool,
    state: Mutex<LimiterState>,
    /// Wakes the requests that wait for the result of another one.
    response_recorded: Notify,
}

/// The permission to send one request. A request whose permit is dropped before [`RequestPermit::record_response`] does
/// not count towards the limit.
#[derive(Debug)]
pub(super) struct RequestPermit<'a> {
    limiter: &'a RateLimiter,
    method: Method,
    window: u64,
    probe: bool,
    answered: bool,
}

#[derive(Debug, Default)]
struct LimiterState {
    /// The time before which no request may be sent, because the server asked for a pause.
    open: Option<Instant>,
    /// The earliest time of the next request according to the profile's `rate`.
    next: Option<Instant>,
    /// The limits by [`Method`], because servers limit methods separately.
    methods: [MethodLimit; 3],
    /// The number of accepted requests in total.
    accepted: u64,
    /// The number of refusals since the last accepted request.
    refused: u32,
}

/// The observed limit of one method. A window starts after a refusal and ends with the next one. The counters `sent`,
/// `accepted`, and `probes` belong to the current window, whose number is `window`.
#[derive(Debug, Default)]
struct MethodLimit {
    window: u64,
    /// When the first request of the window was sent.
    began: Option<Instant>,
    /// The time from `began` to the start of the next window, known once a refusal confirmed `learned`.
    period: Option<Duration>,
    /// The number of windows that have used `period` since.
    windows_obeyed: u32,
    /// The number of requests that the server accepted in the previous window, or `None` if it has never refused one.
    learned: Option<u32>,
    sent: u32,
    accepted: u32,
    probes: u32,
    max_probes: u32,
    /// `true` if `learned` is a number that the server reported, so that no probing is needed.
    is_reported: bool,
}

/// The decision when a request may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum SendDecision {
    Now {
        window: u64,
        probe: bool,
    },
    At(Instant),
    /// After the response to a request in flight, because its outcome determines the limit.
    AfterResponse,
}

/// The information about the rate limit in one response.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct RateLimitInfo {
    /// `true` if the server refused the request because of too many requests.
    pub refused: bool,
    /// The wait that the server requests.
    pub wait: Option<Duration>,
    pub remaining: Option<RemainingRequests>,
}

/// The state of the current window as the server reports it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct RemainingRequests {
    /// The number of requests that are left in the window, and the size of the window.
    pub left: u32,
    pub limit: Option<u32>,
    /// The time until the window is reset.
    pub reset: Duration,
}

impl RateLimiter {
    /// Creates the rate limiter of a client. `rate` is in requests per second.
    pub fn new(rate: Option<f64>) -> Self {
        let gap = |rate| Duration::try_from_secs_f64(MARGIN / rate).map_or(YEAR, |gap| gap.min(YEAR));
        let gap = rate.filter(|rate| *rate > 0.0).map(gap);
        let waits = vars::get(vars::ASST_NO_RETRY_DELAY).is_none();
        Self { gap, waits, state: Mutex::default(), response_recorded: Notify::new() }
    }

    /// Waits until a request may be sent.
    ///
    /// # Errors
    /// Returns the wait that the server requested if it is longer than `max_wait`.
    pub(super) async fn acquire(&self, method: Method, max_wait: Duration) -> Result<RequestPermit<'_>, Duration> {
        loop {
            // Subscribe before checking the state, so that a response that arrives in between is not missed.
            let recorded = self.response_recorded.notified();
            let now = Instant::now();
            let decision = self.state().decide(method, self.gap, now);
            match decision {
                SendDecision::Now { window, probe } => {
                    return Ok(RequestPermit { limiter: self, method, window, probe, answered: false });
                }
                SendDecision::At(due) if due > now + max_wait => return Err(due - now),
                SendDecision::At(due) => sleep_until(due).await,
                SendDecision::AfterResponse => recorded.await,
            }
        }
    }

    /// Returns the number of requests that the server has accepted so far. While it grows, a refusal means slow
    /// progress, not a failure.
    pub(super) fn accepted(&self) -> u64 {
        self.state().accepted
    }

    fn state(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl RequestPermit<'_> {
    /// Records the rate-limit information of the response.
    pub(super) fn record_response(mut self, info: RateLimitInfo) {
        self.answered = true;
        let info = match self.limiter.waits {
            true => info,
            false => RateLimitInfo { wait: Some(Duration::ZERO), remaining: None, ..info },
        };
        self.limiter.state().record_response(self.method, self.window, self.probe, info, Instant::now());
        self.limiter.response_recorded.notify_waiters();
    }
}

impl Drop for RequestPermit<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.limiter.state().give_back(self.method, self.window, self.probe);
            self.limiter.response_recorded.notify_waiters();
        }
    }
}

impl RateLimitInfo {
    /// Returns `true` if a response with this status code can mean that there were too many requests.
    pub(super) fn may_refuse(status: u16) -> bool {
        matches!(status, 429 | 503)
    }

    /// Reads the rate-limit information from the head of a response. `wait` is the wait that its headers request.
    ///
    /// A reported reset time beyond `max_wait` is ignored: the client pauses that long only if a request is refused.
    pub(super) fn of(status: u16, headers: &HeaderMap, wait: Option<Duration>, max_wait: Duration) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let number = |name: &str| text(name).and_then(|text| text.trim().parse().ok());
        let remaining = number("x-ratelimit-remaining-requests").and_then(|left| {
            let reset = text("x-ratelimit-reset-requests").and_then(span).filter(|reset| *reset <= max_wait)?;
            let limit = number("x-ratelimit-limit-requests").filter(|limit| *limit > 0);
            Some(RemainingRequests { left, limit, reset })
        });
        let refused = status == 429 || (status == 503 && wait.is_some());
        Self { refused, wait: wait.filter(|_| refused).map(|wait| wait.min(YEAR)), remaining }
    }
}

/// Parses a duration as OpenAI writes it, such as `1s`, `6m0s` or `20ms` (docs/protocol/endpoints.md). A bare number is
/// in seconds.
fn span(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => text.parse::<jiff::SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok()),
    }
}

impl MethodLimit {
    /// Starts the next window without waiting for a refusal, and returns the time from which its requests may be sent.
    /// Returns `None` if the length of the window is unknown, or if the limit must be probed again.
    fn next_window(&mut self) -> Option<Instant> {
        let (period, began) = (self.period.filter(|_| self.windows_obeyed < PROBE_EVERY)?, self.began?);
        *self = Self {
            window: self.window + 1,
            learned: self.learned,
            max_probes: 1,
            period: Some(period),
            windows_obeyed: self.windows_obeyed + 1,
            ..Self::default()
        };
        Some(began + period)
    }

    /// Starts the next window after a refusal with the given wait.
    fn refuse(&mut self, now: Instant, wait: Duration) {
        // Exactly one request more than the learned limit was sent, and one was refused: this confirms the limit.
        let proved = self.learned.filter(|learned| self.sent == learned + 1);
        let period = self.began.filter(|_| proved.is_some()).map(|began| now + wait - began);
        let learned = proved.or(Some(self.accepted.max(1)));
        *self = Self { window: self.window + 1, learned, max_probes: 1, period, ..Self::default() };
    }
}

impl LimiterState {
    fn decide(&mut self, method: Method, gap: Option<Duration>, now: Instant) -> SendDecision {
        if let Some(open) = self.open.filter(|open| *open > now) {
            return SendDecision::At(open);
        }
        if let Some(next) = self.next.filter(|next| *next > now) {
            return SendDecision::At(next);
        }
        let method_limit = &mut self.methods[method as usize];
        let probe = method_limit.learned.is_some_and(|learned| method_limit.sent >= learned);
        let allowed_probes = match method_limit.is_reported {
            true => u32::from(method_limit.sent == method_limit.accepted),
            false => method_limit.max_probes,
        };
        if probe && let Some(next) = method_limit.next_window() {
            self.open = self.open.max(Some(next));
            return SendDecision::At(next.max(now));
        }
        if probe && method_limit.probes >= allowed_probes {
            return SendDecision::AfterResponse;
        }
        method_limit.began = method_limit.began.or(Some(now));
        method_limit.sent += 1;
        method_limit.probes += u32::from(probe);
        self.next = gap.map(|gap| now + gap);
        SendDecision::Now { window: method_limit.window, probe }
    }

    fn record_response(&mut self, method: Method, window: u64, probe: bool, info: RateLimitInfo, now: Instant) {
        let method_limit = &mut self.methods[method as usize];
        let current = method_limit.window == window;
        if current && probe {
            method_limit.probes = method_limit.probes.saturating_sub(1);
        }
        if info.refused {
            let own = FIRST_WAIT.saturating_mul(1 << self.refused.min(8)).min(LONGEST_WAIT);
            // Requests that were refused together carry the same information. Only the first refusal ends the window.
            let wait = if current { Some(info.wait.unwrap_or(own)) } else { info.wait };
            if current {
                method_limit.refuse(now, wait.unwrap_or_default());
                self.refused += 1;
            } else if method_limit.window == window + 1 && method_limit.period.take().is_some() {
                method_limit.learned = method_limit.learned.map(|learned| learned.saturating_sub(1).max(1));
            }
            self.pause(wait, now);
            return;
        }
        self.accepted += 1;
        self.refused = 0;
        if current {
            method_limit.accepted += 1;
            if probe {
                method_limit.max_probes = (method_limit.max_probes * 2).min(MAX_PROBES);
            }
            let ended = info
                .remaining
                .filter(|remaining| remaining.left <= method_limit.sent.saturating_sub(method_limit.accepted));
            if let Some(remaining) = ended {
                let learned = remaining.limit.unwrap_or(method_limit.accepted + remaining.left);
                *method_limit = MethodLimit {
                    window: window + 1,
                    learned: Some(learned),
                    is_reported: true,
                    ..MethodLimit::default()
                };
                self.pause(Some(remaining.reset), now);
            }
        } else if let Some(learned) = method_limit
            .learned
            .as_mut()
            .filter(|_| !method_limit.is_reported && method_limit.period.is_none() && method_limit.window == window + 1)
        {
            // The request was in flight when another one was refused, and was accepted: the window is larger by one.
            *learned += 1;
        }
    }

    fn pause(&mut self, wait: Option<Duration>, now: Instant) {
        let until = wait.and_then(|wait| now.checked_add(wait));
        self.open = self.open.max(until);
    }

    fn give_back(&mut self, method: Method, window: u64, probe: bool) {
        let method_limit = &mut self.methods[method as usize];
        if method_limit.window == window {
            method_limit.sent = method_limit.sent.saturating_sub(1);
            method_limit.probes = method_limit.probes.saturating_sub(u32::from(probe));
        }
    }
}

#[cfg(test)]
#[path = "rate_limit_tests.rs"]
mod tests;
