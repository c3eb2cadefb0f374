//! Errors of the ledger, with its location and a hint. Must not depend on the terminal.

use crate::db::DbError;
use thiserror::Error;

/// An error from reading or writing the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the ledger `{location}` is out of order: {cause}")]
pub struct LedgerError {
    /// A path, or a URL without its password.
    pub location: String,
    pub cause: DbError,
}

impl LedgerError {
    /// Returns `true` if the cause may disappear after a wait: a lock, or a server that does not respond.
    pub fn may_pass_with_time(&self) -> bool {
        self.cause.is_unavailable()
    }

    /// Returns a hint for the user.
    pub fn hint(&self) -> String {
        let path = &self.location;
        match &self.cause {
            DbError::Busy => "another process holds it locked: let that end and repeat".to_owned(),
            DbError::NoLocks => {
                "name a ledger on a disk of this machine with `--ledger PATH` or ASST_LEDGER, or have the disk mounted \
                 with locks"
                    .to_owned()
            }
            DbError::ReadOnly => {
                format!("make `{path}` and its folder writable, or name another ledger with `--ledger PATH`")
            }
            DbError::Corrupt(_) => format!(
                "if this is your ledger, move it away (`mv {path} {path}.damaged`): the next write makes a new one and takes in what was \
                 spilled; `asst ledger import` adds ids that are known elsewhere"
            ),
            DbError::NewerSchema { .. } => "a newer asst has written it: upgrade asst".to_owned(),
            DbError::OlderSchema { .. } => {
                "an older asst has written it: any command that writes upgrades it".to_owned()
            }
            DbError::Full => format!("make room on the disk that holds `{path}`"),
            DbError::CannotOpen(_) | DbError::Missing => {
                format!("check that `{path}` is a ledger and its folder yours, or name another with `--ledger PATH`")
            }
            DbError::Unreachable(_) => {
                "is the server up, and does the URL lead to it? What is recorded meanwhile is kept in files".to_owned()
            }
            DbError::Denied(_) => {
                "check the user; a password comes from the URL in ASST_LEDGER, from PGPASSFILE or from `ledger_command`"
                    .to_owned()
            }
            DbError::Duplicate { .. } | DbError::InvalidValue(_) | DbError::Other(_) => {
                "`asst ledger stats` tells whether it can be read at all".to_owned()
            }
        }
    }
}
