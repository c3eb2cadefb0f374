//! Shortening of long texts for messages.

use std::borrow::Cow;

/// Returns at most `max` characters of a text. An ellipsis replaces the rest.
pub fn shorten(text: &str, max: usize) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()).into(),
        None => text.into(),
    }
}

/// Returns at most `max` characters of a text. An ellipsis replaces the middle, because the cause of an error is often
/// at its end.
pub fn shorten_middle(text: &str, max: usize) -> Cow<'_, str> {
    let count = text.chars().count();
    if count <= max {
        return text.into();
    }
    let end = max / 2;
    let start: String = text.chars().take(max - end).collect();
    let rest: String = text.chars().skip(count - end).collect();
    format!("{start}…{rest}").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_end_with_an_ellipsis() {
        for (text, max, expected) in [("日本語", 3, "日本語"), ("日本語", 2, "日本…"), ("abc", 0, "…"), ("", 0, "")]
        {
            assert_eq!(shorten(text, max), expected, "{text:?} to {max}");
        }
    }

    #[test]
    fn long_errors_keep_their_start_and_end() {
        for (text, max, expected) in [
            ("abcdef", 6, "abcdef"),
            ("abcdef", 5, "abc…ef"),
            ("日本語です", 2, "日…す"),
            ("abc", 1, "a…"),
            ("a", 0, "…"),
        ] {
            assert_eq!(shorten_middle(text, max), expected, "{text:?} to {max}");
        }
    }
}
