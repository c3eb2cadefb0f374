//! Tests that the parser returns the same events for any division of the stream into chunks.
#![allow(clippy::unwrap_used)]

use super::*;
use proptest::prelude::*;

type Read = Vec<(Option<String>, String)>;

fn drain(parser: &mut Parser, into: &mut Read) {
    while let Some(event) = parser.next().unwrap() {
        into.push((event.name.map(str::to_owned), event.data.into_owned()));
    }
}

/// Parses a stream that consists of these pieces and then ends.
fn read<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Read {
    let (mut parser, mut events) = (Parser::default(), Read::new());
    for piece in pieces {
        parser.push(piece);
        drain(&mut parser, &mut events);
    }
    events
}

fn whole(text: &str) -> Read {
    read([text.as_bytes()])
}

fn event(name: &str, data: &str) -> (Option<String>, String) {
    ((!name.is_empty()).then(|| name.to_owned()), data.to_owned())
}

/// A stream with all syntactic variants.
const ODD: &str = "\u{feff}event: a\ndata: {\"n\":1}\n\n: comment\n\ndata:no space\r\ndata:  two\r\nid: 7\r\n\r\n\
                   event: é日\rdata: 🎉\r\rdata\n\nevent: without data\n\nevent\ndata: last\ndataset: x\nretry: 1\n\n\n\
                   event: x\nevent: y\ndata: z\n\n";

fn odd() -> Read {
    vec![
        event("a", "{\"n\":1}"),
        event("", "no space\n two"),
        event("é日", "🎉"),
        event("", ""),
        event("", "last"),
        event("y", "z"),
    ]
}

#[test]
fn a_stream_is_parsed_as_the_standard_requires() {
    assert_eq!(whole(ODD), odd());
}

#[test]
fn each_division_in_two_gives_the_same_events() {
    for at in 0..=ODD.len() {
        let (head, tail) = ODD.as_bytes().split_at(at);
        assert_eq!(read([head, tail]), odd(), "cut at {at}");
    }
    assert_eq!(read(ODD.as_bytes().chunks(1)), odd());
}

#[test]
fn an_event_is_returned_with_its_last_byte() {
    for end in ["\n\n", "\r\r", "\r\n\r"] {
        assert_eq!(whole(&format!("data: x{end}")).len(), 1, "{end:?}");
    }
    let mut parser = Parser::default();
    parser.push(b"data: x\n");
    assert_eq!(parser.next(), Ok(None));
}

#[test]
fn finish_returns_an_event_without_its_last_empty_line() {
    for cut in ["data: [DONE]", "data: [DONE]\n", "data: [DONE]\r\n", "data: [DONE]\r"] {
        let mut parser = Parser::default();
        parser.push(cut.as_bytes());
        assert_eq!(parser.next(), Ok(None), "{cut:?}");
        assert_eq!(parser.finish().unwrap().unwrap().data, "[DONE]", "{cut:?}");
    }
    assert_eq!(Parser::default().finish(), Ok(None));
}

#[test]
fn unfinished_returns_the_length_of_an_incomplete_event() {
    for (came, unfinished) in [("", 0), ("data: x", 7), ("data: x\r\n\r\n", 0), (": a\n", 0), ("data: x\n\n: a\nev", 2)]
    {
        let mut parser = Parser::default();
        parser.push(came.as_bytes());
        drain(&mut parser, &mut Read::new());
        assert_eq!(parser.unfinished(), unfinished, "{came:?}");
    }
}

#[test]
fn invalid_utf_8_is_replaced() {
    assert_eq!(read([b"event: \xff\ndata: a\xffb\n\n".as_slice()]), [event("", "a\u{fffd}b")]);
}

#[test]
fn an_event_has_a_limit_and_comments_do_not_count() {
    let mut parser = Parser::new(16);
    for _ in 0..100 {
        parser.push(b": still here\n");
        assert_eq!(parser.next(), Ok(None));
    }
    parser.push(b"data: 8 bytes.\n\n");
    assert!(parser.next().unwrap().is_some());
    parser.push(b"data: ");
    assert_eq!(parser.next(), Ok(None));
    parser.push(b"eleven bytes");
    assert_eq!(parser.next(), Err(TooLong { limit: 16 }));
}

#[test]
fn memory_of_returned_events_is_reused() {
    let mut parser = Parser::default();
    for _ in 0..1_000 {
        parser.push(b"event: name\ndata: some data\n\nda");
        assert_eq!(parser.next().unwrap().unwrap().data, "some data");
        assert_eq!(parser.next(), Ok(None));
        parser.push(b"ta: more\n\n");
        assert_eq!(parser.next().unwrap().unwrap().data, "more");
    }
    assert!(parser.buffer.capacity() < 1_024, "{}", parser.buffer.capacity());
}

#[test]
fn a_written_event_is_parsed_back() {
    let mut out = Vec::new();
    write(&mut out, Some("thread.run.created"), "{}");
    write(&mut out, None, "a\nb\r\nc\r");
    let expected = "event: thread.run.created\ndata: {}\n\ndata: a\ndata: b\ndata: c\ndata: \n\n";
    assert_eq!(String::from_utf8(out).unwrap(), expected);
}

proptest! {
    #[test]
    fn any_division_of_a_stream_gives_the_same_events(
        lines in proptest::collection::vec("(data: ?|event: ?|: ?|id: |)[a-z:é ]{0,6}(\n|\r|\r\n|\n\n|\r\n\r\n|\r\r)", 0..12),
        cuts in proptest::collection::vec(0usize..9, 0..60),
    ) {
        let stream = lines.concat();
        let mut left = stream.as_bytes();
        let mut pieces = Vec::new();
        for cut in cuts.into_iter().chain([usize::MAX]) {
            let (piece, rest) = left.split_at(cut.min(left.len()));
            pieces.push(piece);
            left = rest;
        }
        prop_assert_eq!(read(pieces), whole(&stream));
    }

    #[test]
    fn written_events_are_parsed_back(events in proptest::collection::vec(("[a-z.]{0,8}", "[a-z\n:é]{0,12}"), 0..6)) {
        let mut out = Vec::new();
        for (name, data) in &events {
            write(&mut out, (!name.is_empty()).then_some(name.as_str()), data);
        }
        let expected: Read = events.iter().map(|(name, data)| event(name, data)).collect();
        prop_assert_eq!(read([out.as_slice()]), expected);
    }

    #[test]
    fn no_bytes_cause_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        read(bytes.chunks(7));
    }
}
