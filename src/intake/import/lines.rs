//! Reads lines and CSV records, with a limit on their length.
//!
//! The parsers of other crates are not used, because they treat a broken quote as text and read to the end of the file.
//! The module must not depend on the meaning of the fields.

use crate::exit::Usage;
use std::io::{BufRead, Read};

/// The maximum length of a line or record in bytes. The largest object that the API allows takes half of this.
const LONGEST: usize = 4 << 20;

/// An error and its line number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct LineError {
    pub(super) line: u64,
    pub(super) reason: String,
}

impl LineError {
    /// Returns the error for the user. `is_recorded` is `true` if the lines before the error are in the ledger.
    pub(super) fn usage(&self, path: &str, is_recorded: bool) -> Usage {
        let Self { line, reason } = self;
        let place = if path == "-" { "standard input" } else { path };
        let message = format!("{place}, line {line}: {reason}");
        match is_recorded {
            true => {
                Usage::hinted(message, "the lines before it are in the ledger; importing them again changes nothing")
            }
            false => Usage::new(message),
        }
    }
}

/// The lines of a text, numbered from 1.
pub(super) struct Lines<R> {
    reader: R,
    number: u64,
    line: Vec<u8>,
    /// The result of a read by [`Lines::peek`] that was not consumed yet.
    peeked: Option<Option<Result<(), String>>>,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(reader: R) -> Self {
        Self { reader, number: 0, line: Vec::new(), peeked: None }
    }

    /// Returns the first line that is not blank, without consuming it.
    pub(super) fn peek(&mut self) -> Option<&[u8]> {
        loop {
            let read = self.read(LONGEST);
            let blank = matches!(read, Some(Ok(()))) && self.line.trim_ascii().is_empty();
            if !blank {
                let readable = matches!(read, Some(Ok(())));
                self.peeked = Some(read);
                return readable.then(|| self.line.trim_ascii());
            }
        }
    }

    /// Returns the next line and its number, without a byte order mark but with its line ending.
    pub(super) fn next(&mut self) -> Option<Result<(u64, &str), LineError>> {
        let line = match self.read(LONGEST)? {
            Ok(()) => std::str::from_utf8(&self.line).map_err(|_| "not UTF-8 text".to_owned()),
            Err(reason) => Err(reason),
        };
        let number = self.number;
        Some(line.map(|line| (number, line)).map_err(|reason| LineError { line: number, reason }))
    }

    fn read(&mut self, longest: usize) -> Option<Result<(), String>> {
        if let Some(peeked) = self.peeked.take() {
            return peeked;
        }
        self.line.clear();
        self.number += 1;
        match self.reader.by_ref().take(longest as u64 + 1).read_until(b'\n', &mut self.line) {
            Ok(0) => None,
            Ok(_) if self.line.len() > longest => Some(Err(format!("longer than {} MiB", LONGEST >> 20))),
            Ok(_) => {
                if self.number > 1 {
                    return Some(Ok(()));
                }
                if let Some(encoding) = utf_16(&self.line) {
                    let convert = format!("`iconv -f {encoding} -t UTF-8` converts it");
                    return Some(Err(format!("expected UTF-8 text, found UTF-16; {convert}")));
                }
                if self.line.starts_with(b"\xef\xbb\xbf") {
                    self.line.drain(..3);
                }
                Some(Ok(()))
            }
            Err(error) => Some(Err(error.to_string())),
        }
    }
}

/// Returns the name of the encoding if the first line of a text is UTF-16. Without a byte order mark, its first two
/// characters decide, because IDs and column names are ASCII.
fn utf_16(line: &[u8]) -> Option<&'static str> {
    match line {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => Some("UTF-16"),
        [1..=255, 0, 1..=255, 0, ..] => Some("UTF-16LE"),
        [0, 1..=255, 0, 1..=255, ..] => Some("UTF-16BE"),
        _ => None,
    }
}

/// The state of the parser within a record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum FieldState {
    Start,
    Quoted,
    /// After the closing quote of a field.
    Closed,
}

/// CSV records (RFC 4180). A field is quoted as a whole or not at all.
pub(super) struct CsvRecords<R> {
    lines: Lines<R>,
    delimiter: u8,
}

impl<R: BufRead> CsvRecords<R> {
    pub(super) fn new(lines: Lines<R>, delimiter: u8) -> Self {
        Self { lines, delimiter }
    }

    /// Returns the next record and the number of its first line. Skips empty lines.
    pub(super) fn next(&mut self) -> Option<Result<(u64, Vec<String>), LineError>> {
        loop {
            match self.record()? {
                Ok((_, fields)) if fields.iter().all(|field| field.trim().is_empty()) && fields.len() < 2 => {}
                other => return Some(other),
            }
        }
    }

    fn record(&mut self) -> Option<Result<(u64, Vec<String>), LineError>> {
        let mut record = Record { fields: Vec::new(), field: Vec::new(), state: FieldState::Start };
        let (mut first, mut quoted_from, mut read) = (0, 0, 0);
        loop {
            let wrong = |line, reason: &str| Some(Err(LineError { line, reason: reason.to_owned() }));
            match self.lines.read(LONGEST - read) {
                None if first == 0 => return None,
                None => return wrong(quoted_from, "a quote opens a field, and none closes it"),
                Some(Err(_)) if read > 0 => {
                    let reason = format!("a quote opens a field, and none closes it within {} MiB", LONGEST >> 20);
                    return Some(Err(LineError { line: quoted_from, reason }));
                }
                Some(Err(reason)) => return Some(Err(LineError { line: self.lines.number, reason })),
                Some(Ok(())) => {}
            }
            let number = self.lines.number;
            (first, read) = (if first == 0 { number } else { first }, read + self.lines.line.len());
            let opened = record.state == FieldState::Quoted;
            if let Err(reason) = record.line(&self.lines.line, self.delimiter) {
                return wrong(number, reason);
            }
            if record.state != FieldState::Quoted {
                let fields = record.fields.into_iter().map(String::from_utf8).collect::<Result<_, _>>();
                let fields = fields.map(|fields| (first, fields));
                return Some(fields.map_err(|_| LineError { line: first, reason: "not UTF-8 text".to_owned() }));
            }
            quoted_from = if opened { quoted_from } else { number };
        }
    }
}

struct Record {
    fields: Vec<Vec<u8>>,
    field: Vec<u8>,
    state: FieldState,
}

impl Record {
    /// Parses one more line of the record.
    fn line(&mut self, line: &[u8], delimiter: u8) -> Result<(), &'static str> {
        let body = line.strip_suffix(b"\n").unwrap_or(line);
        let body = body.strip_suffix(b"\r").unwrap_or(body);
        let mut rest = body;
        loop {
            rest = match self.state {
                FieldState::Start if rest.first() == Some(&b'"') => {
                    self.state = FieldState::Quoted;
                    &rest[1..]
                }
                FieldState::Start => match memchr::memchr2(delimiter, b'"', rest) {
                    // Database clients write tab-separated values without quoting, so quotes are plain text there.
                    Some(_) if delimiter == b'\t' => {
                        let end = memchr::memchr(delimiter, rest).unwrap_or(rest.len());
                        let last = end == rest.len();
                        let next = self.end_field(rest, end);
                        if last {
                            return Ok(());
                        }
                        next
                    }
                    Some(end) if rest[end] == b'"' => {
                        return Err("a quote within a field that does not begin with a quote");
                    }
                    Some(end) => self.end_field(rest, end),
                    None => {
                        self.end_field(rest, rest.len());
                        return Ok(());
                    }
                },
                FieldState::Quoted => match memchr::memchr(b'"', rest) {
                    Some(quote) => {
                        self.field.extend_from_slice(&rest[..quote]);
                        let doubled = rest.get(quote + 1) == Some(&b'"');
                        self.state = if doubled { FieldState::Quoted } else { FieldState::Closed };
                        self.field.extend(doubled.then_some(b'"'));
                        &rest[quote + 1 + usize::from(doubled)..]
                    }
                    None => {
                        self.field.extend_from_slice(rest);
                        self.field.extend_from_slice(&line[body.len()..]);
                        return Ok(());
                    }
                },
                FieldState::Closed => match rest.first() {
                    None => {
                        self.end_field(rest, 0);
                        return Ok(());
                    }
                    Some(byte) if *byte == delimiter => self.end_field(rest, 0),
                    Some(_) => return Err("text behind the quote that closes a field"),
                },
            };
        }
    }

    /// Ends a field and returns the text after its delimiter.
    fn end_field<'a>(&mut self, rest: &'a [u8], end: usize) -> &'a [u8] {
        self.field.extend_from_slice(&rest[..end]);
        self.fields.push(std::mem::take(&mut self.field));
        self.state = FieldState::Start;
        rest.get(end + 1..).unwrap_or_default()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use std::io::BufReader;

    fn records(text: &[u8]) -> Result<Vec<(u64, Vec<String>)>, LineError> {
        let mut records = CsvRecords::new(Lines::new(text), b',');
        std::iter::from_fn(|| records.next()).collect()
    }

    fn wrong(text: &[u8]) -> (u64, String) {
        let LineError { line, reason } = records(text).unwrap_err();
        (line, reason)
    }

    #[test]
    fn a_line_longer_than_the_limit_is_an_error() {
        let mut endless = Lines::new(BufReader::new(std::io::repeat(b'x')));
        assert_eq!(endless.next(), Some(Err(LineError { line: 1, reason: "longer than 4 MiB".to_owned() })));
        let mut endless = CsvRecords::new(Lines::new(BufReader::new(std::io::repeat(b'x'))), b',');
        assert_eq!(endless.next(), Some(Err(LineError { line: 1, reason: "longer than 4 MiB".to_owned() })));
        let mut lines = Lines::new(&b"\xef\xbb\xbfthread_1\r\nthread_2\n\xff"[..]);
        assert_eq!(lines.next(), Some(Ok((1, "thread_1\r\n"))));
        assert_eq!(lines.next(), Some(Ok((2, "thread_2\n"))));
        assert_eq!(lines.next(), Some(Err(LineError { line: 3, reason: "not UTF-8 text".to_owned() })));
        assert_eq!(lines.next(), None);
    }

    #[test]
    fn records_are_parsed_by_rfc_4180() {
        let text = b"\xef\xbb\xbfid,name\r\n\r\n1,\"a \"\"b\"\",\nc\"\r\n2,\n\"\",x";
        let of = |line, fields: [&str; 2]| (line, fields.map(str::to_owned).to_vec());
        let expected = [of(1, ["id", "name"]), of(3, ["1", "a \"b\",\nc"]), of(5, ["2", ""]), of(6, ["", "x"])];
        assert_eq!(records(text).unwrap(), expected);
        assert_eq!(records(b"").unwrap(), []);
    }

    #[test]
    fn a_quote_within_a_value_between_tabs_is_text() {
        let text = b"id\tmeta\n1\t{\"a\": \"b\"}\n2\t5\" wide\n3\t\"in\tquotes\"\n";
        let mut records = CsvRecords::new(Lines::new(&text[..]), b'\t');
        let read: Vec<_> = std::iter::from_fn(|| records.next()).map(|record| record.unwrap().1).collect();
        assert_eq!(read, [["id", "meta"], ["1", "{\"a\": \"b\"}"], ["2", "5\" wide"], ["3", "in\tquotes"]]);
    }

    #[test]
    fn a_broken_quote_is_reported_with_its_line() {
        assert_eq!(
            wrong(b"id\na\nb\"c\nd\n"),
            (3, "a quote within a field that does not begin with a quote".to_owned())
        );
        assert_eq!(wrong(b"id\n\"a\"b\n"), (2, "text behind the quote that closes a field".to_owned()));
        let open = "a quote opens a field, and none closes it";
        assert_eq!(wrong(b"id\na\n\"b,c\nd\n"), (3, open.to_owned()));
        // The next quote closes the field, so the text after it is reported.
        assert_eq!(wrong(b"id,name\n1,\"a\n2,\"b\"\n").0, 3);
        let long = [b"id\n\"a\n".to_vec(), b"thread_1\n".repeat(LONGEST / 9 + 1)].concat();
        assert_eq!(wrong(&long), (2, format!("{open} within 4 MiB")));
        assert_eq!(wrong(b"id\n\xff\n"), (2, "not UTF-8 text".to_owned()));
    }

    proptest::proptest! {
        #[test]
        fn valid_records_are_read_back(rows in proptest::collection::vec(
            proptest::collection::vec("[a-z,\"\n\r é]{0,6}", 2..4), 1..5)) {
            let quoted = |field: &String| format!("\"{}\"", field.replace('"', "\"\""));
            let line = |row: &Vec<String>| row.iter().map(quoted).collect::<Vec<_>>().join(",") + "\r\n";
            let text: String = rows.iter().map(line).collect();
            let read: Vec<Vec<String>> = records(text.as_bytes()).unwrap().into_iter().map(|(_, row)| row).collect();
            assert_eq!(read, rows);
        }

        #[test]
        fn no_input_causes_a_panic(text in proptest::collection::vec(proptest::sample::select(b"a\",\n\r\xff".to_vec()), 0..40)) {
            let _ = records(&text);
        }
    }
}
