//! Connections to SQLite: how one is opened, how long it waits, how its schema comes up to date.
//! Must not know what is stored.

use super::{Access, DbError, Options};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use rusqlite::{Connection, OpenFlags, config::DbConfig};
use std::{
    fs,
    hash::{BuildHasher, RandomState},
    io,
    path::{Path, PathBuf},
    sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
    thread,
    time::{Duration, Instant},
};

/// Prepared statements that a connection keeps; the usual 16 are fewer than one room's texts.
const STATEMENTS_KEPT: usize = 256;
/// From this size on a log is folded in: to read a shorter one costs the next command less than half a millisecond, and to
/// fold it in costs this one several.
const FOLDED_FROM: u64 = 2 << 20;
/// A lock that is held is usually free again after fewer naps; then whether locks work at all is worth a look.
const NAPS_BEFORE_PROBE: i32 = 8;
const IN_URI: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');

/// Where a database lives.
#[derive(Debug)]
pub(super) enum Place {
    File(PathBuf),
    /// In memory a writer locks readers out. They wait at the gate, for SQLite's own way of waiting is to nap.
    Memory {
        uri: String,
        gate: RwLock<()>,
    },
}

/// What a connection is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Reader,
    Writer,
}

impl Place {
    pub(super) fn memory() -> Self {
        let name = RandomState::new().hash_one(std::process::id());
        Self::Memory { uri: format!("file:/asst-{name:016x}?vfs=memdb"), gate: RwLock::new(()) }
    }

    pub(super) fn reading(&self) -> Option<RwLockReadGuard<'_, ()>> {
        match self {
            Self::File(_) => None,
            Self::Memory { gate, .. } => Some(gate.read().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    pub(super) fn writing(&self) -> Option<RwLockWriteGuard<'_, ()>> {
        match self {
            Self::File(_) => None,
            Self::Memory { gate, .. } => Some(gate.write().unwrap_or_else(PoisonError::into_inner)),
        }
    }

    /// Opens a connection to a database that exists.
    ///
    /// Readers of a file open it for writing too, where they may: a reader that cannot lock the file leaves the
    /// `-wal` and `-shm` files behind when it closes. `query_only` keeps them from writing.
    pub(super) fn connect(&self, role: Role, patience: Duration) -> Result<Connection, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self {
            Self::File(path) => Connection::open_with_flags(path, flags)?,
            Self::Memory { uri, .. } => {
                Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE)?
            }
        };
        prepare(connection, role, patience, self.folder())
    }

    /// Returns the folder of the file.
    fn folder(&self) -> Option<PathBuf> {
        let Self::File(path) = self else { return None };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).to_owned())
    }

    /// Returns `true` if the system refuses locks in the folder of the file.
    fn takes_no_locks(&self) -> bool {
        self.folder().is_some_and(|folder| takes_no_locks(&folder))
    }

    /// Opens a file that nobody can write at present: on a read-only medium SQLite cannot make the `-shm` file that
    /// it reads with. Only right where no `-wal` file holds changes, which such a connection would not see.
    pub(super) fn connect_immutable(&self, patience: Duration) -> Option<Result<Connection, DbError>> {
        let Self::File(path) = self else { return None };
        if self.wal_bytes() > 0 {
            return None;
        }
        let uri = format!("file:{}?immutable=1", utf8_percent_encode(path.to_str()?, IN_URI));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let opened = Connection::open_with_flags(uri, flags).map_err(DbError::from);
        Some(opened.and_then(|connection| prepare(connection, Role::Reader, patience, None)))
    }

    /// Returns how long the `-wal` file is.
    pub(super) fn wal_bytes(&self) -> u64 {
        let Self::File(path) = self else { return 0 };
        let mut wal = path.clone().into_os_string();
        wal.push("-wal");
        fs::metadata(wal).map_or(0, |wal| wal.len())
    }

    /// Tells whether the `-wal` file is to be folded into the database when its writer ends.
    pub(super) fn log_is_long(&self) -> bool {
        self.wal_bytes() >= FOLDED_FROM
    }

    /// Opens the first connection, brings the schema up to date where that is allowed, and returns it for reading.
    pub(super) fn open(&self, options: Options) -> Result<Connection, DbError> {
        let deadline = Instant::now() + options.patience;
        loop {
            match self.open_once(options) {
                // Two processes that create the database at once: some of these locks do not ask the busy handler.
                Err(DbError::Busy) if self.takes_no_locks() => return Err(DbError::NoLocks),
                Err(DbError::Busy) if Instant::now() < deadline => nap(0),
                Err(DbError::CannotOpen(_) | DbError::ReadOnly) if options.access == Access::ReadOnly => {
                    return self.open_immutable(options);
                }
                done => return done,
            }
        }
    }

    fn open_once(&self, options: Options) -> Result<Connection, DbError> {
        if let Self::File(path) = self {
            match options.access {
                // A folder that must not be entered hides whether there is a database: that is not `Missing`.
                _ if path.try_exists().map_err(|error| DbError::CannotOpen(error.to_string()))? => {}
                Access::ReadOnly => return Err(DbError::Missing),
                Access::ReadWrite => create(path).map_err(|error| DbError::CannotOpen(error.to_string()))?,
            }
        }
        let mut connection = self.connect(Role::Reader, options.patience)?;
        let found = version(&connection)?;
        if pending(options.migrations, found)?.next().is_none() {
            return Ok(connection); // The usual start takes no write lock.
        }
        if options.access == Access::ReadOnly {
            return Err(behind(found, options.migrations));
        }
        drop(connection);
        migrate(&self.connect(Role::Writer, options.patience)?, options.migrations)?;
        connection = self.connect(Role::Reader, options.patience)?;
        Ok(connection)
    }

    fn open_immutable(&self, options: Options) -> Result<Connection, DbError> {
        let unreadable = || DbError::CannotOpen("it cannot be read where it is".to_owned());
        let connection = self.connect_immutable(options.patience).ok_or_else(unreadable)??;
        let found = version(&connection)?;
        match pending(options.migrations, found)?.next() {
            None => Ok(connection),
            Some(_) => Err(behind(found, options.migrations)),
        }
    }
}

fn prepare(
    mut connection: Connection,
    role: Role,
    patience: Duration,
    folder: Option<PathBuf>,
) -> Result<Connection, DbError> {
    let mut since = Instant::now();
    connection.busy_handler(Some(move |naps| {
        if naps == 0 {
            since = Instant::now();
        }
        if naps == NAPS_BEFORE_PROBE && folder.as_deref().is_some_and(takes_no_locks) {
            return false;
        }
        nap(naps);
        since.elapsed() < patience
    }))?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    connection.with_role(role)
}

/// Returns `true` if the system refuses locks in a folder. SQLite reports `ENOLCK` as a lock that somebody else holds.
///
/// The lock is tried on a file of its own: to close any descriptor of the database would drop the locks of this process.
#[cfg(unix)]
fn takes_no_locks(folder: &Path) -> bool {
    use rustix::{fs::FlockOperation, io::Errno};
    const REFUSED: [Errno; 4] = [Errno::NOLCK, Errno::NOSYS, Errno::NOTSUP, Errno::OPNOTSUPP];
    let Ok(file) = tempfile::tempfile_in(folder) else { return false };
    let by_record = rustix::fs::fcntl_lock(&file, FlockOperation::NonBlockingLockExclusive).err();
    let by_file = match file.try_lock() {
        Err(fs::TryLockError::Error(error)) => Errno::from_io_error(&error),
        _ => None,
    };
    [by_record, by_file].into_iter().flatten().any(|error| REFUSED.contains(&error))
}

#[cfg(not(unix))]
fn takes_no_locks(_: &Path) -> bool {
    false
}

/// A connection that is given its role, or another.
pub(super) trait WithRole: Sized {
    fn with_role(self, role: Role) -> Result<Self, DbError>;
}

impl WithRole for Connection {
    fn with_role(self, role: Role) -> Result<Self, DbError> {
        // Who only looks, being the last to close, must not pay for what others wrote.
        self.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, role == Role::Reader)?;
        // A plan does not depend on what is bound; else each statement is read again once that is known.
        self.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        self.execute_batch(match role {
            // A listing walks on and comes back to nothing.
            Role::Reader => "pragma query_only = on; pragma cache_size = -500",
            Role::Writer => {
                "pragma query_only = off; pragma synchronous = full; pragma foreign_keys = on;
                 pragma cache_size = -65536"
            }
        })?;
        Ok(self)
    }
}

/// Jitter keeps processes that wait for one lock from waking in step; SQLite's own back-off starves some of them.
fn nap(naps: i32) {
    let longest = if naps < 100 { 1_000 } else { 5_000 };
    thread::sleep(Duration::from_micros(200 + RandomState::new().hash_one(naps) % longest));
}

fn version(connection: &Connection) -> Result<i64, DbError> {
    Ok(connection.query_row("pragma user_version", [], |row| row.get(0))?)
}

fn pending(
    migrations: &'static [&'static str],
    found: i64,
) -> Result<impl Iterator<Item = (i64, &'static str)>, DbError> {
    let known = migrations.len() as i64;
    let steps = (1..).zip(migrations.iter().copied()).filter(move |(version, _)| *version > found);
    if found > known { Err(DbError::NewerSchema { found, known }) } else { Ok(steps) }
}

fn behind(found: i64, migrations: &[&str]) -> DbError {
    match found {
        0 => DbError::Missing,
        found => DbError::OlderSchema { found, known: migrations.len() as i64 },
    }
}

/// Tells whether nothing was ever made here; tables without a version are somebody else's.
fn is_empty(connection: &Connection) -> Result<bool, DbError> {
    // In one transaction: between two looks another process may have made the tables and set the version.
    let transaction = connection.unchecked_transaction()?;
    let tables: i64 = transaction.query_row("select count(*) from sqlite_master", [], |row| row.get(0))?;
    match (version(&transaction)?, tables) {
        (0, 0) => Ok(true),
        (0, _) => Err(DbError::CannotOpen("it holds the tables of another program".to_owned())),
        _ => Ok(false),
    }
}

fn migrate(connection: &Connection, migrations: &'static [&'static str]) -> Result<(), DbError> {
    if is_empty(connection)? {
        // Where WAL is impossible (in memory, on some network disks) SQLite answers with the mode that it kept.
        connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
    }
    connection.execute_batch("begin immediate")?;
    for (version, sql) in pending(migrations, version(connection)?)? {
        connection.execute_batch(sql)?;
        connection.pragma_update(None, "user_version", version)?;
    }
    Ok(connection.execute_batch("commit")?)
}

/// Makes an empty file that only its owner can read; SQLite gives `-wal` and `-shm` the same mode.
fn create(path: &Path) -> io::Result<()> {
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        create_folder(folder)?;
    }
    let mut options = fs::OpenOptions::new();
    options.write(true).create(true).truncate(false);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// Makes a folder that only its owner can enter, and its parents likewise, so that they outlive a power cut.
fn create_folder(folder: &Path) -> io::Result<()> {
    let first = folder.ancestors().take_while(|folder| !folder.exists()).last().unwrap_or(folder);
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)?;
    #[cfg(unix)]
    for made in folder.ancestors().take_while(|folder| folder.starts_with(first)) {
        if let Some(parent) = made.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            // A parent that may not be opened cannot be synchronised; the folder stands nevertheless.
            let _ = fs::File::open(parent).and_then(|parent| parent.sync_all());
        }
    }
    Ok(())
}
