//! The parser: turns bytes into a `Value`, within limits.

use super::error::{Error, Problem};
use super::{Limits, string};
use serde_json::{Map, Number, Value};

type Parsed<T> = Result<T, Error>;

/// Parses a complete text and returns its value and the number of values. The top `keep` levels of arrays and objects
/// keep up to `most` items each.
pub(super) fn parse(bytes: &[u8], limits: Limits, (keep, most): (usize, usize)) -> Parsed<(Value, usize)> {
    if bytes.len() > limits.bytes {
        return Err(Error::at(Problem::TooLong(limits.bytes), bytes, limits.bytes));
    }
    // Validated once here, so that every slice between two ASCII bytes is valid UTF-8 too.
    let text = std::str::from_utf8(bytes)
        .map_err(|error| Error::at(Problem::Syntax("invalid unicode code point"), bytes, error.valid_up_to()))?;
    let hidden = limits.depth.saturating_sub(keep);
    let mut parser = Parser { text, bytes, at: 0, left: limits.values, hidden, most, limits };
    parser.skip_space();
    let value = parser.value(limits.depth)?;
    parser.skip_space();
    if parser.at < bytes.len() {
        return Err(parser.wrong("trailing characters"));
    }
    Ok((value, limits.values - parser.left))
}

pub(super) struct Parser<'a> {
    text: &'a str,
    pub(super) bytes: &'a [u8],
    pub(super) at: usize,
    /// The number of values that may still follow.
    left: usize,
    /// Containers are left empty once the number of levels still allowed is below this.
    hidden: usize,
    /// The maximum number of items that an array or object keeps.
    most: usize,
    limits: Limits,
}

impl<'a> Parser<'a> {
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Returns a slice of the text. Both ends must be at ASCII characters or at the end of the text.
    pub(super) fn piece(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Creates an error about the next byte.
    pub(super) fn wrong(&self, what: &'static str) -> Error {
        Error::at(Problem::Syntax(what), self.bytes, self.at)
    }

    /// Creates an error about the next byte, or about the end of the text.
    pub(super) fn wrong_or_end(&self, what: &'static str, within: &'static str) -> Error {
        let problem = if self.at < self.bytes.len() { Problem::Syntax(what) } else { Problem::Ends(within) };
        Error::at(problem, self.bytes, self.at)
    }

    fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Parses a value. `levels` is the nesting depth that is still allowed.
    fn value(&mut self, levels: usize) -> Parsed<Value> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(Error::at(Problem::TooMany(self.limits.values), self.bytes, self.at));
        };
        self.left = left;
        match self.peek() {
            Some(b'"') => Ok(Value::String(string::parse(self)?)),
            Some(b'{') => self.object(self.below(levels)?),
            Some(b'[') => self.array(self.below(levels)?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.wrong_or_end("expected value", "a value")),
        }
    }

    fn below(&self, levels: usize) -> Parsed<usize> {
        levels.checked_sub(1).ok_or_else(|| Error::at(Problem::TooDeep(self.limits.depth), self.bytes, self.at))
    }

    fn word(&mut self, word: &str, value: Value) -> Parsed<Value> {
        for expected in word.bytes() {
            if self.peek() != Some(expected) {
                return Err(self.wrong_or_end("expected ident", "a value"));
            }
            self.at += 1;
        }
        Ok(value)
    }

    fn array(&mut self, levels: usize) -> Parsed<Value> {
        self.at += 1;
        self.skip_space();
        let mut items = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::Array(items));
        }
        loop {
            let item = self.value(levels)?;
            if levels >= self.hidden && items.len() < self.most {
                items.push(item);
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b']') => {
                    self.at += 1;
                    return Ok(Value::Array(items));
                }
                _ => return Err(self.wrong_or_end("expected `,` or `]`", "a list")),
            }
            self.skip_space();
            if self.peek() == Some(b']') {
                return Err(self.wrong("trailing comma"));
            }
        }
    }

    fn object(&mut self, levels: usize) -> Parsed<Value> {
        self.at += 1;
        self.skip_space();
        let mut members = Map::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Object(members));
        }
        loop {
            match self.peek() {
                Some(b'"') => {}
                Some(b'}') => return Err(self.wrong("trailing comma")),
                _ => return Err(self.wrong_or_end("key must be a string", "an object")),
            }
            let name = string::parse(self)?;
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(self.wrong_or_end("expected `:`", "an object"));
            }
            self.at += 1;
            self.skip_space();
            let value = self.value(levels)?;
            if levels >= self.hidden && members.len() < self.most {
                members.insert(name, value);
            }
            self.skip_space();
            match self.peek() {
                Some(b',') => self.at += 1,
                Some(b'}') => {
                    self.at += 1;
                    return Ok(Value::Object(members));
                }
                _ => return Err(self.wrong_or_end("expected `,` or `}`", "an object")),
            }
            self.skip_space();
        }
    }

    fn number(&mut self) -> Parsed<Value> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        match self.peek() {
            Some(b'0') => {
                self.at += 1;
                if matches!(self.peek(), Some(b'0'..=b'9')) {
                    return Err(self.wrong("invalid number"));
                }
            }
            _ => self.digits()?,
        }
        if self.peek() == Some(b'.') {
            self.at += 1;
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.peek() {
            self.at += 1;
            if let Some(b'+' | b'-') = self.peek() {
                self.at += 1;
            }
            self.digits()?;
        }
        // Other constructors normalize the exponent. The grammar that this one requires was checked above.
        Ok(Value::Number(Number::from_string_unchecked(self.piece(start, self.at).to_owned())))
    }

    /// Skips one or more digits.
    fn digits(&mut self) -> Parsed<()> {
        let start = self.at;
        while let Some(b'0'..=b'9') = self.peek() {
            self.at += 1;
        }
        if self.at == start { Err(self.wrong_or_end("invalid number", "a value")) } else { Ok(()) }
    }
}
