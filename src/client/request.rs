//! Requests before they are addressed to a backend, and their responses.

use crate::api::{Class, Kind, Method, ResponseShape, Spec};
use crate::http::StreamBody;
use bytes::Bytes;
use serde_json::{Map, Value};
use tokio::time::Instant;

/// The body of a request.
#[derive(Debug, Clone)]
pub enum Payload {
    /// No body and no content type.
    None,
    Json(Map<String, Value>),
    /// A multipart form that is read while it is sent.
    Form(StreamBody),
}

/// The form that a successful response must have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expects {
    Anything,
    Object,
    /// An object with an ID.
    Made,
    /// An object with `deleted: true`.
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
    /// `true` if the path names a collection. A 404 then means that the backend does not offer it.
    pub collection: bool,
    /// The required form of the response.
    pub expects: Expects,
    /// The deadline of the command for all attempts together. It is independent of the time limit of one attempt.
    pub until: Option<Instant>,
    /// The object in the path, if the response must describe it.
    pub object: Option<(Kind, String)>,
    /// The ID of the parent. Some servers return it in place of the object's own ID, which then replaces it.
    pub other_id: Option<String>,
}

impl Request {
    /// Creates the request to the endpoint `spec` with a complete path.
    pub fn new(spec: &Spec, path: String, query: Vec<(String, String)>, payload: Payload) -> Self {
        let describes_object_in_path = match spec.shape {
            ResponseShape::One => spec.kinds.last() == Some(&spec.kind) && !spec.made,
            ResponseShape::Deleted => true,
            ResponseShape::Page | ResponseShape::Bytes => false,
        };
        let mut ids = spec.ids_in(&path).filter(|_| describes_object_in_path).unwrap_or_default();
        let object = spec.kinds.last().copied().zip(ids.pop());
        Self {
            object,
            other_id: ids.pop().filter(|_| spec.details.may_return_parent_id),
            method: spec.method,
            class: spec.class,
            path,
            query,
            payload,
            collection: spec.kinds.is_empty(),
            expects: match spec.shape {
                ResponseShape::Deleted => Expects::Deletion,
                ResponseShape::One if spec.made => Expects::Made,
                ResponseShape::One => Expects::Object,
                ResponseShape::Page | ResponseShape::Bytes => Expects::Anything,
            },
            until: None,
        }
    }

    /// Returns `true` if the body is still available. Standard input can be read only once.
    pub(super) fn can_be_sent(&self) -> bool {
        match &self.payload {
            Payload::None | Payload::Json(_) => true,
            Payload::Form(form) => form.can_be_sent(),
        }
    }
}

/// A successful response: its JSON value, with all members in their order.
#[derive(Debug, Clone, Default)]
pub struct ApiResponse {
    pub value: Value,
    /// The body of the response, byte for byte.
    pub text: Bytes,
    pub request_id: Option<String>,
    /// The time before the next poll that the server asks for in `openai-poll-after-ms`
    /// (docs/protocol/endpoints.md#response-headers).
    pub poll_after: Option<std::time::Duration>,
    /// The status code, or 0 for a response that does not come from a server.
    pub status: u16,
    /// `true` if a `Link` header announces another page.
    pub has_next_link: bool,
}

impl ApiResponse {
    /// Returns the ID of the object.
    pub fn id(&self) -> Option<String> {
        super::json::id_of(&self.value)
    }

    /// Returns a string member of the response.
    pub fn text(&self, member: &str) -> Option<&str> {
        self.value.get(member).and_then(Value::as_str)
    }
}
