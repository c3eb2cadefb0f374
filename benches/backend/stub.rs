//! A hand-written HTTP/1.1 server for the clients of the comparisons.
//!
//! Every deletion succeeds, and every upload is read and discarded. The number in a file ID is the length of the file's
//! content in bytes (`/files/file-1048576/content`). Each thread has twenty messages and no run.
//!
//! - Below `/limit/5/1`, the server accepts five requests per second and refuses the others with 429.
//!   `/limit/5/1/seen` returns the number of windows and of refusals.
//! - Below `/slow/80`, each response takes 80 milliseconds.
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
        tokio::spawn(async move { drop(serve_connection(stream).await) });
    }
}

async fn serve_connection(mut stream: TcpStream) -> io::Result<()> {
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
        if let Some(rest) = path.strip_prefix("/limit/")
            && let Some(response) = limit_response(rest)
        {
            stream.write_all(response.as_bytes()).await?;
            continue;
        }
        if let Some(rest) = path.strip_prefix("/slow/") {
            let pause = rest.split('/').next().map_or(0, number_in);
            tokio::time::sleep(Duration::from_millis(pause as u64)).await;
        }
        match method {
            "GET" if path.contains("/threads/") => send_json(&mut stream, &thread_or_list(path)).await?,
            "DELETE" => {
                let deletion = format!(r#"{{"id":"{last}","object":"thread.deleted","deleted":true}}"#);
                send_json(&mut stream, &deletion).await?;
            }
            "POST" if path.starts_with("/events/") => {
                discard_body(&mut stream, &head, &mut unread).await?;
                return stream_run(&mut stream, number_in(path.split('/').nth(2).unwrap_or_default())).await;
            }
            "POST" => {
                discard_body(&mut stream, &head, &mut unread).await?;
                send_json(&mut stream, FILE).await?;
            }
            _ => send_content(&mut stream, number_in(path.trim_end_matches("/content"))).await?,
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

/// Streams a run with `words` deltas, as fast as the client reads them.
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

async fn send_json(stream: &mut TcpStream, json: &str) -> io::Result<()> {
    stream.write_all(response_text("200 OK", "", json).as_bytes()).await
}

fn response_text(status: &str, header: &str, json: &str) -> String {
    let length = json.len();
    format!("HTTP/1.1 {status}\r\ncontent-type: application/json\r\n{header}content-length: {length}\r\n\r\n{json}")
}

/// The counters of one limit. `began` and `served` belong to the current window, the others to all windows.
#[derive(Default)]
struct LimitCounters {
    began: Option<Instant>,
    served: u32,
    windows: u32,
    refused: u32,
}

/// Counts a request to `N/SECONDS/…`. Returns a response if the request exceeds the limit or asks for the counters, and
/// `None` if it is within the limit. A window begins with its first request.
fn limit_response(path: &str) -> Option<String> {
    static COUNTERS: LazyLock<Mutex<HashMap<(u32, u64), LimitCounters>>> = LazyLock::new(Mutex::default);
    let mut parts = path.split('/');
    let (most, seconds) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let mut all = COUNTERS.lock().unwrap();
    let seen = all.entry((most, seconds)).or_default();
    if parts.next() == Some("seen") {
        let json = format!(r#"{{"windows":{},"refused":{}}}"#, seen.windows, seen.refused);
        return Some(response_text("200 OK", "", &json));
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
    Some(response_text("429 Too Many Requests", &format!("retry-after: {left}\r\n"), json))
}

/// Reads the request body, whose length is in `content-length`, and discards it.
async fn discard_body(stream: &mut TcpStream, head: &str, unread: &mut Vec<u8>) -> io::Result<()> {
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
async fn send_content(stream: &mut TcpStream, length: usize) -> io::Result<()> {
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
