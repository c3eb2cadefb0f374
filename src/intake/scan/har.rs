//! Searches encoded bodies in HTTP archives (HAR). Browsers encode bodies that are not text, and some encode all
//! bodies.

use super::encoded::{EncodedText, SHORTEST, is_encoded};
use super::find::{IdFinder, Match};
use std::io;

/// The number of encoded bytes that are decoded at once.
const PIECE: usize = 64 << 10;

/// The state of the scan within the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Outside,
    /// In a string that may be base64.
    Encoded,
    /// After a backslash in such a string.
    EncodedEscape,
    /// In another string.
    Plain,
    /// After a backslash in another string.
    PlainEscape,
}

/// A scanner for the encoded strings of a file.
pub(super) struct EncodedBodies {
    state: State,
    /// The number of characters of the current string.
    length: usize,
    /// The characters that are not decoded yet.
    waiting: Vec<u8>,
    text: EncodedText,
    damage: Option<io::Error>,
}

/// Returns `true` if a file begins like an HTTP archive: an object with an object `log`, which other members may
/// precede.
pub(super) fn is_archive(start: &[u8]) -> bool {
    let start = start.strip_prefix(b"\xef\xbb\xbf").unwrap_or(start).trim_ascii_start();
    let start = &start[..start.len().min(4096)];
    let is_log = |at: usize| {
        let value = start[at..].strip_prefix(b"\"log\"").map(<[u8]>::trim_ascii_start);
        let value = value.and_then(|rest| rest.strip_prefix(b":")).map(<[u8]>::trim_ascii_start);
        value.is_some_and(|value| value.starts_with(b"{"))
    };
    start.starts_with(b"{") && memchr::memmem::find_iter(start, b"\"log\"").any(is_log)
}

impl EncodedBodies {
    pub(super) fn new() -> Self {
        Self { state: State::Outside, length: 0, waiting: Vec::new(), text: EncodedText::new(), damage: None }
    }

    /// Returns the reason why a compressed body was not expanded completely, if there was one.
    pub(super) fn damage(self) -> Option<io::Error> {
        self.damage
    }

    /// Scans further bytes of the file and returns the matches. The position of a match is the end of its encoded
    /// piece.
    pub(super) fn read(&mut self, finder: &IdFinder, bytes: &[u8]) -> Vec<Match> {
        let (mut all, mut at) = (Vec::new(), 0);
        while let Some((byte, rest)) = bytes.get(at..).and_then(<[u8]>::split_first) {
            match (self.state, *byte) {
                (State::Outside, _) => match memchr::memchr(b'"', bytes.get(at..).unwrap_or_default()) {
                    Some(quote) => {
                        at += quote;
                        self.begin();
                    }
                    None => return all,
                },
                (State::PlainEscape, _) => self.state = State::Plain,
                (State::Plain, b'"') => self.state = State::Outside,
                (State::Plain, b'\\') => self.state = State::PlainEscape,
                (State::Plain, _) => match memchr::memchr2(b'"', b'\\', rest) {
                    Some(end) => at += end,
                    None => return all,
                },
                (State::Encoded, b'"') => {
                    all.extend(self.end(finder).into_iter().map(|found| Match { at, ..found }));
                    self.state = State::Outside;
                }
                // JSON allows a backslash before a slash.
                (State::Encoded, b'\\') => self.state = State::EncodedEscape,
                (State::EncodedEscape, b'/') => {
                    self.waiting.push(b'/');
                    self.length += 1;
                    self.state = State::Encoded;
                }
                (State::EncodedEscape, _) => self.state = State::Plain,
                (State::Encoded, byte) if is_encoded(byte) => {
                    let more = rest.iter().take(PIECE).take_while(|byte| is_encoded(**byte)).count();
                    self.waiting.push(byte);
                    self.waiting.extend(rest.iter().take(more));
                    self.length += 1 + more;
                    at += more;
                    if self.waiting.len() >= PIECE {
                        all.extend(self.decode(finder).into_iter().map(|found| Match { at, ..found }));
                    }
                }
                (State::Encoded, _) => self.state = State::Plain,
            }
            at += 1;
        }
        all
    }

    fn begin(&mut self) {
        self.waiting.clear();
        self.text = EncodedText::new();
        (self.state, self.length) = (State::Encoded, 0);
    }

    fn decode(&mut self, finder: &IdFinder) -> Vec<Match> {
        let found = self.text.push(finder, &self.waiting);
        self.waiting.clear();
        if self.text.is_plain() {
            self.state = State::Plain;
        }
        found
    }

    fn end(&mut self, finder: &IdFinder) -> Vec<Match> {
        if self.length < SHORTEST {
            return Vec::new();
        }
        let mut found = self.decode(finder);
        let mut text = std::mem::replace(&mut self.text, EncodedText::new());
        found.extend(text.end(finder));
        self.damage = self.damage.take().or(text.damage());
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::STANDARD;

    const ID: &str = "thread_AbCdEfGhIjKlMnOpQrSt1234";

    fn found(text: &str, piece: usize) -> Vec<String> {
        let (finders, mut bodies) = (IdFinder::new(&[]), EncodedBodies::new());
        text.as_bytes().chunks(piece).flat_map(|bytes| bodies.read(&finders, bytes)).map(|found| found.id).collect()
    }

    #[test]
    fn bodies_are_decoded_for_any_division_into_pieces() {
        for before in 0..4 {
            let body = STANDARD.encode(format!("{:before$}\"{ID}\"?~~~?>>>", ""));
            let escaped = body.replace('/', "\\/");
            for body in [&body, &escaped, body.trim_end_matches('=')] {
                let text = format!(r#"{{"log":{{"a":"x\"y\\","text":"{body}","encoding":"base64"}}}}"#);
                for piece in [1, 7, 4096] {
                    assert_eq!(found(&text, piece), [ID], "{text} in pieces of {piece}");
                }
            }
        }
    }

    #[test]
    fn a_body_may_be_longer_than_a_piece() {
        for shift in 0..40 {
            let long = [vec![b' '; PIECE / 4 * 3 - 20 + shift], ID.as_bytes().to_vec(), vec![b' '; PIECE]].concat();
            let text = format!("\"{}\"", STANDARD.encode(&long));
            assert_eq!(found(&text, 1 << 20), [ID], "{shift}");
        }
    }

    #[test]
    fn an_archive_is_recognised_by_its_beginning() {
        assert!(is_archive(b"{\"log\": {") && is_archive(b"\xef\xbb\xbf {\n  \"log\" : {"));
        assert!(is_archive(b"{\"browser\": {\"name\": \"b\"}, \"log\": {\"version\": \"1.2\""));
        assert!(!is_archive(b"{\"log\":\"a line\"}") && !is_archive(b"[{\"log\":{") && !is_archive(b""));
    }
}
