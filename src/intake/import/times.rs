//! Parses the notations of time in application tables. The module must not depend on the column.

use crate::ui::shorten;
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use serde_json::Value;

/// A time, and whether its zone was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ParsedTime {
    pub(super) seconds: i64,
    pub(super) zone: Zone,
}

/// The source of the zone of a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zone {
    Given,
    /// No zone was given, so UTC was assumed.
    Assumed,
}

/// The values from which a number counts microseconds or nanoseconds. Smaller numbers count seconds or milliseconds.
const MICROSECONDS: i64 = 100_000_000_000_000;
const NANOSECONDS: i64 = 100_000_000_000_000_000;

/// Parses a time.
///
/// # Errors
/// Returns a message with the supported forms if the value is not a time.
pub(super) fn parse(value: &Value) -> Result<ParsedTime, String> {
    let found = match value {
        Value::Number(number) => {
            number.as_i64().and_then(parse_whole_number).or_else(|| with_zone(crate::view::timestamp(value)?))
        }
        Value::String(text) => {
            text.trim().parse().ok().and_then(parse_whole_number).or_else(|| parse_text(text.trim()))
        }
        _ => None,
    };
    found.ok_or_else(|| {
        let text = crate::json::unquoted(value);
        let text = shorten(&text, 40);
        format!(
            "`{}` is not a time: expected Unix seconds, 2026-11-21T09:30:00Z or 2026-11-21 09:30:00; --ignore-column \
             ignores the column",
            text.escape_debug()
        )
    })
}

#[allow(clippy::unnecessary_wraps)]
fn with_zone(time: Timestamp) -> Option<ParsedTime> {
    Some(ParsedTime { seconds: time.as_second(), zone: Zone::Given })
}

fn in_utc(time: DateTime) -> Option<ParsedTime> {
    let time = time.to_zoned(TimeZone::UTC).ok()?.timestamp();
    Some(ParsedTime { seconds: time.as_second(), zone: Zone::Assumed })
}

/// Parses a whole number: either a date without separators, or a Unix time.
fn parse_whole_number(number: i64) -> Option<ParsedTime> {
    let date = |number: i64, time: [i64; 3]| {
        let part = |value: i64| i8::try_from(value).ok();
        let year = i16::try_from(number / 10_000).ok().filter(|year| (2000..2100).contains(year))?;
        let [hour, minute, second] = time;
        let (month, day) = (part(number / 100 % 100)?, part(number % 100)?);
        in_utc(DateTime::new(year, month, day, part(hour)?, part(minute)?, part(second)?, 0).ok()?)
    };
    let compact = date(number, [0; 3]);
    let compact =
        compact.or_else(|| date(number / 1_000_000, [number / 10_000 % 100, number / 100 % 100, number % 100]));
    compact.or_else(|| match number.checked_abs()? {
        NANOSECONDS.. => with_zone(Timestamp::from_second(number / 1_000_000_000).ok()?),
        MICROSECONDS.. => with_zone(Timestamp::from_microsecond(number).ok()?),
        _ => with_zone(crate::view::timestamp(&number.into())?),
    })
}

fn parse_text(text: &str) -> Option<ParsedTime> {
    let utc = [" UTC", " GMT", " utc", "UTC"].iter().find_map(|zone| text.strip_suffix(zone));
    let plain = utc.unwrap_or(text).trim_end();
    // A space may precede the offset: `09:30:00 +0000`.
    let joined = plain.rsplit_once(" +").map(|(time, offset)| format!("{time}+{offset}"));
    let joined = joined.or_else(|| plain.rsplit_once(" -").map(|(time, offset)| format!("{time}-{offset}")));
    let joined = joined.unwrap_or_else(|| plain.to_owned());
    let dashed = if joined.get(4..5) == Some("/") { joined.replacen('/', "-", 2) } else { joined };
    if let Ok(time) = dashed.parse::<Timestamp>() {
        return with_zone(time);
    }
    if let Ok(time) = dashed.parse::<DateTime>() {
        let zone = if utc.is_some() { Zone::Given } else { Zone::Assumed };
        return in_utc(time).map(|read| ParsedTime { zone, ..read });
    }
    if let Ok(fraction) = text.parse::<f64>() {
        return with_zone(crate::view::timestamp(&fraction.into())?);
    }
    with_zone(jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(text).ok()?)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    const TIME: i64 = 1_700_000_000;

    #[test]
    fn every_common_form_of_time_is_read() {
        for text in [
            "1700000000",
            "1700000000.0",
            "1700000000000",
            "1700000000000000",
            "1700000000000000000",
            "2023-11-14T22:13:20Z",
            "2023-11-14 22:13:20 UTC",
            "2023-11-14 22:13:20+00",
            "2023-11-14 22:13:20.123456+00",
            "2023-11-14 22:13:20+00:00",
            "2023-11-14 22:13:20 +0000",
            "2023-11-14 22:13:20.5 +0000 UTC",
            "2023-11-14T23:13:20+01:00",
            "Tue, 14 Nov 2023 22:13:20 GMT",
            "Tue, 14 Nov 2023 22:13:20 +0000",
        ] {
            assert_eq!(parse(&json!(text)), Ok(ParsedTime { seconds: TIME, zone: Zone::Given }), "{text}");
        }
        for number in [json!(TIME), json!(1_700_000_000.25), json!(TIME * 1000), json!(TIME * 1_000_000)] {
            assert_eq!(parse(&number), Ok(ParsedTime { seconds: TIME, zone: Zone::Given }), "{number}");
        }
    }

    #[test]
    fn a_time_without_a_zone_is_read_as_utc() {
        for text in [
            "2023-11-14 22:13:20",
            "2023-11-14T22:13:20",
            "2023-11-14 22:13:20.123",
            "2023/11/14 22:13:20",
            "20231114221320",
        ] {
            assert_eq!(parse(&json!(text)), Ok(ParsedTime { seconds: TIME, zone: Zone::Assumed }), "{text}");
        }
        for text in ["2023-11-14", "20231114", "2023/11/14", "2023-11-14 00:00:00"] {
            assert_eq!(parse(&json!(text)).unwrap().seconds, TIME - 80_000, "{text}");
        }
    }

    #[test]
    fn anything_else_is_not_a_time() {
        for value in [
            json!("soon"),
            json!("14.11.2023"),
            json!(""),
            json!(true),
            json!(i64::MIN),
            json!(1e300),
            json!("11/14/2023"),
        ] {
            let error = parse(&value).unwrap_err();
            assert!(error.contains("is not a time") && error.contains("--ignore-column"), "{error}");
        }
    }
}
