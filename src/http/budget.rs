//! A budget of memory for bodies that are held whole: beyond it a request waits, and is refused if that takes too long.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// Bytes are counted in pieces of this size, so that a counter of 32 bits suffices.
const PIECE: usize = 1 << 10;

/// A budget of bytes, shared by all copies of it.
#[derive(Debug, Clone)]
pub struct Budget {
    left: Arc<Semaphore>,
    patience: Duration,
}

/// Bytes that were taken from a budget, until this is dropped.
#[derive(Debug)]
pub struct Hold(OwnedSemaphorePermit);

impl Budget {
    /// Makes a budget. A request waits for its part of it for at most `patience`.
    pub fn new(bytes: usize, patience: Duration) -> Self {
        Self { left: Arc::new(Semaphore::new(bytes / PIECE)), patience }
    }

    /// Takes bytes, in the order of the requests; `None` if they do not become free in time.
    pub async fn take(&self, bytes: usize) -> Option<Hold> {
        let free = Arc::clone(&self.left).acquire_many_owned(pieces(bytes));
        timeout(self.patience, free).await.ok()?.ok().map(Hold)
    }

    /// Adds bytes to a hold; returns `false` if they are not free. It does not wait, because others may wait for what the
    /// hold has.
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
    /// Gives back what is held beyond so many bytes.
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
