//! Imports spill files, and reports those that could not be imported. The module must not depend on how the report is
//! displayed.

use super::{
    Entry, Ledger, LedgerError,
    spill::{LockResult, LockedSpill, OtherLedgerSpill, SpillLines},
    statements::{self, RowExistence},
};
use crate::db::{Access, Db, Statement, Value};
use crate::ui::shorten;
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    thread,
    time::{Duration, Instant},
};
use thiserror::Error;

const SPILL_TAKEN: &str = "select length from spill where name = $1";
const TAKE_SPILL: &str = "insert into spill (name, length) values ($1, $2)
    on conflict (name) do update set length = excluded.length";
/// The pause between two attempts to lock a spill file that another process uses.
const PAUSE: Duration = Duration::from_millis(10);

/// A summary of the spill files that were imported.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpillSummary {
    pub files: u64,
    pub entries: u64,
    /// Files with the damaged lines of the spill files.
    pub aside: Vec<PathBuf>,
}

/// Spill files that the ledger could not import, so that its results are incomplete.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the ledger `{place}` lacks the entries in {}: {why}", named(paths))]
pub struct IncompleteLedger {
    pub place: String,
    pub paths: Vec<PathBuf>,
    pub why: String,
}

impl IncompleteLedger {
    /// Returns a hint for the user.
    pub fn hint(&self) -> String {
        let path = self.paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        format!(
            "the next command that can write this ledger imports it; to import it by hand, run `asst ledger import \
            --spill {path}`, with `--ledger PATH` for another ledger"
        )
    }
}

fn named(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// The reason why a spill file that the user named was not imported.
#[derive(Debug, Error)]
pub enum SpillError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("{}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
}

/// The state of the waiting spill files.
#[derive(Debug, Clone, Default)]
pub(super) struct PendingSpills {
    /// The files that could not be imported at the last attempt, each with the reason.
    left: Vec<(PathBuf, String)>,
    /// `true` if another process uses one of them, which may end soon.
    in_use: bool,
    /// `true` if this value has already waited for such a process.
    waited: bool,
    /// `true` if the ledger was asked for a listing, a count, intents or events.
    answered: bool,
}

impl Ledger {
    /// Returns a summary of the spill files that this value has imported so far.
    pub fn imported_spills(&self) -> SpillSummary {
        self.lock().imported_spills.clone()
    }

    /// Returns the spill files that wait to be imported, and those that hold damaged lines.
    pub fn spills(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        (self.spills.waiting(), self.spills.damaged_files())
    }

    /// Returns the spill files of this user that are bound to other ledgers.
    pub fn spills_elsewhere(&self) -> Vec<OtherLedgerSpill> {
        self.spills.of_other_ledgers()
    }

    /// Returns the spill files that could not be imported when the ledger was last read, if any.
    pub fn missing_spills(&self) -> Option<IncompleteLedger> {
        let open = self.lock();
        let (_, why) = open.waiting.left.first()?;
        let paths = open.waiting.left.iter().map(|(path, _)| path.clone()).collect();
        Some(IncompleteLedger { place: self.location.to_string(), paths, why: why.clone() })
    }

    /// Returns `true` if the ledger was asked for a listing, a count, intents or events, and not only for single
    /// objects.
    pub fn was_listed(&self) -> bool {
        self.lock().waiting.answered
    }

    pub(super) fn note_listing(&self) {
        self.lock().waiting.answered = true;
    }

    /// Checks that no entries wait in spill files. A decision about a deletion must not rely on an incomplete ledger.
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be read. The inner error lists the spill files that wait.
    pub async fn require_complete(&self) -> Result<Result<(), IncompleteLedger>, LedgerError> {
        self.reader().await?;
        Ok(self.missing_spills().map_or(Ok(()), Err))
    }

    /// Imports waiting spill files before the ledger is read. A failure is recorded and not returned, because the
    /// ledger may still be readable.
    pub(super) async fn import_waiting_spills(&self) {
        if !self.lock().spills_to_check {
            return;
        }
        let waiting = self.spills.waiting();
        if waiting.is_empty() || self.access == Access::ReadOnly {
            let mut open = self.lock();
            let reason = "the ledger is open for reading only".to_owned();
            open.waiting.left = waiting.into_iter().map(|path| (path, reason.clone())).collect();
            open.spills_to_check = false;
            return;
        }
        let begun = Instant::now();
        loop {
            if let Err(error) = self.writer().await {
                let why = error.cause.to_string();
                self.lock().waiting.left = self.spills.waiting().into_iter().map(|path| (path, why.clone())).collect();
                return;
            }
            let PendingSpills { in_use, waited, .. } = self.lock().waiting.clone();
            if !in_use || waited || begun.elapsed() >= self.patience {
                self.lock().waiting.waited |= in_use;
                return;
            }
            thread::sleep(PAUSE);
        }
    }

    pub(super) async fn import_spills(&self, db: &Db) -> Result<(), LedgerError> {
        let (mut left, mut in_use) = (Vec::new(), false);
        for path in self.spills.waiting() {
            match LockedSpill::lock(path.clone()) {
                // The user has to correct it first.
                Ok(LockResult::Locked(spill)) if spill.holds_damaged_lines() && !spill.damaged_lines().is_empty() => {}
                Ok(LockResult::Locked(spill)) => {
                    let name = spill.recorded_name();
                    if let Err(reason) = self.import_locked_spill(db, spill, &name).await? {
                        left.push((path, reason));
                    }
                }
                Ok(LockResult::Gone | LockResult::Foreign) => {}
                Ok(LockResult::InUse) => {
                    in_use = true;
                    left.push((path, "another process uses it".to_owned()));
                }
                Err(error) => left.push((path, error.to_string())),
            }
        }
        let mut open = self.lock();
        // Files that could not be imported are tried again, because the reason may disappear at any time.
        open.spills_to_check |= !left.is_empty();
        (open.waiting.left, open.waiting.in_use) = (left, in_use);
        Ok(())
    }

    /// Imports one spill file. Its entries and the record of the file become durable together, so that a file found
    /// again after a crash adds nothing twice.
    ///
    /// Only lines that are proven damaged are moved to the file of damaged lines. Any other error leaves the file for
    /// the next command.
    ///
    /// Returns the number of imported entries, or `Ok(Err(reason))` if the spill file itself is the problem.
    ///
    /// # Errors
    /// Returns an error if the ledger cannot be read or written.
    async fn import_locked_spill(
        &self,
        db: &Db,
        spill: LockedSpill,
        name: &str,
    ) -> Result<Result<u64, String>, LedgerError> {
        let known = db.read(SPILL_TAKEN, vec![name.into()]).await.map_err(|cause| self.error(cause))?;
        let taken = known.first().map_or(Ok(0), |row| row.int(0)).map_err(|cause| self.error(cause))?;
        let lines = spill.lines(usize::try_from(taken).unwrap_or_default());
        let mut aside = None;
        if !lines.damaged.is_empty() {
            // The damaged lines are saved before the ledger records that it has the whole file.
            match spill.append_damaged(&lines.damaged) {
                Ok(path) => aside = Some(path),
                Err(error) => return Ok(Err(format!("its damaged lines cannot be moved to another file: {error}"))),
            }
        }
        let mut entries = lines.entries.len() as u64;
        if entries > 0 {
            match self.run(db, self.spill_statements(name, &lines)).await {
                Err(error) if error.cause.is_caused_by_values() => {
                    match self.import_entry_by_entry(db, &spill, name, &lines).await? {
                        Ok(refused) => {
                            entries -= refused.len() as u64;
                            aside = refused.into_iter().next_back().or(aside);
                        }
                        Err(reason) => return Ok(Err(reason)),
                    }
                }
                done => done?,
            }
        }
        // A file that cannot be removed is found again, but nothing in it is new then.
        let _ = spill.remove();
        let mut open = self.lock();
        open.imported_spills.files += u64::from(entries > 0);
        open.imported_spills.entries += entries;
        open.imported_spills.aside.extend(aside);
        Ok(Ok(entries))
    }

    /// Imports the entries one by one and moves those that the ledger rejects to the file of damaged lines. Returns the
    /// paths of the files to which they went.
    async fn import_entry_by_entry(
        &self,
        db: &Db,
        spill: &LockedSpill,
        name: &str,
        lines: &SpillLines,
    ) -> Result<Result<Vec<PathBuf>, String>, LedgerError> {
        let mut refused = Vec::new();
        for (entry, end) in &lines.entries {
            let mut batch = statements::statements([entry], self.raw_retention, RowExistence::Possible);
            batch.push(record_progress(name, *end));
            match self.run(db, batch).await {
                // The user corrects such a file: its lines are not moved into the file itself, and the entries behind
                // them wait.
                Err(error) if error.cause.is_caused_by_values() && spill.holds_damaged_lines() => {
                    return Ok(Err(format!(
                        "the ledger rejects an entry: {error}; correct or remove its line: {}",
                        brief(entry)
                    )));
                }
                Err(error) if error.cause.is_caused_by_values() => {
                    let line = serde_json::to_vec(entry).unwrap_or_default();
                    match spill.append_damaged(&[line]) {
                        Ok(path) => refused.push(path),
                        Err(error) => {
                            return Ok(Err(format!("its damaged lines cannot be moved to another file: {error}")));
                        }
                    }
                }
                done => done?,
            }
        }
        self.run(db, vec![record_progress(name, lines.length)]).await?;
        Ok(Ok(refused))
    }

    fn spill_statements(&self, name: &str, lines: &SpillLines) -> Vec<Statement> {
        let entries = lines.entries.iter().map(|(entry, _)| entry);
        let mut batch = statements::statements(entries, self.raw_retention, RowExistence::Possible);
        batch.push(record_progress(name, lines.length));
        batch
    }

    /// Imports a spill file that the user named, whichever ledger it is bound to. Returns the number of entries in it.
    ///
    /// # Errors
    /// Returns an error if the path is not a spill file, the file is in use, or it holds damaged lines that were moved
    /// there before. Also if the ledger cannot be written.
    pub async fn import_spill(&self, path: &Path) -> Result<u64, SpillError> {
        let (path, spill) = lock_named(path)?;
        let db: Arc<Db> = self.writer().await?;
        let name = spill.recorded_name();
        self.import_locked_spill(&db, spill, &name).await?.map_err(|reason| SpillError::File { path, reason })
    }
}

/// Returns the number of entries in a spill file that the user named.
///
/// # Errors
/// Returns an error if the path is not a spill file, the file is in use, or it holds damaged lines that were moved
/// there before.
pub fn count_spill_entries(path: &Path) -> Result<u64, SpillError> {
    Ok(lock_named(path)?.1.lines(0).entries.len() as u64)
}

fn lock_named(path: &Path) -> Result<(PathBuf, LockedSpill), SpillError> {
    let wrong = |reason: String| SpillError::File { path: path.to_owned(), reason };
    let real = path.canonicalize().map_err(|error| wrong(error.to_string()))?;
    let spill = match LockedSpill::lock_named(real).map_err(|error| wrong(error.to_string()))? {
        LockResult::Locked(spill) if spill.is_spill() => spill,
        LockResult::Locked(_) => {
            return Err(wrong("expected a spill file, whose first line has `asst_spill`".to_owned()));
        }
        LockResult::InUse => {
            return Err(wrong("another process uses it; try again when that process has ended".to_owned()));
        }
        LockResult::Gone | LockResult::Foreign => return Err(wrong("it no longer exists".to_owned())),
    };
    let damaged = spill.damaged_lines();
    if spill.holds_damaged_lines() && !damaged.is_empty() {
        let lines = damaged.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        return Err(wrong(format!("damaged lines: {lines}; correct or remove them; nothing was imported")));
    }
    Ok((path.to_owned(), spill))
}

/// Returns the beginning of an entry's line.
fn brief(entry: &Entry) -> String {
    const LENGTH: usize = 120;
    shorten(&serde_json::to_string(entry).unwrap_or_default(), LENGTH).into_owned()
}

fn record_progress(name: &str, length: usize) -> Statement {
    Statement::new(TAKE_SPILL, vec![Value::from(name), i64::try_from(length).unwrap_or(i64::MAX).into()])
}
