//! The clock check of a prune.
//!
//! Ages are computed from the local clock and from times that the backend gave. They are valid only if both clocks
//! agree.

use super::Pruner;
use super::verdict::span;
use crate::api::Backend;
use anyhow::Error;

/// The maximum difference between the clocks, in seconds.
const TOLERANCE: i64 = 300;

impl Pruner<'_> {
    /// Returns how many seconds the local clock is ahead of the backend's, if the difference is too large to compute
    /// ages.
    pub(super) fn skew(&self) -> Option<i64> {
        self.clock().flatten().filter(|skew| skew.saturating_abs() > TOLERANCE)
    }

    /// Warns once that the clock could not be checked.
    pub(super) fn note_clock(&self) {
        if self.clock() == Some(None) && !self.timeless.replace(true) {
            self.app.ui().warn(
                "the backend does not say what time it is: ages are counted by the clock of this machine, which was not \
                 checked",
            );
        }
    }

    /// Returns the measured difference, if one was measured. The outer `None` stands for the embedded server, which has
    /// the same clock.
    fn clock(&self) -> Option<Option<i64>> {
        let local = self.app.profile().is_ok_and(|profile| profile.backend == Backend::Local);
        (!local).then(|| self.session.skew())
    }
}

/// Returns the error that stops a command because the clocks differ.
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
