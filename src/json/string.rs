//! String literals: escapes and surrogate pairs.

use super::cursor::ByteCursor;
use super::error::Error;

/// Parses the string that begins with the quote at the current position.
pub(super) fn parse(cursor: &mut ByteCursor<'_>) -> Result<String, Error> {
    cursor.advance(1);
    let start = skip_plain(cursor)?;
    let mut out = cursor.slice(start, cursor.position()).to_owned();
    if cursor.peek() == Some(b'"') {
        cursor.advance(1);
        return Ok(out);
    }
    loop {
        // `skip_plain` stops only at a quote or a backslash.
        if cursor.peek() == Some(b'"') {
            cursor.advance(1);
            // Spare capacity would otherwise be kept as long as the value.
            out.shrink_to_fit();
            return Ok(out);
        }
        cursor.advance(1);
        out.push(escape(cursor)?);
        let start = skip_plain(cursor)?;
        out.push_str(cursor.slice(start, cursor.position()));
    }
}

/// Skips to the next quote or backslash, and returns the position before the skip.
fn skip_plain(cursor: &mut ByteCursor<'_>) -> Result<usize, Error> {
    let (start, rest) = (cursor.position(), cursor.rest());
    let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
    cursor.advance(stop.unwrap_or(rest.len()));
    match cursor.peek() {
        Some(b'"' | b'\\') => Ok(start),
        _ => {
            let control = "control character (\\u0000-\\u001F) found while parsing a string";
            Err(cursor.syntax_error_or_end(control, "a string"))
        }
    }
}

/// Parses the escape after a backslash.
fn escape(cursor: &mut ByteCursor<'_>) -> Result<char, Error> {
    let escaped = match cursor.peek() {
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(cursor),
        _ => return Err(cursor.syntax_error_or_end("invalid escape", "a string")),
    };
    cursor.advance(1);
    Ok(escaped)
}

/// Parses the part `uXXXX` of the escape `\uXXXX`. If `XXXX` is the first half of a surrogate pair, also parses the second
/// escape, which has the other half.
fn unicode(cursor: &mut ByteCursor<'_>) -> Result<char, Error> {
    let start = cursor.position();
    let lone = |cursor: &mut ByteCursor<'_>| {
        cursor.go_back_to(start);
        cursor.syntax_error("lone leading surrogate in hex escape")
    };
    cursor.advance(1);
    let first = code_unit(cursor)?;
    let code = match first {
        0xd800..=0xdbff => {
            for expected in [b'\\', b'u'] {
                match cursor.peek() {
                    Some(byte) if byte == expected => cursor.advance(1),
                    Some(_) => return Err(lone(cursor)),
                    None => return Err(cursor.syntax_error_or_end("", "a string")),
                }
            }
            let second = code_unit(cursor)?;
            if !(0xdc00..=0xdfff).contains(&second) {
                return Err(lone(cursor));
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        }
        unit => unit,
    };
    char::from_u32(code).ok_or_else(|| lone(cursor))
}

/// Parses the four hexadecimal digits of a UTF-16 code unit.
fn code_unit(cursor: &mut ByteCursor<'_>) -> Result<u32, Error> {
    let mut unit = 0;
    for _ in 0..4 {
        let digit = cursor.peek().and_then(|byte| char::from(byte).to_digit(16));
        let Some(digit) = digit else { return Err(cursor.syntax_error_or_end("invalid escape", "a string")) };
        unit = 16 * unit + digit;
        cursor.advance(1);
    }
    Ok(unit)
}
