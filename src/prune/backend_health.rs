//! Tracking of the backend's availability. An outage after a first response is waited out. A backend that has never
//! responded is not waited for.

use crate::client::ClientError;
use crate::exit::{UNREACHABLE, code_of};
use std::cell::Cell;
use std::time::Duration;
use tokio::time::Instant;

/// The maximum duration of an outage that is waited out, for a backend that has responded before.
const OUTAGE: Duration = Duration::from_secs(120);
/// The pause between two attempts during an outage.
const PAUSE: Duration = Duration::from_secs(1);
/// The number of consecutive failures after which pruning stops.
const FAILURES: u32 = 10;

/// The availability of the backend so far.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// The time of the last response.
    answered: Cell<Option<Instant>>,
    failures: Cell<u32>,
    last_code: Cell<u8>,
}

/// The wait of a single request for the end of an outage.
#[derive(Debug)]
pub(super) struct Wait {
    begun: Instant,
    /// `true` if another request has succeeded in the meantime, so that no further attempt follows.
    last: bool,
}

impl Wait {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), last: false }
    }
}

impl Health {
    /// Records a response. An error response counts too, because it shows that the backend is available.
    pub(super) fn answered(&self) {
        self.answered.set(Some(Instant::now()));
        self.failures.set(0);
    }

    /// Records that an object could not be requested.
    pub(super) fn failed(&self, code: u8) {
        self.failures.set(self.failures.get() + 1);
        self.last_code.set(code);
    }

    /// Returns the exit code of the last failure if there were too many in a row.
    pub(super) fn is_lost(&self) -> Option<u8> {
        (self.failures.get() >= FAILURES).then(|| self.last_code.get())
    }

    /// Waits before the next attempt. Returns `false` if there should be no further attempt.
    pub(super) async fn wait(&self, wait: &mut Wait, error: &ClientError) -> bool {
        let away = matches!(error, ClientError::Unreachable(_))
            || error.api_error().is_some_and(|refused| matches!(refused.status, 502..=504));
        let known = self.answered.get().is_some();
        if !(away && known) || code_of(error) != UNREACHABLE || wait.last || wait.begun.elapsed() >= OUTAGE {
            return false;
        }
        let failed = Instant::now();
        tokio::time::sleep(PAUSE).await;
        wait.last = self.answered.get().is_some_and(|answered| answered > failed);
        true
    }
}
