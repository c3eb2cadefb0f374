//! Forwarding of one request to the backend, and of its response to the caller.

use super::recorder::{RecordedRequest, RequestOutcome, RequestRecord};
use super::response::{request_id, respond};
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

/// The maximum size in bytes of a request body that is kept in memory, so that it can be read and resent. Longer bodies
/// are streamed.
const SHORT_BODY: u64 = 256 << 10;

/// The maximum size in bytes of a response that is kept in order to be recorded. The caller receives it once the record
/// is durable.
pub(super) const MAX_RECORDED_RESPONSE: usize = 8 << 20;

/// The buffer size for a long response, in bytes. The allocator returns a block of this size to the system when it is
/// freed, but keeps smaller ones.
const LARGE_CAPACITY: usize = 33 << 20;

/// The number of levels that are recorded of a response with too many values. IDs and metadata are within them.
const OUTLINE: usize = 2;

/// The maximum number of bytes of an error response that are searched for the key. No server sends more.
const MAX_MASKED_ERROR: usize = 1 << 20;

/// The body of a request.
pub(super) enum InboundBody {
    Nothing,
    Short(Bytes, #[expect(dead_code, reason = "it gives its part of the budget back when it is dropped")] Reservation),
    Long(Option<Body>),
}

impl InboundBody {
    pub(super) async fn take(parts: &ProxyState, head: &request::Parts, body: Body) -> Result<Self, Response> {
        if body.is_end_stream() {
            return Ok(Self::Nothing);
        }
        let length = head.headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if length.is_none_or(|length| length > SHORT_BODY) {
            return Ok(Self::Long(Some(body)));
        }
        let short = usize::try_from(SHORT_BODY).unwrap_or(usize::MAX);
        let Some(hold) = parts.bodies.held.reserve(length.map_or(short, |length| length as usize)).await else {
            return Err(rejection::overloaded());
        };
        let whole = axum::body::to_bytes(body, short).await;
        let cut = |error| format!("The body of the request could not be read: {error}.");
        let whole =
            whole.map_err(|error| rejection::error_response(StatusCode::BAD_REQUEST, &cut(error), "body_cut"))?;
        Ok(Self::Short(whole, hold))
    }

    /// Returns the members of the body if it is a JSON object.
    pub(super) fn members(&self) -> Option<Map<String, Value>> {
        match self {
            Self::Nothing => Some(Map::new()),
            Self::Short(bytes, _) => json::object(bytes).ok(),
            Self::Long(_) => None,
        }
    }

    fn body(&mut self) -> Option<ForwardedBody> {
        match self {
            Self::Nothing => None,
            Self::Short(bytes, _) => Some(bytes.clone().into()),
            Self::Long(body) => body.take().map(|body| forwarded_body(body.into_data_stream())),
        }
    }
}

/// A request to be forwarded.
pub(super) struct ForwardedRequest {
    pub(super) parts: Arc<ProxyState>,
    pub(super) head: request::Parts,
    pub(super) path: String,
    pub(super) body: InboundBody,
    /// `true` if the response is read here, so that it must come in an encoding that can be read.
    pub(super) is_read: bool,
}

impl ForwardedRequest {
    /// Sends the request. Sends it a second time if its credential was rejected, another one is available, and its body
    /// was kept.
    pub(super) async fn send(&mut self) -> Result<ForwardedResponse, TransportError> {
        let call = self.call()?;
        let answer = self.parts.settings.transport.forward(&call, self.body.body()).await?;
        if answer.status != StatusCode::UNAUTHORIZED {
            return Ok(answer);
        }
        // The new credential also serves later requests, even if this one cannot be sent again.
        let renew = Arc::clone(&self.parts.settings.renew);
        let renewed = tokio::task::spawn_blocking(move || renew(&call)).await.unwrap_or_default();
        if !renewed || matches!(self.body, InboundBody::Long(_)) {
            return Ok(answer);
        }
        let call = self.call()?;
        self.parts.settings.transport.forward(&call, self.body.body()).await
    }

    fn call(&self) -> Result<HttpRequest, TransportError> {
        let address = &self.parts.settings.address;
        let call = address(self.head.method.clone(), &self.path, self.head.uri.query());
        let mut call = call.map_err(|reason| TransportError::Settings { reason })?;
        headers::add_caller_headers(&mut call, &self.head.headers, self.is_read);
        Ok(call)
    }
}

/// Sends a request that is recorded. The response goes to `reply` once the record is durable.
pub(super) async fn watch(mut going: ForwardedRequest, asked: RecordedRequest, reply: oneshot::Sender<Response>) {
    let going_on = Arc::clone(&going.parts.in_flight).read_owned().await;
    let recorder = Arc::clone(&going.parts.settings.recorder);
    let spec = asked.spec;
    let record = match recorder.begin(asked).await {
        Ok(record) => record,
        Err(reason) => {
            let _ = reply.send(rejection::error_response(StatusCode::SERVICE_UNAVAILABLE, &reason, "not_recorded"));
            return;
        }
    };
    match going.send().await {
        Err(error) => {
            record.end(RequestOutcome::Lost { sent: error.sent(), reason: error.to_string() }).await;
            let _ = reply.send(rejection::unreachable(&error));
        }
        Ok(answer) if answer.status.is_success() && sse::is_stream(&answer.headers) => {
            stream::pass(answer, spec, record, reply).await;
        }
        Ok(answer) => whole(answer, record, reply, &going.parts.bodies).await,
    }
    drop(going_on);
}

/// Forwards a response once it is complete and recorded.
async fn whole(
    mut answer: ForwardedResponse,
    record: Box<dyn RequestRecord>,
    reply: oneshot::Sender<Response>,
    bodies: &BodyBudgets,
) {
    let mut kept = BytesMut::new();
    let (mut held, mut read) = (None, None);
    let (cut, ending) = loop {
        match answer.chunk().await {
            Ok(Some(piece)) => {
                if held.is_none() && (kept.len() + piece.len()) as u64 > SHORT_BODY {
                    // If the wait for memory times out, the response is read anyway, because the request was already
                    // sent.
                    held = Some(bodies.held.reserve(MAX_RECORDED_RESPONSE).await);
                    kept.reserve(LARGE_CAPACITY);
                }
                kept.extend_from_slice(&piece);
            }
            Ok(None) => {
                if held.is_some() {
                    read = bodies.read.reserve(MAX_RECORDED_RESPONSE).await;
                }
                break (None, ended(&answer, &kept));
            }
            Err(error) => {
                // An error status counts even if its body is incomplete.
                let refused = !answer.status.is_success();
                let lost = RequestOutcome::Lost { sent: error.sent(), reason: error.to_string() };
                break (Some(error), if refused { ended(&answer, &kept) } else { lost });
            }
        }
        if kept.len() > MAX_RECORDED_RESPONSE {
            let unread =
                RequestOutcome::Unreadable { reason: format!("it is longer than {MAX_RECORDED_RESPONSE} bytes") };
            break (None, if answer.status.is_success() { unread } else { ended(&answer, &kept) });
        }
    };
    record.end(ending).await;
    if read.is_some() {
        drop(read);
        heap::trim_soon();
    }
    if !answer.status.is_success() {
        answer.mask(&mut kept);
    }
    let kept = kept.freeze();
    let _ = reply.send(match cut {
        // The caller receives the part that arrived, and then a connection error.
        Some(error) => {
            let come = streams::once(async { Ok(kept) }).chain(streams::once(cut_off(error)));
            respond(&answer, Body::from_stream(come))
        }
        None => {
            let head = respond(&answer, Body::empty());
            let body = Body::from_stream(streams::iter([Ok(kept)]).chain(rest(answer)));
            head.map(|_| body)
        }
    });
}

fn ended(answer: &ForwardedResponse, body: &[u8]) -> RequestOutcome {
    let request_id = request_id(answer);
    if !answer.status.is_success() {
        return RequestOutcome::Refused { status: answer.status.as_u16(), body: body.to_vec(), request_id };
    }
    match object_of(body) {
        Ok(value) => RequestOutcome::Answered { value, request_id },
        Err(error) => RequestOutcome::Unreadable { reason: format!("it is not JSON ({error})") },
    }
}

/// Reads a body. Of one with too many values, only the outer levels are read. The facts about a created object are
/// there.
pub(super) fn object_of(body: &[u8]) -> Result<Value, json::Error> {
    match json::read(body) {
        Err(error) if error.is_count() => json::outline(body, OUTLINE),
        read => read,
    }
}

/// The beginning of the body of a response.
pub(super) struct BodyStart {
    pub(super) bytes: BytesMut,
    /// `true` if the bytes are the whole body.
    pub(super) is_whole: bool,
    /// The error that ended the body.
    cut: Option<TransportError>,
}

impl BodyStart {
    /// Reads the body until it ends, is cut, or is longer than `most` bytes.
    pub(super) async fn read(answer: &mut ForwardedResponse, most: usize) -> Self {
        let mut beginning = Self { bytes: BytesMut::new(), is_whole: false, cut: None };
        while beginning.bytes.len() <= most {
            match answer.chunk().await {
                Ok(Some(piece)) => beginning.bytes.extend_from_slice(&piece),
                Ok(None) => {
                    beginning.is_whole = true;
                    break;
                }
                Err(error) => {
                    beginning.cut = Some(error);
                    break;
                }
            }
        }
        beginning
    }

    /// Returns the response with this beginning of its body, and the rest as it arrives.
    pub(super) fn into_response(self, answer: ForwardedResponse) -> Response {
        let head = respond(&answer, Body::empty());
        let first = streams::once(async { Ok(self.bytes.freeze()) });
        let body = match self.cut {
            Some(error) => Body::from_stream(first.chain(streams::once(cut_off(error)))),
            None => Body::from_stream(first.chain(rest(answer))),
        };
        head.map(|_| body)
    }
}

/// Forwards an error response. It may repeat the key, which is overwritten.
pub(super) async fn refused(mut answer: ForwardedResponse) -> Response {
    let mut beginning = BodyStart::read(&mut answer, MAX_MASKED_ERROR).await;
    answer.mask(&mut beginning.bytes);
    beginning.into_response(answer)
}

/// Forwards a response as it arrives.
pub(super) fn passed_on(answer: ForwardedResponse) -> Response {
    let head = respond(&answer, Body::empty());
    let body = Body::from_stream(rest(answer));
    head.map(|_| body)
}

/// Returns the remaining body of a response.
pub(super) fn rest(answer: ForwardedResponse) -> impl Stream<Item = Result<Bytes, TransportError>> + Send {
    streams::unfold(Some(answer), |answer| async {
        let mut answer = answer?;
        match answer.chunk().await {
            Ok(Some(piece)) => Some((Ok(piece), Some(answer))),
            Ok(None) => None,
            Err(error) => Some((cut_off(error).await, None)),
        }
    })
}

/// Ends a body with an error, after the earlier bytes were sent.
async fn cut_off(error: TransportError) -> Result<Bytes, TransportError> {
    tokio::task::yield_now().await;
    Err(error)
}
