//! File contents of a store in memory, in one unnamed file that disappears with the process, even after a crash.
//!
//! The file is divided into blocks. The blocks of removed contents are reused once they are no longer being read.

use super::CHUNK;
use crate::serve::ids;
use axum::body::Bytes;
use std::{
    collections::HashMap,
    fs::File,
    io,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// All file contents of the store.
#[derive(Debug, Clone)]
pub(in crate::serve) struct Spool(Arc<SpoolFile>);

/// The unnamed file, and the use of its blocks.
#[derive(Debug)]
struct SpoolFile {
    file: File,
    state: Mutex<BlockTable>,
}

/// The use of the blocks.
#[derive(Debug, Default)]
struct BlockTable {
    /// The blocks that are free for reuse.
    free: Vec<u64>,
    /// The number of blocks in the file.
    blocks: u64,
    /// The blocks of stored contents, by name.
    kept: HashMap<String, Arc<Blocks>>,
}

/// The blocks of some contents. They are freed when this value is dropped.
#[derive(Debug)]
struct Blocks {
    spool: Spool,
    /// The numbers of the blocks, in the order of the contents.
    numbers: Vec<u64>,
    length: u64,
}

/// Contents that are being uploaded.
#[derive(Debug)]
pub(in crate::serve) struct IncomingSpool(Blocks);

/// Contents that are being read.
#[derive(Debug)]
pub(in crate::serve) struct OutgoingSpool {
    blocks: Arc<Blocks>,
    next: usize,
}

impl Spool {
    pub(in crate::serve::store) fn new() -> io::Result<Self> {
        Ok(Self(Arc::new(SpoolFile { file: tempfile::tempfile()?, state: Mutex::default() })))
    }

    pub(super) fn begin(&self) -> IncomingSpool {
        IncomingSpool(Blocks { spool: self.clone(), numbers: Vec::new(), length: 0 })
    }

    /// Keeps contents under a new name, and returns the name.
    pub(super) fn keep(&self, IncomingSpool(blocks): IncomingSpool) -> String {
        let name = ids::with_prefix("blob_");
        self.lock().kept.insert(name.clone(), Arc::new(blocks));
        name
    }

    /// Returns contents with their size in bytes, or `None` if they were removed.
    pub(super) fn read(&self, name: &str) -> Option<(OutgoingSpool, u64)> {
        let blocks = self.lock().kept.get(name)?.clone();
        let length = blocks.length;
        Some((OutgoingSpool { blocks, next: 0 }, length))
    }

    /// Removes contents.
    pub(in crate::serve::store) fn remove(&self, name: &str) {
        let removed = self.lock().kept.remove(name);
        drop(removed); // Dropping the blocks takes the lock, so it must happen after the lock was released.
    }

    fn lock(&self) -> MutexGuard<'_, BlockTable> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl BlockTable {
    /// Returns the number of a free block. Extends the file if there is none.
    fn take_block(&mut self) -> u64 {
        self.free.pop().unwrap_or_else(|| {
            self.blocks += 1;
            self.blocks - 1
        })
    }
}

impl Drop for Blocks {
    fn drop(&mut self) {
        self.spool.lock().free.append(&mut self.numbers);
    }
}

impl IncomingSpool {
    /// Adds bytes.
    pub(super) fn write(&mut self, mut bytes: &[u8]) -> io::Result<()> {
        let blocks = &mut self.0;
        while !bytes.is_empty() {
            let offset = (blocks.length % CHUNK as u64) as usize;
            if offset == 0 {
                let number = blocks.spool.lock().take_block();
                blocks.numbers.push(number);
            }
            let (now, later) = bytes.split_at(bytes.len().min(CHUNK - offset));
            let number = blocks.numbers.last().copied().unwrap_or_default();
            write_at(&blocks.spool.0.file, now, number * CHUNK as u64 + offset as u64)?;
            blocks.length += now.len() as u64;
            bytes = later;
        }
        Ok(())
    }

    /// Returns the number of bytes received so far.
    pub(super) fn length(&self) -> u64 {
        self.0.length
    }
}

impl OutgoingSpool {
    /// Reads the next chunk, or `None` at the end.
    pub(super) fn next(mut self) -> io::Result<Option<(Bytes, Self)>> {
        let Some(number) = self.blocks.numbers.get(self.next) else { return Ok(None) };
        let left = self.blocks.length - self.next as u64 * CHUNK as u64;
        let mut bytes = vec![0; usize::try_from(left).unwrap_or(CHUNK).min(CHUNK)];
        read_at(&self.blocks.spool.0.file, &mut bytes, number * CHUNK as u64)?;
        self.next += 1;
        Ok(Some((bytes.into(), self)))
    }
}

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, at)
}

#[cfg(unix)]
fn read_at(file: &File, bytes: &mut [u8], at: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, at)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let length = std::os::windows::fs::FileExt::seek_write(file, bytes, at)?;
        (bytes, at) = (&bytes[length..], at + length as u64);
    }
    Ok(())
}

#[cfg(windows)]
fn read_at(file: &File, mut bytes: &mut [u8], mut at: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        let length = match std::os::windows::fs::FileExt::seek_read(file, bytes, at)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            length => length,
        };
        (bytes, at) = (&mut std::mem::take(&mut bytes)[length..], at + length as u64);
    }
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn put(spool: &Spool, bytes: &[u8], piece: usize) -> String {
        let mut incoming = spool.begin();
        bytes.chunks(piece).for_each(|piece| incoming.write(piece).unwrap());
        assert_eq!(incoming.length(), bytes.len() as u64);
        spool.keep(incoming)
    }

    fn rest(mut outgoing: OutgoingSpool) -> Vec<u8> {
        let mut found = Vec::new();
        while let Some((bytes, next)) = outgoing.next().unwrap() {
            found.extend_from_slice(&bytes);
            outgoing = next;
        }
        found
    }

    #[test]
    fn contents_of_any_length_are_read_unchanged() {
        let spool = Spool::new().unwrap();
        for length in [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 3 * CHUNK + 7] {
            let bytes: Vec<u8> = (0..length).map(|at| (at % 251) as u8).collect();
            for piece in [1_000, CHUNK, 1 << 20] {
                let (outgoing, found) = spool.read(&put(&spool, &bytes, piece)).unwrap();
                assert_eq!(found, length as u64);
                assert!(rest(outgoing) == bytes, "{length} bytes in pieces of {piece}");
            }
        }
    }

    #[test]
    fn blocks_without_readers_are_reused() {
        let spool = Spool::new().unwrap();
        let first = put(&spool, &vec![1; 2 * CHUNK], CHUNK);
        let (reading, _) = spool.read(&first).unwrap();
        spool.remove(&first);
        assert!(spool.read(&first).is_none());
        put(&spool, &vec![2; 2 * CHUNK], CHUNK);
        assert_eq!(spool.lock().blocks, 4);
        assert_eq!(rest(reading), vec![1; 2 * CHUNK], "blocks that are being read are not overwritten");
        drop(spool.begin());
        put(&spool, &vec![3; 2 * CHUNK], CHUNK);
        assert_eq!(spool.lock().blocks, 4);
    }
}
