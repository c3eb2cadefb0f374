//! An HTTP server that responds as a test defines. It can also do what no correct server does: cut a connection, stall,
//! or send bytes that are not HTTP. It keeps the requests that it received.

use super::tcp_server::{TcpServer, read_chunks, read_head};
use serde_json::{Value, json};
use std::io::{BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// A request as it was received.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Request {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known.eq_ignore_ascii_case(name)).map(|(_, value)| value.as_str())
    }

    pub(crate) fn json(&self) -> Value {
        asst::json::read(&self.body).unwrap_or_default()
    }
}

/// The response to a request, or what happens in its place.
pub(crate) enum Response {
    Whole {
        status: u16,
        headers: Vec<(String, String)>,
        body: Vec<u8>,
    },
    /// Reads the request and closes the connection.
    Cut,
    /// Announces more bytes than it sends.
    Half,
    /// Sends nothing until the client closes the connection.
    Stall,
    /// Sends these bytes unchanged and closes the connection.
    Raw(Vec<u8>),
    /// Gives the connection to the function and closes it afterwards.
    Own(Box<dyn FnOnce(&mut TcpStream) + Send>),
}

impl Response {
    pub(crate) fn json(status: u16, body: &Value) -> Self {
        Self::text(status, body.to_string()).with("content-type", "application/json")
    }

    pub(crate) fn text(status: u16, body: impl Into<Vec<u8>>) -> Self {
        Self::Whole { status, headers: Vec::new(), body: body.into() }
    }

    /// Sends a head unchanged, then a piece repeatedly until the client closes the connection.
    pub(crate) fn endless(head: &str, piece: impl Into<Vec<u8>>) -> Self {
        let (head, piece) = (head.replace('\n', "\r\n"), piece.into());
        Self::own(move |stream| {
            let _ = stream.set_write_timeout(Some(Duration::from_secs(30)));
            let mut sent = stream.write_all(head.as_bytes());
            while sent.is_ok() {
                sent = stream.write_all(&piece);
            }
        })
    }

    /// Sends a text, then one more byte per interval until the client closes the connection.
    pub(crate) fn drip(begin: &str, every: Duration) -> Self {
        let begin = begin.replace('\n', "\r\n");
        Self::own(move |stream| {
            let mut sent = stream.write_all(begin.as_bytes());
            while sent.is_ok() {
                std::thread::sleep(every);
                sent = stream.write_all(b"x");
            }
        })
    }

    /// Sends a text and waits until the client closes the connection.
    pub(crate) fn begin(begin: &str) -> Self {
        let begin = begin.replace('\n', "\r\n");
        Self::own(move |stream| {
            let _ = stream.write_all(begin.as_bytes());
            let _ = stream.read(&mut [0; 1]);
        })
    }

    /// Sends a text with the line ends of HTTP, and closes the connection.
    pub(crate) fn raw(text: &str) -> Self {
        Self::Raw(text.replace('\n', "\r\n").into_bytes())
    }

    pub(crate) fn own(response: impl FnOnce(&mut TcpStream) + Send + 'static) -> Self {
        Self::Own(Box::new(response))
    }

    /// Returns the error envelope of the protocol.
    pub(crate) fn error(status: u16, message: &str, code: Option<&str>) -> Self {
        let error = json!({ "message": message, "type": "invalid_request_error", "param": null, "code": code });
        Self::json(status, &json!({ "error": error }))
    }

    pub(crate) fn with(mut self, name: &str, value: &str) -> Self {
        if let Self::Whole { headers, .. } = &mut self {
            headers.push((name.to_owned(), value.to_owned()));
        }
        self
    }
}

/// The server. It stops accepting connections when it is dropped.
pub(crate) struct MockServer {
    server: TcpServer,
    requests: Arc<Mutex<Vec<Request>>>,
}

impl MockServer {
    /// Starts a server that responds to each request by the script. The script receives the number of earlier requests.
    pub(crate) fn new(script: impl Fn(&Request, usize) -> Response + Send + Sync + 'static) -> Self {
        let requests = Arc::default();
        let log = Arc::clone(&requests);
        let server = TcpServer::new(move |stream| respond(stream, &log, &script));
        Self { server, requests }
    }

    /// Sends these responses in order. Each further request is refused with 418.
    pub(crate) fn scripted(responses: impl IntoIterator<Item = Response>) -> Self {
        let responses = Mutex::new(responses.into_iter().collect::<std::collections::VecDeque<_>>());
        Self::new(move |_, _| {
            responses.lock().unwrap().pop_front().unwrap_or_else(|| Response::error(418, "one request too many", None))
        })
    }

    /// Creates every posted object with a new ID, and confirms every deletion.
    pub(crate) fn minting() -> Self {
        Self::new(mint)
    }

    pub(crate) fn url(&self) -> String {
        self.at("/v1")
    }

    /// Returns the URL of a path on this server.
    pub(crate) fn at(&self, path: &str) -> String {
        format!("http://{}{path}", self.server.address())
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.requests.lock().unwrap().clone()
    }

    /// Returns the method and path of each request.
    pub(crate) fn lines(&self) -> Vec<String> {
        self.requests().iter().map(|request| format!("{} {}", request.method, request.target)).collect()
    }
}

/// Responds as a server would that stores nothing.
pub(crate) fn mint(request: &Request, before: usize) -> Response {
    let path = request.target.split('?').next().unwrap_or_default();
    let id = path.rsplit('/').next().unwrap_or_default();
    let path = path.strip_prefix("/v1").unwrap_or(path);
    // The path prefix of Azure OpenAI.
    let path = path.strip_prefix("/openai").unwrap_or(path);
    let parts: Vec<&str> = path.trim_start_matches('/').split('/').collect();
    match (request.method.as_str(), parts.as_slice()) {
        ("DELETE", _) => Response::json(200, &json!({ "id": id, "object": "thing.deleted", "deleted": true })),
        ("POST", ["threads"]) => Response::json(200, &made("thread", "thread", before, request)),
        ("POST", ["assistants"]) => Response::json(200, &made("asst", "assistant", before, request)),
        ("POST", ["threads", _, "messages"]) => Response::json(200, &made("msg", "thread.message", before, request)),
        ("POST", ["threads", thread, "runs"]) => {
            let mut run = made("run", "thread.run", before, request);
            run["thread_id"] = json!(thread);
            run["assistant_id"] = request.json()["assistant_id"].clone();
            run["status"] = json!("queued");
            Response::json(200, &run)
        }
        ("GET", ["threads", thread]) => Response::json(
            200,
            &json!({ "id": thread, "object": "thread", "created_at": 1_700_000_000, "metadata": {} }),
        ),
        ("GET", _) => Response::json(200, &json!({ "object": "list", "data": [], "has_more": false })),
        _ => Response::error(404, "Invalid URL", None),
    }
}

fn made(prefix: &str, object: &str, before: usize, request: &Request) -> Value {
    let metadata = match &request.json()["metadata"] {
        Value::Null => json!({}),
        metadata => metadata.clone(),
    };
    let id = format!("{prefix}_{before:024}");
    json!({ "id": id, "object": object, "created_at": 1_700_000_000, "metadata": metadata, "name": request.json()["name"] })
}

/// Reads one request, and sends the response of the script.
fn respond(mut stream: TcpStream, log: &Mutex<Vec<Request>>, script: &dyn Fn(&Request, usize) -> Response) {
    let Some(request) = read(&stream) else { return };
    let before = {
        let mut log = log.lock().unwrap();
        log.push(request.clone());
        log.len() - 1
    };
    match script(&request, before) {
        Response::Cut => {}
        Response::Stall => {
            let _ = stream.read(&mut [0; 1]);
        }
        Response::Raw(bytes) => {
            let _ = stream.write_all(&bytes);
        }
        Response::Own(response) => response(&mut stream),
        Response::Half => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n{\"id\":");
        }
        Response::Whole { status, headers, body } => {
            let mut head = format!("HTTP/1.1 {status} Answer\r\ncontent-length: {}\r\n", body.len());
            headers.iter().for_each(|(name, value)| head.push_str(&format!("{name}: {value}\r\n")));
            head.push_str("connection: close\r\n\r\n");
            let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
        }
    }
}

fn read(stream: &TcpStream) -> Option<Request> {
    let mut reader = BufReader::new(stream);
    let head = read_head(&mut reader).ok()??;
    let (first, rest) = head.split_once("\r\n")?;
    let mut words = first.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?.to_owned());
    let headers = rest.lines().filter_map(|line| line.split_once(':'));
    let headers = headers.map(|(name, value)| (name.to_owned(), value.trim().to_owned())).collect();
    let mut request = Request { method, target, headers, body: Vec::new() };
    if request.header("transfer-encoding").is_some_and(|coding| coding.eq_ignore_ascii_case("chunked")) {
        request.body = read_chunks(&mut reader)?;
    } else {
        let length = request.header("content-length").and_then(|length| length.parse().ok()).unwrap_or(0);
        request.body = vec![0; length];
        reader.read_exact(&mut request.body).ok()?;
    }
    Some(request)
}
