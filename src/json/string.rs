//! String literals: escapes and surrogate pairs.

use super::error::Error;
use super::parser::Parser;

/// Parses the string that begins with the quote at the current position.
pub(super) fn parse(parser: &mut Parser<'_>) -> Result<String, Error> {
    parser.at += 1;
    let start = plain(parser)?;
    if parser.peek() == Some(b'"') {
        parser.at += 1;
        return Ok(parser.piece(start, parser.at - 1).to_owned());
    }
    let mut out = parser.piece(start, parser.at).to_owned();
    loop {
        // `plain` stops only at a quote or a backslash.
        if parser.peek() == Some(b'"') {
            parser.at += 1;
            // Spare capacity would otherwise be kept as long as the value.
            out.shrink_to_fit();
            return Ok(out);
        }
        parser.at += 1;
        out.push(escape(parser)?);
        let start = plain(parser)?;
        out.push_str(parser.piece(start, parser.at));
    }
}

/// Skips to the next quote or backslash, and returns the position before the skip.
fn plain(parser: &mut Parser<'_>) -> Result<usize, Error> {
    let start = parser.at;
    let rest = parser.bytes.get(start..).unwrap_or_default();
    let stop = rest.iter().position(|byte| matches!(byte, b'"' | b'\\' | 0..=0x1f));
    parser.at += stop.unwrap_or(rest.len());
    match parser.peek() {
        Some(b'"' | b'\\') => Ok(start),
        _ => {
            let control = "control character (\\u0000-\\u001F) found while parsing a string";
            Err(parser.wrong_or_end(control, "a string"))
        }
    }
}

/// Parses the escape after a backslash.
fn escape(parser: &mut Parser<'_>) -> Result<char, Error> {
    let escaped = match parser.peek() {
        Some(byte @ (b'"' | b'\\' | b'/')) => char::from(byte),
        Some(b'b') => '\u{8}',
        Some(b'f') => '\u{c}',
        Some(b'n') => '\n',
        Some(b'r') => '\r',
        Some(b't') => '\t',
        Some(b'u') => return unicode(parser),
        _ => return Err(parser.wrong_or_end("invalid escape", "a string")),
    };
    parser.at += 1;
    Ok(escaped)
}

/// Parses `uXXXX` and, for a surrogate pair, its second half.
fn unicode(parser: &mut Parser<'_>) -> Result<char, Error> {
    let start = parser.at;
    let lone = |parser: &mut Parser<'_>| {
        parser.at = start;
        parser.wrong("lone leading surrogate in hex escape")
    };
    let first = unit(parser)?;
    let code = match first {
        0xd800..=0xdbff => {
            for expected in [b'\\', b'u'] {
                match parser.peek() {
                    Some(byte) if byte == expected => parser.at += 1,
                    Some(_) => return Err(lone(parser)),
                    None => return Err(parser.wrong_or_end("", "a string")),
                }
            }
            parser.at -= 1;
            let second = unit(parser)?;
            if !(0xdc00..=0xdfff).contains(&second) {
                return Err(lone(parser));
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        }
        unit => unit,
    };
    char::from_u32(code).ok_or_else(|| lone(parser))
}

/// Parses `uXXXX` as a number.
fn unit(parser: &mut Parser<'_>) -> Result<u32, Error> {
    parser.at += 1;
    let mut unit = 0;
    for _ in 0..4 {
        let digit = parser.peek().and_then(|byte| char::from(byte).to_digit(16));
        let Some(digit) = digit else { return Err(parser.wrong_or_end("invalid escape", "a string")) };
        unit = 16 * unit + digit;
        parser.at += 1;
    }
    Ok(unit)
}
