//! What passes between a program and its backend, recorded: the relay joined with session and ledger.

use super::book::{Book, lock};
use super::record::{Record, made_ids};
use super::{App, Call, lead};
use crate::api::{Kind, Shape, Spec};
use crate::client::retry::{self, Patience, Verdict};
use crate::client::{ClientError, Payload, Refused, Reply, Request};
use crate::env::{random, secrets, vars};
use crate::http::{self, Sent, Transport, TransportError};
use crate::ledger::Source;
use crate::relay::{self, Asked, Ending, Relay, Work};
use anyhow::{Context, Result};
use secrecy::SecretString;
use serde_json::Value;
use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

/// How long requests are waited for that are on their way when the program ends.
const GRACE: Duration = Duration::from_secs(10);

/// An object by kind and id.
pub type Object = (Kind, String);

/// What was recorded.
#[derive(Debug, Clone, Default)]
pub struct Taped {
    /// What was made, in that order.
    pub created: Vec<Object>,
    pub deleted: Vec<Object>,
    /// The threads of runs, with which they go.
    pub threads: HashMap<String, String>,
    /// Intents whose outcome is unknown.
    pub open: Vec<String>,
}

impl Taped {
    /// Returns what was made and not deleted.
    pub fn left(&self) -> Vec<Object> {
        let deleted: HashSet<&Object> = self.deleted.iter().collect();
        self.created.iter().filter(|object| !deleted.contains(object)).cloned().collect()
    }
}

/// A recording that goes on.
pub struct Taping {
    relay: Relay,
    tape: Arc<Tape>,
    key: String,
}

struct Tape {
    book: Book,
    taped: Mutex<Taped>,
}

impl App {
    /// Begins a recording: a relay to the backend of the profile. `session` stands in the provenance of all it records.
    pub async fn tape(&self, session: &str) -> Result<Taping> {
        let backend = self.session().await?;
        let book = self.book(&backend.origin, Source::Recorded, Some(session))?;
        // What passes is not changed.
        let book = Book { mark_intents: false, ..book };
        let tape = Arc::new(Tape { book, taped: Mutex::default() });
        let (client, renewing) = (backend.client.clone(), backend.client.clone());
        let key = random::alphanumeric(40);
        secrets::add(&key);
        let relay = relay::start(relay::Settings {
            key: SecretString::from(key.clone()),
            transport: Transport::new(http::Settings { decode: false, ..self.profile()?.transport(self.tracer()) }),
            address: Arc::new(move |method, path, query| {
                client.passed(method, path, query).map_err(|error| error.to_string())
            }),
            base_path: backend.client.base_path(),
            renew: Arc::new(move |refused| renewing.renew(refused)),
            recorder: Arc::clone(&tape) as Arc<dyn relay::Recorder>,
        });
        Ok(Taping { relay: relay.context("could not listen on loopback")?, tape, key })
    }

    /// Returns the variables by which a program finds the relay; `None` for those that would lead it past it.
    pub fn taping_variables(&self, taping: &Taping) -> Result<Vec<(&'static str, Option<String>)>> {
        Ok(lead::variables(self.profile()?, taping.relay.address(), &taping.key, &vars::get))
    }
}

impl Taping {
    /// Ends the recording, and returns what was recorded. What is still on its way is waited for a while.
    pub async fn end(self) -> Taped {
        let ended = self.relay.stop(GRACE).await;
        let mut taped = lock(&self.tape.taped).clone();
        if !ended {
            for intent in self.tape.book.talk.take_open() {
                say_open(&self.tape.book, &intent);
                taped.open.push(intent);
            }
        }
        taped
    }
}

fn say_open(book: &Book, intent: &str) {
    book.ui.always(&format!(
        "the command ended during a create; intent {intent} stays open: `asst ledger doctor` tells what became of it"
    ));
}

impl relay::Recorder for Tape {
    fn begin(self: Arc<Self>, asked: Asked) -> Work<'static, Result<Box<dyn relay::Record>, String>> {
        Box::pin(async move {
            let payload = asked.body.map_or(Payload::None, Payload::Json);
            let request = Request::new(asked.spec, String::new(), Vec::new(), payload);
            let mut call = Call::raw(asked.spec, asked.ids, request);
            let record = self.book.record(&mut call).await.map_err(|error| format!("{error:#}"))?;
            let (intent, started) = (record.intent, record.started);
            Ok(Box::new(Track { tape: self, call, intent, started }) as Box<dyn relay::Record>)
        })
    }
}

/// The record of one request, which can outlive who asked for it.
struct Track {
    tape: Arc<Tape>,
    call: Call,
    intent: Option<String>,
    started: i64,
}

impl relay::Record for Track {
    fn part(&mut self, kind: Kind, object: Value, request_id: Option<String>) -> Work<'_, ()> {
        let reply = Reply { value: object, request_id, ..Reply::default() };
        if self.call.spec.made
            && let Some(id) = reply.id()
        {
            self.tape.created(vec![(kind, id)]);
        }
        Box::pin(async move {
            // Only what makes a run makes its thread on the way.
            if self.call.spec.made {
                self.record().part(kind, &reply).await;
            }
        })
    }

    fn end(self: Box<Self>, ending: Ending) -> Work<'static, ()> {
        Box::pin(async move {
            match self.judged(ending) {
                Ok(reply) => {
                    self.note(&reply);
                    self.record().done(&self.call, &reply).await;
                }
                Err(error) => {
                    if let (Some(intent), ClientError::Unknown(_)) = (&self.intent, &error) {
                        lock(&self.tape.taped).open.push(intent.clone());
                    }
                    self.record().failed(&self.call, &error).await;
                }
            }
        })
    }
}

impl Track {
    fn record(&self) -> Record<'_> {
        Record { book: &self.tape.book, intent: self.intent.clone(), started: self.started }
    }

    /// Returns the answer, if it says what such an answer must say; else what is known of the outcome.
    fn judged(&self, ending: Ending) -> Result<Reply, ClientError> {
        let spec = self.call.spec;
        let unclear = |reason: String| {
            let error = ClientError::Answer { reason, request_id: None };
            if spec.made { ClientError::Unknown(Box::new(error)) } else { error }
        };
        match ending {
            Ending::Answered { value, .. } if spec.shape == Shape::Deleted && value["deleted"] != Value::Bool(true) => {
                Err(unclear("it does not say that it is deleted".to_owned()))
            }
            Ending::Answered { value, request_id } => {
                let reply = Reply { value, request_id, ..Reply::default() };
                if spec.made && made_ids(&self.call, &reply).is_empty() {
                    return Err(unclear("it names no object".to_owned()));
                }
                Ok(reply)
            }
            Ending::Refused { status, body, request_id } => {
                let refused = ClientError::Refused(Box::new(Refused::read(status, &body, request_id)));
                Err(if is_unclear(spec, status) { ClientError::Unknown(Box::new(refused)) } else { refused })
            }
            Ending::Lost { sent: Sent::No, reason } => Err(ClientError::Unreachable(TransportError::Other { reason })),
            Ending::Lost { sent: Sent::Maybe, reason } | Ending::Unread { reason } => Err(unclear(reason)),
        }
    }

    fn note(&self, reply: &Reply) {
        let spec = self.call.spec;
        if spec.made {
            let made = made_ids(&self.call, reply);
            if let (Kind::Run, Some(run)) = (spec.kind, reply.id()) {
                let thread = reply.text("thread_id").or(self.call.ids.first().map(String::as_str));
                lock(&self.tape.taped).threads.extend(thread.map(|thread| (run, thread.to_owned())));
            }
            self.tape.created(made.into_iter().filter(|(kind, _)| kind.recorded()).collect());
        } else if spec.shape == Shape::Deleted
            && let Some((kind, id)) = self.call.object().filter(|(kind, _)| kind.recorded())
        {
            lock(&self.tape.taped).deleted.push((kind, id.to_owned()));
        }
    }
}

impl Tape {
    fn created(&self, objects: Vec<Object>) {
        let mut taped = lock(&self.taped);
        for object in objects {
            // Only what came last can come twice: a thread in its own event and in that of its run.
            if !taped.created.iter().rev().take(1_000).any(|known| *known == object) {
                taped.created.push(object);
            }
        }
    }
}

/// Tells whether a create that was answered so may have happened: by the rules for calls of our own. 303 says that it has,
/// and where to look.
fn is_unclear(spec: &Spec, status: u16) -> bool {
    let none = Patience { retries: 0, max_wait: Duration::ZERO };
    let advice = retry::Advice::default();
    let verdict = retry::judge(spec.class, retry::Ending::Status(status), advice, 1, none, 0.0);
    verdict == Verdict::Unknown || spec.made && status == 303
}
