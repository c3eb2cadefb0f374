//! The error for a file that a flag names and that cannot be used.

use crate::exit::Usage;
use std::fmt;
use std::path::Path;

/// The role of a log, for [`unusable`].
pub(super) const LOG_ROLE: &str = "a log of handlers";

/// Returns the error for a file that cannot be used. `role` is its purpose, such as `a log of handlers`.
pub(super) fn unusable(path: &Path, role: &str, reason: impl fmt::Display) -> Usage {
    Usage::new(format!("cannot use {} as {role}: {reason}", path.display()))
}
