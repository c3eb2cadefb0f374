//! The open connections. The module limits their number, chooses a connection to close, and applies the time limits of
//! waiting connections.
//!
//! A connection either waits for a request or works on one. Waiting connections are closed if there are too many or if
//! they wait too long. Connections without an accepted request (newcomers) are closed first. Working connections are
//! never closed. Their number is limited, because surplus requests are rejected. A new connection therefore always
//! finds room.

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

/// The waiting connections, and the numbers of working connections and requests.
#[derive(Debug, Default)]
struct State {
    /// The last position that was given to a waiting connection. Positions ascend.
    last_position: u64,
    /// The waiting connections. Those without an accepted request (`false`) come first, each group in the order in
    /// which they began to wait.
    waiting: BTreeMap<(bool, u64), Waiting>,
    /// The number of waiting connections without an accepted request.
    newcomers: usize,
    /// The number of connections that work on a request.
    working: usize,
    /// The number of requests in progress for each hash of a key.
    by_key: HashMap<u64, usize>,
}

/// A connection that waits for a request.
#[derive(Debug)]
struct Waiting {
    since: Instant,
    signals: Arc<Signals>,
}

/// The signals between [`Connections`] and the task that serves one connection.
#[derive(Debug, Default)]
struct Signals {
    /// Notified when the connection must be closed.
    close: Notify,
    /// `true` while the peer has not yet received all bytes of a response.
    sending: AtomicBool,
}

/// An open connection.
#[derive(Debug)]
pub(in crate::serve) struct Connection {
    connections: Arc<Connections>,
    /// `true` if one of its requests was accepted.
    known: AtomicBool,
    /// Its position among the waiting connections.
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
        if state.newcomers >= self.limits.newcomers() || state.open_count() >= self.limits.connections {
            state.close_first();
        }
        let signals = Arc::default();
        let position = state.add_waiting(false, &signals, Instant::now());
        Arc::new(Connection {
            connections: self.clone(),
            known: AtomicBool::new(false),
            position: position.into(),
            signals,
        })
    }

    /// Closes up to `count` waiting connections.
    pub(in crate::serve) fn close_waiting(&self, count: usize) {
        let mut state = self.lock();
        (0..count).for_each(|_| state.close_first());
    }

    /// Closes the connections that have waited for too long. A connection that is still sending its last response does
    /// not count as waiting.
    pub(in crate::serve) fn close_stale(&self, now: Instant) {
        let mut state = self.lock();
        for (known, limit) in [(false, self.limits.head), (true, self.limits.idle)] {
            let group = state.waiting.range((known, 0)..=(known, u64::MAX));
            let late = group.take_while(|(_, waiting)| now.saturating_duration_since(waiting.since) >= limit);
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
    /// Returns the number of open connections.
    fn open_count(&self) -> usize {
        self.waiting.len() + self.working
    }

    /// Adds a waiting connection. Returns its position.
    fn add_waiting(&mut self, known: bool, signals: &Arc<Signals>, since: Instant) -> u64 {
        self.last_position += 1;
        self.waiting.insert((known, self.last_position), Waiting { since, signals: signals.clone() });
        self.newcomers += usize::from(!known);
        self.last_position
    }

    /// Removes a connection from the waiting ones. Returns `None` if it was already removed in order to be closed.
    fn remove(&mut self, position: (bool, u64)) -> Option<Waiting> {
        let waiting = self.waiting.remove(&position)?;
        self.newcomers -= usize::from(!position.0);
        Some(waiting)
    }

    fn close(&mut self, position: (bool, u64)) {
        if let Some(waiting) = self.remove(position) {
            waiting.signals.close.notify_one();
        }
    }

    /// Closes the waiting connection that is first in the order of [`State::waiting`].
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

    /// Begins to work on a request. A surplus request does not count as work, and must be rejected by the caller.
    ///
    /// # Errors
    /// Returns an error if the connection is being closed.
    pub(in crate::serve) fn begin(self: &Arc<Self>) -> Result<ActiveRequest, Closed> {
        let mut state = self.connections.lock();
        let position = self.position();
        let surplus = state.working >= self.connections.limits.requests();
        if surplus {
            // The connection keeps waiting, so that a surplus request does not protect it from being closed.
            if !state.waiting.contains_key(&position) {
                return Err(Closed);
            }
        } else {
            state.remove(position).ok_or(Closed)?;
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
        self.connections.lock().remove(position);
    }
}

impl ActiveRequest {
    /// Returns `true` if the server already works on the maximum number of requests.
    pub(in crate::serve) fn is_surplus(&self) -> bool {
        self.surplus
    }

    /// Counts the request for its key. Returns `false` if that key has too many requests in progress.
    pub(in crate::serve) fn accept(&self, key: &str) -> bool {
        let connections = &self.connection.connections;
        let key = connections.hasher.hash_one(key);
        let mut state = connections.lock();
        let count = state.by_key.entry(key).or_default();
        if *count >= connections.limits.requests_of_a_key() {
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
        let mut state = self.connection.connections.lock();
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
        let position = state.add_waiting(known, &self.connection.signals, Instant::now());
        self.connection.position.store(position, Ordering::Relaxed);
    }
}
