//! The location of a ledger: a file on this machine, or a database that several machines share. `app/ledger.rs`
//! chooses one from the configuration, on which this module must not depend.

use super::Access;
use crate::db::{Db, DbError, DbOptions, PostgresUrl};
use std::{
    fmt,
    path::{Path, PathBuf},
    time::Duration,
};

pub(super) const SQLITE: &[&str] = &[
    include_str!("../../migrations/ledger/sqlite/0001_objects_intents_events.sql"),
    include_str!("../../migrations/ledger/sqlite/0002_cheap_conditions.sql"),
    include_str!("../../migrations/ledger/sqlite/0003_ids_first.sql"),
    include_str!("../../migrations/ledger/sqlite/0004_collections.sql"),
];
const POSTGRES: &[&str] = &[
    include_str!("../../migrations/ledger/postgres/0001_objects_intents_events.sql"),
    include_str!("../../migrations/ledger/postgres/0002_cheap_conditions.sql"),
    include_str!("../../migrations/ledger/postgres/0003_ids_first.sql"),
    include_str!("../../migrations/ledger/postgres/0004_collections.sql"),
];

/// The minimum time to wait for a server if the ledger is open for reading only.
const FOR_READING: Duration = Duration::from_secs(10);

/// The location of a ledger.
#[derive(Debug, Clone)]
pub enum LedgerLocation {
    File(PathBuf),
    Server(Box<PostgresUrl>),
}

impl LedgerLocation {
    /// Returns the path if the ledger is a file.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::File(path) => Some(path),
            Self::Server(_) => None,
        }
    }

    /// Returns the text that binds spill files to their ledger. It does not depend on the current folder of a command.
    pub(super) fn identity(&self) -> String {
        match self {
            // Not canonicalised: the canonical path would depend on the folders that exist.
            Self::File(path) => {
                std::path::absolute(path).unwrap_or_else(|_| path.clone()).to_string_lossy().into_owned()
            }
            Self::Server(server) => server.to_string(),
        }
    }

    /// Checks that the ledger exists or can be created.
    ///
    /// # Errors
    /// Returns an error if it is a missing file that cannot be created.
    pub(super) fn check_creatable(&self) -> Result<(), DbError> {
        let Self::File(path) = self else { return Ok(()) };
        let cannot = |error: std::io::Error| DbError::CannotOpen(error.to_string());
        let path = std::path::absolute(path).map_err(cannot)?;
        for folder in path.ancestors().skip(1) {
            match folder.try_exists() {
                Ok(false) => {}
                Ok(true) => return tempfile::tempfile_in(folder).map(drop).map_err(cannot),
                Err(error) => return Err(cannot(error)),
            }
        }
        Ok(())
    }

    pub(super) fn open(&self, access: Access, patience: Duration) -> Result<Db, DbError> {
        match self {
            Self::File(path) => Db::open(path, DbOptions { migrations: SQLITE, patience, access }),
            Self::Server(server) => {
                // A read has no spill file to fall back on, so it may wait longer.
                let patience = if access == Access::ReadOnly { patience.max(FOR_READING) } else { patience };
                Db::connect((**server).clone(), DbOptions { migrations: POSTGRES, patience, access })
            }
        }
    }
}

/// Formats the location without its password.
impl fmt::Display for LedgerLocation {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => path.display().fmt(out),
            Self::Server(server) => server.fmt(out),
        }
    }
}

impl From<PathBuf> for LedgerLocation {
    fn from(path: PathBuf) -> Self {
        Self::File(path)
    }
}

impl From<PostgresUrl> for LedgerLocation {
    fn from(server: PostgresUrl) -> Self {
        Self::Server(Box::new(server))
    }
}
