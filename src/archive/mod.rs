//! Writes and verifies archives: folders with the objects of a backend (docs/design/archive.md).
//!
//! A file of the archive appears only when it is complete. The manifest of the archive (`manifest.json`) lists the
//! files, and a verification compares the files with it. It is not related to the manifest of a project.
//!
//! The module receives the data that it writes. It must not depend on commands, the client, the ledger or a clock.
//!
//! ```text
//! DIR/manifest.json             origin, times, and length and SHA-256 of every file
//! DIR/assistants.jsonl          one object per line, as the server sent it
//! DIR/files.jsonl, vector_stores.jsonl, uploads.jsonl
//! DIR/files/FILE_ID/            file.json, and the content if it could be downloaded
//! DIR/threads/THREAD_ID/        thread.json, messages.jsonl, runs.jsonl, steps.jsonl, transcript.md
//! DIR/vector_stores/VECTOR_STORE_ID/  vector_store.json, files.jsonl
//! DIR/conversations/CONVERSATION_ID/  conversation.json, items.jsonl
//! DIR/journal.jsonl             during an export: entries that are not in the manifest yet
//! DIR/restored/ORIGIN.jsonl     the new IDs of objects that were restored at another backend
//! ```

mod atomic_file;
mod container;
mod digest;
mod error;
mod file_references;
mod journal;
mod json_lines;
mod layout;
mod manifest;
pub mod names;
mod private_files;
mod reader;
mod transcript;
mod verify;
mod writer;

pub use atomic_file::{AtomicFile, write_file};
pub use container::Container;
pub use error::ArchiveError;
pub use file_references::referenced_files;
pub use journal::Journal;
pub use json_lines::{CompletedFile, Finality, InitialContents, JsonLinesWriter};
pub use layout::ArchivePaths;
pub use manifest::{
    ArchiveManifest, ContainerEntry, FetchFailure, FileDigest, FileEntry, FileState, LinesState, ListEntry,
    ThreadEntry, ThreadProgress,
};
pub use reader::{ArchiveReader, ArchivedObject, JsonLines};
pub use transcript::write_transcript;
pub use verify::{Finding, ids_in, ids_of, verify};
pub use writer::ArchiveWriter;
