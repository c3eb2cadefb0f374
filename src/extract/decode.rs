//! Decodes UTF-8, UTF-16 with a byte order mark, and ASCII, in constant memory.

use super::failure::ExtractionFailure;
use std::io::{ErrorKind, Read};

/// The size of the input buffer, in bytes.
const BUFFER: usize = 64 << 10;

/// A function that combines the two bytes of a UTF-16 code unit.
type Utf16Unit = fn([u8; 2]) -> u16;

/// A receiver of decoded text.
pub(super) type Emit<'a> = &'a mut dyn FnMut(&str) -> Result<(), ExtractionFailure>;

/// Decodes a file and passes its text to `emit` in pieces, without the byte order mark.
///
/// # Errors
/// Returns an error if the file has another encoding or contains a zero character, if it cannot be read, and whenever
/// `emit` fails.
pub(super) fn decode(mut file: impl Read, emit: Emit<'_>) -> Result<(), ExtractionFailure> {
    let mut buffer = vec![0; BUFFER];
    let mut filled = fill(&mut file, &mut buffer)?;
    let head = buffer.get(..filled).unwrap_or_default();
    let (bom, wide): (usize, Option<Utf16Unit>) = match head {
        [0xEF, 0xBB, 0xBF, ..] => (3, None),
        [0xFF, 0xFE, 0, 0, ..] | [0, 0, 0xFE, 0xFF, ..] => return Err(unknown_encoding("it is in UTF-32")),
        [0xFF, 0xFE, ..] => (2, Some(u16::from_le_bytes)),
        [0xFE, 0xFF, ..] => (2, Some(u16::from_be_bytes)),
        _ => (0, None),
    };
    let mut decoder = match wide {
        Some(unit) => Decoder::Utf16 { unit, text: String::new() },
        None => Decoder::Utf8,
    };
    let mut start = bom;
    let mut before = 0;
    loop {
        let data = buffer.get(start..filled).unwrap_or_default();
        let last = filled < BUFFER;
        let used = decoder.decode(data, before + start as u64, last, emit)?;
        if last {
            return Ok(());
        }
        before += (start + used) as u64;
        // An incomplete character moves to the front of the buffer.
        buffer.copy_within(start + used..filled, 0);
        let kept = filled - start - used;
        start = 0;
        filled = kept + fill(&mut file, buffer.get_mut(kept..).unwrap_or_default())?;
    }
}

/// Fills the buffer as far as the file reaches, and returns the number of bytes.
fn fill(file: &mut impl Read, buffer: &mut [u8]) -> Result<usize, ExtractionFailure> {
    let mut filled = 0;
    while let Some(room) = buffer.get_mut(filled..).filter(|room| !room.is_empty()) {
        match file.read(room) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(ExtractionFailure::server(error)),
        }
    }
    Ok(filled)
}

enum Decoder {
    Utf8,
    Utf16 { unit: Utf16Unit, text: String },
}

impl Decoder {
    /// Decodes `data`, which begins at byte `offset` of the file. Returns the number of decoded bytes. An incomplete
    /// character at the end is left for the next call, or is an error if `last` is `true`.
    fn decode(&mut self, data: &[u8], offset: u64, last: bool, emit: Emit<'_>) -> Result<usize, ExtractionFailure> {
        match self {
            Self::Utf8 => {
                let (text, rest) = match std::str::from_utf8(data) {
                    Ok(text) => (text, None),
                    Err(error) => {
                        let (valid, _) = data.split_at(error.valid_up_to());
                        (std::str::from_utf8(valid).unwrap_or_default(), Some(error))
                    }
                };
                if let Some(zero) = memchr::memchr(0, text.as_bytes()) {
                    return Err(binary(offset + zero as u64));
                }
                emit(text)?;
                match rest {
                    Some(error) if last || error.error_len().is_some() => {
                        let at = error.valid_up_to();
                        let byte = data.get(at).copied().unwrap_or_default();
                        Err(unknown_encoding(&format!("byte {} is 0x{byte:02X}", offset + at as u64)))
                    }
                    _ => Ok(text.len()),
                }
            }
            Self::Utf16 { unit, text } => {
                text.clear();
                let mut used = 0;
                let units = data.as_chunks::<2>().0.iter().map(|pair| unit(*pair));
                for letter in char::decode_utf16(units) {
                    match letter {
                        Ok('\0') => return Err(binary(offset + used as u64)),
                        Ok(letter) => {
                            text.push(letter);
                            used += 2 * letter.len_utf16();
                        }
                        // The second half of a pair may be in the next block.
                        Err(_) if !last && used + 3 >= data.len() => break,
                        Err(_) => {
                            let at = offset + used as u64;
                            return Err(unknown_encoding(&format!("the UTF-16 at byte {at} has half of a pair")));
                        }
                    }
                }
                emit(text)?;
                if last && used < data.len() {
                    return Err(unknown_encoding("its UTF-16 has an odd number of bytes"));
                }
                Ok(used)
            }
        }
    }
}

fn binary(at: u64) -> ExtractionFailure {
    ExtractionFailure::invalid(format!("Expected text, found binary data: byte {at} of the file is zero."))
}

fn unknown_encoding(found: &str) -> ExtractionFailure {
    ExtractionFailure::invalid(format!(
        "Expected text in UTF-8, UTF-16 with a byte order mark, or ASCII, but {found}. Convert the file to UTF-8."
    ))
}

/// Returns `true` if the beginning of a file looks like text in a supported encoding.
pub(super) fn is_text(head: &[u8]) -> bool {
    if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
        return true;
    }
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The head may end within a character.
        Err(error) => error.error_len().is_none(),
    };
    valid && !head.contains(&0)
}
