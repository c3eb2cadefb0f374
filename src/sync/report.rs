//! Reports the outcomes of a sync while it works.

use super::outcome::{SyncAction, SyncItem, SyncResult, SyncSummary};
use crate::app::App;
use crate::exit;
use anyhow::Result;
use std::cell::RefCell;

/// A function that receives outcomes.
type Listener<'a> = &'a mut dyn FnMut(&SyncItem) -> Result<()>;

/// Passes each outcome to a function, and counts it.
pub(super) struct Reporter<'a> {
    app: &'a App,
    each: RefCell<Listener<'a>>,
    summary: RefCell<SyncSummary>,
}

impl<'a> Reporter<'a> {
    pub(super) fn new(app: &'a App, each: Listener<'a>) -> Self {
        Self { app, each: RefCell::new(each), summary: RefCell::default() }
    }

    /// Reports the outcome for a file.
    pub(super) fn item(
        &self,
        path: Option<&str>,
        action: SyncAction,
        result: SyncResult,
        file_id: Option<&str>,
        reason: Option<&str>,
    ) -> Result<()> {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        let item = SyncItem { path: owned(path), action, result, file_id: owned(file_id), reason: owned(reason) };
        self.summary.borrow_mut().count(&item);
        match result {
            SyncResult::Done => self.app.tally().done(),
            SyncResult::Failed => self.app.tally().failed(),
            _ => {}
        }
        let mut each = self.each.borrow_mut();
        (*each)(&item)
    }

    /// Prints an error, and reports that an action failed with it.
    pub(super) fn failed(
        &self,
        path: &str,
        action: SyncAction,
        file_id: Option<&str>,
        error: &anyhow::Error,
    ) -> Result<()> {
        let report = exit::report(error).unwrap_or_default();
        self.app.ui().error(&report);
        self.item(Some(path), action, SyncResult::Failed, file_id, Some(&report.reason()))
    }

    /// Changes the counts.
    pub(super) fn count(&self, change: impl FnOnce(&mut SyncSummary)) {
        change(&mut self.summary.borrow_mut());
    }

    /// Returns `true` if no file failed and none is pending.
    pub(super) fn is_clean(&self) -> bool {
        let summary = self.summary.borrow();
        summary.failed == 0 && summary.pending == 0
    }

    /// Returns the counts.
    pub(super) fn summary(&self) -> SyncSummary {
        self.summary.borrow().clone()
    }
}
