//! Reading ahead: while one block is looked through, a thread reads the next two, and counts their lines while they are
//! at hand.

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::thread;

/// What is read from; it may be handed to a thread.
pub(super) type Source = Box<dyn Read + Send>;

/// Bytes that were read, behind room for what is kept of the block before.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) bytes: Vec<u8>,
    /// Where what was read ends.
    pub(super) end: usize,
    /// Ends of lines in what was read.
    pub(super) lines: u64,
    /// How reading ended, where nothing follows.
    pub(super) ended: Option<io::Result<()>>,
}

/// Blocks, one after the other.
pub(super) struct Blocks {
    from: From,
    room: usize,
    length: usize,
}

enum From {
    Here(Source),
    Ahead { full: Receiver<Block>, empty: SyncSender<Block> },
    Nowhere,
}

impl Blocks {
    /// Returns blocks of this many bytes, with this much room before them.
    pub(super) fn of(from: Source, room: usize, length: usize) -> Self {
        Self { from: From::Here(from), room, length }
    }

    /// Returns the next block. Behind the one that says how reading ended come empty ones.
    pub(super) fn next(&mut self) -> Block {
        match std::mem::replace(&mut self.from, From::Nowhere) {
            From::Here(mut from) => {
                let block = read(&mut *from, self.blank(), self.room);
                // What is short is over before a thread has begun.
                if block.ended.is_none() {
                    match ahead(from, [self.blank(), self.blank()], self.room) {
                        Ok(ahead) => self.from = ahead,
                        Err(error) => return Block { ended: Some(Err(error)), ..block },
                    }
                }
                block
            }
            From::Ahead { full, empty } => {
                let Ok(block) = full.recv() else {
                    return self.over(Err(io::Error::other("it was no longer read")));
                };
                if block.ended.is_none() {
                    self.from = From::Ahead { full, empty };
                }
                block
            }
            From::Nowhere => self.over(Ok(())),
        }
    }

    /// Gives memory back that the next block but one is read into.
    pub(super) fn spent(&self, block: Block) {
        if let From::Ahead { empty, .. } = &self.from {
            let _ = empty.send(block); // Whoever reads no more needs none.
        }
    }

    fn blank(&self) -> Block {
        Block { bytes: vec![0; self.room + self.length], end: self.room, lines: 0, ended: None }
    }

    fn over(&self, ended: io::Result<()>) -> Block {
        Block { ended: Some(ended), ..self.blank() }
    }
}

fn ahead(mut from: Source, blanks: [Block; 2], room: usize) -> io::Result<From> {
    let (filled, full) = sync_channel(blanks.len());
    let (empty, blank) = sync_channel(blanks.len() + 1);
    for block in blanks {
        let _ = empty.send(block); // There is room for it.
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
    Ok(From::Ahead { full, empty })
}

/// Reads until the block is full or there is no more.
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

/// Counts the ends of lines.
pub(super) fn lines(bytes: &[u8]) -> u64 {
    memchr::memchr_iter(b'\n', bytes).count() as u64
}
