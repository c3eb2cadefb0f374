//! Bodies that are too long, too deep, too dense, or not JSON.

use super::{fails, hostile, unread};
use crate::support::mock_server::Response;
use crate::support::test_env::shows;

const JSON: &str = "HTTP/1.1 200 OK\ncontent-type: application/json\n\n";

#[test]
fn an_endless_body_is_refused() {
    let pieces: [&[u8]; 3] = [b" ", b"x", b"[0,"];
    for piece in pieces {
        let ran = unread(Response::endless(JSON, piece.repeat(1 << 14)), 7, "the response is longer than 28 MiB");
        assert!(ran.stderr.contains("--page-size"), "{}", ran.text());
    }
    // The create may have succeeded, so its outcome is unknown.
    let endless = Response::endless(JSON, vec![b' '; 1 << 16]);
    fails([endless], &["threads", "create"], 10, "the response is longer than 28 MiB");
}

#[test]
fn many_endless_bodies_at_once_are_refused() {
    let endless = || Response::endless(JSON, vec![b' '; 1 << 16]);
    let ids: Vec<String> = (0..8).map(|number| format!("thread_{number}")).collect();
    let args: Vec<&str> = ["threads", "get"].into_iter().chain(ids.iter().map(String::as_str)).collect();
    fails((0..8).map(|_| endless()), &args, 7, "the response is longer than 28 MiB");
}

#[test]
fn an_endless_error_page_is_cut() {
    let head = "HTTP/1.1 502 Bad Gateway\ncontent-type: text/html\n\n";
    unread(Response::endless(head, b"<p>no gateway</p>\n".repeat(1 << 10)), 7, "no gateway");
    unread(Response::text(500, vec![b'x'; 10 << 20]), 7, "xxx");
    let json = format!(r#"{{"error":{{"message":"{}"}}}}"#, "no ".repeat(3 << 20));
    unread(Response::text(400, json), 5, "no no no");
    let deep = format!(r#"{{"error":{}"#, "[".repeat(100_000));
    unread(Response::text(400, deep), 5, "[[[");
    // A download ends in the same way.
    let (_listener, asst) = hostile([Response::endless(head, vec![b'x'; 1 << 16])]);
    asst.run(["files", "content", "file-1", "--to", "a.bin", "--retries", "0"]).code(7);
    assert_eq!(std::fs::read_dir(asst.work()).unwrap().count(), 0);
}

#[test]
fn an_endless_compressed_body_is_refused() {
    let (begin, piece) = unfolding();
    for status in ["200 OK", "500 Oops"] {
        let head = format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\n\r\n");
        let (begin, piece) = (begin.clone(), piece.clone());
        let bomb = Response::own(move |stream| {
            use std::io::Write;
            let mut sent = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&begin));
            while sent.is_ok() {
                sent = stream.write_all(&piece);
            }
        });
        unread(bomb, 7, if status == "200 OK" { "longer than 28 MiB" } else { "xxx" });
    }
    let garbled = Response::raw("HTTP/1.1 200 OK\ncontent-encoding: gzip\ncontent-length: 4\n\nabcd");
    unread(garbled, 7, "the response cannot be decoded");
}

/// Returns the beginning of a gzip stream, and a piece that repeats its last byte for ever. Each 13 bytes of the piece
/// expand to 2,064.
fn unfolding() -> (Vec<u8>, Vec<u8>) {
    let mut bits: Vec<bool> = vec![true, true, false];
    let mut code = |value: u32, width: u32| bits.extend((0..width).rev().map(|bit| value >> bit & 1 == 1));
    code(0x30 + u32::from(b'x'), 8);
    // The longest copy, with a distance of one byte.
    const LENGTH: u32 = 0b1100_0101;
    (0..8 * 64).for_each(|_| code(LENGTH << 5, 13));
    let bytes: Vec<u8> =
        bits.chunks_exact(8).map(|eight| eight.iter().rev().fold(0, |byte, bit| byte << 1 | u8::from(*bit))).collect();
    let head = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
    ([&head[..], &bytes[..2]].concat(), bytes[2..2 + 13 * 40].to_vec())
}

#[test]
fn dense_and_deep_responses_are_refused() {
    let dense = format!("[0{}]", ",0".repeat(10 << 20));
    unread(Response::text(200, dense), 7, "more than 250000 values");
    for open in ["[", r#"{"a":"#] {
        let deep = open.repeat(100_000);
        for form in [&["-o", "json"][..], &["--jq", "."], &["--trace=full"], &[]] {
            let args = [&["threads", "get", "thread_1", "--retries", "0"], form].concat();
            let (_listener, asst) = hostile([Response::text(200, deep.clone())]);
            let ran = asst.run(args).code(7);
            assert_eq!(ran.stdout, "", "{form:?}");
        }
    }
    let closed = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    unread(Response::text(200, closed.clone()), 7, "nested too deep");
    let within = format!(r#"{{"id":"thread_1","metadata":{closed}}}"#);
    let (_, asst, _) = fails([Response::text(200, within)], &["threads", "create"], 10, "nested too deep");
    asst.run(["ledger", "doctor", "--exit-code"]).code(9);
}

#[test]
fn nesting_within_the_limit_passes_every_output_format() {
    const LEVELS: usize = 156;
    let deep = format!("{}1{}", r#"{"a":["#.repeat(LEVELS / 2), "]}".repeat(LEVELS / 2));
    let thread = move || Response::text(200, format!(r#"{{"id":"thread_1","metadata":{{"deep":{deep}}}}}"#));
    let (_listener, asst) = hostile([thread()]);
    asst.run(["threads", "create"]).ok();
    asst.run(["threads", "list", "-o", "json"]).ok();
    asst.run(["ledger", "list"]).ok();
    for form in
        [&["-o", "json"][..], &["-o", "jsonl"], &["-o", "yaml"], &["-o", "csv"], &["--jq", "tojson"], &["--trace=full"]]
    {
        let (_listener, asst) = hostile([thread()]);
        asst.run([&["threads", "get", "thread_1"], form].concat()).ok();
    }
}

#[test]
fn a_truncated_json_response_is_distinguished_from_another_format() {
    shows!(unread(Response::text(200, r#"{"id":"thread_1","obj"#), 7, ""), @r"
    --- stderr ---
    error: could not get thread thread_1: unreachable
      caused by: the response is invalid: its JSON is incomplete (EOF while parsing a string at line 1 column 21)
      hint: check the base URL of the profile: run `asst profiles show`
    exit 7
    ");
    unread(Response::text(200, "<!doctype html><title>Log in</title>"), 7, "it is not JSON");
    unread(Response::text(200, r#"{"id":"thread_1"}{"id":"thread_2"}"#), 7, "it is not JSON");
    unread(Response::text(200, "data: {\"id\":\"thread_1\"}\n\n"), 7, "it is not JSON");
}
