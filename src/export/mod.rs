//! An export on disk: its layout, its manifest, how files come into it whole, and how it is proven whole (DESIGN.md 2.6).
//! It gets what it writes; it must not know commands, the client or the ledger, and has no clock.
//!
//! ```text
//! DIR/manifest.json             origin, times, and length and SHA-256 of every file
//! DIR/assistants.jsonl          one object a line, as the server sent it
//! DIR/files.jsonl
//! DIR/files/FILE_ID/            file.json, and content where it could be downloaded
//! DIR/threads/THREAD_ID/        thread.json, messages.jsonl, runs.jsonl, steps.jsonl, transcript.md
//! DIR/journal.jsonl             while an export is under way: what the manifest does not say yet
//! ```

mod draft;
mod entries;
mod error;
mod folder;
mod hashed;
mod journal;
mod layout;
mod private;
mod references;
mod sink;
mod transcript;
mod verify;

pub use draft::{Draft, put};
pub use entries::{Failure, FileEntry, FileState, ListEntry, Manifest, Mark, Part, Progress, Stream, ThreadEntry};
pub use error::ExportError;
pub use folder::Folder;
pub use layout::Layout;
pub use references::references;
pub use sink::{Sealed, Settled, Sink, Start};
pub use transcript::transcript;
pub use verify::{Finding, Wrong, ids_in, verify};
