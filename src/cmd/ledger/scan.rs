//! `asst ledger scan`: finds IDs in logs, dumps and archives, and adds them to the ledger.

use crate::api::Kind;
use crate::app::{App, Cardinality, DryRun, StdoutState, TableSpec};
use crate::exit::{AlreadyReported, MIXED, Usage};
use crate::intake::scan::{ScanCounts, ScanOptions, ScannedId, scan};
use crate::intake::{kind, origin};
use crate::ui::{OutputError, counted};
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use regex_lite::Regex;
use serde_json::json;
use std::path::PathBuf;

/// The arguments of `asst ledger scan`.
#[derive(Debug, clap::Args)]
pub struct Scan {
    /// Files and folders to scan; - is standard input
    ///
    /// Reads text of any kind, such as logs, SQL dumps, HAR and JSON, in UTF-8, UTF-16 or UTF-32. Also reads gzip and
    /// zstd files and SQLite databases.
    #[arg(value_name = "PATH|-", required = true)]
    paths: Vec<PathBuf>,
    /// Only IDs of this kind (repeatable): assistant, thread, run, file, vector_store, conversation
    #[arg(long)]
    kind: Vec<String>,
    /// Also find IDs without a known prefix, by a pattern: thread=[0-9a-f-]{36} (repeatable)
    #[arg(long, value_name = "KIND=REGEX")]
    pattern: Vec<String>,
    /// Origin of the IDs [default: that of the profile]
    #[arg(long)]
    origin: Option<String>,
}

const TABLE: TableSpec = TableSpec {
    noun: "ids",
    columns: &[Col::id("id"), Col::text("kind", "kind"), Col::new("seen", "seen", CellKind::Text)],
    members: Members::These("id kind seen"),
};

/// Parses the value of `--pattern`.
fn pattern(text: &str) -> Result<(Kind, Regex), Usage> {
    let (name, regex) = text.split_once('=').ok_or_else(|| {
        Usage::hinted(format!("--pattern: expected KIND=REGEX, got `{text}`"), "write --pattern thread=REGEX")
    })?;
    let regex = Regex::new(regex).map_err(|error| Usage::new(format!("--pattern `{text}`: {error}")))?;
    Ok((kind(name)?, regex))
}

impl Scan {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let options = ScanOptions {
            kinds: self.kind.iter().map(|name| kind(name)).collect::<Result<_, _>>()?,
            patterns: self.pattern.iter().map(|text| pattern(text)).collect::<Result<_, _>>()?,
            origin: origin(app, self.origin.as_deref())?,
            paths: self.paths,
        };
        let dry = app.options().dry_run != DryRun::Off;
        let mut printer = app.printer(TABLE, Cardinality::Many)?;
        let mut shown = StdoutState::Open;
        // If the output is closed, the scan continues, because it also imports the IDs. A dry run ends, because the
        // output is its only effect.
        let mut print = |text: &str| {
            shown.out(app.ui(), text)?;
            if dry && shown == StdoutState::Closed { Err(OutputError::Closed) } else { Ok(()) }
        };
        let counts = scan(app, &options, |ScannedId { id, kind, seen }| {
            let item = json!({ "id": id, "kind": kind.name(), "seen": seen });
            Ok(print(&printer.item(&item)?)?)
        })?;
        print(&printer.end()?)?;
        report(app, counts, dry)
    }
}

/// Prints the counts. Returns an error if the result is incomplete, because a file was not read completely or because a
/// text that resembles an ID (a near miss) was not imported.
fn report(app: &App, counts: ScanCounts, dry: bool) -> Result<()> {
    let ScanCounts { new, known, files, unread, near_misses } = counts;
    let in_files = counted(files, "file");
    let mut text = match dry {
        true => format!("{} in {in_files}; nothing was recorded", counted(new, "ID")),
        false => format!("{new} new, {known} known before, in {in_files}"),
    };
    if near_misses > 0 {
        text += &format!("; {}", counted(near_misses, "near miss"));
    }
    if unread > 0 {
        text += &format!("; {} not read completely", counted(unread, "file"));
    }
    let values = json!({ "new": new, "known": known, "files": files, "unread": unread, "near_misses": near_misses });
    app.ui().summary(&text, &values);
    if unread + near_misses > 0 { Err(AlreadyReported(MIXED).into()) } else { Ok(()) }
}
