//! Fault injection (docs/design/server.md): imitation of the failures of real servers. `--fault` selects the faults,
//! and a seed makes them repeatable.
//!
//! Most faults act in a layer around the routes ([`handle_with_faults`]). The run engine and the indexer ask
//! [`Faults::holds`] whether a fault holds a run or a file. The module must not depend on what an endpoint does.

mod alter;
mod error_response;
mod layer;
mod parse;
#[cfg(test)]
mod tests;
mod wire;

pub(super) use layer::handle_with_faults;
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
    trigger: Trigger,
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
    /// The operation IDs of the affected endpoints, or `None` for every request.
    on: Option<Vec<&'static str>>,
    /// The probability that a matching request is affected.
    rate: f64,
    /// The maximum number of affected requests.
    times: u64,
    /// The number of matching requests that are not affected at first.
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
    faults: Vec<CountedFault>,
    seed: u64,
}

/// A fault with its counters.
#[derive(Debug)]
struct CountedFault {
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
        let counted = |fault| CountedFault { fault, seen: AtomicU64::new(0), done: AtomicU64::new(0) };
        Self { faults: faults.into_iter().map(counted).collect(), seed }
    }

    /// Returns the seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Returns `true` if a fault holds a run or a file in this status. The result depends only on the seed and the ID,
    /// so it is the same in all processes with the same seed.
    pub(super) fn holds(&self, id: &str, status: HeldStatus) -> bool {
        let mut stuck =
            self.faults.iter().enumerate().filter(|(_, counted)| counted.fault.effect == Effect::Stuck(status));
        stuck.any(|(index, counted)| self.chance(index as u64, text_hash(id)) < counted.fault.trigger.rate)
    }

    /// Returns `true` if a file that is detached from one vector store leaves all of them.
    pub(super) fn detaches_everywhere(&self) -> bool {
        self.faults.iter().any(|counted| counted.fault.effect == Effect::DetachEverywhere)
    }

    /// Chooses the faults that apply to a request. Each fault that matches counts the request.
    fn choose(&self, request: &Request) -> RequestFaults<'_> {
        let mut chosen = RequestFaults::default();
        let mut endpoint = None;
        for (index, counted) in self.faults.iter().enumerate() {
            let Fault { effect, trigger } = &counted.fault;
            if matches!(effect, Effect::Stuck(_) | Effect::DetachEverywhere) {
                continue;
            }
            if let Some(on) = &trigger.on {
                let found = endpoint.get_or_insert_with(|| endpoint_of(request));
                if !found.is_some_and(|spec| on.contains(&spec.operation)) {
                    continue;
                }
            }
            let Some(number) = self.count_request(index as u64, counted) else { continue };
            match effect {
                Effect::Latency(min, max) => {
                    // `!index` gives other random numbers than those that chose the request.
                    let fraction = self.chance(!(index as u64), number);
                    chosen.latency += *min + max.saturating_sub(*min).mul_f64(fraction);
                }
                effect => chosen.effects.push(effect),
            }
        }
        chosen
    }

    /// Counts a matching request. Returns the number of the request, from 0, if the fault applies to it.
    fn count_request(&self, index: u64, counted: &CountedFault) -> Option<u64> {
        let trigger = &counted.fault.trigger;
        let number = counted.seen.fetch_add(1, Ordering::Relaxed);
        if number < trigger.after || self.chance(index, number) >= trigger.rate {
            return None;
        }
        let more = |done: u64| (done < trigger.times).then_some(done + 1);
        counted.done.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then_some(number)
    }

    /// Returns a pseudo-random number in 0..1 that depends only on the seed and the arguments.
    fn chance(&self, fault: u64, number: u64) -> f64 {
        let bits = mix_bits(mix_bits(mix_bits(self.seed) ^ fault) ^ number);
        // An `f64` has 53 bits of precision.
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Mixes the bits of a number (the finaliser of SplitMix64).
fn mix_bits(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn text_hash(text: &str) -> u64 {
    text.bytes().fold(0, |hash, byte| mix_bits(hash ^ u64::from(byte)))
}

/// Returns the endpoint of a request, in any dialect.
fn endpoint_of(request: &Request) -> Option<&'static Spec> {
    let method = match *request.method() {
        Method::GET => api::Method::Get,
        Method::POST => api::Method::Post,
        Method::DELETE => api::Method::Delete,
        _ => return None,
    };
    let (_, path) = super::dialect::of_path(request.uri().path());
    api::endpoint_of(method, path).map(|(spec, _)| spec)
}
