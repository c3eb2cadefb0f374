//! A backend whose objects have an age that the test sets. A test can replace its responses.

use super::mock_server::{MockServer, Request, Response};
use super::test_env::{Asst, Ran};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard};

type Hook = dyn FnMut(&Request, &mut Backend) -> Option<Response> + Send;

#[derive(Default)]
pub(crate) struct Backend {
    pub(crate) threads: BTreeMap<String, Value>,
    pub(crate) runs: BTreeMap<String, Vec<Value>>,
    pub(crate) messages: BTreeMap<String, Vec<Value>>,
    pub(crate) assistants: BTreeSet<String>,
    pub(crate) files: BTreeMap<String, Value>,
    /// The files of each vector store, or `None` if the backend has no vector stores.
    pub(crate) stores: Option<BTreeMap<String, Vec<Value>>>,
    /// Receives each request first. If it returns `None`, the backend responds.
    hook: Option<Box<Hook>>,
    created_count: u64,
    /// The steps of each run.
    pub(crate) steps: BTreeMap<String, Vec<Value>>,
    /// The `Date` header of the responses. `None` is the current time, and an empty text omits the header.
    pub(crate) date: Option<String>,
    /// The ID of the next thread.
    pub(crate) next_id: Option<String>,
}

impl Backend {
    pub(super) fn standing() -> (Arc<Mutex<Self>>, MockServer) {
        let backend = Arc::new(Mutex::new(Self::default()));
        let shared = Arc::clone(&backend);
        (backend, MockServer::new(move |request, _| shared.lock().unwrap().dated(request)))
    }

    fn dated(&mut self, request: &Request) -> Response {
        let response = self.respond(request);
        match self.date.clone().unwrap_or_else(|| http_date(days(0))) {
            date if date.is_empty() => response,
            date => response.with("date", &date),
        }
    }

    pub(crate) fn hook(&mut self, hook: impl FnMut(&Request, &mut Backend) -> Option<Response> + Send + 'static) {
        self.hook = Some(Box::new(hook));
    }

    pub(crate) fn run(&mut self, thread: &str, assistant: &str, status: &str, created: i64) -> String {
        self.created_count += 1;
        let id = format!("run_{:024}", self.created_count);
        let run = json!({ "id": id, "object": "thread.run", "thread_id": thread, "assistant_id": assistant,
            "status": status, "created_at": created, "expires_at": created + 600 });
        self.runs.entry(thread.to_owned()).or_default().push(run);
        id
    }

    pub(crate) fn message(&mut self, thread: &str, created: i64) {
        self.created_count += 1;
        let message = json!({ "id": format!("msg_{:024}", self.created_count), "object": "thread.message", "role": "user",
            "content": [], "created_at": created });
        self.messages.entry(thread.to_owned()).or_default().push(message);
    }

    /// Adds a file with the purpose `assistants` that was uploaded 100 days ago.
    pub(crate) fn file(&mut self, id: &str) -> String {
        let file = json!({ "id": id, "object": "file", "filename": format!("{id}.txt"), "purpose": "assistants",
            "bytes": 1, "created_at": days(-100) });
        self.files.insert(id.to_owned(), file);
        id.to_owned()
    }

    fn respond(&mut self, request: &Request) -> Response {
        if let Some(mut hook) = self.hook.take() {
            let response = hook(request, self);
            self.hook.get_or_insert(hook);
            if let Some(response) = response {
                return response;
            }
        }
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let parts: Vec<&str> = path.trim_start_matches("/v1/").split('/').collect();
        let missing = |what: &str, id: &str| Response::error(404, &format!("No {what} found with id '{id}'."), None);
        match (request.method.as_str(), parts.as_slice()) {
            ("POST", ["threads"]) => self.create(request),
            ("GET", ["threads", id]) => {
                self.threads.get(*id).map_or_else(|| missing("thread", id), |thread| Response::json(200, thread))
            }
            ("DELETE", ["threads", id]) => match self.threads.remove(*id) {
                Some(_) => Response::json(200, &json!({ "id": id, "object": "thread.deleted", "deleted": true })),
                None => missing("thread", id),
            },
            ("GET", ["threads", id, "runs"]) => page(self.runs.get(*id), query),
            ("GET", ["threads", id, "messages"]) => page(self.messages.get(*id), query),
            ("GET", ["threads", thread, "runs", id]) => match self.find_run(thread, id) {
                Some(run) => Response::json(200, run),
                None => missing("run", id),
            },
            ("GET", ["threads", _, "runs", run, "steps"]) => page(self.steps.get(*run), query),
            // The test sets the time of a message. A message that asst creates must look old here.
            ("POST", ["threads", thread, "messages"]) => {
                self.message(thread, days(-100));
                Response::json(200, &self.messages[*thread][0])
            }
            ("POST", ["threads", thread, "runs"]) => {
                let assistant = request.json()["assistant_id"].as_str().unwrap_or_default().to_owned();
                let id = self.run(thread, &assistant, "queued", days(-100));
                Response::json(200, self.find_run(thread, &id).unwrap())
            }
            ("POST", ["threads", thread, "runs", id, "cancel"]) => match self.find_run(thread, id) {
                Some(run) => {
                    run["status"] = json!("cancelled");
                    Response::json(200, run)
                }
                None => missing("run", id),
            },
            ("GET", ["files"]) => {
                let purpose = query.split('&').find_map(|pair| pair.strip_prefix("purpose="));
                let all = self.files.values().filter(|file| purpose.is_none_or(|purpose| file["purpose"] == purpose));
                page(Some(&all.cloned().collect()), query)
            }
            ("DELETE", ["files", id]) => match self.files.remove(*id) {
                Some(_) => Response::json(200, &json!({ "id": id, "object": "file", "deleted": true })),
                None => missing("file", id),
            },
            ("GET", ["vector_stores"]) if self.stores.is_some() => {
                let stores = self.stores.iter().flatten().map(|(id, _)| json!({ "id": id })).collect();
                page(Some(&stores), query)
            }
            ("GET", ["vector_stores", id, "files"]) if self.stores.is_some() => {
                page(self.stores.as_ref().and_then(|stores| stores.get(*id)), query)
            }
            ("GET", ["assistants"]) => {
                let listed = self.assistants.iter().map(|id| json!({ "id": id, "object": "assistant" })).collect();
                page(Some(&listed), query)
            }
            ("GET", ["assistants", id]) if self.assistants.contains(*id) => {
                Response::json(200, &json!({ "id": id, "object": "assistant", "created_at": 1, "model": "m" }))
            }
            ("GET", ["assistants", id]) => missing("assistant", id),
            _ => Response::error(404, "Invalid URL", None),
        }
    }

    fn create(&mut self, request: &Request) -> Response {
        self.created_count += 1;
        let id = self.next_id.take().unwrap_or_else(|| format!("thread_{:024}", self.created_count));
        let metadata = request.json()["metadata"].as_object().cloned().unwrap_or_default();
        let thread = json!({ "id": id, "object": "thread", "created_at": days(-100), "metadata": metadata });
        self.threads.insert(id, thread.clone());
        Response::json(200, &thread)
    }

    fn find_run(&mut self, thread: &str, id: &str) -> Option<&mut Value> {
        self.runs.get_mut(thread)?.iter_mut().find(|run| run["id"] == id)
    }
}

/// Formats a time as an HTTP date.
pub(crate) fn http_date(seconds: i64) -> String {
    let time = jiff::Timestamp::from_second(seconds).unwrap();
    jiff::fmt::rfc2822::DateTimePrinter::new().timestamp_to_rfc9110_string(&time).unwrap()
}

/// Returns a page of a list, newest first by default.
fn page(items: Option<&Vec<Value>>, query: &str) -> Response {
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
    let mut items: Vec<&Value> = items.into_iter().flatten().collect();
    items.sort_by_key(|item| item["created_at"].as_i64());
    if value("order") != Some("asc") {
        items.reverse();
    }
    let limit = value("limit").and_then(|limit| limit.parse().ok()).unwrap_or(20);
    let begin =
        value("after").and_then(|after| items.iter().position(|item| item["id"] == after)).map_or(0, |at| at + 1);
    let page: Vec<&Value> = items.iter().skip(begin).take(limit).copied().collect();
    Response::json(200, &json!({ "object": "list", "data": page, "has_more": begin + page.len() < items.len() }))
}

pub(crate) const DAY: i64 = 86_400;

/// Returns the time this number of days from now.
pub(crate) fn days(from_now: i64) -> i64 {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs();
    i64::try_from(now).unwrap() + from_now * DAY
}

/// Runs a command with another current time.
pub(crate) fn at(asst: &Asst, time: i64, args: &[&str]) -> Ran {
    asst.ran(asst.command(args).env("ASST_NOW", time.to_string()).output().unwrap())
}

/// A backend whose objects a test creates, and a user whose ledger has long had them.
pub(crate) struct Setup {
    backend: Arc<Mutex<Backend>>,
    pub(crate) listener: MockServer,
    pub(crate) asst: Asst,
}

impl Setup {
    pub(crate) fn new() -> Self {
        let (backend, listener) = Backend::standing();
        let asst = Asst::with_backend(&listener.url());
        Self { backend, listener, asst }
    }

    pub(crate) fn backend(&self) -> MutexGuard<'_, Backend> {
        self.backend.lock().unwrap()
    }

    /// Creates a thread 100 days ago.
    pub(crate) fn thread(&self) -> String {
        at(&self.asst, days(-100), &["threads", "create", "-o", "id"]).ok().id()
    }

    /// Creates a thread with a run of an assistant, both 100 days ago.
    pub(crate) fn thread_of(&self, assistant: &str) -> String {
        let id = self.thread();
        self.backend().run(&id, assistant, "completed", days(-100));
        id
    }

    pub(crate) fn prune(&self, args: &[&str]) -> Ran {
        self.asst.run([&["threads", "prune"], args].concat())
    }

    /// Returns the threads that were deleted at the backend.
    pub(crate) fn deleted(&self) -> Vec<String> {
        let lines = self.listener.lines();
        lines.iter().filter_map(|line| line.strip_prefix("DELETE /v1/threads/")).map(str::to_owned).collect()
    }

    /// Returns the IDs that exist according to the ledger.
    pub(crate) fn present(&self) -> Vec<String> {
        self.asst.run(["threads", "list", "-o", "id"]).ok().ids()
    }
}
