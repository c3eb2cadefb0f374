//! How much a filter may yield.

use std::fmt;

/// Values that a filter may yield, beside what its input has.
const VALUES: usize = 1_000_000;
/// Bytes of a text that count as a value.
const OF_A_VALUE: usize = 64;

/// What is left of the room for results.
pub(super) struct Room(usize);

impl Room {
    /// Returns the room for results of an input of so many bytes.
    pub(super) fn beside(bytes: usize) -> Self {
        Self(VALUES.saturating_add(bytes))
    }

    /// Takes the room of a value with a text of so many bytes.
    pub(super) fn take(&mut self, bytes: usize) -> Result<(), Beyond> {
        self.0 = self.0.checked_sub(1 + bytes / OF_A_VALUE).ok_or(Beyond::Room)?;
        Ok(())
    }
}

/// Which limit a result is beyond.
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
