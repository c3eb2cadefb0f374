//! The system clock. `ASST_NOW` replaces it with a fixed time, so that tests and examples have reproducible output.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use super::vars;

/// Returns the time in seconds since 1970.
pub fn now() -> i64 {
    now_millis().div_euclid(1000)
}

/// Returns the time in milliseconds since 1970.
pub fn now_millis() -> i64 {
    static FIXED: OnceLock<Option<i64>> = OnceLock::new();
    let fixed = FIXED.get_or_init(|| vars::get(vars::ASST_NOW).as_deref().and_then(millis_of));
    fixed.unwrap_or_else(|| {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
    })
}

/// Checks the value of `ASST_NOW`. Without this check, an invalid value would be ignored silently.
///
/// # Errors
/// Returns an error if the variable is set to a value that is not a point in time.
pub fn check() -> Result<(), String> {
    match vars::get(vars::ASST_NOW).filter(|text| millis_of(text).is_none()) {
        None => Ok(()),
        Some(text) => Err(format!("ASST_NOW: `{text}` is neither seconds since 1970 nor an RFC 3339 time")),
    }
}

/// Parses a point in time, either whole seconds since 1970 or RFC 3339. Returns it in milliseconds.
fn millis_of(text: &str) -> Option<i64> {
    match text.trim().parse::<i64>() {
        Ok(seconds) => seconds.checked_mul(1000),
        Err(_) => text.trim().parse::<jiff::Timestamp>().ok().map(|time| time.as_millisecond()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fixed_time_is_seconds_or_rfc_3339() {
        assert_eq!(millis_of("1700000000"), Some(1_700_000_000_000));
        assert_eq!(millis_of("2023-11-14T22:13:20Z"), Some(1_700_000_000_000));
        assert_eq!(millis_of("yesterday"), None);
        assert_eq!(millis_of("9223372036854775807"), None);
    }
}
