//! A proxy in front of a mock. It counts the exchanges and records the complaints of the mock.

use super::validator::Validator;
use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::raw_http::{self, RawResponse};
use serde_json::Value;
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
    pub(super) fn before(judge: &Validator) -> Self {
        let (host, complaints) = (judge.host().to_owned(), judge.complaints());
        let judged = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&judged);
        let listener = MockServer::new(move |request, _| {
            let mut answer = match forward(&host, request) {
                Ok(answer) => answer,
                Err(error) => return Response::text(502, format!("the mock did not respond: {error}")),
            };
            let status = answer.status;
            let (method, target) = (request.method.clone(), request.target.clone());
            log.lock().unwrap().push(Judged { method, target, status, complaints: complaints(&answer) });
            let (headers, body) = (own_headers(&answer), answer.body());
            let Ok(body) = body else { return Response::text(502, "the response of the mock is cut") };
            Response::Whole { status, headers, body: named(&request.target, body) }
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
    let path = path.trim_end_matches("/cancel").trim_end_matches("/complete").trim_end_matches("/submit_tool_outputs");
    let id = path.rsplit('/').next().filter(|id| id.ends_with("_1") || id.ends_with("-1"));
    match (id, asst::json::read(&body)) {
        (Some(id), Ok(Value::Object(mut object))) if object.contains_key("id") => {
            object["id"] = id.into();
            Value::Object(object).to_string().into_bytes()
        }
        _ => body,
    }
}

/// Forwards a request.
pub(super) fn forward(host: &str, request: &Request) -> std::io::Result<RawResponse> {
    let own = ["host", "connection", "content-length", "transfer-encoding", "accept-encoding"];
    let mut head = format!("{} {} HTTP/1.1\nhost: {host}\nconnection: close", request.method, request.target);
    for (name, value) in request.headers.iter().filter(|(name, _)| !own.contains(&name.to_lowercase().as_str())) {
        head.push_str(&format!("\n{name}: {value}"));
    }
    if request.header("content-length").is_some() || request.header("transfer-encoding").is_some() {
        head.push_str(&format!("\ncontent-length: {}", request.body.len()));
    }
    RawResponse::read(raw_http::send(host, &head, &request.body)?)
}

/// Returns the headers of a response, without those that depend on the connection.
pub(super) fn own_headers(answer: &RawResponse) -> Vec<(String, String)> {
    let of_connection = ["content-length", "transfer-encoding", "connection"];
    let headers = answer.headers().filter(|(name, _)| !of_connection.contains(&name.to_lowercase().as_str()));
    headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}
