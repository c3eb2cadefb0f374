//! The display of a wrong expression with a mark below the wrong column.

use super::ExpressionError;
use std::fmt::Write;
use unicode_width::UnicodeWidthChar;

/// The characters that are shown before and after the wrong column.
const BEFORE: usize = 50;
const AFTER: usize = 30;

impl ExpressionError {
    /// Returns the part of the expression around the wrong column in one line, and a caret below that column.
    pub fn marked(&self, expression: &str) -> String {
        let at = self.column.saturating_sub(1);
        let first = at.saturating_sub(BEFORE);
        let shown: Vec<char> = expression.chars().skip(first).take(BEFORE + AFTER).map(printable).collect();
        let is_cut = expression.chars().nth(first + shown.len()).is_some();
        let mut line = String::from(if first > 0 { "…" } else { "" });
        let mut indent = usize::from(first > 0);
        for (offset, c) in shown.into_iter().enumerate() {
            indent += if first + offset < at { c.width().unwrap_or(0) } else { 0 };
            line.push(c);
        }
        let _ = write!(line, "{}\n{:indent$}^", if is_cut { "…" } else { "" }, "");
        line
    }
}

/// Replaces a character that would break the line or has no width of its own.
fn printable(c: char) -> char {
    if c.is_whitespace() {
        ' '
    } else if c.is_control() {
        '\u{fffd}'
    } else {
        c
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use crate::search::filter::Filter;
    use proptest::prelude::*;

    fn marked(expression: &str) -> String {
        expression.parse::<Filter>().unwrap_err().marked(expression)
    }

    #[test]
    fn the_caret_is_below_the_wrong_column() {
        assert_eq!(marked("team = hr"), "team = hr\n       ^");
        assert_eq!(marked("team = \"hr\" and"), "team = \"hr\" and\n               ^");
        assert_eq!(marked("a = 1\nand = 2"), "a = 1 and = 2\n          ^", "a line break becomes a space");
        assert_eq!(marked("\"部署\" ~ 1"), "\"部署\" ~ 1\n       ^", "wide characters take two columns");
    }

    #[test]
    fn only_the_part_around_the_wrong_column_of_a_long_expression_is_shown() {
        let long = format!("{}team = hr{}", "a = 1 and ".repeat(100), " or b = 2".repeat(100));
        let text = marked(&long);
        let (line, caret) = text.split_once('\n').unwrap();
        assert!(line.starts_with('…') && line.ends_with('…') && line.chars().count() < 90, "{text}");
        assert_eq!(line.chars().nth(caret.chars().count() - 1), Some('h'), "{text}");
    }

    proptest! {
        #[test]
        fn no_expression_panics(expression in r#"(\PC|\pC|[ \n\t"=<>()]|and|in){0,40}"#) {
            if let Err(error) = expression.parse::<Filter>() {
                prop_assert_eq!(error.marked(&expression).lines().count(), 2);
            }
        }
    }
}
