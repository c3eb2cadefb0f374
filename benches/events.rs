//! Parses and prints a million events of a stream: `cargo bench --bench events`.
//!
//! The first part runs the program's parser and the crate eventsource-stream in turn, with the same JSON types. The
//! second part runs the whole program against a server that sends the same events, and measures its peak memory.
//! `ASST_BENCH_EVENTS=100000` reduces the number of events.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

use asst::api::stream::{self, Delta, StreamEvent};
use asst::http::sse::Parser;
use eventsource_stream::Eventsource;
use futures_util::{StreamExt, stream as streams};
use std::convert::Infallible;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

/// The length of an event in bytes, then the length of a piece of the stream.
const EVENT: usize = 287;
const PIECE: usize = 16 << 10;
const ROUNDS: usize = 11;

fn main() {
    let count = std::env::var("ASST_BENCH_EVENTS").ok().and_then(|text| text.parse().ok()).unwrap_or(1_000_000);
    let input = event().repeat(count).into_bytes();
    let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        let (us, them) = (timed(|| parsed(&input)), timed(|| peer(&input)));
        ratios.push(us.as_secs_f64() / them.as_secs_f64());
        ours.push(us.as_secs_f64());
        theirs.push(them.as_secs_f64());
    }
    let rate = |times: &mut Vec<f64>| count as f64 / median(times) / 1e6;
    println!("asst's parser        {:.2} million events/s", rate(&mut ours));
    println!("eventsource-stream   {:.2} million events/s", rate(&mut theirs));
    println!("ratio of the times   {:.2} (limit 0.5)", median(&mut ratios));
    program(&input, count);
}

/// Returns an event of the protocol that is as long as one of a real stream.
fn event() -> String {
    let begin = "event: thread.message.delta\ndata: {\"id\":\"msg_abcdefghijklmnopqrstuvwx\",\"object\":\"thread.message.delta\",\
                 \"delta\":{\"content\":[{\"index\":0,\"type\":\"text\",\"text\":{\"value\":\"";
    let end = "\"}}]}}\n\n";
    let word = "word ".repeat(EVENT);
    format!("{begin}{}{end}", &word[..EVENT - begin.len() - end.len()])
}

fn median(times: &mut [f64]) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

fn timed(work: impl FnOnce() -> usize) -> Duration {
    let begin = Instant::now();
    assert!(work() > 0);
    begin.elapsed()
}

/// Writes the output to the same sink as the program, once per piece.
fn print(out: &mut Vec<u8>, sink: &mut impl Write) -> usize {
    let length = out.len();
    sink.write_all(out).unwrap();
    out.clear();
    length
}

fn parsed(input: &[u8]) -> usize {
    let (mut parser, mut out, mut sink, mut printed) = (Parser::default(), Vec::new(), null(), 0);
    for piece in input.chunks(PIECE) {
        parser.push(piece);
        while let Some(event) = parser.next().unwrap() {
            let StreamEvent::Event { data, .. } = stream::read(event.name, &event.data) else { continue };
            text(&data, &mut out);
        }
        printed += print(&mut out, &mut sink);
    }
    printed
}

fn peer(input: &[u8]) -> usize {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    runtime.block_on(async {
        let pieces = streams::iter(input.chunks(PIECE)).map(Ok::<_, Infallible>);
        let mut events = pieces.eventsource();
        let (mut out, mut sink, mut printed) = (Vec::new(), null(), 0);
        while let Some(event) = events.next().await {
            text(&event.unwrap().data, &mut out);
            if out.len() > PIECE / 4 {
                printed += print(&mut out, &mut sink);
            }
        }
        printed + print(&mut out, &mut sink)
    })
}

fn text(data: &str, out: &mut Vec<u8>) {
    if let Some(delta) = Delta::read(data) {
        delta.parts().iter().filter_map(|part| part.text()).for_each(|text| out.extend_from_slice(text.as_bytes()));
    }
}

fn null() -> impl Write {
    std::fs::OpenOptions::new().write(true).open("/dev/null").unwrap()
}

/// Measures the whole program, from its request to its last byte.
fn program(input: &[u8], count: usize) {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let url = format!("http://{}/v1", listener.local_addr().unwrap());
    let run = |status: &str| {
        let run = serde_json::json!({"id": "run_1", "object": "thread.run", "thread_id": "thread_1", "status": status});
        format!("event: thread.run.{status}\ndata: {run}\n\n")
    };
    let (first, last) = (run("queued"), run("completed") + "event: done\ndata: [DONE]\n\n");
    let home = tempfile::tempdir().unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_asst"));
    command.env_clear().env("HOME", home.path()).env("OPENAI_BASE_URL", &url).env("OPENAI_API_KEY", "sk-bench");
    command.args(["runs", "create", "thread_1", "--assistant-id", "asst_1", "--stream"]);
    let begin = Instant::now();
    let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let reader = std::thread::spawn(move || std::io::copy(&mut out, &mut null()).unwrap());
    let (mut stream, _) = listener.accept().unwrap();
    let mut lines = BufReader::new(stream.try_clone().unwrap());
    let mut line = String::new();
    while line != "\r\n" {
        line.clear();
        lines.read_line(&mut line).unwrap();
    }
    let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    stream.write_all(format!("{head}{first}").as_bytes()).unwrap();
    stream.write_all(input).unwrap();
    // Read before the last event, because the process ends with the stream.
    let peak = peak(child.id());
    stream.write_all(last.as_bytes()).unwrap();
    drop(stream);
    let mut rest = Vec::new();
    let _ = lines.read_to_end(&mut rest);
    drop(lines);
    assert!(child.wait().unwrap().success());
    let took = begin.elapsed().as_secs_f64();
    assert!(reader.join().unwrap() > 0);
    println!("the whole program    {:.2} million events/s, from its start to its end", count as f64 / took / 1e6);
    match peak {
        Some(peak) => println!("its peak memory      {:.1} MiB (limit 12)", peak / 1024.0),
        None => println!("its peak memory      unknown on this system"),
    }
}

/// Returns the peak memory of a process in KiB, or `None` if the system does not report it.
fn peak(id: u32) -> Option<f64> {
    let status = std::fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().trim_end_matches("kB").trim().parse().ok()
}
