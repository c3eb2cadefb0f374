//! The facts about a thread, on which the verdict depends.

use crate::ledger::Source;
use std::collections::{BTreeMap, BTreeSet};

/// The facts about a thread. `None` marks a fact that has not been requested yet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct ThreadFacts {
    pub id: String,
    /// The source of the ledger row.
    pub source: Option<Source>,
    /// The names of the CI job that created the thread.
    pub ci_jobs: BTreeSet<String>,
    /// The time at which asst last used the thread, from the ledger.
    pub active_at: Option<i64>,
    /// `true` if the ledger contains a run or a message of the thread.
    pub was_used: bool,
    /// The creation time in seconds since 1970, or `None` if the backend did not return it.
    pub created_at: Option<i64>,
    /// The metadata pairs at the backend.
    pub metadata: BTreeMap<String, String>,
    /// The metadata pairs in the ledger, which may differ from those at the backend.
    pub recorded_metadata: BTreeMap<String, String>,
    pub runs: Option<RunSummary>,
    pub messages: Option<MessageSummary>,
    /// The assistants that were requested, by ID.
    pub assistants: BTreeMap<String, AssistantStatus>,
}

/// A summary of all runs of a thread.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct RunSummary {
    pub count: u64,
    /// The creation time of the newest run.
    pub newest: Option<i64>,
    /// The assistant of the newest run.
    pub newest_assistant: Option<String>,
    /// The assistants of all runs.
    pub assistants: BTreeSet<String>,
    pub active: Vec<ActiveRun>,
    /// The reason why the summary is not reliable, if any.
    pub doubt: Option<String>,
}

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ActiveRun {
    pub id: String,
    pub status: String,
    pub created_at: i64,
}

/// A summary of a thread's messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct MessageSummary {
    /// `true` if the thread has messages.
    pub any: bool,
    /// The creation time of the newest message.
    pub newest: Option<i64>,
    /// The reason why the summary is not reliable, if any.
    pub doubt: Option<String>,
}

/// The result of requesting an assistant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum AssistantStatus {
    Exists,
    Missing,
    /// The evidence is not sufficient. `code` is the exit code of the failed request.
    Unknown {
        reason: String,
        code: u8,
    },
}

/// Evidence that the verdict needs and that was not requested yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Evidence {
    Runs,
    Messages,
    Assistant(String),
}
