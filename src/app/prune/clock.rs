//! Ages are counted by the clock of this machine, from times that the backend gave. They mean something only where both
//! clocks agree.

use super::Pruner;
use super::verdict::span;
use crate::api::Backend;
use anyhow::Error;

/// How far the clocks may be apart, in seconds.
const TOLERANCE: i64 = 300;

impl Pruner<'_> {
    /// Returns by how many seconds the clock here is ahead of the backend's, where that is too much to tell an age.
    pub(super) fn skew(&self) -> Option<i64> {
        self.clock().flatten().filter(|skew| skew.saturating_abs() > TOLERANCE)
    }

    /// Says once that the clock could not be checked.
    pub(super) fn note_clock(&self) {
        if self.clock() == Some(None) && !self.timeless.replace(true) {
            self.app.ui.warn(
                "the backend does not say what time it is: ages are counted by the clock of this machine, which was not \
                 checked",
            );
        }
    }

    /// Returns what is known of the difference; `None` for the embedded server, which has the same clock.
    fn clock(&self) -> Option<Option<i64>> {
        let local = self.app.profile().is_ok_and(|profile| profile.backend == Backend::Local);
        (!local).then(|| self.session.client.skew())
    }
}

/// Returns the failure that ends a command whose clock is wrong.
pub(super) fn differs(skew: i64) -> Error {
    let by = if skew > 0 { "ahead of" } else { "behind" };
    anyhow::anyhow!(
        "the clock of this machine is {} {by} the backend's, and {} is the most with which an age can be told: set the \
         clock, then run the same command again",
        span(skew.saturating_abs()),
        span(TOLERANCE)
    )
    .context("stopping: nothing is pruned by a clock that is wrong")
}
