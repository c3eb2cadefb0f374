//! What is to be recorded, and what the recorder is told: values only, so that the ledger can stay unknown here.

use crate::api::{self, Kind, Shape, Spec};
use crate::http::{Method, Sent};
use serde_json::{Map, Value};
use std::pin::Pin;
use std::sync::Arc;

/// Work of a recorder.
pub type Work<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request that creates, changes or deletes.
#[derive(Debug, Clone)]
pub struct Asked {
    pub spec: &'static Spec,
    /// The ids in the path, outermost first.
    pub ids: Vec<String>,
    /// What it says; `None` where it is too long to be kept, or no JSON object.
    pub body: Option<Map<String, Value>>,
}

/// How a request ended.
#[derive(Debug)]
pub enum Ending {
    /// With success, and this answer.
    Answered { value: Value, request_id: Option<String> },
    /// With this status, which is no success.
    Refused { status: u16, body: Vec<u8>, request_id: Option<String> },
    /// Without an answer, or with a part of one.
    Lost { sent: Sent, reason: String },
    /// With success, but the answer cannot be read.
    Unread { reason: String },
}

/// Is told of every request that creates, changes or deletes.
pub trait Recorder: Send + Sync {
    /// Opens a record: what must be durable before the request leaves is so at its end. An error is why the request must
    /// not leave at all.
    fn begin(self: Arc<Self>, asked: Asked) -> Work<'static, Result<Box<dyn Record>, String>>;
}

/// The record of one request.
pub trait Record: Send {
    /// Takes an object that is a part of an answer of which more comes; it is durable at the end of this.
    fn part(&mut self, kind: Kind, object: Value, request_id: Option<String>) -> Work<'_, ()>;

    /// Takes how the request ended; what it says is durable at the end of this.
    fn end(self: Box<Self>, ending: Ending) -> Work<'static, ()>;
}

/// Returns the endpoint of a request that is to be recorded, with the ids in its path. What only reads is not.
pub(super) fn recorded(method: &Method, path: &str) -> Option<(&'static Spec, Vec<String>)> {
    let method = match method.as_str() {
        "POST" => api::Method::Post,
        "DELETE" => api::Method::Delete,
        _ => return None,
    };
    api::endpoint_of(method, path).filter(|(spec, _)| matches!(spec.shape, Shape::One | Shape::Deleted))
}
