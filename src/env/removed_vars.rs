//! The variables that were taken out of the environment of this process, because they hold credentials.

use std::ffi::{OsStr, OsString};
use std::sync::OnceLock;

/// The variables that were taken out of the environment.
static REMOVED: OnceLock<Vec<(OsString, OsString)>> = OnceLock::new();

/// Returns the variables that were taken out of the environment, with their values.
pub(crate) fn all() -> impl Iterator<Item = (&'static OsStr, &'static OsStr)> {
    let removed = REMOVED.get().map(Vec::as_slice).unwrap_or_default();
    removed.iter().map(|(name, value)| (name.as_os_str(), value.as_os_str()))
}

/// Returns a variable that was taken out of the environment.
pub(super) fn get(name: &str) -> Option<String> {
    all().find(|(known, _)| *known == name).and_then(|(_, value)| value.to_str().map(str::to_owned))
}

/// Sets the variables, once.
pub(super) fn set(variables: Vec<(OsString, OsString)>) {
    let _ = REMOVED.set(variables);
}

/// Returns `true` if [`set`] was called.
pub(super) fn is_set() -> bool {
    REMOVED.get().is_some()
}
