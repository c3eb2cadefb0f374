//! The number of words of a text. Models without a tokeniser count words as tokens.

/// Returns the number of words.
pub(super) fn count_words(text: &str) -> i64 {
    i64::try_from(text.split_whitespace().count()).unwrap_or(i64::MAX)
}
