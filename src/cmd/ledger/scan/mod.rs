//! `asst ledger scan`: finds IDs in logs, dumps and archives, and adds them to the ledger.

mod boundary;
mod classify;
mod database;
mod find;
mod har;
mod near_misses;
mod open;
mod packed;
mod read;
mod read_ahead;
mod sample;
mod wide;
mod wrap;
mod zstd;

use crate::api::Kind;
use crate::app::{App, Shape, Sheet, Shown, Work};
use crate::cmd::rows;
use crate::env::clock;
use crate::exit::{AlreadyReported, MIXED, Usage};
use crate::ledger::{ImportSummary, ObjectState, Row, Source};
use crate::ui::OutputError;
use crate::view::{CellKind, Col, Members};
use anyhow::Result;
use find::{Finders, Found};
use near_misses::{Miss, Misses};
use open::Opened;
use regex_lite::Regex;
use serde_json::json;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::rc::Rc;

/// The number of IDs in the set of IDs that were added already, so that a repeated ID is added once.
const REMEMBERED: usize = 200_000;
/// The number of rows that are added to the ledger at once.
const BATCH: usize = 10_000;

/// The arguments of a scan.
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

const SHEET: Sheet = Sheet {
    noun: "ids",
    columns: &[Col::id("id"), Col::text("kind", "kind"), Col::new("seen", "seen", CellKind::Text)],
    members: Members::These("id kind seen"),
};

fn pattern(text: &str) -> Result<(Kind, Regex), Usage> {
    let (kind, regex) = text.split_once('=').ok_or_else(|| {
        Usage::hinted(
            format!("--pattern `{text}` does not say of which kind its ids are"),
            "write --pattern thread=REGEX",
        )
    })?;
    let regex = Regex::new(regex).map_err(|error| Usage::new(format!("--pattern `{text}`: {error}")))?;
    Ok((rows::kind(kind)?, regex))
}

/// A scan in progress.
struct Scanning<'a> {
    app: &'a App,
    origin: String,
    finders: Rc<Finders>,
    printer: crate::view::Printer,
    shown: Shown,
    known: HashSet<String>,
    waiting: Vec<Row>,
    told: ImportSummary,
    files: u64,
    unread: u64,
    misses: Misses,
    dry: bool,
}

impl Scan {
    pub(super) fn run(self, app: &App) -> Result<()> {
        let kinds = self.kind.iter().map(|kind| rows::kind(kind)).collect::<Result<Vec<_>, _>>()?;
        let patterns = self.pattern.iter().map(|text| pattern(text)).collect::<Result<Vec<_>, _>>()?;
        let dry = app.options().dry_run != crate::app::DryRun::Off;
        let mut scanning = Scanning {
            app,
            origin: super::origin(app, self.origin.as_deref())?,
            finders: Rc::new(Finders::of(&kinds).with(patterns)),
            printer: app.printer(SHEET, Shape::Many)?,
            shown: Shown::UntilClosed,
            known: HashSet::new(),
            waiting: Vec::new(),
            told: ImportSummary::default(),
            files: 0,
            unread: 0,
            misses: Misses::default(),
            dry,
        };
        if !dry {
            app.ledger()?;
        }
        let next = "run the same command again; what is known is not taken in twice".to_owned();
        app.tally().begin(Work { done: "IDs taken in", total: None, next });
        app.heed_signals();
        for path in &self.paths {
            scanning.path(path)?;
        }
        scanning.finish()
    }
}

impl Scanning<'_> {
    fn path(&mut self, path: &Path) -> Result<()> {
        if path == Path::new("-") {
            return self.file(Path::new("-"), open::opened(std::io::stdin(), None));
        }
        if !path.exists() {
            return Err(Usage::new(format!("{}: there is no such file or folder", path.display())).into());
        }
        let mut files = read::Files::below(path);
        while let Some(next) = files.next() {
            match next {
                Ok(file) => self.file(&file, open::file(&file))?,
                Err((path, error)) => self.unreadable(&path, &error),
            }
        }
        Ok(())
    }

    fn unreadable(&mut self, path: &Path, reason: &dyn std::fmt::Display) {
        self.unread += 1;
        self.app.ui().warn(&format!("{} was not read whole: {reason}", path.display()));
    }

    fn file(&mut self, path: &Path, opened: std::io::Result<Opened>) -> Result<()> {
        self.files += 1;
        match opened {
            Ok(Opened::Text(from)) => {
                let ended = self.text(path, from)?;
                if let Err(error) = ended.read {
                    self.unreadable(path, &error);
                } else if ended.binary {
                    self.unreadable(path, &"not all of it is text, and ids in the rest are not seen");
                }
            }
            Ok(Opened::Database(place)) => self.database(path, &place)?,
            Ok(Opened::Foreign(name, help)) => self.unreadable(path, &format_args!("it is {name}; {help}")),
            Err(error) => self.unreadable(path, &error),
        }
        Ok(())
    }

    fn text(&mut self, path: &Path, from: read_ahead::Source) -> Result<read::Ended> {
        let finders = Rc::clone(&self.finders);
        read::each(from, &finders, |found, line| self.take(found, &format!("{}:{line}", path.display())))
    }

    /// Scans a database value by value. If it is damaged, also scans the bytes of the file.
    fn database(&mut self, path: &Path, place: &open::Place) -> Result<()> {
        let finders = Rc::clone(&self.finders);
        let take = |found, at: &str| self.take(found, &format!("{}:{at}", path.display()));
        let Err(damage) = database::each(place.path(), &finders, take)? else { return Ok(()) };
        self.unreadable(path, &format_args!("the database is damaged ({damage}), and was read as bytes besides"));
        match std::fs::File::open(place.path()) {
            Ok(file) => self.text(path, Box::new(file)).map(drop),
            Err(_) => Ok(()),
        }
    }

    fn take(&mut self, found: Found, seen: &str) -> Result<()> {
        if self.app.stopped().is_some() {
            // IDs that were printed are also recorded, and counted before the error is created.
            self.take_in()?;
            return self.app.stopped().map_or(Ok(()), Err);
        }
        if let Some(near) = found.near {
            self.misses.add(found, near, seen);
            return Ok(());
        }
        let Found { id, kind, .. } = found;
        if self.known.contains(&id) {
            return Ok(());
        }
        if self.known.len() == REMEMBERED {
            self.known.clear();
        }
        self.known.insert(id.clone());
        let text = self.printer.item(&json!({ "id": id, "kind": kind.name(), "seen": seen }))?;
        self.show(&text)?;
        let row = Row::new(&self.origin, kind, &id, Source::Scanned, clock::now());
        let provenance = Some(json!({ "seen": seen }).to_string());
        self.waiting.push(Row { state: ObjectState::Unknown, provenance, ..row });
        if self.waiting.len() == BATCH { self.take_in() } else { Ok(()) }
    }

    /// Prints text. If the output is closed, the scan continues, unless it is a dry run and has no other effect.
    fn show(&mut self, text: &str) -> Result<(), OutputError> {
        self.shown.out(self.app.ui(), text)?;
        if self.dry && self.shown == Shown::Closed { Err(OutputError::Closed) } else { Ok(()) }
    }

    fn take_in(&mut self) -> Result<()> {
        let rows = std::mem::take(&mut self.waiting);
        if self.dry {
            self.told.new += rows.len() as u64;
            return Ok(());
        }
        let count = rows.len() as u64;
        let taken = crate::db::block_on(self.app.ledger()?.import(rows))?;
        self.app.tally().add(count);
        self.told.new += taken.new;
        self.told.known += taken.known;
        Ok(())
    }

    /// Warns about each near miss, and returns their number.
    fn name_misses(&mut self) -> u64 {
        let (left, others) = std::mem::take(&mut self.misses).left(&self.known);
        for miss in &left {
            let Miss { id, near, seen } = miss;
            self.app.ui().warn(&format!("{seen}: `{id}` was not taken in: {}", near.reason()));
        }
        left.len() as u64 + others
    }

    fn finish(mut self) -> Result<()> {
        self.take_in()?;
        let text = self.printer.end()?;
        self.show(&text)?;
        let near = self.name_misses();
        let Self { told: ImportSummary { new, known }, files, unread, .. } = self;
        let text = match self.dry {
            true => format!("{new} ids in {files} files; nothing was recorded"),
            false => format!("{new} new, {known} known before, in {files} files"),
        };
        let of = |count: u64, what: &str| if count > 0 { format!("; {count} {what}") } else { String::new() };
        let text = text + &of(near, "near misses") + &of(unread, "files not read whole");
        let counts = json!({ "new": new, "known": known, "files": files, "unread": unread, "near_misses": near });
        self.app.ui().summary(&text, &counts);
        if unread + near > 0 { Err(AlreadyReported(MIXED).into()) } else { Ok(()) }
    }
}
