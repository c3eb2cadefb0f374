//! Objects in a stream of events, found as it passes (PROTOCOL.md 6). An event is held back until it is whole, so that
//! what it names can be recorded before anybody hears of it.

use bytes::{Bytes, BytesMut};
use serde_json::Value;

/// Most of an unfinished event that is held back.
const LONGEST: usize = 4 << 20;

/// The unfinished event at the end of what came.
#[derive(Debug, Default)]
pub(super) struct Events {
    held: BytesMut,
    /// How much of it was searched for an end.
    searched: usize,
}

/// What came of a piece.
#[derive(Debug, Default)]
pub(super) struct Fed {
    /// Whole events, as they came.
    pub(super) ready: Bytes,
    /// The data of each of them that is a JSON value.
    pub(super) objects: Vec<Value>,
}

impl Events {
    /// Takes a piece of the stream.
    pub(super) fn feed(&mut self, piece: &[u8]) -> Fed {
        self.held.extend_from_slice(piece);
        let end = end_of_last(&self.held, self.searched.saturating_sub(3));
        self.searched = self.held.len() - end.unwrap_or_default();
        match end {
            Some(end) => {
                let ready = self.held.split_to(end).freeze();
                let objects = objects(&ready);
                Fed { ready, objects }
            }
            // It is no stream of events, or none that anybody could record.
            None if self.held.len() > LONGEST => Fed { ready: self.rest(), objects: Vec::new() },
            None => Fed::default(),
        }
    }

    /// Returns what is held back, at the end of the stream.
    pub(super) fn rest(&mut self) -> Bytes {
        self.searched = 0;
        self.held.split().freeze()
    }
}

/// Returns where the last whole event ends: behind an empty line.
fn end_of_last(bytes: &[u8], from: usize) -> Option<usize> {
    let mut at = bytes.len();
    while at > from + 1 {
        at -= 1;
        let before = &bytes[..at];
        if bytes[at] == b'\n' && (before.ends_with(b"\n") || before.ends_with(b"\n\r")) {
            return Some(at + 1);
        }
    }
    None
}

fn objects(events: &[u8]) -> Vec<Value> {
    let mut found = Vec::new();
    let mut data = Vec::new();
    for line in events.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.strip_prefix(b"data:") {
            Some(text) => {
                data.extend_from_slice(text.strip_prefix(b" ").unwrap_or(text));
                data.push(b'\n');
            }
            None if line.is_empty() && !data.is_empty() => {
                found.extend(serde_json::from_slice(&data));
                data.clear();
            }
            None => {}
        }
    }
    found
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STREAM: &str = "event: thread.created\ndata: {\"id\":\"thread_1\",\"object\":\"thread\"}\n\n: a comment\n\n\
                          event: thread.run.created\r\ndata: {\"id\":\"run_1\",\r\ndata: \"object\":\"thread.run\"}\r\n\r\n\
                          data: [DONE]\n\n";

    #[test]
    fn an_event_is_held_back_until_it_is_whole() {
        let mut events = Events::default();
        let (begin, end) = STREAM.split_once("_1\"").unwrap();
        let fed = events.feed(begin.as_bytes());
        assert!(fed.ready.is_empty() && fed.objects.is_empty());
        let (rest, _) = end.split_once(": a comment").unwrap();
        let fed = events.feed(format!("_1\"{rest}data: half").as_bytes());
        assert_eq!(fed.objects[0]["id"], "thread_1");
        assert!(fed.ready.ends_with(b"}\n\n"));
        assert_eq!(events.rest(), "data: half");
    }

    #[test]
    fn what_never_ends_is_let_go() {
        let mut events = Events::default();
        let piece = vec![b'x'; LONGEST / 2 + 1];
        assert!(events.feed(&piece).ready.is_empty());
        assert_eq!(events.feed(&piece).ready.len(), 2 * piece.len());
        assert_eq!(events.rest(), "");
    }

    proptest! {
        #[test]
        fn the_pieces_of_a_stream_do_not_matter(cuts in proptest::collection::vec(1_usize..40, 0..40)) {
            let (mut events, mut left) = (Events::default(), STREAM.as_bytes());
            let (mut passed, mut objects) = (Vec::new(), Vec::new());
            for cut in cuts.into_iter().chain([usize::MAX]) {
                let (piece, rest) = left.split_at(cut.min(left.len()));
                left = rest;
                let fed = events.feed(piece);
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
