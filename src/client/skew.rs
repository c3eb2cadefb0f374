//! The difference between the local clock and that of the backend, measured with the `Date` header of responses.

use crate::http::{HeaderMap, parse_date};
use std::sync::{Mutex, PoisonError};

/// The largest measured difference, in seconds. Positive if the local clock is ahead.
#[derive(Debug, Default)]
pub(super) struct Skew(Mutex<Option<i64>>);

impl Skew {
    /// Measures the difference with the headers of a response. A cached response has the `Date` of its creation, so its
    /// `Age` is added.
    pub(super) fn note(&self, headers: &HeaderMap, now: i64) {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
        let Some(date) = text("date").and_then(parse_date) else { return };
        let age = text("age").and_then(|text| text.parse::<u32>().ok()).unwrap_or_default();
        let skew = now.saturating_sub(date.saturating_add(age.into()));
        let mut largest = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if largest.is_none_or(|largest| largest.saturating_abs() < skew.saturating_abs()) {
            *largest = Some(skew);
        }
    }

    /// Returns the largest difference so far, or `None` if no response had a date.
    pub(super) fn get(&self) -> Option<i64> {
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
        let skew = Skew::default();
        let note = |date: &'static str, age: Option<&'static str>, now| {
            let mut headers = HeaderMap::new();
            headers.insert("date", HeaderValue::from_static(date));
            age.map(|age| headers.insert("age", HeaderValue::from_static(age)));
            skew.note(&headers, now);
            skew.get()
        };
        for nothing in ["", "yesterday", "784111777", "99 Foo 1994"] {
            assert_eq!(note(nothing, None, THEN), None, "{nothing}");
        }
        let date = "Sun, 06 Nov 1994 08:49:37 GMT";
        assert_eq!(note(date, None, THEN), Some(0));
        assert_eq!(note(date, Some("60"), THEN + 61), Some(1));
        assert_eq!(note(date, None, THEN - 7), Some(-7));
        assert_eq!(note(date, None, THEN + 3), Some(-7));
        assert_eq!(note(date, Some("x"), THEN + 400), Some(400));
    }
}
