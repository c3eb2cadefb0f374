//! The indexer of files in vector stores. It claims files from the store under a lease, reads their text, and writes
//! passages.
//!
//! As for runs, the store holds the complete state. After a crash the leases expire. The next process removes the
//! passages that were written, and indexes the file again.

mod cutter;
mod embedding;
#[cfg(test)]
mod tests;
mod worker;

use crate::db::DbError;
use crate::extract::ExtractionLimits;
use crate::serve::fault::{Faults, HeldStatus};
use crate::serve::ids;
use crate::serve::model::EmbeddingEndpoint;
use crate::serve::settings::Reporter;
use crate::serve::store::Store;
use futures_util::FutureExt;
use std::{
    collections::HashMap,
    fmt,
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::watch,
    task::{self, AbortHandle, JoinHandle, JoinSet},
    time::{Instant, timeout, timeout_at},
};

/// The maximum number of files that a process indexes at the same time.
const MAX_WORKERS: usize = 2;

/// The minimum and maximum pause between two checks of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// The state that the indexer's task and its workers share.
pub(super) struct Indexer {
    store: Arc<Store>,
    faults: Option<Arc<Faults>>,
    limits: ExtractionLimits,
    embeddings: Option<Arc<EmbeddingEndpoint>>,
    /// The lease of this process, a UUID that no other process uses.
    lease: String,
    lease_life: Duration,
    report: Reporter,
    /// The files that workers of this process index, by row number.
    active: Mutex<HashMap<i64, ActiveFile>>,
    /// A counter that is incremented whenever the indexer may have become idle.
    changes: watch::Sender<u64>,
}

/// A file that a worker indexes.
struct ActiveFile {
    worker: AbortHandle,
    /// `true` if a fault holds the file in its status.
    is_held: bool,
}

impl fmt::Debug for Indexer {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Indexer").field("lease", &self.lease).finish_non_exhaustive()
    }
}

impl Indexer {
    /// Creates an indexer, which does nothing until [`Indexer::start`].
    pub(super) fn new(
        store: Arc<Store>,
        lease_life: Duration,
        faults: Option<Arc<Faults>>,
        embeddings: Option<Arc<EmbeddingEndpoint>>,
        report: Reporter,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            faults,
            limits: ExtractionLimits::default(),
            embeddings,
            lease: ids::uuid(),
            lease_life,
            report,
            active: Mutex::default(),
            changes: watch::Sender::new(0),
        })
    }

    /// Starts the indexer's task. Its workers end with the task.
    pub(super) fn start(self: &Arc<Self>) -> JoinHandle<()> {
        tokio::spawn(self.clone().run())
    }

    /// Waits until no file is left for this process to index, apart from files that a fault holds. Returns `true` if
    /// this happened within `limit`.
    pub(super) async fn drain(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let mut changes = self.changes.subscribe();
        loop {
            changes.borrow_and_update();
            match self.store.pending_files(&self.lease).await {
                Ok(pending) if pending.iter().all(|item| self.is_held(*item)) => return true,
                Ok(_) => self.store.indexing.notify_one(),
                Err(_) => return false, // An unreadable store never becomes idle.
            }
            // Other processes index files without a notification, so the store is checked periodically as well.
            let now = Instant::now();
            if now >= deadline {
                return false;
            }
            let _ = timeout_at(deadline.min(now + PAUSES.1), changes.changed()).await;
        }
    }

    /// Releases the leases, so that another process can index the files immediately.
    pub(super) async fn release(&self) -> Result<(), DbError> {
        self.store.release_files(&self.lease).await
    }

    /// Claims files and renews leases until the task is aborted.
    async fn run(self: Arc<Self>) {
        let pause = (self.lease_life / 3).clamp(PAUSES.0, PAUSES.1);
        let mut workers = JoinSet::new();
        loop {
            while workers.try_join_next().is_some() {}
            let has_more = match self.step(&mut workers).await {
                Ok(has_more) => has_more,
                Err(error) => {
                    (self.report)(&format!("indexing: {error}"));
                    false
                }
            };
            if !has_more {
                // The timeout is expected: the loop also runs periodically.
                let _ = timeout(pause, self.store.indexing.notified()).await;
            }
        }
    }

    /// Renews the leases, claims files, and removes the passages of detached and failed files. Returns `true` if there
    /// may be more passages to remove.
    async fn step(self: &Arc<Self>, workers: &mut JoinSet<()>) -> Result<bool, DbError> {
        self.renew().await?;
        let held = self.active().values().filter(|active| active.is_held).count();
        let free = (MAX_WORKERS + held).saturating_sub(self.active().len());
        for item in self.store.claim_files(&self.lease, self.lease_life, free as i64).await? {
            self.spawn_worker(item, workers);
        }
        let mut has_more = false;
        for item in self.store.items_to_clean().await? {
            if self.store.remove_some_passages(item).await? {
                has_more = true;
            } else {
                self.store.forget_item(item).await?;
            }
        }
        Ok(has_more)
    }

    /// Renews the leases. Ends the workers whose files were removed, cancelled, or claimed by another process.
    async fn renew(&self) -> Result<(), DbError> {
        let active: Vec<i64> = self.active().keys().copied().collect();
        if active.is_empty() {
            return Ok(());
        }
        let held = self.store.renew_files(&self.lease, self.lease_life, &active).await?;
        for lost in active.iter().filter(|item| !held.contains(item)) {
            if let Some(file) = self.active().remove(lost) {
                file.worker.abort();
            }
            self.notify_changed();
        }
        Ok(())
    }

    /// Starts a worker for a file that this process has claimed. `item` is its row number.
    fn spawn_worker(self: &Arc<Self>, item: i64, workers: &mut JoinSet<()>) {
        let indexer = self.clone();
        // The worker removes its entry when it ends. The lock is held until the entry exists, so that the worker cannot
        // end before.
        let mut active = self.active();
        let worker = workers.spawn(async move {
            let mut pause = PAUSES.0;
            let error = loop {
                match AssertUnwindSafe(indexer.index(item)).catch_unwind().await {
                    Ok(Ok(())) => break None,
                    Ok(Err(error)) if error.is_temporary() => {
                        (indexer.report)(&format!("indexing: {error}"));
                        pause = (pause * 2).min(PAUSES.1);
                        tokio::time::sleep(pause).await;
                    }
                    Ok(Err(error)) => break Some(error.to_string()),
                    Err(_) => break Some("a worker panicked".to_owned()),
                }
            };
            if let Some(error) = error {
                (indexer.report)(&format!("indexing: {error}"));
                // If this fails too, the lease expires and the file is claimed again.
                let _ = indexer.fail(item).await;
            }
            indexer.remove_worker(item, task::id());
            indexer.notify_changed();
            indexer.store.indexing.notify_one();
        });
        // If the lease expired while a worker of this process had the file, the new worker replaces the old one.
        if let Some(earlier) = active.insert(item, ActiveFile { worker, is_held: false }) {
            earlier.worker.abort();
        }
    }

    /// Removes the entry of a worker, unless the file has another worker by now.
    fn remove_worker(&self, item: i64, task: task::Id) {
        let mut active = self.active();
        if active.get(&item).is_some_and(|active| active.worker.id() == task) {
            active.remove(&item);
        }
    }

    /// Returns `true` if a fault holds the file in the status `in_progress`.
    fn is_held_by_fault(&self, file: &str) -> bool {
        self.faults.as_ref().is_some_and(|faults| faults.holds(file, HeldStatus::InProgress))
    }

    /// Returns `true` if the worker of a file has found that a fault holds it.
    fn is_held(&self, item: i64) -> bool {
        self.active().get(&item).is_some_and(|active| active.is_held)
    }

    /// Records that a fault holds a file.
    fn mark_held(&self, item: i64) {
        if let Some(active) = self.active().get_mut(&item) {
            active.is_held = true;
        }
        self.notify_changed();
        self.store.indexing.notify_one(); // A held file does not count as work, so another file may be indexed.
    }

    fn notify_changed(&self) {
        self.changes.send_modify(|count| *count += 1);
    }

    /// Locks the map of active files. A poisoned lock is usable, because no panic can leave the map half changed.
    fn active(&self) -> MutexGuard<'_, HashMap<i64, ActiveFile>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
