//! The ledger: asst's own database of IDs, intents and events (docs/design/ledger.md). Must not depend on HTTP,
//! profiles, the terminal or the clock: times are Unix seconds from the caller.
//!
//! A ledger is opened on first use, so that a broken one degrades a command without failing it. Entries that cannot be
//! written within [`PATIENCE`] go to a spill file, which the next use of the ledger takes in.

mod admin;
mod copy;
mod entry;
mod error;
mod import;
mod import_sort;
mod list;
mod location;
mod read;
mod row;
mod spill;
mod statements;
mod take_in;
#[cfg(test)]
mod tests;

pub use crate::db::Access;
pub use admin::{Extent, Settling};
pub use copy::Copied;
pub use entry::{Cursor, Entry, Event, Intent, Key, Outcome, Row, Settled, Source, State, Touched};
pub use error::LedgerError;
pub use import::Imported;
pub use list::{Filter, Ids, States};
pub use location::Place;
pub use read::{AGES_IN_DAYS, Ages, Intended, Intents, Stats, Tally};
pub use spill::{Elsewhere, SpillDirs};
pub use take_in::{LeftOut, SpillError, TakenIn, entries_in_spill};

use crate::db::{Db, DbError, Statements};
use spill::Spills;
use statements::Made;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The maximum time to wait for the ledger to accept an entry before the entry goes to a spill file.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// The time for which the ledger is not tried again after a lock that lasted longer than the patience.
const LEFT_ALONE: Duration = Duration::from_secs(10);

/// The treatment of the raw JSON of a deleted object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Deleted {
    #[default]
    BlankRaw,
    KeepRaw,
}

/// The destination of written entries.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum Written {
    Ledger,
    /// A spill file, which the next use of the ledger takes in. The entries are durable.
    Spilled {
        path: PathBuf,
        why: LedgerError,
    },
    /// Neither the ledger nor a spill file accepted the entries. Only the caller still has them.
    Nowhere {
        why: LedgerError,
        spills: String,
    },
}

/// A ledger, which many tasks may use concurrently.
#[derive(Debug)]
pub struct Ledger {
    place: Place,
    access: Access,
    deleted: Deleted,
    patience: Duration,
    spills: Spills,
    open: Mutex<Open>,
}

#[derive(Debug)]
struct Open {
    reader: Option<Arc<Db>>,
    writer: Option<Arc<Db>>,
    /// `true` if spill files should be looked for.
    look: bool,
    /// No write is tried before this time, and no database is opened before the next one. Both are set after a wait
    /// that failed, so that a command waits only once.
    leave_alone_until: Option<Instant>,
    leave_closed_until: Option<Instant>,
    closed_for: Option<DbError>,
    taken_in: TakenIn,
    waiting: take_in::Waiting,
}

impl Ledger {
    /// Returns the ledger at a location. It is opened on first use.
    pub fn new(place: impl Into<Place>, spill_dirs: SpillDirs, access: Access) -> Self {
        let place = place.into();
        let open = Open {
            reader: None,
            writer: None,
            look: true,
            leave_alone_until: None,
            leave_closed_until: None,
            closed_for: None,
            taken_in: TakenIn::default(),
            waiting: take_in::Waiting::default(),
        };
        Self {
            spills: Spills::new(place.identity(), spill_dirs),
            place,
            access,
            deleted: Deleted::default(),
            patience: PATIENCE,
            open: Mutex::new(open),
        }
    }

    /// Sets whether the raw JSON of deleted objects is kept.
    #[must_use]
    pub fn with_deleted(self, deleted: Deleted) -> Self {
        Self { deleted, ..self }
    }

    /// Returns the location of the ledger.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// Returns `true` unless the ledger is a file that is known to be missing.
    pub fn exists(&self) -> bool {
        self.place.file().is_none_or(|path| path.try_exists().unwrap_or(true))
    }

    /// Checks that the ledger exists or can be created.
    ///
    /// # Errors
    /// If the ledger is a missing file whose folder can neither be created nor written.
    pub fn could_be_made(&self) -> Result<(), LedgerError> {
        self.place.could_be_made().map_err(|cause| self.wrong(cause))
    }

    /// Writes all entries or none. They are durable when this returns, unless the result is [`Written::Nowhere`].
    pub async fn write(&self, entries: Vec<Entry>) -> Written {
        if entries.is_empty() {
            return Written::Ledger;
        }
        let entries = Arc::new(entries);
        let Err(why) = self.record(&entries).await else { return Written::Ledger };
        match self.spills.append(&entries) {
            Ok(path) => {
                self.lock().look = true;
                Written::Spilled { path, why }
            }
            Err(spills) => Written::Nowhere { why, spills },
        }
    }

    /// Opens the ledger for writing and takes in waiting spill files, to find out now whether it can be written
    /// (`--require-ledger`, `ledger doctor`).
    pub async fn check(&self) -> Result<(), LedgerError> {
        let db = self.for_writing().await?;
        db.atomic(Vec::new()).await.map(drop).map_err(|cause| self.wrong(cause))
    }

    /// Returns `true` if closing the ledger has work to do for which the process should wait before it ends.
    pub fn wants_closing(&self) -> bool {
        self.lock().writer.as_ref().is_some_and(|db| db.wants_closing())
    }

    async fn record(&self, entries: &Arc<Vec<Entry>>) -> Result<(), LedgerError> {
        let db = self.for_writing().await?;
        let statements = |made| {
            let (entries, deleted) = (Arc::clone(entries), self.deleted);
            Statements::by(move || statements::statements(entries.iter(), deleted, made))
        };
        match self.run(&db, statements(Made::Unknown)).await {
            Err(LedgerError { cause: DbError::Duplicate { .. }, .. }) => {
                self.run(&db, statements(Made::PerhapsKnown)).await
            }
            done => done,
        }
    }

    async fn run(&self, db: &Db, batch: impl Into<Statements>) -> Result<(), LedgerError> {
        let written = db.atomic(batch).await.map(drop);
        self.note_lock(written.as_ref().err());
        written.map_err(|cause| self.wrong(cause))
    }

    /// Returns the database for writing, after taking in waiting spill files.
    async fn for_writing(&self) -> Result<Arc<Db>, LedgerError> {
        let (db, look) = self.open_for_writing().map_err(|cause| self.wrong(cause))?;
        if look && let Err(error) = self.take_in(&db).await {
            self.lock().look = true;
            return Err(error);
        }
        Ok(db)
    }

    /// Returns the database, and `true` if the caller must look for spill files.
    fn open_for_writing(&self) -> Result<(Arc<Db>, bool), DbError> {
        let mut open = self.lock();
        if self.access == Access::ReadOnly {
            return Err(DbError::ReadOnly);
        }
        if open.leave_alone_until.is_some_and(|until| Instant::now() < until) {
            return Err(DbError::Busy);
        }
        let db = match &open.writer {
            Some(db) => db.clone(),
            None => {
                let db = self.open_once(Access::ReadWrite, &mut open)?;
                open.writer = Some(db.clone());
                open.reader = None;
                db
            }
        };
        Ok((db, std::mem::take(&mut open.look)))
    }

    /// Returns the database for reading, or `None` if there is no ledger yet.
    async fn for_reading(&self) -> Result<Option<Arc<Db>>, LedgerError> {
        self.look_for_spills().await;
        match self.open_for_reading() {
            Ok(db) => Ok(Some(db)),
            Err(DbError::Missing) => Ok(None),
            Err(DbError::OlderSchema { .. }) if self.access == Access::ReadWrite => self.for_writing().await.map(Some),
            Err(cause) => Err(self.wrong(cause)),
        }
    }

    fn open_for_reading(&self) -> Result<Arc<Db>, DbError> {
        let mut open = self.lock();
        if let Some(db) = open.writer.as_ref().or(open.reader.as_ref()) {
            return Ok(db.clone());
        }
        let db = self.open_once(Access::ReadOnly, &mut open)?;
        open.reader = Some(db.clone());
        Ok(db)
    }

    /// Opens the database, unless an earlier attempt failed a moment ago after a wait. A wait that failed for writing
    /// would fail for reading too.
    fn open_once(&self, access: Access, open: &mut Open) -> Result<Arc<Db>, DbError> {
        let left = |until: Option<Instant>| until.is_some_and(|until| Instant::now() < until);
        if left(open.leave_closed_until) {
            return Err(open.closed_for.clone().unwrap_or(DbError::Busy));
        }
        let opened = self.place.open(access, self.patience).map(Arc::new);
        if let Err(error) = opened.as_ref()
            && error.lasts()
        {
            open.leave_closed_until = Some(Instant::now() + LEFT_ALONE);
            open.closed_for = Some(error.clone());
        }
        opened
    }

    /// Records whether a write failed because of a lock that lasts. The next writes then do not wait for the same lock
    /// one by one.
    fn note_lock(&self, failure: Option<&DbError>) {
        let lasts = failure.is_some_and(DbError::lasts);
        self.lock().leave_alone_until = lasts.then(|| Instant::now() + LEFT_ALONE);
    }

    fn wrong(&self, cause: DbError) -> LedgerError {
        LedgerError { place: self.place.to_string(), cause }
    }

    /// Locks the state. Poisoning is ignored, because a panic leaves no partial change behind.
    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
