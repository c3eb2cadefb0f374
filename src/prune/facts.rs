//! The conditions for pruning a thread, and the facts about it. Plain values without I/O.

use crate::ledger::Source;
use std::collections::{BTreeMap, BTreeSet};

/// The conditions under which a thread is pruned. All of them must hold. Times are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Conditions {
    /// The grace period: no run, message or ledger activity may be younger than this.
    pub grace: i64,
    pub assistants: Assistants,
    pub active: ActiveRuns,
    /// Match only threads without messages and runs.
    pub empty: bool,
    /// Match only if the newest message, the newest run and the thread itself are older than this.
    pub idle: Option<i64>,
    /// Match only threads that were created longer ago than this.
    pub older_than: Option<i64>,
    /// Match only threads that have these metadata pairs at the backend.
    pub metadata: Vec<(String, String)>,
    /// Match only if the newest run belongs to this assistant.
    pub assistant: Option<String>,
}

/// The required evidence about the assistants of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assistants {
    /// No assistant of the thread exists any more. The thread is then orphaned.
    #[default]
    Missing,
    /// No evidence is required: the other conditions decide (`--any-assistant`).
    Any,
}

/// The treatment of an active run that is older than the grace period.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ActiveRuns {
    /// The run shows that the thread is in use.
    #[default]
    Keep,
    /// The run is cancelled before the thread is deleted (`--cancel-runs`).
    Cancel,
}

/// A rule for threads that are never pruned. All given conditions must match.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RetentionHold {
    pub name: String,
    pub ids: BTreeSet<String>,
    pub metadata: Vec<(String, String)>,
    pub assistant: Option<String>,
    pub source: Option<Source>,
    pub ci_job: Option<String>,
}

/// The facts about a thread. `None` marks a fact that has not been requested yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Facts {
    pub id: String,
    /// The source in the ledger's row.
    pub source: Option<Source>,
    pub ci_job: Option<String>,
    pub active_at: Option<i64>,
    /// `true` if the ledger contains a run or a message of the thread.
    pub was_used: bool,
    /// The creation time in seconds since 1970, or `None` if the backend does not report it.
    pub created_at: Option<i64>,
    /// The metadata pairs at the backend.
    pub metadata: BTreeMap<String, String>,
    /// The metadata pairs in the ledger, which may differ from those at the backend.
    pub recorded: BTreeMap<String, String>,
    pub runs: Option<Runs>,
    pub messages: Option<Messages>,
    pub assistants: BTreeMap<String, Found>,
}

/// A summary of all runs of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Runs {
    pub count: u64,
    /// The creation time of the newest run.
    pub newest: Option<i64>,
    pub newest_assistant: Option<String>,
    pub assistants: BTreeSet<String>,
    pub active: Vec<Active>,
    /// The reason why the summary is not reliable, if any.
    pub doubt: Option<String>,
}

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Active {
    pub id: String,
    pub status: String,
    pub created_at: i64,
}

/// A summary of a thread's messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Messages {
    pub any: bool,
    pub newest: Option<i64>,
    pub doubt: Option<String>,
}

/// The result of requesting an assistant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    There,
    Missing,
    Doubtful { reason: String, code: u8 },
}

/// A kind of evidence that can be requested.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Evidence {
    Runs,
    Messages,
    Assistant(String),
}
