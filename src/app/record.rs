//! The ledger entries of each request (docs/design/ledger.md#stored-data, docs/design/ledger.md#promises).
//!
//! An intent is written before a create request is sent. The response is written before it is printed.

use super::record_context::{Book, lock};
use super::redact;
use super::{App, Call, LedgerNeed};
use crate::api::{Kind, Method, Shape};
use crate::client::{ClientError, Payload, Reply, id_of};
use crate::env::{clock, random};
use crate::ledger::{Entry, Event, Intent, Key, Outcome, Row, Settled, Source, State, Touched, Written};
use anyhow::Result;
use serde_json::Value;
use std::borrow::Cow;

/// The maximum number of characters of a stored name. The limits of the protocol are lower
/// (docs/protocol/objects.md#limits-and-defaults).
const LONGEST_NAME: usize = 512;

/// The record of one request.
pub(crate) struct Record<'a> {
    pub(crate) book: &'a Book,
    /// The open intent, if the request creates an object of a recorded kind.
    pub(crate) intent: Option<String>,
    pub(crate) started: i64,
}

impl Record<'_> {
    pub(crate) async fn intend(&mut self, call: &mut Call) -> Result<()> {
        let id = format!("intent_{}", random::alphanumeric(16));
        // A form has no metadata member that could carry the mark.
        let mark = match &mut call.payload {
            Payload::Json(body) if self.book.mark_intents => mark(body, &id),
            _ => false,
        };
        let intent = Intent {
            id: id.clone(),
            origin: self.book.origin.clone(),
            kind: call.spec.kind,
            opened_at: self.started,
            provenance: self.book.author.provenance.clone(),
            what: call.spec.title.to_owned(),
            mark,
        };
        let required = self.book.need == LedgerNeed::Required;
        if let (Some(ledger), true) = (&self.book.ledger, required) {
            let refused = |why| anyhow::Error::from(why).context("nothing was sent, since --require-ledger was given");
            ledger.check().await.map_err(refused)?;
        }
        let written = self.book.write(vec![intent.into()]).await;
        if let (Some(Written::Spilled { why, .. } | Written::Nowhere { why, .. }), true) = (written, required) {
            let settled = Settled { intent: id, outcome: Outcome::Nothing, at: self.started };
            let _ = self.book.write(vec![settled.into()]).await;
            return Err(anyhow::Error::from(why).context("nothing was sent, since --require-ledger was given"));
        }
        lock(&self.book.talk.open).push(id.clone());
        self.intent = Some(id);
        Ok(())
    }

    /// Records a response. When this returns, its content is durable, or the user was warned that it is not.
    pub(crate) async fn done(self, call: &Call, reply: &Reply) {
        let (entries, ids) = self.entries(call, reply);
        if !entries.is_empty() {
            self.book.keep(entries, if call.spec.made { &ids } else { &[] }).await;
            self.close();
        }
    }

    /// Returns the entries of a response, to be written together with others. Returns itself if the request may have
    /// created an object. It must then be recorded alone, because its ID must not be lost.
    pub(crate) fn shared(self, call: &Call, reply: &Reply) -> Result<Vec<Entry>, Self> {
        if self.intent.is_some() || call.spec.made { Err(self) } else { Ok(self.entries(call, reply).0) }
    }

    /// Returns the ledger entries of a response, and the IDs of the objects that it created.
    fn entries(&self, call: &Call, reply: &Reply) -> (Vec<Entry>, Vec<(Kind, String)>) {
        if self.book.ledger.is_none() {
            return Default::default();
        }
        let reply = &made_by(call, reply);
        let mut entries = match call.spec.shape {
            Shape::One => self.answered(call, reply),
            Shape::Deleted => self.deleted(call, reply),
            Shape::Page | Shape::Bytes => Vec::new(),
        };
        let ids = made_ids(call, reply);
        if let Some(intent) = &self.intent {
            let outcome = Outcome::Recorded { ids: ids.iter().map(|(_, id)| id.clone()).collect() };
            entries.push(Settled { intent: intent.clone(), outcome, at: clock::now() }.into());
        }
        (entries, ids)
    }

    /// Records an object from the beginning of a stream. When this returns, the row is durable, or the user was warned
    /// that it is not. The intent stays open.
    pub(crate) async fn part(&self, kind: Kind, reply: &Reply) {
        if let Some(id) = reply.id() {
            let row = self.row(kind, &id, &reply.value, self.book.making, reply);
            self.book.keep(vec![row.into()], &[(kind, id)]).await;
        }
    }

    /// Records a failed request. If its outcome is unknown, the intent stays open and the user is warned.
    pub(crate) async fn failed(self, call: &Call, error: &ClientError) {
        let at = clock::now();
        let mut entries = Vec::new();
        match (&self.intent, error) {
            (Some(intent), ClientError::OutcomeUnknown(_)) => self.book.ui.warn_always(&format!(
                "intent {intent} stays open: `asst ledger doctor` shows what may have been made, \
                 `asst ledger settle {intent} ID|--none` closes it"
            )),
            (Some(intent), _) => {
                let outcome = if error.api_error().is_some() { Outcome::Refused } else { Outcome::Nothing };
                entries.push(Settled { intent: intent.clone(), outcome, at }.into());
            }
            (None, _) => entries.extend(self.gone(call, error).await),
        }
        if self.book.ledger.is_some() && !entries.is_empty() {
            let _ = self.book.write(entries).await;
        }
        self.close();
    }

    fn close(&self) {
        lock(&self.book.talk.open).retain(|open| Some(open) != self.intent.as_ref());
    }

    /// Returns the entry for a 404 that names a known object. Any other 404 may come from the wrong backend
    /// (docs/design/bulk.md#when-a-404-is-accepted).
    async fn gone(&self, call: &Call, error: &ClientError) -> Option<Entry> {
        let (kind, id) = call.object()?;
        if !kind.recorded() || !error.reports_missing(kind, id) {
            return None;
        }
        let key = Key { origin: self.book.origin.clone(), kind, id: id.to_owned() };
        let known = self.book.ledger.as_ref()?.get(&key).await.ok()??;
        if known.state == State::Deleted {
            return None;
        }
        let row = Row::new(&self.book.origin, kind, id, known.source, self.started);
        let (checked_at, started_at) = (Some(self.started), Some(self.started));
        Some(Row { state: State::Gone, checked_at, started_at, ..row }.into())
    }

    fn answered(&self, call: &Call, reply: &Reply) -> Vec<Entry> {
        let object = &reply.value;
        let kind = call.spec.kind;
        let source = if call.spec.made { self.book.making } else { Source::Met };
        let sent = Sent::of(call);
        let mut entries: Vec<Entry> = Vec::new();
        if kind.recorded()
            && let Some(id) = reply.id()
        {
            entries.extend(self.thread_of_run(kind, &sent, reply, source));
            let messages = (kind == Kind::Thread && call.spec.made).then_some(sent.messages).flatten();
            entries.push(Row { messages, ..self.row(kind, &id, object, source, reply) }.into());
        }
        entries.extend(self.touched(call, &sent, reply));
        entries
    }

    fn row(&self, kind: Kind, id: &str, object: &Value, source: Source, reply: &Reply) -> Row {
        let text = |member: &str| object.get(member).and_then(Value::as_str).map(str::to_owned);
        let created = source == self.book.making;
        Row {
            parent: (kind == Kind::Run).then(|| text("thread_id")).flatten(),
            created_at: redact::time(object, "created_at"),
            checked_at: Some(self.started),
            active_at: created.then_some(self.started),
            name: text("name").or_else(|| text("filename")).map(|name| name.chars().take(LONGEST_NAME).collect()),
            assistant: text("assistant_id"),
            messages: None,
            // Empty metadata of a new object is left out, because there is no older metadata to overwrite.
            metadata: redact::metadata(object).filter(|metadata| !created || !metadata.is_empty()),
            provenance: created.then(|| self.book.author.provenance.clone()).flatten(),
            ci_job: created.then(|| self.book.author.ci_job.clone()).flatten(),
            request_id: created.then(|| reply.request_id.clone()).flatten(),
            raw: redact::scrubbed(object),
            started_at: Some(self.started),
            ..Row::new(&self.book.origin, kind, id, source, clock::now())
        }
    }

    /// Returns the entry of the thread that `POST /threads/runs` created. The response contains only its ID.
    fn thread_of_run(&self, kind: Kind, sent: &Sent, reply: &Reply, source: Source) -> Option<Entry> {
        let made = kind == Kind::Run && sent.thread_id.is_none() && source == self.book.making;
        let thread = reply.text("thread_id").filter(|_| made)?;
        let object =
            serde_json::json!({ "created_at": reply.value.get("created_at"), "metadata": sent.thread_metadata });
        let row = self.row(Kind::Thread, thread, &object, source, reply);
        let assistant = reply.text("assistant_id").map(str::to_owned);
        Some(Row { messages: sent.messages, assistant, raw: None, ..row }.into())
    }

    /// Returns the entry that marks a thread as used, with the assistant and the number of messages that the request
    /// added.
    fn touched(&self, call: &Call, sent: &Sent, reply: &Reply) -> Option<Entry> {
        let spec = call.spec;
        let on_thread = matches!((spec.kind, spec.kinds), (Kind::Message | Kind::Run, [Kind::Thread, ..]));
        let thread = call.ids.first().filter(|_| on_thread && spec.method == Method::Post)?.clone();
        let added = sent.messages.filter(|_| spec.made).unwrap_or_default();
        let assistant =
            (spec.made && spec.kind == Kind::Run).then(|| reply.text("assistant_id").map(str::to_owned)).flatten();
        let origin = self.book.origin.clone();
        let touched =
            Touched { origin, kind: Kind::Thread, id: thread, active_at: self.started, messages: added, assistant };
        Some(touched.into())
    }

    fn deleted(&self, call: &Call, reply: &Reply) -> Vec<Entry> {
        let Some((kind, id)) = call.object().filter(|(kind, _)| kind.recorded()) else {
            return Vec::new();
        };
        let row = Row {
            state: State::Deleted,
            deleted_at: Some(clock::now()),
            checked_at: Some(self.started),
            ..Row::new(&self.book.origin, kind, id, Source::Met, clock::now())
        };
        let event = Event {
            origin: self.book.origin.clone(),
            kind,
            id: id.to_owned(),
            verb: "delete".to_owned(),
            at: clock::now(),
            provenance: self.book.author.provenance.clone(),
            request_id: reply.request_id.clone(),
        };
        vec![row.into(), event.into()]
    }
}

impl App {
    /// Records that an object no longer exists. The backend must be verified as the right one.
    pub async fn record_gone(&self, known: &Row) -> Result<()> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(()) };
        let now = clock::now();
        let row = Row::new(&known.origin, known.kind, &known.id, known.source, now);
        let row = Row { state: State::Gone, checked_at: Some(now), started_at: Some(now), ..row };
        let written = ledger.write(vec![row.into()]).await;
        self.tell_unwritten(&written, "that it is gone is not recorded");
        Ok(())
    }

    /// Returns the current state of a row in the ledger. Returns `None` if there is no such row, or if entries still
    /// wait in a spill file.
    pub async fn recorded_state(&self, known: &Row) -> Result<Option<State>> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(None) };
        let row = ledger.get(&known.key()).await?;
        Ok(row.filter(|_| ledger.left_out().is_none()).map(|row| row.state))
    }

    /// Records objects from the list of a backend.
    pub async fn record_listed(&self, origin: &str, kind: Kind, objects: &[Value]) -> Result<()> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(()) };
        let now = clock::now();
        let row = |object: &Value| {
            let row = Row::new(origin, kind, &id_of(object)?, Source::Listed, now);
            let facts = Row {
                created_at: redact::time(object, "created_at"),
                checked_at: Some(now),
                metadata: redact::metadata(object),
                raw: redact::scrubbed(object),
                ..row
            };
            Some(Entry::from(facts))
        };
        let entries: Vec<Entry> = objects.iter().filter_map(row).collect();
        let written = ledger.write(entries).await;
        self.tell_unwritten(&written, "what was listed is not recorded");
        Ok(())
    }

    fn tell_unwritten(&self, written: &Written, lost: &str) {
        self.talk.tell_spilled(&self.ui, written);
        if let Written::Nowhere { why, .. } = written {
            self.ui.warn(&format!("{why}; {lost}"));
        }
    }
}

/// The parts of a request that its response does not repeat.
#[derive(Debug, Default)]
struct Sent {
    /// The ID of the thread in the path.
    thread_id: Option<String>,
    /// The number of messages that the request adds to its thread. `None` if the body has an unknown form.
    messages: Option<i64>,
    /// The metadata of the thread that the request creates in addition.
    thread_metadata: Value,
}

impl Sent {
    fn of(call: &Call) -> Self {
        let thread_id = call.ids.first().filter(|_| call.spec.kinds.first() == Some(&Kind::Thread)).cloned();
        let Payload::Json(body) = &call.payload else {
            let messages = (call.spec.kind == Kind::Message).then_some(1);
            return Self { thread_id, messages, ..Self::default() };
        };
        let count = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, |items| items.len() as i64);
        let thread = body.get("thread");
        let of_thread = count(thread.and_then(|thread| thread.get("messages")));
        let messages = match call.spec.kind {
            Kind::Message => 1,
            _ => count(body.get("messages")) + count(body.get("additional_messages")) + of_thread,
        };
        let thread_metadata = thread.and_then(|thread| thread.get("metadata")).cloned().unwrap_or_default();
        Self { thread_id, messages: Some(messages), thread_metadata }
    }
}

/// Returns the response reduced to the created object. The response to a completed upload contains the file as a
/// member.
fn made_by<'a>(call: &Call, reply: &'a Reply) -> Cow<'a, Reply> {
    match reply.value.get("file") {
        Some(file) if call.spec.kinds == [Kind::Upload] => {
            Cow::Owned(Reply { value: file.clone(), request_id: reply.request_id.clone(), ..Reply::default() })
        }
        _ => Cow::Borrowed(reply),
    }
}

/// Returns the IDs of the created objects, in the order of their creation.
pub(crate) fn made_ids(call: &Call, reply: &Reply) -> Vec<(Kind, String)> {
    let reply = &made_by(call, reply);
    let own = reply.id().map(|id| (call.spec.kind, id));
    let thread = (call.spec.kind == Kind::Run && call.spec.kinds.is_empty())
        .then(|| reply.text("thread_id").map(|id| (Kind::Thread, id.to_owned())))
        .flatten();
    thread.into_iter().chain(own).collect()
}

/// Adds the intent to the metadata. Returns `false` if the metadata has no room for another pair.
fn mark(body: &mut serde_json::Map<String, Value>, intent: &str) -> bool {
    const MOST_PAIRS: usize = 16;
    let metadata = body.entry("metadata").or_insert_with(|| Value::Object(serde_json::Map::new()));
    if metadata.is_null() {
        *metadata = Value::Object(serde_json::Map::new());
    }
    match metadata {
        Value::Object(pairs) if pairs.len() < MOST_PAIRS => {
            pairs.insert("asst_intent".to_owned(), intent.into());
            true
        }
        _ => false,
    }
}
