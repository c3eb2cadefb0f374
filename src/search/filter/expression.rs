//! The readable form of filters: `team = "hr" and (year >= 2024 or state not in ("draft", "old"))`.
//!
//! `and` binds more tightly than `or`. A key is a name, or a text in quotation marks. A text is in double or single
//! quotation marks, with the escapes of JSON.

use super::{Filter, MAX_DEPTH, MAX_VALUES, OPERATORS, Operator, Scalar, Test};
use serde_json::{Number, Value};
use std::fmt;
use std::str::FromStr;

/// Words that are keys only in quotation marks.
const RESERVED: [&str; 6] = ["and", "or", "not", "in", "true", "false"];

/// An expression that cannot be parsed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("column {column}: expected {expected}, found {found}")]
pub struct ExpressionError {
    /// The column of the wrong place in characters, from 1.
    pub column: usize,
    /// The description of what would be right.
    pub expected: String,
    /// The description of what is there.
    pub found: String,
}

impl FromStr for Filter {
    type Err = ExpressionError;

    fn from_str(text: &str) -> Result<Self, ExpressionError> {
        let mut parser = Parser { text, at: 0, values: 0 };
        let filter = parser.or(1)?;
        match parser.rest() {
            "" => Ok(filter),
            _ => Err(parser.error("`and`, `or`, or the end")),
        }
    }
}

struct Parser<'a> {
    text: &'a str,
    /// The next byte.
    at: usize,
    values: usize,
}

impl<'a> Parser<'a> {
    /// Skips white space and returns the rest.
    fn rest(&mut self) -> &'a str {
        let rest = self.text.get(self.at..).unwrap_or_default();
        let trimmed = rest.trim_start();
        self.at += rest.len() - trimmed.len();
        trimmed
    }

    fn error(&mut self, expected: &str) -> ExpressionError {
        let rest = self.rest();
        let word = rest.split(|c: char| c.is_whitespace() || "()=<>!,".contains(c)).next().unwrap_or_default();
        let found: String = match (word, rest.chars().next()) {
            (_, None) => "the end".to_owned(),
            ("", Some(c)) => format!("`{}`", c.escape_debug()),
            _ => format!("`{}`", word.chars().take(40).flat_map(char::escape_debug).collect::<String>()),
        };
        self.error_at(self.at, expected, found)
    }

    fn error_at(&self, at: usize, expected: &str, found: String) -> ExpressionError {
        let column = self.text.get(..at).unwrap_or(self.text).chars().count() + 1;
        ExpressionError { column, expected: expected.to_owned(), found }
    }

    /// Takes a symbol, if it is next.
    fn symbol(&mut self, symbol: &str) -> bool {
        let is_next = self.rest().starts_with(symbol);
        self.at += if is_next { symbol.len() } else { 0 };
        is_next
    }

    /// Returns the name that is next, or an empty text.
    fn name(&mut self) -> &'a str {
        let rest = self.rest();
        let is_part = |c: char| c.is_alphanumeric() || matches!(c, '_' | '.' | '-');
        match rest.chars().next() {
            Some(first) if first.is_alphabetic() || first == '_' => {
                rest.get(..rest.find(|c| !is_part(c)).unwrap_or(rest.len())).unwrap_or_default()
            }
            _ => "",
        }
    }

    /// Takes a reserved word in any case, if it is next.
    fn keyword(&mut self, keyword: &str) -> bool {
        let name = self.name();
        let is_next = name.eq_ignore_ascii_case(keyword);
        self.at += if is_next { name.len() } else { 0 };
        is_next
    }

    fn or(&mut self, depth: usize) -> Result<Filter, ExpressionError> {
        let mut filters = vec![self.and(depth)?];
        while self.keyword("or") {
            filters.push(self.and(depth)?);
        }
        Ok(one_or(filters, Filter::Or))
    }

    fn and(&mut self, depth: usize) -> Result<Filter, ExpressionError> {
        let mut filters = vec![self.primary(depth)?];
        while self.keyword("and") {
            filters.push(self.primary(depth)?);
        }
        Ok(one_or(filters, Filter::And))
    }

    fn primary(&mut self, depth: usize) -> Result<Filter, ExpressionError> {
        if !self.rest().starts_with('(') {
            return self.comparison();
        }
        if depth >= MAX_DEPTH {
            return Err(self.error(&format!("at most {} levels of parentheses", MAX_DEPTH - 1)));
        }
        self.at += 1;
        let filter = self.or(depth + 1)?;
        if self.symbol(")") { Ok(filter) } else { Err(self.error("`and`, `or`, or `)`")) }
    }

    fn comparison(&mut self) -> Result<Filter, ExpressionError> {
        let key = self.key()?;
        let test = if self.keyword("in") {
            Test::In(self.list()?)
        } else if self.keyword("not") {
            if !self.keyword("in") {
                return Err(self.error("`in`"));
            }
            Test::NotIn(self.list()?)
        } else {
            let operator = self.operator()?;
            Test::Is(operator, self.value()?)
        };
        Ok(Filter::Compare { key, test })
    }

    fn key(&mut self) -> Result<String, ExpressionError> {
        if self.rest().starts_with(['"', '\'']) {
            return self.quoted();
        }
        let name = self.name();
        if name.is_empty() || is_reserved(name) {
            return Err(self.error("the name of an attribute"));
        }
        self.at += name.len();
        Ok(name.to_owned())
    }

    fn operator(&mut self) -> Result<Operator, ExpressionError> {
        for (operator, _, symbol) in OPERATORS {
            if self.symbol(symbol) {
                return Ok(operator);
            }
        }
        Err(self.error("`=`, `!=`, `<`, `<=`, `>`, `>=`, `in`, or `not in`"))
    }

    fn list(&mut self) -> Result<Vec<Scalar>, ExpressionError> {
        if !self.symbol("(") {
            return Err(self.error("`(` and a list of values"));
        }
        let mut values = Vec::new();
        if self.symbol(")") {
            return Ok(values);
        }
        loop {
            values.push(self.value()?);
            if self.symbol(")") {
                return Ok(values);
            }
            if !self.symbol(",") {
                return Err(self.error("`,` or `)`"));
            }
        }
    }

    fn value(&mut self) -> Result<Scalar, ExpressionError> {
        self.values += 1;
        if self.values > MAX_VALUES {
            return Err(self.error(&format!("at most {MAX_VALUES} values")));
        }
        let rest = self.rest();
        if rest.starts_with(['"', '\'']) {
            return self.quoted().map(Scalar::Text);
        }
        for (keyword, value) in [("true", true), ("false", false)] {
            if self.keyword(keyword) {
                return Ok(Scalar::Bool(value));
            }
        }
        let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.');
        let length = rest.find(|c| !is_part(c)).unwrap_or(rest.len());
        match rest.get(..length).map(str::parse::<Number>) {
            Some(Ok(number)) => {
                self.at += length;
                Ok(Scalar::Number(number))
            }
            _ => Err(self.error("a text in quotation marks, a number, `true`, or `false`")),
        }
    }

    /// Takes a text in quotation marks.
    fn quoted(&mut self) -> Result<String, ExpressionError> {
        let start = self.at;
        let mut chars = self.text.get(start..).unwrap_or_default().char_indices();
        let quote = chars.next().map(|(_, quote)| quote);
        let mut text = String::new();
        while let Some((offset, c)) = chars.next() {
            let place = start + offset;
            if Some(c) == quote {
                self.at = place + c.len_utf8();
                return Ok(text);
            }
            if c != '\\' {
                text.push(c);
                continue;
            }
            let escape = chars.next().map(|(_, escape)| escape);
            let mut unit = || hexadecimal(&mut chars);
            let decoded = match escape {
                Some(c @ ('"' | '\'' | '\\' | '/')) => Some(c),
                Some('b') => Some('\u{8}'),
                Some('f') => Some('\u{c}'),
                Some('n') => Some('\n'),
                Some('r') => Some('\r'),
                Some('t') => Some('\t'),
                Some('u') => unit().and_then(|first| decode(first, &mut chars)),
                _ => None,
            };
            match decoded {
                Some(c) => text.push(c),
                None => return Err(self.error_at(place, "an escape of JSON, such as `\\n`", "another one".to_owned())),
            }
        }
        Err(self.error_at(self.text.len(), &format!("`{}`", quote.unwrap_or('"')), "the end".to_owned()))
    }
}

/// Takes four hexadecimal digits.
fn hexadecimal(chars: &mut std::str::CharIndices<'_>) -> Option<u16> {
    let mut unit = 0;
    for _ in 0..4 {
        let digit = chars.next().and_then(|(_, c)| c.to_digit(16))?;
        unit = unit << 4 | u16::try_from(digit).ok()?;
    }
    Some(unit)
}

/// Returns the character of one UTF-16 unit, or of this one and the escape after it.
fn decode(first: u16, chars: &mut std::str::CharIndices<'_>) -> Option<char> {
    let mut units = vec![first];
    if (0xd800..0xdc00).contains(&first) {
        let is_escape = chars.next().is_some_and(|(_, c)| c == '\\') && chars.next().is_some_and(|(_, c)| c == 'u');
        units.push(hexadecimal(chars).filter(|_| is_escape)?);
    }
    char::decode_utf16(units).next()?.ok()
}

fn is_reserved(name: &str) -> bool {
    RESERVED.iter().any(|reserved| reserved.eq_ignore_ascii_case(name))
}

fn one_or(mut filters: Vec<Filter>, compound: fn(Vec<Filter>) -> Filter) -> Filter {
    match filters.pop() {
        Some(single) if filters.is_empty() => single,
        last => {
            filters.extend(last);
            compound(filters)
        }
    }
}

impl fmt::Display for Filter {
    /// Writes the expression. Reading it returns the same filter.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (filters, word) = match self {
            Self::Compare { key, test } => return write!(f, "{} {test}", Key(key)),
            Self::And(filters) => (filters, " and "),
            Self::Or(filters) => (filters, " or "),
        };
        for (at, filter) in filters.iter().enumerate() {
            f.write_str(if at > 0 { word } else { "" })?;
            match filter {
                Self::Compare { .. } => write!(f, "{filter}")?,
                _ => write!(f, "({filter})")?,
            }
        }
        Ok(())
    }
}

impl fmt::Display for Test {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, values) = match self {
            Self::Is(operator, value) => {
                let symbol =
                    OPERATORS.iter().find(|(other, ..)| other == operator).map_or("=", |(_, _, symbol)| symbol);
                return write!(f, "{symbol} {}", value.to_json());
            }
            Self::In(values) => ("in", values),
            Self::NotIn(values) => ("not in", values),
        };
        let values: Vec<String> = values.iter().map(|value| value.to_json().to_string()).collect();
        write!(f, "{word} ({})", values.join(", "))
    }
}

struct Key<'a>(&'a str);

impl fmt::Display for Key<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Parser { text: self.0, at: 0, values: 0 }.name();
        match name == self.0 && !name.is_empty() && !is_reserved(name) {
            true => f.write_str(name),
            false => write!(f, "{}", Value::from(self.0)),
        }
    }
}
