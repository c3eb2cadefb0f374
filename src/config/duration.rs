//! Durations as the configuration and the flags write them: `30s`, `5m`, `1h30m`, `30d`, or whole seconds.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A duration that is longer than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span(pub Duration);

/// A duration that is longer than nothing, and may be many years: how old something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(pub Duration);

/// A year is far above any time limit that is meant, and far below what timers cannot add to the clock.
const LONGEST_SPAN: Duration = Duration::from_secs(366 * 86_400);
const LONGEST_AGE: Duration = Duration::from_secs(100 * 366 * 86_400);

fn read(text: &str, longest: Duration) -> Result<Duration, String> {
    let refused = || format!("`{text}` is no duration; write `30s`, `5m`, `1h30m`, `30d` or seconds");
    // A day is a calendar's to a library, and 24 hours to everyone who writes `30d` here.
    let days = text.strip_suffix('d').and_then(|days| days.parse::<u64>().ok());
    let duration = match (text.parse::<u64>(), days) {
        (Ok(seconds), _) => Duration::from_secs(seconds),
        (_, Some(days)) => Duration::from_secs(days.saturating_mul(86_400)),
        _ => {
            let signed: jiff::SignedDuration = text.parse().map_err(|_| refused())?;
            Duration::try_from(signed).map_err(|_| refused())?
        }
    };
    if duration.is_zero() || duration > longest { Err(refused()) } else { Ok(duration) }
}

impl FromStr for Span {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text, LONGEST_SPAN).map(Self)
    }
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        read(text, LONGEST_AGE).map(Self)
    }
}

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor(LONGEST_SPAN)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor(LONGEST_AGE)).map(Self)
    }
}

/// Reads a duration of a file, up to the longest.
struct DurationVisitor(Duration);

impl Visitor<'_> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a duration such as \"30s\", or seconds")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        // Without the text, which may be a key in the wrong line.
        read(text, self.0).map_err(|_| E::custom("no duration; write \"30s\", \"5m\", \"1h30m\", \"30d\" or seconds"))
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Duration, E> {
        self.visit_str(&seconds.to_string())
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Duration, E> {
        self.visit_str(&seconds.to_string())
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
        assert_eq!(seconds("30d"), Some(2_592_000.0));
        for bad in ["0", "-5s", "soon", "", "99999999999999999", "9999999999999999d"] {
            assert_eq!(seconds(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_age_may_be_of_years() {
        let days = |text: &str| text.parse::<Age>().ok().map(|age| age.0.as_secs() / 86_400);
        assert_eq!((days("730d"), days("1h")), (Some(730), Some(0)));
        for bad in ["0", "-5d", "40000d", "9999999999999999d", ""] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }
}
