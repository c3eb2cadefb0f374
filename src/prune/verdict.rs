//! The verdict on a thread (docs/design/orphans.md#threads), as a pure function.
//!
//! It maps facts to a verdict with a reason, or to the evidence that is still missing. Must not depend on the backend
//! or the clock.

use super::facts::{Active, ActiveRuns, Assistants, Conditions, Evidence, Facts, Found, RetentionHold};
use crate::api::Kind;
use crate::exit::{DONE, FAILED};

/// The decision about a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// There is proof that nothing in use refers to the thread.
    Orphaned(String),
    /// The conditions hold, and the assistants were not part of them.
    Expired(String),
    InUse(String),
    /// The evidence is not sufficient. `code` is the exit code of the failed request, or [`DONE`] if none failed.
    Unknown {
        reason: String,
        code: u8,
    },
    /// This evidence must be requested first.
    Wanting(Evidence),
}

impl Verdict {
    /// Returns the name of the verdict in output.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Orphaned(_) => "orphaned",
            Self::Expired(_) => "expired",
            Self::InUse(_) => "in use",
            Self::Unknown { .. } | Self::Wanting(_) => "unknown",
        }
    }

    /// Returns the reason of the verdict.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Orphaned(reason) | Self::Expired(reason) | Self::InUse(reason) | Self::Unknown { reason, .. } => {
                reason
            }
            Self::Wanting(_) => "not all was asked for",
        }
    }

    /// Returns `true` if the thread may be deleted.
    pub(super) const fn may_go(&self) -> bool {
        matches!(self, Self::Orphaned(_) | Self::Expired(_))
    }

    /// Returns the exit code of the failure behind the verdict. Keeping a thread for a good reason is not a failure.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Unknown { code, .. } => *code,
            _ => DONE,
        }
    }
}

fn in_use(reason: impl Into<String>) -> Option<Verdict> {
    Some(Verdict::InUse(reason.into()))
}

fn unknown(reason: impl Into<String>) -> Option<Verdict> {
    Some(Verdict::Unknown { reason: reason.into(), code: FAILED })
}

/// Returns the verdict on a thread at time `now`.
///
/// Facts that show its use are checked first, because they make further requests unnecessary.
pub(super) fn judge(facts: &Facts, conditions: &Conditions, holds: &[RetentionHold], now: i64) -> Verdict {
    let judge = Judge { facts, conditions, now };
    judge
        .ledger(holds)
        .or_else(|| judge.thread())
        .or_else(|| judge.runs())
        .or_else(|| judge.assistants())
        .or_else(|| judge.messages())
        .unwrap_or_else(|| judge.nothing_left())
}

/// Returns a verdict if the ledger alone is sufficient to keep a thread, before any request.
pub(super) fn spared(facts: &Facts, conditions: &Conditions, holds: &[RetentionHold], now: i64) -> Option<Verdict> {
    Judge { facts, conditions, now }.ledger(holds)
}

struct Judge<'a> {
    facts: &'a Facts,
    conditions: &'a Conditions,
    now: i64,
}

impl Judge<'_> {
    /// Checks the facts of the ledger. They can prove that a thread must stay, but never that it may be deleted.
    fn ledger(&self, holds: &[RetentionHold]) -> Option<Verdict> {
        if let Some(hold) = holds.iter().find(|hold| self.is_held(hold)) {
            return in_use(format!("held by `{}`", hold.name));
        }
        self.young("asst used it", self.facts.active_at)
    }

    fn is_held(&self, hold: &RetentionHold) -> bool {
        let facts = self.facts;
        let runs = facts.runs.as_ref();
        let assistant = |id: &String| runs.is_some_and(|runs| runs.assistants.contains(id));
        let pair = |(key, value): &(String, String)| {
            [&facts.metadata, &facts.recorded].into_iter().any(|pairs| pairs.get(key) == Some(value))
        };
        (hold.ids.is_empty() || hold.ids.contains(&facts.id))
            && hold.metadata.iter().all(pair)
            && hold.assistant.as_ref().is_none_or(assistant)
            && hold.source.is_none_or(|source| facts.source == Some(source))
            && hold.ci_job.as_ref().is_none_or(|job| facts.ci_job.as_ref() == Some(job))
    }

    /// Keeps a thread with a time inside the grace period. A time in the future counts as young, because a clock that
    /// was set back proves nothing.
    fn young(&self, what: &str, time: Option<i64>) -> Option<Verdict> {
        let age = self.now.saturating_sub(time?);
        (age < self.conditions.grace)
            .then(|| Verdict::InUse(format!("{what} {}, the grace is {}", ago(age), span(self.conditions.grace))))
    }

    fn thread(&self) -> Option<Verdict> {
        let Some(created) = self.facts.created_at else {
            return unknown("the backend does not say when it was created");
        };
        if let Some(young) = self.young("created", Some(created)) {
            return Some(young);
        }
        let age = self.now.saturating_sub(created);
        if self.conditions.older_than.is_some_and(|limit| age <= limit) {
            return in_use(format!("created {}", ago(age)));
        }
        let differs = |(key, value): &&(String, String)| self.facts.metadata.get(key) != Some(value);
        let (key, value) = self.conditions.metadata.iter().find(differs)?;
        in_use(format!("its metadata at the backend has no {key}={value}"))
    }

    fn runs(&self) -> Option<Verdict> {
        let Some(runs) = &self.facts.runs else { return Some(Verdict::Wanting(Evidence::Runs)) };
        let cancel = self.conditions.active == ActiveRuns::Cancel;
        let old = |run: &Active| self.now.saturating_sub(run.created_at) >= self.conditions.grace;
        if let Some(run) = runs.active.iter().find(|run| !(cancel && old(run))) {
            return in_use(format!("run {} is {}", run.id, run.status));
        }
        if let Some(young) = self.young("its newest run began", runs.newest) {
            return Some(young);
        }
        if let Some(doubt) = &runs.doubt {
            return unknown(doubt.as_str());
        }
        let newest = runs.newest_assistant.as_ref();
        match &self.conditions.assistant {
            Some(assistant) if newest != Some(assistant) => in_use(match newest {
                Some(other) => format!("its newest run is of {other}"),
                None => format!("no run of it is of {assistant}"),
            }),
            _ if self.conditions.empty && runs.count > 0 => in_use(format!("it has {}", counted(runs.count))),
            _ => None,
        }
    }

    /// Checks the assistants. One that exists keeps the thread. A doubtful one outweighs the missing ones.
    fn assistants(&self) -> Option<Verdict> {
        let runs = self.facts.runs.as_ref().filter(|_| self.conditions.assistants == Assistants::Missing)?;
        let found = |id: &String| self.facts.assistants.get(id);
        if let Some(id) = runs.assistants.iter().find(|id| found(id) == Some(&Found::There)) {
            return in_use(format!("its assistant {id} exists"));
        }
        // The assistant of the newest run is the most likely to exist, so it is requested first.
        let newest = runs.newest_assistant.iter();
        if let Some(id) = newest.chain(&runs.assistants).find(|id| found(id).is_none()) {
            return Some(Verdict::Wanting(Evidence::Assistant(id.clone())));
        }
        runs.assistants.iter().find_map(|id| match found(id) {
            Some(Found::Doubtful { reason, code }) => {
                Some(Verdict::Unknown { reason: format!("assistant {id}: {reason}"), code: *code })
            }
            _ => None,
        })
    }

    fn messages(&self) -> Option<Verdict> {
        let Some(messages) = &self.facts.messages else { return Some(Verdict::Wanting(Evidence::Messages)) };
        if let Some(young) = self.young("its newest message came", messages.newest) {
            return Some(young);
        }
        if let Some(doubt) = &messages.doubt {
            return unknown(doubt.as_str());
        }
        if self.conditions.empty && messages.any {
            return in_use("it has messages");
        }
        let idle = self.now.saturating_sub(self.last()?);
        if self.conditions.idle.is_some_and(|limit| idle <= limit) {
            return in_use(format!("last used {}", ago(idle)));
        }
        let runs = self.facts.runs.as_ref().map_or(0, |runs| runs.count);
        if self.facts.was_used && runs == 0 && !messages.any {
            // Some servers return an empty list whatever objects exist.
            return unknown("the ledger knows of its messages or runs, and the backend shows none");
        }
        if self.conditions.assistants == Assistants::Missing && runs == 0 && messages.any {
            // There is no evidence either way, and no request has failed.
            let reason = "it has messages, and no run that tells whose they are".to_owned();
            return Some(Verdict::Unknown { reason, code: DONE });
        }
        None
    }

    /// Returns the time of the last activity at the backend.
    fn last(&self) -> Option<i64> {
        let runs = self.facts.runs.as_ref().and_then(|runs| runs.newest);
        let messages = self.facts.messages.as_ref().and_then(|messages| messages.newest);
        self.facts.created_at.into_iter().chain(runs).chain(messages).max()
    }

    fn nothing_left(&self) -> Verdict {
        let used = self.last().map(|last| ago(self.now.saturating_sub(last))).unwrap_or_default();
        let Some(runs) = self.facts.runs.as_ref().filter(|runs| runs.count > 0) else {
            let any = self.facts.messages.as_ref().is_some_and(|messages| messages.any);
            return match any {
                true => Verdict::Expired(format!("last used {used}")),
                false => Verdict::Orphaned(format!("neither run nor message, created {used}")),
            };
        };
        if self.conditions.assistants == Assistants::Any {
            return Verdict::Expired(format!("last used {used}"));
        }
        let named: Vec<&str> = runs.assistants.iter().take(3).map(String::as_str).collect();
        let more = if runs.assistants.len() > named.len() { ", …" } else { "" };
        let count = counted(runs.count);
        Verdict::Orphaned(format!("{count}, all of missing assistants ({}{more}), last used {used}", named.join(", ")))
    }
}

fn counted(runs: u64) -> String {
    if runs == 1 { format!("1 {}", Kind::Run) } else { format!("{runs} {}s", Kind::Run) }
}

/// Returns a time span relative to now, in words. A negative span lies in the future.
pub(super) fn ago(seconds: i64) -> String {
    if seconds < 0 { format!("in {}", span(seconds.saturating_neg())) } else { format!("{} ago", span(seconds)) }
}

/// Returns a time span in its largest whole unit.
pub(super) fn span(seconds: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = UNITS.iter().find(|(length, _)| seconds >= *length);
    unit.map_or_else(|| format!("{seconds}s"), |(length, name)| format!("{}{name}", seconds / length))
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
