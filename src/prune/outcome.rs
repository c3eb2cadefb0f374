//! The outcome of a prune for one object.

use super::rule::PruneCandidate;

/// The outcome for one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PruneOutcome {
    /// The object would be deleted, or the run would be cancelled. The outcome of a report.
    Selected,
    Deleted,
    /// The run was cancelled. Runs cannot be deleted.
    Cancelled,
    /// The backend no longer had the object.
    AlreadyGone,
    /// The object is in use, or does not match the conditions.
    InUse,
    /// The evidence about the object is not sufficient, so it was kept.
    Unknown,
    /// The object should have been deleted, but still exists.
    Failed,
}

impl PruneOutcome {
    /// All outcomes, in the order of the summary.
    pub const ALL: [Self; 7] =
        [Self::Selected, Self::Deleted, Self::Cancelled, Self::AlreadyGone, Self::InUse, Self::Unknown, Self::Failed];

    /// Returns the name of the outcome.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Selected => "would go",
            Self::Deleted => "deleted",
            Self::Cancelled => "cancelled",
            Self::AlreadyGone => "already gone",
            Self::InUse => "in use",
            Self::Unknown => "unknown",
            Self::Failed => "failed",
        }
    }
}

/// An object that was examined, and its outcome.
#[derive(Debug, Clone)]
pub struct PrunedObject {
    pub candidate: PruneCandidate,
    pub outcome: PruneOutcome,
    /// The name of the verdict.
    pub verdict: &'static str,
    pub reason: String,
    /// The exit code of the failure, or [`DONE`](crate::exit::DONE).
    pub code: u8,
    /// The creation time that the backend returned, in seconds since 1970.
    pub created_at: Option<i64>,
    /// The name of the rule under which the object was examined.
    pub rule: Option<String>,
}
