//! Searches one value of a database. If the whole value is compressed or encoded, searches the decoded data too.

use super::encoded::{EncodedText, SHORTEST, is_encoded};
use super::expand::Expander;
use super::find::{IdFinder, Match};
use super::formats::{is_gzip, is_sqlite, is_zstd, unsupported};
use super::window::Window;
use std::io;

/// The type of a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueType {
    Text,
    Blob,
}

/// Returns the matches in a value, and the reason why part of it could not be searched. The positions have no meaning.
pub(super) fn search(finder: &IdFinder, bytes: &[u8], value: ValueType) -> (Vec<Match>, Option<String>) {
    let mut found = finder.find(bytes, 0, bytes.len());
    let mut damage = None;
    if is_gzip(bytes) || is_zstd(bytes) {
        damage = expand(finder, bytes, &mut found).err();
    } else if bytes.len() >= SHORTEST && bytes.iter().all(|byte| is_encoded(*byte) || is_line_end(*byte)) {
        let mut text = EncodedText::new();
        // Mail and PEM files break base64 into lines.
        for line in bytes.split(|byte| is_line_end(*byte)) {
            found.extend(text.push(finder, line));
        }
        found.extend(text.end(finder));
        damage = text.damage();
    } else if value == ValueType::Blob && is_sqlite(bytes) {
        return (found, Some("a value is an SQLite database; write it into a file and scan that".to_owned()));
    } else if value == ValueType::Blob
        && let Some(format) = unsupported(bytes)
    {
        return (found, Some(format!("a value is {}; {}", format.name, format.hint)));
    }
    (found, damage.map(|error| format!("compressed data in a value cannot be expanded completely ({error})")))
}

const fn is_line_end(byte: u8) -> bool {
    matches!(byte, b'\r' | b'\n')
}

fn expand(finder: &IdFinder, bytes: &[u8], found: &mut Vec<Match>) -> io::Result<()> {
    let (mut expander, mut window) = (Expander::new(), Window::default());
    let mut each = |expanded: &[u8]| found.extend(window.push(finder, expanded, false));
    let expanded = expander.push(bytes, &mut each).and_then(|()| expander.end(&mut each));
    found.extend(window.push(finder, b"", true));
    expanded
}
