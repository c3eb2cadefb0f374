//! Scans base64 bodies in HTTP archives (HAR). Browsers encode bodies that are not text, and some encode all bodies.
//!
//! Each string that is base64 is decoded piece by piece, so that its length does not matter.

use super::find::{BEFORE, BEHIND, Finders, Found};
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// The number of encoded bytes that are decoded at once. Four encoded bytes yield three bytes.
const PIECE: usize = 64 << 10;
/// The minimum length of a string that can contain an ID.
const SHORTEST: usize = 32;

/// Accepts missing padding, and nonzero trailing bits in the last character.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// The state of the scan within the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
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

/// A scanner for the strings of a file.
pub(super) struct Bodies {
    at: At,
    length: usize,
    encoded: Vec<u8>,
    decoded: Vec<u8>,
    /// The position in `decoded` up to which the bytes were searched.
    done: usize,
}

/// Returns `true` if a file begins like an HTTP archive: an object with an object `log`, which other members may precede.
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

impl Bodies {
    pub(super) fn new() -> Self {
        Self { at: At::Outside, length: 0, encoded: Vec::new(), decoded: Vec::new(), done: 0 }
    }

    /// Scans further bytes of the file and returns the matches. The position of each is the end of its encoded piece.
    pub(super) fn read(&mut self, finders: &Finders, bytes: &[u8]) -> Vec<Found> {
        let (mut all, mut at) = (Vec::new(), 0);
        while at < bytes.len() {
            match (self.at, bytes[at]) {
                (At::Outside, _) => match memchr::memchr(b'"', &bytes[at..]) {
                    Some(quote) => {
                        at += quote;
                        self.begin();
                    }
                    None => return all,
                },
                (At::PlainEscape, _) => self.at = At::Plain,
                (At::Plain, _) => match memchr::memchr2(b'"', b'\\', &bytes[at..]) {
                    Some(end) => {
                        at += end;
                        self.at = if bytes[at] == b'"' { At::Outside } else { At::PlainEscape };
                    }
                    None => return all,
                },
                (At::Encoded, b'"') => {
                    all.extend(self.end(finders).into_iter().map(|found| Found { at, ..found }));
                    self.at = At::Outside;
                }
                // JSON allows a backslash before a slash.
                (At::Encoded, b'\\') => self.at = At::EncodedEscape,
                (At::EncodedEscape, b'/') => {
                    self.encoded.push(b'/');
                    self.at = At::Encoded;
                }
                (At::EncodedEscape, _) => self.at = At::Plain,
                (At::Encoded, byte) if is_encoded(byte) => {
                    let rest = &bytes[at..];
                    let length = rest.iter().take(PIECE).take_while(|byte| is_encoded(**byte)).count();
                    self.encoded.extend_from_slice(&rest[..length]);
                    self.length += length;
                    at += length - 1;
                    if self.encoded.len() >= PIECE {
                        all.extend(self.decode(finders, false).into_iter().map(|found| Found { at, ..found }));
                    }
                }
                (At::Encoded, _) => self.at = At::Plain,
            }
            at += 1;
        }
        all
    }

    fn begin(&mut self) {
        self.encoded.clear();
        self.decoded.clear();
        (self.at, self.length, self.done) = (At::Encoded, 0, 0);
    }

    fn end(&mut self, finders: &Finders) -> Vec<Found> {
        if self.length < SHORTEST { Vec::new() } else { self.decode(finders, true) }
    }

    /// Decodes whole groups of four characters, and searches the part whose context is complete.
    fn decode(&mut self, finders: &Finders, last: bool) -> Vec<Found> {
        let padding = self.encoded.iter().rev().take_while(|byte| **byte == b'=').count();
        let plain = self.encoded.len() - padding;
        // Missing padding is accepted. A single remaining character cannot encode a byte.
        let whole = if last { plain - usize::from(plain % 4 == 1) } else { plain / 4 * 4 };
        let Ok(bytes) = LENIENT.decode(&self.encoded[..whole]) else {
            self.at = At::Plain;
            return Vec::new();
        };
        self.encoded.drain(..whole);
        self.decoded.extend_from_slice(&bytes);
        let to = if last { self.decoded.len() } else { self.decoded.len().saturating_sub(BEHIND).max(self.done) };
        let found = finders.find(&self.decoded, self.done, to);
        let keep = to.saturating_sub(BEFORE);
        self.decoded.drain(..keep);
        self.done = to - keep;
        found
    }
}

const fn is_encoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=')
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::STANDARD;

    const ID: &str = "thread_AbCdEfGhIjKlMnOpQrSt1234";

    fn found(text: &str, piece: usize) -> Vec<String> {
        let (finders, mut bodies) = (Finders::of(&[]), Bodies::new());
        text.as_bytes().chunks(piece).flat_map(|bytes| bodies.read(&finders, bytes)).map(|found| found.id).collect()
    }

    #[test]
    fn bodies_are_decoded_however_they_are_cut() {
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
    fn what_an_archive_begins_with() {
        assert!(is_archive(b"{\"log\": {") && is_archive(b"\xef\xbb\xbf {\n  \"log\" : {"));
        assert!(is_archive(b"{\"browser\": {\"name\": \"b\"}, \"log\": {\"version\": \"1.2\""));
        assert!(!is_archive(b"{\"log\":\"a line\"}") && !is_archive(b"[{\"log\":{") && !is_archive(b""));
    }
}
