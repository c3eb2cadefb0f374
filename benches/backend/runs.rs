//! `backend runs BASE waited|streamed|apart CLIENTS SECONDS` creates runs as fast as a server responds, and prints the
//! runs per second. By default a run is created together with its thread. With `apart`, the thread exists before and
//! receives a message first, which every server of this protocol supports.
//!
//! `backend runs BASE thread MESSAGES RUNS` fills a thread and prints the time of a run on it in milliseconds.
//! `OPENAI_API_KEY` is sent if it is set.
//!
//! The client uses plain sockets without an HTTP library, so that the server dominates the measurement. A client that
//! waits polls every 2 ms, far more often than any SDK.

use std::time::{Duration, Instant};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

const PAUSE: Duration = Duration::from_millis(2);

const MESSAGE: &str = r#"{"role":"user","content":"the quick brown fox jumps over the lazy dog"}"#;

/// The way in which a client creates a run and follows it to its end.
#[derive(Clone, Copy)]
enum RunMode {
    Waited,
    Streamed,
    Apart,
}

pub(super) async fn drive(arguments: &[String]) {
    let [base, how, first, second] = arguments else { panic!("expected BASE HOW NUMBER NUMBER") };
    let mut client = Client::new(base).await;
    let assistant = id(&client.send("POST", "/assistants", r#"{"name":"fox","model":"mock@echo"}"#).await);
    let (first, second): (usize, u64) = (first.parse().unwrap(), second.parse().unwrap());
    let time = Duration::from_secs(second);
    let figure = match how.as_str() {
        "thread" => on_thread(&mut client, &assistant, first, second).await,
        "waited" => rate(base, &assistant, RunMode::Waited, first, time).await,
        "streamed" => rate(base, &assistant, RunMode::Streamed, first, time).await,
        "apart" => rate(base, &assistant, RunMode::Apart, first, time).await,
        how => panic!("unknown kind of measurement: {how}"),
    };
    println!("{figure:.3}");
}

/// Returns the runs per second of `clients` concurrent clients. Each client executes one run at a time.
async fn rate(base: &str, assistant: &str, how: RunMode, clients: usize, time: Duration) -> f64 {
    let began = Instant::now();
    let work = (0..clients).map(|_| {
        let (base, assistant) = (base.to_owned(), assistant.to_owned());
        tokio::spawn(async move {
            let mut client = Client::new(&base).await;
            let mut done = 0_u32;
            while began.elapsed() < time {
                client.create_and_follow(&assistant, how).await;
                done += 1;
            }
            done
        })
    });
    let mut done = 0;
    for client in work.collect::<Vec<_>>() {
        done += client.await.unwrap();
    }
    f64::from(done) / began.elapsed().as_secs_f64()
}

/// Returns the median time of a streamed run on a thread with `messages` messages, in milliseconds.
async fn on_thread(client: &mut Client, assistant: &str, messages: usize, runs: u64) -> f64 {
    let thread = id(&client.send("POST", "/threads", "{}").await);
    for n in 0..messages {
        let body = format!(r#"{{"role":"user","content":"message {n} of a long conversation"}}"#);
        client.send("POST", &format!("/threads/{thread}/messages"), &body).await;
    }
    let body = format!(r#"{{"assistant_id":"{assistant}","stream":true}}"#);
    let mut times = Vec::new();
    for _ in 0..runs {
        let began = Instant::now();
        client.run(&format!("/threads/{thread}/runs"), &body, true).await;
        times.push(began.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1e3
}

/// A connection that is reused.
struct Client {
    stream: TcpStream,
    /// The text before each path. `head` has the headers of every request.
    prefix: String,
    head: String,
    read: Vec<u8>,
}

impl Client {
    async fn new(base: &str) -> Self {
        let place = base.trim_start_matches("http://");
        let (host, prefix) = place.split_once('/').unwrap_or((place, ""));
        let stream = TcpStream::connect(host).await.unwrap();
        stream.set_nodelay(true).unwrap();
        let key = std::env::var("OPENAI_API_KEY").map(|key| format!("authorization: Bearer {key}\r\n"));
        let head = format!("host: {host}\r\nopenai-beta: assistants=v2\r\n{}", key.unwrap_or_default());
        Self { stream, prefix: format!("/{prefix}"), head, read: Vec::new() }
    }

    async fn create_and_follow(&mut self, assistant: &str, how: RunMode) {
        if let RunMode::Apart = how {
            let thread = id(&self.send("POST", "/threads", "{}").await);
            self.send("POST", &format!("/threads/{thread}/messages"), MESSAGE).await;
            let body = format!(r#"{{"assistant_id":"{assistant}"}}"#);
            return self.run(&format!("/threads/{thread}/runs"), &body, false).await;
        }
        let streamed = matches!(how, RunMode::Streamed);
        let thread = format!(r#"{{"messages":[{MESSAGE}]}}"#);
        let body = format!(r#"{{"assistant_id":"{assistant}","thread":{thread},"stream":{streamed}}}"#);
        self.run("/threads/runs", &body, streamed).await;
    }

    /// Creates one run and follows it to its end.
    async fn run(&mut self, path: &str, body: &str, streamed: bool) {
        let answer = self.send("POST", path, body).await;
        if streamed {
            assert!(answer.contains("event: thread.run.completed"), "{answer}");
            return;
        }
        let (thread, run) = (member(&answer, "thread_id"), id(&answer));
        let path = format!("/threads/{thread}/runs/{run}");
        while member(&self.send("GET", &path, "").await, "status") != "completed" {
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Sends a request and returns the response body.
    async fn send(&mut self, method: &str, path: &str, body: &str) -> String {
        let (Self { prefix, head, .. }, length) = (&*self, body.len());
        let request = format!(
            "{method} {prefix}{path} HTTP/1.1\r\n{head}content-type: application/json\r\n\
             content-length: {length}\r\n\r\n{body}"
        );
        self.stream.write_all(request.as_bytes()).await.unwrap();
        self.read.clear();
        let head = loop {
            self.read_more().await;
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
                    self.read_more().await;
                }
            }
            // A chunked body ends with an empty chunk.
            None => {
                while !self.read.ends_with(b"\r\n0\r\n\r\n") {
                    self.read_more().await;
                }
            }
        }
        String::from_utf8_lossy(&self.read[head..]).into_owned()
    }

    async fn read_more(&mut self) {
        assert!(self.stream.read_buf(&mut self.read).await.unwrap() > 0, "the server closed the connection");
    }
}

fn id(json: &str) -> String {
    member(json, "id").to_owned()
}

/// Returns the string value of the first member with this name.
fn member<'a>(json: &'a str, name: &str) -> &'a str {
    let (_, rest) = json.split_once(&format!("\"{name}\":\"")).unwrap_or_else(|| panic!("no {name} in {json}"));
    rest.split('"').next().unwrap()
}
