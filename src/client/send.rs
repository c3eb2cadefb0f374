//! Sending requests with retries: address, attempt, judge the outcome, wait, repeat.

use super::attempt::{Attempt, Failure, Good, What, wait_asked};
use super::error::ClientError;
use super::rate_limit::{Heard, Pace};
use super::request::{Expects, Payload, Reply, Request};
use super::retry::{self, Patience, Verdict};
use super::skew::Skew;
use super::stream::{Events, Streamed};
use super::target::{Key, Target};
use crate::api::{Class, Kind, Method};
use crate::env::{clock, random, vars};
use crate::http::{self, Body, Call, Connection, Sent, Transport, TransportError, sse};
use crate::ui::{StatusLine, WaitPriority};
use serde_json::{Value, json};
use std::cell::Cell;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// A function that returns another key, called once after the first one was refused.
pub type Renew = Arc<dyn Fn() -> Option<Key> + Send + Sync>;

/// A client for one backend. Clones share connections.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    target: Arc<RwLock<Target>>,
    patience: Patience,
    pace: Arc<Pace>,
    skew: Arc<Skew>,
    renew: Option<Renew>,
    waits: StatusLine,
}

impl Client {
    /// Creates a client.
    pub fn new(transport: Transport, target: Target, patience: Patience, pace: Pace, renew: Option<Renew>) -> Self {
        let (target, pace) = (Arc::new(RwLock::new(target)), Arc::new(pace));
        Self { transport, target, patience, pace, skew: Arc::default(), renew, waits: StatusLine::default() }
    }

    /// Shows the reason of each wait in `waits`.
    #[must_use]
    pub fn showing(self, waits: StatusLine) -> Self {
        Self { waits, ..self }
    }

    /// Returns the number of seconds by which the local clock is ahead of the backend's, from the dates of its
    /// responses. Returns `None` if no response had a date.
    pub fn skew(&self) -> Option<i64> {
        self.skew.get()
    }

    /// Returns the HTTP request that would be sent, for a dry run.
    pub fn prepare(&self, request: &Request) -> Result<Call, ClientError> {
        let target = self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        let method = match request.method {
            Method::Get => http::Method::GET,
            Method::Post => http::Method::POST,
            Method::Delete => http::Method::DELETE,
        };
        let connection = match request.class {
            Class::Once => Connection::Fresh,
            Class::Read | Class::Repeatable => Connection::Any,
        };
        let call = target.call(method, &request.path, &request.query)?.connection(connection);
        Ok(match &request.payload {
            Payload::None => call,
            Payload::Json(map) => call.body(Body::Json(json_text(map).into())),
            Payload::Form(form) => call.body(Body::Stream(form.clone())),
        })
    }

    /// Returns the HTTP request that forwards a request of another program. It has an address and a credential, and
    /// nothing else is added.
    pub fn passed(&self, method: http::Method, path: &str, query: Option<&str>) -> Result<Call, ClientError> {
        self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner).passed(method, path, query)
    }

    /// Returns the path of the base URL.
    pub fn base_path(&self) -> String {
        let target = self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        target.base.path().to_owned()
    }

    /// Fetches another credential after a forwarded request was refused. Returns `true` if there is one.
    pub fn renew(&self, refused: &Call) -> bool {
        self.has_another_key(refused)
    }

    /// Sends a request and returns its JSON response. Retries if this is safe.
    pub async fn send(&self, request: &Request) -> Result<Reply, ClientError> {
        let take = async |attempt: Attempt, made| match Good::read(attempt).await {
            Ok(good) => Ok(good.into_reply(request)),
            Err(failure) => {
                // A 404 that does not name the object can come from any server in between.
                let missed = |(kind, id): &(Kind, String)| failure.misses(*kind, id);
                let gone =
                    made > 1 && request.expects == Expects::Deletion && request.object.as_ref().is_some_and(missed);
                if gone { Ok(Ok(deleted_before(request))) } else { Err(failure) }
            }
        };
        self.repeated(request, take).await
    }

    /// Sends a request for a stream of events. Returns the stream when the head of the response has arrived, or the
    /// response that came instead. Nothing is retried after a stream has begun.
    pub async fn stream(&self, request: &Request) -> Result<Streamed, ClientError> {
        let take = async |attempt: Attempt, _| match attempt {
            Ok(answer) if answer.status.is_success() && sse::is_stream(&answer.headers) => {
                let request_id = http::request_id(&answer.headers);
                Ok(Ok(Streamed::Events(Box::new(Events::of(answer, request_id)))))
            }
            attempt => Good::read(attempt).await.map(|good| good.into_reply(request).map(Streamed::Whole)),
        };
        self.repeated(request, take).await
    }

    /// Sends a request for bytes and returns the response when its head has arrived.
    pub async fn open(&self, request: &Request) -> Result<http::Answer, ClientError> {
        let take = async |attempt: Attempt, _| match attempt {
            Ok(answer) if answer.status == http::StatusCode::OK => Ok(Ok(answer)),
            Ok(answer) if answer.status.is_success() => {
                let request_id = http::request_id(&answer.headers);
                Ok(Err(no_bytes(answer.status, request_id)))
            }
            attempt => Good::read(attempt).await.map(|good| Err(no_bytes(good.status, good.request_id))),
        };
        self.repeated(request, take).await
    }

    /// Retries until `take` returns a result or the policy allows no further attempt. `take` receives the number of
    /// attempts.
    async fn repeated<T>(
        &self,
        request: &Request,
        take: impl AsyncFn(Attempt, u32) -> Result<Result<T, ClientError>, Failure>,
    ) -> Result<T, ClientError> {
        let (mut made, mut renewed) = (0, false);
        loop {
            made += 1;
            let call = self.prepare(request)?;
            let through = self.pace.through();
            let begun = Cell::new(false);
            let work = async { take(self.paced(request.method, &call, &begun).await, made).await };
            let failure = match within(request.until, &begun, work).await {
                Ok(taken) => return taken,
                Err(failure) => failure.without_secrets(&call),
            };
            made = self.counted(made, &failure, through);
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
    async fn paced(&self, method: Method, call: &Call, begun: &Cell<bool>) -> Attempt {
        let max_wait = self.patience.max_wait;
        let held = || "waiting: the rate limit allows no request yet".to_owned();
        let turn = self.waits.during(WaitPriority::Notable, held, self.pace.turn(method, max_wait));
        let turn = turn.await.map_err(Failure::held)?;
        begun.set(true);
        let asked = || "waiting for an answer".to_owned();
        let answer =
            self.waits.during(WaitPriority::Response, asked, self.transport.send(call)).await.map_err(Failure::lost)?;
        self.skew.note(&answer.headers, clock::now());
        let status = answer.status.as_u16();
        let wait = Heard::may_refuse(status).then(|| wait_asked(&answer.headers)).flatten();
        turn.heard(Heard::of(status, &answer.headers, wait, max_wait));
        Ok(answer)
    }

    /// Returns the number that an attempt counts as. A 429 while other requests succeed does not use up an attempt,
    /// because the rate limit works.
    fn counted(&self, made: u32, failure: &Failure, through: u64) -> u32 {
        let limited = failure.status() == Some(429) && self.pace.through() > through;
        if limited { 1 } else { made }
    }

    /// Returns `true` if there is a key other than the refused one. If several requests are refused at once, the first
    /// fetches a new key for all.
    fn has_another_key(&self, refused: &Call) -> bool {
        let Some(renew) = &self.renew else { return false };
        let mut target = self.target.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !target.signed(refused) {
            return true;
        }
        let key = self.waits.while_hidden(|| renew());
        let found = key.is_some();
        target.key = key.or(target.key.take());
        found
    }

    /// Waits before the next attempt, or returns the error if there is none.
    async fn wait_or_fail(&self, request: &Request, failure: Failure, made: u32) -> Result<(), ClientError> {
        let chance = f64::from(random::below(1_000)) / 1_000.0;
        let verdict = retry::judge(request.class, failure.ending(), failure.advice, made, self.patience, chance);
        let failed = |failure: Failure| {
            let target = self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner);
            failure.into_error(request, &target, self.patience.max_wait)
        };
        match verdict {
            Verdict::Again(_) if !request.can_be_sent() => Err(failed(failure)),
            Verdict::Again(wait) if request.until.is_some_and(|until| Instant::now() + wait >= until) => {
                Err(failed(failure))
            }
            Verdict::Again(wait) => {
                let wait = if vars::get(vars::ASST_NO_RETRY_DELAY).is_some() { Duration::ZERO } else { wait };
                let told = || {
                    let seconds = wait.as_secs_f64().ceil();
                    format!("{}, retrying in {seconds}s ({made}/{})", failure.in_short(), self.patience.retries)
                };
                self.waits.during(WaitPriority::Notable, told, tokio::time::sleep(wait)).await;
                Ok(())
            }
            Verdict::Failed => Err(failed(failure)),
            Verdict::Unknown => Err(ClientError::Unknown(Box::new(failed(failure)))),
            Verdict::TooLong(wait) => Err(match failure.what {
                What::Refused(refused) => {
                    ClientError::TooLong { wait, patience: self.patience.max_wait, refused: Some(refused) }
                }
                What::Lost(_) | What::Held(_) => failed(failure),
            }),
        }
    }
}

/// Waits for an attempt until the command stops waiting. `begun` is set once the request may have been sent.
async fn within<T>(
    until: Option<Instant>,
    begun: &Cell<bool>,
    attempt: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let Some(until) = until else { return attempt.await };
    timeout_at(until, attempt).await.unwrap_or_else(|_| {
        let sent = if begun.get() { Sent::Maybe } else { Sent::No };
        Err(Failure::lost(TransportError::Deadline { sent }))
    })
}

/// Returns the error for a success status other than 200, because the response is not a complete file.
fn no_bytes(status: impl std::fmt::Display, request_id: Option<String>) -> ClientError {
    ClientError::Answer { reason: format!("its status is {status}, where the whole file was wanted"), request_id }
}

fn json_text(map: &serde_json::Map<String, Value>) -> Vec<u8> {
    // Serializing a map of JSON values does not fail.
    serde_json::to_vec(map).unwrap_or_default()
}

/// Returns the reply to a deletion whose first response was lost. The object is gone, which was the goal.
fn deleted_before(request: &Request) -> Reply {
    let id = request.path.rsplit('/').next().unwrap_or_default();
    Reply { value: json!({ "id": id, "deleted": true }), ..Reply::default() }
}
