//! Reading ahead in a thread, with reused buffers: allocating a new buffer for each chunk takes longer than reading it.

use super::error::ReadFailed;
use crate::env::limits;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::{Arc, mpsc as std_mpsc};
use tokio::sync::mpsc;

/// The size of a chunk in bytes for a source that is sent alone.
pub(super) const LARGE_CHUNK: usize = 256 << 10;

/// The size of a chunk in bytes for sources of which many are sent at once, such as the parts of a file. A source holds
/// about five chunks: those that are read ahead, the one that is read, and those in the queue of the connection.
pub(super) const SMALL_CHUNK: usize = 64 << 10;

/// The number of chunks that are read ahead.
const READ_AHEAD: usize = 2;

pub(super) type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, ReadFailed>> + Send>>;

/// Receives the number of bytes that were taken from the source so far. The count restarts if the source is sent again.
pub type ProgressCallback = Arc<dyn Fn(u64) + Send + Sync>;

/// A chunk of the source. Its buffer returns to the reader after the last byte was sent.
struct Chunk {
    memory: Vec<u8>,
    length: usize,
    buffers: std_mpsc::Sender<Vec<u8>>,
}

impl AsRef<[u8]> for Chunk {
    fn as_ref(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }
}

impl Drop for Chunk {
    fn drop(&mut self) {
        // A reader that has finished no longer needs the buffer.
        let _ = self.buffers.send(std::mem::take(&mut self.memory));
    }
}

/// Returns a stream of the contents of a reader, up to its end or to `length`. A file may grow or shrink while it is
/// sent.
pub(super) fn read_in_thread(
    reader: impl Read + Send + 'static,
    length: Option<u64>,
    chunk_size: usize,
    progress: Option<ProgressCallback>,
) -> ByteStream {
    let (send, mut receive) = mpsc::channel(READ_AHEAD);
    if let Err(error) = limits::detach(move || read_pieces(reader, length, chunk_size, progress, &send)) {
        return Box::pin(stream::once(async { Err(ReadFailed(io::Error::other(error))) }));
    }
    Box::pin(stream::poll_fn(move |context| receive.poll_recv(context)))
}

fn read_pieces(
    reader: impl Read,
    length: Option<u64>,
    chunk_size: usize,
    progress: Option<ProgressCallback>,
    send: &mpsc::Sender<Result<Bytes, ReadFailed>>,
) {
    let mut reader = reader.take(length.unwrap_or(u64::MAX));
    let (return_buffers, returned_buffers) = std_mpsc::channel();
    let mut read_so_far = 0_u64;
    loop {
        let memory = returned_buffers.try_recv().unwrap_or_else(|_| vec![0; chunk_size]);
        let next = match read_piece(&mut reader, memory, &return_buffers) {
            Err(error) => Err(ReadFailed(error)),
            Ok(None) if length.is_some_and(|length| read_so_far < length) => {
                Err(ReadFailed(io::Error::other("the file became shorter while it was sent")))
            }
            Ok(None) => return,
            Ok(Some(piece)) => {
                read_so_far += piece.length as u64;
                Ok(Bytes::from_owner(piece))
            }
        };
        let last = next.is_err();
        // Reported before the chunk is sent, so that the final count is known when the response arrives.
        if let Some(progress) = &progress {
            progress(read_so_far);
        }
        if send.blocking_send(next).is_err() || last {
            return;
        }
    }
}

/// Reads the next chunk, at most as much as the buffer holds. Returns `None` at the end.
fn read_piece(
    reader: &mut impl Read,
    mut memory: Vec<u8>,
    return_buffers: &std_mpsc::Sender<Vec<u8>>,
) -> io::Result<Option<Chunk>> {
    loop {
        match reader.read(&mut memory) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(0) => return Ok(None),
            Ok(length) => return Ok(Some(Chunk { memory, length, buffers: return_buffers.clone() })),
        }
    }
}
