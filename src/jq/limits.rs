//! The limits on the results of a filter.

use std::fmt;

/// The deepest nesting of a result. Each level needs stack space when the result is converted or dropped.
pub(super) const MAX_DEPTH: usize = 256;

/// The maximum number of values in the results of a filter, in addition to the size of its input in bytes.
const MAX_VALUES: usize = 1_000_000;
/// The number of bytes of a string that count as one value.
const BYTES_PER_VALUE: usize = 64;

/// The number of values that the results may still contain.
pub(super) struct ResultBudget(usize);

impl ResultBudget {
    /// Returns the budget for an input of `bytes` bytes.
    pub(super) fn for_input(bytes: usize) -> Self {
        Self(MAX_VALUES.saturating_add(bytes))
    }

    /// Subtracts a value with a string of `bytes` bytes.
    ///
    /// # Errors
    /// Returns an error if the budget is used up.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), LimitExceeded> {
        self.0 = self.0.checked_sub(1 + bytes / BYTES_PER_VALUE).ok_or(LimitExceeded::Values)?;
        Ok(())
    }
}

/// The limit that a result exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LimitExceeded {
    Depth,
    Values,
}

impl fmt::Display for LimitExceeded {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth => write!(out, "a result has more than {MAX_DEPTH} levels"),
            Self::Values => {
                write!(out, "the results have more than {MAX_VALUES} values; `limit(N; FILTER)` returns fewer")
            }
        }
    }
}
