//! A position in the text of a document.

use super::error::{Error, Problem};

/// A text and the position of the next byte to read.
pub(super) struct ByteCursor<'a> {
    text: &'a str,
    bytes: &'a [u8],
    at: usize,
}

impl<'a> ByteCursor<'a> {
    /// Creates a cursor at the beginning of a text.
    ///
    /// # Errors
    /// Returns an error if the text is not UTF-8.
    pub(super) fn new(bytes: &'a [u8]) -> Result<Self, Error> {
        // Validated once here, so that every slice between two ASCII bytes is valid UTF-8 too.
        let text = std::str::from_utf8(bytes)
            .map_err(|error| Error::at(Problem::Syntax("invalid unicode code point"), bytes, error.valid_up_to()))?;
        Ok(Self { text, bytes, at: 0 })
    }

    /// Returns the position in bytes.
    pub(super) fn position(&self) -> usize {
        self.at
    }

    /// Returns to an earlier position.
    pub(super) fn go_back_to(&mut self, position: usize) {
        self.at = position.min(self.at);
    }

    /// Returns the next byte, or `None` at the end of the text.
    pub(super) fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    /// Returns the bytes from the current position to the end of the text.
    pub(super) fn rest(&self) -> &'a [u8] {
        self.bytes.get(self.at..).unwrap_or_default()
    }

    /// Moves the position by a number of bytes, at most to the end of the text.
    pub(super) fn advance(&mut self, count: usize) {
        self.at = (self.at + count).min(self.bytes.len());
    }

    /// Skips white space.
    pub(super) fn skip_space(&mut self) {
        while let Some(b' ' | b'\n' | b'\t' | b'\r') = self.peek() {
            self.at += 1;
        }
    }

    /// Returns a slice of the text. Both ends must be at ASCII characters or at the end of the text.
    pub(super) fn slice(&self, from: usize, to: usize) -> &'a str {
        self.text.get(from..to).unwrap_or_default()
    }

    /// Creates an error about the next byte.
    pub(super) fn error(&self, problem: Problem) -> Error {
        Error::at(problem, self.bytes, self.at)
    }

    /// Creates a syntax error about the next byte.
    pub(super) fn syntax_error(&self, reason: &'static str) -> Error {
        self.error(Problem::Syntax(reason))
    }

    /// Creates a syntax error about the next byte, or an error about the end of the text within `element`.
    pub(super) fn syntax_error_or_end(&self, reason: &'static str, element: &'static str) -> Error {
        self.error(if self.at < self.bytes.len() { Problem::Syntax(reason) } else { Problem::Ends(element) })
    }
}
