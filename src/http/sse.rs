//! Parser and writer of server-sent events. The callers interpret the events.
//!
//! The parser implements the "event stream interpretation" of the HTML standard for any chunking of the bytes. Lines
//! end with CR, LF or CR LF, several `data` lines are joined, and comments and unknown fields are skipped. Events
//! borrow from the parser's buffer.

use memchr::memchr2;
use reqwest::header::HeaderMap;
use std::borrow::Cow;
use std::ops::Range;

/// The default limit for one event in bytes: a message of 256,000 characters with escapes, and the same amount again.
pub const LONGEST_EVENT: usize = 4 << 20;

/// Returns `true` if a response with these headers is a stream of events.
pub fn is_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream")
}

/// An event as it was received.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SseEvent<'a> {
    /// The value of the `event` field, or `None` if it is missing or empty.
    pub name: Option<&'a str>,
    /// The values of the `data` fields, joined by line feeds. Invalid UTF-8 is replaced.
    pub data: Cow<'a, str>,
}

/// The error for an event that exceeds the limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than {limit} bytes")]
pub struct TooLong {
    /// The limit in bytes.
    pub limit: usize,
}

/// An incremental parser. After each [`Parser::push`], call [`Parser::next`] until it returns `None`.
#[derive(Debug)]
pub struct Parser {
    buffer: Vec<u8>,
    /// The start of the first event in `buffer` that was not returned yet.
    begin: usize,
    /// The start of the line that is not complete yet.
    line: usize,
    /// The position up to which `buffer` was searched for the end of that line.
    searched: usize,
    name: Option<Range<usize>>,
    data: Option<Data>,
    /// The data of an event that has several `data` lines.
    joined: Vec<u8>,
    /// `true` if the last line ended with CR, so that a following LF belongs to the same line end.
    after_cr: bool,
    /// `true` before the first line, which may start with a byte order mark.
    at_start: bool,
    /// `true` if the event in `name` and `data` was returned.
    is_returned: bool,
    limit: usize,
}

/// The location of an event's data.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Data {
    /// A single line in `buffer`.
    Line(Range<usize>),
    /// Several lines, joined in `joined`.
    Joined,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new(LONGEST_EVENT)
    }
}

impl Parser {
    /// Returns a parser that rejects events of more than `limit` bytes, including line ends and names.
    pub fn new(limit: usize) -> Self {
        Self {
            buffer: Vec::new(),
            begin: 0,
            line: 0,
            searched: 0,
            name: None,
            data: None,
            joined: Vec::new(),
            after_cr: false,
            at_start: true,
            is_returned: false,
            limit,
        }
    }

    /// Appends the next chunk of the stream.
    pub fn push(&mut self, piece: &[u8]) {
        self.forget_returned();
        let removed = self.begin;
        if removed > 0 {
            self.buffer.drain(..removed);
            self.begin = 0;
            self.line -= removed;
            self.searched -= removed;
            let moved = |range: &mut Range<usize>| *range = range.start - removed..range.end - removed;
            self.name.as_mut().into_iter().for_each(moved);
            if let Some(Data::Line(range)) = &mut self.data {
                moved(range);
            }
        }
        self.buffer.extend_from_slice(piece);
    }

    /// Returns the next complete event, or `None` if more bytes are needed.
    ///
    /// # Errors
    /// Returns an error if an event exceeds the limit. The parser cannot be used after that.
    #[allow(clippy::should_implement_trait)] // An event borrows from the parser, which an iterator's item cannot.
    pub fn next(&mut self) -> Result<Option<SseEvent<'_>>, TooLong> {
        self.forget_returned();
        Ok(if self.advance()? { Some(self.event()) } else { None })
    }

    /// Returns the event at the end of the stream that lacks the final empty line. Its data may be truncated.
    ///
    /// # Errors
    /// Returns the same error as [`Parser::next`].
    pub fn finish(&mut self) -> Result<Option<SseEvent<'_>>, TooLong> {
        self.push(b"\n\n");
        self.next()
    }

    /// Returns the number of received bytes that belong to an incomplete event. Call it after [`Parser::next`] returned
    /// `None`.
    pub fn unfinished(&self) -> usize {
        self.buffer.len() - self.begin
    }

    fn forget_returned(&mut self) {
        if std::mem::take(&mut self.is_returned) {
            self.name = None;
            self.data = None;
        }
    }

    /// Reads lines up to the end of an event. Returns `true` if an event is complete.
    fn advance(&mut self) -> Result<bool, TooLong> {
        loop {
            let Some(found) = memchr2(b'\n', b'\r', &self.buffer[self.searched..]) else {
                self.searched = self.buffer.len();
                self.check_limit(self.searched)?;
                return Ok(false);
            };
            let (start, end) = (self.line, self.searched + found);
            self.check_limit(end)?;
            self.line = end + 1;
            self.searched = end + 1;
            let byte = self.buffer[end];
            if std::mem::replace(&mut self.after_cr, byte == b'\r') && start == end && byte == b'\n' {
                // The LF of a CR LF whose CR has already ended the line.
                if self.name.is_none() && self.data.is_none() {
                    self.begin = self.line;
                }
                continue;
            }
            if start < end {
                self.field(start, end);
            } else if self.data.is_some() {
                self.begin = self.line;
                return Ok(true);
            } else {
                // A name without data does not form an event.
                self.name = None;
                self.at_start = false;
            }
            if self.name.is_none() && self.data.is_none() {
                self.begin = self.line;
            }
        }
    }

    fn check_limit(&self, end: usize) -> Result<(), TooLong> {
        if end - self.begin > self.limit { Err(TooLong { limit: self.limit }) } else { Ok(()) }
    }

    /// Processes a line that is not empty.
    fn field(&mut self, mut start: usize, end: usize) {
        if std::mem::take(&mut self.at_start) && self.buffer[start..end].starts_with("\u{feff}".as_bytes()) {
            start += '\u{feff}'.len_utf8();
        }
        let line = &self.buffer[start..end];
        if let Some(at) = value(line, b"data") {
            self.add(start + at..end);
        } else if let Some(at) = value(line, b"event") {
            self.name = (start + at < end).then_some(start + at..end);
        }
    }

    fn add(&mut self, line: Range<usize>) {
        match self.data.take() {
            None => return self.data = Some(Data::Line(line)),
            Some(Data::Line(first)) => {
                self.joined.clear();
                self.joined.extend_from_slice(&self.buffer[first]);
            }
            Some(Data::Joined) => {}
        }
        self.joined.push(b'\n');
        self.joined.extend_from_slice(&self.buffer[line]);
        self.data = Some(Data::Joined);
    }

    /// Returns the event that was read.
    fn event(&mut self) -> SseEvent<'_> {
        self.is_returned = true;
        let data: &[u8] = match &self.data {
            Some(Data::Line(range)) => &self.buffer[range.clone()],
            Some(Data::Joined) => &self.joined,
            None => &[],
        };
        let name = self.name.as_ref().and_then(|range| std::str::from_utf8(&self.buffer[range.clone()]).ok());
        let data = std::str::from_utf8(data).map_or_else(|_| String::from_utf8_lossy(data), Cow::Borrowed);
        SseEvent { name, data }
    }
}

/// Returns the offset of the value in the line, or `None` if the line contains another field.
fn value(line: &[u8], field: &[u8]) -> Option<usize> {
    match line.strip_prefix(field)? {
        [] => Some(line.len()),
        [b':', b' ', ..] => Some(field.len() + 2),
        [b':', ..] => Some(field.len() + 1),
        _ => None,
    }
}

/// Appends an event to `out`. Data of several lines is written as several `data` lines. Line ends in a name are
/// removed.
pub fn write(out: &mut Vec<u8>, name: Option<&str>, data: &str) {
    if let Some(name) = name {
        out.extend_from_slice(b"event: ");
        out.extend(name.bytes().filter(|byte| !matches!(byte, b'\r' | b'\n')));
        out.push(b'\n');
    }
    let mut rest = data;
    loop {
        let end = memchr2(b'\n', b'\r', rest.as_bytes());
        out.extend_from_slice(b"data: ");
        out.extend_from_slice(&rest.as_bytes()[..end.unwrap_or(rest.len())]);
        out.push(b'\n');
        let Some(end) = end else { break };
        rest = if rest[end..].starts_with("\r\n") { &rest[end + 2..] } else { &rest[end + 1..] };
    }
    out.push(b'\n');
}

#[cfg(test)]
#[path = "sse_tests.rs"]
mod tests;
