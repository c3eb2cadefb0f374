//! Detects the boundaries of IDs. A pure function of its input.
//!
//! A letter or digit directly before an ID usually belongs to another word. At the end of an escape sequence it does
//! not, because the sequence represents a separate character.

/// The number of bytes before an ID that a check may need.
pub(super) const LONGEST: usize = 24;

/// The maximum indentation of a continued line.
const LONGEST_INDENT: usize = 64;

/// Returns `true` if a byte can be part of a word.
pub(super) const fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-'
}

/// Returns `true` if an ID may begin after these bytes.
pub(super) fn begins_after(before: &[u8]) -> bool {
    match before {
        [] => true,
        [.., last] if !is_word(*last) => true,
        [.., b'-', b'-'] => true,
        _ => escape(&before[before.len().saturating_sub(LONGEST)..]),
    }
}

/// Returns `true` if an ID may end before these bytes.
pub(super) fn ends_before(behind: &[u8]) -> bool {
    match behind {
        [] => true,
        [first, ..] if !is_word(*first) => true,
        [b'-', b'-', ..] => true,
        [b'_', b'x', a, b, c, d, b'_', ..] => [a, b, c, d].iter().all(|digit| digit.is_ascii_hexdigit()),
        _ => false,
    }
}

/// Returns `true` if the text is enclosed in equal runs of underscores, as for emphasis in Markdown.
pub(super) fn emphasized(before: &[u8], behind: &[u8]) -> bool {
    let opening = before.iter().rev().take_while(|byte| **byte == b'_').count();
    let closing = behind.iter().take_while(|byte| **byte == b'_').count();
    (1..=3).contains(&opening)
        && opening == closing
        && begins_after(&before[..before.len() - opening])
        && ends_before(&behind[closing..])
}

/// Returns `true` if the bytes end with an escape sequence.
fn escape(before: &[u8]) -> bool {
    backslash(before) || marked(before) || entity(before) || control(before)
}

/// Returns `true` for `\n`, `\_`, `\0`, `\x22`, `\042`, `\u0022` and `\U00000022`, the notations of programming
/// languages, JSON, logs and SQL.
fn backslash(before: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'\\', before) else { return false };
    match &before[at + 1..] {
        [_] => true,
        [b'x', digits @ ..] => digits.len() <= 2 && hex(digits),
        [b'u', digits @ ..] => digits.len() == 4 && hex(digits),
        [b'U', digits @ ..] => digits.len() == 8 && hex(digits),
        // Octal, and the hexadecimal notation of CSS and LDAP.
        digits => digits.len() <= 6 && hex(digits),
    }
}

/// Returns `true` for `%2F`, `%252F`, `%u0022`, `=3D`, `#012`, `^M` and `_x000D_`.
fn marked(before: &[u8]) -> bool {
    match before {
        [.., b'_', b'x', a, b, c, d, b'_'] => hex(&[*a, *b, *c, *d]),
        [.., b'%', b'u', a, b, c, d] => hex(&[*a, *b, *c, *d]),
        [.., b'#', a, b, c] if [a, b, c].iter().all(|digit| (b'0'..=b'7').contains(digit)) => true,
        [.., b'^', caret] => matches!(caret, b'@'..=b'_'),
        [rest @ .., a, b] if hex(&[*a, *b]) => {
            let mut rest = rest;
            // The percent sign itself may be encoded, once or several times.
            while let [shorter @ .., b'2', b'5'] = rest {
                rest = shorter;
            }
            matches!(rest, [.., b'%' | b'='])
        }
        _ => false,
    }
}

/// Returns `true` for `&quot` and `&#34` without a semicolon.
fn entity(before: &[u8]) -> bool {
    let Some(at) = memchr::memrchr(b'&', before) else { return false };
    match &before[at + 1..] {
        b"quot" | b"amp" | b"lt" | b"gt" | b"apos" | b"nbsp" => true,
        [b'#', b'x' | b'X', digits @ ..] => digits.len() <= 6 && hex(digits),
        [b'#', digits @ ..] => !digits.is_empty() && digits.iter().all(u8::is_ascii_digit),
        _ => false,
    }
}

/// Returns `true` for sequences such as `ESC [ 1;31 m`, which colour a terminal, even if the escape character is
/// missing.
fn control(before: &[u8]) -> bool {
    let [rest @ .., last] = before else { return false };
    let parameters = rest.iter().rev().take_while(|byte| matches!(byte, b'0'..=b'9' | b';' | b':' | b'?')).count();
    let short = matches!(rest, [.., 0x1b] | [.., 0x1b, b'(' | b')']);
    last.is_ascii_alphabetic() && (short || rest[..rest.len() - parameters].ends_with(b"["))
}

/// Returns the length of the indentation of a continued line, including quote and comment marks such as `>` and `#`.
pub(super) fn indent(line: &[u8]) -> usize {
    line.iter().take(LONGEST_INDENT).take_while(|byte| matches!(byte, b' ' | b'\t' | b'>' | b'|' | b'#')).count()
}

fn hex(digits: &[u8]) -> bool {
    !digits.is_empty() && digits.iter().all(u8::is_ascii_hexdigit)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_escape_is_a_boundary_in_every_notation() {
        for before in [
            "",
            " ",
            "\"",
            "/",
            "ä",
            "one line\\n",
            "\\t",
            "\\r\\n",
            "\\0",
            "\\Z",
            "\\_",
            "\\x22",
            "\\x0A",
            "\\x0a",
            "\\042",
            "\\33",
            "\\u0022",
            "\\u000a",
            "\\U0001F600",
            "\\u{1F600}",
            "\\22",
            "%2F",
            "%2f",
            "%252F",
            "%25252F",
            "%u0022",
            "=3D",
            "=0A",
            "#012",
            "#011",
            "^M",
            "^I",
            "^[",
            "_x000D_",
            "_x000a_",
            "&quot;",
            "&quot",
            "&#34;",
            "&#34",
            "&#x22",
            "&amp",
            "\u{1b}[0m",
            "\u{1b}[1;31m",
            "\u{1b}[K",
            "\u{1b}[?25l",
            "\u{1b}[38;2;1;2;3m",
            "\u{1b}(B",
            "\u{1b}c",
            "\\e[0m",
            "\\033[0m",
            "\\x1b[32m",
            "\\u001b[1m",
            "#033[0m",
            "^[[0m",
            "[0m",
            "--",
            "<!--",
        ] {
            let behind = |word: &str| if before.is_empty() { String::new() } else { format!("{word}{before}") };
            for text in [behind(""), behind("xyz"), behind("5")] {
                assert!(begins_after(text.as_bytes()), "{text:?}");
            }
        }
    }

    #[test]
    fn a_word_before_an_id_is_not_a_boundary() {
        for before in
            ["x", "my_", "a-", "2", "3D", "x3D", "_", "x22", "n", "[x1", "%2", "%", "=", "\\xyz", "quot", "#99", "^m"]
        {
            let wanted = matches!(before, "%" | "=");
            assert_eq!(begins_after(format!("text {before}").as_bytes()), wanted, "{before:?}");
        }
    }

    #[test]
    fn an_id_ends_if_no_word_character_follows() {
        for behind in ["", "\"", "\\n", "%2F", "&quot;", "_x000D_", "-->", "\u{1b}[0m", ".", "ä", "=3D", "\0"] {
            assert!(ends_before(behind.as_bytes()), "{behind:?}");
        }
        for behind in ["x", "_2", "-2", "_xyz_", "_"] {
            assert!(!ends_before(behind.as_bytes()), "{behind:?}");
        }
        assert!(emphasized(b"see _", b"_.") && emphasized(b"__", b"__") && emphasized(b"\\n_", b"_\\n"));
        assert!(
            !emphasized(b"my_", b"_x") && !emphasized(b"_", b"__") && !emphasized(b"x", b"") && !emphasized(b"", b"")
        );
    }
}
