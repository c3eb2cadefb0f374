//! The parser: turns bytes into a `Value`, within limits.

use super::cursor::ByteCursor;
use super::error::{Error, Problem};
use super::limits::JsonLimits;
use super::string;
use serde_json::{Map, Number, Value};

/// Parses a complete text and returns its value and the number of values. The top `keep` levels of arrays and objects
/// keep up to `most` items each.
pub(super) fn parse(bytes: &[u8], limits: JsonLimits, (keep, most): (usize, usize)) -> Result<(Value, usize), Error> {
    if bytes.len() > limits.bytes {
        return Err(Error::at(Problem::TooLong(limits.bytes), bytes, limits.bytes));
    }
    let hidden = limits.depth.saturating_sub(keep);
    let mut parser = Parser { cursor: ByteCursor::new(bytes)?, left: limits.values, hidden, most, limits };
    parser.cursor.skip_space();
    let value = parser.value(limits.depth)?;
    parser.cursor.skip_space();
    if parser.cursor.peek().is_some() {
        return Err(parser.cursor.syntax_error("trailing characters"));
    }
    Ok((value, limits.values - parser.left))
}

struct Parser<'a> {
    cursor: ByteCursor<'a>,
    /// The number of values that may still follow.
    left: usize,
    /// Arrays and objects keep no items once fewer levels than this are allowed.
    hidden: usize,
    /// The maximum number of items that an array or object keeps.
    most: usize,
    limits: JsonLimits,
}

impl Parser<'_> {
    /// Parses a value. `levels` is the nesting depth that is still allowed.
    fn value(&mut self, levels: usize) -> Result<Value, Error> {
        let Some(left) = self.left.checked_sub(1) else {
            return Err(self.cursor.error(Problem::TooMany(self.limits.values)));
        };
        self.left = left;
        match self.cursor.peek() {
            Some(b'"') => Ok(Value::String(string::parse(&mut self.cursor)?)),
            Some(b'{') => self.object(self.below(levels)?),
            Some(b'[') => self.array(self.below(levels)?),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Bool(true)),
            Some(b'f') => self.word("false", Value::Bool(false)),
            Some(b'n') => self.word("null", Value::Null),
            _ => Err(self.cursor.syntax_error_or_end("expected value", "a value")),
        }
    }

    fn below(&self, levels: usize) -> Result<usize, Error> {
        levels.checked_sub(1).ok_or_else(|| self.cursor.error(Problem::TooDeep(self.limits.depth)))
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, Error> {
        for expected in word.bytes() {
            if self.cursor.peek() != Some(expected) {
                return Err(self.cursor.syntax_error_or_end("expected ident", "a value"));
            }
            self.cursor.advance(1);
        }
        Ok(value)
    }

    fn array(&mut self, levels: usize) -> Result<Value, Error> {
        self.cursor.advance(1);
        self.cursor.skip_space();
        let mut items = Vec::new();
        if self.cursor.peek() == Some(b']') {
            self.cursor.advance(1);
            return Ok(Value::Array(items));
        }
        loop {
            let item = self.value(levels)?;
            if levels >= self.hidden && items.len() < self.most {
                items.push(item);
            }
            self.cursor.skip_space();
            match self.cursor.peek() {
                Some(b',') => self.cursor.advance(1),
                Some(b']') => {
                    self.cursor.advance(1);
                    return Ok(Value::Array(items));
                }
                _ => return Err(self.cursor.syntax_error_or_end("expected `,` or `]`", "a list")),
            }
            self.cursor.skip_space();
            if self.cursor.peek() == Some(b']') {
                return Err(self.cursor.syntax_error("trailing comma"));
            }
        }
    }

    fn object(&mut self, levels: usize) -> Result<Value, Error> {
        self.cursor.advance(1);
        self.cursor.skip_space();
        let mut members = Map::new();
        if self.cursor.peek() == Some(b'}') {
            self.cursor.advance(1);
            return Ok(Value::Object(members));
        }
        loop {
            match self.cursor.peek() {
                Some(b'"') => {}
                Some(b'}') => return Err(self.cursor.syntax_error("trailing comma")),
                _ => return Err(self.cursor.syntax_error_or_end("key must be a string", "an object")),
            }
            let name = string::parse(&mut self.cursor)?;
            self.cursor.skip_space();
            if self.cursor.peek() != Some(b':') {
                return Err(self.cursor.syntax_error_or_end("expected `:`", "an object"));
            }
            self.cursor.advance(1);
            self.cursor.skip_space();
            let value = self.value(levels)?;
            if levels >= self.hidden && members.len() < self.most {
                members.insert(name, value);
            }
            self.cursor.skip_space();
            match self.cursor.peek() {
                Some(b',') => self.cursor.advance(1),
                Some(b'}') => {
                    self.cursor.advance(1);
                    return Ok(Value::Object(members));
                }
                _ => return Err(self.cursor.syntax_error_or_end("expected `,` or `}`", "an object")),
            }
            self.cursor.skip_space();
        }
    }

    fn number(&mut self) -> Result<Value, Error> {
        let start = self.cursor.position();
        if self.cursor.peek() == Some(b'-') {
            self.cursor.advance(1);
        }
        match self.cursor.peek() {
            Some(b'0') => {
                self.cursor.advance(1);
                if matches!(self.cursor.peek(), Some(b'0'..=b'9')) {
                    return Err(self.cursor.syntax_error("invalid number"));
                }
            }
            _ => self.digits()?,
        }
        if self.cursor.peek() == Some(b'.') {
            self.cursor.advance(1);
            self.digits()?;
        }
        if let Some(b'e' | b'E') = self.cursor.peek() {
            self.cursor.advance(1);
            if let Some(b'+' | b'-') = self.cursor.peek() {
                self.cursor.advance(1);
            }
            self.digits()?;
        }
        // Other constructors normalize the exponent. The grammar that this one requires was checked above.
        Ok(Value::Number(Number::from_string_unchecked(self.cursor.slice(start, self.cursor.position()).to_owned())))
    }

    /// Skips one or more digits.
    fn digits(&mut self) -> Result<(), Error> {
        let start = self.cursor.position();
        while let Some(b'0'..=b'9') = self.cursor.peek() {
            self.cursor.advance(1);
        }
        if self.cursor.position() == start {
            Err(self.cursor.syntax_error_or_end("invalid number", "a value"))
        } else {
            Ok(())
        }
    }
}
