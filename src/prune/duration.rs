//! Durations in the reasons of verdicts.

/// Returns a time relative to now: `3d ago`, or `3d in the future` for a negative age.
pub(super) fn relative_time(age: i64) -> String {
    match age {
        ..0 => format!("{} in the future", format_duration(age.saturating_neg())),
        age => format!("{} ago", format_duration(age)),
    }
}

/// Returns a duration in its largest whole unit, such as `3d`.
pub(super) fn format_duration(seconds: i64) -> String {
    const UNITS: [(i64, &str); 3] = [(86_400, "d"), (3_600, "h"), (60, "m")];
    let unit = UNITS.iter().find(|(length, _)| seconds >= *length);
    unit.map_or_else(|| format!("{seconds}s"), |(length, name)| format!("{}{name}", seconds / length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_use_the_largest_whole_unit() {
        for (age, expected) in [
            (0, "0s ago"),
            (59, "59s ago"),
            (7_199, "1h ago"),
            (172_799, "1d ago"),
            (-90, "1m in the future"),
            (i64::MIN, "106751991167300d in the future"),
        ] {
            assert_eq!(relative_time(age), expected, "{age}");
        }
    }
}
