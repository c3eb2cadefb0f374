//! How long the other side may keep a transfer waiting.

use std::time::Duration;

/// Bytes that earn a second of waiting. Slower peers than this are given up.
const BYTES_PER_SECOND: u64 = 500;

/// Time that the other side may let pass while a transfer waits for it.
///
/// Waiting uses the time up, and bytes earn it back, so that one byte a minute does not hold a connection for ever.
#[derive(Debug, Clone)]
pub(super) struct Allowance {
    most: Duration,
    left: Duration,
}

impl Allowance {
    /// Returns an allowance that has not been used.
    pub(super) fn new(most: Duration) -> Self {
        Self { most, left: most }
    }

    /// Returns how long may be waited now.
    pub(super) fn left(&self) -> Duration {
        self.left
    }

    /// Accounts for a wait and the bytes that came of it.
    pub(super) fn account(&mut self, waited: Duration, bytes: usize) {
        let earned = Duration::from_millis(bytes as u64 * 1_000 / BYTES_PER_SECOND);
        self.left = (self.left.saturating_sub(waited) + earned).min(self.most);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_trickle_uses_the_allowance_up_and_a_flow_keeps_it() {
        let second = Duration::from_secs(1);
        let mut trickle = Allowance::new(60 * second);
        trickle.account(59 * second, 1);
        assert!(trickle.left() < 2 * second, "{:?}", trickle.left());
        let mut flow = Allowance::new(60 * second);
        (0..1_000).for_each(|_| flow.account(second, 600));
        assert_eq!(flow.left(), 60 * second, "what is left never grows beyond the beginning");
        let mut burst = Allowance::new(60 * second);
        burst.account(Duration::ZERO, 16 << 20);
        burst.account(59 * second, 1);
        assert!(burst.left() < 2 * second, "a burst earns nothing for later");
    }
}
