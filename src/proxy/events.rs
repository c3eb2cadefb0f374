//! Detection of objects in an event stream that passes through the proxy (docs/protocol/streaming.md).
//!
//! An event is held back until it is complete, so that the object in it can be recorded before the caller receives the
//! event.

use crate::http::sse::Parser;
use crate::json;
use bytes::{Bytes, BytesMut};
use serde_json::Value;

/// The bytes of an event stream that are not forwarded yet: the unfinished event at its end.
#[derive(Debug, Default)]
pub(super) struct EventBuffer {
    parser: Parser,
    /// Bytes that were received but not yet forwarded.
    held: BytesMut,
}

/// The events that became complete with a chunk.
#[derive(Debug, Default)]
pub(super) struct DecodedChunk {
    /// The bytes of the events, unchanged.
    pub(super) ready: Bytes,
    /// The data of the events, as far as it is JSON.
    pub(super) objects: Vec<Value>,
}

impl EventBuffer {
    /// Adds a chunk of the stream. Returns the events that are complete with it.
    pub(super) fn push(&mut self, chunk: &[u8]) -> DecodedChunk {
        self.held.extend_from_slice(chunk);
        self.parser.push(chunk);
        let mut objects = Vec::new();
        loop {
            match self.parser.next() {
                Ok(Some(event)) => objects.extend(json::read(event.data.as_ref())),
                Ok(None) => break,
                // The event is too long to be recorded. Its bytes are forwarded nevertheless.
                Err(_) => return DecodedChunk { ready: self.take_rest(), objects },
            }
        }
        let complete = self.held.len().saturating_sub(self.parser.unfinished());
        DecodedChunk { ready: self.held.split_to(complete).freeze(), objects }
    }

    /// Returns the bytes that are held back, and starts again with an empty buffer.
    pub(super) fn take_rest(&mut self) -> Bytes {
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
    fn an_event_is_held_back_until_it_is_complete() {
        let mut events = EventBuffer::default();
        let (begin, end) = STREAM.split_once("_1\"").unwrap();
        let decoded = events.push(begin.as_bytes());
        assert!(decoded.ready.is_empty() && decoded.objects.is_empty());
        let (rest, _) = end.split_once(": a comment").unwrap();
        let decoded = events.push(format!("_1\"{rest}data: half").as_bytes());
        assert_eq!(decoded.objects[0]["id"], "thread_1");
        assert!(decoded.ready.ends_with(b"}\n\n"));
        assert_eq!(events.take_rest(), "data: half");
    }

    #[test]
    fn lf_crlf_and_cr_end_a_line() {
        for end in ["\n", "\r\n", "\r"] {
            let mut events = EventBuffer::default();
            let stream = STREAM.replace("\r\n", "\n").replace('\n', end);
            let decoded = events.push(stream.as_bytes());
            assert_eq!(decoded.objects.len(), 2, "{end:?}");
            assert_eq!([decoded.ready, events.take_rest()].concat(), stream.as_bytes(), "{end:?}");
        }
    }

    #[test]
    fn comments_are_forwarded_before_the_next_event() {
        let mut events = EventBuffer::default();
        for chunk in [": still here\n\n", ": and here\n", "\n"] {
            assert_eq!(events.push(chunk.as_bytes()).ready, chunk, "{chunk:?}");
        }
        let mut events = EventBuffer::default();
        let decoded = events.push(b"\xef\xbb\xbfdata:{\"id\":\"\xff\"}\n\n: half");
        assert_eq!(decoded.objects.len(), 1);
        assert_eq!((decoded.ready.last(), events.take_rest().as_ref()), (Some(&b'\n'), b": half".as_slice()));
    }

    #[test]
    fn an_event_beyond_the_limit_is_forwarded_unrecorded() {
        let mut events = EventBuffer::default();
        let chunk = vec![b'x'; LONGEST_EVENT / 2 + 1];
        assert!(events.push(&chunk).ready.is_empty());
        assert_eq!(events.push(&chunk).ready.len(), 2 * chunk.len());
        assert_eq!(events.take_rest(), "");
    }

    proptest! {
        #[test]
        fn the_chunking_of_a_stream_has_no_effect(cuts in proptest::collection::vec(1_usize..40, 0..40)) {
            let (mut events, mut left) = (EventBuffer::default(), STREAM.as_bytes());
            let (mut passed, mut objects) = (Vec::new(), Vec::new());
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let (chunk, rest) = left.split_at(cut.min(left.len()));
                left = rest;
                let decoded = events.push(chunk);
                passed.extend_from_slice(&decoded.ready);
                objects.extend(decoded.objects);
            }
            prop_assert_eq!(events.take_rest(), "");
            prop_assert_eq!(passed, STREAM.as_bytes());
            let ids: Vec<_> = objects.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect();
            prop_assert_eq!(ids, ["thread_1", "run_1"]);
        }
    }
}
