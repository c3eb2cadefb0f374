//! The ledger for commands: queries, and changes that need no backend.
//!
//! Every function blocks until the ledger has returned a result, so that commands need no async code for the ledger.
//! [`App::call`] and [`App::pages`] write the rows of objects that requests return.

// Plain data that commands pass in or receive. Commands must not import the ledger.
pub use crate::ledger::{
    AGES_IN_DAYS, AgeCounts, CopySummary, ForgetScope, IdFilter, KindCount, LedgerEvent, LedgerStats, ObjectKey,
    ObjectState, Row, RowQuery, SettleResult, Source, StateFilter,
};

use super::App;
use crate::api::Kind;
use crate::db::block_on;
use crate::exit::Usage;
use crate::ledger::{Access, Cursor, Ledger};
use anyhow::Result;
use std::path::Path;
use std::sync::Arc;

/// The ledger of a command.
pub struct Records {
    ledger: Arc<Ledger>,
}

/// The rows that match a filter, newest first, page by page.
pub struct RowPages<'a> {
    ledger: &'a Ledger,
    filter: &'a RowQuery,
    page_size: usize,
    /// The number of rows that may still be returned. `None` means all.
    left: Option<u64>,
    before: Option<Cursor>,
    done: bool,
}

/// The result of copying a ledger.
pub struct LedgerCopy {
    pub copied: CopySummary,
    /// The location of the target, for messages.
    pub place: String,
    /// One message for each of the two ledgers that lacks entries. The copy is complete if this is empty.
    pub missing: Vec<String>,
}

impl App {
    /// Returns the ledger for a command that needs it. The database is opened at the first query.
    ///
    /// # Errors
    /// Returns an error if `--no-ledger` was given.
    pub fn records(&self) -> Result<Records> {
        Ok(Records { ledger: self.ledger()? })
    }

    /// Copies one ledger into another. Each text is a path or a PostgreSQL URL.
    ///
    /// # Errors
    /// Returns an error if the first ledger does not exist, or if one of them cannot be read or written.
    pub fn copy_ledger(&self, from: &str, to: &str) -> Result<LedgerCopy> {
        let source = self.ledger_at(from, "FROM", Access::ReadOnly)?;
        let target = self.ledger_at(to, "TO", Access::ReadWrite)?;
        if source.location().file().is_some_and(|path| !path.exists()) {
            return Err(Usage::new(format!("{from}: no such ledger")).into());
        }
        let copied = block_on(target.copy_from(&source))?;
        let missing = [source.missing_spills(), target.missing_spills()].into_iter().flatten();
        let missing = missing.map(|left| format!("{left}; {}", left.hint())).collect();
        Ok(LedgerCopy { copied, place: target.location().to_string(), missing })
    }
}

impl Records {
    /// Returns the location of the ledger, for messages.
    pub fn place(&self) -> String {
        self.ledger.location().to_string()
    }

    /// Returns the path of a ledger that is a file.
    pub fn file(&self) -> Option<&Path> {
        self.ledger.location().file()
    }

    /// Returns the rows that match a filter, newest first: at most `limit` in pages of `page_size`.
    pub fn rows<'a>(&'a self, filter: &'a RowQuery, page_size: usize, limit: Option<u64>) -> RowPages<'a> {
        RowPages { ledger: &self.ledger, filter, page_size, left: limit, before: None, done: false }
    }

    /// Returns the row of an object.
    pub fn get(&self, key: &ObjectKey) -> Result<Option<Row>> {
        Ok(block_on(self.ledger.get(key))?)
    }

    /// Returns an error if entries in spill files are not imported yet. For decisions about deletions, which must not
    /// rely on an incomplete ledger.
    pub fn require_complete(&self) -> Result<()> {
        Ok(block_on(self.ledger.require_complete())??)
    }

    /// Returns the last time at which a backend reported on objects of a kind, in one origin or in any origin. The time
    /// is in Unix seconds.
    pub fn checked_at(&self, origin: Option<&str>, kind: Kind) -> Result<Option<i64>> {
        Ok(block_on(self.ledger.checked_at(origin, kind))?)
    }

    /// Returns the statistics of the ledger.
    pub fn stats(&self) -> Result<LedgerStats> {
        Ok(block_on(self.ledger.stats())?)
    }

    /// Returns the age distribution of the objects that may still exist at the time `now`. Reads every row.
    pub fn ages(&self, now: i64) -> Result<Vec<AgeCounts>> {
        Ok(block_on(self.ledger.ages(now))?)
    }

    /// Returns events, newest first: those of one object, or all.
    pub fn events(&self, object: Option<&ObjectKey>, limit: usize) -> Result<Vec<LedgerEvent>> {
        Ok(block_on(self.ledger.events(object, limit))?)
    }

    /// Forgets objects. Returns the number of objects that had a row.
    pub fn forget(&self, keys: &[ObjectKey], scope: ForgetScope) -> Result<u64> {
        Ok(block_on(self.ledger.forget(keys, scope))?)
    }

    /// Forgets all rows that match a filter. Returns their number.
    pub fn forget_all(&self, filter: &RowQuery, scope: ForgetScope) -> Result<u64> {
        Ok(block_on(self.ledger.forget_all(filter, scope))?)
    }

    /// Settles an open intent: its request created the object `created`, or nothing if this is `None`.
    pub fn settle(&self, intent: &str, created: Option<&str>, at: i64) -> Result<SettleResult> {
        Ok(block_on(self.ledger.settle(intent, created, at))?)
    }
}

impl RowPages<'_> {
    /// Returns `true` if more rows match than the limit allows. To be called after the last page.
    pub fn exceeds_limit(&self) -> Result<bool> {
        if self.left != Some(0) {
            return Ok(false);
        }
        Ok(!block_on(self.ledger.rows(self.filter, self.before, 1))?.is_empty())
    }

    /// Returns the next page, or `None` if no rows are left.
    pub fn next_page(&mut self) -> Result<Option<Vec<Row>>> {
        let left = self.left.and_then(|left| usize::try_from(left).ok()).unwrap_or(usize::MAX);
        let size = self.page_size.min(left);
        if self.done || size == 0 {
            return Ok(None);
        }
        let rows = block_on(self.ledger.rows(self.filter, self.before, size))?;
        self.before = rows.last().map(|row| row.cursor);
        // Fewer rows than requested mean that no more follow.
        self.done = rows.len() < size;
        self.left = self.left.map(|left| left.saturating_sub(rows.len() as u64));
        Ok(Some(rows).filter(|rows| !rows.is_empty()))
    }
}
