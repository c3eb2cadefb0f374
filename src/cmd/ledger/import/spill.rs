//! `asst ledger import --spill`: imports a spill file that belongs to another ledger or contains damaged lines.

use crate::app::{App, DryRun};
use crate::exit::Usage;
use crate::ledger::{SpillError, count_spill_entries};
use anyhow::Result;
use serde_json::json;
use std::path::Path;

/// Imports the entries of a spill file.
pub(super) fn take_in(app: &App, path: &Path) -> Result<()> {
    let dry = app.options().dry_run != DryRun::Off;
    let entries = match dry {
        true => count_spill_entries(path),
        false => crate::db::block_on(app.ledger()?.import_spill(path)),
    };
    let entries = entries.map_err(|error| match error {
        SpillError::Ledger(error) => anyhow::Error::from(error),
        SpillError::File { .. } => {
            let hint = "`asst ledger doctor` names the spill files of this user";
            Usage::hinted(error.to_string(), hint).into()
        }
    })?;
    let text = match dry {
        true => format!("{entries} entries; nothing was recorded"),
        false => format!("{entries} entries of {} are in {}", path.display(), app.ledger()?.location()),
    };
    app.ui().summary(&text, &json!({ "entries": entries }));
    Ok(())
}
