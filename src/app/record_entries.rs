//! The ledger entries of one response or of one failure: rows of objects, their activity, events, and the settlement of
//! an intent (docs/design/ledger.md#stored-data).

use super::record::CallRecord;
use super::{Call, redact};
use crate::api::{AlsoCreated, Kind, Messages, Method, ResponseShape};
use crate::client::{ApiResponse, ClientError, Payload, id_of};
use crate::env::clock;
use crate::ledger::{Activity, Entry, IntentOutcome, LedgerEvent, ObjectKey, ObjectState, Row, Settlement, Source};
use serde_json::{Map, Value, json};

/// The maximum number of characters of a stored name. The limits of the protocol are lower
/// (docs/protocol/objects.md#limits-and-defaults).
const MAX_NAME: usize = 512;

impl CallRecord<'_> {
    /// Returns the ledger entries of a response, and the IDs of the objects that the request created.
    pub(super) fn entries(&self, call: &Call, reply: &ApiResponse) -> (Vec<Entry>, Vec<(Kind, String)>) {
        if self.context.ledger.is_none() {
            return Default::default();
        }
        let mut entries = match call.spec.shape {
            ResponseShape::One => self.entries_of_objects(call, reply),
            ResponseShape::Deleted => self.entries_of_end(call, "delete", reply),
            ResponseShape::Page | ResponseShape::Bytes => Vec::new(),
        };
        entries.extend(self.activity(call, reply));
        let created = created_ids(call, reply);
        // Without an ID in the response, the outcome is unknown, and the intent stays open.
        if let (Some(intent), false) = (&self.intent, created.is_empty()) {
            let outcome = IntentOutcome::Recorded { ids: created.iter().map(|(_, id)| id.clone()).collect() };
            entries.push(Settlement { intent: intent.clone(), outcome, at: clock::now() }.into());
        }
        (entries, created)
    }

    /// Returns the entry that marks an object as gone, after a 404 that names the object. Returns `None` for any other
    /// error, because another 404 may come from the wrong backend (docs/design/bulk.md#when-a-404-is-accepted).
    pub(super) async fn entry_of_missing(&self, call: &Call, error: &ClientError) -> Option<Entry> {
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
    fn entries_of_objects(&self, call: &Call, reply: &ApiResponse) -> Vec<Entry> {
        let spec = call.spec;
        let also = spec.details.also_creates.iter().filter(|also| also.kind.recorded());
        let mut entries: Vec<Entry> = also.filter_map(|also| self.also_created(also, call, reply)).collect();
        if spec.kind.recorded()
            && let Some(id) = reply.id()
        {
            let source = if spec.made { self.context.created_source } else { Source::Referenced };
            let row = self.row(spec.kind, &id, &reply.value, source, reply);
            let messages = if spec.made && spec.kind == Kind::Thread { added_messages(call) } else { None };
            // If the server leaves the parent out of its response, it is taken from the path.
            let parent_in_path = || spec.kind.parent().and(call.ids.first()).cloned();
            let parent = row.parent.clone().or_else(parent_in_path);
            let metadata = call.note.as_deref().cloned().or_else(|| row.metadata.clone());
            entries.push(Row { messages, parent, metadata, ..row }.into());
            entries.extend(spec.details.ends.into_iter().flat_map(|end| self.entries_of_end(call, end.verb(), reply)));
        }
        entries
    }

    /// Returns the entry of an object that the request created in addition to its main object, such as the thread of a
    /// new run.
    fn also_created(&self, also: &AlsoCreated, call: &Call, reply: &ApiResponse) -> Option<Entry> {
        let (id, object) = additional_object(also, reply)?;
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

    /// Returns the row of an object in a response. Facts about the creation, such as the provenance, are set only if
    /// `source` is the source of created objects.
    pub(super) fn row(&self, kind: Kind, id: &str, object: &Value, source: Source, reply: &ApiResponse) -> Row {
        let text = |member: &str| object.get(member).and_then(Value::as_str).map(str::to_owned);
        let created = source == self.context.created_source;
        Row {
            parent: kind.parent().and_then(|(_, member)| text(member)),
            created_at: redact::time(object, "created_at"),
            checked_at: Some(self.started),
            active_at: created.then_some(self.started),
            name: text("name").or_else(|| text("filename")).map(|name| name.chars().take(MAX_NAME).collect()),
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

    /// Returns the entry that marks the outermost object of the path as used, such as the thread of a new message. For
    /// a thread, the entry has the number of messages that the request added, and the assistant of a new run.
    ///
    /// Returns `None` if the request is not a POST, or if the path has no object above the one of the request.
    fn activity(&self, call: &Call, reply: &ApiResponse) -> Option<Entry> {
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

    /// Returns the entries that mark the object in the path as deleted: a row and an event. `verb` is the action of the
    /// event: `delete`, `complete` or `cancel`.
    fn entries_of_end(&self, call: &Call, verb: &str, reply: &ApiResponse) -> Vec<Entry> {
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

/// Returns the ID of an object that a request created in addition to its main object, and the object itself if the
/// response contains it.
fn additional_object<'a>(also: &AlsoCreated, reply: &'a ApiResponse) -> Option<(String, Option<&'a Value>)> {
    match reply.value.get(also.member)? {
        Value::String(id) if !id.is_empty() => Some((id.clone(), None)),
        object => Some((id_of(object)?, Some(object))),
    }
}

/// Returns the IDs of the objects that a request created, in the order of their creation.
pub(crate) fn created_ids(call: &Call, reply: &ApiResponse) -> Vec<(Kind, String)> {
    let also =
        call.spec.details.also_creates.iter().filter_map(|also| Some((also.kind, additional_object(also, reply)?.0)));
    let own = reply.id().filter(|_| call.spec.made).map(|id| (call.spec.kind, id));
    also.chain(own).collect()
}
