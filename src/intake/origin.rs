//! Chooses the origin of IDs that come from a user or from a file.

use crate::app::App;
use crate::exit::Usage;
use anyhow::Result;

/// Returns the given origin or, if none is given, the origin of the profile.
///
/// # Errors
/// Returns an error if there is neither.
pub fn origin(app: &App, given: Option<&str>) -> Result<String> {
    if let Some(origin) = given {
        return Ok(origin.to_owned());
    }
    match app.origin_if_any()? {
        Some(origin) => Ok(origin),
        None if app.profile_if_any()?.is_some() => Err(Usage::hinted(
            "the embedded server has never run here, so no ID belongs to it",
            "pass --origin, or choose the profile of the backend that has the objects",
        )
        .into()),
        None => Err(no_origin().into()),
    }
}

/// Returns the error for IDs without an origin.
pub fn no_origin() -> Usage {
    let hint = "pass --origin, or choose the profile of the backend that has the objects";
    Usage::hinted("an ID is valid only in its origin, and no origin is known", hint)
}
