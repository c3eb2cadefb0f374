//! Forwarding of one request to the backend, and of its response to the caller.

use super::recorder::{RecordedRequest, RequestOutcome, RequestRecord};
use super::response::{request_id, with_body};
use super::{BodyBudgets, ProxyState, headers, rejection, stream};
use crate::env::heap;
use crate::http::{ForwardedBody, ForwardedResponse, HttpRequest, Reservation, TransportError, forwarded_body, sse};
use crate::json;
use axum::{
    body::{Body, Bytes, HttpBody},
    http::{StatusCode, header::CONTENT_LENGTH, request},
    response::Response,
};
use bytes::BytesMut;
use futures_util::stream as streams;
use futures_util::{Stream, StreamExt};
use serde_json::{Map, Value};
use std::sync::Arc;
use tokio::sync::oneshot;

/// The maximum size in bytes of a body that counts as short. A short request body is kept in memory, so that the proxy
/// can read it and send it twice. Longer bodies are streamed.
const MAX_SHORT_BODY: u64 = 256 << 10;

/// The maximum size in bytes of a response that is kept in order to be recorded. The caller receives it once the record
/// is durable.
pub(super) const MAX_RECORDED_RESPONSE: usize = 8 << 20;

/// The buffer size for a long response, in bytes. The allocator returns a block of this size to the system when it is
/// freed, but keeps smaller ones.
const LARGE_CAPACITY: usize = 33 << 20;

/// The number of levels that are recorded of a response with too many values. IDs and metadata are within them.
const OUTLINE_LEVELS: usize = 2;

/// The maximum number of bytes of an error response that are searched for the key. Error responses of known servers are
/// shorter.
const MAX_MASKED_ERROR: usize = 1 << 20;

/// The body of a request.
pub(super) enum InboundBody {
    Empty,
    Short(Bytes, #[expect(dead_code, reason = "it gives its part of the budget back when it is dropped")] Reservation),
    /// A body to stream. `None` after it was sent.
    Long(Option<Body>),
}

impl InboundBody {
    /// Reads a short body into memory. Leaves a long body, and one of unknown length, to be streamed.
    ///
    /// # Errors
    /// Returns the error response if the body ends early, or if no memory becomes free in time.
    pub(super) async fn receive(state: &ProxyState, head: &request::Parts, body: Body) -> Result<Self, Response> {
        if body.is_end_stream() {
            return Ok(Self::Empty);
        }
        let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        let Some(length) = length.filter(|length| *length <= MAX_SHORT_BODY) else { return Ok(Self::Long(Some(body))) };
        let Some(reservation) = state.bodies.held.reserve(length as usize).await else {
            return Err(rejection::overloaded());
        };
        let bytes = axum::body::to_bytes(body, MAX_SHORT_BODY as usize).await.map_err(|error| {
            let message = format!("The body of the request could not be read: {error}.");
            rejection::error_response(StatusCode::BAD_REQUEST, &message, "body_cut")
        })?;
        Ok(Self::Short(bytes, reservation))
    }

    /// Returns the members of the body if it is a JSON object.
    pub(super) fn members(&self) -> Option<Map<String, Value>> {
        match self {
            Self::Empty => Some(Map::new()),
            Self::Short(bytes, _) => json::object(bytes).ok(),
            Self::Long(_) => None,
        }
    }

    /// Returns the body to send. A long body can be sent only once.
    fn outgoing(&mut self) -> Option<ForwardedBody> {
        match self {
            Self::Empty => None,
            Self::Short(bytes, _) => Some(bytes.clone().into()),
            Self::Long(body) => body.take().map(|body| forwarded_body(body.into_data_stream())),
        }
    }
}

/// A request to be forwarded.
pub(super) struct ForwardedRequest {
    pub(super) state: Arc<ProxyState>,
    pub(super) head: request::Parts,
    pub(super) path: String,
    pub(super) body: InboundBody,
    /// `true` if the proxy reads the response, and therefore requests it without compression.
    pub(super) is_read: bool,
}

impl ForwardedRequest {
    /// Sends the request. Sends it a second time if its credential was rejected, another one is available, and its body
    /// was kept.
    pub(super) async fn send(&mut self) -> Result<ForwardedResponse, TransportError> {
        let request = self.backend_request()?;
        let response = self.state.settings.transport.forward(&request, self.body.outgoing()).await?;
        if response.status != StatusCode::UNAUTHORIZED {
            return Ok(response);
        }
        // The new credential also serves later requests, even if this request cannot be sent again.
        let renew = Arc::clone(&self.state.settings.renew);
        let renewed = tokio::task::spawn_blocking(move || renew(&request)).await.unwrap_or_default();
        if !renewed || matches!(self.body, InboundBody::Long(_)) {
            return Ok(response);
        }
        let request = self.backend_request()?;
        self.state.settings.transport.forward(&request, self.body.outgoing()).await
    }

    /// Builds the request for the backend, without the body.
    fn backend_request(&self) -> Result<HttpRequest, TransportError> {
        let address = &self.state.settings.address;
        let request = address(self.head.method.clone(), &self.path, self.head.uri.query());
        let mut request = request.map_err(|reason| TransportError::Settings { reason })?;
        headers::add_caller_headers(&mut request, &self.head.headers, self.is_read);
        Ok(request)
    }
}

/// Sends a request that is recorded. The response goes to `reply` once the record is durable.
pub(super) async fn forward_recorded(
    mut request: ForwardedRequest,
    recorded: RecordedRequest,
    reply: oneshot::Sender<Response>,
) {
    let in_flight = Arc::clone(&request.state.in_flight).read_owned().await;
    let recorder = Arc::clone(&request.state.settings.recorder);
    let spec = recorded.spec;
    let record = match recorder.begin(recorded).await {
        Ok(record) => record,
        Err(reason) => {
            let _ = reply.send(rejection::error_response(StatusCode::SERVICE_UNAVAILABLE, &reason, "not_recorded"));
            return;
        }
    };
    match request.send().await {
        Err(error) => {
            record.end(RequestOutcome::Lost { sent: error.sent(), reason: error.to_string() }).await;
            let _ = reply.send(rejection::unreachable(&error));
        }
        Ok(response) if response.status.is_success() && sse::is_stream(&response.headers) => {
            stream::forward_events(response, spec, record, reply).await;
        }
        Ok(response) => forward_complete(response, record, reply, &request.state.bodies).await,
    }
    drop(in_flight);
}

/// Forwards a response once it is complete and recorded.
async fn forward_complete(
    mut response: ForwardedResponse,
    record: Box<dyn RequestRecord>,
    reply: oneshot::Sender<Response>,
    budgets: &BodyBudgets,
) {
    let mut body = BytesMut::new();
    let (mut held, mut parsed) = (None, None);
    let (error, outcome) = loop {
        match response.chunk().await {
            Ok(Some(chunk)) => {
                if held.is_none() && (body.len() + chunk.len()) as u64 > MAX_SHORT_BODY {
                    // If the wait for memory times out, the response is read anyway, because the request was already
                    // sent.
                    held = Some(budgets.held.reserve(MAX_RECORDED_RESPONSE).await);
                    body.reserve(LARGE_CAPACITY);
                }
                body.extend_from_slice(&chunk);
            }
            Ok(None) => {
                if held.is_some() {
                    parsed = budgets.parsed.reserve(MAX_RECORDED_RESPONSE).await;
                }
                break (None, outcome_of(&response, &body));
            }
            Err(error) => {
                let outcome = if response.status.is_success() {
                    RequestOutcome::Lost { sent: error.sent(), reason: error.to_string() }
                } else {
                    // An error status is the outcome of the request even if its body is incomplete.
                    outcome_of(&response, &body)
                };
                break (Some(error), outcome);
            }
        }
        if body.len() > MAX_RECORDED_RESPONSE {
            let outcome = if response.status.is_success() {
                RequestOutcome::Unreadable { reason: format!("it is longer than {MAX_RECORDED_RESPONSE} bytes") }
            } else {
                outcome_of(&response, &body)
            };
            break (None, outcome);
        }
    };
    record.end(outcome).await;
    if parsed.is_some() {
        drop(parsed);
        heap::trim_soon();
    }
    if !response.status.is_success() {
        response.mask(&mut body);
    }
    let body = body.freeze();
    let _ = reply.send(match error {
        // The caller receives the part that arrived, and then a connection error.
        Some(error) => {
            let chunks = streams::once(async { Ok(body) }).chain(streams::once(late_error(error)));
            with_body(&response, Body::from_stream(chunks))
        }
        None => {
            let head = with_body(&response, Body::empty());
            let body = Body::from_stream(streams::iter([Ok(body)]).chain(remaining_body(response)));
            head.map(|_| body)
        }
    });
}

/// Returns the outcome of a request with this response.
fn outcome_of(response: &ForwardedResponse, body: &[u8]) -> RequestOutcome {
    let request_id = request_id(response);
    if !response.status.is_success() {
        return RequestOutcome::Refused { status: response.status.as_u16(), body: body.to_vec(), request_id };
    }
    match parse_response(body) {
        Ok(value) => RequestOutcome::Answered { value, request_id },
        Err(error) => RequestOutcome::Unreadable { reason: format!("it is not JSON ({error})") },
    }
}

/// Parses the body of a response. If it has too many values, parses only the outer levels, which contain the ID and the
/// metadata of a created object.
pub(super) fn parse_response(body: &[u8]) -> Result<Value, json::Error> {
    match json::read(body) {
        Err(error) if error.is_count() => json::outline(body, OUTLINE_LEVELS),
        parsed => parsed,
    }
}

/// The beginning of the body of a response.
pub(super) struct BodyStart {
    pub(super) bytes: BytesMut,
    /// `true` if the bytes are the whole body.
    pub(super) is_whole: bool,
    /// The error that ended the body early.
    error: Option<TransportError>,
}

impl BodyStart {
    /// Reads the body until it ends, fails, or is longer than `max_bytes`.
    pub(super) async fn read(response: &mut ForwardedResponse, max_bytes: usize) -> Self {
        let mut start = Self { bytes: BytesMut::new(), is_whole: false, error: None };
        while start.bytes.len() <= max_bytes {
            match response.chunk().await {
                Ok(Some(chunk)) => start.bytes.extend_from_slice(&chunk),
                Ok(None) => {
                    start.is_whole = true;
                    break;
                }
                Err(error) => {
                    start.error = Some(error);
                    break;
                }
            }
        }
        start
    }

    /// Returns the response to the caller: this beginning of the body, and the rest as it arrives.
    pub(super) fn into_response(self, response: ForwardedResponse) -> Response {
        let head = with_body(&response, Body::empty());
        let first = streams::once(async { Ok(self.bytes.freeze()) });
        let body = match self.error {
            Some(error) => Body::from_stream(first.chain(streams::once(late_error(error)))),
            None => Body::from_stream(first.chain(remaining_body(response))),
        };
        head.map(|_| body)
    }
}

/// Forwards an error response. If its text contains the key of the profile, the key is overwritten.
pub(super) async fn forward_error(mut response: ForwardedResponse) -> Response {
    let mut start = BodyStart::read(&mut response, MAX_MASKED_ERROR).await;
    response.mask(&mut start.bytes);
    start.into_response(response)
}

/// Forwards a response as it arrives, without reading it.
pub(super) fn forward_unread(response: ForwardedResponse) -> Response {
    let head = with_body(&response, Body::empty());
    let body = Body::from_stream(remaining_body(response));
    head.map(|_| body)
}

/// Returns the part of a response's body that has not arrived yet.
fn remaining_body(response: ForwardedResponse) -> impl Stream<Item = Result<Bytes, TransportError>> + Send {
    streams::unfold(Some(response), |response| async {
        let mut response = response?;
        match response.chunk().await {
            Ok(Some(chunk)) => Some((Ok(chunk), Some(response))),
            Ok(None) => None,
            Err(error) => Some((late_error(error).await, None)),
        }
    })
}

/// Returns the error that ends a body. Yields once before, so that the server can send the bytes before the error.
async fn late_error(error: TransportError) -> Result<Bytes, TransportError> {
    tokio::task::yield_now().await;
    Err(error)
}
