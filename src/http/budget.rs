//! A memory budget for bodies that are held as a whole. A request that exceeds it waits, and is rejected if the wait is
//! too long.

use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

/// The unit of the budget in bytes. It keeps the counts within the 32 bits of a semaphore.
const UNIT: usize = 1 << 10;

/// A budget of bytes. Clones share it.
#[derive(Debug, Clone)]
pub struct MemoryBudget {
    left: Arc<Semaphore>,
    max_wait: Duration,
}

/// Bytes that are taken from a budget until this value is dropped.
#[derive(Debug)]
pub struct Reservation(OwnedSemaphorePermit);

impl MemoryBudget {
    /// Creates a budget. A request waits at most `max_wait` for its share.
    pub fn new(bytes: usize, max_wait: Duration) -> Self {
        Self { left: Arc::new(Semaphore::new(bytes / UNIT)), max_wait }
    }

    /// Takes bytes in the order of the requests. Returns `None` if they do not become free in time.
    pub async fn reserve(&self, bytes: usize) -> Option<Reservation> {
        let permit = Arc::clone(&self.left).acquire_many_owned(units(bytes));
        timeout(self.max_wait, permit).await.ok()?.ok().map(Reservation)
    }

    /// Adds bytes to a reservation. Returns `false` if they are not free. Never waits, because other requests may wait
    /// for the bytes of this reservation.
    pub fn extend(&self, reservation: &mut Reservation, bytes: usize) -> bool {
        match Arc::clone(&self.left).try_acquire_many_owned(units(bytes)) {
            Ok(more) => {
                reservation.0.merge(more);
                true
            }
            Err(_) => false,
        }
    }
}

impl Reservation {
    /// Keeps at most `bytes` bytes and gives the others back to the budget.
    pub fn shrink_to(&mut self, bytes: usize) {
        let surplus = self.0.num_permits().saturating_sub(units(bytes) as usize);
        drop(self.0.split(surplus));
    }
}

fn units(bytes: usize) -> u32 {
    u32::try_from(bytes.div_ceil(UNIT)).unwrap_or(u32::MAX)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn reserved_bytes_are_unavailable_until_they_are_released() {
        let budget = MemoryBudget::new(10 * UNIT, Duration::from_millis(20));
        let mut first = budget.reserve(6 * UNIT).await.unwrap();
        assert!(budget.reserve(5 * UNIT).await.is_none());
        assert!(!budget.extend(&mut first, 5 * UNIT) && budget.extend(&mut first, 4 * UNIT));
        assert!(budget.reserve(1).await.is_none());
        first.shrink_to(9 * UNIT);
        let second = budget.reserve(1).await.unwrap();
        drop(first);
        assert!(budget.reserve(9 * UNIT + 1).await.is_none());
        drop(second);
        assert!(budget.reserve(10 * UNIT).await.is_some());
        assert!(budget.reserve(11 * UNIT).await.is_none());
    }

    #[tokio::test]
    async fn requests_get_their_bytes_in_order() {
        let budget = MemoryBudget::new(2 * UNIT, Duration::from_secs(20));
        let held = budget.reserve(2 * UNIT).await.unwrap();
        let waiting = tokio::spawn({
            let budget = budget.clone();
            async move { budget.reserve(UNIT).await.is_some() }
        });
        // Runs the task until it waits.
        tokio::task::yield_now().await;
        assert!(!waiting.is_finished());
        drop(held);
        assert!(waiting.await.unwrap());
    }
}
