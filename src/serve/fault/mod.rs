//! Faults on demand (DESIGN.md 5): what a bad day does to a server, asked for in words and repeatable by a seed.
//!
//! A layer around the routes (`around`), and one question of the run engine ([`Faults::holds`]). Must not know what an
//! endpoint does.

mod alter;
mod around;
mod parse;
mod refuse;
#[cfg(test)]
mod tests;
mod wire;

pub(super) use around::around;
pub use parse::KINDS;

use crate::api::{self, Spec};
use crate::env::random;
use axum::extract::Request;
use axum::http::Method;
use refuse::Refusal;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Returns the faults of a server; none where there are none. Without a seed one is made up.
pub fn faults(faults: &[Fault], seed: Option<u64>) -> Option<Arc<Faults>> {
    let seed = seed.unwrap_or_else(|| u64::from(random::below(1_000_000)));
    (!faults.is_empty()).then(|| Arc::new(Faults::new(faults.to_vec(), seed)))
}

/// One fault, as `--fault` writes it: what happens, and to which requests.
#[derive(Debug, Clone, PartialEq)]
pub struct Fault {
    deed: Deed,
    when: When,
}

/// What happens.
#[derive(Debug, Clone, PartialEq)]
enum Deed {
    /// The request waits, between these two times.
    Latency(Duration, Duration),
    /// The answer is an error.
    Refuse(Refusal),
    /// The connection is closed.
    Cut(Moment),
    /// Nothing more comes; after the time, if there is one, the connection is closed.
    Stall(Moment, Option<Duration>),
    /// A pause before every piece of the answer.
    Slow(Duration),
    /// Runs stay in this status.
    Stuck(Stuck),
    /// Every page says that there is more.
    EndlessHasMore,
    /// Every page is the first one.
    IgnoreAfter,
    /// The objects of the answer have this for their `object`.
    WrongObject(String),
    /// The objects of the answer lack these members, or all that may be missing.
    Missing(Vec<String>),
}

/// Where in the course of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// The request has come, and nothing was done.
    Before,
    /// All was done, and nothing of the answer was sent.
    AfterCommit,
    /// So many bytes of the answer were sent; without a number about half of it.
    Within(Option<usize>),
}

/// A status of a run that a fault holds it in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stuck {
    Queued,
    InProgress,
    Cancelling,
}

/// Which requests a fault hits.
#[derive(Debug, Clone, PartialEq)]
struct When {
    /// The operations; none stands for every request.
    on: Option<Vec<&'static str>>,
    /// The part of the requests that is hit.
    rate: f64,
    /// How many are hit at most.
    times: u64,
    /// How many pass first.
    after: u64,
}

impl Default for When {
    fn default() -> Self {
        Self { on: None, rate: 1.0, times: u64::MAX, after: 0 }
    }
}

/// The faults of a server, with how often each has had its turn.
#[derive(Debug)]
pub struct Faults {
    faults: Vec<Counted>,
    seed: u64,
}

#[derive(Debug)]
struct Counted {
    fault: Fault,
    /// Requests that the fault is about, so far.
    seen: AtomicU64,
    /// Requests that it hit.
    done: AtomicU64,
}

/// What is wrong with one request.
#[derive(Debug, Default)]
struct Plan<'a> {
    deeds: Vec<&'a Deed>,
    latency: Duration,
}

impl Faults {
    /// Makes the faults of a server. The same seed hits the same of the requests, counted in the order in which they come.
    pub fn new(faults: Vec<Fault>, seed: u64) -> Self {
        let counted = |fault| Counted { fault, seen: AtomicU64::new(0), done: AtomicU64::new(0) };
        Self { faults: faults.into_iter().map(counted).collect(), seed }
    }

    /// Returns the seed.
    pub fn seed(&self) -> u64 {
        self.seed
    }

    /// Tells whether a run stays in a status. It depends on the run's id alone, so that every process holds the same.
    pub(super) fn holds(&self, run: &str, status: Stuck) -> bool {
        let mut stuck = self.faults.iter().enumerate().filter(|(_, counted)| counted.fault.deed == Deed::Stuck(status));
        stuck.any(|(at, counted)| self.chance(at as u64, text_hash(run)) < counted.fault.when.rate)
    }

    /// Decides what happens to a request.
    fn plan(&self, request: &Request) -> Plan<'_> {
        let mut plan = Plan::default();
        let mut operation = None;
        for (at, counted) in self.faults.iter().enumerate() {
            let Fault { deed, when } = &counted.fault;
            if matches!(deed, Deed::Stuck(_)) {
                continue;
            }
            if let Some(on) = &when.on {
                let found = operation.get_or_insert_with(|| operation_of(request));
                if !found.is_some_and(|spec| on.contains(&spec.operation)) {
                    continue;
                }
            }
            let Some(number) = self.hits(at as u64, counted) else { continue };
            match deed {
                Deed::Latency(least, most) => {
                    let part = self.chance(!(at as u64), number);
                    plan.latency += *least + most.saturating_sub(*least).mul_f64(part);
                }
                deed => plan.deeds.push(deed),
            }
        }
        plan
    }

    /// Counts a request that a fault is about, and tells whether it is hit: then with its number.
    fn hits(&self, at: u64, counted: &Counted) -> Option<u64> {
        let when = &counted.fault.when;
        let number = counted.seen.fetch_add(1, Ordering::Relaxed);
        if number < when.after || self.chance(at, number) >= when.rate {
            return None;
        }
        let more = |done: u64| (done < when.times).then_some(done + 1);
        counted.done.fetch_update(Ordering::Relaxed, Ordering::Relaxed, more).is_ok().then_some(number)
    }

    /// Returns a number of 0..1 that depends on the seed and these two only.
    fn chance(&self, fault: u64, number: u64) -> f64 {
        let bits = mixed(mixed(mixed(self.seed) ^ fault) ^ number);
        // 53 bits are all that a float keeps.
        (bits >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Spreads a number over 64 bits (the finaliser of SplitMix64).
fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

fn text_hash(text: &str) -> u64 {
    text.bytes().fold(0, |hash, byte| mixed(hash ^ u64::from(byte)))
}

/// Returns the operation that a request asks for, whatever its dialect.
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
