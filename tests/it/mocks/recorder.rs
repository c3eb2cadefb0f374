//! A proxy in front of a mock. It counts the exchanges and records the complaints of the mock.

use super::judge::Judge;
use crate::support::mock_server::{MockServer, Request, Response, chunks};
use serde_json::Value;
use std::io::{BufRead, BufReader, Error, ErrorKind, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};

/// The complaints of the mock about one exchange.
#[derive(Debug, Clone)]
pub(super) struct Judged {
    pub(super) method: String,
    /// The path and the query.
    pub(super) target: String,
    pub(super) status: u16,
    pub(super) complaints: Vec<String>,
}

impl Judged {
    pub(super) fn path(&self) -> &str {
        self.target.split('?').next().unwrap_or_default()
    }
}

pub(super) struct Recorder {
    listener: MockServer,
    judged: Arc<Mutex<Vec<Judged>>>,
}

impl Recorder {
    /// Starts the proxy in front of a mock.
    pub(super) fn before(judge: &Judge) -> Self {
        let (host, complaints) = (judge.host().to_owned(), judge.complaints());
        let judged = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&judged);
        let listener = MockServer::new(move |request, _| {
            let answer = match forward(&host, request) {
                Ok(answer) => answer,
                Err(error) => return Response::text(502, format!("the mock gave no answer: {error}")),
            };
            let status = answer.target.parse().unwrap_or(502);
            let (method, target) = (request.method.clone(), request.target.clone());
            log.lock().unwrap().push(Judged { method, target, status, complaints: complaints(&answer) });
            let about = ["content-length", "transfer-encoding", "connection"];
            let mut headers = answer.headers;
            headers.retain(|(name, _)| !about.contains(&name.to_lowercase().as_str()));
            Response::Whole { status, headers, body: named(&request.target, answer.body) }
        });
        Self { listener, judged }
    }

    pub(super) fn url(&self) -> String {
        self.listener.url()
    }

    /// Returns all exchanges. Panics if the mock did not judge every request.
    #[track_caller]
    pub(super) fn judged(&self) -> Vec<Judged> {
        let received = self.listener.requests().len();
        let judged = self.judged.lock().unwrap();
        assert_eq!(judged.len(), received, "requests were not judged");
        judged.clone()
    }

    /// Panics if the mock complained. Returns the number of exchanges.
    #[track_caller]
    pub(super) fn satisfied(&self) -> usize {
        let judged = self.judged();
        let wrong: Vec<String> =
            judged.iter().filter(|one| !one.complaints.is_empty()).map(|one| format!("{one:#?}")).collect();
        assert!(wrong.is_empty(), "{} of {}:\n{}", wrong.len(), judged.len(), wrong.join("\n"));
        judged.len()
    }
}

/// Gives the object in a response the ID that the path names. A mock server generates one, and the client refuses a
/// response about another object.
fn named(target: &str, body: Vec<u8>) -> Vec<u8> {
    let path = target.split('?').next().unwrap_or_default();
    let path = path.trim_end_matches("/cancel").trim_end_matches("/submit_tool_outputs");
    let id = path.rsplit('/').next().filter(|id| id.ends_with("_1") || id.ends_with("-1"));
    match (id, asst::json::read(&body)) {
        (Some(id), Ok(Value::Object(mut object))) if object.contains_key("id") => {
            object["id"] = id.into();
            Value::Object(object).to_string().into_bytes()
        }
        _ => body,
    }
}

/// Forwards a request. The result has the status of the answer in the place of the target.
pub(super) fn forward(host: &str, request: &Request) -> std::io::Result<Request> {
    let mut stream = TcpStream::connect(host)?;
    let own = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding"];
    let mut head = format!("{} {} HTTP/1.1\r\nhost: {host}\r\nconnection: close\r\n", request.method, request.target);
    for (name, value) in request.headers.iter().filter(|(name, _)| !own.contains(&name.to_lowercase().as_str())) {
        head.push_str(&format!("{name}: {value}\r\n"));
    }
    if request.header("content-length").is_some() || request.header("transfer-encoding").is_some() {
        head.push_str(&format!("content-length: {}\r\n", request.body.len()));
    }
    stream.write_all(format!("{head}\r\n").as_bytes())?;
    stream.write_all(&request.body)?;
    receive(&mut BufReader::new(stream))
}

fn receive(reader: &mut impl BufRead) -> std::io::Result<Request> {
    let cut = || Error::from(ErrorKind::UnexpectedEof);
    let mut line = String::new();
    reader.read_line(&mut line)?;
    let status = line.split(' ').nth(1).ok_or_else(cut)?.to_owned();
    let mut answer = Request { method: String::new(), target: status, headers: Vec::new(), body: Vec::new() };
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        match line.trim_end().split_once(": ") {
            Some((name, value)) => answer.headers.push((name.to_owned(), value.to_owned())),
            None => break,
        }
    }
    if answer.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        answer.body = chunks(reader).ok_or_else(cut)?;
    } else if let Some(length) = answer.header("content-length").and_then(|length| length.parse().ok()) {
        answer.body = vec![0; length];
        reader.read_exact(&mut answer.body)?;
    } else {
        reader.read_to_end(&mut answer.body)?;
    }
    Ok(answer)
}
