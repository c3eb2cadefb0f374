//! The open connections: their maximum number, the choice of a connection to close, and the time limits for idle ones.
//!
//! A connection either waits for a request or works on one. Waiting connections are closed if there are too many or if
//! they wait too long. Those without an accepted request are closed first. Working connections are never closed.
//! Instead, surplus requests are rejected. A new connection therefore always finds room.

#[cfg(test)]
mod tests;

use crate::serve::settings::ConnectionLimits;
use std::{
    collections::{BTreeMap, HashMap, hash_map::RandomState},
    hash::BuildHasher,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Instant,
};
use tokio::sync::Notify;

/// All open connections.
#[derive(Debug)]
pub(in crate::serve) struct Connections {
    limits: ConnectionLimits,
    state: Mutex<State>,
    hasher: RandomState,
}

#[derive(Debug, Default)]
struct State {
    /// The last position that was assigned to a waiting connection.
    next: u64,
    /// The waiting connections. Those without an accepted request (`false`) come first, each group in the order in
    /// which they began to wait.
    waiting: BTreeMap<(bool, u64), Waiting>,
    /// The number of waiting connections without an accepted request.
    newcomers: usize,
    working: usize,
    /// The number of requests in progress for each hash of a key.
    by_key: HashMap<u64, usize>,
}

#[derive(Debug)]
struct Waiting {
    since: Instant,
    signals: Arc<Signals>,
}

/// The signals between the list of connections and the task of one connection.
#[derive(Debug, Default)]
struct Signals {
    close: Notify,
    /// `true` while the peer has not yet received all bytes of a response.
    sending: AtomicBool,
}

/// An open connection.
#[derive(Debug)]
pub(in crate::serve) struct Connection {
    all: Arc<Connections>,
    /// `true` if one of its requests was accepted.
    known: AtomicBool,
    position: AtomicU64,
    signals: Arc<Signals>,
}

/// A request in progress. The connection waits again when this value is dropped.
#[derive(Debug)]
pub(in crate::serve) struct ActiveRequest {
    connection: Arc<Connection>,
    /// The hash of the key, once the key was counted.
    key: Mutex<Option<u64>>,
    /// `true` if the request exceeds the limit. It does not count as work.
    surplus: bool,
}

/// The error of a connection that was closed to make room.
#[derive(Debug, thiserror::Error)]
#[error("the connection was closed to make room for another")]
pub(in crate::serve) struct Closed;

impl Connections {
    pub(in crate::serve) fn new(limits: ConnectionLimits) -> Arc<Self> {
        Arc::new(Self { limits, state: Mutex::default(), hasher: RandomState::new() })
    }

    /// Adds a connection. If this exceeds a limit, closes a waiting one.
    pub(in crate::serve) fn admit(self: &Arc<Self>) -> Arc<Connection> {
        let mut state = self.lock();
        if state.newcomers >= self.limits.newcomers() || state.open() >= self.limits.connections {
            state.close_first();
        }
        let signals = Arc::default();
        let position = state.wait(false, &signals, Instant::now());
        Arc::new(Connection { all: self.clone(), known: AtomicBool::new(false), position: position.into(), signals })
    }

    /// Closes up to `count` waiting connections.
    pub(in crate::serve) fn shed(&self, count: usize) {
        let mut state = self.lock();
        (0..count).for_each(|_| state.close_first());
    }

    /// Closes the connections that have waited for too long. A connection that is still sending its last response does
    /// not count as waiting.
    pub(in crate::serve) fn close_stale(&self, now: Instant) {
        let mut state = self.lock();
        for (known, most) in [(false, self.limits.head), (true, self.limits.idle)] {
            let class = state.waiting.range((known, 0)..=(known, u64::MAX));
            let late = class.take_while(|(_, waiting)| now.saturating_duration_since(waiting.since) >= most);
            let is_silent = |waiting: &Waiting| !waiting.signals.sending.load(Ordering::Relaxed);
            let stale: Vec<_> = late.filter(|(_, waiting)| is_silent(waiting)).map(|(position, _)| *position).collect();
            stale.into_iter().for_each(|position| state.close(position));
        }
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn open(&self) -> usize {
        self.waiting.len() + self.working
    }

    fn wait(&mut self, known: bool, signals: &Arc<Signals>, since: Instant) -> u64 {
        self.next += 1;
        self.waiting.insert((known, self.next), Waiting { since, signals: signals.clone() });
        self.newcomers += usize::from(!known);
        self.next
    }

    /// Removes a connection from those that wait. Returns `None` if it was closed.
    fn take(&mut self, position: (bool, u64)) -> Option<Waiting> {
        let waiting = self.waiting.remove(&position)?;
        self.newcomers -= usize::from(!position.0);
        Some(waiting)
    }

    fn close(&mut self, position: (bool, u64)) {
        if let Some(waiting) = self.take(position) {
            waiting.signals.close.notify_one();
        }
    }

    fn close_first(&mut self) {
        if let Some((position, _)) = self.waiting.first_key_value() {
            let position = *position;
            self.close(position);
        }
    }
}

impl Connection {
    /// Waits until the connection must be closed.
    pub(in crate::serve) async fn closed(&self) {
        self.signals.close.notified().await;
    }

    /// Records whether the peer still has to receive bytes of a response.
    pub(in crate::serve) fn set_sending(&self, sending: bool) {
        self.signals.sending.store(sending, Ordering::Relaxed);
    }

    /// Begins to work on a request.
    ///
    /// # Errors
    /// If the connection is being closed.
    pub(in crate::serve) fn begin(self: &Arc<Self>) -> Result<ActiveRequest, Closed> {
        let mut state = self.all.lock();
        let position = self.position();
        let surplus = state.working >= self.all.limits.requests();
        if surplus {
            // The connection keeps waiting, so that a surplus request does not protect it from being closed.
            if !state.waiting.contains_key(&position) {
                return Err(Closed);
            }
        } else {
            state.take(position).ok_or(Closed)?;
            state.working += 1;
        }
        Ok(ActiveRequest { connection: self.clone(), key: Mutex::default(), surplus })
    }

    fn position(&self) -> (bool, u64) {
        (self.known.load(Ordering::Relaxed), self.position.load(Ordering::Relaxed))
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        let position = self.position();
        self.all.lock().take(position);
    }
}

impl ActiveRequest {
    /// Returns `true` if the server already works on the maximum number of requests.
    pub(in crate::serve) fn is_surplus(&self) -> bool {
        self.surplus
    }

    /// Counts the request for its key. Returns `false` if that key has too many requests in progress.
    pub(in crate::serve) fn accept(&self, key: &str) -> bool {
        let all = &self.connection.all;
        let key = all.hasher.hash_one(key);
        let mut state = all.lock();
        let count = state.by_key.entry(key).or_default();
        if *count >= all.limits.requests_of_a_key() {
            return false;
        }
        *count += 1;
        *self.key.lock().unwrap_or_else(PoisonError::into_inner) = Some(key);
        self.connection.known.store(true, Ordering::Relaxed);
        true
    }
}

impl Drop for ActiveRequest {
    fn drop(&mut self) {
        if self.surplus {
            return;
        }
        let key = self.key.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        let mut state = self.connection.all.lock();
        state.working -= 1;
        if let Some(key) = key
            && let Some(count) = state.by_key.get_mut(&key)
        {
            *count -= 1;
            if *count == 0 {
                state.by_key.remove(&key);
            }
        }
        let known = self.connection.known.load(Ordering::Relaxed);
        let position = state.wait(known, &self.connection.signals, Instant::now());
        self.connection.position.store(position, Ordering::Relaxed);
    }
}
