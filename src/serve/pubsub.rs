//! Notifications about runs within this process, for the followers of a run. Must not depend on how followers use them.
//!
//! Notifications only make followers react faster. The store is authoritative, and a run that another process executes
//! causes no notifications.

use super::ids;
use crate::api::Kind;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc;

/// A notification about a run.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// The run is in progress, from the point of view of this process.
    InProgress,
    /// The state in the store has changed.
    Changed,
    /// The model has produced more output.
    Said(Arc<Draft>, Part),
}

/// The IDs that the objects of a round get when they are stored. If the round is repeated, it gets new IDs.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) created_at: i64,
    pub(super) message: String,
    /// The step that creates the message.
    pub(super) message_step: String,
    /// The step with the tool calls.
    pub(super) calls_step: String,
}

impl Draft {
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            created_at: ids::now(),
            message: ids::new(Kind::Message),
            message_step: ids::new(Kind::Step),
            calls_step: ids::new(Kind::Step),
        })
    }
}

/// A piece of the model's output, with its IDs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Call { index: usize, id: String, name: String },
    Arguments { index: usize, text: String },
}

/// The followers of each run.
#[derive(Debug, Default)]
pub(super) struct Newsroom(Mutex<HashMap<String, Vec<mpsc::UnboundedSender<News>>>>);

impl Newsroom {
    /// Starts to follow a run, which may not exist yet.
    pub(super) fn follow(self: &Arc<Self>, run: &str) -> Follow {
        let (sender, news) = mpsc::unbounded_channel();
        self.lock().entry(run.to_owned()).or_default().push(sender);
        Follow { room: self.clone(), run: run.to_owned(), news }
    }

    /// Notifies the followers of a run.
    pub(super) fn tell(&self, run: &str, news: impl Fn() -> News) {
        for follower in self.lock().get(run).into_iter().flatten() {
            let _ = follower.send(news()); // The follower is just being dropped.
        }
    }

    /// Locks the map. A poisoned lock is usable: no panic can leave the map half changed.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<mpsc::UnboundedSender<News>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A subscription to the notifications of one run, which ends when it is dropped.
#[derive(Debug)]
pub(super) struct Follow {
    room: Arc<Newsroom>,
    run: String,
    news: mpsc::UnboundedReceiver<News>,
}

impl Follow {
    /// Waits for the next notification.
    pub(super) async fn next(&mut self) -> News {
        // `None` cannot occur: the sender stays in the room as long as this value exists.
        self.news.recv().await.unwrap_or(News::Changed)
    }

    /// Returns the next notification if one is pending.
    pub(super) fn waiting(&mut self) -> Option<News> {
        self.news.try_recv().ok()
    }
}

impl Drop for Follow {
    fn drop(&mut self) {
        self.news.close();
        let mut runs = self.room.lock();
        if let Some(followers) = runs.get_mut(&self.run) {
            followers.retain(|follower| !follower.is_closed());
            if followers.is_empty() {
                runs.remove(&self.run);
            }
        }
    }
}
