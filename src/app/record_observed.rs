//! Ledger entries about objects that the backend listed or reported as missing. `record.rs` records the objects that a
//! request created or changed.

use super::{App, Note, redact};
use crate::api::Kind;
use crate::client::id_of;
use crate::env::clock;
use crate::ledger::{Entry, ObjectKey, ObjectState, Row, Source, WriteResult};
use anyhow::Result;
use serde_json::Value;

impl App {
    /// Records that an object no longer exists. The caller must have accepted the response that proves this.
    pub async fn record_gone(&self, known: &Row) -> Result<()> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(()) };
        let now = clock::now();
        let row = Row::new(&known.origin, known.kind, &known.id, known.source, now);
        let row = Row { state: ObjectState::Gone, checked_at: Some(now), started_at: Some(now), ..row };
        let written = ledger.write(vec![row.into()]).await;
        self.warn_unrecorded(&written, "the object is not recorded as gone");
        Ok(())
    }

    /// Returns the current state of a row in the ledger. Returns `None` if there is no such row, or if entries in a
    /// spill file are not imported yet.
    pub async fn recorded_state(&self, known: &Row) -> Result<Option<ObjectState>> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(None) };
        let row = ledger.get(&known.key()).await?;
        Ok(row.filter(|_| ledger.missing_spills().is_none()).map(|row| row.state))
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
        self.warn_unrecorded(&written, "the listed objects are not recorded");
        Ok(())
    }

    /// Replaces the JSON in the row of an object. For a command that stores its progress there, such as an upload in
    /// parts.
    pub(crate) async fn record_raw(&self, key: &ObjectKey, raw: &Value) -> Result<()> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(()) };
        let row = Row::new(&key.origin, key.kind, &key.id, Source::Referenced, clock::now());
        let written = ledger.write(vec![Row { raw: Some(raw.to_string()), ..row }.into()]).await;
        self.warn_unrecorded(&written, "this progress is not recorded");
        Ok(())
    }

    /// Records notes about objects as their metadata, for a later command.
    pub(crate) async fn record_notes(&self, kind: Kind, notes: Vec<(String, Note)>) -> Result<()> {
        let Some(ledger) = self.ledger_if_any()? else { return Ok(()) };
        let (origin, now) = (self.origin().await?, clock::now());
        let row = |(id, note)| Row { metadata: Some(note), ..Row::new(origin, kind, id, Source::Referenced, now) };
        let written = ledger.write(notes.into_iter().map(|note| row(note).into()).collect()).await;
        self.warn_unrecorded(&written, "this progress is not recorded");
        Ok(())
    }

    /// Warns if entries could not be written to the ledger. `lost` states the consequence.
    fn warn_unrecorded(&self, written: &WriteResult, lost: &str) {
        self.record_state.warn_spilled(&self.ui, written);
        if let WriteResult::Failed { why, .. } = written {
            self.ui.warn(&format!("{why}; {lost}"));
        }
    }
}
