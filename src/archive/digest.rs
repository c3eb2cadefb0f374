//! The length and the hash of files, computed while they are read or written.

use super::manifest::FileDigest;
use sha2::{Digest, Sha256};
use std::io::{self, BufRead, Write};

/// A writer that counts and hashes the bytes that pass through it.
pub(super) struct HashingWriter<W> {
    inner: W,
    hash: Sha256,
    bytes: u64,
}

impl<W> HashingWriter<W> {
    /// Wraps a writer to which nothing has been written.
    pub(super) fn new(inner: W) -> Self {
        Self { inner, hash: Sha256::new(), bytes: 0 }
    }

    /// Returns the wrapped writer, and the length and hash of the bytes.
    pub(super) fn finish(self) -> (W, FileDigest) {
        (self.inner, FileDigest { bytes: self.bytes, sha256: hex(self.hash) })
    }

    /// Counts and hashes bytes that are already in the file.
    pub(super) fn add_existing(&mut self, bytes: &[u8]) {
        self.hash.update(bytes);
        self.bytes += bytes.len() as u64;
    }

    /// Returns the wrapped writer. The caller must not write to it, because the bytes would not be counted and hashed.
    pub(super) fn inner_mut(&mut self) -> &mut W {
        &mut self.inner
    }
}

impl<W: Write> Write for HashingWriter<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.add_existing(bytes.get(..written).unwrap_or_default());
        Ok(written)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// Reads to the end, and returns the length and hash of the bytes.
pub(super) fn of_reader(mut from: impl BufRead) -> io::Result<FileDigest> {
    let mut hashing = HashingWriter::new(());
    loop {
        let bytes = from.fill_buf()?;
        if bytes.is_empty() {
            return Ok(hashing.finish().1);
        }
        hashing.add_existing(bytes);
        let length = bytes.len();
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
    fn written_and_read_bytes_have_the_same_hash() {
        let mut out = HashingWriter::new(Vec::new());
        out.write_all(b"ab").unwrap();
        out.write_all(b"c").unwrap();
        let (written, digest) = out.finish();
        // The first example from NIST.
        assert_eq!(digest.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assert_eq!((digest.bytes, of_reader(written.as_slice()).unwrap()), (3, digest));
    }
}
