//! Compares folders with a vector store for a plan, and changes nothing.

use super::engine::{check, check_not_empty, scan, sync};
use super::options::{SyncMode, SyncOptions};
use super::outcome::{SyncAction, SyncItem, SyncResult};
use crate::app::{App, Stopping};
use anyhow::Result;

/// The changes that a sync would make, and the files that it would leave as they are.
#[derive(Debug, Clone, Default)]
pub struct SyncPreview {
    /// The changes that a sync would make.
    pub changes: Vec<SyncItem>,
    /// The files that cannot be in a vector store, each with its reason.
    pub skipped: Vec<(String, String)>,
    /// The paths that stay in the vector store, although the folders lack them, each with its reason.
    pub kept: Vec<(String, String)>,
    /// The number of files that syncs added outside the prefix.
    pub outside: u64,
    /// The files and folders that could not be read, each with its reason.
    pub unreadable: Vec<(String, String)>,
    /// The number of files that an earlier sync attached, and that are still being indexed.
    pub indexing: u64,
    /// The number of files in the folders.
    pub files: u64,
    /// A digest of the paths and contents of the folders.
    pub digest: String,
}

/// Compares the folders with the vector store.
///
/// # Errors
/// Returns an error if the folders or the vector store cannot be read completely, or if a sync would remove too many
/// files.
pub async fn preview(app: &App, options: &SyncOptions) -> Result<SyncPreview> {
    let options = SyncOptions { mode: SyncMode::Preview, verify: false, ..options.clone() };
    let mut found = SyncPreview::default();
    let mut each = |item: &SyncItem| {
        let entry = || (item.path.clone().unwrap_or_default(), item.reason.clone().unwrap_or_default());
        match (item.result, item.action) {
            (SyncResult::Planned, _) => found.changes.push(item.clone()),
            (SyncResult::Failed, _) => found.unreadable.push(entry()),
            (_, SyncAction::Keep) => found.kept.push(entry()),
            (_, SyncAction::Skip) => found.skipped.push(entry()),
            _ => {}
        }
        Ok(())
    };
    let summary = sync(app, &options, &Stopping::default(), &mut each).await?;
    Ok(SyncPreview {
        indexing: summary.indexing,
        outside: summary.outside,
        files: summary.files,
        digest: summary.digest,
        ..found
    })
}

/// Reads the folders for a vector store that does not exist yet.
///
/// # Errors
/// Returns an error if a folder cannot be opened, or has no file.
pub async fn preview_of_new(app: &App, options: &SyncOptions) -> Result<SyncPreview> {
    check(app, options)?;
    let source = scan(options).await?;
    check_not_empty(&source)?;
    Ok(SyncPreview {
        files: source.files.len() as u64,
        digest: source.digest(),
        skipped: source.skipped,
        unreadable: source.unreadable,
        ..SyncPreview::default()
    })
}
