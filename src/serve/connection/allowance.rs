//! The time that a peer may keep a transfer waiting.

use std::time::Duration;

/// The number of bytes that extend the remaining time by one second. A peer that is slower on average is disconnected.
const BYTES_PER_SECOND: u64 = 500;

/// The remaining time for which a transfer may wait for its peer.
///
/// Waiting consumes the time, and bytes restore it. A peer that sends one byte a minute therefore cannot hold a
/// connection for ever.
#[derive(Debug, Clone)]
pub(super) struct Allowance {
    /// The time at the beginning, which is also the largest remaining time.
    limit: Duration,
    left: Duration,
}

impl Allowance {
    /// Returns an unused allowance.
    pub(super) fn new(limit: Duration) -> Self {
        Self { limit, left: limit }
    }

    /// Returns the time that the next wait may take.
    pub(super) fn left(&self) -> Duration {
        self.left
    }

    /// Records a wait and the number of bytes that it brought.
    pub(super) fn account(&mut self, waited: Duration, bytes: usize) {
        let earned = Duration::from_millis(bytes as u64 * 1_000 / BYTES_PER_SECOND);
        self.left = (self.left.saturating_sub(waited) + earned).min(self.limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slow_transfer_uses_up_its_time_and_a_steady_one_does_not() {
        let second = Duration::from_secs(1);
        let mut trickle = Allowance::new(60 * second);
        trickle.account(59 * second, 1);
        assert!(trickle.left() < 2 * second, "{:?}", trickle.left());
        let mut flow = Allowance::new(60 * second);
        (0..1_000).for_each(|_| flow.account(second, 600));
        assert_eq!(flow.left(), 60 * second, "the remaining time never exceeds the limit");
        let mut burst = Allowance::new(60 * second);
        burst.account(Duration::ZERO, 16 << 20);
        burst.account(59 * second, 1);
        assert!(burst.left() < 2 * second, "a burst earns nothing for later");
    }
}
