//! `asst ledger import`: adds IDs from files and pipes to the ledger.

use crate::app::{App, DryRun};
use crate::intake::import::{ColumnNames, ImportFormat, ImportOptions, ImportResult, import, import_spill};
use crate::intake::{kind, origin};
use crate::ui::counted;
use anyhow::Result;
use serde_json::json;
use std::path::{Path, PathBuf};

/// The IDs to import.
#[derive(Debug, clap::Args)]
pub struct Import {
    /// File to import: IDs at the front of each line, a JSON object per line, or a table with a header; - is standard
    /// input
    #[arg(
        value_name = "PATH|-",
        required = false,
        required_unless_present = "spill",
        default_value_if("spill", clap::builder::ArgPredicate::IsPresent, "")
    )]
    path: String,
    /// Import a spill file, even if it was written for another ledger
    #[arg(
        long,
        value_name = "FILE",
        conflicts_with_all = ["path", "format", "kind", "origin", "no_header", "delimiter"]
    )]
    spill: Option<PathBuf>,
    /// Format of the file [default: csv or tsv by the extension, or if the first line has column names; else lines]
    #[arg(long, value_enum)]
    format: Option<ImportFormat>,
    /// Kind of the IDs [default: the kind of each ID's prefix]
    #[arg(long)]
    kind: Option<String>,
    /// Origin of the IDs [default: that of the profile]
    #[arg(long)]
    origin: Option<String>,
    /// Read a table without a header; its columns are numbered from 1
    #[arg(long)]
    no_header: bool,
    /// Field separator of a table, a character or \t [default: tab, comma or semicolon, as in the first line]
    #[arg(long, value_name = "CHAR", value_parser = delimiter)]
    delimiter: Option<u8>,
    #[command(flatten)]
    columns: ColumnArgs,
}

/// The names of columns in a table, or of members in JSON objects.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Columns")]
struct ColumnArgs {
    /// Column with the IDs [default: id, or the only column whose values are IDs]
    #[arg(long, value_name = "NAME")]
    id_column: Option<String>,
    /// Column with the kinds [default: kind, if it exists; else the prefix of each ID]
    #[arg(long, value_name = "NAME", conflicts_with = "kind")]
    kind_column: Option<String>,
    /// Column with the creation times, such as Unix seconds or 2026-11-21 09:30:00 (UTC if no zone is given) [default:
    /// created_at or created, if it exists]
    #[arg(long, value_name = "NAME")]
    created_column: Option<String>,
    /// Column with the parents, such as the threads of runs [default: parent, if it exists]
    #[arg(long, value_name = "NAME")]
    parent_column: Option<String>,
    /// Column to store as metadata under its name (repeatable) [default: the pairs of metadata, if it holds an object]
    #[arg(long, value_name = "NAME")]
    metadata_column: Vec<String>,
    /// Column to ignore, although its name is one of the defaults above (repeatable)
    #[arg(long, value_name = "NAME")]
    ignore_column: Vec<String>,
}

impl From<ColumnArgs> for ColumnNames {
    fn from(args: ColumnArgs) -> Self {
        Self {
            id: args.id_column,
            kind: args.kind_column,
            created: args.created_column,
            parent: args.parent_column,
            metadata: args.metadata_column,
            ignored: args.ignore_column,
        }
    }
}

fn delimiter(text: &str) -> Result<u8, String> {
    match text.as_bytes() {
        b"\\t" => Ok(b'\t'),
        [byte] if byte.is_ascii() && !byte.is_ascii_alphanumeric() && !b"\"\r\n_-".contains(byte) => Ok(*byte),
        _ => Err("expected one character that can separate fields, such as `;`, or \\t".to_owned()),
    }
}

impl Import {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let is_dry_run = app.options().dry_run != DryRun::Off;
        if let Some(path) = &self.spill {
            return import_spill_file(app, path, is_dry_run);
        }
        let options = ImportOptions {
            kind: self.kind.as_deref().map(kind).transpose()?,
            origin: origin(app, self.origin.as_deref())?,
            path: self.path,
            format: self.format,
            no_header: self.no_header,
            delimiter: self.delimiter,
            columns: self.columns.into(),
        };
        let ImportResult { new, known, without_id, ended } = import(app, &options)?;
        let mut text = match is_dry_run {
            true => format!("{}; nothing was recorded", counted(new, "ID")),
            false => format!("{new} new, {known} known before"),
        };
        if without_id > 0 {
            text += &format!("; {} without an ID", counted(without_id, "row"));
        }
        app.ui().summary(&text, &json!({ "new": new, "known": known, "without_id": without_id }));
        ended
    }
}

/// Imports a spill file and prints the number of its entries.
fn import_spill_file(app: &App, path: &Path, is_dry_run: bool) -> Result<()> {
    let imported = import_spill(app, path)?;
    let entries = counted(imported, "entry");
    let text = match is_dry_run {
        true => format!("{entries}; nothing was recorded"),
        false => format!("{entries} of {} are in {}", path.display(), app.records()?.place()),
    };
    app.ui().summary(&text, &json!({ "entries": imported }));
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn only_a_character_that_can_separate_fields_is_accepted() {
        assert_eq!((delimiter(";"), delimiter("\\t")), (Ok(b';'), Ok(b'\t')));
        for bad in ["", "ab", "a", "\"", "é", "\n", "-"] {
            assert!(delimiter(bad).is_err(), "{bad:?}");
        }
    }
}
