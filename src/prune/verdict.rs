//! The verdict on a thread (docs/design/orphans.md#threads), as a pure function.
//!
//! The function maps the facts about a thread to a verdict with a reason, or to the evidence that is still missing. The
//! current time is an argument.

use super::conditions::{ActiveRunPolicy, AssistantCondition, Conditions, RetentionHold};
use super::duration::{format_duration, relative_time};
use super::facts::{ActiveRun, AssistantStatus, Evidence, ThreadFacts};
use crate::api::Kind;
use crate::exit::{DONE, FAILED};

/// The maximum number of assistants that a reason names.
const NAMED_ASSISTANTS: usize = 3;

/// The decision about a thread.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Verdict {
    /// The thread is proven to be unused: it has neither runs nor messages, or none of its assistants exists any more.
    Orphaned(String),
    /// The thread meets the conditions of the rule, which do not include that its assistants are missing.
    Expired(String),
    /// The thread is in use, or does not meet the conditions of the rule.
    InUse(String),
    /// The evidence is not sufficient. `code` is the exit code of the failed request, or [`DONE`] if none failed.
    Unknown { reason: String, code: u8 },
    /// No verdict yet: this evidence must be requested first.
    NeedsEvidence(Evidence),
}

impl Verdict {
    /// Returns the name of the verdict in output.
    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Orphaned(_) => "orphaned",
            Self::Expired(_) => "expired",
            Self::InUse(_) => "in use",
            Self::Unknown { .. } | Self::NeedsEvidence(_) => "unknown",
        }
    }

    /// Returns the reason of the verdict.
    pub(super) fn reason(&self) -> &str {
        match self {
            Self::Orphaned(reason) | Self::Expired(reason) | Self::InUse(reason) | Self::Unknown { reason, .. } => {
                reason
            }
            Self::NeedsEvidence(_) => "evidence is missing",
        }
    }

    /// Returns `true` if the thread may be deleted.
    pub(super) const fn allows_deletion(&self) -> bool {
        matches!(self, Self::Orphaned(_) | Self::Expired(_))
    }

    /// Returns the exit code of the failed request that led to the verdict. A thread that is kept because it is in use
    /// is not a failure.
    pub(super) const fn code(&self) -> u8 {
        match self {
            Self::Unknown { code, .. } => *code,
            _ => DONE,
        }
    }
}

/// Returns the verdict `InUse`.
fn in_use(reason: impl Into<String>) -> Option<Verdict> {
    Some(Verdict::InUse(reason.into()))
}

/// Returns the verdict `Unknown`, with the exit code of a failure.
fn unknown(reason: impl Into<String>) -> Option<Verdict> {
    Some(Verdict::Unknown { reason: reason.into(), code: FAILED })
}

/// Returns the verdict on a thread at time `now`.
///
/// Facts that are already known are checked first, because a thread that is in use then needs no further request.
pub(super) fn judge(facts: &ThreadFacts, conditions: &Conditions, holds: &[RetentionHold], now: i64) -> Verdict {
    let judge = Judge { facts, conditions, now };
    judge
        .ledger(holds)
        .or_else(|| judge.thread())
        .or_else(|| judge.runs())
        .or_else(|| judge.assistants())
        .or_else(|| judge.messages())
        .unwrap_or_else(|| judge.deletable())
}

/// Returns a verdict if the facts of the ledger are sufficient to keep a thread. No request is needed then.
pub(super) fn judge_ledger(
    facts: &ThreadFacts,
    conditions: &Conditions,
    holds: &[RetentionHold],
    now: i64,
) -> Option<Verdict> {
    Judge { facts, conditions, now }.ledger(holds)
}

/// The inputs of the verdict. Each method checks one group of facts, and returns `None` if they do not keep the thread.
struct Judge<'a> {
    facts: &'a ThreadFacts,
    conditions: &'a Conditions,
    now: i64,
}

impl Judge<'_> {
    /// Checks the facts of the ledger. They can show that a thread must be kept, but never that it may be deleted.
    fn ledger(&self, holds: &[RetentionHold]) -> Option<Verdict> {
        if let Some(hold) = holds.iter().find(|hold| self.is_held(hold)) {
            return in_use(format!("held by `{}`", hold.name));
        }
        self.within_grace("asst used it", self.facts.active_at)
    }

    fn is_held(&self, hold: &RetentionHold) -> bool {
        let facts = self.facts;
        let has_assistant = |id: &String| facts.runs.as_ref().is_some_and(|runs| runs.assistants.contains(id));
        let has_pair = |(key, value): &(String, String)| {
            [&facts.metadata, &facts.recorded_metadata].into_iter().any(|pairs| pairs.get(key) == Some(value))
        };
        (hold.ids.is_empty() || hold.ids.contains(&facts.id))
            && hold.metadata.iter().all(has_pair)
            && hold.assistant.as_ref().is_none_or(has_assistant)
            && hold.source.is_none_or(|source| facts.source == Some(source))
            && hold.ci_job.as_ref().is_none_or(|job| facts.ci_jobs.contains(job))
    }

    /// Returns the age of a time, in seconds. Negative for a time in the future.
    fn age(&self, time: i64) -> i64 {
        self.now.saturating_sub(time)
    }

    /// Returns the verdict `InUse` if `event` happened within the grace period. A time in the future counts as within
    /// it, because the local clock may have been set back.
    fn within_grace(&self, event: &str, time: Option<i64>) -> Option<Verdict> {
        let (age, grace) = (self.age(time?), self.conditions.grace);
        let reason =
            || format!("{event} {}, within the grace period of {}", relative_time(age), format_duration(grace));
        (age < grace).then(|| Verdict::InUse(reason()))
    }

    /// Checks the age and the metadata of the thread.
    fn thread(&self) -> Option<Verdict> {
        let Some(created) = self.facts.created_at else {
            return unknown("the backend returned no creation time");
        };
        if let Some(young) = self.within_grace("created", Some(created)) {
            return Some(young);
        }
        let age = self.age(created);
        if self.conditions.older_than.is_some_and(|limit| age <= limit) {
            return in_use(format!("created {}", relative_time(age)));
        }
        let differs = |(key, value): &&(String, String)| self.facts.metadata.get(key) != Some(value);
        let (key, value) = self.conditions.metadata.iter().find(differs)?;
        in_use(format!("its metadata at the backend has no {key}={value}"))
    }

    /// Checks the runs.
    fn runs(&self) -> Option<Verdict> {
        let Some(runs) = &self.facts.runs else { return Some(Verdict::NeedsEvidence(Evidence::Runs)) };
        let cancels = self.conditions.active == ActiveRunPolicy::Cancel;
        let is_old = |run: &ActiveRun| self.age(run.created_at) >= self.conditions.grace;
        if let Some(run) = runs.active.iter().find(|run| !(cancels && is_old(run))) {
            return in_use(format!("run {} is {}", run.id, run.status));
        }
        if let Some(young) = self.within_grace("its newest run started", runs.newest) {
            return Some(young);
        }
        if let Some(doubt) = &runs.doubt {
            return unknown(doubt.as_str());
        }
        let newest = runs.newest_assistant.as_ref();
        match &self.conditions.assistant {
            Some(assistant) if newest != Some(assistant) => in_use(match newest {
                Some(other) => format!("its newest run used {other}"),
                None => format!("no run used {assistant}"),
            }),
            _ if self.conditions.empty && runs.count > 0 => in_use(format!("it has {}", count_of_runs(runs.count))),
            _ => None,
        }
    }

    /// Checks the assistants. If one exists, the thread is in use. If the status of one is unknown, so is the verdict,
    /// even if all others are missing.
    fn assistants(&self) -> Option<Verdict> {
        let is_required = self.conditions.assistants == AssistantCondition::Missing;
        let runs = self.facts.runs.as_ref().filter(|_| is_required)?;
        let status = |id: &String| self.facts.assistants.get(id);
        if let Some(id) = runs.assistants.iter().find(|id| status(id) == Some(&AssistantStatus::Exists)) {
            return in_use(format!("its assistant {id} exists"));
        }
        // The assistant of the newest run is the most likely to exist, so it is requested first.
        let newest = runs.newest_assistant.iter();
        if let Some(id) = newest.chain(&runs.assistants).find(|id| status(id).is_none()) {
            return Some(Verdict::NeedsEvidence(Evidence::Assistant(id.clone())));
        }
        runs.assistants.iter().find_map(|id| match status(id) {
            Some(AssistantStatus::Unknown { reason, code }) => {
                Some(Verdict::Unknown { reason: format!("assistant {id}: {reason}"), code: *code })
            }
            _ => None,
        })
    }

    /// Checks the messages, and the time of the last activity.
    fn messages(&self) -> Option<Verdict> {
        let Some(messages) = &self.facts.messages else { return Some(Verdict::NeedsEvidence(Evidence::Messages)) };
        if let Some(young) = self.within_grace("its newest message was created", messages.newest) {
            return Some(young);
        }
        if let Some(doubt) = &messages.doubt {
            return unknown(doubt.as_str());
        }
        if self.conditions.empty && messages.any {
            return in_use("it has messages");
        }
        let idle = self.age(self.last_activity()?);
        if self.conditions.idle.is_some_and(|limit| idle <= limit) {
            return in_use(format!("last used {}", relative_time(idle)));
        }
        let has_runs = self.facts.runs.as_ref().is_some_and(|runs| runs.count > 0);
        if self.facts.was_used && !has_runs && !messages.any {
            // Some servers return an empty list although there are objects.
            return unknown("the ledger has messages or runs of it, but the backend returned none");
        }
        if self.conditions.assistants == AssistantCondition::Missing && !has_runs && messages.any {
            // Nothing shows whether the assistant exists, but no request has failed.
            let reason = "it has messages but no runs, so its assistant is unknown".to_owned();
            return Some(Verdict::Unknown { reason, code: DONE });
        }
        None
    }

    /// Returns the time of the last activity at the backend.
    fn last_activity(&self) -> Option<i64> {
        let runs = self.facts.runs.as_ref().and_then(|runs| runs.newest);
        let messages = self.facts.messages.as_ref().and_then(|messages| messages.newest);
        self.facts.created_at.into_iter().chain(runs).chain(messages).max()
    }

    /// Returns the verdict on a thread that no fact keeps.
    fn deletable(&self) -> Verdict {
        let last = self.last_activity().map(|last| relative_time(self.age(last))).unwrap_or_default();
        let Some(runs) = self.facts.runs.as_ref().filter(|runs| runs.count > 0) else {
            let has_messages = self.facts.messages.as_ref().is_some_and(|messages| messages.any);
            return match has_messages {
                true => Verdict::Expired(format!("last used {last}")),
                false => Verdict::Orphaned(format!("no runs and no messages, created {last}")),
            };
        };
        if self.conditions.assistants == AssistantCondition::Any {
            return Verdict::Expired(format!("last used {last}"));
        }
        let named: Vec<&str> = runs.assistants.iter().take(NAMED_ASSISTANTS).map(String::as_str).collect();
        let more = if runs.assistants.len() > named.len() { ", …" } else { "" };
        let (count, named) = (count_of_runs(runs.count), named.join(", "));
        Verdict::Orphaned(format!("{count} of missing assistants ({named}{more}), last used {last}"))
    }
}

fn count_of_runs(count: u64) -> String {
    if count == 1 { format!("1 {}", Kind::Run) } else { format!("{count} {}s", Kind::Run) }
}

#[cfg(test)]
#[path = "verdict_tests.rs"]
mod tests;
