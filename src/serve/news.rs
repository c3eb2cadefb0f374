//! What happens to runs, told within this process to whoever follows one. Must not know what followers make of it.
//!
//! It only makes followers quick: what counts is in the store, and where another process works on a run there is no
//! news at all.

use super::ids;
use crate::api::Kind;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::mpsc;

/// What is told of a run.
#[derive(Debug, Clone)]
pub(super) enum News {
    /// The run is in progress, as far as this process knows.
    InProgress,
    /// The store has something new.
    Changed,
    /// The model has said more.
    Said(Arc<Draft>, Part),
}

/// The ids that a round's objects will have in the store, if the round gets there. Who does a round anew takes new ones.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) created_at: i64,
    pub(super) message: String,
    /// The step that makes the message.
    pub(super) message_step: String,
    /// The step of the calls.
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

/// A piece of what a model says, with the ids that it gets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Part {
    Text(String),
    Call { index: usize, id: String, name: String },
    Arguments { index: usize, text: String },
}

/// Who follows which run.
#[derive(Debug, Default)]
pub(super) struct Newsroom(Mutex<HashMap<String, Vec<mpsc::UnboundedSender<News>>>>);

impl Newsroom {
    /// Begins to follow a run, which need not exist yet.
    pub(super) fn follow(self: &Arc<Self>, run: &str) -> Follow {
        let (sender, news) = mpsc::unbounded_channel();
        self.lock().entry(run.to_owned()).or_default().push(sender);
        Follow { room: self.clone(), run: run.to_owned(), news }
    }

    /// Tells those who follow a run.
    pub(super) fn tell(&self, run: &str, news: impl Fn() -> News) {
        for follower in self.lock().get(run).into_iter().flatten() {
            let _ = follower.send(news()); // It is just leaving.
        }
    }

    /// Nothing is left half-done under this lock, so a panic leaves it as good as new.
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Vec<mpsc::UnboundedSender<News>>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// News of one run, until this is dropped.
#[derive(Debug)]
pub(super) struct Follow {
    room: Arc<Newsroom>,
    run: String,
    news: mpsc::UnboundedReceiver<News>,
}

impl Follow {
    /// Waits for the next news.
    pub(super) async fn next(&mut self) -> News {
        // The sender is in the room for as long as this is.
        self.news.recv().await.unwrap_or(News::Changed)
    }

    /// Returns the next news, if it is there.
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
