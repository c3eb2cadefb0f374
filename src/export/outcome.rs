//! The outcomes of exporting objects.

use std::collections::BTreeMap;

/// The outcome of exporting an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportOutcome {
    New,
    Updated,
    Unchanged,
    /// The backend no longer has the object. Its earlier export stays in the archive.
    Gone,
    /// The command was asked to stop. The next export continues from this point.
    Stopped,
}

/// The number of exported objects by the names of their outcomes.
pub type OutcomeCounts = BTreeMap<&'static str, u64>;

impl ExportOutcome {
    /// Returns the outcome of an object whose files are complete. `before` has the files of its earlier export, and
    /// `now` those of this one.
    pub(super) fn of_complete<T: PartialEq>(before: Option<&T>, now: &T) -> Self {
        match before {
            None => Self::New,
            Some(before) if before == now => Self::Unchanged,
            Some(_) => Self::Updated,
        }
    }

    /// Returns the name of the outcome in output.
    pub const fn name(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Updated => "updated",
            Self::Unchanged => "unchanged",
            Self::Gone => "gone",
            Self::Stopped => "stopped",
        }
    }
}
