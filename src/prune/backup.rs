//! The implementation of `--backup`: a thread is durably archived before it is deleted.
//!
//! Threads that are exported at the same time share one flush to disk.

use crate::app::{App, Stopping};
use crate::export::{ExportMode, Exporter, ThreadOutcome};
use anyhow::Result;
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

/// The time that an exported thread waits for others, so that they can share the flush.
const GATHER: Duration = Duration::from_millis(20);

/// An archive that receives the threads to be deleted.
pub(super) struct Backup<'a> {
    exporter: Exporter<'a>,
    exported: Cell<u64>,
    /// The number of exported threads that are on disk.
    settled: Cell<u64>,
}

impl<'a> Backup<'a> {
    pub(super) async fn begin(app: &'a App, folder: &Path, stopping: &'a Stopping) -> Result<Self> {
        let exporter = Exporter::open(app, folder, ExportMode::Incremental, stopping).await?;
        Ok(Self { exporter, exported: Cell::new(0), settled: Cell::new(0) })
    }

    /// Exports a thread. Returns `true` if the whole thread is on disk.
    pub(super) async fn take(&self, id: &str) -> Result<bool> {
        let whole = match self.exporter.one(id).await? {
            Some(exported) => {
                matches!(exported.outcome, ThreadOutcome::New | ThreadOutcome::Updated | ThreadOutcome::Unchanged)
            }
            None => false,
        };
        if !whole {
            return Ok(false);
        }
        let own = self.exported.get() + 1;
        self.exported.set(own);
        tokio::time::sleep(GATHER).await;
        if self.settled.get() < own {
            let all = self.exported.get();
            self.exporter.sync()?;
            self.settled.set(all);
        }
        Ok(true)
    }

    pub(super) fn end(self) -> Result<()> {
        self.exporter.end()
    }
}
