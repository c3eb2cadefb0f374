//! Reading ahead in a thread, into memory that is used again: to have it from the system anew for each piece takes longer
//! than to read the piece.

use super::error::ReadFailed;
use crate::env::limits;
use bytes::Bytes;
use futures_util::stream::{self, Stream};
use std::io::{self, Read};
use std::pin::Pin;
use std::sync::{Arc, mpsc as back};
use tokio::sync::mpsc;

/// How much is read at a time, and how many such pieces wait to be sent.
const PIECE: usize = 256 << 10;
const PIECES: usize = 2;

pub(super) type ByteStream = Pin<Box<dyn Stream<Item = Result<Bytes, ReadFailed>> + Send>>;

/// Is told how many bytes of the source have been taken so far, from the beginning again where it is sent again.
pub type Progress = Arc<dyn Fn(u64) + Send + Sync>;

/// What was read. Its memory goes back to the reader once the last byte is sent.
struct Piece {
    memory: Vec<u8>,
    length: usize,
    home: back::Sender<Vec<u8>>,
}

impl AsRef<[u8]> for Piece {
    fn as_ref(&self) -> &[u8] {
        self.memory.get(..self.length).unwrap_or_default()
    }
}

impl Drop for Piece {
    fn drop(&mut self) {
        // A reader that has come to its end has no use for it.
        let _ = self.home.send(std::mem::take(&mut self.memory));
    }
}

/// Returns a stream of what a reader has, to its end or to the length that was promised: a file may grow or shrink while
/// it is sent.
pub(super) fn read_in_thread(
    reader: impl Read + Send + 'static,
    length: Option<u64>,
    progress: Option<Progress>,
) -> ByteStream {
    let (send, mut receive) = mpsc::channel(PIECES);
    if let Err(error) = limits::detach(move || read_pieces(reader, length, progress, &send)) {
        return Box::pin(stream::once(async { Err(ReadFailed(io::Error::other(error))) }));
    }
    Box::pin(stream::poll_fn(move |context| receive.poll_recv(context)))
}

fn read_pieces(
    reader: impl Read,
    length: Option<u64>,
    progress: Option<Progress>,
    send: &mpsc::Sender<Result<Bytes, ReadFailed>>,
) {
    let mut reader = reader.take(length.unwrap_or(u64::MAX));
    let (home, used) = back::channel();
    let mut taken = 0_u64;
    loop {
        let memory = used.try_recv().unwrap_or_else(|_| vec![0; PIECE]);
        let next = match read_piece(&mut reader, memory, &home) {
            Err(error) => Err(ReadFailed(error)),
            Ok(None) if length.is_some_and(|length| taken < length) => {
                Err(ReadFailed(io::Error::other("it became shorter while it was being sent")))
            }
            Ok(None) => return,
            Ok(Some(piece)) => {
                taken += piece.length as u64;
                Ok(Bytes::from_owner(piece))
            }
        };
        let last = next.is_err();
        // Told before the piece is handed over, so that the end is known when the answer is.
        if let Some(progress) = &progress {
            progress(taken);
        }
        if send.blocking_send(next).is_err() || last {
            return;
        }
    }
}

/// Reads what is there, as much as fits; `None` at the end.
fn read_piece(reader: &mut impl Read, mut memory: Vec<u8>, home: &back::Sender<Vec<u8>>) -> io::Result<Option<Piece>> {
    loop {
        match reader.read(&mut memory) {
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
            Ok(0) => return Ok(None),
            Ok(length) => return Ok(Some(Piece { memory, length, home: home.clone() })),
        }
    }
}
