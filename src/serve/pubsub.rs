//! Notifications about runs within this process, for the event streams that follow a run. The module must not depend on
//! how they are used.
//!
//! Notifications only make streams faster. The events of a stream come from the store, because a run that another
//! process executes causes no notifications.

use crate::serve::ids::RoundIds;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc;

/// A notification about a run.
#[derive(Debug, Clone)]
pub(super) enum Notification {
    /// The run is in progress.
    Started,
    /// The state of the run in the store has changed.
    Changed,
    /// The model has produced more output.
    Output(Arc<RoundIds>, OutputDelta),
}

/// A part of the model's output, with its IDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum OutputDelta {
    Text(String),
    /// The start of a tool call. Calls are numbered from 0 in the order of the output.
    Call {
        index: usize,
        id: String,
        name: String,
    },
    /// The start of a search, which has no arguments that callers see.
    Search {
        index: usize,
        id: String,
    },
    /// More of the arguments of a tool call that has started.
    Arguments {
        index: usize,
        text: String,
    },
}

type Senders = HashMap<String, Vec<mpsc::UnboundedSender<Notification>>>;

/// The subscriptions to each run.
#[derive(Debug, Default)]
pub(super) struct PubSub(Mutex<Senders>);

impl PubSub {
    /// Subscribes to the notifications of a run, which may not exist yet.
    pub(super) fn subscribe(self: &Arc<Self>, run: &str) -> Subscription {
        let (sender, receiver) = mpsc::unbounded_channel();
        self.lock().entry(run.to_owned()).or_default().push(sender);
        Subscription { pubsub: self.clone(), run: run.to_owned(), receiver }
    }

    /// Sends a notification to all subscribers of a run.
    pub(super) fn publish(&self, run: &str, notification: impl Fn() -> Notification) {
        for sender in self.lock().get(run).into_iter().flatten() {
            let _ = sender.send(notification()); // On failure, the subscription is being dropped.
        }
    }

    /// Locks the map. A poisoned lock is usable, because no panic can leave the map half changed.
    fn lock(&self) -> MutexGuard<'_, Senders> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A subscription to the notifications of one run, which ends when it is dropped.
#[derive(Debug)]
pub(super) struct Subscription {
    pubsub: Arc<PubSub>,
    run: String,
    receiver: mpsc::UnboundedReceiver<Notification>,
}

impl Subscription {
    /// Waits for the next notification.
    pub(super) async fn next(&mut self) -> Notification {
        // `None` cannot occur: the map contains the sender as long as this value exists.
        self.receiver.recv().await.unwrap_or(Notification::Changed)
    }

    /// Returns the next notification if one is pending.
    pub(super) fn try_next(&mut self) -> Option<Notification> {
        self.receiver.try_recv().ok()
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.receiver.close();
        let mut runs = self.pubsub.lock();
        if let Some(senders) = runs.get_mut(&self.run) {
            senders.retain(|sender| !sender.is_closed());
            if senders.is_empty() {
                runs.remove(&self.run);
            }
        }
    }
}
