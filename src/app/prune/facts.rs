//! What is asked about a thread, and what is known of it: plain values.

use crate::ledger::Source;
use std::collections::{BTreeMap, BTreeSet};

/// Under which conditions a thread goes. All of them must hold; times are in seconds.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wanted {
    /// Nothing (run, message, ledger activity) may be younger than this.
    pub grace: i64,
    pub assistants: Assistants,
    pub active: ActiveRuns,
    /// Only without message and run.
    pub empty: bool,
    /// Only if the newest message, run or the thread itself is older than this.
    pub idle: Option<i64>,
    /// Only if it was created longer ago than this.
    pub older_than: Option<i64>,
    /// Only with these pairs, at the backend.
    pub metadata: Vec<(String, String)>,
    /// Only if the newest run is of this assistant.
    pub assistant: Option<String>,
}

/// What must be known of the assistants of a thread.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Assistants {
    /// That none of them exists any more: then the thread is an orphan.
    #[default]
    Missing,
    /// Nothing: the other conditions decide (`--any-assistant`).
    Any,
}

/// What an active run means that is older than the grace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ActiveRuns {
    /// That the thread is in use.
    #[default]
    Keep,
    /// Nothing: it is cancelled first (`--cancel-runs`).
    Cancel,
}

/// What always stays, whatever else holds. All that is given must fit.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hold {
    pub name: String,
    pub ids: BTreeSet<String>,
    pub metadata: Vec<(String, String)>,
    pub assistant: Option<String>,
    pub source: Option<Source>,
    pub ci_job: Option<String>,
}

/// What is known of a thread; what has not been asked for yet is `None`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Facts {
    pub id: String,
    /// Of the ledger's row.
    pub source: Option<Source>,
    pub ci_job: Option<String>,
    pub active_at: Option<i64>,
    /// Whether the ledger knows of a run or a message.
    pub was_used: bool,
    /// In seconds since 1970; `None` within is a thread whose creation the backend does not date.
    pub created_at: Option<i64>,
    /// The pairs that the backend knows.
    pub metadata: BTreeMap<String, String>,
    /// The pairs that the ledger knows, which may have been others.
    pub recorded: BTreeMap<String, String>,
    pub runs: Option<Runs>,
    pub messages: Option<Messages>,
    pub assistants: BTreeMap<String, Found>,
}

/// The runs of a thread, all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Runs {
    pub count: u64,
    /// When the newest was created.
    pub newest: Option<i64>,
    pub newest_assistant: Option<String>,
    pub assistants: BTreeSet<String>,
    pub active: Vec<Active>,
    /// What makes it impossible to tell.
    pub doubt: Option<String>,
}

/// A run that has not ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Active {
    pub id: String,
    pub status: String,
    pub created_at: i64,
}

/// The newest of a thread's messages.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Messages {
    pub any: bool,
    pub newest: Option<i64>,
    pub doubt: Option<String>,
}

/// What asking for an assistant brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    There,
    Missing,
    Doubtful { reason: String, code: u8 },
}

/// What can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Evidence {
    Runs,
    Messages,
    Assistant(String),
}
