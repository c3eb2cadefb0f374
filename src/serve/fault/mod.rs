//! Fault injection (docs/design/server.md): failures of a real server, chosen with `--fault` and repeatable by a seed.
//!
//! It consists of a layer around the routes (`around`) and one query of the run engine and of the indexer ([`Faults::holds`]). Must not
//! depend on what an endpoint does.

mod alter;
mod around;
mod error_response;
mod parse;
#[cfg(test)]
mod tests;
mod wire;

pub(super) use around::around;
pub use parse::KINDS;

use crate::api::{self, Spec};
use crate::env::random;
use axum::extract::Request;
use axum::http::Method;
use error_response::InjectedError;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Returns the faults of a server, or `None` if there are none. Without a seed, a random one is chosen.
pub fn faults(faults: &[Fault], seed: Option<u64>) -> Option<Arc<Faults>> {
    let seed = seed.unwrap_or_else(|| u64::from(random::below(1_000_000)));
    (!faults.is_empty()).then(|| Arc::new(Faults::new(faults.to_vec(), seed)))
}

/// One fault in the form of `--fault`: an effect, and the requests that it affects.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    effect: Effect,
    when: Trigger,
}

/// The effect of a fault.
#[derive(Debug, Clone, PartialEq)]
enum Effect {
    /// Delays the request by a time between these two.
    Latency(Duration, Duration),
    /// Responds with an error.
    Respond(InjectedError),
    /// Closes the connection.
    Cut(Stage),
    /// Stops sending. The connection is closed after the given time, if there is one.
    Stall(Stage, Option<Duration>),
    /// Pauses before each chunk of the response.
    Slow(Duration),
    /// Holds runs, and files of vector stores, in this status.
    Stuck(HeldStatus),
    /// Detaches a file from all vector stores when it is detached from one.
    DetachEverywhere,
    /// Sets `has_more` to true on every page.
    EndlessHasMore,
    /// Returns the first page for every page.
    IgnoreAfter,
    /// Replaces the `object` member of all objects in the response.
    WrongObject(String),
    /// Removes these members from all objects in the response, or all optional ones if the list is empty.
    Missing(Vec<String>),
}

/// The point in the processing of a request at which a fault occurs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// Before the request is processed.
    Before,
    /// After the request is processed, and before any byte of the response is sent.
    AfterCommit,
    /// After this number of bytes of the response, or after about half of it for `None`.
    Within(Option<usize>),
}

/// A status in which a fault holds runs, or files of vector stores.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum HeldStatus {
    Queued,
    InProgress,
    Cancelling,
}

/// The requests that a fault affects.
#[derive(Debug, Clone, PartialEq)]
struct Trigger {
    /// The operations, or `None` for every request.
    on: Option<Vec<&'static str>>,
    /// The probability that a matching request is affected.
    rate: f64,
    /// The maximum number of requests that are affected.
    times: u64,
    /// The number of matching requests before the first that can be affected.
    after: u64,
}

impl Default for Trigger {
    fn default() -> Self {
        Self { on: None, rate: 1.0, times: u64::MAX, after: 0 }
    }
}

/// The faults of a server with their counters.
#[derive(Debug)]
pub struct Faults {
    faults: Vec<Counted>,
    seed: u64,
}

#[derive(Debug)]
struct Counted {
    fault: Fault,
    /// The number of matching requests so far.
    seen: AtomicU64,
    /// The number of affected requests so far.
    done: AtomicU64,
}

/// The faults that apply to one request.
#[derive(Debug, Default)]
struct RequestFaults<'a> {
    effects: Vec<&'a Effect>,
    latency: Duration,
}

impl Faults {
    /// Creates the faults of a server. The same seed affects the same requests, counted in the order of arrival.
    pub fn new(faults: Vec<Fault>, seed: u64) -> Self {
        let counted = |fault| Counted { fault, seen: AtomicU64::new(0), done: AtomicU64::new(0) };
        Self { faults: faults.into_iter().map(counted).collect(), seed }
    }

    /// Returns the seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns `true` if a run or a file is held in a status. The result depends only on the ID, so all processes agree.
    pub(super) fn holds(&self, id: &str, status: HeldStatus) -> bool {
        let mut stuck =
            self.faults.iter().enumerate().filter(|(_, counted)| counted.fault.effect == Effect::Stuck(status));
        stuck.any(|(at, counted)| self.chance(at as u64, text_hash(id)) < counted.fault.when.rate)
    }

    /// Returns `true` if a file that is detached from one vector store leaves all of them.
    pub(super) fn detaches_everywhere(&self) -> bool {
        self.faults.iter().any(|counted| counted.fault.effect == Effect::DetachEverywhere)
    }

    /// Chooses the faults that apply to a request.
    fn plan(&self, request: &Request) -> RequestFaults<'_> {
        let mut plan = RequestFaults::default();
        let mut operation = None;
        for (at, counted) in self.faults.iter().enumerate() {
            let Fault { effect, when } = &counted.fault;
            if matches!(effect, Effect::Stuck(_) | Effect::DetachEverywhere) {
                continue;
            }
            if let Some(on) = &when.on {
                let found = operation.get_or_insert_with(|| operation_of(request));
                if !found.is_some_and(|spec| on.contains(&spec.operation)) {
                    continue;
                }
            }
            let Some(number) = self.hits(at as u64, counted) else { continue };
            match effect {
                Effect::Latency(least, most) => {
                    let part = self.chance(!(at as u64), number);
                    plan.latency += *least + most.saturating_sub(*least).mul_f64(part);
                }
                effect => plan.effects.push(effect),
            }
        }
        plan
    }

    /// Counts a matching request. Returns its number if the fault applies to it.
    fn hits(&self, at: u64, counted: &Counted) -> Option<u64> {
        let when = &counted.fault.when;
        let number = counted.seen.fetch_add(1, Ordering::Relaxed);
        if number < when.after || self.chance(at, number) >= when.rate {
            return None;
        }
        let more = |done: u64| (done < when.times).then_some(done + 1);
        counted.done.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then_some(number)
    }

    /// Returns a pseudo-random number in 0..1 that depends only on the seed and the arguments.
    fn chance(&self, fault: u64, number: u64) -> f64 {
        let bits = mixed(mixed(mixed(self.seed) ^ fault) ^ number);
        // An `f64` has 53 bits of precision.
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Mixes the bits of a number (the finaliser of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn text_hash(text: &str) -> u64 {
    text.bytes().fold(0, |hash, byte| mixed(hash ^ u64::from(byte)))
}

/// Returns the operation of a request, in any dialect.
fn operation_of(request: &Request) -> Option<&'static Spec> {
    let method = match *request.method() {
        Method::GET => api::Method::Get,
        Method::POST => api::Method::Post,
        Method::DELETE => api::Method::Delete,
        _ => return None,
    };
    let (_, path) = super::dialect::of_path(request.uri().path());
    api::endpoint_of(method, path).map(|(spec, _)| spec)
}
