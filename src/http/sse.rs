//! Server-sent events, read and written: bytes to events and back. What an event means is decided above.
//!
//! The parser follows the HTML standard's "event stream interpretation", for any chunking: lines end with CR, LF or CR LF,
//! lines of data are joined, comments and unknown fields are left out. It borrows what it hands out.

use memchr::memchr2;
use reqwest::header::HeaderMap;
use std::borrow::Cow;
use std::ops::Range;

/// How long an event may be where nothing else is said: a message of 256,000 characters, escaped, and as much again.
pub const LONGEST_EVENT: usize = 4 << 20;

/// Tells by its headers whether an answer is a stream of events.
pub fn is_stream(headers: &HeaderMap) -> bool {
    let kind = headers.get("content-type").and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    kind.trim_start().to_ascii_lowercase().starts_with("text/event-stream")
}

/// An event as it came.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event<'a> {
    /// What the `event:` line says; `None` where there is none, or an empty one.
    pub name: Option<&'a str>,
    /// The lines of `data:`, joined by line feeds. What is not UTF-8 in it is replaced.
    pub data: Cow<'a, str>,
}

/// An event is longer than is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an event of the stream is longer than {limit} bytes")]
pub struct TooLong {
    /// In bytes.
    pub limit: usize,
}

/// Reads events from bytes that come piece by piece: after each [`Parser::push`], ask [`Parser::next`] until it is `None`.
#[derive(Debug)]
pub struct Parser {
    held: Vec<u8>,
    /// Where the event begins that is not handed out yet.
    begin: usize,
    /// Where the line begins that has no end yet.
    line: usize,
    /// How far an end of it was looked for.
    searched: usize,
    name: Option<Range<usize>>,
    data: Option<Data>,
    /// Data of several lines.
    joined: Vec<u8>,
    /// The last line ended with CR, so that an LF belongs to that end.
    after_cr: bool,
    /// No line was read yet: a byte order mark may stand before it.
    fresh: bool,
    /// What stands in `name` and `data` was handed out.
    spent: bool,
    limit: usize,
}

/// Where the data of an event stands.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Data {
    /// In what is held: one line.
    Line(Range<usize>),
    /// Put together from several lines.
    Joined,
}

impl Default for Parser {
    fn default() -> Self {
        Self::new(LONGEST_EVENT)
    }
}

impl Parser {
    /// Returns a parser that refuses events of more bytes than `limit`, line ends and names included.
    pub fn new(limit: usize) -> Self {
        Self {
            held: Vec::new(),
            begin: 0,
            line: 0,
            searched: 0,
            name: None,
            data: None,
            joined: Vec::new(),
            after_cr: false,
            fresh: true,
            spent: false,
            limit,
        }
    }

    /// Takes the next piece of the stream.
    pub fn push(&mut self, piece: &[u8]) {
        self.forget_spent();
        let gone = self.begin;
        if gone > 0 {
            self.held.drain(..gone);
            self.begin = 0;
            self.line -= gone;
            self.searched -= gone;
            let moved = |range: &mut Range<usize>| *range = range.start - gone..range.end - gone;
            self.name.as_mut().into_iter().for_each(moved);
            if let Some(Data::Line(range)) = &mut self.data {
                moved(range);
            }
        }
        self.held.extend_from_slice(piece);
    }

    /// Returns the next event that is whole; `None` until more comes.
    ///
    /// # Errors
    /// Where an event is longer than the limit; nothing more can be read then.
    #[allow(clippy::should_implement_trait)] // An event borrows from the parser, which an iterator's item cannot.
    pub fn next(&mut self) -> Result<Option<Event<'_>>, TooLong> {
        self.forget_spent();
        Ok(if self.advance()? { Some(self.event()) } else { None })
    }

    /// Returns what stands at the end of the stream without the empty line that would make an event of it. It may be cut.
    ///
    /// # Errors
    /// As [`Parser::next`].
    pub fn finish(&mut self) -> Result<Option<Event<'_>>, TooLong> {
        self.push(b"\n\n");
        self.next()
    }

    /// Returns how many bytes at the end of what came belong to an event that is not whole yet. Ask after [`Parser::next`]
    /// returned `None`.
    pub fn unfinished(&self) -> usize {
        self.held.len() - self.begin
    }

    fn forget_spent(&mut self) {
        if std::mem::take(&mut self.spent) {
            self.name = None;
            self.data = None;
        }
    }

    /// Reads lines up to the end of an event; tells whether there is one.
    fn advance(&mut self) -> Result<bool, TooLong> {
        loop {
            let Some(found) = memchr2(b'\n', b'\r', &self.held[self.searched..]) else {
                self.searched = self.held.len();
                self.allow(self.searched)?;
                return Ok(false);
            };
            let (start, end) = (self.line, self.searched + found);
            self.allow(end)?;
            self.line = end + 1;
            self.searched = end + 1;
            let byte = self.held[end];
            if std::mem::replace(&mut self.after_cr, byte == b'\r') && start == end && byte == b'\n' {
                // The second half of the line end before.
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
                // A name without data is no event.
                self.name = None;
                self.fresh = false;
            }
            if self.name.is_none() && self.data.is_none() {
                self.begin = self.line;
            }
        }
    }

    fn allow(&self, end: usize) -> Result<(), TooLong> {
        if end - self.begin > self.limit { Err(TooLong { limit: self.limit }) } else { Ok(()) }
    }

    /// Takes a line that is not empty.
    fn field(&mut self, mut start: usize, end: usize) {
        if std::mem::take(&mut self.fresh) && self.held[start..end].starts_with("\u{feff}".as_bytes()) {
            start += '\u{feff}'.len_utf8();
        }
        let line = &self.held[start..end];
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
                self.joined.extend_from_slice(&self.held[first]);
            }
            Some(Data::Joined) => {}
        }
        self.joined.push(b'\n');
        self.joined.extend_from_slice(&self.held[line]);
        self.data = Some(Data::Joined);
    }

    /// Hands out what was read.
    fn event(&mut self) -> Event<'_> {
        self.spent = true;
        let data: &[u8] = match &self.data {
            Some(Data::Line(range)) => &self.held[range.clone()],
            Some(Data::Joined) => &self.joined,
            None => &[],
        };
        let name = self.name.as_ref().and_then(|range| std::str::from_utf8(&self.held[range.clone()]).ok());
        let data = std::str::from_utf8(data).map_or_else(|_| String::from_utf8_lossy(data), Cow::Borrowed);
        Event { name, data }
    }
}

/// Returns where the value of a field begins in its line; `None` if the line is of another field.
fn value(line: &[u8], field: &[u8]) -> Option<usize> {
    match line.strip_prefix(field)? {
        [] => Some(line.len()),
        [b':', b' ', ..] => Some(field.len() + 2),
        [b':', ..] => Some(field.len() + 1),
        _ => None,
    }
}

/// Appends an event. Data of several lines takes several `data:` lines; a name must be of one line.
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
