//! Waiting until the files of a vector store are indexed (docs/protocol/vector_stores.md).
//!
//! The deadline counts from the last progress, because a server may leave a file `in_progress` forever
//! (docs/protocol/vector_stores.md#field-reports).

mod failures;
mod progress;
mod target;
mod wait;

pub use target::Target;
pub(crate) use wait::wait_silently;
pub use wait::{IndexingOptions, IndexingStart, add_and_wait, wait_for, wait_for_all};
