//! The names of the files and folders in an archive.

use crate::api::ids;
use std::path::{Path, PathBuf};

pub const MANIFEST: &str = "manifest.json";
/// The folder of threads.
pub const THREADS: &str = "threads";
/// The list of files, and the folder of files.
pub const FILES: &str = "files";
/// The list of vector stores, and the folder of vector stores.
pub const VECTOR_STORES: &str = "vector_stores";
/// The folder of conversations.
pub const CONVERSATIONS: &str = "conversations";
/// The list of assistants.
pub const ASSISTANTS: &str = "assistants";
/// The list of uploads.
pub const UPLOADS: &str = "uploads";

pub const THREAD: &str = "thread.json";
pub const RUNS: &str = "runs.jsonl";
pub const STEPS: &str = "steps.jsonl";
pub const MESSAGES: &str = "messages.jsonl";
pub const TRANSCRIPT: &str = "transcript.md";
pub const FILE: &str = "file.json";
pub const CONTENT: &str = "content";
pub const VECTOR_STORE: &str = "vector_store.json";
pub const VECTOR_STORE_FILES: &str = "files.jsonl";
pub const CONVERSATION: &str = "conversation.json";
pub const ITEMS: &str = "items.jsonl";

/// The additional extension of a file until it is complete.
pub(super) const TEMPORARY_EXTENSION: &str = "part";

/// Returns the final path of a temporary file, or `None` for another file.
pub(super) fn without_temporary_extension(path: &Path) -> Option<PathBuf> {
    (path.extension()? == TEMPORARY_EXTENSION).then(|| path.with_extension(""))
}

/// Returns `true` if an export writes a file with this path, which is relative to the folder of the archive.
pub(super) fn is_written_by_export(path: &Path) -> bool {
    let parts: Option<Vec<&str>> = path.iter().map(|part| part.to_str()).collect();
    match parts.as_deref() {
        Some([MANIFEST]) => true,
        Some([list]) => {
            let name = list.strip_suffix(".jsonl");
            name.is_some_and(|name| [ASSISTANTS, FILES, UPLOADS, VECTOR_STORES].contains(&name))
        }
        Some([collection, id, name]) => ids::check(id).is_ok() && names_in(collection).contains(name),
        _ => false,
    }
}

/// Returns the names of the files in the folder of an object.
fn names_in(collection: &str) -> &'static [&'static str] {
    match collection {
        THREADS => &[THREAD, RUNS, STEPS, MESSAGES, TRANSCRIPT],
        FILES => &[FILE, CONTENT],
        VECTOR_STORES => &[VECTOR_STORE, VECTOR_STORE_FILES],
        CONVERSATIONS => &[CONVERSATION, ITEMS],
        _ => &[],
    }
}
