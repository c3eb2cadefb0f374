//! The run engine. It claims runs from the store under a lease, starts a worker for each, and ends expired runs.
//!
//! The store holds the complete state of a run. After a crash the leases expire, and the next process that opens the
//! store claims the runs and continues them.

mod file_search;
mod images;
pub(super) mod lifecycle;
mod model_input;
mod partial_output;
mod round_batch;
mod worker;

use crate::serve::fault::Faults;
use crate::serve::ids;
use crate::serve::model::Model;
use crate::serve::pubsub::Notification;
use crate::serve::retrieval::Retriever;
use crate::serve::settings::Reporter;
use crate::serve::store::Store;
use futures_util::FutureExt;
use std::{
    collections::{HashMap, HashSet},
    panic::AssertUnwindSafe,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{Notify, watch},
    task::{JoinHandle, JoinSet},
    time::{Instant, timeout_at},
};

/// The minimum and maximum pause between two checks of the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// The state that the engine's task, its workers and the request handlers share.
#[derive(Debug)]
pub(super) struct Engine {
    store: Arc<Store>,
    model: Model,
    retriever: Retriever,
    faults: Option<Arc<Faults>>,
    /// The lease of this process, a UUID that no other process uses.
    lease: String,
    lease_life: Duration,
    /// Notified when there may be runs to claim.
    wake: Notify,
    /// The runs that workers of this process execute.
    active: Mutex<HashMap<String, ActiveRun>>,
    /// A counter that is incremented whenever the engine may have become idle.
    changes: watch::Sender<u64>,
}

/// A run that a worker executes.
#[derive(Debug, Default)]
struct ActiveRun {
    /// Notified when something other than the worker changed the run.
    changed: Arc<Notify>,
    /// `true` if the run will not continue by itself, because a fault holds it or the model never responds.
    /// [`Engine::drain`] does not wait for it.
    stuck: bool,
    /// `true` if the run was changed after its worker began to read it.
    outdated: bool,
}

impl Engine {
    /// Creates an engine, which does nothing until [`Engine::start`].
    pub(super) fn new(
        store: Arc<Store>,
        model: Model,
        retriever: Retriever,
        lease_life: Duration,
        faults: Option<Arc<Faults>>,
    ) -> Arc<Self> {
        Arc::new(Self {
            store,
            model,
            retriever,
            faults,
            lease: ids::uuid(),
            lease_life,
            wake: Notify::new(),
            active: Mutex::default(),
            changes: watch::Sender::new(0),
        })
    }

    /// Starts the engine's task. Its workers end with the task.
    pub(super) fn start(self: &Arc<Self>, report: Reporter) -> JoinHandle<()> {
        let (engine, sweeper) = (self.clone(), self.clone());
        tokio::spawn(async move { tokio::join!(engine.run(report.clone()), sweeper.remove_unused_contents(report)).0 })
    }

    /// Wakes the engine because there may be runs to claim.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Notifies the worker and the followers of a run that something other than the worker changed it.
    pub(super) fn notify_changed(&self, run: &str) {
        self.notify_worker(run);
        self.store.pubsub.publish(run, || Notification::Changed);
        self.wake();
    }

    /// Waits until no run of this process is in progress, except stuck ones. Returns `true` if this happened within
    /// `limit`.
    pub(super) async fn drain(&self, limit: Duration) -> bool {
        let deadline = Instant::now() + limit;
        let mut changes = self.changes.subscribe();
        loop {
            changes.borrow_and_update();
            match self.is_idle().await {
                Ok(false) => self.wake(),
                Ok(true) => return true,
                Err(_) => return false, // An unreadable store never becomes idle.
            }
            // Other processes work on runs without a notification, so the store is checked periodically as well.
            let now = Instant::now();
            if now >= deadline {
                return false;
            }
            let _ = timeout_at(deadline.min(now + PAUSES.1), changes.changed()).await;
        }
    }

    /// Releases the leases, so that another process can continue the runs immediately.
    pub(super) async fn release(&self) -> Result<(), crate::db::DbError> {
        self.store.release(&self.lease).await
    }

    /// Returns `true` if all pending runs are stuck.
    async fn is_idle(&self) -> Result<bool, crate::db::DbError> {
        let pending = self.store.pending_runs(&self.lease).await?;
        let active = self.active();
        Ok(pending.iter().all(|run| active.get(run).is_some_and(|run| run.stuck)))
    }

    /// Claims runs and renews leases until the task is aborted.
    async fn run(self: Arc<Self>, report: Reporter) {
        let pause = (self.lease_life / 3).clamp(PAUSES.0, PAUSES.1);
        let (mut workers, mut damaged) = (JoinSet::new(), HashSet::new());
        let mut renewal = Instant::now();
        loop {
            while workers.try_join_next().is_some() {}
            if let Err(error) = self.claim_runs(&mut workers, &mut damaged, &report).await {
                report(&format!("run engine: {error}"));
            }
            if renewal.elapsed() >= pause {
                renewal = Instant::now();
                if let Err(error) = self.renew().await {
                    report(&format!("run engine: {error}"));
                }
            }
            // The timeout is expected: the loop also runs periodically.
            let _ = timeout_at(renewal + pause, self.wake.notified()).await;
        }
    }

    async fn remove_unused_contents(self: Arc<Self>, report: Reporter) {
        if let Err(error) = self.store.sweep().await {
            report(&format!("removing unused file contents: {error}"));
        }
    }

    /// Ends expired runs and claims waiting ones. A run that cannot be ended (`damaged`) is reported once, and does not
    /// stop the others from being processed.
    async fn claim_runs(
        self: &Arc<Self>,
        workers: &mut JoinSet<()>,
        damaged: &mut HashSet<String>,
        report: &Reporter,
    ) -> Result<(), String> {
        for row in self.store.overdue_runs().await.map_err(|error| error.to_string())? {
            // The worker holds partial output of the run, and stores it when it ends the run.
            if self.works_on(&row.id) {
                self.notify_worker(&row.id);
                continue;
            }
            let id = row.id.clone();
            match lifecycle::expire(&self.store, row).await {
                Err(error) if error.is_temporary() => return Err(error.into_report()),
                Err(error) if damaged.insert(id.clone()) => report(&format!("run {id}: {}", error.into_report())),
                _ => {}
            }
        }
        self.store.remove_expired().await.map_err(|error| error.to_string())?;
        loop {
            let claimed = self.store.claim(&self.lease, self.lease_life).await.map_err(|error| error.to_string())?;
            if claimed.is_empty() {
                return Ok(());
            }
            for run in claimed {
                // If the lease expired while a worker of this process had the run, the worker continues.
                if !self.works_on(&run) {
                    self.spawn_worker(run, workers, report);
                }
            }
        }
    }

    /// Returns `true` if a worker of this process executes the run.
    pub(super) fn works_on(&self, run: &str) -> bool {
        self.active().contains_key(run)
    }

    /// Notifies the worker of a run, if this process has one, that the run was changed.
    fn notify_worker(&self, run: &str) {
        if let Some(active) = self.active().get_mut(run) {
            active.stuck = false; // The worker sets it again if the model is still stuck.
            active.outdated = true;
            active.changed.notify_one();
        }
    }

    /// Starts a worker for a run that this process has claimed.
    fn spawn_worker(self: &Arc<Self>, run: String, workers: &mut JoinSet<()>, report: &Reporter) {
        let active = ActiveRun::default();
        let changed = active.changed.clone();
        self.active().insert(run.clone(), active);
        let (engine, report) = (self.clone(), report.clone());
        workers.spawn(async move {
            let mut pause = PAUSES.0;
            let error = loop {
                match AssertUnwindSafe(engine.work(&run, &changed)).catch_unwind().await {
                    Ok(Ok(())) => break None,
                    // The failure is temporary, so try again. If another process has claimed the run by then, the
                    // worker ends.
                    Ok(Err(error)) if error.is_temporary() => {
                        report(&format!("run {run}: {}", error.into_report()));
                        pause = (pause * 2).min(PAUSES.1);
                        tokio::time::sleep(pause).await;
                    }
                    Ok(Err(error)) => break Some(error.into_report()),
                    Err(_) => break Some("a worker panicked".to_owned()),
                }
            };
            if let Some(error) = error {
                report(&format!("run {run}: {error}"));
                // If this fails too, the lease expires and the run is claimed again.
                let _ = engine.fail(&run).await;
            }
            engine.remove_worker(&run, &changed);
            engine.changes.send_modify(|count| *count += 1);
            engine.wake();
        });
    }

    /// Removes the entry of a worker, unless the run has another worker by now.
    fn remove_worker(&self, run: &str, changed: &Arc<Notify>) {
        let mut active = self.active();
        if active.get(run).is_some_and(|active| Arc::ptr_eq(&active.changed, changed)) {
            active.remove(run);
        }
    }

    /// Renews the leases. Notifies the workers whose runs are being cancelled, have ended, or were claimed by another
    /// process.
    async fn renew(&self) -> Result<(), crate::db::DbError> {
        let active: Vec<String> = self.active().keys().cloned().collect();
        if active.is_empty() {
            return Ok(());
        }
        let held = self.store.renew(&self.lease, self.lease_life, &active).await?;
        let unchanged: HashSet<&str> = held.iter().filter(|run| !run.cancelling).map(|run| run.id.as_str()).collect();
        for run in active.iter().filter(|run| !unchanged.contains(run.as_str())) {
            self.notify_worker(run);
        }
        Ok(())
    }

    /// Notes that the worker of a run begins to read it.
    fn begin_read(&self, run: &str) {
        if let Some(active) = self.active().get_mut(run) {
            active.outdated = false;
        }
    }

    /// Marks a run as stuck, so that [`Engine::drain`] does not wait for it. A run that was changed since its worker read
    /// it is not stuck: the worker reads it again at once.
    fn mark_stuck(&self, run: &str) {
        if let Some(active) = self.active().get_mut(run) {
            active.stuck = !active.outdated;
        }
        self.changes.send_modify(|count| *count += 1);
    }

    /// Locks the map of active runs. A poisoned lock is usable, because no panic can leave the map half changed.
    fn active(&self) -> MutexGuard<'_, HashMap<String, ActiveRun>> {
        self.active.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
