//! Examines the ledger for open intents and the objects that they may have created, for other findings, and for damage
//! to the ledger itself.

mod candidates;
mod findings;

pub use findings::Findings;

use crate::app::App;
use crate::db::block_on;
use crate::ledger::{Intent, IntentFilter, Ledger, LedgerError};
use anyhow::Result;
use serde_json::Value;
use std::sync::Arc;

/// An examination in progress.
pub struct Examination<'a> {
    app: &'a App,
    ledger: Arc<Ledger>,
    /// The origin of the profile. Only its backend is searched for candidates.
    origin: Option<String>,
    open: std::vec::IntoIter<Intent>,
}

/// An open intent.
#[derive(Debug)]
pub struct OpenIntent {
    pub intent: Intent,
    /// The listed objects that the intent may have created. `None` if the backend cannot list them, does not respond,
    /// or is not the backend of the intent.
    pub candidates: Option<Vec<Value>>,
}

impl<'a> Examination<'a> {
    /// Reads the open intents, after a check that the ledger is writable.
    ///
    /// # Errors
    /// Returns an error if the ledger is damaged or cannot be written. Spill files are reported in this case.
    pub fn begin(app: &'a App) -> Result<Self> {
        let ledger = app.ledger()?;
        let open = block_on(open_intents(&ledger)).inspect_err(|_| {
            // Spill files have entries that the ledger lacks, so they are reported even if the ledger is damaged.
            findings::report_spills(app, &ledger);
        })?;
        Ok(Self { app, origin: app.origin_if_any()?, ledger, open: open.into_iter() })
    }

    /// Returns the next open intent, with the objects that it may have created.
    ///
    /// # Errors
    /// Returns an error if the command was stopped. A backend that does not respond is a warning.
    pub fn next_intent(&mut self) -> Result<Option<OpenIntent>> {
        let Some(intent) = self.open.next() else { return Ok(None) };
        let candidates = match self.origin.as_ref() == Some(&intent.origin) {
            true => candidates::find(self.app, &self.ledger, &intent)?,
            false => None,
        };
        Ok(Some(OpenIntent { intent, candidates }))
    }

    /// Searches for everything but open intents: spill files, foreign IDs, and overdue runs. Prints what it finds.
    pub fn findings(self) -> Result<Findings> {
        Findings::find(self.app, &self.ledger)
    }
}

/// Returns the open intents, after a check that the ledger is writable. A missing ledger is only created if spilled
/// entries wait for it.
async fn open_intents(ledger: &Ledger) -> Result<Vec<Intent>, LedgerError> {
    if ledger.exists() || !ledger.spills().0.is_empty() {
        ledger.check().await?;
    } else {
        ledger.check_creatable()?;
    }
    Ok(ledger.intents(IntentFilter::Open).await?.into_iter().map(|known| known.intent).collect())
}
