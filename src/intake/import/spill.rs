//! The import of a spill file that belongs to another ledger or contains damaged lines.

use crate::app::{App, DryRun};
use crate::db::block_on;
use crate::exit::Usage;
use crate::ledger::{SpillError, count_spill_entries};
use anyhow::Result;
use std::path::Path;

/// Imports the entries of a spill file, unless this is a dry run. Returns their number.
///
/// # Errors
/// Returns an error if the path is not a spill file, if the file is in use or has damaged lines, or if the ledger
/// cannot be written.
pub fn import_spill(app: &App, path: &Path) -> Result<u64> {
    let imported = match app.options().dry_run {
        DryRun::Off => block_on(app.ledger()?.import_spill(path)),
        DryRun::Http | DryRun::Curl => count_spill_entries(path),
    };
    imported.map_err(|error| match error {
        SpillError::Ledger(error) => error.into(),
        SpillError::File { .. } => {
            let hint = "`asst ledger doctor` lists the spill files of this user";
            Usage::hinted(error.to_string(), hint).into()
        }
    })
}
