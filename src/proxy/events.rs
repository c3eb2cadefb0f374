//! Detection of objects in an event stream that passes through the proxy (docs/protocol/streaming.md).
//!
//! An event is held back until it is complete. The objects that it names can then be recorded before the caller
//! receives it.

use crate::http::sse::Parser;
use crate::json;
use bytes::{Bytes, BytesMut};
use serde_json::Value;

/// A decoder that holds back the unfinished event at the end of the stream.
#[derive(Debug, Default)]
pub(super) struct EventBuffer {
    parser: Parser,
    /// Bytes that were received but not yet forwarded.
    held: BytesMut,
}

/// The result of adding a chunk.
#[derive(Debug, Default)]
pub(super) struct DecodedChunk {
    /// The events that are now complete, byte for byte.
    pub(super) ready: Bytes,
    /// The data of each of these events that is a JSON value.
    pub(super) objects: Vec<Value>,
}

impl EventBuffer {
    /// Adds a chunk of the stream.
    pub(super) fn push(&mut self, piece: &[u8]) -> DecodedChunk {
        self.held.extend_from_slice(piece);
        self.parser.push(piece);
        let mut objects = Vec::new();
        loop {
            match self.parser.next() {
                Ok(Some(event)) => objects.extend(json::read(event.data.as_ref())),
                Ok(None) => break,
                // This is not an event stream, or one that cannot be recorded.
                Err(_) => return DecodedChunk { ready: self.rest(), objects },
            }
        }
        let whole = self.held.len().saturating_sub(self.parser.unfinished());
        DecodedChunk { ready: self.held.split_to(whole).freeze(), objects }
    }

    /// Returns the bytes that are held back, at the end of the stream.
    pub(super) fn rest(&mut self) -> Bytes {
        self.parser = Parser::default();
        self.held.split().freeze()
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::http::sse::LONGEST_EVENT;
    use proptest::prelude::*;

    const STREAM: &str = "event: thread.created\ndata: {\"id\":\"thread_1\",\"object\":\"thread\"}\n\n: a comment\n\n\
                          event: thread.run.created\r\ndata: {\"id\":\"run_1\",\r\ndata: \"object\":\"thread.run\"}\r\n\r\n\
                          data: [DONE]\n\n";

    #[test]
    fn an_event_is_held_back_until_it_is_whole() {
        let mut events = EventBuffer::default();
        let (begin, end) = STREAM.split_once("_1\"").unwrap();
        let fed = events.push(begin.as_bytes());
        assert!(fed.ready.is_empty() && fed.objects.is_empty());
        let (rest, _) = end.split_once(": a comment").unwrap();
        let fed = events.push(format!("_1\"{rest}data: half").as_bytes());
        assert_eq!(fed.objects[0]["id"], "thread_1");
        assert!(fed.ready.ends_with(b"}\n\n"));
        assert_eq!(events.rest(), "data: half");
    }

    #[test]
    fn lines_may_end_as_the_standard_lets_them() {
        for end in ["\n", "\r\n", "\r"] {
            let mut events = EventBuffer::default();
            let stream = STREAM.replace("\r\n", "\n").replace('\n', end);
            let fed = events.push(stream.as_bytes());
            assert_eq!(fed.objects.len(), 2, "{end:?}");
            assert_eq!([fed.ready, events.rest()].concat(), stream.as_bytes(), "{end:?}");
        }
    }

    #[test]
    fn what_is_no_event_does_not_wait_for_one() {
        let mut events = EventBuffer::default();
        for piece in [": still here\n\n", ": and here\n", "\n"] {
            assert_eq!(events.push(piece.as_bytes()).ready, piece, "{piece:?}");
        }
        let mut events = EventBuffer::default();
        let fed = events.push(b"\xef\xbb\xbfdata:{\"id\":\"\xff\"}\n\n: half");
        assert_eq!(fed.objects.len(), 1);
        assert_eq!((fed.ready.last(), events.rest().as_ref()), (Some(&b'\n'), b": half".as_slice()));
    }

    #[test]
    fn what_never_ends_is_let_go() {
        let mut events = EventBuffer::default();
        let piece = vec![b'x'; LONGEST_EVENT / 2 + 1];
        assert!(events.push(&piece).ready.is_empty());
        assert_eq!(events.push(&piece).ready.len(), 2 * piece.len());
        assert_eq!(events.rest(), "");
    }

    proptest! {
        #[test]
        fn the_pieces_of_a_stream_do_not_matter(cuts in proptest::collection::vec(1_usize..40, 0..40)) {
            let (mut events, mut left) = (EventBuffer::default(), STREAM.as_bytes());
            let (mut passed, mut objects) = (Vec::new(), Vec::new());
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let (piece, rest) = left.split_at(cut.min(left.len()));
                left = rest;
                let fed = events.push(piece);
                passed.extend_from_slice(&fed.ready);
                objects.extend(fed.objects);
            }
            prop_assert_eq!(events.rest(), "");
            prop_assert_eq!(passed, STREAM.as_bytes());
            let ids: Vec<_> = objects.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect();
            prop_assert_eq!(ids, ["thread_1", "run_1"]);
        }
    }
}
