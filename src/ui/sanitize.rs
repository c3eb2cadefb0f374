//! Removal of control characters and bidirectional formatting characters, so that text from a server or a file cannot
//! control the terminal.

use std::borrow::Cow;
use std::fmt::Write as _;

/// Returns `true` for control characters (C0, C1, DEL) and for characters that reorder text (bidi controls).
pub const fn is_unsafe(c: char) -> bool {
    matches!(c, '\0'..='\u{1f}' | '\u{7f}'..='\u{9f}' | '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// Returns the text as one line without control characters. White-space controls become a space.
pub fn sanitize(text: &str) -> Cow<'_, str> {
    replace(text, |c| matches!(c, '\t' | '\n' | '\u{b}' | '\u{c}' | '\r').then_some(' '), |_| false)
}

/// Removes control characters like [`sanitize`], but keeps line feeds and tabs.
pub fn sanitize_lines(text: &str) -> Cow<'_, str> {
    replace(text, |_| None, |c| matches!(c, '\n' | '\t'))
}

/// Escapes the characters in JSON text that JSON itself permits unescaped: DEL, C1 and bidi controls.
pub fn escape_json(json: &str) -> Cow<'_, str> {
    let raw = |c: char| is_unsafe(c) && !c.is_ascii_whitespace();
    if json.is_ascii() && !json.contains('\u{7f}') || !json.contains(raw) {
        return Cow::Borrowed(json);
    }
    let mut escaped = String::with_capacity(json.len() + 16);
    for c in json.chars() {
        if raw(c) {
            // All of these characters are in the Basic Multilingual Plane, so one escape is enough. Writing to a
            // `String` cannot fail.
            let _ = write!(escaped, "\\u{:04x}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    Cow::Owned(escaped)
}

/// Returns the text as one line in which control characters, and characters that reorder text, are escaped.
pub fn escape_line(text: &str) -> Cow<'_, str> {
    if !text.contains(is_unsafe) {
        return Cow::Borrowed(text);
    }
    let mut line = String::new();
    for character in text.chars() {
        match is_unsafe(character) {
            true => line.extend(character.escape_default()),
            false => line.push(character),
        }
    }
    Cow::Owned(line)
}

/// Removes unsafe characters, except those that `keep` accepts. `space` can return a replacement for a removed
/// character.
fn replace(text: &str, space: impl Fn(char) -> Option<char>, keep: impl Fn(char) -> bool) -> Cow<'_, str> {
    if !text.contains(|c| is_unsafe(c) && !keep(c)) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.chars().filter_map(|c| if is_unsafe(c) && !keep(c) { space(c) } else { Some(c) }).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_text_with_control_characters_stays_escape_line() {
        for (text, expected) in [
            ("sync[a.md]", "sync[a.md]"),
            ("a\n+ b\r\tc", "a\\n+ b\\r\\tc"),
            ("é\u{1b}[2J\u{9b}\u{202e}", "é\\u{1b}[2J\\u{9b}\\u{202e}"),
        ] {
            assert_eq!(escape_line(text), expected, "{text:?}");
        }
    }

    #[test]
    fn control_characters_are_removed_or_escaped() {
        assert_eq!(sanitize("a\u{1b}[31mred\u{9b}0m\tb\nc\u{202e}d"), "a[31mred0m b cd");
        assert_eq!(sanitize_lines("a\r\n\tb\u{7}"), "a\n\tb");
        assert!(matches!(sanitize("plain é 日本"), Cow::Borrowed(_)));
        assert_eq!(escape_json("{\n\"a\": \"\u{9b}x\u{7f}\u{2066}\"}"), "{\n\"a\": \"\\u009bx\\u007f\\u2066\"}");
    }

    proptest! {
        #[test]
        fn no_control_is_left(text in r"(\PC|\pC|[\x00-\x1f\x7f-\u{9f}\u{61c}\u{200e}\u{202a}-\u{202e}\u{2066}-\u{2069}]){0,40}") {
            prop_assert!(!sanitize(&text).contains(is_unsafe));
            prop_assert!(!sanitize_lines(&text).contains(|c| is_unsafe(c) && c != '\n' && c != '\t'));
            let json = serde_json::to_string(&text).unwrap();
            let escaped = escape_json(&json);
            prop_assert!(!escaped.contains(is_unsafe));
            prop_assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text);
        }
    }
}
