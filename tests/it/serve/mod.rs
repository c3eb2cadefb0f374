//! `asst serve` as processes: streams as bytes on the wire, and several servers on one store, some of which crash.

mod conversations;
mod crash;
mod embeddings;
mod memory;
mod shared;
mod slow;
mod stores;
mod streams;
mod uploads;
mod vector_stores;

use crate::support::postgres::database;
use crate::support::raw_http::{self, RawResponse, call};
use crate::support::test_env::{Asst, Server, eventually, shows};
use asst::http::sse::Parser;
use serde_json::{Value, json};

pub(crate) fn ask(base: &str, method: &str, path: &str, body: Option<Value>) -> Value {
    let (status, answer) = call(base, method, path, body.as_ref()).unwrap();
    assert_eq!(status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer));
    serde_json::from_slice(&answer).unwrap()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Creates an assistant that may call the function `look`.
fn assistant(base: &str) -> String {
    let tools = json!([{"type": "function", "function": {"name": "look"}}]);
    text(&ask(base, "POST", "/assistants", Some(json!({"model": "echo", "tools": tools})))["id"])
}

/// Returns the body that creates a thread with one message, and its run.
pub(crate) fn with_thread(base: &str, message: &str) -> Value {
    json!({"assistant_id": assistant(base), "thread": {"messages": [{"role": "user", "content": message}]}})
}

pub(crate) fn path(run: &Value) -> String {
    format!("/threads/{}/runs/{}", text(&run["thread_id"]), text(&run["id"]))
}

/// Returns the assistant messages in the thread of a run.
fn answers(base: &str, run: &Value) -> Vec<String> {
    let messages = ask(base, "GET", &format!("/threads/{}/messages?order=asc", text(&run["thread_id"])), None);
    let messages = messages["data"].as_array().unwrap().iter().filter(|message| message["role"] == "assistant");
    messages.map(|message| text(&message["content"][0]["text"]["value"])).collect()
}

/// Polls a run until it has a status.
fn reaches(base: &str, run: &Value, status: &str) -> Value {
    eventually(status, || Some(ask(base, "GET", &path(run), None)).filter(|run| run["status"] == status))
}

/// A stream that is read event by event.
pub(crate) struct Reader {
    response: RawResponse,
    parser: Parser,
    /// Names and data. Data that is not JSON is a string.
    events: Vec<(String, Value)>,
}

impl Reader {
    pub(crate) fn open(base: &str, path: &str, mut body: Value) -> Self {
        body["stream"] = true.into();
        let response = raw_http::request(base, "POST", path, Some(&body)).unwrap();
        let head = &response.head;
        assert!(head.starts_with("HTTP/1.1 200 ") && head.contains("content-type: text/event-stream"), "{head}");
        Self { response, parser: Parser::default(), events: Vec::new() }
    }

    /// Reads until an event of this name arrives, or to the end.
    pub(crate) fn until(&mut self, name: &str) -> &Value {
        while self.events.last().is_none_or(|(last, _)| last != name) {
            if let Some(event) = self.parser.next().unwrap() {
                let data = serde_json::from_str(&event.data).unwrap_or_else(|_| event.data.clone().into());
                self.events.push((event.name.unwrap().to_owned(), data));
            } else if !self.chunk() {
                break;
            }
        }
        &self.events.last().expect("an event").1
    }

    /// Reads the rest, and returns all events.
    pub(crate) fn rest(mut self) -> Vec<(String, Value)> {
        self.until("");
        self.events
    }

    /// Reads one chunk of the body. Returns `true` if there was one.
    fn chunk(&mut self) -> bool {
        let Some(chunk) = self.response.chunk().filter(|chunk| !chunk.is_empty()) else { return false };
        self.parser.push(&chunk);
        true
    }
}

/// Returns the names of the events, one per line. Consecutive deltas are merged with their text.
fn order(events: &[(String, Value)]) -> String {
    let mut lines: Vec<String> = Vec::new();
    for (name, data) in events {
        let parts = [
            &data["delta"]["content"][0]["text"]["value"],
            &data["delta"]["step_details"]["tool_calls"][0]["function"]["arguments"],
        ];
        let said = parts.iter().find_map(|part| part.as_str());
        match (said, lines.last_mut()) {
            (Some(said), Some(last)) if last.starts_with(name.as_str()) => last.push_str(said),
            (Some(said), _) => lines.push(format!("{name}: {said}")),
            (None, _) => lines.push(name.clone()),
        }
    }
    lines.join("\n")
}

/// The database engine of the store that the servers of a test share.
enum Engine {
    Sqlite,
    Postgres,
}

/// Servers on one store.
struct Servers {
    asst: Asst,
    args: Vec<String>,
}

impl Servers {
    /// Creates a store.
    fn new(engine: &Engine) -> Self {
        let asst = Asst::new();
        match engine {
            Engine::Sqlite => {
                let args = vec!["--store".to_owned(), asst.work().join("store").to_str().unwrap().to_owned()];
                Self { asst, args }
            }
            Engine::Postgres => Self { asst: asst.env("ASST_SERVE_STORE", database()), args: Vec::new() },
        }
    }

    fn start(&self) -> Server {
        self.with(&[])
    }

    fn with(&self, args: &[&str]) -> Server {
        let own: Vec<&str> = self.args.iter().map(String::as_str).chain(args.iter().copied()).collect();
        self.asst.serve(&own)
    }
}

#[test]
fn a_server_without_a_key_listens_on_loopback_only() {
    shows!(Asst::new().run(["serve", "--listen", "0.0.0.0:0"]), @r"
    --- stderr ---
    error: --listen 0.0.0.0:0: expected a key, because the address is not a loopback address
      hint: pass --key-file PATH, or set ASST_SERVE_KEY
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "nonsense"]), @r"
    --- stderr ---
    error: --listen nonsense: expected HOST:PORT
    exit 2
    ");
    shows!(Asst::new().run(["serve", "--listen", "127.0.0.1:0", "--model", "nonsense"]), @r"
    --- stderr ---
    error: --model: expected echo, script:FILE, or openai:URL, got `nonsense`
    exit 2
    ");
}
