//! `asst record` (docs/design/recording.md): traffic between a program and its backend is unchanged, and recorded.

mod azure;
mod cleanup;
mod exit_codes;
mod forwarding;
mod foundry;
mod memory;
mod nested;
mod paths;
mod recording;
mod secrets;
mod streams;

use crate::support::mock_server::{MockServer, Request, Response, mint};
use crate::support::raw_http::{self, RawResponse};
use crate::support::test_env::{Asst, Ran};
use serde_json::{Value, json};
use std::io::Read;
use std::net::TcpStream;
use std::process::{Child, ChildStdin, Stdio};

/// A program to record. It prints the address of the proxy, and ends when its standard input is closed.
const PROGRAM: &str = r#"echo "${OPENAI_BASE_URL:-$AZURE_OPENAI_ENDPOINT/v1} ${OPENAI_API_KEY:-$AZURE_OPENAI_API_KEY}"; cat >/dev/null; exit ${CODE:-0}"#;

/// A recording in which the test sends the requests of the program.
pub(crate) struct Recording<'a> {
    asst: &'a Asst,
    child: Option<Child>,
    input: Option<ChildStdin>,
    url: String,
    key: String,
}

impl<'a> Recording<'a> {
    pub(crate) fn start(asst: &'a Asst, flags: &[&str]) -> Self {
        let args = [&["record"], flags, &["--", "sh", "-c", PROGRAM]].concat();
        let mut child = asst.command(args).stdin(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        // Read without a buffer, because later output belongs to the end.
        let out = child.stdout.as_mut().unwrap();
        while !line.ends_with('\n') {
            let mut byte = [0];
            out.read_exact(&mut byte).expect("the program said nothing");
            line.push(char::from(byte[0]));
        }
        let (url, key) = line.trim_end().split_once(' ').unwrap();
        let (url, key) = (url.to_owned(), key.to_owned());
        let input = child.stdin.take();
        Self { asst, child: Some(child), input, url, key }
    }

    fn pid(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    fn host(&self) -> &str {
        raw_http::host(&self.url)
    }

    /// Sends a request. The answer is read on demand.
    fn begin(&self, head: &str, body: &[u8]) -> RawResponse {
        RawResponse::read(self.send(head, body)).unwrap()
    }

    /// Sends exactly these lines as a head, and a body.
    fn send_raw(&self, head: &str, body: &[u8]) -> TcpStream {
        raw_http::send(self.host(), head, body).unwrap()
    }

    fn send(&self, head: &str, body: &[u8]) -> TcpStream {
        let (first, rest) = head.split_once('\n').unwrap_or((head, ""));
        let length = if body.is_empty() { String::new() } else { format!("\ncontent-length: {}", body.len()) };
        let rest = if rest.is_empty() { String::new() } else { format!("\n{rest}") };
        let (host, key) = (self.host(), &self.key);
        let head =
            format!("{first} HTTP/1.1\nhost: {host}\nauthorization: Bearer {key}\nconnection: close{length}{rest}");
        self.send_raw(&head, body)
    }

    /// Posts JSON and returns the answer. Panics if the status is not 200.
    pub(crate) fn post(&self, path: &str, body: &Value) -> Value {
        let answer =
            self.begin(&format!("POST /v1{path}\ncontent-type: application/json"), body.to_string().as_bytes());
        assert_eq!(answer.status, 200, "{}", answer.head);
        answer.json()
    }

    fn delete(&self, path: &str) -> Value {
        self.begin(&format!("DELETE /v1{path}"), b"").json()
    }

    /// Ends the program and returns the result of `asst`.
    pub(crate) fn end(mut self) -> Ran {
        drop(self.input.take());
        let output = self.child.take().unwrap().wait_with_output().unwrap();
        self.asst.ran(output)
    }
}

impl Drop for Recording<'_> {
    fn drop(&mut self) {
        drop(self.input.take());
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Creates and deletes every kind of object that is recorded.
fn all_kinds(request: &Request, before: usize) -> Response {
    let made = |prefix: &str| {
        Response::json(200, &json!({ "id": format!("{prefix}{before:024}"), "created_at": 1_700_000_000 }))
    };
    match (request.method.as_str(), request.target.as_str()) {
        ("POST", "/v1/files") => made("file-"),
        ("POST", "/v1/vector_stores") => made("vs_"),
        ("POST", path) if path.ends_with("/file_batches") => made("vsfb_"),
        ("POST", "/v1/conversations") => made("conv_"),
        ("POST", "/v1/uploads") => made("upload_"),
        ("POST", path) if path.ends_with("/complete") => {
            let upload = path.trim_start_matches("/v1/uploads/").trim_end_matches("/complete");
            let file = json!({ "id": "file-of-the-upload", "object": "file" });
            Response::json(200, &json!({ "id": upload, "object": "upload", "file": file }))
        }
        ("POST", path) if path.starts_with("/v1/uploads/") && path.ends_with("/cancel") => {
            let upload = path.trim_start_matches("/v1/uploads/").trim_end_matches("/cancel");
            Response::json(200, &json!({ "id": upload, "object": "upload", "status": "cancelled" }))
        }
        ("POST", path) if path.ends_with("/parts") => made("part_"),
        ("POST", "/v1/threads/runs") => {
            let id = format!("run_{before:024}");
            Response::json(
                200,
                &json!({ "id": id, "object": "thread.run", "thread_id": "thread_of_the_run", "assistant_id": "asst_1" }),
            )
        }
        _ => mint(request, before),
    }
}

/// Creates a thread for a POST to any path.
fn threads(request: &Request, before: usize) -> Response {
    match request.method.as_str() {
        "POST" => Response::json(200, &json!({ "id": format!("thread_{before:024}"), "object": "thread" })),
        _ => all_kinds(request, before),
    }
}

/// Returns the rows of the ledger, newest first.
fn rows(asst: &Asst) -> Vec<Value> {
    let list = asst.run(["ledger", "list", "--state", "any", "-o", "json"]).ok().json();
    list.as_array().unwrap().clone()
}

/// Returns the session that a recording printed.
fn session(ran: &Ran) -> String {
    let (_, rest) = ran.stderr.split_once("session ").unwrap();
    rest.split(':').next().unwrap().to_owned()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

/// Returns a backend that creates posted objects, and a user of it.
fn minting() -> (MockServer, Asst) {
    let listener = MockServer::new(all_kinds);
    let asst = Asst::with_backend(&listener.url());
    (listener, asst)
}
