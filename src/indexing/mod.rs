//! Waiting until the files of a vector store are indexed (docs/protocol/vector_stores.md).
//!
//! The deadline counts from the last progress, because a server may leave a file `in_progress` for ever
//! (docs/protocol/vector_stores.md#field-reports).

mod failures;
mod progress;
mod target;
mod wait;

pub use target::Target;
pub use wait::{IndexingOptions, IndexingStart, run_to_end, wait_for, wait_for_all};
