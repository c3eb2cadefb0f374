//! Readers and writers that compute a hash.

use super::Part;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Write};

/// A writer that counts and hashes the bytes that pass through it.
pub(super) struct Hashed<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W> Hashed<W> {
    /// Wraps a writer to which nothing has been written.
    pub(super) fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// Returns the wrapped writer, and the length and hash of the bytes.
    pub(super) fn finish(self) -> (W, Part) {
        (self.inner, Part { bytes: self.bytes, sha256: hex(self.hash) })
    }

    pub(super) fn note(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    pub(super) fn inner_mut(&mut self) -> &mut W {
        &mut self.inner
    }
}

impl<W: Write> Write for Hashed<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.note(&bytes[..written]);
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads to the end, and returns the length and hash of the bytes.
pub(super) fn read(mut from: impl BufRead) -> io::Result<Part> {
    let mut hashed = Hashed::new(());
    loop {
        let piece = from.fill_buf()?;
        if piece.is_empty() {
            return Ok(hashed.finish().1);
        }
        hashed.note(piece);
        let length = piece.len();
        from.consume(length);
    }
}

fn hex(hash: Sha256) -> String {
    hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_and_what_is_read_have_the_same_hash() {
        let mut out = Hashed::new(Vec::new());
        out.write_all(b"ab").unwrap();
        out.write_all(b"c").unwrap();
        let (written, part) = out.finish();
        // The first example from NIST.
        assert_eq!(part.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((part.bytes, read(written.as_slice()).unwrap()), (3, part));
    }
}
