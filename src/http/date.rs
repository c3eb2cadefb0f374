//! Dates in headers: `Date` and `Retry-After` (RFC 9110, section 5.6.7).

use std::time::UNIX_EPOCH;

/// Parses a date in any of the three forms of HTTP, or in the form of mail (RFC 2822), which may have a time zone
/// offset. Returns seconds since 1970, or `None` if the text has none of these forms.
pub fn parse_date(text: &str) -> Option<i64> {
    let text = text.trim();
    let http = httpdate::parse_http_date(text).ok().and_then(|date| date.duration_since(UNIX_EPOCH).ok());
    match http {
        Some(since) => i64::try_from(since.as_secs()).ok(),
        None => jiff::fmt::rfc2822::parse(text).ok().map(|date| date.timestamp().as_second()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_form_of_a_date_is_parsed() {
        for text in [
            "Sun, 06 Nov 1994 08:49:37 GMT",
            " Sun, 06 Nov 1994 08:49:37 GMT ",
            "Sunday, 06-Nov-94 08:49:37 GMT",
            "Sun Nov  6 08:49:37 1994",
            "Sun, 06 Nov 1994 09:49:37 +0100",
        ] {
            assert_eq!(parse_date(text), Some(784_111_777), "{text}");
        }
        for text in ["", "yesterday", "784111777", "99 Foo 1994", "1994-11-06T08:49:37Z"] {
            assert_eq!(parse_date(text), None, "{text}");
        }
    }
}
