//! Database errors, classified by the possible reaction of the caller. The module must not depend on paths or hints.

use rusqlite::{ErrorCode, ffi};
use thiserror::Error;

/// An error from opening, reading or writing a database.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DbError {
    /// A row with this key exists. `constraint` is the engine's text, for example `UNIQUE constraint failed: row.id`.
    #[error("a row with this key exists ({constraint})")]
    Duplicate { constraint: String },
    /// The database is missing or an empty file, and was opened for reading only.
    #[error("the database does not exist")]
    Missing,
    #[error("the database has schema version {found}, this program supports up to {known}")]
    NewerSchema { found: i64, known: i64 },
    /// The schema is older than this program's, and the database was opened for reading only.
    #[error("the database has schema version {found}, this program needs {known}")]
    OlderSchema { found: i64, known: i64 },
    #[error("the database is locked by another process")]
    Busy,
    /// The file system or its server does not support locks. Waiting does not help.
    #[error("the file system of the database does not support locks")]
    NoLocks,
    #[error("the database is read-only")]
    ReadOnly,
    #[error("the file is damaged, or is not a database ({0})")]
    Corrupt(String),
    #[error("the disk is full")]
    Full,
    /// The server cannot be reached, or the connection was lost.
    #[error("the server cannot be reached ({0})")]
    Unreachable(String),
    /// The server rejects the login or the operation of this user.
    #[error("the server denies access ({0})")]
    Denied(String),
    #[error("the database cannot be opened ({0})")]
    CannotOpen(String),
    /// The database works but can never accept these values: a violated constraint, a wrong type, or an oversized text.
    #[error("the database rejects the values ({0})")]
    InvalidValue(String),
    #[error("{0}")]
    Other(String),
}

impl DbError {
    pub(crate) fn other(reason: impl ToString) -> Self {
        Self::Other(reason.to_string())
    }

    /// Returns `true` if a later attempt may succeed without any repair: a lock, or a server that does not respond.
    pub(crate) fn is_temporary(&self) -> bool {
        matches!(self, Self::Busy | Self::Unreachable(_))
    }

    /// Returns `true` if the next attempt would probably also wait and fail: a lock, a server that does not respond, or
    /// a file system without locks.
    pub(crate) fn is_unavailable(&self) -> bool {
        self.is_temporary() || matches!(self, Self::NoLocks)
    }

    /// Returns `true` if the values cause the error, so that the same write always fails. Other errors may be
    /// temporary: a full disk, no memory, no thread, or a disk that does not respond.
    pub(crate) fn is_caused_by_values(&self) -> bool {
        matches!(self, Self::InvalidValue(_) | Self::Duplicate { .. })
    }

    #[expect(clippy::needless_pass_by_value, reason = "`map_err` passes the error by value")]
    pub(super) fn no_thread(error: std::io::Error) -> Self {
        Self::Other(format!("the system cannot start a thread ({error})"))
    }

    pub(super) fn writer_gone() -> Self {
        Self::Other("the database's writer has ended".to_owned())
    }
}

impl From<rusqlite::Error> for DbError {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite reports an I/O error if the system refuses a lock for any reason other than a conflict.
        const LOCKING: [i32; 5] = [
            ffi::SQLITE_IOERR_LOCK,
            ffi::SQLITE_IOERR_RDLOCK,
            ffi::SQLITE_IOERR_UNLOCK,
            ffi::SQLITE_IOERR_CHECKRESERVEDLOCK,
            ffi::SQLITE_IOERR_SHMLOCK,
        ];
        const UNIQUE: [i32; 2] = [ffi::SQLITE_CONSTRAINT_PRIMARYKEY, ffi::SQLITE_CONSTRAINT_UNIQUE];
        if error.sqlite_extended_error_code().is_some_and(|code| UNIQUE.contains(&code)) {
            return Self::Duplicate { constraint: error.to_string() };
        }
        if error.sqlite_extended_error_code().is_some_and(|code| LOCKING.contains(&code)) {
            return Self::NoLocks;
        }
        // SQLite reports an I/O error if the shared memory of a WAL database cannot grow. The real cause is a full
        // disk.
        if error.sqlite_extended_error_code() == Some(ffi::SQLITE_IOERR_SHMSIZE) {
            return Self::Full;
        }
        match error.sqlite_error_code() {
            Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
                Self::Busy
            }
            Some(ErrorCode::ReadOnly) => Self::ReadOnly,
            Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase) => Self::Corrupt(error.to_string()),
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ConstraintViolation | ErrorCode::TypeMismatch | ErrorCode::TooBig) => {
                Self::InvalidValue(error.to_string())
            }
            Some(ErrorCode::CannotOpen | ErrorCode::PermissionDenied) => Self::CannotOpen(error.to_string()),
            _ => Self::Other(error.to_string()),
        }
    }
}
