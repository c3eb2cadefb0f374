//! Adds IDs from files and pipes to the ledger, with the facts that the input contains about them.

#[cfg(test)]
mod column_tests;
mod columns;
mod facts;
mod id_column;
mod lines;
mod object;
mod options;
mod rules;
mod source;
mod spill;
mod table;
mod times;

pub use columns::ColumnNames;
pub use options::{ImportFormat, ImportOptions};
pub use spill::import_spill;

use super::id_lines;
use crate::app::{App, DryRun, Work};
use crate::db::block_on;
use crate::env::clock;
use crate::ledger::ImportSummary;
use anyhow::Result;
use lines::LineError;
use rules::ImportRules;
use source::IdSource;
use std::cell::Cell;

/// The result of an import.
#[derive(Debug)]
pub struct ImportResult {
    /// IDs that the ledger did not have. In a dry run, all IDs.
    pub new: u64,
    /// IDs that the ledger had.
    pub known: u64,
    /// Rows without an ID.
    pub without_id: u64,
    /// `Ok` if all lines were read, or the error that ended the import. The lines before the error are in the ledger.
    pub ended: Result<()>,
}

/// Imports the IDs of a file, unless this is a dry run.
///
/// # Errors
/// Returns an error if the input cannot be opened, or if the ledger fails. An error of a line is part of the result.
pub fn import(app: &App, options: &ImportOptions) -> Result<ImportResult> {
    let rules = ImportRules {
        kind: options.kind,
        any_id: app.options().any_id,
        origin: options.origin.clone(),
        now: clock::now(),
        zoneless: Cell::new(None),
    };
    let next = "import it again: IDs that the ledger has are not imported twice".to_owned();
    app.tally().begin(Work { done: "IDs read", total: None, next });
    app.handle_signals();
    let mut source = IdSource::open(app, options)?;
    let (mut failed, mut without_id) = (None, 0_u64);
    let rows = std::iter::from_fn(|| {
        if app.stopped().is_some() {
            return None;
        }
        let read = loop {
            match source.next(&rules)? {
                // Applications also have rows for which no object was ever created.
                Ok((_, facts)) if facts.id.is_empty() => without_id += 1,
                read => break read,
            }
        };
        let row = read.and_then(|(line, facts)| rules.row(line, facts).map_err(|reason| LineError { line, reason }));
        row.inspect(|_| app.tally().done()).map_err(|error| failed = Some(error)).ok()
    });
    let dry = app.options().dry_run != DryRun::Off;
    let ImportSummary { new, known } = match dry {
        true => ImportSummary { new: rows.count() as u64, known: 0 },
        false => block_on(app.ledger()?.import(rows))?,
    };
    if let Some(header) = source.header() {
        app.ui().note(&id_lines::skipped(&header));
    }
    if let Some(line) = rules.zoneless.get() {
        app.ui().note(&format!("times without a zone were read as UTC, first in line {line}"));
    }
    let is_recorded = !dry && new + known > 0;
    let ended = match (app.stopped(), failed) {
        (Some(stopped), _) => Err(stopped),
        (None, Some(error)) => Err(error.usage(&options.path, is_recorded).into()),
        (None, None) => Ok(()),
    };
    Ok(ImportResult { new, known, without_id, ended })
}
