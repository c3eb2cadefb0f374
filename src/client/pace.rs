//! When the next request may go: one limit for all requests of a client (DESIGN.md 4.6).
//!
//! A profile's `rate` spaces requests evenly. Where the server sets a limit, it is obeyed: what it says of the requests
//! that remain and of the wait pauses everybody. Where it says only that there were too many, the number that it let
//! through is what the next window begins with; beyond it requests feel their way, one at first. Where that one is refused
//! again, number and window are known: they are kept to without a refusal, and tried once in a while.

use crate::api::Method;
use crate::env::vars;
use crate::http::HeaderMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;
use tokio::sync::Notify;
use tokio::time::{Instant, sleep_until};

/// A window's first wait where the server names none; it doubles as long as nothing gets through.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(8);
/// How much slower than its rate a client is, so that its requests do not come closer together on their way.
const MARGIN: f64 = 1.02;
/// How many windows a limit that is known is kept to before it is tried again.
const KEPT_TO: u32 = 7;
/// Longer than anybody waits, and short enough to be added to any time.
const YEAR: Duration = Duration::from_secs(366 * 86_400);
/// Most requests at once whose fate nobody knows.
const MOST_PROBES: u32 = 64;

/// The limit that the requests of a client share.
#[derive(Debug)]
pub struct Pace {
    /// The time between two requests that the profile asks for.
    gap: Option<Duration>,
    /// Whether waits that servers ask for are waited; tests of what follows them need not.
    waits: bool,
    state: Mutex<State>,
    heard: Notify,
}

/// The permission to send one request. Dropped, it is as if the request had not been sent.
#[derive(Debug)]
pub(super) struct Turn<'a> {
    pace: &'a Pace,
    method: Method,
    window: u64,
    probe: bool,
    answered: bool,
}

#[derive(Debug, Default)]
struct State {
    /// Nobody goes before.
    open: Option<Instant>,
    /// When the next one goes, by the profile's rate.
    next: Option<Instant>,
    /// By method.
    lanes: [Lane; 3],
    through: u64,
    /// Refusals in a row.
    refused: u32,
}

/// What is known of the limit on one method. Windows are counted by refusals: one ends with the first.
#[derive(Debug, Default)]
struct Lane {
    window: u64,
    /// When the first request of the window went.
    began: Option<Instant>,
    /// From there to the next window, once that and `learned` proved right; and for how many windows they were kept to.
    period: Option<Duration>,
    kept_to: u32,
    /// How many were let through in the window before; `None` where the server has never refused.
    learned: Option<u32>,
    sent: u32,
    through: u32,
    probes: u32,
    most_probes: u32,
    /// Whether `learned` is what the server said: then nobody needs to feel the way.
    told: bool,
}

/// When a request may go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum May {
    Now {
        window: u64,
        probe: bool,
    },
    At(Instant),
    /// An answer tells.
    Later,
}

/// What an answer says of the limit.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Heard {
    /// Whether there were too many requests.
    pub refused: bool,
    /// The wait that is asked for.
    pub wait: Option<Duration>,
    pub remaining: Option<Remaining>,
}

/// What a server says of its window.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Remaining {
    /// How many requests there may be yet, and of how many.
    pub left: u32,
    pub limit: Option<u32>,
    /// After how long there are more.
    pub reset: Duration,
}

impl Pace {
    /// Makes the limit of a client; `rate` is in requests a second.
    pub fn new(rate: Option<f64>) -> Self {
        let gap = |rate| Duration::try_from_secs_f64(MARGIN / rate).map_or(YEAR, |gap| gap.min(YEAR));
        let gap = rate.filter(|rate| *rate > 0.0).map(gap);
        let waits = vars::get(vars::ASST_NO_RETRY_DELAY).is_none();
        Self { gap, waits, state: Mutex::default(), heard: Notify::new() }
    }

    /// Waits until a request may go.
    ///
    /// # Errors
    /// The wait, where the server asked for a longer one than there is patience for.
    pub(super) async fn turn(&self, method: Method, patience: Duration) -> Result<Turn<'_>, Duration> {
        loop {
            // Before the look, so that no answer is missed in between.
            let heard = self.heard.notified();
            let now = Instant::now();
            let may = self.state().may(method, self.gap, now);
            match may {
                May::Now { window, probe } => return Ok(Turn { pace: self, method, window, probe, answered: false }),
                May::At(due) if due > now + patience => return Err(due - now),
                May::At(due) => sleep_until(due).await,
                May::Later => heard.await,
            }
        }
    }

    /// Returns how many requests have got through: as long as there are more of them, a refusal is no failure.
    pub(super) fn through(&self) -> u64 {
        self.state().through
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Turn<'_> {
    /// Tells what the answer said.
    pub(super) fn heard(mut self, heard: Heard) {
        self.answered = true;
        let heard = match self.pace.waits {
            true => heard,
            false => Heard { wait: Some(Duration::ZERO), remaining: None, ..heard },
        };
        self.pace.state().hear(self.method, self.window, self.probe, heard, Instant::now());
        self.pace.heard.notify_waiters();
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        if !self.answered {
            self.pace.state().give_back(self.method, self.window, self.probe);
            self.pace.heard.notify_waiters();
        }
    }
}

impl Heard {
    /// Tells whether an answer of this status may say that there were too many requests.
    pub(super) fn may_refuse(status: u16) -> bool {
        matches!(status, 429 | 503)
    }

    /// Reads an answer's head; `wait` is what it says of a wait. A pause that is longer than there is patience for is not
    /// made before it is demanded.
    pub(super) fn of(status: u16, headers: &HeaderMap, wait: Option<Duration>, patience: Duration) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let number = |name: &str| text(name).and_then(|text| text.trim().parse().ok());
        let remaining = number("x-ratelimit-remaining-requests").and_then(|left| {
            let reset = text("x-ratelimit-reset-requests").and_then(span).filter(|reset| *reset <= patience)?;
            let limit = number("x-ratelimit-limit-requests").filter(|limit| *limit > 0);
            Some(Remaining { left, limit, reset })
        });
        let refused = status == 429 || (status == 503 && wait.is_some());
        Self { refused, wait: wait.filter(|_| refused).map(|wait| wait.min(YEAR)), remaining }
    }
}

/// Reads `1s`, `6m0s` or `20ms`, as OpenAI writes them (PROTOCOL.md 2); a bare number is seconds.
fn span(text: &str) -> Option<Duration> {
    let text = text.trim();
    match text.parse::<f64>() {
        Ok(seconds) => Duration::try_from_secs_f64(seconds).ok(),
        Err(_) => text.parse::<jiff::SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok()),
    }
}

impl Lane {
    /// Begins the next window, as a refusal does, where it is known when there will be more; returns when.
    fn next_window(&mut self) -> Option<Instant> {
        let (period, began) = (self.period.filter(|_| self.kept_to < KEPT_TO)?, self.began?);
        *self = Self {
            window: self.window + 1,
            learned: self.learned,
            most_probes: 1,
            period: Some(period),
            kept_to: self.kept_to + 1,
            ..Self::default()
        };
        Some(began + period)
    }

    /// Begins the next window, to which the server said to wait.
    fn refuse(&mut self, now: Instant, wait: Duration) {
        // Exactly one too many, whichever of those under way it was: what was learned is the limit.
        let proved = self.learned.filter(|learned| self.sent == learned + 1);
        let period = self.began.filter(|_| proved.is_some()).map(|began| now + wait - began);
        let learned = proved.or(Some(self.through.max(1)));
        *self = Self { window: self.window + 1, learned, most_probes: 1, period, ..Self::default() };
    }
}

impl State {
    fn may(&mut self, method: Method, gap: Option<Duration>, now: Instant) -> May {
        if let Some(open) = self.open.filter(|open| *open > now) {
            return May::At(open);
        }
        if let Some(next) = self.next.filter(|next| *next > now) {
            return May::At(next);
        }
        let lane = &mut self.lanes[method as usize];
        let probe = lane.learned.is_some_and(|learned| lane.sent >= learned);
        let most_probes = match lane.told {
            true => u32::from(lane.sent == lane.through),
            false => lane.most_probes,
        };
        if probe && let Some(next) = lane.next_window() {
            self.open = self.open.max(Some(next));
            return May::At(next.max(now));
        }
        if probe && lane.probes >= most_probes {
            return May::Later;
        }
        lane.began = lane.began.or(Some(now));
        lane.sent += 1;
        lane.probes += u32::from(probe);
        self.next = gap.map(|gap| now + gap);
        May::Now { window: lane.window, probe }
    }

    fn hear(&mut self, method: Method, window: u64, probe: bool, heard: Heard, now: Instant) {
        let lane = &mut self.lanes[method as usize];
        let current = lane.window == window;
        if current && probe {
            lane.probes = lane.probes.saturating_sub(1);
        }
        if heard.refused {
            let own = FIRST_WAIT.saturating_mul(1 << self.refused.min(8)).min(LONGEST_WAIT);
            // Of many that are refused together each says the same; only the first ends the window.
            let wait = if current { Some(heard.wait.unwrap_or(own)) } else { heard.wait };
            if current {
                lane.refuse(now, wait.unwrap_or_default());
                self.refused += 1;
            } else if lane.window == window + 1 && lane.period.take().is_some() {
                lane.learned = lane.learned.map(|learned| learned.saturating_sub(1).max(1));
            }
            self.pause(wait, now);
            return;
        }
        self.through += 1;
        self.refused = 0;
        if current {
            lane.through += 1;
            if probe {
                lane.most_probes = (lane.most_probes * 2).min(MOST_PROBES);
            }
            let ended = heard.remaining.filter(|told| told.left <= lane.sent.saturating_sub(lane.through));
            if let Some(told) = ended {
                let learned = told.limit.unwrap_or(lane.through + told.left);
                *lane = Lane { window: window + 1, learned: Some(learned), told: true, ..Lane::default() };
                self.pause(Some(told.reset), now);
            }
        } else if let Some(learned) =
            lane.learned.as_mut().filter(|_| !lane.told && lane.period.is_none() && lane.window == window + 1)
        {
            // It was under way when another one was refused.
            *learned += 1;
        }
    }

    fn pause(&mut self, wait: Option<Duration>, now: Instant) {
        let until = wait.and_then(|wait| now.checked_add(wait));
        self.open = self.open.max(until);
    }

    fn give_back(&mut self, method: Method, window: u64, probe: bool) {
        let lane = &mut self.lanes[method as usize];
        if lane.window == window {
            lane.sent = lane.sent.saturating_sub(1);
            lane.probes = lane.probes.saturating_sub(u32::from(probe));
        }
    }
}

#[cfg(test)]
#[path = "pace_tests.rs"]
mod tests;
