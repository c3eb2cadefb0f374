//! Sending: address, attempt, judge, wait, again.

use super::error::ClientError;
use super::json;
use super::pace::{Heard, Pace};
use super::refusal::{Meaning, Refused};
use super::request::{Expects, Payload, Reply, Request};
use super::retry::{self, Advice, Ending, Patience, Verdict};
use super::stream::{self, Events, Streamed};
use super::target::{Key, Target};
use crate::api::{Class, Method};
use crate::env::{clock, random, vars};
use crate::http::{self, Body, Call, Connection, HeaderMap, Redactor, Sent, Transport, TransportError};
use serde_json::{Value, json};
use std::sync::{Arc, RwLock};
use std::time::Duration;

/// Asked for another key once, where the first was refused.
pub type Renew = Arc<dyn Fn() -> Option<Key> + Send + Sync>;

/// One backend, and how it is called. Clones share connections.
#[derive(Clone)]
pub struct Client {
    transport: Transport,
    target: Arc<RwLock<Target>>,
    patience: Patience,
    pace: Arc<Pace>,
    renew: Option<Renew>,
}

/// An answer's head with its body on demand, whatever the status; or what came instead.
type Attempt = Result<http::Answer, Failure>;

impl Client {
    /// Joins connections, address, patience and pace.
    pub fn new(transport: Transport, target: Target, patience: Patience, pace: Pace, renew: Option<Renew>) -> Self {
        Self { transport, target: Arc::new(RwLock::new(target)), patience, pace: Arc::new(pace), renew }
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

    /// Fetches another credential, where the one of a request that was passed on was refused; tells whether there is one.
    pub fn renew(&self, refused: &Call) -> bool {
        self.has_another_key(refused)
    }

    /// Sends a request, repeating it where that is safe, and returns its JSON answer.
    pub async fn send(&self, request: &Request) -> Result<Reply, ClientError> {
        let (mut made, mut renewed) = (0, false);
        loop {
            made += 1;
            let call = self.prepare(request)?;
            let through = self.pace.through();
            let failure = match Good::read(self.paced(request.method, &call).await).await {
                Ok(good) => return good.into_reply(request),
                Err(failure) => failure.without_secrets(&call),
            };
            made = self.counted(made, &failure, through);
            if failure.status() == Some(401) && !std::mem::replace(&mut renewed, true) {
                // The next process profits from another key, also where this one cannot send again.
                if self.has_another_key(&call) && request.can_be_sent() {
                    continue;
                }
            }
            if made > 1 && request.expects == Expects::Deletion && failure.status() == Some(404) {
                return Ok(deleted_before(request));
            }
            self.wait_or_fail(request, failure, made).await?;
        }
    }

    /// Sends a request for a stream of events and returns it when its head is there, or what the backend answered with
    /// instead. Once a stream has begun nothing is repeated.
    pub async fn stream(&self, request: &Request) -> Result<Streamed, ClientError> {
        let (mut made, mut renewed) = (0, false);
        loop {
            made += 1;
            let call = self.prepare(request)?;
            let through = self.pace.through();
            let failure = match self.paced(request.method, &call).await {
                Ok(answer) if answer.status.is_success() && stream::is_one(&answer.headers) => {
                    let request_id = header(&answer.headers, "x-request-id").map(str::to_owned);
                    return Ok(Streamed::Events(Box::new(Events::of(answer, request_id))));
                }
                attempt => match Good::read(attempt).await {
                    Ok(good) => return good.into_reply(request).map(Streamed::Whole),
                    Err(failure) => failure.without_secrets(&call),
                },
            };
            made = self.counted(made, &failure, through);
            if failure.status() == Some(401) && !std::mem::replace(&mut renewed, true) && self.has_another_key(&call) {
                continue;
            }
            self.wait_or_fail(request, failure, made).await?;
        }
    }

    /// Sends a request for bytes and returns the answer when its head is there.
    pub async fn open(&self, request: &Request) -> Result<http::Answer, ClientError> {
        let (mut made, mut renewed) = (0, false);
        loop {
            made += 1;
            let call = self.prepare(request)?;
            let through = self.pace.through();
            let failure = match self.paced(request.method, &call).await {
                Ok(answer) if answer.status == http::StatusCode::OK => return Ok(answer),
                Ok(answer) if answer.status.is_success() => return Err(no_bytes(&answer)),
                attempt => match Good::read(attempt).await {
                    Ok(_) => continue,
                    Err(failure) => failure.without_secrets(&call),
                },
            };
            made = self.counted(made, &failure, through);
            if failure.status() == Some(401) && !std::mem::replace(&mut renewed, true) && self.has_another_key(&call) {
                continue;
            }
            self.wait_or_fail(request, failure, made).await?;
        }
    }

    /// Sends a call when it is its turn, and learns from the answer when the next one may go.
    async fn paced(&self, method: Method, call: &Call) -> Attempt {
        let max_wait = self.patience.max_wait;
        let turn = self.pace.turn(method, max_wait).await.map_err(Failure::held)?;
        let answer = self.transport.send(call).await.map_err(Failure::lost)?;
        turn.heard(Heard::of(answer.status.as_u16(), &answer.headers, wait_asked(&answer.headers), max_wait));
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
        let key = renew();
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
            Verdict::Again(wait) => {
                let wait = if vars::get(vars::ASST_NO_RETRY_DELAY).is_some() { Duration::ZERO } else { wait };
                tokio::time::sleep(wait).await;
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

/// Refuses a success that is no file, or only a part of one.
fn no_bytes(answer: &http::Answer) -> ClientError {
    let request_id = header(&answer.headers, "x-request-id").map(str::to_owned);
    ClientError::Answer {
        reason: format!("its status is {}, where the whole file was wanted", answer.status),
        request_id,
    }
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

/// A whole answer that says success.
struct Good {
    status: u16,
    body: bytes::Bytes,
    request_id: Option<String>,
    poll_after: Option<Duration>,
}

impl Good {
    async fn read(attempt: Attempt) -> Result<Self, Failure> {
        let mut answer = attempt?;
        let (status, headers) = (answer.status, std::mem::take(&mut answer.headers));
        let request_id = header(&headers, "x-request-id").map(str::to_owned);
        let body = answer.bytes(http::DEFAULT_LIMIT).await.map_err(Failure::lost)?;
        if status.is_success() {
            let poll_after = header(&headers, "openai-poll-after-ms").and_then(|millis| millis.trim().parse().ok());
            let poll_after = poll_after.map(Duration::from_millis);
            return Ok(Self { status: status.as_u16(), body, request_id, poll_after });
        }
        let refused = Refused::read(status.as_u16(), &body, request_id);
        let advice = Advice {
            wait: wait_asked(&headers),
            should_retry: header(&headers, "x-should-retry").and_then(|text| text.parse().ok()),
            out_of_quota: refused.out_of_quota(),
        };
        Err(Failure { what: What::Refused(Box::new(refused)), advice })
    }

    fn into_reply(self, request: &Request) -> Result<Reply, ClientError> {
        let Self { status, body, request_id, poll_after } = self;
        let wrong = |reason: String| {
            let error = ClientError::Answer { reason, request_id: request_id.clone() };
            match request.class {
                Class::Once => ClientError::Unknown(Box::new(error)),
                Class::Read | Class::Repeatable => error,
            }
        };
        if status == PARTIAL {
            return Err(wrong("it is a part only (206)".into()));
        }
        let value = match json::read(&body) {
            Ok(value) => value,
            // Some servers answer a deletion with nothing; what counts is below.
            Err(_) if body.is_empty() && request.expects == Expects::Deletion => Value::Null,
            Err(_) if body.is_empty() => return Err(wrong("it is empty".into())),
            Err(reason) => return Err(wrong(reason)),
        };
        match request.expects {
            Expects::Deletion if value["deleted"] != Value::Bool(true) => {
                let answer = value.to_string().chars().take(200).collect();
                Err(ClientError::NotDeleted { answer })
            }
            Expects::Object | Expects::Made if !value.is_object() => Err(wrong(format!("it is {}", kind_of(&value)))),
            Expects::Made if json::id_of(&value).is_none() => Err(wrong("it has no id".into())),
            _ => Ok(Reply { value, text: body, request_id, poll_after }),
        }
    }
}

/// A part of an answer is none to a request for the whole.
const PARTIAL: u16 = 206;

/// Says what a value is that should be an object.
fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

fn wait_asked(headers: &HeaderMap) -> Option<Duration> {
    retry::wait_asked(header(headers, "retry-after-ms"), header(headers, "retry-after"), clock::now())
}

fn header<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name).and_then(|value| value.to_str().ok())
}

/// An attempt that did not succeed, and what the server said about trying again.
struct Failure {
    what: What,
    advice: Advice,
}

enum What {
    Refused(Box<Refused>),
    Lost(TransportError),
    /// Not sent: to others the server said to wait, and for longer than there is patience for.
    Held(Duration),
}

impl Failure {
    fn lost(error: TransportError) -> Self {
        Self { what: What::Lost(error), advice: Advice::default() }
    }

    fn held(wait: Duration) -> Self {
        Self { what: What::Held(wait), advice: Advice { wait: Some(wait), ..Advice::default() } }
    }

    /// Hides what servers repeat of a key that they refuse.
    fn without_secrets(mut self, call: &Call) -> Self {
        if let What::Refused(refused) = &mut self.what {
            let redactor = Redactor::new(&call.headers);
            refused.each_text(|text| *text = redactor.text(text));
        }
        self
    }

    fn status(&self) -> Option<u16> {
        match &self.what {
            What::Refused(refused) => Some(refused.status),
            What::Lost(_) | What::Held(_) => None,
        }
    }

    fn ending(&self) -> Ending {
        match &self.what {
            What::Refused(refused) => Ending::Status(refused.status),
            What::Held(_) => Ending::NotSent,
            What::Lost(error) => match (error.sent(), error.may_pass()) {
                (Sent::No, true) => Ending::NotSent,
                (Sent::No, false) => Ending::Untrusted,
                (Sent::Maybe, true) => Ending::Lost,
                (Sent::Maybe, false) => Ending::Useless,
            },
        }
    }

    fn into_error(self, request: &Request, target: &Target, patience: Duration) -> ClientError {
        match self.what {
            What::Held(wait) => ClientError::TooLong { wait, patience, refused: None },
            What::Lost(error) => ClientError::Unreachable(error),
            What::Refused(refused) => {
                // A create in a collection may name an object that is missing; then the collection is there.
                let missing = refused.status == 404
                    && (request.collection || !target.offers(request.method, &request.path))
                    && !refused.names_object();
                if missing || refused.meaning() == Meaning::NotOffered {
                    ClientError::NotOffered(refused)
                } else {
                    ClientError::Refused(refused)
                }
            }
        }
    }
}
