//! Parsing of times from a server, and their form for people.

use jiff::Timestamp;
use serde_json::Value;

/// The largest number that is read as seconds, which is beyond the year 5000. A larger number is read as milliseconds.
const MILLISECONDS_ABOVE: f64 = 1e11;

/// Parses a time in any form that servers use: seconds (whole or fractional), milliseconds, or RFC 3339.
pub fn timestamp(value: &Value) -> Option<Timestamp> {
    match value {
        Value::Number(number) => {
            let (whole, float) = (number.as_i64(), number.as_f64()?);
            if float.abs() > MILLISECONDS_ABOVE {
                // The conversion is exact enough: the largest timestamp is 2.5e14 milliseconds.
                return Timestamp::from_millisecond(whole.unwrap_or(float as i64)).ok();
            }
            match whole {
                Some(seconds) => Timestamp::from_second(seconds).ok(),
                None => Timestamp::from_millisecond((float * 1e3).round() as i64).ok(),
            }
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// Returns the time since `then` in its largest unit: `42s`, `3m`, `2h`, `5d`, `4y`. For a time in the future, returns
/// a text such as `in 3m`.
pub fn age(then: Timestamp, now: Timestamp) -> String {
    const UNITS: [(i64, i64, &str); 4] =
        [(60, 1, "s"), (3600, 60, "m"), (86_400, 3600, "h"), (2 * 31_536_000, 86_400, "d")];
    let seconds = now.as_second() - then.as_second();
    let length = seconds.abs();
    let unit = UNITS.iter().find(|(below, ..)| length < *below);
    let text =
        unit.map_or_else(|| format!("{}y", length / 31_536_000), |(_, of, name)| format!("{}{name}", length / of));
    if seconds < 0 { format!("in {text}") } else { text }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_form_of_time_is_parsed() {
        let read = |value: Value| timestamp(&value).map(|time| time.to_string());
        let expected = Some("2023-11-14T22:13:20Z".to_owned());
        for value in [json!(1_700_000_000), json!(1_700_000_000.0), json!(1_700_000_000_000_i64), json!(1.7e12)] {
            assert_eq!(read(value.clone()), expected, "{value}");
        }
        assert_eq!(read(json!("2023-11-14T22:13:20+00:00")), expected);
        assert_eq!(read(json!(1_700_000_000.25)).unwrap(), "2023-11-14T22:13:20.25Z");
        for nonsense in
            [json!(null), json!("soon"), json!(1e300), json!(u64::MAX), json!(-1e300), json!([]), json!(true)]
        {
            assert_eq!(read(nonsense.clone()), None, "{nonsense}");
        }
    }

    #[test]
    fn ages_use_the_largest_unit() {
        let now = Timestamp::from_second(1_700_000_000).unwrap();
        let ago = |seconds: i64| age(Timestamp::from_second(1_700_000_000 - seconds).unwrap(), now);
        let seen = [0, 59, 60, 3599, 3600, 86_399, 86_400, 729 * 86_400, 730 * 86_400, -180].map(ago);
        assert_eq!(seen, ["0s", "59s", "1m", "59m", "1h", "23h", "1d", "729d", "2y", "in 3m"]);
    }
}
