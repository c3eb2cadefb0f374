//! The clock. `ASST_NOW` stops it, so that tests and examples show the same times every day.

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

/// Says what is wrong with `ASST_NOW`, which would otherwise leave the clock running in silence.
///
/// # Errors
/// Where it is set and is no point in time.
pub fn check() -> Result<(), String> {
    match vars::get(vars::ASST_NOW).filter(|text| millis_of(text).is_none()) {
        None => Ok(()),
        Some(text) => Err(format!("ASST_NOW: `{text}` is neither seconds since 1970 nor an RFC 3339 time")),
    }
}

/// Reads a point in time: whole seconds since 1970, or RFC 3339.
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
