//! The state of an export: the archive, the failures, and the reasons to stop.

use crate::api::{Endpoint, Kind, Nothing};
use crate::app::{App, Call, Outcomes, Session, Stopping};
use crate::archive::{ArchiveError, ArchiveWriter, FetchFailure};
use crate::client::{ApiResponse, Payload};
use crate::exit::{self, CallFailed, IncompleteList, MIXED, NOT_FOUND, NOT_OFFERED};
use crate::ui::OutputError;
use anyhow::Result;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::rc::Rc;
use tokio::sync::{OnceCell, Semaphore};

const VERSION: &str = env!("CARGO_PKG_VERSION");

/// The export of a kind stops if this many objects of the kind failed and none succeeded.
const MAX_FIRST_FAILURES: u32 = 10;

/// The kinds whose first failures are counted.
const COUNTED_KINDS: [&str; 3] = ["thread", "vector_store", "conversation"];

/// The extent of an export.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExportMode {
    /// Only data that is new since the last export.
    Incremental,
    /// All data again.
    Full,
}

/// An export in progress.
pub struct Exporter<'a> {
    pub(super) app: &'a App,
    pub(super) session: &'a Session,
    pub(super) archive: RefCell<ArchiveWriter>,
    pub(super) mode: ExportMode,
    pub(super) stopping: &'a Stopping,
    /// The result of [`Self::file`] for each file, by its ID. The cell is empty while the file is being fetched.
    pub(super) files: RefCell<HashMap<String, Rc<OnceCell<bool>>>>,
    /// Limits the number of requests that are sent at once.
    pub(super) request_permits: Semaphore,
    pub(super) downloaded: Cell<u64>,
    /// The number of failed objects by kind while none has succeeded. `None` after the first success.
    first_failures: RefCell<BTreeMap<String, Option<u32>>>,
    pub(super) outcomes: RefCell<Outcomes>,
    /// The lists that may be incomplete: the kind and the ID of the object, or the name of the list, and the error.
    pub(super) incomplete: RefCell<Vec<(String, Option<String>, IncompleteList)>>,
    /// The start time of the export, in the format of the manifest.
    pub(super) now: String,
}

impl<'a> Exporter<'a> {
    /// Starts an export into a folder, or continues the one that is there.
    ///
    /// # Errors
    /// Returns an error if the backend cannot be used, if the folder cannot be written, or if it contains something
    /// else than an archive of this origin. No request for an object was sent.
    pub async fn open(app: &'a App, root: &Path, mode: ExportMode, stopping: &'a Stopping) -> Result<Self> {
        let session = app.session().await?;
        let now = crate::env::clock::now();
        let now = jiff::Timestamp::from_second(now).map(|now| now.to_string()).unwrap_or_default();
        Ok(Self {
            app,
            session,
            archive: RefCell::new(ArchiveWriter::open(root, &session.origin, VERSION, &now)?),
            mode,
            stopping,
            files: RefCell::default(),
            request_permits: Semaphore::new(session.concurrency),
            downloaded: Cell::new(0),
            first_failures: RefCell::default(),
            outcomes: RefCell::default(),
            incomplete: RefCell::default(),
            now,
        })
    }

    /// Returns the IDs of the files that could not be fetched before, so that they are tried again.
    pub fn failed_files(&self) -> Vec<String> {
        let archive = self.archive.borrow();
        archive.manifest().failures(Kind::File).filter_map(|failure| failure.id.clone()).collect()
    }

    /// Makes everything that was exported so far durable on disk.
    ///
    /// # Errors
    /// Returns an error if a file cannot be flushed.
    pub fn sync(&self) -> Result<()> {
        Ok(self.archive.borrow().sync()?)
    }

    /// Closes the archive and returns the result of the whole export.
    ///
    /// # Errors
    /// Returns an error if the archive cannot be written, or with the combined exit code of all failures, which were
    /// already reported.
    pub fn end(self) -> Result<()> {
        // The object itself was exported, which removed its earlier failure.
        for (kind, id, error) in self.incomplete.take() {
            self.add_failure(&kind, id.as_deref(), error.into())?;
        }
        let has_given_up = self.first_failures.borrow().values().any(|count| has_given_up(*count));
        let completed_at = (!self.stopping.is_set() && !has_given_up).then_some(self.now.as_str());
        self.archive.into_inner().close(VERSION, completed_at)?;
        self.outcomes.into_inner().result()
    }

    /// Returns `true` if a list of an object may be incomplete in the archive. The object is then read again as a whole.
    pub(super) fn was_incomplete(&self, kind: Kind, id: &str) -> bool {
        let archive = self.archive.borrow();
        archive.manifest().failures(kind).any(|failure| failure.id.as_deref() == Some(id) && failure.exit_code == MIXED)
    }

    /// Returns the number of files that this export downloaded.
    pub fn downloaded(&self) -> u64 {
        self.downloaded.get()
    }

    /// Returns the number of objects that the manifest lists as not fetched, by this export or an earlier one.
    pub fn unfetched(&self) -> usize {
        self.archive.borrow().manifest().failed.len()
    }

    /// Returns `true` if no further object of a kind may be requested.
    pub(super) fn is_over(&self, kind: &str) -> bool {
        self.stopping.is_set() || self.first_failures.borrow().get(kind).is_some_and(|count| has_given_up(*count))
    }

    /// Notes that an object of a kind was exported.
    pub(super) fn add_success(&self, kind: &str) {
        self.first_failures.borrow_mut().insert(kind.to_owned(), None);
    }

    /// Requests one object when a permit is free.
    pub(super) async fn get<E: Endpoint<Query = Nothing>>(&self, path: &E::Path) -> Result<ApiResponse> {
        let _permit = self.request_permits.acquire().await;
        self.get_with_permit::<E>(path).await
    }

    /// Requests one object. The caller holds a permit. The ledger changes only if the object turns out to be gone.
    pub(super) async fn get_with_permit<E: Endpoint<Query = Nothing>>(&self, path: &E::Path) -> Result<ApiResponse> {
        let mut call = Call::of::<E>(path, &Nothing {}, Payload::None);
        self.app.check(&call)?;
        let record = self.app.record(&self.session.origin, &mut call).await?;
        match self.session.send_unrecorded(&call).await {
            Ok(reply) => Ok(reply),
            Err(error) => {
                record.failed(&call, &error).await;
                Err(self.app.explain(&call, error).await.into())
            }
        }
    }

    /// Prints a failure and adds it to the manifest. An I/O error of the archive itself ends the export.
    pub(super) fn add_failure(&self, kind: &str, id: Option<&str>, error: anyhow::Error) -> Result<()> {
        if matches!(error.downcast_ref(), Some(ArchiveError::Io { .. })) {
            return Err(error);
        }
        let Some(report) = exit::report(&error) else { return Err(OutputError::Closed.into()) };
        self.app.ui().error(&report);
        self.outcomes.borrow_mut().add(report.exit_code);
        self.archive.borrow_mut().add_failure(FetchFailure {
            kind: kind.to_owned(),
            id: id.map(str::to_owned),
            reason: report.reason(),
            exit_code: report.exit_code,
            at: self.now.clone(),
        })?;
        self.count_first_failure(kind, report.exit_code);
        Ok(())
    }

    /// Counts the failed objects of a kind before the first success, and warns when the export stops because of them.
    /// This avoids thousands of equal errors if the backend has none of the objects.
    fn count_first_failure(&self, kind: &str, code: u8) {
        if !COUNTED_KINDS.contains(&kind) {
            return;
        }
        let mut first_failures = self.first_failures.borrow_mut();
        let Some(count) = first_failures.entry(kind.to_owned()).or_insert(Some(0)) else { return };
        if has_given_up(Some(*count)) {
            return;
        }
        // If the backend does not have the kind, each further request would fail too.
        *count = if code == NOT_OFFERED { MAX_FIRST_FAILURES } else { *count + 1 };
        if has_given_up(Some(*count)) {
            let kinds = format!("{}s", Kind::named(kind).map_or(kind, |kind| kind.words()));
            let text = match code {
                NOT_OFFERED => format!("no further {kinds} are requested, because this backend does not have them"),
                NOT_FOUND => format!(
                    "stopping: the first {MAX_FIRST_FAILURES} {kinds} failed, and none was exported; check that the \
                     {kinds} belong to {}",
                    self.session.origin
                ),
                _ => format!("stopping: the first {MAX_FIRST_FAILURES} {kinds} failed, and none was exported"),
            };
            self.app.ui().warn(&text);
        }
    }
}

fn has_given_up(first_failures: Option<u32>) -> bool {
    first_failures.is_some_and(|count| count >= MAX_FIRST_FAILURES)
}

/// Returns `true` if a request failed because the object does not exist, although the backend supports its kind.
pub(super) fn is_gone(error: &anyhow::Error, kind: Kind, id: &str) -> bool {
    error.downcast_ref::<CallFailed>().is_some_and(|failed| failed.source.reports_missing(kind, id))
}
