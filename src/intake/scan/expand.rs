//! Expands data that may be compressed and that arrives piece by piece.

use super::formats::{is_gzip, is_zstd};
use super::zstd::ZstdFrames;
use flate2::write::MultiGzDecoder;
use std::io::{self, Read, Write};

/// The number of bytes that identify a format.
const HEAD: usize = 4;
/// The maximum expanded size of one body or value in bytes.
const EXPANDED: u64 = 1 << 30;
/// The maximum compressed size in bytes of Zstandard data, which is expanded at its end.
const COMPRESSED: usize = 64 << 20;
/// The number of expanded bytes that are passed on at once.
const PIECE: usize = 64 << 10;

/// An expander. Data that is not compressed passes unchanged.
pub(super) struct Expander {
    state: State,
    /// The remaining bytes of the limit.
    left: u64,
}

enum State {
    /// The first bytes, which do not identify the format yet.
    Undecided(Vec<u8>),
    Plain,
    Gzip(Box<MultiGzDecoder<Vec<u8>>>),
    Zstd(Vec<u8>),
    /// An error occurred. Further data is ignored.
    Failed,
}

impl Expander {
    pub(super) fn new() -> Self {
        Self { state: State::Undecided(Vec::new()), left: EXPANDED }
    }

    /// Adds a piece and passes the expanded data to `each`.
    ///
    /// # Errors
    /// Returns an error if the data is damaged or exceeds the limit after expansion. The data expanded before was
    /// passed on.
    pub(super) fn push(&mut self, piece: &[u8], each: &mut impl FnMut(&[u8])) -> io::Result<()> {
        if let State::Undecided(head) = &mut self.state {
            head.extend_from_slice(piece);
            if head.len() < HEAD {
                return Ok(());
            }
            let head = std::mem::take(head);
            self.decide(&head);
            return self.feed(&head, each);
        }
        self.feed(piece, each)
    }

    /// Ends the data.
    ///
    /// # Errors
    /// Returns an error as [`Expander::push`] does, or if compressed data is cut off.
    pub(super) fn end(&mut self, each: &mut impl FnMut(&[u8])) -> io::Result<()> {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Undecided(head) => each(&head),
            State::Plain | State::Failed => {}
            State::Gzip(mut decoder) => {
                let ended = decoder.try_finish();
                self.pass(decoder.get_mut(), each)?;
                ended?;
            }
            State::Zstd(compressed) => {
                let (mut frames, mut piece) = (ZstdFrames::new(compressed.as_slice()), vec![0; PIECE]);
                loop {
                    let length = frames.read(&mut piece)?;
                    if length == 0 {
                        return Ok(());
                    }
                    let mut expanded = piece.get(..length).unwrap_or_default().to_vec();
                    self.pass(&mut expanded, each)?;
                }
            }
        }
        Ok(())
    }

    fn decide(&mut self, head: &[u8]) {
        self.state = if is_gzip(head) {
            State::Gzip(Box::new(MultiGzDecoder::new(Vec::new())))
        } else if is_zstd(head) {
            State::Zstd(Vec::new())
        } else {
            State::Plain
        };
    }

    fn feed(&mut self, piece: &[u8], each: &mut impl FnMut(&[u8])) -> io::Result<()> {
        match std::mem::replace(&mut self.state, State::Failed) {
            State::Gzip(mut decoder) => {
                // Small pieces limit the memory if the data expands by a large factor.
                for part in piece.chunks(PIECE / 64) {
                    decoder.write_all(part)?;
                    self.pass(decoder.get_mut(), each)?;
                }
                self.state = State::Gzip(decoder);
            }
            State::Zstd(mut compressed) => {
                if compressed.len() + piece.len() > COMPRESSED {
                    return Err(too_large());
                }
                compressed.extend_from_slice(piece);
                self.state = State::Zstd(compressed);
            }
            State::Failed => {}
            State::Undecided(_) | State::Plain => {
                each(piece);
                self.state = State::Plain;
            }
        }
        Ok(())
    }

    fn pass(&mut self, expanded: &mut Vec<u8>, each: &mut impl FnMut(&[u8])) -> io::Result<()> {
        self.left = self.left.checked_sub(expanded.len() as u64).ok_or_else(too_large)?;
        each(expanded);
        expanded.clear();
        Ok(())
    }
}

fn too_large() -> io::Error {
    io::Error::new(io::ErrorKind::FileTooLarge, "it expands to more than the limit of a scan")
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn expanded(bytes: &[u8], length: usize) -> (Vec<u8>, io::Result<()>) {
        let (mut all, mut expander) = (Vec::new(), Expander::new());
        let mut each = |piece: &[u8]| all.extend_from_slice(piece);
        let pushed = bytes.chunks(length).try_for_each(|piece| expander.push(piece, &mut each));
        let ended = pushed.and(expander.end(&mut each));
        (all, ended)
    }

    #[test]
    fn gzip_and_zstd_are_expanded_and_other_data_passes_unchanged() {
        let text = b"one line\n".repeat(5000);
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&text).unwrap();
        let gzip = gzip.finish().unwrap();
        let zstd = ruzstd::encoding::compress_to_vec(&text[..], ruzstd::encoding::CompressionLevel::Fastest);
        for (name, bytes) in [("text", text.clone()), ("gzip", gzip.clone()), ("zstd", zstd)] {
            for length in [1, 3, 1000, 100_000] {
                let (all, ended) = expanded(&bytes, length);
                ended.unwrap();
                assert!(all == text, "{name} in pieces of {length}");
            }
        }
        for bytes in [&b""[..], b"a", b"\x1f\x8b\x08"] {
            assert_eq!(expanded(bytes, 1).0, bytes, "{bytes:?}");
        }
        let (all, ended) = expanded(&gzip[..gzip.len() - 20], 100);
        assert!(!all.is_empty() && ended.is_err(), "what was cut off is an error, after what could be expanded");
    }
}
