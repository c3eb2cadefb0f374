//! The ledger entries of each request (docs/design/ledger.md#stored-data, docs/design/ledger.md#promises).
//!
//! An intent is written before a create request is sent. The response is written before it is printed.

use super::call::Note;
use super::record_context::{RecordContext, lock};
use super::redact;
use super::{App, Call, LedgerNeed};
use crate::api::{AlsoCreated, Kind, Messages, Method, ResponseShape, Spec};
use crate::client::{ApiResponse, ClientError, Payload, id_of};
use crate::env::{clock, random};
use crate::json;
use crate::ledger::{
    Activity, Entry, Intent, IntentOutcome, LedgerEvent, ObjectKey, ObjectState, Row, Settlement, Source, WriteResult,
};
use anyhow::{Context, Result};
use serde_json::{Map, Value, json};

/// The maximum number of characters of a stored name. The limits of the protocol are lower
/// (docs/protocol/objects.md#limits-and-defaults).
const LONGEST_NAME: usize = 512;

/// The record of one request.
pub(crate) struct Record<'a> {
    pub(crate) context: &'a RecordContext,
    /// The open intent, if the request creates an object of a recorded kind.
    pub(crate) intent: Option<String>,
    pub(crate) started: i64,
}

impl App {
    /// Opens the record of a request. For a create request of a recorded kind, the intent is durable when this returns.
    pub(crate) async fn record<'a>(&'a self, origin: &str, call: &mut Call) -> Result<Record<'a>> {
        if self.context.get().is_none() {
            let _ = self.context.set(self.record_context(origin, Source::Created, None)?);
        }
        let context = self.context.get().context("the record is gone")?;
        Record::open(context, call).await
    }
}

impl<'a> Record<'a> {
    /// Opens the record of a request. For a create request of a recorded kind, the intent is durable when this returns.
    pub(crate) async fn open(context: &'a RecordContext, call: &mut Call) -> Result<Self> {
        let mut record = Self { context, intent: None, started: clock::now() };
        // A request that may be repeated leaves nothing behind that a later command must find.
        let creates = call.spec.creates().filter(|kind| kind.recorded() && !call.is_repeatable());
        if let (Some(_), Some(kind)) = (&context.ledger, creates) {
            // Boxed, because most requests create nothing, and their futures should stay small.
            Box::pin(record.intend(call, kind)).await?;
        }
        Ok(record)
    }
}

impl Record<'_> {
    /// Writes the intent of a request that creates an object of `kind`.
    pub(crate) async fn intend(&mut self, call: &mut Call, kind: Kind) -> Result<()> {
        let id = format!("intent_{}", random::alphanumeric(16));
        // A form has no metadata member that could carry the mark.
        let mark = match &mut call.payload {
            Payload::Json(body) if self.context.mark_intents && has_metadata(call.spec) => mark(body, &id),
            _ => false,
        };
        let intent = Intent {
            id: id.clone(),
            origin: self.context.origin.clone(),
            kind,
            opened_at: self.started,
            provenance: with_note(self.context.author.provenance.as_deref(), call.note.as_deref()),
            what: call.spec.title.to_owned(),
            mark,
        };
        let required = self.context.need == LedgerNeed::Required;
        if let (Some(ledger), true) = (&self.context.ledger, required) {
            let refused =
                |why| anyhow::Error::from(why).context("the request was not sent, because of --require-ledger");
            ledger.check().await.map_err(refused)?;
        }
        let written = self.context.write(vec![intent.into()]).await;
        if let (Some(WriteResult::Spilled { why, .. } | WriteResult::Failed { why, .. }), true) = (written, required) {
            let settled = Settlement { intent: id, outcome: IntentOutcome::Nothing, at: self.started };
            let _ = self.context.write(vec![settled.into()]).await;
            return Err(anyhow::Error::from(why).context("the request was not sent, because of --require-ledger"));
        }
        lock(&self.context.record_state.open).push(id.clone());
        self.intent = Some(id);
        Ok(())
    }

    /// Records a response. When this returns, its content is durable, or the user was warned that it is not.
    pub(crate) async fn done(self, call: &Call, reply: &ApiResponse) {
        let (entries, created) = self.entries(call, reply);
        if let (Some(intent), true) = (&self.intent, created.is_empty()) {
            self.warn_open_intent(intent);
        }
        if !entries.is_empty() {
            self.context.write_or_warn(entries, &created).await;
        }
        self.close();
    }

    /// Returns the entries of a response, to be written together with others. Returns the record itself if the request
    /// may have created an object. It must then be recorded alone, because its ID must not be lost.
    pub(crate) fn shared(self, call: &Call, reply: &ApiResponse) -> Result<Vec<Entry>, Self> {
        if self.intent.is_some() || call.spec.creates().is_some() { Err(self) } else { Ok(self.entries(call, reply).0) }
    }

    /// Returns the ledger entries of a response, and the IDs of the objects that the request created.
    fn entries(&self, call: &Call, reply: &ApiResponse) -> (Vec<Entry>, Vec<(Kind, String)>) {
        if self.context.ledger.is_none() {
            return Default::default();
        }
        let mut entries = match call.spec.shape {
            ResponseShape::One => self.answered(call, reply),
            ResponseShape::Deleted => self.ended(call, "delete", reply),
            ResponseShape::Page | ResponseShape::Bytes => Vec::new(),
        };
        entries.extend(self.touched(call, reply));
        let created = created_ids(call, reply);
        // Without an ID in the response, the outcome is unknown, and the intent stays open.
        if let (Some(intent), false) = (&self.intent, created.is_empty()) {
            let outcome = IntentOutcome::Recorded { ids: created.iter().map(|(_, id)| id.clone()).collect() };
            entries.push(Settlement { intent: intent.clone(), outcome, at: clock::now() }.into());
        }
        (entries, created)
    }

    /// Records an object from the beginning of a stream. When this returns, the row is durable, or the user was warned
    /// that it is not. The intent stays open.
    pub(crate) async fn part(&self, kind: Kind, reply: &ApiResponse) {
        if let Some(id) = reply.id() {
            let row = self.row(kind, &id, &reply.value, self.context.created_source, reply);
            self.context.write_or_warn(vec![row.into()], &[(kind, id)]).await;
        }
    }

    /// Records an object of which it is unknown whether a request created it. When this returns, the row is durable, or
    /// the user was warned that it is not.
    pub(crate) async fn observed(&self, kind: Kind, id: &str, reply: &ApiResponse) {
        let row = self.row(kind, id, &reply.value, Source::Referenced, reply);
        self.context.write_or_warn(vec![row.into()], &[(kind, id.to_owned())]).await;
    }

    /// Records a failed request. If its outcome is unknown, the intent stays open and the user is warned.
    pub(crate) async fn failed(self, call: &Call, error: &ClientError) {
        let at = clock::now();
        let mut entries = Vec::new();
        match (&self.intent, error) {
            (Some(intent), ClientError::OutcomeUnknown(_)) => self.warn_open_intent(intent),
            (Some(intent), _) => {
                let outcome = if error.api_error().is_some() { IntentOutcome::Refused } else { IntentOutcome::Nothing };
                entries.push(Settlement { intent: intent.clone(), outcome, at }.into());
            }
            (None, _) => entries.extend(self.gone(call, error).await),
        }
        if self.context.ledger.is_some() && !entries.is_empty() {
            let _ = self.context.write(entries).await;
        }
        self.close();
    }

    /// Warns that the outcome of a request is unknown.
    fn warn_open_intent(&self, intent: &str) {
        self.context.ui.warn_always(&format!(
            "intent {intent} stays open: `asst ledger doctor` shows what may have been created, \
             `asst ledger settle {intent} ID|--none` closes it"
        ));
    }

    fn close(&self) {
        lock(&self.context.record_state.open).retain(|open| Some(open) != self.intent.as_ref());
    }

    /// Returns the entry for a 404 that names a known object. Any other 404 may come from the wrong backend
    /// (docs/design/bulk.md#when-a-404-is-accepted).
    async fn gone(&self, call: &Call, error: &ClientError) -> Option<Entry> {
        let (kind, id) = call.object()?;
        if !kind.recorded() || !error.reports_missing(kind, id) {
            return None;
        }
        let key = ObjectKey { origin: self.context.origin.clone(), kind, id: id.to_owned() };
        let known = self.context.ledger.as_ref()?.get(&key).await.ok()??;
        if known.state == ObjectState::Deleted {
            return None;
        }
        let row = Row::new(&self.context.origin, kind, id, known.source, self.started);
        let (checked_at, started_at) = (Some(self.started), Some(self.started));
        Some(Row { state: ObjectState::Gone, checked_at, started_at, ..row }.into())
    }

    /// Returns the entries of the objects in a response.
    fn answered(&self, call: &Call, reply: &ApiResponse) -> Vec<Entry> {
        let spec = call.spec;
        let also = spec.details.also_creates.iter().filter(|also| also.kind.recorded());
        let mut entries: Vec<Entry> = also.filter_map(|also| self.also_created(also, call, reply)).collect();
        if spec.kind.recorded()
            && let Some(id) = reply.id()
        {
            let source = if spec.made { self.context.created_source } else { Source::Referenced };
            let row = self.row(spec.kind, &id, &reply.value, source, reply);
            let messages = if spec.made && spec.kind == Kind::Thread { added_messages(call) } else { None };
            // A server may leave the parent out of its response.
            let in_path = || spec.kind.parent().and(call.ids.first()).cloned();
            let parent = row.parent.clone().or_else(in_path);
            let metadata = call.note.as_deref().cloned().or_else(|| row.metadata.clone());
            entries.push(Row { messages, parent, metadata, ..row }.into());
            entries.extend(spec.details.ends.into_iter().flat_map(|end| self.ended(call, end.verb(), reply)));
        }
        entries
    }

    /// Returns the entry of an object that the request created besides the one in the response.
    fn also_created(&self, also: &AlsoCreated, call: &Call, reply: &ApiResponse) -> Option<Entry> {
        let (id, object) = held(also, reply)?;
        if let Some(object) = object {
            return Some(self.row(also.kind, &id, object, self.context.created_source, reply).into());
        }
        // The response has only the ID, so the facts come from the request.
        let described = also.described_by.and_then(|member| body(call)?.get(member));
        let metadata = described.and_then(|described| described.get("metadata"));
        let object = json!({ "created_at": reply.value.get("created_at"), "metadata": metadata });
        let row = self.row(also.kind, &id, &object, self.context.created_source, reply);
        let assistant = reply.text("assistant_id").map(str::to_owned);
        Some(Row { messages: added_messages(call), assistant, raw: None, ..row }.into())
    }

    fn row(&self, kind: Kind, id: &str, object: &Value, source: Source, reply: &ApiResponse) -> Row {
        let text = |member: &str| object.get(member).and_then(Value::as_str).map(str::to_owned);
        let created = source == self.context.created_source;
        Row {
            parent: kind.parent().and_then(|(_, member)| text(member)),
            created_at: redact::time(object, "created_at"),
            checked_at: Some(self.started),
            active_at: created.then_some(self.started),
            name: text("name").or_else(|| text("filename")).map(|name| name.chars().take(LONGEST_NAME).collect()),
            assistant: text("assistant_id"),
            messages: None,
            // Empty metadata of a new object is left out, because there is no older metadata to overwrite.
            metadata: redact::metadata(object).filter(|metadata| !created || !metadata.is_empty()),
            provenance: created.then(|| self.context.author.provenance.clone()).flatten(),
            ci_job: created.then(|| self.context.author.ci_job.clone()).flatten(),
            request_id: created.then(|| reply.request_id.clone()).flatten(),
            raw: redact::scrubbed(object),
            started_at: Some(self.started),
            ..Row::new(&self.context.origin, kind, id, source, clock::now())
        }
    }

    /// Returns the entry that marks the outermost object of the path as used by a request for an object below it. For a
    /// thread, it has the number of messages that the request added, and the assistant of a new run.
    fn touched(&self, call: &Call, reply: &ApiResponse) -> Option<Entry> {
        let spec = call.spec;
        let (kind, id) = (*spec.kinds.first()?, call.ids.first()?.clone());
        if spec.method != Method::Post || spec.kind == kind || !kind.recorded() {
            return None;
        }
        let messages = added_messages(call).filter(|_| spec.made).unwrap_or_default();
        let is_new_run = spec.made && spec.kind == Kind::Run;
        let assistant = reply.text("assistant_id").filter(|_| is_new_run).map(str::to_owned);
        let origin = self.context.origin.clone();
        Some(Activity { origin, kind, id, active_at: self.started, messages, assistant }.into())
    }

    /// Returns the entries that mark the object in the path as deleted. `verb` is the action for its event.
    fn ended(&self, call: &Call, verb: &str, reply: &ApiResponse) -> Vec<Entry> {
        let Some((kind, id)) = call.object().filter(|(kind, _)| kind.recorded()) else {
            return Vec::new();
        };
        let row = Row {
            state: ObjectState::Deleted,
            deleted_at: Some(clock::now()),
            checked_at: Some(self.started),
            ..Row::new(&self.context.origin, kind, id, Source::Referenced, clock::now())
        };
        let event = LedgerEvent {
            origin: self.context.origin.clone(),
            kind,
            id: id.to_owned(),
            verb: verb.to_owned(),
            at: clock::now(),
            provenance: self.context.author.provenance.clone(),
            request_id: reply.request_id.clone(),
        };
        vec![row.into(), event.into()]
    }
}

/// Returns the body of a request, or `None` if it is not a JSON object.
fn body(call: &Call) -> Option<&Map<String, Value>> {
    match &call.payload {
        Payload::Json(body) => Some(body),
        Payload::None | Payload::Form(_) => None,
    }
}

/// Returns the number of messages that a request adds to a thread. Returns `None` if its body has an unknown form.
fn added_messages(call: &Call) -> Option<i64> {
    match call.spec.details.messages {
        Messages::None => Some(0),
        Messages::Itself => Some(1),
        Messages::At(path) => {
            let (first, below) = path.split_first()?;
            let first = body(call)?.get(*first);
            let items = below.iter().fold(first, |value, member| value?.get(member)).and_then(Value::as_array);
            Some(items.map_or(0, |items| items.len() as i64))
        }
    }
}

/// Returns the ID of an object that a request created besides the one in its response, and the object if the response
/// holds it.
fn held<'a>(also: &AlsoCreated, reply: &'a ApiResponse) -> Option<(String, Option<&'a Value>)> {
    match reply.value.get(also.member)? {
        Value::String(id) if !id.is_empty() => Some((id.clone(), None)),
        object => Some((id_of(object)?, Some(object))),
    }
}

/// Returns the IDs of the objects that a request created, in the order of their creation.
pub(crate) fn created_ids(call: &Call, reply: &ApiResponse) -> Vec<(Kind, String)> {
    let also = call.spec.details.also_creates.iter().filter_map(|also| Some((also.kind, held(also, reply)?.0)));
    let own = reply.id().filter(|_| call.spec.made).map(|id| (call.spec.kind, id));
    also.chain(own).collect()
}

/// Returns the provenance of an intent with a note as its member `note`.
fn with_note(provenance: Option<&str>, note: Option<&Note>) -> Option<String> {
    let Some(note) = note else { return provenance.map(str::to_owned) };
    let known = provenance.and_then(|text| json::stored(text).ok());
    let mut members = known.and_then(|known| known.as_object().cloned()).unwrap_or_default();
    members.insert("note".to_owned(), json!(note));
    Some(Value::Object(members).to_string())
}

/// Returns `true` if the body of the endpoint has metadata, which can carry the mark of an intent.
fn has_metadata(spec: &Spec) -> bool {
    spec.facts.is_some_and(|operation| operation.body_member("metadata").is_some())
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
