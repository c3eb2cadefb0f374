//! The origin of IDs that come from outside.

use crate::app::App;
use crate::exit::Usage;
use anyhow::Result;

/// Returns the origin for IDs from outside: the given one, or else that of the profile.
///
/// # Errors
/// Returns an error if neither exists.
pub fn origin(app: &App, given: Option<&str>) -> Result<String> {
    if let Some(origin) = given {
        return Ok(origin.to_owned());
    }
    match app.origin_if_any()? {
        Some(origin) => Ok(origin),
        None if app.profile_if_any()?.is_some() => Err(Usage::hinted(
            "the embedded server has never run here, so that no id can be of it",
            "--origin or another profile says where the ids come from",
        )
        .into()),
        None => Err(no_origin().into()),
    }
}

/// Returns the error for IDs without an origin.
pub fn no_origin() -> Usage {
    let hint = "--origin or a profile says which";
    Usage::hinted("an id means something in its origin only, and none is known", hint)
}
