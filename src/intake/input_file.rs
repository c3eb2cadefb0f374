//! Opens a file whose path the user gave.

use crate::exit::Usage;
use std::fs::{File, Metadata};
use std::path::Path;

/// Opens a file or a pipe for reading, and returns it with its metadata. A directory is an error.
pub fn open(path: &Path) -> Result<(File, Metadata), Usage> {
    let wrong = |reason: &str| Usage::new(format!("{}: {reason}", path.display()));
    let file = File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => wrong("no such file"),
        _ => wrong(&error.to_string()),
    })?;
    let facts = file.metadata().map_err(|error| wrong(&error.to_string()))?;
    if facts.is_dir() { Err(wrong("is a directory, not a file")) } else { Ok((file, facts)) }
}
