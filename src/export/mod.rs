//! The export of threads, vector stores, conversations and files into an archive, page by page.
//!
//! Several objects are exported at once, and a failed one does not stop the others. After an interruption, the next
//! export fetches the rest.

mod compare;
mod container;
mod exporter;
mod file;
mod list;
mod list_pages;
mod outcome;
mod select;
mod thread;
mod threads;

pub use compare::{Side, UnmatchedObject, compare};
pub use exporter::{ExportMode, Exporter};
pub use outcome::{ExportOutcome, OutcomeCounts};
pub use select::{IdSource, ListNeed, recorded_ids};
pub use thread::ExportedThread;
