//! A hand-written HTTP/1.1 server for the clients of the comparisons.
//!
//! Every deletion succeeds, and every upload is read and discarded. The ID in the path gives the length of a content
//! (`/files/file-1048576/content`). Each thread has twenty messages and no run.
//!
//! - Below `/limit/5/1`, it answers five requests a second. `/limit/5/1/seen` returns the counts of windows and
//!   refusals.
//! - Below `/slow/80`, each answer takes 80 milliseconds.
//! - Below `/events/1000`, a run streams 1,000 deltas.

use std::{
    collections::HashMap,
    io,
    sync::{LazyLock, Mutex},
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// The size of one read or write.
const PIECE: usize = 256 << 10;
const FILE: &str = r#"{"id":"file-1","object":"file","bytes":1,"created_at":1700000000,"filename":"f","purpose":"assistants","status":"processed"}"#;

/// Serves until the process ends.
pub(super) async fn serve(listener: TcpListener) {
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let _ = stream.set_nodelay(true);
        // An error means that the client closed the connection, so it is ignored.
        tokio::spawn(async move { drop(converse(stream).await) });
    }
}

async fn converse(mut stream: TcpStream) -> io::Result<()> {
    let mut unread = Vec::with_capacity(16 << 10);
    loop {
        let head = loop {
            if let Some(end) = unread.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
                break unread.drain(..end + 4).collect::<Vec<u8>>();
            }
            if stream.read_buf(&mut unread).await? == 0 {
                return Ok(());
            }
        };
        let head = String::from_utf8_lossy(&head);
        let mut words = head.split(' ');
        let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let last = path.rsplit('/').next().unwrap_or_default();
        if let Some(rest) = path.strip_prefix("/limit/") {
            let said = limited(rest);
            if let Some(answer) = said {
                stream.write_all(answer.as_bytes()).await?;
                continue;
            }
        }
        if let Some(rest) = path.strip_prefix("/slow/") {
            let pause = rest.split('/').next().map_or(0, number_in);
            tokio::time::sleep(Duration::from_millis(pause as u64)).await;
        }
        match method {
            "GET" if path.contains("/threads/") => answer_json(&mut stream, &thread_or_list(path)).await?,
            "DELETE" => {
                let answer = format!(r#"{{"id":"{last}","object":"thread.deleted","deleted":true}}"#);
                answer_json(&mut stream, &answer).await?;
            }
            "POST" if path.starts_with("/events/") => {
                take_body(&mut stream, &head, &mut unread).await?;
                return stream_run(&mut stream, number_in(path.split('/').nth(2).unwrap_or_default())).await;
            }
            "POST" => {
                take_body(&mut stream, &head, &mut unread).await?;
                answer_json(&mut stream, FILE).await?;
            }
            _ => give(&mut stream, number_in(path.trim_end_matches("/content"))).await?,
        }
    }
}

/// Returns a thread, its twenty messages, or its empty list of runs.
fn thread_or_list(path: &str) -> String {
    let (path, _) = path.split_once('?').unwrap_or((path, ""));
    let (_, below) = path.split_once("/threads/").unwrap_or_default();
    let (thread, list) = below.split_once('/').unwrap_or((below, ""));
    let message = |number: u32| {
        let text = "What the weather was like, in a sentence that is about as long as sentences are.";
        format!(
            r#"{{"id":"msg_{number}_{thread}","object":"thread.message","created_at":1700000000,"thread_id":"{thread}","role":"user","content":[{{"type":"text","text":{{"value":"{text}","annotations":[]}}}}],"assistant_id":null,"run_id":null,"attachments":[],"metadata":{{}}}}"#
        )
    };
    let data = match list {
        "" => {
            return format!(
                r#"{{"id":"{thread}","object":"thread","created_at":1700000000,"metadata":{{}},"tool_resources":{{}}}}"#
            );
        }
        "messages" => (0..20).map(message).collect::<Vec<_>>().join(","),
        _ => String::new(),
    };
    let [first, last] = if data.is_empty() {
        ["null".to_owned(), "null".to_owned()]
    } else {
        [0, 19].map(|n| format!("\"msg_{n}_{thread}\""))
    };
    format!(r#"{{"object":"list","data":[{data}],"first_id":{first},"last_id":{last},"has_more":false}}"#)
}

/// Streams a run with this number of words, as fast as the client reads them.
async fn stream_run(stream: &mut TcpStream, words: usize) -> io::Result<()> {
    const HEAD: &str = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n\r\n";
    let run = |status: &str| {
        format!(
            "event: thread.run.{status}\ndata: {{\"id\":\"run_1\",\"object\":\"thread.run\",\"thread_id\":\"thread_1\",\
             \"assistant_id\":\"asst_1\",\"created_at\":1700000000,\"status\":\"{status}\"}}\n\n"
        )
    };
    let text = "word ".repeat(25);
    let delta = format!(
        "event: thread.message.delta\ndata: {{\"id\":\"msg_abcdefghijklmnopqrstuvwx\",\"object\":\"thread.message.delta\",\
         \"delta\":{{\"content\":[{{\"index\":0,\"type\":\"text\",\"text\":{{\"value\":\"{text}\"}}}}]}}}}\n\n"
    );
    let (begin, end) = (run("queued").replace("thread.run.queued", "thread.run.created"), run("completed"));
    stream.write_all(format!("{HEAD}{begin}").as_bytes()).await?;
    let piece = PIECE / delta.len();
    let whole = delta.repeat(piece);
    for _ in 0..words / piece {
        stream.write_all(whole.as_bytes()).await?;
    }
    let rest = delta.repeat(words % piece);
    stream.write_all(format!("{rest}{end}event: done\ndata: [DONE]\n\n").as_bytes()).await?;
    stream.shutdown().await
}

async fn answer_json(stream: &mut TcpStream, json: &str) -> io::Result<()> {
    stream.write_all(answer("200 OK", "", json).as_bytes()).await
}

fn answer(status: &str, header: &str, json: &str) -> String {
    let length = json.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{header}content-length: {length}\r\n\r\n{json}")
}

/// Counters of one limit.
#[derive(Default)]
struct Seen {
    began: Option<Instant>,
    served: u32,
    windows: u32,
    refused: u32,
}

/// Counts a request below `N/SECONDS/…`. Returns an answer if the request is refused or asks for the counters. A window
/// begins with its first request.
fn limited(path: &str) -> Option<String> {
    static SEEN: LazyLock<Mutex<HashMap<(u32, u64), Seen>>> = LazyLock::new(Mutex::default);
    let mut parts = path.split('/');
    let (most, seconds) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let mut all = SEEN.lock().unwrap();
    let seen = all.entry((most, seconds)).or_default();
    if parts.next() == Some("seen") {
        let json = format!(r#"{{"windows":{},"refused":{}}}"#, seen.windows, seen.refused);
        return Some(answer("200 OK", "", &json));
    }
    let (now, window) = (Instant::now(), Duration::from_secs(seconds));
    if seen.began.is_none_or(|began| now >= began + window) {
        (seen.began, seen.served) = (Some(now), 0);
        seen.windows += 1;
    }
    if seen.served < most {
        seen.served += 1;
        return None;
    }
    seen.refused += 1;
    let left = (seen.began.unwrap() + window).saturating_duration_since(now).as_secs_f64().ceil();
    let json =
        r#"{"error":{"message":"Rate limit reached","type":"requests","param":null,"code":"rate_limit_exceeded"}}"#;
    Some(answer("429 Too Many Requests", &format!("retry-after: {left}\r\n"), json))
}

/// Reads a body of known length to its end.
async fn take_body(stream: &mut TcpStream, head: &str, unread: &mut Vec<u8>) -> io::Result<()> {
    let header = |name: &str| head.lines().find(|line| line.to_ascii_lowercase().starts_with(name));
    if header("expect:").is_some() {
        stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").await?;
    }
    let length = header("content-length:").map_or(0, number_in);
    let mut left = length.saturating_sub(unread.len());
    unread.clear();
    let mut piece = vec![0; PIECE];
    while left > 0 {
        match stream.read(&mut piece).await? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            read => left = left.saturating_sub(read),
        }
    }
    Ok(())
}

/// Sends a body of this length.
async fn give(stream: &mut TcpStream, length: usize) -> io::Result<()> {
    let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/octet-stream\r\ncontent-length: {length}\r\n\r\n");
    stream.write_all(head.as_bytes()).await?;
    let piece = vec![b'a'; PIECE];
    let mut left = length;
    while left > 0 {
        let next = left.min(PIECE);
        stream.write_all(&piece[..next]).await?;
        left -= next;
    }
    Ok(())
}

/// Returns the number at the end of a text, or 0 if there is none.
fn number_in(text: &str) -> usize {
    let text = text.trim();
    let digits = text.trim_start_matches(|letter: char| !letter.is_ascii_digit());
    digits.rsplit(|letter: char| !letter.is_ascii_digit()).next().and_then(|number| number.parse().ok()).unwrap_or(0)
}
