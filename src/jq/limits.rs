//! The limits on the results of a filter.

use std::fmt;

/// The maximum number of values that a filter may yield, in addition to the size of its input.
const VALUES: usize = 1_000_000;
/// The number of bytes of a string that count as one value.
const OF_A_VALUE: usize = 64;

/// The remaining room for results, in values.
pub(super) struct Room(usize);

impl Room {
    /// Returns the room for an input of `bytes` bytes.
    pub(super) fn beside(bytes: usize) -> Self {
        Self(VALUES.saturating_add(bytes))
    }

    /// Takes the room of a value with a string of `bytes` bytes.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Beyond> {
        self.0 = self.0.checked_sub(1 + bytes / OF_A_VALUE).ok_or(Beyond::Room)?;
        Ok(())
    }
}

/// The limit that a result exceeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Beyond {
    Depth,
    Room,
}

impl fmt::Display for Beyond {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Depth => out.write_str("a result is nested too deep"),
            Self::Room => write!(out, "it yields more than {VALUES} values; `limit(N; FILTER)` yields fewer"),
        }
    }
}
