//! `asst ledger copy`: copies one ledger into another, such as a local file into a shared database.

use crate::app::App;
use crate::app::records::LedgerCopy;
use crate::exit::{AlreadyReported, MIXED, Usage};
use anyhow::Result;
use serde_json::json;

/// The arguments of `asst ledger copy`: two ledgers, each as a path or as postgres://USER@HOST/DATABASE.
#[derive(Debug, clap::Args)]
pub struct Copy {
    /// Ledger to copy from
    from: String,
    /// Ledger to copy into; created if it does not exist
    to: String,
}

impl Copy {
    pub(super) fn run(self, app: &App) -> Result<()> {
        if self.from == self.to {
            return Err(Usage::new("FROM and TO are the same ledger").into());
        }
        let LedgerCopy { copied, place, missing } = app.copy_ledger(&self.from, &self.to)?;
        let text = format!("{} rows, {} intents and {} events", copied.rows, copied.intents, copied.events);
        let counts = json!({ "rows": copied.rows, "intents": copied.intents, "events": copied.events });
        app.ui().summary(&format!("{text} are in {place}"), &counts);
        for reason in &missing {
            app.ui().warn_always(&format!("the copy is incomplete: {reason}"));
        }
        if missing.is_empty() { Ok(()) } else { Err(AlreadyReported(MIXED).into()) }
    }
}
