//! The content of a file: its hash, and whether a vector store can index it.

use crate::http;
use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::Path;
use std::time::UNIX_EPOCH;

/// The SHA-256 of a file.
pub(super) type Hash = [u8; 32];

/// The size of the buffer that files are read with.
const BUFFER_SIZE: usize = 128 << 10;

/// The hash, the size, and the encoding of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) hash: Hash,
    pub(super) size: u64,
    /// `false` if the extension of the name requires text, and the bytes are not text in an encoding that file search
    /// accepts.
    pub(super) is_text: bool,
}

/// The result of reading a file.
#[derive(Debug)]
pub(super) enum ReadResult {
    Read(Content),
    /// The file changed during both attempts to read it.
    Changing,
}

/// A reader that uses one buffer for all files.
pub(super) struct ContentReader {
    buffer: Vec<u8>,
}

impl ContentReader {
    pub(super) fn new() -> Self {
        Self { buffer: vec![0; BUFFER_SIZE] }
    }

    /// Reads a file. If it changes while it is read, it is read once more.
    ///
    /// # Errors
    /// Returns an error if the file cannot be read.
    pub(super) fn read(&mut self, path: &Path) -> io::Result<ReadResult> {
        for _ in 0..2 {
            let mut file = File::open(path)?;
            let before = file.metadata()?;
            let content = self.content(&mut file, before.len(), path)?;
            let after = std::fs::metadata(path)?;
            if is_same(&before, &after) && content.size == after.len() {
                return Ok(ReadResult::Read(content));
            }
        }
        Ok(ReadResult::Changing)
    }

    /// Reads the content of a file. `expected` is the size of the file. The caller checks whether the file changed
    /// meanwhile.
    fn content(&mut self, file: &mut File, expected: u64, path: &Path) -> io::Result<Content> {
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        let (mut hash, mut size) = (Sha256::new(), 0_u64);
        let mut text = promises_text(&name).then(TextCheck::default);
        // The buffer starts with the first bytes of a character that the previous chunk ended in.
        let mut kept = 0;
        loop {
            let read = match file.read(self.buffer.get_mut(kept..).unwrap_or_default()) {
                Ok(0) => break,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            hash.update(self.buffer.get(kept..kept + read).unwrap_or_default());
            size += read as u64;
            if let Some(text) = &mut text {
                let end = kept + read;
                kept = text.add(self.buffer.get(..end).unwrap_or_default());
                self.buffer.copy_within(end - kept..end, 0);
            }
            // A further read would only find the end of the file. If the file became longer, the caller finds out.
            if size == expected {
                break;
            }
        }
        let is_text = text.is_none_or(|text| text.is_valid && kept == 0);
        Ok(Content { hash: hash.finalize().into(), size, is_text })
    }
}

/// Returns `true` if the size and the modification time of a file did not change.
fn is_same(before: &Metadata, after: &Metadata) -> bool {
    before.len() == after.len() && modified(before) == modified(after)
}

fn modified(facts: &Metadata) -> u128 {
    let since = facts.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.map_or(0, |since| since.as_nanos())
}

/// Returns `true` if a file of this name must be text (docs/protocol/vector_stores.md#supported-files).
fn promises_text(name: &str) -> bool {
    let kind = http::mime_type_of(name);
    kind.starts_with("text/") || ["application/json", "application/typescript", "application/x-sh"].contains(&kind)
}

/// A check that bytes are UTF-8, or UTF-16 with a byte order mark.
#[derive(Debug)]
struct TextCheck {
    is_valid: bool,
    is_utf16: bool,
    is_first: bool,
}

impl Default for TextCheck {
    fn default() -> Self {
        Self { is_valid: true, is_utf16: false, is_first: true }
    }
}

impl TextCheck {
    /// Checks a chunk. Returns the number of bytes at its end that belong to an incomplete character.
    fn add(&mut self, chunk: &[u8]) -> usize {
        if std::mem::replace(&mut self.is_first, false) {
            self.is_utf16 = chunk.starts_with(&[0xff, 0xfe]) || chunk.starts_with(&[0xfe, 0xff]);
        }
        if self.is_utf16 || !self.is_valid {
            return 0;
        }
        match std::str::from_utf8(chunk) {
            Ok(_) => 0,
            Err(error) if error.error_len().is_none() => chunk.len() - error.valid_up_to(),
            Err(_) => {
                self.is_valid = false;
                0
            }
        }
    }
}

/// Returns a hash in hexadecimal digits.
pub(super) fn hex(hash: &Hash) -> String {
    hash.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// Parses a hash in hexadecimal digits.
pub(super) fn parse_hex(text: &str) -> Option<Hash> {
    let mut hash = [0; 32];
    if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return None;
    }
    for (index, byte) in hash.iter_mut().enumerate() {
        *byte = u8::from_str_radix(text.get(index * 2..index * 2 + 2)?, 16).ok()?;
    }
    Some(hash)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn read(name: &str, bytes: &[u8]) -> Content {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        match ContentReader::new().read(&path).unwrap() {
            ReadResult::Read(content) => content,
            ReadResult::Changing => panic!("the file did not change"),
        }
    }

    #[test]
    fn the_hash_is_that_of_the_whole_file() {
        let content = read("a.txt", b"abc");
        assert_eq!(hex(&content.hash), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!(parse_hex(&hex(&content.hash)), Some(content.hash));
        assert_eq!((content.size, content.is_text), (3, true));
        assert_eq!(parse_hex("zz"), None);
        assert_eq!(parse_hex(&"ü".repeat(32)), None);
    }

    #[test]
    fn text_is_checked_across_chunks() {
        let long = format!("{}é{}", "a".repeat(BUFFER_SIZE - 1), "b".repeat(BUFFER_SIZE));
        for (name, bytes, expected) in [
            ("a.md", long.as_bytes(), true),
            ("a.md", &long.as_bytes()[..BUFFER_SIZE], false),
            ("a.md", b"caf\xe9", false),
            ("a.md", b"\xff\xfea\0", true),
            ("a.md", b"", true),
            ("a.pdf", b"\xff\xff", true),
            ("a.json", b"\xe9", false),
        ] {
            assert_eq!(read(name, bytes).is_text, expected, "{name} {}", bytes.len());
        }
        assert_eq!(read("b.md", long.as_bytes()).hash, read("b.bin", long.as_bytes()).hash);
    }
}
