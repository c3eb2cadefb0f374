//! SQLite connections: opening, lock waits, and schema migrations. The module must not depend on the meaning of the
//! data.

use super::{Access, DbError, DbOptions};
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

/// The number of prepared statements that a connection caches. The default of 16 is too small for the ledger and for
/// the store of the server.
const CACHED_STATEMENTS: usize = 256;
/// The size in bytes from which the `-wal` file is checkpointed when its writer closes. Reading a shorter file costs
/// the next command less than 0.5 ms, but a checkpoint costs several milliseconds.
const CHECKPOINT_FROM: u64 = 2 << 20;
/// The number of waits after which the busy handler checks whether the file system supports locks at all. Most locks
/// are released earlier.
const WAITS_BEFORE_PROBE: i32 = 8;
const IN_URI: &AsciiSet = &CONTROLS.add(b'%').add(b'?').add(b'#').add(b' ');

/// The location of a database.
#[derive(Debug)]
pub(super) enum DatabaseLocation {
    File(PathBuf),
    /// A database in memory, where a writer locks out readers. Readers wait for `gate`, because SQLite itself would
    /// poll.
    Memory {
        uri: String,
        gate: RwLock<()>,
    },
}

/// The role of a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ConnectionRole {
    Reader,
    Writer,
}

impl DatabaseLocation {
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
    /// Readers of a file also open it for writing if they can: a reader that cannot lock the file leaves the `-wal` and
    /// `-shm` files behind when it closes. `query_only` prevents writes.
    pub(super) fn connect(&self, role: ConnectionRole, patience: Duration) -> Result<Connection, DbError> {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let connection = match self {
            Self::File(path) => Connection::open_with_flags(path, flags)?,
            Self::Memory { uri, .. } => {
                Connection::open_with_flags(uri, flags | OpenFlags::SQLITE_OPEN_URI | OpenFlags::SQLITE_OPEN_CREATE)?
            }
        };
        prepare(connection, role, patience, self.folder())
    }

    /// Returns the folder of the database file.
    fn folder(&self) -> Option<PathBuf> {
        let Self::File(path) = self else { return None };
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        Some(folder.unwrap_or(Path::new(".")).to_owned())
    }

    /// Returns `true` if the system refuses locks in the folder of the database file.
    fn takes_no_locks(&self) -> bool {
        self.folder().is_some_and(|folder| lacks_locks(&folder))
    }

    /// Opens a file as immutable, for example on a read-only medium, where SQLite cannot create the `-shm` file.
    ///
    /// Returns `None` if a `-wal` file holds changes, because an immutable connection would not see them.
    pub(super) fn connect_immutable(&self, patience: Duration) -> Option<Result<Connection, DbError>> {
        let Self::File(path) = self else { return None };
        if self.wal_bytes() > 0 {
            return None;
        }
        let uri = format!("file:{}?immutable=1", utf8_percent_encode(path.to_str()?, IN_URI));
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_URI;
        let opened = Connection::open_with_flags(uri, flags).map_err(DbError::from);
        Some(opened.and_then(|connection| prepare(connection, ConnectionRole::Reader, patience, None)))
    }

    /// Returns the size of the `-wal` file in bytes.
    pub(super) fn wal_bytes(&self) -> u64 {
        let Self::File(path) = self else { return 0 };
        let mut wal = path.clone().into_os_string();
        wal.push("-wal");
        fs::metadata(wal).map_or(0, |wal| wal.len())
    }

    /// Returns `true` if the writer must checkpoint the `-wal` file when it closes.
    pub(super) fn needs_checkpoint(&self) -> bool {
        self.wal_bytes() >= CHECKPOINT_FROM
    }

    /// Opens the first connection, migrates the schema if `options` allow it, and returns the connection for reading.
    pub(super) fn open(&self, options: DbOptions) -> Result<Connection, DbError> {
        let deadline = Instant::now() + options.patience;
        loop {
            match self.open_once(options) {
                // If two processes create the database at once, SQLite takes some locks without the busy handler.
                Err(DbError::Busy) if self.takes_no_locks() => return Err(DbError::NoLocks),
                Err(DbError::Busy) if Instant::now() < deadline => random_sleep(0),
                Err(DbError::CannotOpen(_) | DbError::ReadOnly) if options.access == Access::ReadOnly => {
                    return self.open_immutable(options);
                }
                done => return done,
            }
        }
    }

    fn open_once(&self, options: DbOptions) -> Result<Connection, DbError> {
        if let Self::File(path) = self {
            match options.access {
                // In a folder without search permission, a database may exist unseen. This case must not be reported as
                // `Missing`.
                _ if path.try_exists().map_err(|error| DbError::CannotOpen(error.to_string()))? => {}
                Access::ReadOnly => return Err(DbError::Missing),
                Access::ReadWrite => create(path).map_err(|error| DbError::CannotOpen(error.to_string()))?,
            }
        }
        let mut connection = self.connect(ConnectionRole::Reader, options.patience)?;
        let found = version(&connection)?;
        if pending(options.migrations, found)?.next().is_none() {
            return Ok(connection); // The usual case. It takes no write lock.
        }
        if options.access == Access::ReadOnly {
            return Err(outdated(found, options.migrations));
        }
        drop(connection);
        migrate(&self.connect(ConnectionRole::Writer, options.patience)?, options.migrations)?;
        connection = self.connect(ConnectionRole::Reader, options.patience)?;
        Ok(connection)
    }

    fn open_immutable(&self, options: DbOptions) -> Result<Connection, DbError> {
        let unreadable =
            || DbError::CannotOpen("its folder cannot be written, and its `-wal` file has changes".to_owned());
        let connection = self.connect_immutable(options.patience).ok_or_else(unreadable)??;
        let found = version(&connection)?;
        match pending(options.migrations, found)?.next() {
            None => Ok(connection),
            Some(_) => Err(outdated(found, options.migrations)),
        }
    }
}

/// Configures a new connection: the wait for locks, the cache of prepared statements, and the role. `folder` is the
/// folder of the database file.
fn prepare(
    mut connection: Connection,
    role: ConnectionRole,
    patience: Duration,
    folder: Option<PathBuf>,
) -> Result<Connection, DbError> {
    let mut since = Instant::now();
    connection.busy_handler(Some(move |waits| {
        if waits == 0 {
            since = Instant::now();
        }
        if waits == WAITS_BEFORE_PROBE && folder.as_deref().is_some_and(lacks_locks) {
            return false;
        }
        random_sleep(waits);
        since.elapsed() < patience
    }))?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.with_role(role)
}

/// Returns `true` if the system refuses locks in a folder. SQLite reports `ENOLCK` as a lock that another process
/// holds.
///
/// The lock is tried on a separate file: closing any descriptor of the database would drop the locks of this process.
#[cfg(unix)]
fn lacks_locks(folder: &Path) -> bool {
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
fn lacks_locks(_: &Path) -> bool {
    false
}

/// An extension that configures a connection for a role. It also converts a connection from one role to another.
pub(super) trait WithRole: Sized {
    fn with_role(self, role: ConnectionRole) -> Result<Self, DbError>;
}

impl WithRole for Connection {
    fn with_role(self, role: ConnectionRole) -> Result<Self, DbError> {
        // A reader that closes last must not spend time on a checkpoint of data that other connections wrote.
        self.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, role == ConnectionRole::Reader)?;
        // The query plans do not depend on bound values. Without this setting, SQLite compiles each statement again
        // after binding.
        self.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
        self.execute_batch(match role {
            // A listing reads forward and never revisits a page, so a small cache suffices.
            ConnectionRole::Reader => "pragma query_only = on; pragma cache_size = -500",
            // A command that writes thousands of rows would fill a larger cache with pages that it does not use again.
            ConnectionRole::Writer => {
                "pragma query_only = off; pragma synchronous = full; pragma foreign_keys = on;
                 pragma cache_size = -1024"
            }
        })?;
        Ok(self)
    }
}

/// Sleeps for a random time, so that processes that wait for the same lock do not wake at the same time. SQLite's own
/// backoff starves some of them.
fn random_sleep(waits: i32) {
    let longest = if waits < 100 { 1_000 } else { 5_000 };
    thread::sleep(Duration::from_micros(200 + RandomState::new().hash_one(waits) % longest));
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

fn outdated(found: i64, migrations: &[&str]) -> DbError {
    match found {
        0 => DbError::Missing,
        found => DbError::OlderSchema { found, known: migrations.len() as i64 },
    }
}

/// Returns `true` if the database has neither tables nor a version.
///
/// # Errors
/// Returns an error if there are tables but no version, because another program created them.
fn is_empty(connection: &Connection) -> Result<bool, DbError> {
    // One transaction for both queries: between them, another process could create the tables and set the version.
    let transaction = connection.unchecked_transaction()?;
    let tables: i64 = transaction.query_row("select count(*) from sqlite_master", [], |row| row.get(0))?;
    match (version(&transaction)?, tables) {
        (0, 0) => Ok(true),
        (0, _) => Err(DbError::CannotOpen("it contains the tables of another program".to_owned())),
        _ => Ok(false),
    }
}

fn migrate(connection: &Connection, migrations: &'static [&'static str]) -> Result<(), DbError> {
    if is_empty(connection)? {
        // If WAL is impossible (in memory, on some network file systems), SQLite keeps the old mode and reports no
        // error.
        connection.query_row("pragma journal_mode = wal", [], |_| Ok(()))?;
    }
    connection.execute_batch("begin immediate")?;
    for (version, sql) in pending(migrations, version(connection)?)? {
        connection.execute_batch(sql)?;
        connection.pragma_update(None, "user_version", version)?;
    }
    Ok(connection.execute_batch("commit")?)
}

/// Creates an empty file that only its owner can read. SQLite gives `-wal` and `-shm` the same mode.
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

/// Creates a folder and its missing parents, accessible only to the owner. The new entries are synced to disk, so that
/// they survive a power failure.
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
            // A parent without read permission cannot be synced. The folder was created nevertheless.
            let _ = fs::File::open(parent).and_then(|parent| parent.sync_all());
        }
    }
    Ok(())
}
