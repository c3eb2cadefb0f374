//! Read-ahead for scanning.
//!
//! While one block is searched, a thread reads the next two. It also counts their lines, while the bytes are in the
//! processor's cache.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// The source of the bytes. It may move to the reading thread.
pub(super) type BoxedReader = Box<dyn Read + Send>;

/// A block of bytes. Before them, `bytes` has room for the end of the previous block.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// The end of the bytes that were read.
    pub(super) end: usize,
    /// The number of line ends in the bytes that were read.
    pub(super) lines: u64,
    /// The result of reading, if this is the last block.
    pub(super) ended: Option<io::Result<()>>,
}

/// A sequence of blocks.
pub(super) struct Blocks {
    from: BlockSource,
    room: usize,
    length: usize,
}

enum BlockSource {
    /// No thread was started yet.
    Here(BoxedReader),
    /// A thread reads ahead. It sends full blocks, and receives empty ones.
    Ahead { full: Receiver<Block>, empty: SyncSender<Block> },
    /// The input has ended.
    Ended,
}

impl Blocks {
    /// Creates a sequence of blocks with `length` bytes each, preceded by `room` bytes.
    pub(super) fn of(from: BoxedReader, room: usize, length: usize) -> Self {
        Self { from: BlockSource::Here(from), room, length }
    }

    /// Returns the next block. After the last block, which has `ended` set, all blocks are empty.
    pub(super) fn next(&mut self) -> Block {
        match std::mem::replace(&mut self.from, BlockSource::Ended) {
            BlockSource::Here(mut from) => {
                let block = read(&mut *from, self.blank(), self.room);
                // A short input ends within the first block and needs no thread.
                if block.ended.is_none() {
                    match ahead(from, [self.blank(), self.blank()], self.room) {
                        Ok(ahead) => self.from = ahead,
                        Err(error) => return Block { ended: Some(Err(error)), ..block },
                    }
                }
                block
            }
            BlockSource::Ahead { full, empty } => {
                let Ok(block) = full.recv() else {
                    return self.over(Err(io::Error::other("the reading thread has ended")));
                };
                if block.ended.is_none() {
                    self.from = BlockSource::Ahead { full, empty };
                }
                block
            }
            BlockSource::Ended => self.over(Ok(())),
        }
    }

    /// Returns the memory of a block to the reading thread, which reuses it for the next block but one.
    pub(super) fn recycle(&self, block: Block) {
        if let BlockSource::Ahead { empty, .. } = &self.from {
            let _ = empty.send(block); // Fails only if the thread has ended, and then it needs no memory.
        }
    }

    fn blank(&self) -> Block {
        Block { bytes: vec![0; self.room + self.length], end: self.room, lines: 0, ended: None }
    }

    fn over(&self, ended: io::Result<()>) -> Block {
        Block { ended: Some(ended), ..self.blank() }
    }
}

fn ahead(mut from: BoxedReader, blanks: [Block; 2], room: usize) -> io::Result<BlockSource> {
    let (filled, full) = sync_channel(blanks.len());
    let (empty, blank) = sync_channel(blanks.len() + 1);
    for block in blanks {
        let _ = empty.send(block); // Cannot block, because the channel has room for all blocks.
    }
    thread::Builder::new().name("asst-read".to_owned()).spawn(move || {
        for block in blank {
            let block = read(&mut *from, block, room);
            let over = block.ended.is_some();
            if filled.send(block).is_err() || over {
                return;
            }
        }
    })?;
    Ok(BlockSource::Ahead { full, empty })
}

/// Reads until the block is full or the input ends.
fn read(from: &mut dyn Read, block: Block, room: usize) -> Block {
    let Block { mut bytes, .. } = block;
    let mut end = room;
    let ended = loop {
        if end == bytes.len() {
            break None;
        }
        match from.read(&mut bytes[end..]) {
            Ok(0) => break Some(Ok(())),
            Ok(more) => end += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => break Some(Err(error)),
        }
    };
    Block { lines: lines(&bytes[room..end]), bytes, end, ended }
}

/// Counts the line ends.
pub(super) fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
