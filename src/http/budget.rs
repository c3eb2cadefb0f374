//! A memory budget for bodies that are held as a whole. A request that exceeds it waits, and is rejected if the wait is
//! too long.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The unit of the budget in bytes. It keeps the counts within the 32 bits of a semaphore.
const PIECE: usize = 1 << 10;

/// A budget of bytes. Clones share it.
#[derive(Debug, Clone)]
pub struct Budget {
    left: Arc<Semaphore>,
    patience: Duration,
}

/// Bytes that are taken from a budget until this value is dropped.
#[derive(Debug)]
pub struct Hold(OwnedSemaphorePermit);

impl Budget {
    /// Creates a budget. A request waits at most `patience` for its share.
    pub fn new(bytes: usize, patience: Duration) -> Self {
        Self { left: Arc::new(Semaphore::new(bytes / PIECE)), patience }
    }

    /// Takes bytes in the order of the requests. Returns `None` if they do not become free in time.
    pub async fn take(&self, bytes: usize) -> Option<Hold> {
        let free = Arc::clone(&self.left).acquire_many_owned(pieces(bytes));
        timeout(self.patience, free).await.ok()?.ok().map(Hold)
    }

    /// Adds bytes to a hold. Returns `false` if they are not free. Never waits, because other requests may wait for the
    /// bytes of this hold.
    pub fn add(&self, hold: &mut Hold, bytes: usize) -> bool {
        match Arc::clone(&self.left).try_acquire_many_owned(pieces(bytes)) {
            Ok(more) => {
                hold.0.merge(more);
                true
            }
            Err(_) => false,
        }
    }
}

impl Hold {
    /// Keeps at most `bytes` bytes and gives the others back to the budget.
    pub fn keep(&mut self, bytes: usize) {
        let surplus = self.0.num_permits().saturating_sub(pieces(bytes) as usize);
        drop(self.0.split(surplus));
    }
}

fn pieces(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(PIECE)).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_held_is_missing_until_it_is_given_back() {
        let budget = Budget::new(10 * PIECE, Duration::from_millis(20));
        let mut first = budget.take(6 * PIECE).await.unwrap();
        assert!(budget.take(5 * PIECE).await.is_none());
        assert!(!budget.add(&mut first, 5 * PIECE) && budget.add(&mut first, 4 * PIECE));
        assert!(budget.take(1).await.is_none());
        first.keep(9 * PIECE);
        let second = budget.take(1).await.unwrap();
        drop(first);
        assert!(budget.take(9 * PIECE + 1).await.is_none());
        drop(second);
        assert!(budget.take(10 * PIECE).await.is_some());
        assert!(budget.take(11 * PIECE).await.is_none());
    }

    #[tokio::test]
    async fn a_request_waits_for_its_turn() {
        let budget = Budget::new(2 * PIECE, Duration::from_secs(20));
        let held = budget.take(2 * PIECE).await.unwrap();
        let waiting = tokio::spawn({
            let budget = budget.clone();
            async move { budget.take(PIECE).await.is_some() }
        });
        tokio::time::sleep(Duration::from_millis(20)).await;
        drop(held);
        assert!(waiting.await.unwrap());
    }
}
