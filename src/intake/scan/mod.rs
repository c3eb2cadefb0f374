//! Finds IDs in logs, dumps and archives, and adds them to the ledger.
//!
//! `walk` lists files and `open` detects their format. `text`, `har` and `sqlite` read them, and `find` searches bytes
//! for IDs.

mod binary;
mod boundary;
mod classify;
mod encoded;
mod expand;
mod find;
mod formats;
mod har;
mod near_misses;
mod open;
mod prefixes;
mod read_ahead;
mod sqlite;
mod tar;
#[cfg(test)]
mod tests;
mod text;
mod value;
mod walk;
mod wide;
mod window;
mod wrapped;
mod zstd;

use crate::api::Kind;
use crate::app::{App, DryRun, Work};
use crate::db::block_on;
use crate::env::clock;
use crate::exit::Usage;
use crate::ledger::{ObjectState, Row, Source};
use crate::ui::counted;
use anyhow::Result;
use find::{IdFinder, Match};
use near_misses::{NearMiss, NearMisses};
use open::{DatabaseFile, OpenedFile};
use regex_lite::Regex;
use serde_json::json;
use sqlite::{DatabaseEnd, UnreadColumn};
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use walk::{Files, WalkEntry};

/// The maximum number of IDs that a scan remembers, so that it passes on a repeated ID only once. At the limit, all of
/// them are forgotten.
const REMEMBERED: usize = 200_000;
/// The number of rows that are added to the ledger at once.
const BATCH: usize = 10_000;

/// The inputs of a scan, and the IDs to look for.
#[derive(Debug)]
pub struct ScanOptions {
    /// Files and folders. `-` is standard input.
    pub paths: Vec<PathBuf>,
    /// Only IDs of these kinds. An empty list means all kinds.
    pub kinds: Vec<Kind>,
    /// Patterns for IDs without a known prefix.
    pub patterns: Vec<(Kind, Regex)>,
    /// The origin of the IDs.
    pub origin: String,
}

/// An ID that a scan found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScannedId<'a> {
    pub id: &'a str,
    pub kind: Kind,
    /// The position where the ID was found first, such as `app.log:12` or `chat.db:message.thread:3`.
    pub seen: &'a str,
}

/// The counts of a scan.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ScanCounts {
    /// IDs that the ledger did not have. In a dry run, all IDs.
    pub new: u64,
    /// IDs that the ledger had.
    pub known: u64,
    pub files: u64,
    /// Files that were not read, or not completely. Each was reported as a warning.
    pub unread: u64,
    /// Texts that look like IDs and were not added. Each was reported as a warning.
    pub near_misses: u64,
}

/// Scans files for IDs and adds them to the ledger, unless this is a dry run. Passes each ID to `each` the first time
/// that it is found.
///
/// # Errors
/// Returns an error if a path does not exist, if the ledger fails, or if the command was stopped. IDs that were passed
/// to `each` before a stop are in the ledger. Errors of `each` end the scan.
pub fn scan(app: &App, options: &ScanOptions, each: impl FnMut(ScannedId<'_>) -> Result<()>) -> Result<ScanCounts> {
    let dry = app.options().dry_run != DryRun::Off;
    let mut scan = Scan {
        app,
        origin: &options.origin,
        finder: Rc::new(IdFinder::new(&options.kinds).with_patterns(options.patterns.clone())),
        roots: options.paths.iter().filter_map(|path| path.canonicalize().ok()).collect(),
        each,
        known: HashSet::new(),
        waiting: Vec::new(),
        counts: ScanCounts::default(),
        near_misses: NearMisses::default(),
        dry,
    };
    if !dry {
        app.ledger()?;
    }
    let next = "run the same command again; IDs that the ledger has are not imported twice".to_owned();
    app.tally().begin(Work { done: "IDs imported", total: None, next });
    app.handle_signals();
    for path in &options.paths {
        scan.path(path)?;
    }
    scan.finish()
}

/// A scan in progress.
struct Scan<'a, F> {
    app: &'a App,
    origin: &'a str,
    finder: Rc<IdFinder>,
    /// The resolved paths of the scan.
    roots: Rc<[PathBuf]>,
    each: F,
    known: HashSet<String>,
    /// The rows that are not in the ledger yet.
    waiting: Vec<Row>,
    counts: ScanCounts,
    near_misses: NearMisses,
    dry: bool,
}

impl<F: FnMut(ScannedId<'_>) -> Result<()>> Scan<'_, F> {
    fn path(&mut self, path: &Path) -> Result<()> {
        if path == Path::new("-") {
            return self.file(Path::new("-"), open::opened(std::io::stdin(), None));
        }
        if !path.exists() {
            return Err(Usage::new(format!("{}: no such file or folder", path.display())).into());
        }
        let roots = Rc::clone(&self.roots);
        for entry in Files::below(path, &roots) {
            match entry {
                WalkEntry::File(file) => self.file(&file, open::file(&file))?,
                WalkEntry::LeftOut(path, reason) => self.report_unread(&path, &[reason.to_string()]),
            }
        }
        Ok(())
    }

    /// Warns that a file was not read, or not completely, and counts it. Does nothing without a reason.
    fn report_unread(&mut self, path: &Path, reasons: &[String]) {
        self.counts.unread += u64::from(!reasons.is_empty());
        for reason in reasons {
            self.app.ui().warn(&format!("{} was not read completely: {reason}", path.display()));
        }
    }

    fn file(&mut self, path: &Path, opened: std::io::Result<OpenedFile>) -> Result<()> {
        self.counts.files += 1;
        let reasons = match opened {
            Ok(OpenedFile::Text(from)) => self.text(path, from)?,
            Ok(OpenedFile::Database(file)) => self.database(path, &file)?,
            Ok(OpenedFile::Unsupported(format)) => vec![format!("it is {}; {}", format.name, format.hint)],
            Err(error) => vec![error.to_string()],
        };
        self.report_unread(path, &reasons);
        Ok(())
    }

    /// Scans text. Returns the reasons why it was not searched completely.
    fn text(&mut self, path: &Path, from: read_ahead::BoxedReader) -> Result<Vec<String>> {
        let finder = Rc::clone(&self.finder);
        let end = text::each(from, &finder, |found, line| self.add(found, &format!("{}:{line}", path.display())))?;
        let mut reasons = Vec::new();
        if let Err(error) = end.read {
            reasons.push(error.to_string());
        } else if end.is_binary {
            reasons.push("it is partly binary, and IDs in binary data are not found".to_owned());
        }
        reasons
            .extend(end.damaged_body.map(|error| format!("a compressed body cannot be expanded completely ({error})")));
        Ok(reasons)
    }

    /// Scans a database value by value. If it is damaged, also scans the bytes of the file. Returns the reasons why it
    /// was not searched completely.
    fn database(&mut self, path: &Path, file: &DatabaseFile) -> Result<Vec<String>> {
        let finder = Rc::clone(&self.finder);
        let take = |found, place: &str| self.add(found, &format!("{}:{place}", path.display()));
        let DatabaseEnd { damage, unread } = sqlite::each(file.path(), &finder, take)?;
        let column = |UnreadColumn { place, reason, count }| match count {
            1 => format!("{place}: {reason}"),
            count => format!("{place}, and {} in this column: {reason}", counted(count - 1, "further value")),
        };
        let mut reasons: Vec<String> = unread.into_iter().map(column).collect();
        if let Some(damage) = damage {
            reasons.push(format!("the database is damaged ({damage}); its bytes were searched as well"));
            if let Ok(file) = std::fs::File::open(file.path()) {
                self.text(path, Box::new(file))?;
            }
        }
        Ok(reasons)
    }

    fn add(&mut self, found: Match, seen: &str) -> Result<()> {
        if self.app.stopped().is_some() {
            // Records the IDs that were printed before, so that the error contains their number.
            self.import()?;
            return self.app.stopped().map_or(Ok(()), Err);
        }
        if let Some(rejection) = found.rejection {
            self.near_misses.add(found, rejection, seen);
            return Ok(());
        }
        let Match { id, kind, .. } = found;
        if self.known.contains(&id) {
            return Ok(());
        }
        if self.known.len() == REMEMBERED {
            self.known.clear();
        }
        self.known.insert(id.clone());
        (self.each)(ScannedId { id: &id, kind, seen })?;
        let row = Row::new(self.origin, kind, &id, Source::Scanned, clock::now());
        let provenance = Some(json!({ "seen": seen }).to_string());
        self.waiting.push(Row { state: ObjectState::Unknown, provenance, ..row });
        if self.waiting.len() == BATCH { self.import() } else { Ok(()) }
    }

    /// Adds the waiting rows to the ledger. A dry run only counts them.
    fn import(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.waiting);
        let count = rows.len() as u64;
        if self.dry {
            self.counts.new += count;
            return Ok(());
        }
        let imported = block_on(self.app.ledger()?.import(rows))?;
        self.app.tally().add(count);
        self.counts.new += imported.new;
        self.counts.known += imported.known;
        Ok(())
    }

    fn finish(mut self) -> Result<ScanCounts> {
        self.import()?;
        let (unresolved, others) = self.near_misses.unresolved(&self.known);
        for NearMiss { id, rejection, seen } in &unresolved {
            self.app.ui().warn(&format!("{seen}: `{id}` was not imported: {}", rejection.reason()));
        }
        self.counts.near_misses = unresolved.len() as u64 + others;
        Ok(self.counts)
    }
}
