//! The conditions of a prune rule, and the holds that exempt threads from all rules.

use crate::ledger::Source;
use std::collections::BTreeSet;

/// The conditions of a prune rule. An object is pruned only if it meets all of them. Durations are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// The grace period: no run, message or ledger activity may be younger than this.
    pub grace: i64,
    pub assistants: AssistantCondition,
    /// The treatment of active runs that are older than the grace period.
    pub active: ActiveRunPolicy,
    /// Match only threads without messages and runs.
    pub empty: bool,
    /// Match only if the newest message, the newest run and the thread itself are older than this.
    pub idle: Option<i64>,
    /// Match only objects that were created longer ago than this.
    pub older_than: Option<i64>,
    /// Match only objects that have these metadata pairs at the backend.
    pub metadata: Vec<(String, String)>,
    /// Match only if the newest run belongs to this assistant.
    pub assistant: Option<String>,
}

/// The required evidence about the assistants of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AssistantCondition {
    /// No assistant of the thread exists any more. The thread is then orphaned.
    #[default]
    Missing,
    /// No evidence is required: the other conditions decide (`--any-assistant`).
    Any,
}

/// The treatment of an active run that is older than the grace period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ActiveRunPolicy {
    /// The run shows that the thread is in use.
    #[default]
    Keep,
    /// The run is cancelled before the thread is deleted (`--cancel-runs`).
    Cancel,
}

/// A hold: a rule that exempts the matching threads from every prune. A thread matches if it meets all given
/// conditions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetentionHold {
    pub name: String,
    pub ids: BTreeSet<String>,
    pub metadata: Vec<(String, String)>,
    pub assistant: Option<String>,
    pub source: Option<Source>,
    pub ci_job: Option<String>,
}
