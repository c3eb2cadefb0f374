//! The implementation of `--backup`: each thread is exported to an archive and flushed to disk before it is deleted.
//!
//! Threads that are exported at the same time share one flush.

use crate::app::{App, Stopping};
use crate::export::{ExportMode, ExportOutcome, Exporter};
use anyhow::Result;
use std::cell::Cell;
use std::path::Path;
use std::time::Duration;

/// The time that an exported thread waits for others before the flush.
const GATHER_TIME: Duration = Duration::from_millis(20);

/// An archive that receives the threads to be deleted.
pub(super) struct Backup<'a> {
    exporter: Exporter<'a>,
    /// The number of exported threads.
    exported: Cell<u64>,
    /// The number of exported threads that are on disk.
    synced: Cell<u64>,
}

impl<'a> Backup<'a> {
    pub(super) async fn open(app: &'a App, folder: &Path, stopping: &'a Stopping) -> Result<Self> {
        let exporter = Exporter::open(app, folder, ExportMode::Incremental, stopping).await?;
        Ok(Self { exporter, exported: Cell::new(0), synced: Cell::new(0) })
    }

    /// Exports a thread. Returns `true` if the whole thread is on disk.
    pub(super) async fn export(&self, id: &str) -> Result<bool> {
        let is_complete = match self.exporter.one(id).await? {
            Some(exported) => {
                matches!(exported.outcome, ExportOutcome::New | ExportOutcome::Updated | ExportOutcome::Unchanged)
            }
            None => false,
        };
        if !is_complete {
            return Ok(false);
        }
        let number = self.exported.get() + 1;
        self.exported.set(number);
        tokio::time::sleep(GATHER_TIME).await;
        if self.synced.get() < number {
            let exported = self.exported.get();
            self.exporter.sync()?;
            self.synced.set(exported);
        }
        Ok(true)
    }

    pub(super) fn end(self) -> Result<()> {
        self.exporter.end()
    }
}
