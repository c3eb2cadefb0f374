//! Tar archives. The text of their files is searched in place. Files that would have to be unpacked are detected.

use super::formats;
use std::io::{self, Read};

/// Each file in an archive begins at a multiple of this many bytes.
const SECTOR: usize = 512;
/// The number of bytes that identify the format of a file.
const HEAD: usize = 16;

/// A reader of an archive that fails at its end if a file in it is packed, such as a compressed file or a database.
pub(super) struct TarReader<R> {
    from: R,
    /// The position in the sector.
    at: usize,
    head: [u8; HEAD],
    packed: bool,
}

impl<R: Read> TarReader<R> {
    pub(super) const fn new(from: R) -> Self {
        Self { from, at: 0, head: [0; HEAD], packed: false }
    }

    fn examine(&mut self, mut bytes: &[u8]) {
        while !bytes.is_empty() && !self.packed {
            let (now, rest) = bytes.split_at(bytes.len().min(SECTOR - self.at));
            if self.at < HEAD {
                let length = now.len().min(HEAD - self.at);
                self.head[self.at..self.at + length].copy_from_slice(&now[..length]);
                self.packed = self.at + length == HEAD && formats::is_packed(&self.head);
            }
            self.at = (self.at + now.len()) % SECTOR;
            bytes = rest;
        }
    }
}

impl<R: Read> Read for TarReader<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let read = self.from.read(into)?;
        if read == 0 && self.packed && !into.is_empty() {
            self.packed = false;
            return Err(io::Error::other("files in it are compressed or databases; expand it and scan its content"));
        }
        self.examine(&into[..read]);
        Ok(read)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    /// Reads in pieces of a size, and returns what was read and how it ended.
    fn read(bytes: &[u8], piece: usize) -> (usize, io::Result<usize>) {
        let mut members = TarReader::new(bytes);
        let (mut into, mut all) = (vec![0; piece], 0);
        loop {
            match members.read(&mut into) {
                Ok(read) if read > 0 => all += read,
                end => return (all, end),
            }
        }
    }

    #[test]
    fn packed_files_in_an_archive_are_reported_at_its_end() {
        let sector = |begin: &[u8]| [begin, &vec![b'a'; SECTOR - begin.len()]].concat();
        let text = sector(b"one line\n");
        for begin in
            [b"\x1f\x8b\x08\0".as_slice(), b"PK\x03\x04", b"BZh91AY&SY", b"\x28\xb5\x2f\xfd", b"SQLite format 3\0"]
        {
            for bytes in [[sector(begin), text.clone()].concat(), [text.clone(), sector(begin)].concat()] {
                for piece in [1, 7, 512, 4096] {
                    let (all, end) = read(&bytes, piece);
                    assert!(all == bytes.len() && end.is_err(), "{begin:?} in pieces of {piece}");
                }
            }
        }
        let within = [b"a".as_slice(), b"PK\x03\x04", &text].concat();
        assert_eq!(read(&[text, within].concat(), 100).1.unwrap(), 0);
    }
}
