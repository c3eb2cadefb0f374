//! A request before it is addressed, and a reply.

use crate::api::{Class, Kind, Method, Shape, Spec};
use crate::http::StreamBody;
use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::time::Instant;

/// What a request carries.
#[derive(Debug, Clone)]
pub enum Payload {
    /// Nothing, and no content type.
    None,
    Json(Map<String, Value>),
    /// A multipart form that is read while it is sent.
    Form(StreamBody),
}

/// What an answer must be to be taken for a success.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    Anything,
    Object,
    /// An object with an id.
    Made,
    /// `deleted: true`; the answer may be empty otherwise.
    Deletion,
}

/// A request to any backend.
#[derive(Debug, Clone)]
pub struct Request {
    pub method: Method,
    pub class: Class,
    pub path: String,
    pub query: Vec<(String, String)>,
    pub payload: Payload,
    /// Whether the path names a collection, whose 404 says that the backend does not have it.
    pub collection: bool,
    /// What the answer must be.
    pub expects: Expects,
    /// When the command stops waiting, whatever the time limit of one request is.
    pub until: Option<Instant>,
    /// The object that the path names, where the answer must be of that one.
    pub object: Option<(Kind, String)>,
}

impl Request {
    /// Returns the request of an endpoint that is given as a value, with its path filled.
    pub fn new(spec: &Spec, path: String, query: Vec<(String, String)>, payload: Payload) -> Self {
        let of_own = match spec.shape {
            Shape::One => spec.kinds.last() == Some(&spec.kind) && !spec.made,
            Shape::Deleted => true,
            Shape::Page | Shape::Bytes => false,
        };
        let id = spec.ids_in(&path).filter(|_| of_own).and_then(|mut ids| ids.pop());
        let object = spec.kinds.last().copied().zip(id);
        Self {
            object,
            method: spec.method,
            class: spec.class,
            path,
            query,
            payload,
            collection: spec.kinds.is_empty(),
            expects: match spec.shape {
                Shape::Deleted => Expects::Deletion,
                Shape::One if spec.made => Expects::Made,
                Shape::One => Expects::Object,
                Shape::Page | Shape::Bytes => Expects::Anything,
            },
            until: None,
        }
    }

    /// Tells whether all that it carries is still there: standard input can be read once only.
    pub(super) fn can_be_sent(&self) -> bool {
        match &self.payload {
            Payload::None | Payload::Json(_) => true,
            Payload::Form(form) => form.can_be_sent(),
        }
    }
}

/// A good answer: what the server sent, whole and in its order.
#[derive(Debug, Clone, Default)]
pub struct Reply {
    pub value: Value,
    /// The answer as it came, byte for byte.
    pub text: Bytes,
    pub request_id: Option<String>,
    /// When the server wants to be asked again, `openai-poll-after-ms` (docs/protocol/endpoints.md#response-headers).
    pub poll_after: Option<std::time::Duration>,
}

impl Reply {
    /// Returns the id of the object.
    pub fn id(&self) -> Option<String> {
        super::json::id_of(&self.value)
    }

    /// Returns a text member of the answer.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.value.get(member).and_then(Value::as_str)
    }
}
