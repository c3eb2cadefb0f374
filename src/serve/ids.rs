//! New IDs and the current time. The module must not depend on the objects that get the IDs.

use crate::api::Kind;
use crate::env::{clock, random};
use std::{
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicU64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Returns the current time in seconds since 1970, for the times in objects.
pub(super) fn now() -> i64 {
    clock::now()
}

/// Returns the system time in milliseconds since 1970, for leases. Tests can stop the clock of [`now`], but leases must
/// expire in tests too.
pub(super) fn now_ms() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Returns a new ID for an object of this kind.
pub(super) fn new(kind: Kind) -> String {
    with_prefix(kind.prefix())
}

/// Returns a new ID with this prefix.
pub(super) fn with_prefix(prefix: &str) -> String {
    format!("{prefix}{}", random::alphanumeric(24))
}

/// The IDs of the objects that a round creates. If a round is repeated, it gets new IDs.
#[derive(Debug)]
pub(super) struct RoundIds {
    /// The time of creation of the objects.
    pub(super) created_at: i64,
    pub(super) message: String,
    /// The step that creates the message.
    pub(super) message_step: String,
    /// The step with the tool calls.
    pub(super) tool_calls_step: String,
}

impl RoundIds {
    /// Returns new IDs.
    pub(super) fn new() -> Arc<Self> {
        Arc::new(Self {
            created_at: now(),
            message: new(Kind::Message),
            message_step: new(Kind::Step),
            tool_calls_step: new(Kind::Step),
        })
    }
}

/// Returns a new request ID. It need not be secret, so it is made without a system call.
pub(super) fn request() -> String {
    static SEED: OnceLock<(u64, RandomState)> = OnceLock::new();
    static NEXT: AtomicU64 = AtomicU64::new(0);
    let (process, state) = SEED.get_or_init(|| (bits(), RandomState::new()));
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    format!("req_{:016x}{:016x}", process.wrapping_add(number), state.hash_one(number))
}

/// Returns a random UUID (version 4).
pub(super) fn uuid() -> String {
    let (high, low) = (bits(), bits());
    format!(
        "{:08x}-{:04x}-4{:03x}-{:04x}-{:012x}",
        high >> 32,
        (high >> 16) & 0xffff,
        high & 0xfff,
        (low >> 48) & 0x3fff | 0x8000,
        low & 0xffff_ffff_ffff
    )
}

/// Returns 64 random bits. [`RandomState`] has random keys, so no system call is necessary.
fn bits() -> u64 {
    RandomState::new().hash_one(now_ms())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn ids_differ_and_fit_into_paths() {
        let ids: HashSet<String> = (0..1_000).map(|_| new(Kind::Thread)).collect();
        assert_eq!(ids.len(), 1_000);
        assert!(ids.iter().all(|id| id.len() == 31 && crate::api::ids::check(id).is_ok()));
        let requests: HashSet<String> = (0..1_000).map(|_| request()).collect();
        assert!(requests.len() == 1_000 && requests.iter().all(|id| id.starts_with("req_") && id.len() == 36));
        let uuid = uuid();
        assert!(uuid.len() == 36 && uuid.as_bytes()[14] == b'4', "{uuid}");
    }
}
