//! The recording of requests in the ledger (docs/design/ledger.md#promises).
//!
//! [`CallRecord::open`] writes an intent before a create request is sent. After the response, [`CallRecord::done`] or
//! [`CallRecord::failed`] writes the entries, before the response is printed. `record_entries.rs` makes the entries.

use super::call::Note;
use super::record_context::{RecordContext, lock};
use super::{App, Call, LedgerNeed};
use crate::api::{Kind, Spec};
use crate::client::{ApiResponse, ClientError, Payload};
use crate::env::{clock, random};
use crate::json;
use crate::ledger::{Entry, Intent, IntentOutcome, Settlement, Source, WriteResult};
use anyhow::{Context, Result};
use serde_json::{Value, json};

/// The record of one request.
pub(crate) struct CallRecord<'a> {
    pub(crate) context: &'a RecordContext,
    /// The ID of the open intent, if the request creates an object of a recorded kind.
    pub(crate) intent: Option<String>,
    /// The time at which the record was opened, in Unix seconds.
    pub(crate) started: i64,
}

impl App {
    /// Opens the record of a request. For a create request of a recorded kind, the intent is durable when this returns.
    pub(crate) async fn record<'a>(&'a self, origin: &str, call: &mut Call) -> Result<CallRecord<'a>> {
        if self.context.get().is_none() {
            // The proxy records the same objects, and the rows must be equal.
            let session = self.profile()?.recording_session.as_deref();
            let source = if session.is_some() { Source::Recorded } else { Source::Created };
            let _ = self.context.set(self.record_context(origin, source, session)?);
        }
        let context = self.context.get().context("the recording was not set up; this is a bug in asst")?;
        CallRecord::open(context, call).await
    }
}

impl<'a> CallRecord<'a> {
    /// Opens the record of a request. For a create request of a recorded kind, the intent is durable when this returns.
    pub(crate) async fn open(context: &'a RecordContext, call: &mut Call) -> Result<Self> {
        let mut record = Self { context, intent: None, started: clock::now() };
        // A request that the client may repeat needs no intent, because a second object does no harm.
        let creates = call.spec.creates().filter(|kind| kind.recorded() && !call.is_repeatable());
        if let (Some(_), Some(kind)) = (&context.ledger, creates) {
            // The future is boxed, so that the futures of the other requests stay small.
            Box::pin(record.write_intent(call, kind)).await?;
        }
        Ok(record)
    }
}

impl CallRecord<'_> {
    /// Writes the intent of a request that creates an object of `kind`.
    async fn write_intent(&mut self, call: &mut Call, kind: Kind) -> Result<()> {
        let id = format!("intent_{}", random::alphanumeric(16));
        // Only a JSON body has metadata, which can have the mark. A form has none.
        let mark = match &mut call.payload {
            Payload::Json(body) if self.context.mark_intents && has_metadata(call.spec) => add_mark(body, &id),
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
            let not_sent =
                |why| anyhow::Error::from(why).context("the request was not sent, because of --require-ledger");
            ledger.check().await.map_err(not_sent)?;
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

    /// Records a response. When this returns, the entries are durable, or the user was warned that they are not.
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

    /// Returns the entries of a response, for a write together with the entries of other responses.
    ///
    /// # Errors
    /// Returns the record itself if the request may have created an object. The caller must then call
    /// [`CallRecord::done`], which warns if the ID of the object cannot be stored.
    pub(crate) fn into_entries(self, call: &Call, reply: &ApiResponse) -> Result<Vec<Entry>, Self> {
        if self.intent.is_some() || call.spec.creates().is_some() { Err(self) } else { Ok(self.entries(call, reply).0) }
    }

    /// Records an object that arrived in a stream before its end. When this returns, the row is durable, or the user
    /// was warned that it is not. The intent stays open.
    pub(crate) async fn part(&self, kind: Kind, reply: &ApiResponse) {
        if let Some(id) = reply.id() {
            let row = self.row(kind, &id, &reply.value, self.context.created_source, reply);
            self.context.write_or_warn(vec![row.into()], &[(kind, id)]).await;
        }
    }

    /// Records an object in the response to a request whose effect is unknown: the request may have created the object,
    /// or not. When this returns, the row is durable, or the user was warned that it is not.
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
            (None, _) => entries.extend(self.entry_of_missing(call, error).await),
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

    /// Removes the intent from the list of requests in flight.
    fn close(&self) {
        lock(&self.context.record_state.open).retain(|open| Some(open) != self.intent.as_ref());
    }
}

/// Returns the provenance of an intent, with the note as its member `note`.
fn with_note(provenance: Option<&str>, note: Option<&Note>) -> Option<String> {
    let Some(note) = note else { return provenance.map(str::to_owned) };
    let known = provenance.and_then(|text| json::stored(text).ok());
    let mut members = known.and_then(|known| known.as_object().cloned()).unwrap_or_default();
    members.insert("note".to_owned(), json!(note));
    Some(Value::Object(members).to_string())
}

/// Returns `true` if the body of the endpoint has metadata.
fn has_metadata(spec: &Spec) -> bool {
    spec.facts.is_some_and(|operation| operation.body_member("metadata").is_some())
}

/// Adds the ID of the intent to the metadata of a body. Returns `false` if the metadata already has the maximum number
/// of pairs.
fn add_mark(body: &mut serde_json::Map<String, Value>, intent: &str) -> bool {
    const MAX_PAIRS: usize = 16;
    let metadata = body.entry("metadata").or_insert_with(|| Value::Object(serde_json::Map::new()));
    if metadata.is_null() {
        *metadata = Value::Object(serde_json::Map::new());
    }
    match metadata {
        Value::Object(pairs) if pairs.len() < MAX_PAIRS => {
            pairs.insert("asst_intent".to_owned(), intent.into());
            true
        }
        _ => false,
    }
}
