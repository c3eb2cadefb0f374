//! The retry decision as a pure function: whether a request may be retried, and after which wait
//! (docs/design/client.md#retries). The loop is in `send`.

use crate::api::Class;
use crate::http::parse_date;
use std::time::Duration;

/// The outcome of a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// The server responded with this status code, which is not a success.
    Status(u16),
    /// The request certainly did not reach the server: connection refused, unknown host, no route, or a failed TLS
    /// handshake.
    NotSent,
    /// The server's certificate was rejected. A retry would get the same certificate.
    Untrusted,
    /// No response arrived in time, or the connection was lost before the response was complete.
    NoResponse,
    /// A retry cannot help: the response was too large or a redirect, or the body to send cannot be read again.
    Permanent,
}

/// The server's advice about retrying.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct RetryAdvice {
    /// The wait from `retry-after-ms`, or else from `Retry-After` (seconds or a date), relative to now.
    pub wait: Option<Duration>,
    /// The value of the header `x-should-retry`.
    pub should_retry: Option<bool>,
    /// `true` if the error code is `insufficient_quota`, which only the owner of the account can resolve.
    pub out_of_quota: bool,
}

/// The limits within which a client retries.
#[derive(Debug, Clone, Copy)]
pub struct RetryPolicy {
    /// The maximum number of attempts after the first one.
    pub retries: u32,
    /// The longest wait that is accepted from a server.
    pub max_wait: Duration,
}

/// The decision after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RetryDecision {
    /// Send the request again after this wait.
    RetryAfter(Duration),
    /// The request failed. Either the server certainly did nothing, or repeating the request would change nothing.
    Failed,
    /// The server may have executed the request, so it must not be sent again (code 10).
    Unknown,
    /// The server asks for a longer wait than [`RetryPolicy::max_wait`].
    WaitTooLong(Duration),
}

/// The first wait if the server gives no advice. It doubles with each attempt
/// (docs/protocol/errors.md#retry-policy-of-the-sdks).
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);

/// Decides whether a failed attempt is retried.
///
/// `made` is the number of attempts so far, 1 after the first. `chance` is a random number in 0..1 that sets the
/// jitter.
pub fn decide(
    class: Class,
    outcome: AttemptOutcome,
    advice: RetryAdvice,
    made: u32,
    policy: RetryPolicy,
    chance: f64,
) -> RetryDecision {
    let was_not_executed = match outcome {
        AttemptOutcome::NotSent | AttemptOutcome::Untrusted => true,
        // 501 means that the server cannot execute the request at all. Any other 5xx may follow a completed execution.
        AttemptOutcome::Status(status) => !(status == 408 || (status >= 500 && status != 501)),
        AttemptOutcome::NoResponse | AttemptOutcome::Permanent => false,
    };
    if class == Class::Once && !was_not_executed {
        return RetryDecision::Unknown;
    }
    let default = match outcome {
        AttemptOutcome::NotSent => true,
        AttemptOutcome::Untrusted | AttemptOutcome::Permanent => false,
        AttemptOutcome::NoResponse => class != Class::Once,
        AttemptOutcome::Status(429) => !advice.out_of_quota,
        AttemptOutcome::Status(501) => false,
        AttemptOutcome::Status(status) => class != Class::Once && (status == 408 || status == 409 || status >= 500),
    };
    let may_retry = match (outcome, advice.should_retry) {
        (AttemptOutcome::Status(_), Some(false)) => false,
        (AttemptOutcome::Status(_), Some(true)) if class != Class::Once && !advice.out_of_quota => true,
        _ => default,
    };
    if !may_retry {
        return RetryDecision::Failed;
    }
    match advice.wait {
        Some(wait) if wait > policy.max_wait => RetryDecision::WaitTooLong(wait),
        _ if made > policy.retries => RetryDecision::Failed,
        Some(wait) => RetryDecision::RetryAfter(wait),
        None => RetryDecision::RetryAfter(backoff(made).mul_f64(chance.clamp(0.0, 1.0))),
    }
}

/// Returns the upper bound of the wait after `made` attempts. The actual wait is a random fraction of it (full jitter).
fn backoff(made: u32) -> Duration {
    FIRST_WAIT.saturating_mul(1 << made.saturating_sub(1).min(8)).min(LONGEST_WAIT)
}

/// The range, in seconds from now, in which a number is read as a Unix time: from a day ago to a year ahead. Read as a
/// wait, such a number would mean decades.
const NEAR: std::ops::Range<f64> = -86_400.0..366.0 * 86_400.0;
/// The smallest number of seconds that is read as a Unix time, a moment in 2001. It guards against a wrong local clock.
const FIRST_TIME: f64 = 1e9;

/// Parses the wait that headers request: `retry-after-ms`, or else `Retry-After`. The latter is a number of seconds,
/// possibly with a fraction, a date, or a Unix time, which some gateways send.
///
/// `now` is in Unix seconds. Invalid values and dates in the past are ignored.
pub fn requested_wait(retry_after_ms: Option<&str>, retry_after: Option<&str>, now: i64) -> Option<Duration> {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite() && *n >= 0.0);
    let wait = |number: f64, unit: f64| match seconds_until(number, now) {
        Some(left) => Duration::try_from_secs_f64(left).ok(),
        // A number that does not fit into a `Duration` is still a wait. It exceeds every limit.
        None => Some(Duration::try_from_secs_f64(number / unit).unwrap_or(Duration::MAX)),
    };
    if let Some(millis) = retry_after_ms.and_then(number) {
        return wait(millis, 1_000.0);
    }
    let text = retry_after?;
    if let Some(asked) = number(text) {
        return wait(asked, 1.0);
    }
    u64::try_from(parse_date(text)? - now).ok().map(Duration::from_secs)
}

/// Returns the seconds until a Unix time, which is given in seconds, milliseconds, microseconds or nanoseconds. Returns
/// `None` if the number is not a Unix time near now.
fn seconds_until(number: f64, now: i64) -> Option<f64> {
    let times = [1.0, 1e3, 1e6, 1e9].into_iter().map(|unit| number / unit).filter(|time| *time >= FIRST_TIME);
    times.map(|time| time - now as f64).find(|left| NEAR.contains(left))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const POLICY: RetryPolicy = RetryPolicy { retries: 4, max_wait: Duration::from_secs(120) };

    fn after_first(class: Class, outcome: AttemptOutcome, advice: RetryAdvice) -> RetryDecision {
        decide(class, outcome, advice, 1, POLICY, 1.0)
    }

    #[test]
    fn each_class_and_outcome_has_its_decision() {
        use AttemptOutcome::{NoResponse, NotSent, Permanent, Status, Untrusted};
        use Class::{Once, Read, Repeatable};
        let again = RetryDecision::RetryAfter(FIRST_WAIT);
        let table = [
            (NotSent, [again, again, again]),
            (Untrusted, [RetryDecision::Failed, RetryDecision::Failed, RetryDecision::Failed]),
            (NoResponse, [again, again, RetryDecision::Unknown]),
            (Permanent, [RetryDecision::Failed, RetryDecision::Failed, RetryDecision::Unknown]),
            (Status(400), [RetryDecision::Failed, RetryDecision::Failed, RetryDecision::Failed]),
            (Status(401), [RetryDecision::Failed, RetryDecision::Failed, RetryDecision::Failed]),
            (Status(404), [RetryDecision::Failed, RetryDecision::Failed, RetryDecision::Failed]),
            (Status(408), [again, again, RetryDecision::Unknown]),
            (Status(409), [again, again, RetryDecision::Failed]),
            (Status(422), [RetryDecision::Failed, RetryDecision::Failed, RetryDecision::Failed]),
            (Status(429), [again, again, again]),
            (Status(500), [again, again, RetryDecision::Unknown]),
            (Status(501), [RetryDecision::Failed, RetryDecision::Failed, RetryDecision::Failed]),
            (Status(502), [again, again, RetryDecision::Unknown]),
            (Status(503), [again, again, RetryDecision::Unknown]),
        ];
        for (outcome, expected) in table {
            let found = [Read, Repeatable, Once].map(|class| after_first(class, outcome, RetryAdvice::default()));
            assert_eq!(found, expected, "{outcome:?}");
        }
    }

    #[test]
    fn x_should_retry_overrides_the_default_where_it_is_safe() {
        let yes = RetryAdvice { should_retry: Some(true), ..RetryAdvice::default() };
        let no = RetryAdvice { should_retry: Some(false), ..RetryAdvice::default() };
        let again = RetryDecision::RetryAfter(FIRST_WAIT);
        assert_eq!(after_first(Class::Read, AttemptOutcome::Status(400), yes), again);
        assert_eq!(after_first(Class::Once, AttemptOutcome::Status(400), yes), RetryDecision::Failed);
        assert_eq!(after_first(Class::Once, AttemptOutcome::Status(500), yes), RetryDecision::Unknown);
        assert_eq!(after_first(Class::Read, AttemptOutcome::Status(503), no), RetryDecision::Failed);
        assert_eq!(after_first(Class::Once, AttemptOutcome::Status(429), no), RetryDecision::Failed);
    }

    #[test]
    fn an_exhausted_quota_is_not_retried_and_a_long_wait_is_reported() {
        let broke = RetryAdvice { out_of_quota: true, ..RetryAdvice::default() };
        assert_eq!(after_first(Class::Read, AttemptOutcome::Status(429), broke), RetryDecision::Failed);
        let wait = |seconds| RetryAdvice { wait: Some(Duration::from_secs(seconds)), ..RetryAdvice::default() };
        assert_eq!(
            after_first(Class::Once, AttemptOutcome::Status(429), wait(7)),
            RetryDecision::RetryAfter(Duration::from_secs(7))
        );
        let long = RetryDecision::WaitTooLong(Duration::from_secs(121));
        assert_eq!(after_first(Class::Read, AttemptOutcome::Status(429), wait(121)), long);
    }

    #[test]
    fn retries_end_at_the_limit() {
        let judged = |made| decide(Class::Read, AttemptOutcome::Status(500), RetryAdvice::default(), made, POLICY, 0.5);
        assert!(matches!(judged(4), RetryDecision::RetryAfter(_)));
        assert_eq!(judged(5), RetryDecision::Failed);
    }

    #[test]
    fn the_headers_are_read_in_the_order_of_the_sdks() {
        let seconds = |n| Some(Duration::from_secs(n));
        assert_eq!(requested_wait(Some("1500"), Some("9"), 0), Some(Duration::from_millis(1_500)));
        assert_eq!(requested_wait(Some("x"), Some("9"), 0), seconds(9));
        assert_eq!(requested_wait(None, Some("0.5"), 0), Some(Duration::from_millis(500)));
        assert_eq!(requested_wait(None, Some("Wed, 21 Oct 2015 07:28:00 GMT"), 1_445_412_470), seconds(10));
        assert_eq!(requested_wait(None, Some("Wed, 21 Oct 2015 07:28:00 GMT"), 1_445_412_490), None);
        assert_eq!(requested_wait(None, Some("99999999999999999999999"), 0), Some(Duration::MAX));
        for nonsense in ["-1", "-1796007016", "soon", "NaN", "inf", ""] {
            assert_eq!(requested_wait(None, Some(nonsense), 0), None, "{nonsense}");
        }
    }

    #[test]
    fn a_unix_time_is_read_as_a_point_in_time() {
        let now = 1_796_007_000;
        let table = [
            ("1796007016", Some(16.0)),
            ("1796007016.5", Some(16.5)),
            ("1796007016500", Some(16.5)),
            ("1796007016500000", Some(16.5)),
            ("1796007016500000000", Some(16.5)),
            ("1796007000", Some(0.0)),
            // It has passed.
            ("1796006990", None),
            ("1796006990000", None),
            // These are waits, even if they are long.
            ("120", Some(120.0)),
            ("86400", Some(86_400.0)),
            ("31536000", Some(31_536_000.0)),
        ];
        for (text, expected) in table {
            for header in [(None, Some(text)), (Some(text), None)] {
                let expected = match header.0 {
                    // A wait is in milliseconds there; a time is the same everywhere.
                    Some(_) => expected.map(|wait| if text.len() < 10 { wait / 1_000.0 } else { wait }),
                    None => expected,
                };
                let found = requested_wait(header.0, header.1, now).map(|wait| wait.as_secs_f64());
                let near = match (found, expected) {
                    (Some(found), Some(expected)) => (found - expected).abs() < 0.001,
                    (found, expected) => found == expected,
                };
                assert!(near, "{header:?}: {found:?}");
            }
        }
    }

    proptest! {
        #[test]
        fn a_backoff_is_never_longer_than_eight_seconds(made in 1u32..100, chance in 0.0f64..1.0) {
            let policy = RetryPolicy { retries: u32::MAX, ..POLICY };
            let verdict = decide(Class::Read, AttemptOutcome::NotSent, RetryAdvice::default(), made, policy, chance);
            prop_assert!(matches!(verdict, RetryDecision::RetryAfter(wait) if wait <= LONGEST_WAIT));
        }

        #[test]
        fn a_create_that_may_have_been_executed_is_never_sent_again(status in 400u16..600, should in any::<Option<bool>>()) {
            let advice = RetryAdvice { should_retry: should, ..RetryAdvice::default() };
            let verdict = decide(Class::Once, AttemptOutcome::Status(status), advice, 1, POLICY, 0.5);
            if matches!(verdict, RetryDecision::RetryAfter(_)) {
                prop_assert_eq!(status, 429);
            }
        }
    }
}
