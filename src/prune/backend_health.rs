//! The availability of the backend during a prune. If the backend has responded before, a request waits for the end of
//! an outage. If it has never responded, a request fails at once.

use crate::client::ClientError;
use crate::exit::{UNREACHABLE, code_of};
use std::cell::Cell;
use std::time::Duration;
use tokio::time::Instant;

/// The maximum time that a request waits for the end of an outage.
const MAX_OUTAGE: Duration = Duration::from_secs(120);
/// The pause between two attempts during an outage.
const PAUSE: Duration = Duration::from_secs(1);
/// The number of consecutive failures after which pruning stops.
pub(super) const MAX_FAILURES: u32 = 10;

/// The availability of the backend so far.
#[derive(Debug, Default)]
pub(super) struct BackendHealth {
    last_response: Cell<Option<Instant>>,
    failures: Cell<u32>,
    last_code: Cell<u8>,
}

/// The wait of a single request for the end of an outage.
#[derive(Debug)]
pub(super) struct OutageWait {
    start: Instant,
    /// `true` if another request has succeeded since the last failure. The outage is then over, so one more attempt
    /// follows and no other.
    is_last_attempt: bool,
}

impl OutageWait {
    pub(super) fn new() -> Self {
        Self { start: Instant::now(), is_last_attempt: false }
    }
}

impl BackendHealth {
    /// Records a response, which resets the count of failures. An error response counts too, because it shows that the
    /// backend is available.
    pub(super) fn record_response(&self) {
        self.last_response.set(Some(Instant::now()));
        self.failures.set(0);
    }

    /// Records the failure for an object, with its exit code.
    pub(super) fn record_failure(&self, code: u8) {
        self.failures.set(self.failures.get() + 1);
        self.last_code.set(code);
    }

    /// Returns the exit code of the last failure after [`MAX_FAILURES`] failures in a row.
    pub(super) fn lost(&self) -> Option<u8> {
        (self.failures.get() >= MAX_FAILURES).then(|| self.last_code.get())
    }

    /// Waits before the next attempt and returns `true`. Returns `false` without waiting if no further attempt may
    /// follow.
    pub(super) async fn wait_for_retry(&self, wait: &mut OutageWait, error: &ClientError) -> bool {
        let is_outage = matches!(error, ClientError::Unreachable(_))
            || error.api_error().is_some_and(|error| matches!(error.status, 502..=504));
        let has_responded = self.last_response.get().is_some();
        if !(is_outage && has_responded)
            || code_of(error) != UNREACHABLE
            || wait.is_last_attempt
            || wait.start.elapsed() >= MAX_OUTAGE
        {
            return false;
        }
        let failed_at = Instant::now();
        tokio::time::sleep(PAUSE).await;
        wait.is_last_attempt = self.last_response.get().is_some_and(|time| time > failed_at);
        true
    }
}
