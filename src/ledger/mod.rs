//! The ledger: asst's own database of IDs, intents and events (docs/design/ledger.md). The module must not depend on
//! HTTP, profiles, the terminal or the clock: times are Unix seconds from the caller.
//!
//! A ledger is opened on first use, so that a broken one degrades a command without failing it. Entries that cannot be
//! written within [`PATIENCE`] go to a spill file, which the next use of the ledger imports.

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
mod spill_import;
mod statements;
#[cfg(test)]
mod tests;

pub use crate::db::Access;
pub use admin::{ForgetScope, SettleResult};
pub use copy::CopySummary;
pub use entry::{
    Activity, Cursor, Entry, Intent, IntentOutcome, LedgerEvent, ObjectKey, ObjectState, Row, Settlement, Source,
};
pub use error::LedgerError;
pub use import::ImportSummary;
pub use list::{IdFilter, RowQuery, StateFilter};
pub use location::LedgerLocation;
pub use read::{AGES_IN_DAYS, AgeCounts, IntentFilter, IntentRecord, KindCount, LedgerStats};
pub use spill::{OtherLedgerSpill, SpillDirs};
pub use spill_import::{IncompleteLedger, SpillError, SpillSummary, count_spill_entries};

use crate::db::{Db, DbError, Statements};
use spill::SpillFiles;
use statements::RowExistence;
use std::{
    path::PathBuf,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// The maximum time to wait for the ledger to accept an entry before the entry goes to a spill file.
pub const PATIENCE: Duration = Duration::from_secs(2);
/// The time for which the ledger is not tried again after it accepted no entry within [`PATIENCE`].
const RETRY_AFTER: Duration = Duration::from_secs(10);

/// The treatment of the raw JSON of a deleted object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum RawRetention {
    #[default]
    Blank,
    Keep,
}

/// The destination of written entries.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub enum WriteResult {
    Ledger,
    /// A spill file, which the next use of the ledger imports. The entries are durable.
    Spilled {
        path: PathBuf,
        why: LedgerError,
    },
    /// Neither the ledger nor a spill file accepted the entries. Only the caller still has them.
    Failed {
        why: LedgerError,
        spills: String,
    },
}

/// A ledger, which many tasks may use concurrently.
#[derive(Debug)]
pub struct Ledger {
    location: LedgerLocation,
    access: Access,
    raw_retention: RawRetention,
    patience: Duration,
    spills: SpillFiles,
    open: Mutex<LedgerState>,
}

#[derive(Debug)]
struct LedgerState {
    reader: Option<Arc<Db>>,
    writer: Option<Arc<Db>>,
    /// `true` if spill files should be looked for.
    spills_to_check: bool,
    /// No write is tried before this time, and no database is opened before the next one. Both are set after a wait
    /// that failed, so that a command waits only once.
    no_write_until: Option<Instant>,
    no_open_until: Option<Instant>,
    open_error: Option<DbError>,
    imported_spills: SpillSummary,
    waiting: spill_import::PendingSpills,
}

impl Ledger {
    /// Returns the ledger at a location. It is opened on first use.
    pub fn new(place: impl Into<LedgerLocation>, spill_dirs: SpillDirs, access: Access) -> Self {
        let place = place.into();
        let open = LedgerState {
            reader: None,
            writer: None,
            spills_to_check: true,
            no_write_until: None,
            no_open_until: None,
            open_error: None,
            imported_spills: SpillSummary::default(),
            waiting: spill_import::PendingSpills::default(),
        };
        Self {
            spills: SpillFiles::new(place.identity(), spill_dirs),
            location: place,
            access,
            raw_retention: RawRetention::default(),
            patience: PATIENCE,
            open: Mutex::new(open),
        }
    }

    /// Sets whether the raw JSON of deleted objects is kept.
    #[must_use]
    pub fn with_raw_retention(self, deleted: RawRetention) -> Self {
        Self { raw_retention: deleted, ..self }
    }

    /// Returns the location of the ledger.
    pub fn location(&self) -> &LedgerLocation {
        &self.location
    }

    /// Returns `true` unless the ledger is a file that is known to be missing.
    pub fn exists(&self) -> bool {
        self.location.file().is_none_or(|path| path.try_exists().unwrap_or(true))
    }

    /// Checks that the ledger exists or can be created.
    ///
    /// # Errors
    /// Returns an error if the ledger is a missing file whose folder can neither be created nor written.
    pub fn check_creatable(&self) -> Result<(), LedgerError> {
        self.location.check_creatable().map_err(|cause| self.error(cause))
    }

    /// Writes all entries or none. They are durable when this returns, unless the result is [`WriteResult::Failed`].
    pub async fn write(&self, entries: Vec<Entry>) -> WriteResult {
        if entries.is_empty() {
            return WriteResult::Ledger;
        }
        let entries = Arc::new(entries);
        let Err(why) = self.record(&entries).await else { return WriteResult::Ledger };
        match self.spills.append(&entries) {
            Ok(path) => {
                self.lock().spills_to_check = true;
                WriteResult::Spilled { path, why }
            }
            Err(spills) => WriteResult::Failed { why, spills },
        }
    }

    /// Opens the ledger for writing and imports waiting spill files, to find out now whether it can be written
    /// (`--require-ledger`, `ledger doctor`).
    pub async fn check(&self) -> Result<(), LedgerError> {
        let db = self.writer().await?;
        db.atomic(Vec::new()).await.map(drop).map_err(|cause| self.error(cause))
    }

    /// Returns `true` if closing the ledger takes time, so that the process must close it before it exits.
    pub fn wants_closing(&self) -> bool {
        self.lock().writer.as_ref().is_some_and(|db| db.needs_checkpoint())
    }

    async fn record(&self, entries: &Arc<Vec<Entry>>) -> Result<(), LedgerError> {
        let db = self.writer().await?;
        let statements = |made| {
            let (entries, deleted) = (Arc::clone(entries), self.raw_retention);
            Statements::deferred(move || statements::statements(entries.iter(), deleted, made))
        };
        match self.run(&db, statements(RowExistence::Absent)).await {
            Err(LedgerError { cause: DbError::Duplicate { .. }, .. }) => {
                self.run(&db, statements(RowExistence::Possible)).await
            }
            done => done,
        }
    }

    async fn run(&self, db: &Db, batch: impl Into<Statements>) -> Result<(), LedgerError> {
        let written = db.atomic(batch).await.map(drop);
        self.note_lock(written.as_ref().err());
        written.map_err(|cause| self.error(cause))
    }

    /// Returns the database for writing, after importing waiting spill files.
    async fn writer(&self) -> Result<Arc<Db>, LedgerError> {
        let (db, must_check_spills) = self.open_for_writing().map_err(|cause| self.error(cause))?;
        if must_check_spills && let Err(error) = self.import_spills(&db).await {
            self.lock().spills_to_check = true;
            return Err(error);
        }
        Ok(db)
    }

    /// Returns the database, and `true` if the caller must import spill files.
    fn open_for_writing(&self) -> Result<(Arc<Db>, bool), DbError> {
        let mut open = self.lock();
        if self.access == Access::ReadOnly {
            return Err(DbError::ReadOnly);
        }
        if open.no_write_until.is_some_and(|until| Instant::now() < until) {
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
        Ok((db, std::mem::take(&mut open.spills_to_check)))
    }

    /// Returns the database for reading, or `None` if there is no ledger yet.
    async fn reader(&self) -> Result<Option<Arc<Db>>, LedgerError> {
        self.import_waiting_spills().await;
        match self.open_for_reading() {
            Ok(db) => Ok(Some(db)),
            Err(DbError::Missing) => Ok(None),
            Err(DbError::OlderSchema { .. }) if self.access == Access::ReadWrite => self.writer().await.map(Some),
            Err(cause) => Err(self.error(cause)),
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
    fn open_once(&self, access: Access, open: &mut LedgerState) -> Result<Arc<Db>, DbError> {
        let left = |until: Option<Instant>| until.is_some_and(|until| Instant::now() < until);
        if left(open.no_open_until) {
            return Err(open.open_error.clone().unwrap_or(DbError::Busy));
        }
        let opened = self.location.open(access, self.patience).map(Arc::new);
        if let Err(error) = opened.as_ref()
            && error.is_unavailable()
        {
            open.no_open_until = Some(Instant::now() + RETRY_AFTER);
            open.open_error = Some(error.clone());
        }
        opened
    }

    /// Records whether a write failed because of a lock that lasts. The next writes then do not wait for the same lock
    /// one by one.
    fn note_lock(&self, failure: Option<&DbError>) {
        let lasts = failure.is_some_and(DbError::is_unavailable);
        self.lock().no_write_until = lasts.then(|| Instant::now() + RETRY_AFTER);
    }

    fn error(&self, cause: DbError) -> LedgerError {
        LedgerError { location: self.location.to_string(), cause }
    }

    /// Locks the state. Poisoning is ignored, because a panic leaves no partial change behind.
    fn lock(&self) -> MutexGuard<'_, LedgerState> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
