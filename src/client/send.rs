//! Sending requests with retries. Each attempt gets an address and a credential, waits for the rate limit, and is sent.
//! After a failure, [`retry::decide`] decides whether and when the next attempt follows.

use super::attempt::{Attempt, AttemptError, AttemptErrorKind, CompleteResponse, requested_wait};
use super::backend_access::{AuthHeader, BackendAccess};
use super::error::ClientError;
use super::rate_limit::{RateLimitInfo, RateLimiter};
use super::request::{ApiResponse, Expects, Payload, Request};
use super::retry::{self, RetryDecision, RetryPolicy};
use super::skew::{ClockSkew, SkewMeter};
use super::stream::{EventStream, StreamResponse};
use crate::api::{Class, Kind, Method};
use crate::env::{clock, random, vars};
use crate::http::{self, ConnectionPolicy, HttpRequest, RequestBody, Sent, Transport, TransportError, sse};
use crate::ui::{StatusLine, WaitPriority};
use serde_json::{Value, json};
use std::cell::Cell;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A function that fetches another key. It is called once, after the server has rejected the first key.
pub type RenewKey = Arc<dyn Fn() -> Option<AuthHeader> + Send + Sync>;

/// A client for one backend. Clones share connections.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    target: Arc<RwLock<BackendAccess>>,
    retry_policy: RetryPolicy,
    rate_limiter: Arc<RateLimiter>,
    skew: Arc<SkewMeter>,
    renew: Option<RenewKey>,
    status_line: StatusLine,
}

impl Client {
    /// Creates a client.
    pub fn new(
        transport: Transport,
        target: BackendAccess,
        retry_policy: RetryPolicy,
        rate_limiter: RateLimiter,
        renew: Option<RenewKey>,
    ) -> Self {
        let (target, rate_limiter) = (Arc::new(RwLock::new(target)), Arc::new(rate_limiter));
        Self {
            transport,
            target,
            retry_policy,
            rate_limiter,
            skew: Arc::default(),
            renew,
            status_line: StatusLine::default(),
        }
    }

    /// Returns this client with a status line that shows the reason of each wait.
    #[must_use]
    pub fn with_status_line(self, status_line: StatusLine) -> Self {
        Self { status_line, ..self }
    }

    /// Returns the difference between the local clock and that of the backend, from the dates of its responses.
    pub fn skew(&self) -> ClockSkew {
        self.skew.get()
    }

    /// Returns the HTTP request that would be sent, for a dry run.
    pub fn http_request(&self, request: &Request) -> Result<HttpRequest, ClientError> {
        let target = self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Delete => http::Method::DELETE,
        };
        let connection = match request.class {
            Class::Once => ConnectionPolicy::Fresh,
            Class::Read | Class::Repeatable => ConnectionPolicy::Any,
        };
        let call = target.http_request(method, &request.path, &request.query)?.connection(connection);
        Ok(match &request.payload {
            Payload::None => call,
            Payload::Json(map) => call.body(RequestBody::Json(json_text(map).into())),
            Payload::Form(form) => call.body(RequestBody::Stream(form.clone())),
        })
    }

    /// Returns the HTTP request that forwards a request of another program. Only the address and the headers of the
    /// profile are added.
    pub fn forwarded_request(
        &self,
        method: http::Method,
        path: &str,
        query: Option<&str>,
    ) -> Result<HttpRequest, ClientError> {
        self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner).forwarded_request(method, path, query)
    }

    /// Returns the path of the base URL.
    pub fn base_path(&self) -> String {
        let target = self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        target.base.path().to_owned()
    }

    /// Fetches another credential after a forwarded request was refused. Returns `true` if there is one.
    pub fn renew(&self, refused: &HttpRequest) -> bool {
        self.has_another_key(refused)
    }

    /// Sends a request and returns its JSON response. Retries if this is safe.
    pub async fn send(&self, request: &Request) -> Result<ApiResponse, ClientError> {
        let take = async |attempt: Attempt, made| match CompleteResponse::read(attempt).await {
            Ok(good) => Ok(good.into_response(request)),
            Err(failure) => {
                // Only a 404 that names the object counts. Any other one can come from a proxy or gateway.
                let missed = |(kind, id): &(Kind, String)| failure.reports_missing(*kind, id);
                let is_gone =
                    made > 1 && request.expects == Expects::Deletion && request.object.as_ref().is_some_and(missed);
                if is_gone { Ok(Ok(already_deleted(request))) } else { Err(failure) }
            }
        };
        self.send_with_retries(request, take).await
    }

    /// Sends a request for a stream of events. Returns the stream when the head of the response has arrived, or the
    /// response that arrived instead. No attempt follows after a stream has begun.
    pub async fn stream(&self, request: &Request) -> Result<StreamResponse, ClientError> {
        let take = async |attempt: Attempt, _| match attempt {
            Ok(response) if response.status.is_success() && sse::is_stream(&response.headers) => {
                let request_id = http::request_id(&response.headers);
                Ok(Ok(StreamResponse::Events(Box::new(EventStream::of(response, request_id)))))
            }
            attempt => {
                CompleteResponse::read(attempt).await.map(|good| good.into_response(request).map(StreamResponse::Whole))
            }
        };
        self.send_with_retries(request, take).await
    }

    /// Sends a request for bytes and returns the response when its head has arrived.
    pub async fn open(&self, request: &Request) -> Result<http::HttpResponse, ClientError> {
        let take = async |attempt: Attempt, _| match attempt {
            Ok(response) if response.status == http::StatusCode::OK => Ok(Ok(response)),
            Ok(response) if response.status.is_success() => {
                let request_id = http::request_id(&response.headers);
                Ok(Err(not_a_whole_file(response.status, request_id)))
            }
            attempt => {
                CompleteResponse::read(attempt).await.map(|good| Err(not_a_whole_file(good.status, good.request_id)))
            }
        };
        self.send_with_retries(request, take).await
    }

    /// Retries until `take` returns a result or the policy allows no further attempt. `take` converts the result of an
    /// attempt, and receives the number of attempts so far. An [`AttemptError`] may be retried, a [`ClientError`] not.
    async fn send_with_retries<T>(
        &self,
        request: &Request,
        take: impl AsyncFn(Attempt, u32) -> Result<Result<T, ClientError>, AttemptError>,
    ) -> Result<T, ClientError> {
        let (mut made, mut renewed) = (0, false);
        loop {
            made += 1;
            let call = self.http_request(request)?;
            let accepted_before = self.rate_limiter.accepted();
            let begun = Cell::new(false);
            let work = async { take(self.send_rate_limited(request.method, &call, &begun).await, made).await };
            let failure = match until_deadline(request.until, &begun, work).await {
                Ok(taken) => return taken,
                Err(failure) => failure.redacted(&call),
            };
            made = self.effective_attempts(made, &failure, accepted_before);
            if failure.status() == Some(401) && !std::mem::replace(&mut renewed, true) {
                // Later processes benefit from the new key, even if this request cannot be sent again.
                if self.has_another_key(&call) && request.can_be_sent() {
                    continue;
                }
            }
            self.wait_or_fail(request, failure, made).await?;
        }
    }

    /// Sends a request when the rate limit allows it, and updates the rate limit from the response.
    async fn send_rate_limited(&self, method: Method, call: &HttpRequest, begun: &Cell<bool>) -> Attempt {
        let max_wait = self.retry_policy.max_wait;
        let reason = || "waiting for the rate limit".to_owned();
        let permit =
            self.status_line.during(WaitPriority::Notable, reason, self.rate_limiter.acquire(method, max_wait));
        let permit = permit.await.map_err(AttemptError::rate_limited)?;
        begun.set(true);
        let reason = || "waiting for a response".to_owned();
        let response = self
            .status_line
            .during(WaitPriority::Response, reason, self.transport.send(call))
            .await
            .map_err(AttemptError::transport)?;
        self.skew.record(&response.headers, clock::now());
        let status = response.status.as_u16();
        let wait = RateLimitInfo::may_refuse(status).then(|| requested_wait(&response.headers)).flatten();
        permit.record_response(RateLimitInfo::of(status, &response.headers, wait, max_wait));
        Ok(response)
    }

    /// Returns the number of attempts that count towards the limit. `accepted_before` is the number of requests that
    /// the server had accepted before this attempt. If it has accepted more since, a 429 means slow progress, and the
    /// count restarts.
    fn effective_attempts(&self, made: u32, failure: &AttemptError, accepted_before: u64) -> u32 {
        let limited = failure.status() == Some(429) && self.rate_limiter.accepted() > accepted_before;
        if limited { 1 } else { made }
    }

    /// Returns `true` if there is a key other than the refused one. If several requests are refused at once, the first
    /// fetches a new key for all.
    fn has_another_key(&self, refused: &HttpRequest) -> bool {
        let Some(renew) = &self.renew else { return false };
        let mut target = self.target.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !target.has_current_key(refused) {
            return true;
        }
        let key = self.status_line.while_hidden(|| renew());
        let found = key.is_some();
        target.key = key.or(target.key.take());
        found
    }

    /// Waits until the next attempt is due. Returns the error if no attempt follows.
    async fn wait_or_fail(&self, request: &Request, failure: AttemptError, made: u32) -> Result<(), ClientError> {
        let chance = f64::from(random::below(1_000)) / 1_000.0;
        let verdict = retry::decide(request.class, failure.outcome(), failure.advice, made, self.retry_policy, chance);
        let failed = |failure: AttemptError| {
            let target = self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            failure.into_error(request, &target, self.retry_policy.max_wait)
        };
        match verdict {
            RetryDecision::RetryAfter(_) if !request.can_be_sent() => Err(failed(failure)),
            RetryDecision::RetryAfter(wait) if request.until.is_some_and(|until| Instant::now() + wait >= until) => {
                Err(failed(failure))
            }
            RetryDecision::RetryAfter(wait) => {
                let wait = if vars::get(vars::ASST_NO_RETRY_DELAY).is_some() { Duration::ZERO } else { wait };
                let reason = || {
                    let seconds = wait.as_secs_f64().ceil();
                    format!("{}, retrying in {seconds}s ({made}/{})", failure.summary(), self.retry_policy.retries)
                };
                self.status_line.during(WaitPriority::Notable, reason, tokio::time::sleep(wait)).await;
                Ok(())
            }
            RetryDecision::Failed => Err(failed(failure)),
            RetryDecision::Unknown => Err(ClientError::OutcomeUnknown(Box::new(failed(failure)))),
            RetryDecision::WaitTooLong(wait) => Err(match failure.kind {
                AttemptErrorKind::Api(refused) => {
                    ClientError::WaitTooLong { wait, max_wait: self.retry_policy.max_wait, api_error: Some(refused) }
                }
                AttemptErrorKind::Transport(_) | AttemptErrorKind::RateLimited(_) => failed(failure),
            }),
        }
    }
}

/// Waits for an attempt until the deadline `until`, if there is one. `begun` is `true` once the request may have been
/// sent.
async fn until_deadline<T>(
    until: Option<Instant>,
    begun: &Cell<bool>,
    attempt: impl Future<Output = Result<T, AttemptError>>,
) -> Result<T, AttemptError> {
    let Some(until) = until else { return attempt.await };
    timeout_at(until, attempt).await.unwrap_or_else(|_| {
        let sent = if begun.get() { Sent::Maybe } else { Sent::No };
        Err(AttemptError::transport(TransportError::Deadline { sent }))
    })
}

/// Returns the error for a success status other than 200, because the response is not a complete file.
fn not_a_whole_file(status: impl std::fmt::Display, request_id: Option<String>) -> ClientError {
    ClientError::InvalidResponse {
        reason: format!("expected the whole file with status 200, got status {status}"),
        request_id,
    }
}

fn json_text(map: &serde_json::Map<String, Value>) -> Vec<u8> {
    // Serializing a map of JSON values does not fail.
    serde_json::to_vec(map).unwrap_or_default()
}

/// Returns the response for a deletion whose first response was lost. A later attempt found that the object is gone.
fn already_deleted(request: &Request) -> ApiResponse {
    let id = request.path.rsplit('/').next().unwrap_or_default();
    ApiResponse { value: json!({ "id": id, "deleted": true }), ..ApiResponse::default() }
}
