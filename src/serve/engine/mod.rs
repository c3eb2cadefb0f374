//! The run engine: takes runs from the store under a lease, lets a worker do each, ends what is due.
//!
//! Nothing of a run lives here only. A process that dies leaves runs whose leases lapse; whoever opens the store next
//! takes them and goes on from what the store has.

mod heard;
mod image;
mod turn;
mod work;

use super::{fault::Faults, ids, lifecycle, model::Model, news::News, settings::Reporter, store::Store};
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

/// Bounds of the pause between two looks at the store.
const PAUSES: (Duration, Duration) = (Duration::from_millis(20), Duration::from_secs(1));

/// What the engine's task, its workers and the handlers share.
#[derive(Debug)]
pub(super) struct Engine {
    store: Arc<Store>,
    model: Model,
    faults: Option<Arc<Faults>>,
    /// Names this process in the store, and nobody else ever.
    lease: String,
    lease_life: Duration,
    /// There may be runs to take.
    wake: Notify,
    /// Runs that workers of this process do.
    working: Mutex<HashMap<String, Work>>,
    /// Counts whatever may have made the engine idle.
    changes: watch::Sender<u64>,
}

/// A run in the hands of a worker.
#[derive(Debug, Default)]
struct Work {
    /// The run's state has changed under its worker.
    changed: Arc<Notify>,
    /// The model will not answer by itself.
    stuck: bool,
}

impl Engine {
    /// Makes an engine; [`Engine::start`] lets it run.
    pub(super) fn new(store: Arc<Store>, model: Model, lease_life: Duration, faults: Option<Arc<Faults>>) -> Arc<Self> {
        Arc::new(Self {
            store,
            model,
            faults,
            lease: ids::uuid(),
            lease_life,
            wake: Notify::new(),
            working: Mutex::default(),
            changes: watch::Sender::new(0),
        })
    }

    /// Starts the engine's task; its workers end with it.
    pub(super) fn start(self: &Arc<Self>, report: Reporter) -> JoinHandle<()> {
        let (engine, sweeper) = (self.clone(), self.clone());
        tokio::spawn(async move { tokio::join!(engine.go(report.clone()), sweeper.sweep(report)).0 })
    }

    /// Says that there may be runs to take.
    pub(super) fn wake(&self) {
        self.wake.notify_one();
    }

    /// Says that a run was changed by somebody else than its worker.
    pub(super) fn disturb(&self, run: &str) {
        self.disturb_worker(run);
        self.store.news.tell(run, || News::Changed);
        self.wake();
    }

    /// Waits until no run of this process is going; tells whether that came to pass in time.
    pub(super) async fn drain(&self, most: Duration) -> bool {
        let deadline = Instant::now() + most;
        let mut changes = self.changes.subscribe();
        loop {
            changes.borrow_and_update();
            match self.is_idle().await {
                Ok(false) => self.wake(),
                Ok(true) => return true,
                Err(_) => return false, // A store that cannot be read will not get idle.
            }
            if timeout_at(deadline, changes.changed()).await.is_err() {
                return false;
            }
        }
    }

    /// Gives the leases back, so that another process can go on at once.
    pub(super) async fn release(&self) -> Result<(), crate::db::DbError> {
        self.store.release(&self.lease).await
    }

    async fn is_idle(&self) -> Result<bool, crate::db::DbError> {
        let going = self.store.going(&self.lease).await?;
        let working = self.working();
        Ok(going.iter().all(|run| working.get(run).is_some_and(|work| work.stuck)))
    }

    async fn go(self: Arc<Self>, report: Reporter) {
        let pause = (self.lease_life / 3).clamp(PAUSES.0, PAUSES.1);
        let (mut workers, mut damaged) = (JoinSet::new(), HashSet::new());
        let mut renewal = Instant::now();
        loop {
            while workers.try_join_next().is_some() {}
            if let Err(error) = self.look(&mut workers, &mut damaged, &report).await {
                report(&format!("the run engine: {error}"));
            }
            if renewal.elapsed() >= pause {
                renewal = Instant::now();
                if let Err(error) = self.renew().await {
                    report(&format!("the run engine: {error}"));
                }
            }
            // Running out of time is the other half of the rhythm.
            let _ = timeout_at(renewal + pause, self.wake.notified()).await;
        }
    }

    async fn sweep(self: Arc<Self>, report: Reporter) {
        if let Err(error) = self.store.sweep().await {
            report(&format!("sweeping the folder of the files: {error}"));
        }
    }

    /// Ends what is due and takes what waits. Of a run that cannot be ended for good it is said once, and the others go on.
    async fn look(
        self: &Arc<Self>,
        workers: &mut JoinSet<()>,
        damaged: &mut HashSet<String>,
        report: &Reporter,
    ) -> Result<(), String> {
        for row in self.store.due_runs().await.map_err(|error| error.to_string())? {
            // A worker knows what was told of its run, and keeps that.
            if self.works_on(&row.id) {
                self.disturb_worker(&row.id);
                continue;
            }
            let id = row.id.clone();
            match lifecycle::expire(&self.store, row).await {
                Err(refused) if refused.passes() => return Err(refused.told()),
                Err(refused) if damaged.insert(id.clone()) => report(&format!("run {id}: {}", refused.told())),
                _ => {}
            }
        }
        for file in self.store.due_files().await.map_err(|error| error.to_string())? {
            self.store.remove_file(&file).await.map_err(|error| error.to_string())?;
        }
        loop {
            let claimed = self.store.claim(&self.lease, self.lease_life).await.map_err(|error| error.to_string())?;
            if claimed.is_empty() {
                return Ok(());
            }
            for run in claimed {
                self.employ(run, workers, report);
            }
        }
    }

    /// Tells whether a worker of this process does a run.
    pub(super) fn works_on(&self, run: &str) -> bool {
        self.working().contains_key(run)
    }

    fn disturb_worker(&self, run: &str) {
        if let Some(work) = self.working().get_mut(run) {
            work.stuck = false; // Until its worker finds that nothing has changed for the model.
            work.changed.notify_one();
        }
    }

    fn employ(self: &Arc<Self>, run: String, workers: &mut JoinSet<()>, report: &Reporter) {
        let work = Work::default();
        let changed = work.changed.clone();
        self.working().insert(run.clone(), work);
        let (engine, report) = (self.clone(), report.clone());
        workers.spawn(async move {
            let mut pause = PAUSES.0;
            let error = loop {
                match AssertUnwindSafe(engine.work(&run, &changed)).catch_unwind().await {
                    Ok(Ok(())) => break None,
                    // The store will be back; meanwhile somebody else may have taken the run, and then it is theirs.
                    Ok(Err(refused)) if refused.passes() => {
                        report(&format!("run {run}: {}", refused.told()));
                        pause = (pause * 2).min(PAUSES.1);
                        tokio::time::sleep(pause).await;
                    }
                    Ok(Err(refused)) => break Some(refused.told()),
                    Err(_) => break Some("a worker panicked".to_owned()),
                }
            };
            if let Some(error) = error {
                report(&format!("run {run}: {error}"));
                // Where even this fails, the lease lapses and the run is taken up again.
                let _ = engine.give_up(&run).await;
            }
            // The run may have come back meanwhile, to another worker.
            if engine.working().get(&run).is_some_and(|work| Arc::ptr_eq(&work.changed, &changed)) {
                engine.working().remove(&run);
            }
            engine.changes.send_modify(|count| *count += 1);
            engine.wake();
        });
    }

    /// Extends the leases, and tells workers what others did to their runs.
    async fn renew(&self) -> Result<(), crate::db::DbError> {
        let mine: Vec<String> = self.working().keys().cloned().collect();
        if mine.is_empty() {
            return Ok(());
        }
        let held = self.store.renew(&self.lease, self.lease_life).await?;
        let untouched: HashSet<&str> = held.iter().filter(|run| !run.cancelling).map(|run| run.id.as_str()).collect();
        for run in mine.iter().filter(|run| !untouched.contains(run.as_str())) {
            self.disturb_worker(run);
        }
        Ok(())
    }

    fn mark_stuck(&self, run: &str) {
        if let Some(work) = self.working().get_mut(run) {
            work.stuck = true;
        }
        self.changes.send_modify(|count| *count += 1);
    }

    /// Nothing is left half-done under this lock, so a panic leaves it as good as new.
    fn working(&self) -> MutexGuard<'_, HashMap<String, Work>> {
        self.working.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
