//! The archive room: the layout and manifest of an archive, complete files, and the verification of their contents
//! (docs/design/command_line.md#changes-and-consent).
//!
//! It receives the data that it writes. It must not depend on commands, the client, the ledger or a clock.
//!
//! ```text
//! DIR/manifest.json             origin, times, and length and SHA-256 of every file
//! DIR/assistants.jsonl          one object per line, as the server sent it
//! DIR/files.jsonl
//! DIR/files/FILE_ID/            file.json, and the content if it could be downloaded
//! DIR/threads/THREAD_ID/        thread.json, messages.jsonl, runs.jsonl, steps.jsonl, transcript.md
//! DIR/journal.jsonl             during an export: entries that are not in the manifest yet
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
pub use error::ArchiveError;
pub use folder::Folder;
pub use layout::Layout;
pub use references::references;
pub use sink::{Sealed, Settled, Sink, Start};
pub use transcript::transcript;
pub use verify::{Finding, Wrong, ids_in, verify};
