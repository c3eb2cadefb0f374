//! A backend with responses that a test defines byte for byte. It pages as the protocol requires.

use crate::support::mock_server::{MockServer, Request, Response};
use crate::support::test_env::Asst;
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

/// Objects as the exact text of the responses.
#[derive(Debug, Clone, Default)]
pub(super) struct Fake {
    pub(super) threads: BTreeMap<String, String>,
    /// Messages, runs and steps by the path of their list: `threads/T/messages`.
    pub(super) lists: BTreeMap<String, Vec<String>>,
    pub(super) files: BTreeMap<String, String>,
    pub(super) contents: BTreeMap<String, Vec<u8>>,
}

/// The fake backend, shared with its listener.
pub(super) type Shared = Arc<Mutex<Fake>>;

impl Fake {
    /// Returns a backend with one thread.
    pub(super) fn with_thread(id: &str) -> Self {
        let mut fake = Self::default();
        fake.thread(id);
        fake
    }

    pub(super) fn thread(&mut self, id: &str) {
        let text =
            format!("{{\"id\": \"{id}\", \"object\": \"thread\", \"created_at\": 1700000000, \"metadata\": {{}}}}");
        self.threads.insert(id.to_owned(), text);
    }

    pub(super) fn list(&mut self, path: &str) -> &mut Vec<String> {
        self.lists.entry(path.to_owned()).or_default()
    }

    /// Adds plain text messages, numbered after the existing ones.
    pub(super) fn say(&mut self, thread: &str, count: usize, text: &str) {
        let messages = self.list(&format!("threads/{thread}/messages"));
        for number in messages.len()..messages.len() + count {
            messages.push(format!(
                "{{\"id\":\"msg_{number:06}\",\"object\":\"thread.message\",\"created_at\":{},\"role\":\"user\",\
                 \"content\":[{{\"type\":\"text\",\"text\":{{\"value\":\"{text}\",\"annotations\":[]}}}}]}}",
                1_700_000_000 + number
            ));
        }
    }

    pub(super) fn answer(&self, request: &Request) -> Response {
        let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
        let path = path.strip_prefix("/v1/").unwrap_or(path);
        let json = |text: &str| Response::text(200, text).with("content-type", "application/json");
        let missing = |what: &str, id: &str| Response::error(404, &format!("No {what} found with id '{id}'."), None);
        match path.split('/').collect::<Vec<_>>().as_slice() {
            ["threads", id] => self.threads.get(*id).map_or_else(|| missing("thread", id), |text| json(text)),
            ["files", id] => self.files.get(*id).map_or_else(|| missing("file", id), |text| json(text)),
            ["files", id, "content"] => match self.contents.get(*id) {
                Some(bytes) => Response::text(200, bytes.clone()),
                None => Response::error(400, "Not allowed to download files of purpose: assistants", None),
            },
            _ => self.page(path, query),
        }
    }

    /// Returns a page in ascending order only, since an export requests no other order.
    fn page(&self, path: &str, query: &str) -> Response {
        let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
        let all = self.lists.get(path).map(Vec::as_slice).unwrap_or_default();
        let begins =
            |item: &str, after: &str| item.chars().take(80).collect::<String>().contains(&format!("\"{after}\""));
        let limit = value("limit").and_then(|limit| limit.parse().ok()).unwrap_or(20);
        let begin = match value("after") {
            None => 0,
            Some(after) => match all.iter().position(|item| begins(item, after)) {
                Some(at) => at + 1,
                None => return Response::error(404, &format!("No object found with id '{after}'."), None),
            },
        };
        let page: Vec<&String> = all.iter().skip(begin).take(limit).collect();
        let items = page.iter().map(|item| item.as_str()).collect::<Vec<_>>().join(", ");
        let more = begin + page.len() < all.len();
        Response::text(200, format!("{{\"object\": \"list\", \"data\": [{items}], \"has_more\": {more}}}"))
            .with("content-type", "application/json")
    }
}

/// Starts a listener that serves a fake backend, and returns it with a user.
pub(super) fn standing(fake: Fake) -> (Shared, MockServer, Asst) {
    let shared = Arc::new(Mutex::new(fake));
    let answering = Arc::clone(&shared);
    let listener = MockServer::new(move |request, _| answering.lock().unwrap().answer(request));
    let asst = Asst::with_backend(&listener.url());
    (shared, listener, asst)
}
