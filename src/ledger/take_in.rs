//! Taking in spill files, and reporting those that the ledger lacks. Must not depend on how the report is displayed.

use super::{
    Entry, Ledger, LedgerError,
    spill::{Elsewhere, Held, Lines, Taken},
    statements::{self, Made},
};
use crate::db::{Access, Db, Statement, Value};
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
/// The pause between two attempts to hold a spill file that another process holds.
const PAUSE: Duration = Duration::from_millis(10);

/// A summary of the spill files that were taken in.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TakenIn {
    pub files: u64,
    pub entries: u64,
    /// Files with the damaged lines of the spill files.
    pub aside: Vec<PathBuf>,
}

/// Spill files that the ledger could not take in, so that its results are incomplete.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the ledger `{place}` lacks what is in {}: {why}", named(paths))]
pub struct LeftOut {
    pub place: String,
    pub paths: Vec<PathBuf>,
    pub why: String,
}

impl LeftOut {
    /// Returns a hint for the user.
    pub fn hint(&self) -> String {
        let path = self.paths.first().map(|path| path.display().to_string()).unwrap_or_default();
        format!(
            "the next command that can write this ledger takes it in; `asst ledger import --spill {path}`, with \
             `--ledger PATH` where another ledger is to have it, takes it in by hand"
        )
    }
}

fn named(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ")
}

/// The reason why a spill file that the user named was not taken in.
#[derive(Debug, Error)]
pub enum SpillError {
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    #[error("{}: {reason}", path.display())]
    File { path: PathBuf, reason: String },
}

/// The state of the waiting spill files.
#[derive(Debug, Clone, Default)]
pub(super) struct Waiting {
    /// The files that could not be taken in at the last attempt, each with the reason.
    left: Vec<(PathBuf, String)>,
    /// `true` if another process uses one of them, which may end soon.
    in_use: bool,
    /// `true` if this value has already waited for such a process.
    waited: bool,
    /// `true` if the ledger was asked for a listing, a count, intents or events.
    answered: bool,
}

impl Ledger {
    /// Returns a summary of the spill files that this value has taken in so far.
    pub fn taken_in(&self) -> TakenIn {
        self.lock().taken_in.clone()
    }

    /// Returns the spill files that wait to be taken in, and those that hold damaged lines.
    pub fn spills(&self) -> (Vec<PathBuf>, Vec<PathBuf>) {
        (self.spills.waiting(), self.spills.aside())
    }

    /// Returns the spill files of this user that are bound to other ledgers.
    pub fn spills_elsewhere(&self) -> Vec<Elsewhere> {
        self.spills.elsewhere()
    }

    /// Returns the spill files that could not be taken in when the ledger was last read, if any.
    pub fn left_out(&self) -> Option<LeftOut> {
        let open = self.lock();
        let (_, why) = open.waiting.left.first()?;
        let paths = open.waiting.left.iter().map(|(path, _)| path.clone()).collect();
        Some(LeftOut { place: self.place.to_string(), paths, why: why.clone() })
    }

    /// Returns `true` if the ledger was asked for a listing, a count, intents or events, and not only for single
    /// objects.
    pub fn has_answered(&self) -> bool {
        self.lock().waiting.answered
    }

    pub(super) fn note_answer(&self) {
        self.lock().waiting.answered = true;
    }

    /// Checks that no entries wait in spill files. A decision about a deletion must not rely on an incomplete ledger.
    ///
    /// # Errors
    /// If the ledger cannot be read. The inner error lists the spill files that wait.
    pub async fn require_complete(&self) -> Result<Result<(), LeftOut>, LedgerError> {
        self.for_reading().await?;
        Ok(self.left_out().map_or(Ok(()), Err))
    }

    /// Takes in waiting spill files before the ledger is read. A failure is recorded and not returned, because the
    /// ledger may still be readable.
    pub(super) async fn look_for_spills(&self) {
        if !self.lock().look {
            return;
        }
        let waiting = self.spills.waiting();
        if waiting.is_empty() || self.access == Access::ReadOnly {
            let mut open = self.lock();
            let reason = "the ledger is only read".to_owned();
            open.waiting.left = waiting.into_iter().map(|path| (path, reason.clone())).collect();
            open.look = false;
            return;
        }
        let begun = Instant::now();
        loop {
            if let Err(error) = self.for_writing().await {
                let why = error.cause.to_string();
                self.lock().waiting.left = self.spills.waiting().into_iter().map(|path| (path, why.clone())).collect();
                return;
            }
            let Waiting { in_use, waited, .. } = self.lock().waiting.clone();
            if !in_use || waited || begun.elapsed() >= self.patience {
                self.lock().waiting.waited |= in_use;
                return;
            }
            thread::sleep(PAUSE);
        }
    }

    pub(super) async fn take_in(&self, db: &Db) -> Result<(), LedgerError> {
        let (mut left, mut in_use) = (Vec::new(), false);
        for path in self.spills.waiting() {
            match Taken::hold(path.clone()) {
                // The user has to correct it first.
                Ok(Held::Taken(spill)) if spill.is_aside() && !spill.damaged_lines().is_empty() => {}
                Ok(Held::Taken(spill)) => {
                    let name = spill.noted_as();
                    if let Err(reason) = self.take_in_one(db, spill, &name).await? {
                        left.push((path, reason));
                    }
                }
                Ok(Held::Gone | Held::Foreign) => {}
                Ok(Held::InUse) => {
                    in_use = true;
                    left.push((path, "another process uses it".to_owned()));
                }
                Err(error) => left.push((path, error.to_string())),
            }
        }
        let mut open = self.lock();
        // Files that could not be taken in are tried again, because the reason may disappear at any time.
        open.look |= !left.is_empty();
        (open.waiting.left, open.waiting.in_use) = (left, in_use);
        Ok(())
    }

    /// Takes in one spill file. Its entries and the record of the file become durable together, so that a file found
    /// again after a crash adds nothing twice.
    ///
    /// Only lines that are proven damaged are put aside. Any other error leaves the file for the next command. An error
    /// that does not concern the ledger is the inner one.
    async fn take_in_one(&self, db: &Db, spill: Taken, name: &str) -> Result<Result<u64, String>, LedgerError> {
        let known = db.read(SPILL_TAKEN, vec![name.into()]).await.map_err(|cause| self.wrong(cause))?;
        let taken = known.first().map_or(Ok(0), |row| row.int(0)).map_err(|cause| self.wrong(cause))?;
        let lines = spill.lines(usize::try_from(taken).unwrap_or_default());
        let mut aside = None;
        if !lines.damaged.is_empty() {
            // The damaged lines are saved before the ledger records that it has the whole file.
            match spill.put_aside(&lines.damaged) {
                Ok(path) => aside = Some(path),
                Err(error) => return Ok(Err(format!("its damaged lines cannot be put aside: {error}"))),
            }
        }
        let mut entries = lines.entries.len() as u64;
        if entries > 0 {
            match self.run(db, self.taking(name, &lines)).await {
                Err(error) if error.cause.is_of_the_values() => {
                    match self.take_in_each(db, &spill, name, &lines).await? {
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
        open.taken_in.files += u64::from(entries > 0);
        open.taken_in.entries += entries;
        open.taken_in.aside.extend(aside);
        Ok(Ok(entries))
    }

    /// Takes in the entries one by one and puts aside those that the ledger rejects. Returns the paths of the files to
    /// which they went.
    async fn take_in_each(
        &self,
        db: &Db,
        spill: &Taken,
        name: &str,
        lines: &Lines,
    ) -> Result<Result<Vec<PathBuf>, String>, LedgerError> {
        let mut refused = Vec::new();
        for (entry, end) in &lines.entries {
            let mut batch = statements::statements([entry], self.deleted, Made::PerhapsKnown);
            batch.push(taken_to(name, *end));
            match self.run(db, batch).await {
                // The user corrects such a file: it is not put aside into itself, and what is behind waits for that.
                Err(error) if error.cause.is_of_the_values() && spill.is_aside() => {
                    return Ok(Err(format!(
                        "the ledger refuses an entry: {error}; correct or remove its line: {}",
                        brief(entry)
                    )));
                }
                Err(error) if error.cause.is_of_the_values() => {
                    let line = serde_json::to_vec(entry).unwrap_or_default();
                    match spill.put_aside(&[line]) {
                        Ok(path) => refused.push(path),
                        Err(error) => return Ok(Err(format!("its damaged lines cannot be put aside: {error}"))),
                    }
                }
                done => done?,
            }
        }
        self.run(db, vec![taken_to(name, lines.length)]).await?;
        Ok(Ok(refused))
    }

    fn taking(&self, name: &str, lines: &Lines) -> Vec<Statement> {
        let entries = lines.entries.iter().map(|(entry, _)| entry);
        let mut batch = statements::statements(entries, self.deleted, Made::PerhapsKnown);
        batch.push(taken_to(name, lines.length));
        batch
    }

    /// Takes in a spill file that the user named, whichever ledger it is bound to. Returns the number of entries in it.
    ///
    /// # Errors
    /// If the path is not a spill file, the file is in use, or it holds damaged lines that were put aside before. Also
    /// if the ledger cannot be written.
    pub async fn take_in_spill(&self, path: &Path) -> Result<u64, SpillError> {
        let (path, spill) = held(path)?;
        let db: Arc<Db> = self.for_writing().await?;
        let name = spill.noted_as();
        self.take_in_one(&db, spill, &name).await?.map_err(|reason| SpillError::File { path, reason })
    }
}

/// Returns the number of entries in a spill file that the user named.
///
/// # Errors
/// If the path is not a spill file, the file is in use, or it holds damaged lines that were put aside before.
pub fn entries_in_spill(path: &Path) -> Result<u64, SpillError> {
    Ok(held(path)?.1.lines(0).entries.len() as u64)
}

fn held(path: &Path) -> Result<(PathBuf, Taken), SpillError> {
    let wrong = |reason: String| SpillError::File { path: path.to_owned(), reason };
    let real = path.canonicalize().map_err(|error| wrong(error.to_string()))?;
    let spill = match Taken::hold_named(real).map_err(|error| wrong(error.to_string()))? {
        Held::Taken(spill) if spill.is_spill() => spill,
        Held::Taken(_) => return Err(wrong("expected a spill file, whose first line has `asst_spill`".to_owned())),
        Held::InUse => return Err(wrong("another process uses it; try again when that has ended".to_owned())),
        Held::Gone | Held::Foreign => return Err(wrong("it is gone".to_owned())),
    };
    let damaged = spill.damaged_lines();
    if spill.is_aside() && !damaged.is_empty() {
        let lines = damaged.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
        return Err(wrong(format!("damaged lines: {lines}; correct or remove them, nothing was taken in")));
    }
    Ok((path.to_owned(), spill))
}

/// Returns the beginning of an entry's line.
fn brief(entry: &Entry) -> String {
    const LENGTH: usize = 120;
    serde_json::to_string(entry).unwrap_or_default().chars().take(LENGTH).collect()
}

fn taken_to(name: &str, length: usize) -> Statement {
    (TAKE_SPILL, vec![Value::from(name), i64::try_from(length).unwrap_or(i64::MAX).into()])
}
