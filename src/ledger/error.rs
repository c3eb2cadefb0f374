//! Errors of the ledger, with its location and a hint. The module must not depend on the terminal.

use crate::db::DbError;
use thiserror::Error;

/// An error from reading or writing the ledger.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("cannot use the ledger `{location}`: {cause}")]
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
            DbError::Busy => "another process has locked it: wait until that process ends, then repeat the \
            command"
                .to_owned(),
            DbError::NoLocks => {
                "name a ledger on a local disk with `--ledger PATH` or ASST_LEDGER, or mount the disk with support \
                for locks"
                    .to_owned()
            }
            DbError::ReadOnly => {
                format!("make `{path}` and its folder writable, or name another ledger with `--ledger PATH`")
            }
            DbError::Corrupt(_) => format!(
                "if this is your ledger, move it away (`mv {path} {path}.damaged`): the next write creates a new one \
                and imports the spill files; `asst ledger import` adds IDs from other sources"
            ),
            DbError::NewerSchema { .. } => "a newer asst has written it: upgrade asst".to_owned(),
            DbError::OlderSchema { .. } => {
                "an older asst has written it: any command that writes upgrades it".to_owned()
            }
            DbError::Full => format!("free space on the disk of `{path}`"),
            DbError::CannotOpen(_) | DbError::Missing => {
                format!(
                    "check that `{path}` is a ledger and that you own its folder, or name another ledger with \
                `--ledger PATH`"
                )
            }
            DbError::Unreachable(_) => {
                "check the server and the URL; until the server is available, entries are written to spill \
                files"
                    .to_owned()
            }
            DbError::Denied(_) => {
                "check the user and the password, which comes from the URL in ASST_LEDGER, from PGPASSFILE or from \
                `ledger_command`"
                    .to_owned()
            }
            DbError::Duplicate { .. } | DbError::InvalidValue(_) | DbError::Other(_) => {
                "run `asst ledger stats` to check whether it can be read".to_owned()
            }
        }
    }
}
