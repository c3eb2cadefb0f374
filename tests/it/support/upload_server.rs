//! A server of uploads in parts, which keeps the parts that it accepted and assembles them.

use super::mock_server::{MockServer, Request, Response};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use std::sync::{Arc, Mutex, MutexGuard};

/// The state of an upload server.
#[derive(Debug, Default)]
pub(crate) struct Uploads {
    /// The bytes of each accepted part, in the order of their acceptance.
    pub(crate) parts: Vec<Vec<u8>>,
    /// The number of requests with a part, also those that were not accepted.
    pub(crate) attempts: usize,
    /// The uploads that were created.
    pub(crate) created: usize,
    /// The uploads that were cancelled.
    pub(crate) cancelled: Vec<String>,
    /// The assembled files.
    pub(crate) files: Vec<Vec<u8>>,
    /// The seconds from the creation of an upload to its expiry.
    pub(crate) lifetime: i64,
}

/// An upload server. A hook can answer a request in its place.
pub(crate) struct UploadServer {
    pub(crate) server: MockServer,
    state: Arc<Mutex<Uploads>>,
}

impl UploadServer {
    /// Starts a server. The hook receives the request and the state, and returns the response that replaces the usual
    /// one.
    pub(crate) fn new(hook: impl Fn(&Request, &mut Uploads) -> Option<Response> + Send + Sync + 'static) -> Self {
        let state = Arc::new(Mutex::new(Uploads { lifetime: 3_600, ..Uploads::default() }));
        let shared = Arc::clone(&state);
        let server = MockServer::new(move |request, _| {
            let mut state = shared.lock().unwrap();
            state.attempts += usize::from(request.target.ends_with("/parts"));
            match hook(request, &mut state) {
                Some(response) => response,
                None => respond(request, &mut state),
            }
        });
        Self { server, state }
    }

    pub(crate) fn url(&self) -> String {
        self.server.url()
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, Uploads> {
        self.state.lock().unwrap()
    }
}

fn respond(request: &Request, state: &mut Uploads) -> Response {
    let words: Vec<&str> = request.target.trim_start_matches("/v1/").split('/').collect();
    match words.as_slice() {
        ["uploads"] => {
            state.created += 1;
            Response::json(200, &upload(&format!("upload_{}", state.created), "pending", state.lifetime, &Value::Null))
        }
        ["uploads", id, "parts"] => {
            state.parts.push(part_of(request));
            let part =
                json!({ "id": format!("part_{}", state.parts.len() - 1), "object": "upload.part", "upload_id": id });
            Response::json(200, &part)
        }
        ["uploads", id, "complete"] => complete(request, state, id),
        ["uploads", id, "cancel"] => {
            state.cancelled.push((*id).to_owned());
            Response::json(200, &upload(id, "cancelled", state.lifetime, &Value::Null))
        }
        _ => Response::error(404, "Invalid URL", None),
    }
}

fn complete(request: &Request, state: &mut Uploads, id: &str) -> Response {
    let body = request.json();
    let index = |part: &Value| part.as_str().unwrap().trim_start_matches("part_").parse::<usize>().unwrap();
    let parts = body["part_ids"].as_array().unwrap().iter().map(index);
    let bytes: Vec<u8> = parts.flat_map(|part| state.parts[part].clone()).collect();
    let found: String = Md5::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    if body["md5"] != found.as_str() {
        return Response::error(400, "The MD5 checksum does not match.", Some("invalid_value"));
    }
    let file = json!({ "id": format!("file-{id}"), "object": "file", "bytes": bytes.len(), "filename": "data.bin" });
    state.files.push(bytes);
    Response::json(200, &upload(id, "completed", state.lifetime, &file))
}

fn upload(id: &str, status: &str, lifetime: i64, file: &Value) -> Value {
    let created_at = 1_700_000_000;
    json!({
        "id": id, "object": "upload", "created_at": created_at, "expires_at": created_at + lifetime, "status": status,
        "file": file,
    })
}

/// Returns the bytes of the only part of a multipart form.
pub(crate) fn part_of(request: &Request) -> Vec<u8> {
    let find = |needle: &[u8], from: usize| {
        request.body[from..].windows(needle.len()).position(|window| window == needle).unwrap() + from
    };
    let begin = find(b"\r\n\r\n", 0) + 4;
    let boundary = request.header("content-type").unwrap().split("boundary=").nth(1).unwrap();
    let end = request.body.len() - format!("\r\n--{boundary}--\r\n").len();
    request.body[begin..end].to_vec()
}
