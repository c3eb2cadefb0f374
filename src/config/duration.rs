//! Durations as the configuration and the flags write them: `30s`, `5m`, `1h30m`, or whole seconds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A duration that is longer than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refused = || format!("`{text}` is no duration; write `30s`, `5m`, `1h30m`, `7d` or seconds");
        let (days, rest) = days(text).ok_or_else(refused)?;
        let clock = match rest.parse::<u64>() {
            Ok(seconds) if days.is_zero() => Duration::from_secs(seconds),
            Ok(_) => return Err(refused()),
            Err(_) if rest.is_empty() && !days.is_zero() => Duration::ZERO,
            Err(_) => {
                let signed: jiff::SignedDuration = rest.parse().map_err(|_| refused())?;
                Duration::try_from(signed).map_err(|_| refused())?
            }
        };
        let duration = days.saturating_add(clock);
        // A year is far above anything meant, and far below what timers cannot add to the clock.
        if duration.is_zero() || duration > Duration::from_secs(366 * 86_400) {
            Err(refused())
        } else {
            Ok(Self(duration))
        }
    }
}

/// Takes weeks and days off the front: 24 hours each day, whatever the calendar says.
fn days(text: &str) -> Option<(Duration, &str)> {
    let mut rest = text;
    let mut days = 0_u64;
    for (unit, length) in [('w', 7), ('d', 1)] {
        if let Some((count, behind)) = rest.split_once(unit)
            && let Ok(count) = count.parse::<u64>()
        {
            days = days.checked_add(count.checked_mul(length)?)?;
            rest = behind;
        }
    }
    Some((Duration::from_secs(days.checked_mul(86_400)?), rest))
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct SpanVisitor;
        impl Visitor<'_> for SpanVisitor {
            type Value = Span;

            fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.write_str("a duration such as \"30s\", or seconds")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Span, E> {
                // Without the text, which may be a key in the wrong line.
                text.parse().map_err(|_| E::custom("no duration; write \"30s\", \"5m\", \"1h30m\" or seconds"))
            }

            fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Span, E> {
                self.visit_str(&seconds.to_string())
            }

            fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Span, E> {
                self.visit_str(&seconds.to_string())
            }
        }
        deserializer.deserialize_any(SpanVisitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_friendly_or_seconds() {
        let seconds = |text: &str| text.parse::<Span>().ok().map(|span| span.0.as_secs_f64());
        assert_eq!(seconds("30s"), Some(30.0));
        assert_eq!(seconds("1h30m"), Some(5400.0));
        assert_eq!(seconds("250ms"), Some(0.25));
        assert_eq!(seconds("90"), Some(90.0));
        assert_eq!(seconds("7d"), Some(604_800.0));
        assert_eq!(seconds("1w1d12h"), Some(734_400.0));
        for bad in ["0", "-5s", "soon", "", "99999999999999999", "0d", "d", "1d12", "1d1d", "9999999999999999999d"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }
}
