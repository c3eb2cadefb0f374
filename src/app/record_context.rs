//! The state that the records of all requests share: the ledger, the origin, the author, and the warnings that were
//! already shown.

use super::{App, LedgerChoice, LedgerNeed};
use crate::api::Kind;
use crate::env::provenance::Provenance;
use crate::ledger::{Entry, Ledger, Source, WriteResult};
use crate::ui::Ui;
use anyhow::Result;
use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The state that the records of all requests to one backend share. Several tasks can use it.
pub(crate) struct RecordContext {
    pub(crate) ui: Arc<Ui>,
    pub(crate) ledger: Option<Arc<Ledger>>,
    pub(crate) origin: String,
    pub(crate) author: Author,
    /// The source that the ledger stores with the rows of created objects.
    pub(crate) created_source: Source,
    pub(crate) need: LedgerNeed,
    /// `true` if the metadata of created objects includes the ID of their intent.
    pub(crate) mark_intents: bool,
    pub(crate) record_state: Arc<RecordState>,
}

/// The warnings that were already shown, and the open intents, which are reported if the command is stopped.
#[derive(Debug, Default)]
pub(crate) struct RecordState {
    /// The intents of create requests that are in flight.
    pub(crate) open: Mutex<Vec<String>>,
    /// The spill files for which a warning was already shown.
    pub(crate) spills: Mutex<BTreeSet<PathBuf>>,
    /// The IDs of objects for which a warning was already shown that they are not recorded.
    unrecorded: Mutex<BTreeSet<String>>,
}

impl RecordState {
    /// Warns that entries were written to a spill file, and how to import them. Warns once for each spill file.
    pub(crate) fn warn_spilled(&self, ui: &Ui, written: &WriteResult) {
        if let WriteResult::Spilled { path, why } = written
            && lock(&self.spills).insert(path.clone())
        {
            let hint = why.hint();
            let path = path.display();
            ui.warn_always(&format!(
                "{why} ({hint}); the entries were written to {path}. The next command that can write this ledger \
                imports them; `asst ledger import --spill {path}` imports them into another ledger"
            ));
        }
    }

    /// Returns the intents of the create requests in flight, and empties the list.
    pub(crate) fn take_open(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.open))
    }
}

/// Locks a mutex and ignores poisoning. A panic leaves the data behind these locks consistent.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The author of a command, stored with each of its rows and events.
#[derive(Debug, Default)]
pub(crate) struct Author {
    /// The provenance as JSON.
    pub(crate) provenance: Option<String>,
    pub(crate) ci_job: Option<String>,
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
    /// Returns the state that the records of a backend share. `session` is the ID of an `asst record` session.
    pub(crate) fn record_context(
        &self,
        origin: &str,
        created_source: Source,
        session: Option<&str>,
    ) -> Result<RecordContext> {
        let (noun, verb) = self.invocation.noun_verb();
        let flags: Vec<&str> = self.invocation.flags.iter().map(String::as_str).collect();
        let profile = self.profile()?;
        let known = Provenance::collect(profile.provenance, noun, &verb, &flags);
        let provenance = match session {
            // The session ID is stored even if the profile turns provenance off. It is not personal data, and
            // `--cleanup-session` finds the objects of a session by it.
            Some(session) => Some(Provenance { session: Some(session.to_owned()), ..known.unwrap_or_default() }),
            None => known,
        };
        Ok(RecordContext {
            ui: self.shared_ui(),
            ledger: self.ledger_if_any()?,
            origin: origin.to_owned(),
            author: provenance.as_ref().map(Author::of).unwrap_or_default(),
            created_source,
            need: match self.options.ledger {
                LedgerChoice::On { need, .. } => need,
                LedgerChoice::Off => LedgerNeed::BestEffort,
            },
            mark_intents: profile.mark_intents,
            record_state: Arc::clone(&self.record_state),
        })
    }
}

impl RecordContext {
    /// Writes entries to the ledger. Warns if they could be written neither to the ledger nor to a spill file. The
    /// warning names each object in `created`, once per process.
    pub(crate) async fn write_or_warn(&self, entries: Vec<Entry>, created: &[(Kind, String)]) {
        match self.write(entries).await {
            Some(WriteResult::Failed { why, spills }) if !created.is_empty() => {
                let is_first = |id: &str| lock(&self.record_state.unrecorded).insert(id.to_owned());
                for (kind, id) in created.iter().filter(|(_, id)| is_first(id)) {
                    self.ui.warn_always(&format!("{kind} {id} exists but is not recorded: {why}; {spills}"));
                }
            }
            Some(WriteResult::Failed { why, .. }) => self.ui.warn(&why.to_string()),
            _ => {}
        }
    }

    /// Writes entries to the ledger, or to a spill file with a warning. Returns `None` if no ledger is used.
    pub(crate) async fn write(&self, entries: Vec<Entry>) -> Option<WriteResult> {
        let written = self.ledger.as_ref()?.write(entries).await;
        self.record_state.warn_spilled(&self.ui, &written);
        Some(written)
    }
}
