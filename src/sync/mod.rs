//! Makes the files of a vector store equal to the files in folders (docs/sync.md).
//!
//! `plan.rs` computes the work from the folders, the vector store, and the notes of earlier syncs. It sends no request.
//! `engine.rs` does the work: upload, attach in batches, wait, detach, delete. Deletions come last.

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
