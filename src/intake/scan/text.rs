//! Searches text in blocks of one size.

use super::binary;
use super::find::{AFTER, BEFORE, IdFinder, Match};
use super::har::{self, EncodedBodies};
use super::read_ahead::{Block, Blocks, BoxedReader, lines};
use std::io;

/// The block size in bytes. A line may be longer.
const BLOCK: usize = 1 << 20;
/// The number of bytes before a block for the end of the previous block, which is the context of matches.
const ROOM: usize = BEFORE + AFTER;

/// The result of reading a file.
#[derive(Debug)]
pub(super) struct TextEnd {
    /// An error if reading failed. The bytes before the error were searched.
    pub(super) read: io::Result<()>,
    /// `true` if part of the file is not text, so that IDs may have been missed.
    pub(super) is_binary: bool,
    /// The reason why a compressed body in an HTTP archive was not expanded completely.
    pub(super) damaged_body: Option<io::Error>,
}

/// Calls `take` for every ID in the stream, with its line number.
pub(super) fn each(
    from: BoxedReader,
    finder: &IdFinder,
    mut take: impl FnMut(Match, u64) -> anyhow::Result<()>,
) -> anyhow::Result<TextEnd> {
    let mut blocks = Blocks::of(from, ROOM, BLOCK);
    let mut block = blocks.next();
    let start = &block.bytes[ROOM..block.end];
    let mut bodies = har::is_archive(start).then(EncodedBodies::new);
    let (is_marked, mut is_binary) = (binary::is_marked(start), false);
    // The start of the data in the block, the start of the bytes not searched yet, and the line number.
    let (mut begin, mut done, mut line) = (ROOM, ROOM, 1);
    loop {
        let last = block.ended.is_some();
        let end = if last { block.end } else { block.end - AFTER };
        let mut all = finder.find(&block.bytes[begin..block.end], done - begin, end - begin);
        all.iter_mut().for_each(|found| found.at += begin);
        if let Some(bodies) = &mut bodies {
            let within = bodies.read(finder, &block.bytes[ROOM..block.end]);
            all.extend(within.into_iter().map(|found| Match { at: ROOM + found.at, ..found }));
        }
        let mut place = (ROOM, line);
        for found in all {
            place = (found.at, line_at(&block, place, found.at));
            take(found, place.1)?;
        }
        is_binary |= !is_marked && binary::is_binary(&block.bytes[ROOM..block.end]);
        if let Some(read) = block.ended {
            let damaged_body = bodies.and_then(EncodedBodies::damage);
            return Ok(TextEnd { read, is_binary, damaged_body });
        }
        line += block.lines;
        let mut next = blocks.next();
        next.bytes[..ROOM].copy_from_slice(&block.bytes[block.end - ROOM..block.end]);
        blocks.recycle(std::mem::replace(&mut block, next));
        (begin, done) = (0, BEFORE);
    }
}

/// Returns the line number of a position, counting from a known one. Lines are only counted between matches.
fn line_at(block: &Block, (known, line): (usize, u64), at: usize) -> u64 {
    if at < known { line - lines(&block.bytes[at..known]) } else { line + lines(&block.bytes[known..at]) }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::open::{OpenedFile, opened};
    use super::*;
    use std::io::{Read, Write};

    const ID: &str = "thread_AbCdEfGhIjKlMnOpQrSt1234";

    fn found(bytes: &[u8]) -> Vec<(String, u64)> {
        let mut all = Vec::new();
        let OpenedFile::Text(from) = opened(io::Cursor::new(bytes.to_vec()), None).unwrap() else {
            panic!("it is no text");
        };
        let ended = each(from, &IdFinder::new(&[]), |found, line| {
            all.push((found.id, line));
            Ok(())
        });
        ended.unwrap().read.unwrap();
        all
    }

    #[test]
    fn every_id_at_a_block_border_is_found_once() {
        for shift in 0..300 {
            let at = BLOCK + BEFORE - 40 + shift;
            let mut bytes: Vec<u8> = (1..=at).map(|n| if n % 16 == 0 { b'\n' } else { b' ' }).collect();
            bytes.extend_from_slice(ID.as_bytes());
            bytes.push(b'\n');
            assert_eq!(found(&bytes), [(ID.to_owned(), at as u64 / 16 + 1)], "{shift}");
        }
    }

    #[test]
    fn every_line_has_its_number() {
        // Lines of 32 and of 33 bytes, so that blocks end at every position of a line.
        let line =
            |n: u64| format!("thread_AbCdEfGhIjKlMnOpQr{n:06}{}", if n.is_multiple_of(2) { "\n" } else { " \n" });
        let text: String = (0..100_000).map(line).collect();
        let wanted = (0..100_000).map(|n| (line(n).trim_end().to_owned(), n + 1));
        assert!(found(text.as_bytes()).into_iter().eq(wanted));
    }

    #[test]
    fn a_line_may_be_longer_than_a_piece() {
        let mut bytes = vec![b' '; 3 * BLOCK];
        bytes.extend_from_slice(ID.as_bytes());
        bytes.extend(vec![b' '; 2 * BLOCK]);
        assert_eq!(found(&bytes), [(ID.to_owned(), 1)]);
        assert_eq!(found(b""), []);
    }

    #[test]
    fn text_before_a_read_error_is_searched() {
        struct Broken;
        impl Read for Broken {
            fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
                Err(io::Error::other("a bad sector"))
            }
        }
        // In the first block, in the second, and in one that a thread reads ahead.
        for before in [0, BLOCK, 3 * BLOCK] {
            let readable = [vec![b' '; before], ID.as_bytes().to_vec()].concat();
            let (mut all, from) = (Vec::new(), Box::new(io::Cursor::new(readable).chain(Broken)));
            let take = |found: Match, _| {
                all.push(found.id);
                Ok(())
            };
            assert_eq!(
                each(from, &IdFinder::new(&[]), take).unwrap().read.unwrap_err().to_string(),
                "a bad sector",
                "{before} bytes before the error"
            );
            assert_eq!(all, [ID], "{before} bytes before the error");
        }
    }

    #[test]
    fn compressed_files_are_expanded() {
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(format!("\n{ID}\n").as_bytes()).unwrap();
        let gzip = gzip.finish().unwrap();
        assert_eq!(found(&gzip), [(ID.to_owned(), 2)]);
        // Two members in sequence, as in joined rotated logs.
        assert_eq!(found(&[&gzip[..], &gzip[..]].concat()).len(), 2);
        let zstd = ruzstd::encoding::compress_to_vec(ID.as_bytes(), ruzstd::encoding::CompressionLevel::Fastest);
        assert_eq!(found(&zstd), [(ID.to_owned(), 1)]);
        // With skippable frames before, between and after them, as written by parallel compressors.
        let skipped = [&[0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0], &b"none"[..]].concat();
        assert_eq!(found(&[&skipped[..], &zstd, &skipped, &zstd, &skipped].concat()).len(), 2);
        let again = |bytes: &[u8]| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(bytes).unwrap();
            gzip.finish().unwrap()
        };
        assert_eq!(found(&again(&zstd)).len(), 1, "one within the other");
    }
}
