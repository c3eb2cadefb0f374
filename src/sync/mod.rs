//! Keeps the files of a vector store equal to those of folders (docs/sync.md).
//!
//! `plan.rs` is a pure function from the folders, the vector store, and the notes of earlier syncs to the work.
//! `engine.rs` does it: upload, attach in batches, wait, detach, delete. Deletions come last.

mod attach;
mod content;
mod engine;
mod filter;
mod ignore;
mod journal;
mod lock;
mod options;
mod outcome;
mod plan;
#[cfg(test)]
mod plan_tests;
mod preview;
mod recover;
mod references;
mod removal;
mod report;
mod source;
mod store;
mod upload;
mod work;

pub use engine::sync;
pub use filter::PathFilter;
pub use options::{DeleteScope, MaxDelete, OptionNames, SyncMode, SyncOptions, parse_prefix};
pub use outcome::{SyncAction, SyncItem, SyncResult, SyncSummary};
pub use preview::{SyncPreview, preview, preview_of_new};
pub use store::is_synced;
