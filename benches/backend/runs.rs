//! `backend runs BASE waited|streamed CLIENTS SECONDS` does runs against a server as fast as it answers, and prints how many a
//! second; `backend runs BASE thread MESSAGES RUNS` fills a thread and prints what a run on it costs, in milliseconds.
//!
//! Sockets without an HTTP library: what is measured is the server. A client that waits asks again every 2 ms, far more
//! often than any SDK.

use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PAUSE: Duration = Duration::from_millis(2);

pub(super) async fn drive(arguments: &[String]) {
    let [base, how, first, second] = arguments else { panic!("expected BASE HOW NUMBER NUMBER") };
    let host = base.trim_start_matches("http://").trim_end_matches('/').to_owned();
    let mut client = Client::new(&host).await;
    let assistant = id(&client.ask("POST", "/v1/assistants", r#"{"model":"echo"}"#).await);
    let (first, second): (usize, u64) = (first.parse().unwrap(), second.parse().unwrap());
    match how.as_str() {
        "thread" => println!("{:.3}", on_thread(&mut client, &assistant, first, second).await),
        _ => println!("{:.1}", rate(&host, &assistant, how == "streamed", first, Duration::from_secs(second)).await),
    }
}

/// Returns how many runs a second so many clients get done, one after the other each.
async fn rate(host: &str, assistant: &str, streamed: bool, clients: usize, time: Duration) -> f64 {
    let message = r#"{"role":"user","content":"the quick brown fox jumps over the lazy dog"}"#;
    let body = format!(r#"{{"assistant_id":"{assistant}","thread":{{"messages":[{message}]}},"stream":{streamed}}}"#);
    let began = Instant::now();
    let work = (0..clients).map(|_| {
        let (host, body) = (host.to_owned(), body.clone());
        tokio::spawn(async move {
            let mut client = Client::new(&host).await;
            let mut done = 0_u32;
            while began.elapsed() < time {
                client.run("/v1/threads/runs", &body, streamed).await;
                done += 1;
            }
            done
        })
    });
    let mut done = 0;
    for one in work.collect::<Vec<_>>() {
        done += one.await.unwrap();
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// Returns the median of what a streamed run on a thread of so many messages takes, in milliseconds.
async fn on_thread(client: &mut Client, assistant: &str, messages: usize, runs: u64) -> f64 {
    let thread = id(&client.ask("POST", "/v1/threads", "{}").await);
    for n in 0..messages {
        let body = format!(r#"{{"role":"user","content":"message {n} of a long conversation"}}"#);
        client.ask("POST", &format!("/v1/threads/{thread}/messages"), &body).await;
    }
    let body = format!(r#"{{"assistant_id":"{assistant}","stream":true}}"#);
    let mut times = Vec::new();
    for _ in 0..runs {
        let began = Instant::now();
        client.run(&format!("/v1/threads/{thread}/runs"), &body, true).await;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// A connection that is kept.
struct Client {
    stream: TcpStream,
    host: String,
    read: Vec<u8>,
}

impl Client {
    async fn new(host: &str) -> Self {
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        Self { stream, host: host.to_owned(), read: Vec::new() }
    }

    /// Does one run to its end.
    async fn run(&mut self, path: &str, body: &str, streamed: bool) {
        let answer = self.ask("POST", path, body).await;
        if streamed {
            assert!(answer.contains("event: thread.run.completed"), "{answer}");
            return;
        }
        let (thread, run) = (member(&answer, "thread_id"), id(&answer));
        let path = format!("/v1/threads/{thread}/runs/{run}");
        while member(&self.ask("GET", &path, "").await, "status") != "completed" {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Sends a request and returns the body of its answer.
    async fn ask(&mut self, method: &str, path: &str, body: &str) -> String {
        let (host, length) = (&self.host, body.len());
        let request = format!(
            "{method} {path} HTTP/1.1\r\nhost: {host}\r\nopenai-beta: assistants=v2\r\n\
             content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.read.clear();
        let head = loop {
            self.more().await;
            if let Some(end) = self.read.windows(4).position(|four| four == b"\r\n\r\n") {
                break end + 4;
            }
        };
        let text = String::from_utf8_lossy(&self.read[..head]).to_lowercase();
        assert!(text.starts_with("http/1.1 200"), "{path}: {}", String::from_utf8_lossy(&self.read));
        let length = text.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
        match length {
            Some(length) => {
                while self.read.len() < head + length {
                    self.more().await;
                }
            }
            // The last of the chunks is empty.
            None => {
                while !self.read.ends_with(b"\r\n0\r\n\r\n") {
                    self.more().await;
                }
            }
        }
        String::from_utf8_lossy(&self.read[head..]).into_owned()
    }

    async fn more(&mut self) {
        assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the server hung up");
    }
}

fn id(json: &str) -> String {
    member(json, "id").to_owned()
}

/// Returns the text of a member, the first of that name.
fn member<'a>(json: &'a str, name: &str) -> &'a str {
    let (_, rest) = json.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name} in {json}"));
    rest.split('"').next().unwrap()
}
