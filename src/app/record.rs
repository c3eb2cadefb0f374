//! What the ledger is told of each call (DESIGN.md 4.2, 4.3): an intent before a create, the answer before it is printed.

use super::scrub;
use super::{App, Call, LedgerNeed};
use crate::api::{Kind, Method, Shape};
use crate::app::LedgerChoice;
use crate::client::{ClientError, Payload, Reply, id_of};
use crate::env::provenance::Provenance;
use crate::env::{clock, random};
use crate::ledger::{Entry, Event, Intent, Key, Ledger, Outcome, Row, Settled, Source, State, Touched, Written};
use anyhow::{Context, Result};
use serde_json::Value;
use std::sync::Arc;

/// Characters of a name that are kept; the protocol's own are shorter (PROTOCOL.md 9).
const LONGEST_NAME: usize = 512;

/// The record of one call.
pub(super) struct Record<'a> {
    app: &'a App,
    ledger: Option<Arc<Ledger>>,
    origin: &'a str,
    /// The open intent, where the call creates what is recorded.
    intent: Option<String>,
    started: i64,
    author: &'a Author,
}

/// Who runs the command, as its rows and events say it: the same for all of them.
#[derive(Debug, Default)]
pub(super) struct Author {
    /// The provenance as JSON.
    provenance: Option<String>,
    ci_job: Option<String>,
}

impl Author {
    fn of(provenance: &Provenance) -> Self {
        let ci = provenance.ci.as_ref();
        Self {
            provenance: serde_json::to_string(provenance).ok(),
            ci_job: ci.and_then(|ci| ci.url.clone().or_else(|| ci.job.clone())),
        }
    }
}

impl App {
    /// Opens the record of a call; for a create of a recorded kind the intent is durable when this returns.
    pub(super) async fn record<'a>(&'a self, origin: &'a str, call: &mut Call) -> Result<Record<'a>> {
        let ledger = self.ledger_if_any()?;
        let author = self.author()?;
        let mut record = Record { app: self, ledger, origin, intent: None, started: clock::now(), author };
        if record.ledger.is_some() && call.spec.made && call.spec.kind.recorded() {
            record.intend(call).await?;
        }
        Ok(record)
    }

    /// Returns who runs the command; asked of the surroundings once, whatever the number of calls.
    fn author(&self) -> Result<&Author> {
        if self.author.get().is_none() {
            let (noun, verb) = self.invocation.noun_verb();
            let flags: Vec<&str> = self.invocation.flags.iter().map(String::as_str).collect();
            let provenance = Provenance::collect(self.profile()?.provenance, noun, &verb, &flags);
            let _ = self.author.set(provenance.as_ref().map(Author::of).unwrap_or_default());
        }
        self.author.get().context("who runs this is gone")
    }
}

impl Record<'_> {
    async fn intend(&mut self, call: &mut Call) -> Result<()> {
        let id = format!("intent_{}", random::alphanumeric(16));
        // A form has no metadata to carry the mark.
        let mark = match &mut call.payload {
            Payload::Json(body) if self.app.profile()?.mark_intents => mark(body, &id),
            _ => false,
        };
        let intent = Intent {
            id: id.clone(),
            origin: self.origin.to_owned(),
            kind: call.spec.kind,
            opened_at: self.started,
            provenance: self.author.provenance.clone(),
            what: call.spec.title.to_owned(),
            mark,
        };
        let required = matches!(self.app.options.ledger, LedgerChoice::On { need: LedgerNeed::Required, .. });
        if let (Some(ledger), true) = (&self.ledger, required) {
            let refused = |why| anyhow::Error::from(why).context("nothing was sent, since --require-ledger was given");
            ledger.check().await.map_err(refused)?;
        }
        let written = self.write(&[intent.into()]).await;
        if let (Some(Written::Spilled { why, .. } | Written::Nowhere { why, .. }), true) = (written, required) {
            let settled = Settled { intent: id, outcome: Outcome::Nothing, at: self.started };
            let _ = self.write(&[settled.into()]).await;
            return Err(anyhow::Error::from(why).context("nothing was sent, since --require-ledger was given"));
        }
        self.app.open.borrow_mut().push(id.clone());
        self.intent = Some(id);
        Ok(())
    }

    /// Records an answer; what it says is durable when this returns, or was said aloud.
    pub(super) async fn done(self, call: &Call, reply: &Reply) {
        if self.ledger.is_none() {
            return;
        }
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
        if entries.is_empty() {
            return;
        }
        match self.write(&entries).await {
            Some(Written::Nowhere { why, spills }) if call.spec.made => {
                for (kind, id) in ids {
                    self.app.ui.always(&format!("{kind} {id} exists and is recorded nowhere: {why}; {spills}"));
                }
            }
            Some(Written::Nowhere { why, .. }) => self.app.ui.warn(&why.to_string()),
            _ => {}
        }
        self.close();
    }

    /// Records that a call failed. Where its outcome is unknown the intent stays open, and that is said.
    pub(super) async fn failed(self, call: &Call, error: &ClientError) {
        let at = clock::now();
        let mut entries = Vec::new();
        match (&self.intent, error) {
            (Some(intent), ClientError::Unknown(_)) => self.app.ui.always(&format!(
                "intent {intent} stays open: `asst ledger doctor` shows what may have been made, \
                 `asst ledger settle {intent} ID|--none` closes it"
            )),
            (Some(intent), _) => {
                let outcome = if error.refused().is_some() { Outcome::Refused } else { Outcome::Nothing };
                entries.push(Settled { intent: intent.clone(), outcome, at }.into());
            }
            (None, _) => entries.extend(self.gone(call, error).await),
        }
        if self.ledger.is_some() && !entries.is_empty() {
            let _ = self.write(&entries).await;
        }
        self.close();
    }

    fn close(&self) {
        self.app.open.borrow_mut().retain(|open| Some(open) != self.intent.as_ref());
    }

    /// A 404 that names a known object changes its row; any other may come from the wrong backend (DESIGN.md 4.6).
    async fn gone(&self, call: &Call, error: &ClientError) -> Option<Entry> {
        let (kind, id) = call.object()?;
        let refused = error.refused().filter(|refused| error.is_not_found() && refused.names_object())?;
        if !kind.recorded() || !refused.message.contains(id) {
            return None;
        }
        let key = Key { origin: self.origin.to_owned(), kind, id: id.to_owned() };
        let known = self.ledger.as_ref()?.get(&key).await.ok()??;
        if known.state == State::Deleted {
            return None;
        }
        let row = Row::new(self.origin, kind, id, known.source, self.started);
        Some(Row { state: State::Gone, checked_at: Some(self.started), ..row }.into())
    }

    fn answered(&self, call: &Call, reply: &Reply) -> Vec<Entry> {
        let object = &reply.value;
        let kind = call.spec.kind;
        let source = if call.spec.made { Source::Created } else { Source::Met };
        let sent = Sent::of(call);
        let mut entries: Vec<Entry> = Vec::new();
        if kind.recorded()
            && let Some(id) = reply.id()
        {
            entries.extend(self.thread_of_run(kind, &sent, reply, source));
            let messages = (kind == Kind::Thread && call.spec.made).then_some(sent.messages);
            entries.push(Row { messages, ..self.row(kind, &id, object, source, reply) }.into());
        }
        entries.extend(self.touched(call, &sent, reply));
        entries
    }

    fn row(&self, kind: Kind, id: &str, object: &Value, source: Source, reply: &Reply) -> Row {
        let text = |member: &str| object.get(member).and_then(Value::as_str).map(str::to_owned);
        let created = source == Source::Created;
        Row {
            parent: (kind == Kind::Run).then(|| text("thread_id")).flatten(),
            created_at: scrub::time(object, "created_at"),
            checked_at: Some(self.started),
            active_at: created.then_some(self.started),
            name: text("name").or_else(|| text("filename")).map(|name| name.chars().take(LONGEST_NAME).collect()),
            assistant: text("assistant_id"),
            messages: None,
            // What is new has no metadata that could be in the way.
            metadata: scrub::metadata(object).filter(|metadata| !created || !metadata.is_empty()),
            provenance: created.then(|| self.author.provenance.clone()).flatten(),
            ci_job: created.then(|| self.author.ci_job.clone()).flatten(),
            request_id: created.then(|| reply.request_id.clone()).flatten(),
            raw: scrub::scrubbed(object),
            started_at: Some(self.started),
            ..Row::new(self.origin, kind, id, source, clock::now())
        }
    }

    /// `POST /threads/runs` makes a thread that its answer only names.
    fn thread_of_run(&self, kind: Kind, sent: &Sent, reply: &Reply, source: Source) -> Option<Entry> {
        let made = kind == Kind::Run && sent.thread_id.is_none() && source == Source::Created;
        let thread = reply.text("thread_id").filter(|_| made)?;
        let object =
            serde_json::json!({ "created_at": reply.value.get("created_at"), "metadata": sent.thread_metadata });
        let row = self.row(Kind::Thread, thread, &object, source, reply);
        let assistant = reply.text("assistant_id").map(str::to_owned);
        Some(Row { messages: Some(sent.messages), assistant, raw: None, ..row }.into())
    }

    /// What a call on a thread says of the thread: that it is in use, by whom, and how many messages it has.
    fn touched(&self, call: &Call, sent: &Sent, reply: &Reply) -> Option<Entry> {
        let spec = call.spec;
        let on_thread = matches!((spec.kind, spec.kinds), (Kind::Message | Kind::Run, [Kind::Thread, ..]));
        let thread = call.ids.first().filter(|_| on_thread && spec.method == Method::Post)?.clone();
        let added = if spec.made { sent.messages } else { 0 };
        let assistant =
            (spec.made && spec.kind == Kind::Run).then(|| reply.text("assistant_id").map(str::to_owned)).flatten();
        let origin = self.origin.to_owned();
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
            ..Row::new(self.origin, kind, id, Source::Met, clock::now())
        };
        let event = Event {
            origin: self.origin.to_owned(),
            kind,
            id: id.to_owned(),
            verb: "delete".to_owned(),
            at: clock::now(),
            provenance: self.author.provenance.clone(),
            request_id: reply.request_id.clone(),
        };
        vec![row.into(), event.into()]
    }

    /// Writes entries down and says where they went, if not into the ledger.
    async fn write(&self, entries: &[Entry]) -> Option<Written> {
        let written = self.ledger.as_ref()?.write(entries).await;
        if let Written::Spilled { path, why } = &written
            && self.app.spills.borrow_mut().insert(path.clone())
        {
            self.app.ui.always(&format!(
                "{why}; what happened is kept in {} and goes into the ledger with the next command that can write it \
                 ({})",
                path.display(),
                why.hint()
            ));
        }
        Some(written)
    }
}

impl App {
    /// Records that a backend which is known to be the right one does not have an object any more.
    pub async fn record_gone(&self, known: &Row) -> Result<()> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(()) };
        let now = clock::now();
        let row = Row::new(&known.origin, known.kind, &known.id, known.source, now);
        let row = Row { state: State::Gone, checked_at: Some(now), started_at: Some(now), ..row };
        if let Written::Spilled { why, .. } | Written::Nowhere { why, .. } = ledger.write(&[row.into()]).await {
            self.ui.warn(&why.to_string());
        }
        Ok(())
    }

    /// Records objects that a backend listed.
    pub async fn record_listed(&self, origin: &str, kind: Kind, objects: &[Value]) -> Result<()> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(()) };
        let now = clock::now();
        let row = |object: &Value| {
            let row = Row::new(origin, kind, &id_of(object)?, Source::Listed, now);
            let facts = Row {
                created_at: scrub::time(object, "created_at"),
                checked_at: Some(now),
                metadata: scrub::metadata(object),
                raw: scrub::scrubbed(object),
                ..row
            };
            Some(Entry::from(facts))
        };
        let entries: Vec<Entry> = objects.iter().filter_map(row).collect();
        if let Written::Spilled { why, .. } | Written::Nowhere { why, .. } = ledger.write(&entries).await {
            self.ui.warn(&format!("{why}; what was listed is not recorded"));
        }
        Ok(())
    }
}

/// What a request said that its answer does not repeat.
#[derive(Debug, Default)]
struct Sent {
    /// The thread in the path.
    thread_id: Option<String>,
    /// How many messages the request adds to its thread.
    messages: i64,
    /// The metadata of the thread that is made on the way.
    thread_metadata: Value,
}

impl Sent {
    fn of(call: &Call) -> Self {
        let thread_id = call.ids.first().filter(|_| call.spec.kinds.first() == Some(&Kind::Thread)).cloned();
        let Payload::Json(body) = &call.payload else { return Self { thread_id, ..Self::default() } };
        let count = |value: Option<&Value>| value.and_then(Value::as_array).map_or(0, |items| items.len() as i64);
        let thread = body.get("thread");
        let of_thread = count(thread.and_then(|thread| thread.get("messages")));
        let messages = match call.spec.kind {
            Kind::Message => 1,
            _ => count(body.get("messages")) + count(body.get("additional_messages")) + of_thread,
        };
        let thread_metadata = thread.and_then(|thread| thread.get("metadata")).cloned().unwrap_or_default();
        Self { thread_id, messages, thread_metadata }
    }
}

/// The ids that a create made, in the order of their making.
fn made_ids(call: &Call, reply: &Reply) -> Vec<(Kind, String)> {
    let own = reply.id().map(|id| (call.spec.kind, id));
    let thread = (call.spec.kind == Kind::Run && call.spec.kinds.is_empty())
        .then(|| reply.text("thread_id").map(|id| (Kind::Thread, id.to_owned())))
        .flatten();
    thread.into_iter().chain(own).collect()
}

/// Adds the intent to the metadata, if there is room for another pair.
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
