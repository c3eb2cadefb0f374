//! Sending: address, attempt, judge, wait, again.

use super::attempt::{Attempt, Failure, Good, What, wait_asked};
use super::error::ClientError;
use super::pace::{Heard, Pace};
use super::request::{Expects, Payload, Reply, Request};
use super::retry::{self, Patience, Verdict};
use super::skew::Skew;
use super::stream::{Events, Streamed};
use super::target::{Key, Target};
use crate::api::{Class, Kind, Method};
use crate::env::{clock, random, vars};
use crate::http::{self, Body, Call, Connection, Sent, Transport, TransportError, sse};
use crate::ui::{Rank, Waits};
use serde_json::{Value, json};
use std::cell::Cell;
use std::sync::{Arc, RwLock};
use std::time::Duration;
use tokio::time::{Instant, timeout_at};

/// Asked for another key once, where the first was refused.
pub type Renew = Arc<dyn Fn() -> Option<Key> + Send + Sync>;

/// One backend, and how it is called. Clones share connections.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    target: Arc<RwLock<Target>>,
    patience: Patience,
    pace: Arc<Pace>,
    skew: Arc<Skew>,
    renew: Option<Renew>,
    waits: Waits,
}

impl Client {
    /// Joins connections, address, patience and pace.
    pub fn new(transport: Transport, target: Target, patience: Patience, pace: Pace, renew: Option<Renew>) -> Self {
        let (target, pace) = (Arc::new(RwLock::new(target)), Arc::new(pace));
        Self { transport, target, patience, pace, skew: Arc::default(), renew, waits: Waits::default() }
    }

    /// Shows what is waited for.
    #[must_use]
    pub fn showing(self, waits: Waits) -> Self {
        Self { waits, ..self }
    }

    /// Returns by how many seconds the clock here is ahead of the backend's, at most, by its answers; `None` where none
    /// had a date.
    pub fn skew(&self) -> Option<i64> {
        self.skew.get()
    }

    /// Returns the request as it would go out, for a dry run.
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

    /// Returns a request that is passed on for somebody else: addressed and signed, with nothing else in it.
    pub fn passed(&self, method: http::Method, path: &str, query: Option<&str>) -> Result<Call, ClientError> {
        self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner).passed(method, path, query)
    }

    /// Returns the path of the base URL.
    pub fn base_path(&self) -> String {
        let target = self.target.read().unwrap_or_else(std::sync::PoisonError::into_inner);
        target.base.path().to_owned()
    }

    /// Fetches another credential, where the one of a request that was passed on was refused; tells whether there is one.
    pub fn renew(&self, refused: &Call) -> bool {
        self.has_another_key(refused)
    }

    /// Sends a request, repeating it where that is safe, and returns its JSON answer.
    pub async fn send(&self, request: &Request) -> Result<Reply, ClientError> {
        let take = async |attempt: Attempt, made| match Good::read(attempt).await {
            Ok(good) => Ok(good.into_reply(request)),
            Err(failure) => {
                // A 404 that does not name the object may be that of anything on the way.
                let missed = |(kind, id): &(Kind, String)| failure.misses(*kind, id);
                let gone =
                    made > 1 && request.expects == Expects::Deletion && request.object.as_ref().is_some_and(missed);
                if gone { Ok(Ok(deleted_before(request))) } else { Err(failure) }
            }
        };
        self.repeated(request, take).await
    }

    /// Sends a request for a stream of events and returns it when its head is there, or what the backend answered with
    /// instead. Once a stream has begun nothing is repeated.
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

    /// Sends a request for bytes and returns the answer when its head is there.
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

    /// Sends a request until an attempt is taken, which is told how many there were, or there is no sense in another.
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
                // The next process profits from another key, also where this one cannot send again.
                if self.has_another_key(&call) && request.can_be_sent() {
                    continue;
                }
            }
            self.wait_or_fail(request, failure, made).await?;
        }
    }

    /// Sends a call when it is its turn, and learns from the answer when the next one may go.
    async fn paced(&self, method: Method, call: &Call, begun: &Cell<bool>) -> Attempt {
        let max_wait = self.patience.max_wait;
        let held = || "waiting: the rate limit allows no request yet".to_owned();
        let turn = self.waits.during(Rank::Notable, held, self.pace.turn(method, max_wait));
        let turn = turn.await.map_err(Failure::held)?;
        begun.set(true);
        let asked = || "waiting for an answer".to_owned();
        let answer = self.waits.during(Rank::Answer, asked, self.transport.send(call)).await.map_err(Failure::lost)?;
        self.skew.note(&answer.headers, clock::now());
        let status = answer.status.as_u16();
        let wait = Heard::may_refuse(status).then(|| wait_asked(&answer.headers)).flatten();
        turn.heard(Heard::of(status, &answer.headers, wait, max_wait));
        Ok(answer)
    }

    /// Returns which attempt an attempt counts as: where others get through, the limit is being obeyed, and whoever runs
    /// into it has lost nothing but a turn.
    fn counted(&self, made: u32, failure: &Failure, through: u64) -> u32 {
        let limited = failure.status() == Some(429) && self.pace.through() > through;
        if limited { 1 } else { made }
    }

    /// Tells whether there is another key than the one that was refused. Of many requests that are refused at once the
    /// first fetches it, and the others find it.
    fn has_another_key(&self, refused: &Call) -> bool {
        let Some(renew) = &self.renew else { return false };
        let mut target = self.target.write().unwrap_or_else(std::sync::PoisonError::into_inner);
        if !target.signed(refused) {
            return true;
        }
        let key = self.waits.aside(|| renew());
        let found = key.is_some();
        target.key = key.or(target.key.take());
        found
    }

    /// Waits before the next attempt, or returns why there is none.
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
                self.waits.during(Rank::Notable, told, tokio::time::sleep(wait)).await;
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

/// Waits for an attempt until the command stops waiting. `begun` is set once a request may be on its way.
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

/// Refuses a success that is no file, or only a part of one.
fn no_bytes(status: impl std::fmt::Display, request_id: Option<String>) -> ClientError {
    ClientError::Answer { reason: format!("its status is {status}, where the whole file was wanted"), request_id }
}

fn json_text(map: &serde_json::Map<String, Value>) -> Vec<u8> {
    // A map of JSON values always serializes.
    serde_json::to_vec(map).unwrap_or_default()
}

/// The reply to a deletion whose first answer was lost: it is gone, which is what was asked for.
fn deleted_before(request: &Request) -> Reply {
    let id = request.path.rsplit('/').next().unwrap_or_default();
    Reply { value: json!({ "id": id, "deleted": true }), ..Reply::default() }
}
