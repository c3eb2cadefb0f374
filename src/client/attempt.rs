//! One attempt to send a request, with its response or failure. Whether another attempt follows is decided in `retry`.

use super::api_error::{ApiError, ApiErrorKind};
use super::backend_access::BackendAccess;
use super::error::ClientError;
use super::json;
use super::request::{ApiResponse, Expects, Request};
use super::retry::{self, AttemptOutcome, RetryAdvice};
use crate::api::{Class, Kind};
use crate::env::{clock, secrets};
use crate::http::{self, HeaderMap, HttpRequest, Redactor, Sent, TransportError};
use crate::ui::shorten;
use serde_json::Value;
use std::time::Duration;

/// The maximum number of characters of a response that an error shows.
const LONGEST: usize = 200;

/// The head of a response with any status, whose body is read on demand, or the failure of the transport.
pub(super) type Attempt = Result<http::HttpResponse, AttemptError>;

/// A complete response with a success status.
pub(super) struct CompleteResponse {
    pub(super) status: u16,
    pub(super) body: bytes::Bytes,
    pub(super) request_id: Option<String>,
    pub(super) poll_after: Option<Duration>,
    has_next_link: bool,
}

impl CompleteResponse {
    pub(super) async fn read(attempt: Attempt) -> Result<Self, AttemptError> {
        let mut response = attempt?;
        let (status, headers) = (response.status, std::mem::take(&mut response.headers));
        let request_id = http::request_id(&headers);
        let body = response.bytes(http::DEFAULT_LIMIT).await.map_err(AttemptError::transport)?;
        if status.is_success() {
            let poll_after = header(&headers, "openai-poll-after-ms").and_then(|millis| millis.trim().parse().ok());
            let poll_after = poll_after.map(Duration::from_millis);
            let has_next_link = has_next_link(&headers);
            return Ok(Self { status: status.as_u16(), body, request_id, poll_after, has_next_link });
        }
        let refused = ApiError::parse(status.as_u16(), &body, request_id);
        let advice = RetryAdvice {
            wait: requested_wait(&headers),
            should_retry: header(&headers, "x-should-retry").and_then(|text| text.parse().ok()),
            out_of_quota: refused.out_of_quota(),
        };
        Err(AttemptError { kind: AttemptErrorKind::Api(Box::new(refused)), advice })
    }

    pub(super) fn into_response(self, request: &Request) -> Result<ApiResponse, ClientError> {
        let Self { status, body, request_id, poll_after, has_next_link } = self;
        let wrong = |reason: String| {
            let error = ClientError::InvalidResponse { reason, request_id: request_id.clone() };
            match request.class {
                Class::Once => ClientError::OutcomeUnknown(Box::new(error)),
                Class::Read | Class::Repeatable => error,
            }
        };
        if status == PARTIAL {
            return Err(wrong("it is only a part of the content (206)".into()));
        }
        let mut value = match json::read(&body) {
            Ok(value) => value,
            // Some servers answer a deletion with an empty body. The check for `deleted` is below.
            Err(_) if body.is_empty() && request.expects == Expects::Deletion => Value::Null,
            Err(_) if body.is_empty() => return Err(wrong("it is empty".into())),
            Err(reason) => return Err(wrong(reason)),
        };
        if let (Some((_, own)), true) = (&request.object, request.other_id.is_some())
            && json::id_of(&value) == request.other_id
        {
            value["id"] = own.clone().into();
        }
        match request.expects {
            Expects::Deletion if value["deleted"] != Value::Bool(true) => {
                // Redact before shortening, because a truncated key would not be recognised.
                let answer = shorten(&secrets::hide(&value.to_string()), LONGEST).into_owned();
                Err(ClientError::NotDeleted { answer })
            }
            _ if let Some(reason) = mismatch(request, &value) => Err(wrong(reason)),
            Expects::Object | Expects::Made if !value.is_object() => {
                Err(wrong(format!("it is {}", crate::json::type_name(&value))))
            }
            Expects::Made if json::id_of(&value).is_none() => Err(wrong("it has no ID".into())),
            _ => Ok(ApiResponse { value, text: body, request_id, poll_after, status, has_next_link }),
        }
    }
}

/// Returns the reason why a response does not belong to the object in the path, if it does not.
///
/// The response may be an error despite its status, or another object. A request that changes an object may be answered
/// without an ID.
fn mismatch(request: &Request, value: &Value) -> Option<String> {
    let (kind, wanted) = request.object.as_ref()?;
    let Value::Object(members) = value else { return None };
    match members.get("error") {
        None | Some(Value::Null) => {}
        Some(error) => {
            let text =
                error.as_str().or_else(|| error["message"].as_str()).map_or_else(|| error.to_string(), str::to_owned);
            return Some(format!("its status is a success, but its body is an error: {}", shorten(&text, LONGEST)));
        }
    }
    match json::id_of(value) {
        Some(id) if id == *wanted => None,
        Some(id) => Some(format!("expected {kind} {wanted}, got an object with the ID {}", shorten(&id, LONGEST))),
        None if request.class != Class::Read => None,
        None => Some(format!("expected {kind} {wanted}, got an object without an ID")),
    }
}

/// Returns `true` if a `Link` header has the relation `next`.
fn has_next_link(headers: &HeaderMap) -> bool {
    let links = headers.get_all("link").iter().filter_map(|link| link.to_str().ok());
    links.flat_map(|link| link.split([',', ';'])).any(|part| {
        let Some((name, value)) = part.split_once('=') else { return false };
        let mut relations = value.trim().trim_matches('"').split_ascii_whitespace();
        name.trim().eq_ignore_ascii_case("rel") && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
    })
}

/// The status of a partial response, which is an error for a request without a range.
const PARTIAL: u16 = 206;

/// Returns the wait that a response requests. If it requests a point in time, the wait is relative to the `Date` of the
/// response, because the local clock may differ from the server's.
pub(super) fn requested_wait(headers: &HeaderMap) -> Option<Duration> {
    let date = header(headers, "date").and_then(http::parse_date);
    let now = date.unwrap_or_else(clock::now);
    retry::requested_wait(header(headers, "retry-after-ms"), header(headers, "retry-after"), now)
}

pub(super) fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// A failed attempt, with the server's advice about a retry.
pub(super) struct AttemptError {
    pub(super) kind: AttemptErrorKind,
    pub(super) advice: RetryAdvice,
}

pub(super) enum AttemptErrorKind {
    Api(Box<ApiError>),
    Transport(TransportError),
    /// The request was not sent, because an earlier response requested a wait that exceeds the limit.
    RateLimited(Duration),
}

impl AttemptError {
    pub(super) fn transport(error: TransportError) -> Self {
        Self { kind: AttemptErrorKind::Transport(error), advice: RetryAdvice::default() }
    }

    pub(super) fn rate_limited(wait: Duration) -> Self {
        Self {
            kind: AttemptErrorKind::RateLimited(wait),
            advice: RetryAdvice { wait: Some(wait), ..RetryAdvice::default() },
        }
    }

    /// Redacts keys that the server repeats in its error.
    pub(super) fn redacted(mut self, call: &HttpRequest) -> Self {
        if let AttemptErrorKind::Api(refused) = &mut self.kind {
            let redactor = Redactor::new(&call.headers);
            refused.for_each_text(|text| *text = redactor.text(text));
        }
        self
    }

    pub(super) fn status(&self) -> Option<u16> {
        match &self.kind {
            AttemptErrorKind::Api(refused) => Some(refused.status),
            AttemptErrorKind::Transport(_) | AttemptErrorKind::RateLimited(_) => None,
        }
    }

    /// Returns a short description of the failure, for the status line during the wait for a retry.
    pub(super) fn summary(&self) -> String {
        match self.outcome() {
            AttemptOutcome::Status(status) => status.to_string(),
            AttemptOutcome::NotSent | AttemptOutcome::Untrusted => "no connection".to_owned(),
            AttemptOutcome::NoResponse | AttemptOutcome::Permanent => "no response".to_owned(),
        }
    }

    /// Returns `true` if the server reported exactly this object as missing.
    pub(super) fn reports_missing(&self, kind: Kind, id: &str) -> bool {
        matches!(&self.kind, AttemptErrorKind::Api(refused) if refused.reports_missing(kind, id))
    }

    pub(super) fn outcome(&self) -> AttemptOutcome {
        match &self.kind {
            AttemptErrorKind::Api(refused) => AttemptOutcome::Status(refused.status),
            AttemptErrorKind::RateLimited(_) => AttemptOutcome::NotSent,
            AttemptErrorKind::Transport(error) => match (error.sent(), error.is_transient()) {
                (Sent::No, true) => AttemptOutcome::NotSent,
                (Sent::No, false) => AttemptOutcome::Untrusted,
                (Sent::Maybe, true) => AttemptOutcome::NoResponse,
                (Sent::Maybe, false) => AttemptOutcome::Permanent,
            },
        }
    }

    pub(super) fn into_error(self, request: &Request, target: &BackendAccess, max_wait: Duration) -> ClientError {
        match self.kind {
            AttemptErrorKind::RateLimited(wait) => ClientError::WaitTooLong { wait, max_wait, api_error: None },
            AttemptErrorKind::Transport(error) => ClientError::Unreachable(error),
            AttemptErrorKind::Api(refused) => {
                // A 404 of a create request in a collection may name another missing object. In that case, the backend
                // has the collection.
                let missing = refused.status == 404
                    && (request.collection || !target.offers(request.method, &request.path))
                    && !refused.names_object();
                if missing || refused.error_kind() == ApiErrorKind::NotOffered {
                    ClientError::NotOffered(refused)
                } else {
                    ClientError::Api(refused)
                }
            }
        }
    }
}
