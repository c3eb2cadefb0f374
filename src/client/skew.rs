//! The difference between the local clock and that of the backend, measured with the `Date` header of responses.

use crate::http::{HeaderMap, parse_date};
use std::sync::{Mutex, PoisonError};

/// The result of the measurements so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClockSkew {
    /// No response had a `Date` header.
    #[default]
    Unknown,
    /// A response had a `Date` header that is not a date, so the header of this backend is not reliable.
    Unreadable,
    /// The largest measured difference in seconds. Positive if the local clock is ahead.
    Seconds(i64),
}

/// The difference between the clocks, measured over all responses.
#[derive(Debug, Default)]
pub(super) struct SkewMeter(Mutex<ClockSkew>);

impl SkewMeter {
    /// Measures the difference with the headers of a response. A cached response has the `Date` of its creation, so its
    /// `Age` is added. An unreadable date overrides all measurements, because a decision about ages must not rely on
    /// the other ones.
    pub(super) fn record(&self, headers: &HeaderMap, now: i64) {
        let Some(date) = headers.get("date").filter(|date| !date.is_empty()) else { return };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(date) = date.to_str().ok().map(str::trim).and_then(parse_date) else {
            *known = ClockSkew::Unreadable;
            return;
        };
        let age = headers.get("age").and_then(|age| age.to_str().ok()?.trim().parse::<u32>().ok()).unwrap_or_default();
        let skew = now.saturating_sub(date.saturating_add(age.into()));
        *known = match *known {
            ClockSkew::Unreadable => ClockSkew::Unreadable,
            ClockSkew::Seconds(largest) if largest.saturating_abs() >= skew.saturating_abs() => {
                ClockSkew::Seconds(largest)
            }
            ClockSkew::Unknown | ClockSkew::Seconds(_) => ClockSkew::Seconds(skew),
        };
    }

    /// Returns the result so far.
    pub(super) fn get(&self) -> ClockSkew {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::http::HeaderValue;

    /// Sun, 06 Nov 1994 08:49:37 GMT.
    const THEN: i64 = 784_111_777;

    #[test]
    fn the_largest_difference_counts() {
        let skew = SkewMeter::default();
        let record = |date: &'static str, age: Option<&'static str>, now| {
            let mut headers = HeaderMap::new();
            headers.insert("date", HeaderValue::from_static(date));
            age.map(|age| headers.insert("age", HeaderValue::from_static(age)));
            skew.record(&headers, now);
            skew.get()
        };
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(record(date, None, THEN), ClockSkew::Seconds(0));
        assert_eq!(record(date, Some("60"), THEN + 61), ClockSkew::Seconds(1));
        assert_eq!(record(date, None, THEN - 7), ClockSkew::Seconds(-7));
        assert_eq!(record(date, None, THEN + 3), ClockSkew::Seconds(-7));
        assert_eq!(record(date, Some("x"), THEN + 400), ClockSkew::Seconds(400));
    }

    #[test]
    fn an_unreadable_date_overrides_all_measurements() {
        for date in ["yesterday", "784111777", "99 Foo 1994"] {
            let skew = SkewMeter::default();
            assert_eq!(skew.get(), ClockSkew::Unknown, "{date:?}");
            skew.record(&HeaderMap::new(), THEN);
            assert_eq!(skew.get(), ClockSkew::Unknown, "{date:?}");
            for text in ["Sun, 06 Nov 1994 08:49:37 GMT", date, "Sun, 06 Nov 1994 08:49:37 GMT"] {
                skew.record(&[("date".parse().unwrap(), HeaderValue::from_static(text))].into_iter().collect(), THEN);
            }
            assert_eq!(skew.get(), ClockSkew::Unreadable, "{date}");
        }
    }
}
