//! Durations in the configuration and in flags: `30s`, `5m`, `1h30m`, `30d`. Time limits may also be whole seconds
//! without a unit. An age needs a unit, because it decides about deletion.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use serde::de::{self, Deserialize, Deserializer, Visitor};

/// A time limit: a duration above zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimeLimit(pub Duration);

/// An age: a duration of at least one second, which may span many years.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Age(pub Duration);

/// The age in seconds below which nothing is pruned, unless a flag or a rule states another
/// (docs/design/orphans.md#general-rules).
pub const DEFAULT_GRACE: i64 = 30 * 86_400;

/// The rules for one type of duration.
#[derive(Debug, Clone, Copy)]
struct DurationRules {
    shortest: Duration,
    longest: Duration,
    /// `true` if a number without a unit is accepted as seconds.
    bare: bool,
    forms: &'static str,
}

/// The rules for a time limit. A year is far above any useful limit, and far below the overflow of timers.
const TIME_LIMIT: DurationRules = DurationRules {
    shortest: Duration::from_nanos(1),
    longest: Duration::from_secs(366 * 86_400),
    bare: true,
    forms: "`30s`, `5m`, `1h30m`, `30d` or seconds",
};
/// The rules for an age.
const AGE: DurationRules = DurationRules {
    shortest: Duration::from_secs(1),
    longest: Duration::from_secs(100 * 366 * 86_400),
    bare: false,
    forms: "`30s`, `5m`, `1h30m` or `30d`",
};

/// The reason why a text is not a valid duration.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DurationError {
    NoDuration,
    NoUnit,
    TooShort,
    TooLong,
}

impl DurationRules {
    fn read(&self, text: &str) -> Result<Duration, DurationError> {
        // The library treats a day as a calendar unit. Here `30d` always means 30 times 24 hours.
        let number = |text: &str| text.parse::<u64>().ok();
        let duration = match (number(text), text.strip_suffix('d').and_then(number)) {
            (Some(0), _) => Duration::ZERO,
            (Some(_), _) if !self.bare => return Err(DurationError::NoUnit),
            (Some(seconds), _) => Duration::from_secs(seconds),
            (_, Some(days)) => Duration::from_secs(days.saturating_mul(86_400)),
            _ => {
                let signed: jiff::SignedDuration = text.parse().map_err(|_| DurationError::NoDuration)?;
                Duration::try_from(signed).map_err(|_| DurationError::TooShort)?
            }
        };
        match duration {
            duration if duration < self.shortest => Err(DurationError::TooShort),
            duration if duration > self.longest => Err(DurationError::TooLong),
            duration => Ok(duration),
        }
    }

    fn message(&self, error: DurationError, text: &str) -> String {
        match self.reason(error) {
            DurationError::NoDuration => format!("expected a duration, got `{text}`; write {}", self.forms),
            DurationError::NoUnit => {
                format!("`{text}` has no unit; write `{text}d`, `{text}h`, `{text}m` or `{text}s`")
            }
            DurationError::TooShort => format!("expected a duration of at least 1s, got `{text}`"),
            DurationError::TooLong => {
                format!("expected a duration of at most {}d, got `{text}`", self.longest.as_secs() / 86_400)
            }
        }
    }

    /// Returns the error message for a file. It omits the text, because a misplaced line may contain a key.
    fn message_for_file(&self, error: DurationError) -> String {
        match self.reason(error) {
            DurationError::NoDuration => {
                let quote = if self.bare { "\"" } else { "" };
                format!("expected a duration; write {}", self.forms.replace('`', quote))
            }
            DurationError::NoUnit => "expected a duration with a unit; write 90d, 12h, 5m or 30s".to_owned(),
            DurationError::TooShort => "a duration must be at least 1s".to_owned(),
            DurationError::TooLong => format!("a duration must be at most {}d", self.longest.as_secs() / 86_400),
        }
    }

    /// Returns the reason to report. A time limit has one message for every reason, because its limits are far from any
    /// useful value.
    fn reason(&self, error: DurationError) -> DurationError {
        if self.bare { DurationError::NoDuration } else { error }
    }
}

impl FromStr for TimeLimit {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        TIME_LIMIT.read(text).map(Self).map_err(|error| TIME_LIMIT.message(error, text))
    }
}

impl FromStr for Age {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        AGE.read(text).map(Self).map_err(|error| AGE.message(error, text))
    }
}

impl<'de> Deserialize<'de> for TimeLimit {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor(TIME_LIMIT)).map(Self)
    }
}

impl<'de> Deserialize<'de> for Age {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DurationVisitor(AGE)).map(Self)
    }
}

/// A serde visitor that reads a duration within limits.
struct DurationVisitor(DurationRules);

impl Visitor<'_> for DurationVisitor {
    type Value = Duration;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(if self.0.bare { "a duration such as \"30s\", or seconds" } else { "a duration such as \"30d\"" })
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        self.0.read(text).map_err(|error| E::custom(self.0.message_for_file(error)))
    }

    fn visit_i64<E: de::Error>(self, seconds: i64) -> Result<Duration, E> {
        self.visit_str(&seconds.to_string())
    }

    fn visit_u64<E: de::Error>(self, seconds: u64) -> Result<Duration, E> {
        self.visit_str(&seconds.to_string())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn a_time_limit_has_units_or_is_in_seconds() {
        let seconds = |text: &str| text.parse::<TimeLimit>().ok().map(|span| span.0.as_secs_f64());
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
    fn an_age_may_span_years() {
        let days = |text: &str| text.parse::<Age>().ok().map(|age| age.0.as_secs() / 86_400);
        assert_eq!((days("730d"), days("1h"), days("1h30m"), days("1s")), (Some(730), Some(0), Some(0), Some(0)));
        for bad in ["0", "-5d", "40000d", "9999999999999999d", ""] {
            assert_eq!(days(bad), None, "{bad}");
        }
    }

    #[test]
    fn the_error_for_an_age_without_a_unit_lists_the_units() {
        let refused = |text: &str| text.parse::<Age>().unwrap_err();
        assert_eq!(refused("90"), "`90` has no unit; write `90d`, `90h`, `90m` or `90s`");
        for short in ["0s", "0", "0d", "500ms", "-5s"] {
            assert_eq!(refused(short), format!("expected a duration of at least 1s, got `{short}`"), "{short}");
        }
        assert_eq!(refused("40000d"), "expected a duration of at most 36600d, got `40000d`");
        assert_eq!(refused("soon"), "expected a duration, got `soon`; write `30s`, `5m`, `1h30m` or `30d`");
        assert_eq!(
            "0".parse::<TimeLimit>().unwrap_err(),
            "expected a duration, got `0`; write `30s`, `5m`, `1h30m`, `30d` or seconds"
        );
    }
}
