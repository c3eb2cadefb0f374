//! Files that appear in the archive only when they are complete.

use super::entries::Part;
use super::hashed::{self, Hashed};
use super::layout::unfinished;
use super::private;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is written to a temporary path and then renamed.
pub struct Draft {
    path: PathBuf,
    out: Hashed<BufWriter<File>>,
}

impl Draft {
    /// Creates the temporary file. A leftover of an earlier attempt is overwritten.
    pub fn new(path: &Path) -> io::Result<Self> {
        let file = private::create(&unfinished(path))?;
        Ok(Self { path: path.to_owned(), out: Hashed::new(BufWriter::with_capacity(1 << 16, file)) })
    }

    /// Renames the file to its final path, and returns its length and hash.
    pub fn keep(self) -> io::Result<Part> {
        let (out, part) = self.out.finish();
        durable(&out.into_inner().map_err(io::IntoInnerError::into_error)?)?;
        fs::rename(unfinished(&self.path), &self.path)?;
        Ok(part)
    }
}

impl Write for Draft {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a file from memory, unless `before` shows that it is unchanged. Returns its length and hash.
pub fn put(path: &Path, bytes: &[u8], before: Option<&Part>) -> io::Result<Part> {
    let part = hashed::read(bytes)?;
    if before == Some(&part) {
        return Ok(part);
    }
    let mut draft = Draft::new(path)?;
    draft.write_all(bytes)?;
    draft.keep()
}

/// Flushes one file to disk. On Linux this does nothing, because `syncfs` later flushes all files of the archive at
/// once.
pub(super) fn durable(file: &File) -> io::Result<()> {
    if cfg!(target_os = "linux") { Ok(()) } else { file.sync_all() }
}
