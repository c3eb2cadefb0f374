//! The traits that a recorder implements, and the values that it receives. The module must not depend on the ledger.

use crate::api::{self, Kind, ResponseShape, Spec};
use crate::http::{Method, Sent};
use serde_json::{Map, Value};
use std::pin::Pin;
use std::sync::Arc;

/// The future of a recorder's operation.
pub type RecorderFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// A request that creates, changes or deletes an object.
#[derive(Debug, Clone)]
pub struct RecordedRequest {
    pub spec: &'static Spec,
    /// The IDs in the path, outermost first.
    pub ids: Vec<String>,
    /// The body, or `None` if it is too long to be kept or is not a JSON object.
    pub body: Option<Map<String, Value>>,
}

/// The outcome of a request.
#[derive(Debug)]
pub enum RequestOutcome {
    /// A success with this response.
    Answered { value: Value, request_id: Option<String> },
    /// A response whose status code is not a success.
    Refused { status: u16, body: Vec<u8>, request_id: Option<String> },
    /// No response, or an incomplete one.
    Lost { sent: Sent, reason: String },
    /// A success whose response cannot be parsed.
    Unreadable { reason: String },
}

/// A recorder, which is called for every request that creates, changes or deletes an object.
pub trait Recorder: Send + Sync {
    /// Opens the record of a request. The request is sent once the future completes, so it must first store everything
    /// that must be durable by then.
    ///
    /// An error is the reason why the request must not be sent.
    fn begin(
        self: Arc<Self>,
        request: RecordedRequest,
    ) -> RecorderFuture<'static, Result<Box<dyn RequestRecord>, String>>;

    /// Records the object in the response to a POST whose path is not an endpoint of the protocol. Whether the request
    /// created it is unknown. The object is durable when the future completes.
    fn unrecognised(
        self: Arc<Self>,
        path: String,
        kind: Kind,
        object: Value,
        request_id: Option<String>,
    ) -> RecorderFuture<'static, ()>;
}

/// The record of one request.
pub trait RequestRecord: Send {
    /// Records an object from a response that is still in progress. The object is durable when the future completes.
    fn part(&mut self, kind: Kind, object: Value, request_id: Option<String>) -> RecorderFuture<'_, ()>;

    /// Records the outcome of the request. It is durable when the future completes.
    fn end(self: Box<Self>, outcome: RequestOutcome) -> RecorderFuture<'static, ()>;
}

/// Returns the endpoint of a request, and the IDs in its path, if the request must be recorded. Returns `None` for a
/// request that only reads, and for a path that is not an endpoint.
pub(super) fn recorded_endpoint(method: &Method, path: &str) -> Option<(&'static Spec, Vec<String>)> {
    let method = match method.as_str() {
        "POST" => api::Method::Post,
        "DELETE" => api::Method::Delete,
        _ => return None,
    };
    api::endpoint_of(method, path).filter(|(spec, _)| matches!(spec.shape, ResponseShape::One | ResponseShape::Deleted))
}
