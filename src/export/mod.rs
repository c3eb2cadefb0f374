//! The export of threads and files into an archive, page by page.
//!
//! Several threads are exported at once, and a failed one does not stop the others. After an interruption, the next
//! export fetches the rest.

mod compare;
mod file;
mod list;
mod pages;
mod thread;

pub use compare::{Difference, Side, compare};
pub use list::ListNeed;
pub use thread::{ExportedThread, ThreadOutcome};

use crate::api::Kind;
use crate::app::{App, Outcomes, Session, Stopping};
use crate::archive::{ArchiveError, Failure, Folder};
use crate::exit::{self, CallFailed, DONE, NOT_FOUND};
use crate::ui::{OutputError, Unit};
use anyhow::Result;
use futures_util::StreamExt;
use std::cell::{Cell, RefCell};
use std::collections::HashSet;
use std::path::Path;

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The export stops if this many threads failed and none has succeeded.
const STRANGERS: u32 = 10;

/// The extent of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportMode {
    /// Side data that is new since the last export.
    Incremental,
    /// All data again.
    Full,
}

/// An export in progress.
pub struct Exporter<'a> {
    app: &'a App,
    session: &'a Session,
    folder: RefCell<Folder>,
    mode: ExportMode,
    stopping: &'a Stopping,
    /// The IDs of files that were examined or are being examined.
    files: RefCell<HashSet<String>>,
    saved: Cell<u64>,
    /// The number of failed threads while none has succeeded. `None` after the first success.
    strangers: Cell<Option<u32>>,
    outcomes: RefCell<Outcomes>,
    now: String,
}

impl<'a> Exporter<'a> {
    /// Starts an export into a folder, or continues the one that is there. Sends no export request before the folder is
    /// verified to belong to the backend's origin.
    pub async fn open(app: &'a App, root: &Path, mode: ExportMode, stopping: &'a Stopping) -> Result<Self> {
        let session = app.session().await?;
        let now = crate::env::clock::now();
        let now = jiff::Timestamp::from_second(now).map(|now| now.to_string()).unwrap_or_default();
        Ok(Self {
            app,
            session,
            folder: RefCell::new(Folder::open(root, &session.origin, VERSION, &now)?),
            mode,
            stopping,
            files: RefCell::default(),
            saved: Cell::new(0),
            strangers: Cell::new(Some(0)),
            outcomes: RefCell::default(),
            now,
        })
    }

    /// Returns the IDs of files that could not be fetched before, so that they are tried again.
    pub fn failed_files(&self) -> Vec<String> {
        let folder = self.folder.borrow();
        let failed = folder.manifest().failed.values().filter(|failure| failure.kind == "file");
        failed.filter_map(|failure| failure.id.clone()).collect()
    }

    /// Exports threads, and passes each exported one to `shown` as soon as it is complete.
    ///
    /// # Errors
    /// Returns an error if nothing more can be written. The failure of a thread is printed, and is part of the result
    /// of [`Self::end`].
    pub async fn threads(&self, ids: Vec<String>, mut shown: impl FnMut(&ExportedThread) -> Result<()>) -> Result<()> {
        let bar = self.app.ui().progress("threads", Unit::Items, Some(ids.len() as u64));
        let going = futures_util::stream::iter(ids).take_while(|_| std::future::ready(!self.over()));
        let work = going.map(async |id| (self.thread(&id).await, id));
        let mut done = std::pin::pin!(work.buffer_unordered(self.session.concurrency));
        while let Some((result, id)) = done.next().await {
            bar.tick(1);
            match result {
                Ok(ExportedThread { outcome: ThreadOutcome::Stopped, .. }) => {}
                Ok(exported) => {
                    self.strangers.set(None);
                    self.outcomes.borrow_mut().add(DONE);
                    shown(&exported)?;
                }
                Err(error) => self.failed("thread", Some(&id), error)?,
            }
        }
        bar.finish();
        Ok(())
    }

    /// Exports one thread. Returns `None` if this failed. The failure is printed and noted in the manifest.
    pub async fn one(&self, id: &str) -> Result<Option<ExportedThread>> {
        match self.thread(id).await {
            Ok(exported) => Ok(Some(exported)),
            Err(error) => self.failed("thread", Some(id), error).map(|()| None),
        }
    }

    /// Makes everything that was exported so far durable on disk.
    pub fn settle(&self) -> Result<()> {
        Ok(self.folder.borrow().settle()?)
    }

    /// Closes the folder and returns the result of the whole export.
    pub fn end(self) -> Result<()> {
        let now = (!self.over()).then_some(self.now.as_str());
        self.folder.into_inner().close(VERSION, now)?;
        self.outcomes.into_inner().result()
    }

    /// Returns how many files this export downloaded.
    pub fn saved(&self) -> u64 {
        self.saved.get()
    }

    /// Returns how many items the manifest lists as not fetched, by this export or an earlier one.
    pub fn unfetched(&self) -> usize {
        self.folder.borrow().manifest().failed.len()
    }

    /// Returns `true` if no further work may be started.
    fn over(&self) -> bool {
        self.stopping.is_set() || self.strangers.get().is_some_and(|count| count >= STRANGERS)
    }

    /// Prints a failure and notes it in the manifest. An I/O error of the folder itself ends the export.
    fn failed(&self, kind: &str, id: Option<&str>, error: anyhow::Error) -> Result<()> {
        if matches!(error.downcast_ref(), Some(ArchiveError::Io { .. })) {
            return Err(error);
        }
        let Some(report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
        self.app.ui().error(&report);
        self.outcomes.borrow_mut().add(report.exit_code);
        self.folder.borrow_mut().note_failure(Failure {
            kind: kind.to_owned(),
            id: id.map(str::to_owned),
            reason: report.reason(),
            exit_code: report.exit_code,
            at: self.now.clone(),
        })?;
        self.count_stranger(kind, report.exit_code);
        Ok(())
    }

    /// Counts the failed threads before the first success, and stops the export after [`STRANGERS`] of them. This
    /// avoids thousands of equal errors if the backend has none of the threads.
    fn count_stranger(&self, kind: &str, code: u8) {
        let Some(count) = self.strangers.get().filter(|_| kind == "thread") else { return };
        self.strangers.set(Some(count + 1));
        if count + 1 == STRANGERS {
            let why = match code {
                NOT_FOUND => format!("; {} may not be the backend that they are at", self.session.origin),
                _ => String::new(),
            };
            self.app.ui().warn(&format!("stopping: the first {STRANGERS} threads failed, and none was exported{why}"));
        }
    }
}

/// Returns `true` if a request failed because the object does not exist, although the backend supports its kind.
fn is_gone(error: &anyhow::Error, kind: Kind, id: &str) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| failed.source.reports_missing(kind, id))
}
