//! The checksums of a whole file, computed by a thread while its parts are sent.
//!
//! The MD5 goes to the server. The checksum of each part is compared with that of the bytes that were sent: if they
//! differ, the file changed in between.

use super::source::LargeFile;
use crate::env::limits;
use flate2::Crc;
use md5::{Digest, Md5};
use std::io::{self, Read};
use tokio::sync::oneshot;

const CHUNK_SIZE: usize = 256 << 10;

/// The checksums of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Checksums {
    /// The MD5 of the file in hexadecimal digits.
    pub(super) md5: String,
    /// The CRC-32 of each part.
    pub(super) parts: Vec<u32>,
}

/// Starts to read a file. The thread ends early if the receiver is dropped.
pub(super) fn start(file: &LargeFile, part_size: u64) -> io::Result<oneshot::Receiver<io::Result<Checksums>>> {
    let (send, receive) = oneshot::channel();
    let (reader, size) = (file.reader()?, file.size);
    limits::detach(move || {
        let sums = read(reader, size, part_size, || send.is_closed());
        let _ = send.send(sums);
    })
    .map_err(io::Error::other)?;
    Ok(receive)
}

fn read(mut reader: impl Read, size: u64, part_size: u64, is_over: impl Fn() -> bool) -> io::Result<Checksums> {
    let mut buffer = vec![0; CHUNK_SIZE];
    let (mut whole, mut parts, mut left) = (Md5::new(), Vec::new(), size);
    while left > 0 {
        let (mut crc, mut in_part) = (Crc::new(), part_size.min(left));
        left -= in_part;
        while in_part > 0 {
            if is_over() {
                return Err(io::ErrorKind::Interrupted.into());
            }
            let most = usize::try_from(in_part).unwrap_or(usize::MAX).min(CHUNK_SIZE);
            let chunk = buffer.get_mut(..most).unwrap_or_default();
            let read = match reader.read(chunk) {
                Ok(0) => return Err(io::Error::other("it became shorter while it was read")),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                read => read?,
            };
            let chunk = chunk.get(..read).unwrap_or_default();
            whole.update(chunk);
            crc.update(chunk);
            in_part -= read as u64;
        }
        parts.push(crc.sum());
    }
    let md5 = whole.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
    Ok(Checksums { md5, parts })
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_the_parts_and_of_the_file() {
        let sums = read(&b"123456789abc"[..], 12, 9, || false).unwrap();
        // The check value of CRC-32 is that of the digits.
        assert_eq!(sums.parts[0], 0xcbf4_3926);
        assert_eq!(sums.parts.len(), 2);
        assert_eq!(read(&b""[..], 0, 9, || false).unwrap().md5, "d41d8cd98f00b204e9800998ecf8427e");
        assert!(read(&b"123"[..], 12, 9, || false).is_err(), "the file is shorter");
        assert!(read(&b"123"[..], 3, 9, || true).is_err(), "the receiver was dropped");
    }
}
