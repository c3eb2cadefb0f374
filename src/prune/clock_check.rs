//! The clock check of a prune.
//!
//! An age is the difference between the local time and a time that the backend returned. It is valid only if the clocks
//! of both agree.

use super::duration::format_duration;
use crate::api::Backend;
use crate::app::{App, Session};
use crate::client::ClockSkew;
use anyhow::Error;

/// The maximum difference between the clocks, in seconds.
const TOLERANCE: i64 = 300;

/// The result of comparing the local clock with the backend's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ClockCheck {
    /// The clocks agree, or the backend is the embedded server, which has the same clock.
    Agrees,
    /// The backend has not sent its time, or has not responded yet.
    Unknown,
    /// The backend has sent a time that cannot be parsed.
    Unreadable,
    /// The local clock is ahead of the backend's by this number of seconds.
    Differs(i64),
}

/// Compares the clocks by the responses that have arrived so far.
pub(super) fn check_clock(app: &App, session: &Session) -> ClockCheck {
    if app.profile().is_ok_and(|profile| profile.backend == Backend::Local) {
        return ClockCheck::Agrees;
    }
    match session.skew() {
        ClockSkew::Unknown => ClockCheck::Unknown,
        ClockSkew::Unreadable => ClockCheck::Unreadable,
        ClockSkew::Seconds(skew) if skew.saturating_abs() > TOLERANCE => ClockCheck::Differs(skew),
        ClockSkew::Seconds(_) => ClockCheck::Agrees,
    }
}

/// Returns the error that stops a command because the backend's time is unreadable.
pub(super) fn unreadable_error() -> Error {
    anyhow::anyhow!("a response has a `Date` header that is not a date; correct the server or the proxy before it")
        .context("stopping: the clocks cannot be compared, so ages are not valid")
}

/// Returns the error that stops a command because the local clock differs by `skew` seconds.
pub(super) fn clock_error(skew: i64) -> Error {
    let direction = if skew > 0 { "ahead of" } else { "behind" };
    anyhow::anyhow!(
        "it is {} {direction} the backend's clock, and the limit is {}; set the clock, then run the same command again",
        format_duration(skew.saturating_abs()),
        format_duration(TOLERANCE)
    )
    .context("stopping: the clock of this machine is wrong, so ages are not valid")
}
