//! Searches base64 and hexadecimal text, also if it encodes compressed data.
//!
//! The text is decoded piece by piece, so it may have any length. Hexadecimal text is also valid base64, so each text
//! is decoded in both ways.

use super::expand::Expander;
use super::find::{IdFinder, Match};
use super::window::Window;
use base64::Engine;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use std::io;

/// The minimum length of a text that can contain an ID.
pub(super) const SHORTEST: usize = 32;

/// Accepts missing padding, and nonzero trailing bits in the last character.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &base64::alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Returns `true` if a character occurs in base64 or hexadecimal text.
pub(super) const fn is_encoded(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=' | b'-' | b'_')
}

/// A text that is decoded while it arrives.
pub(super) struct EncodedText {
    base64: Option<Decoding>,
    hexadecimal: Option<Decoding>,
    damage: Option<io::Error>,
}

/// The decoding of the text in one encoding.
struct Decoding {
    decode: fn(&mut Vec<u8>, bool) -> Option<Vec<u8>>,
    /// The characters that are not decoded yet.
    rest: Vec<u8>,
    expander: Expander,
    window: Window,
}

impl EncodedText {
    pub(super) fn new() -> Self {
        let decoding = |decode| {
            let (expander, window) = (Expander::new(), Window::default());
            Some(Decoding { decode, rest: Vec::new(), expander, window })
        };
        Self { base64: decoding(base64), hexadecimal: decoding(hexadecimal), damage: None }
    }

    /// Decodes a piece and returns the matches whose context is complete. Their positions have no meaning.
    pub(super) fn push(&mut self, finder: &IdFinder, piece: &[u8]) -> Vec<Match> {
        self.advance(finder, piece, false)
    }

    /// Ends the text and returns the remaining matches.
    pub(super) fn end(&mut self, finder: &IdFinder) -> Vec<Match> {
        self.advance(finder, b"", true)
    }

    /// Returns `true` if the text so far is neither base64 nor hexadecimal.
    pub(super) fn is_plain(&self) -> bool {
        self.base64.is_none() && self.hexadecimal.is_none()
    }

    /// Returns the reason why compressed data in the text was not expanded completely.
    pub(super) fn damage(self) -> Option<io::Error> {
        self.damage
    }

    fn advance(&mut self, finder: &IdFinder, piece: &[u8], is_last: bool) -> Vec<Match> {
        let mut found = Vec::new();
        for decoding in [&mut self.base64, &mut self.hexadecimal] {
            let Some(open) = decoding else { continue };
            match open.advance(finder, piece, is_last, &mut found) {
                Ok(true) => {}
                Ok(false) => *decoding = None,
                Err(error) => self.damage = Some(error),
            }
        }
        found
    }
}

impl Decoding {
    /// Decodes a piece. Returns `false` if the text does not have this encoding.
    fn advance(&mut self, finder: &IdFinder, piece: &[u8], is_last: bool, found: &mut Vec<Match>) -> io::Result<bool> {
        self.rest.extend_from_slice(piece);
        let Some(bytes) = (self.decode)(&mut self.rest, is_last) else { return Ok(false) };
        let window = &mut self.window;
        let mut each = |expanded: &[u8]| found.extend(window.push(finder, expanded, false));
        let pushed = self.expander.push(&bytes, &mut each);
        if !is_last {
            return pushed.map(|()| true);
        }
        let ended = pushed.and(self.expander.end(&mut each));
        found.extend(self.window.push(finder, b"", true));
        ended.map(|()| true)
    }
}

/// Decodes whole groups of four characters and removes them from the text. Returns `None` if the text is not base64.
fn base64(text: &mut Vec<u8>, is_last: bool) -> Option<Vec<u8>> {
    let padding = text.iter().rev().take_while(|byte| **byte == b'=').count();
    let plain = text.len() - padding;
    // Missing padding is accepted. A single remaining character cannot encode a byte.
    let whole = if is_last { plain - usize::from(plain % 4 == 1) } else { plain / 4 * 4 };
    let group = text.drain(..whole).map(|byte| match byte {
        // The variant for URLs.
        b'-' => b'+',
        b'_' => b'/',
        byte => byte,
    });
    LENIENT.decode(group.collect::<Vec<u8>>()).ok()
}

/// Decodes whole pairs of digits and removes them from the text. Returns `None` if the text is not hexadecimal.
fn hexadecimal(text: &mut Vec<u8>, is_last: bool) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
    let whole = text.len() / 2 * 2;
    if is_last && whole < text.len() {
        return None;
    }
    let digits = text.drain(..whole).map(digit).collect::<Option<Vec<u8>>>()?;
    Some(digits.chunks_exact(2).map(|pair| pair.iter().fold(0, |byte, digit| byte << 4 | digit)).collect())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE};
    use std::io::Write;

    const ID: &str = "thread_AbCdEfGhIjKlMnOpQrSt1234";

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(bytes).unwrap();
        gzip.finish().unwrap()
    }

    fn hex(bytes: &[u8]) -> String {
        bytes.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    fn found(text: &str, length: usize) -> (Vec<String>, Option<io::Error>) {
        let (finder, mut encoded) = (IdFinder::new(&[]), EncodedText::new());
        let mut all: Vec<Match> =
            text.as_bytes().chunks(length).flat_map(|piece| encoded.push(&finder, piece)).collect();
        all.extend(encoded.end(&finder));
        (all.into_iter().map(|found| found.id).collect(), encoded.damage())
    }

    #[test]
    fn every_encoding_is_decoded_in_pieces_of_any_length() {
        let body = format!("{{\"id\":\"{ID}\",\"x\":\"??>>~~\"}}");
        let packed = gzip(body.as_bytes());
        for (name, text) in [
            ("base64", STANDARD.encode(&body)),
            ("base64url", URL_SAFE.encode(&body)),
            ("without padding", STANDARD.encode(&body).trim_end_matches('=').to_owned()),
            ("hexadecimal", hex(body.as_bytes())),
            ("capitals", hex(body.as_bytes()).to_uppercase()),
            ("gzip in base64", STANDARD.encode(&packed)),
            ("gzip in hexadecimal", hex(&packed)),
        ] {
            for length in [1, 5, 64, 100_000] {
                let (ids, damage) = found(&text, length);
                assert_eq!(ids, [ID], "{name} in pieces of {length}");
                assert!(damage.is_none(), "{name}: {damage:?}");
            }
        }
    }

    #[test]
    fn compressed_data_that_was_cut_is_damaged() {
        let packed = gzip(&b"one line\n".repeat(1000));
        let (_, damage) = found(&STANDARD.encode(&packed[..packed.len() / 2]), 1000);
        assert!(damage.is_some());
    }
}
