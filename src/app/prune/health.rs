//! Whether the backend answers: one that is away for a while is waited for, one that never answers is not.

use crate::client::ClientError;
use crate::exit::{UNREACHABLE, code_of};
use std::cell::Cell;
use std::time::Duration;
use tokio::time::Instant;

/// How long a backend that has answered before may be away.
const OUTAGE: Duration = Duration::from_secs(120);
/// How long between two attempts meanwhile.
const PAUSE: Duration = Duration::from_secs(1);
/// After so many failures in a row there is no point in going on.
const FAILURES: u32 = 10;

/// How the backend has answered so far.
#[derive(Debug, Default)]
pub(super) struct Health {
    /// When it last answered as it should.
    answered: Cell<Option<Instant>>,
    failures: Cell<u32>,
    last_code: Cell<u8>,
}

/// How long a single call has been waiting for the backend to come back.
#[derive(Debug)]
pub(super) struct Wait {
    begun: Instant,
    /// Whether somebody else got an answer meanwhile: then this attempt was the last.
    last: bool,
}

impl Wait {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), last: false }
    }
}

impl Health {
    /// Notes that an answer came; a refusal is one, too.
    pub(super) fn answered(&self) {
        self.answered.set(Some(Instant::now()));
        self.failures.set(0);
    }

    /// Notes that an object could not be asked for.
    pub(super) fn failed(&self, code: u8) {
        self.failures.set(self.failures.get() + 1);
        self.last_code.set(code);
    }

    /// Returns the code of the failures where there were too many in a row.
    pub(super) fn is_lost(&self) -> Option<u8> {
        (self.failures.get() >= FAILURES).then(|| self.last_code.get())
    }

    /// Waits before another attempt and returns true, or returns false where there is to be none.
    pub(super) async fn wait(&self, wait: &mut Wait, error: &ClientError) -> bool {
        let away = matches!(error, ClientError::Unreachable(_))
            || error.refused().is_some_and(|refused| matches!(refused.status, 502..=504));
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
