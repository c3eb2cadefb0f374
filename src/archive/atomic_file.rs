//! Files that appear in the archive only when they are complete.

use super::digest::{self, HashingWriter};
use super::layout::temporary_path;
use super::manifest::FileDigest;
use super::private_files;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

/// A file that is written to a temporary path and then renamed.
pub struct AtomicFile {
    path: PathBuf,
    out: HashingWriter<BufWriter<File>>,
}

impl AtomicFile {
    /// Creates the temporary file. A leftover of an earlier attempt is overwritten.
    ///
    /// # Errors
    /// Returns an error if the folder does not exist or cannot be written, or if the temporary path is a symbolic link, a
    /// pipe or a device.
    pub fn create(path: &Path) -> io::Result<Self> {
        let file = private_files::create(&temporary_path(path))?;
        Ok(Self { path: path.to_owned(), out: HashingWriter::new(BufWriter::with_capacity(1 << 16, file)) })
    }

    /// Renames the file to its final path, and returns its length and hash.
    ///
    /// # Errors
    /// Returns an error if the last bytes cannot be written, for example to a full disk, or if the file cannot be renamed.
    pub fn commit(self) -> io::Result<FileDigest> {
        let (out, digest) = self.out.finish();
        sync_file(&out.into_inner().map_err(io::IntoInnerError::into_error)?)?;
        fs::rename(temporary_path(&self.path), &self.path)?;
        Ok(digest)
    }
}

impl Write for AtomicFile {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write(bytes)
    }
    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()
    }
}

/// Writes a file from memory, unless `before` shows that it is unchanged. Returns its length and hash.
///
/// # Errors
/// Returns the errors of [`AtomicFile::create`] and [`AtomicFile::commit`].
pub fn write_file(path: &Path, bytes: &[u8], before: Option<&FileDigest>) -> io::Result<FileDigest> {
    let digest = digest::of_reader(bytes)?;
    if before == Some(&digest) {
        return Ok(digest);
    }
    let mut file = AtomicFile::create(path)?;
    file.write_all(bytes)?;
    file.commit()
}

/// Flushes one file to disk. On Linux this does nothing, because `syncfs` later flushes all files of the archive at
/// once.
pub(super) fn sync_file(file: &File) -> io::Result<()> {
    if cfg!(target_os = "linux") { Ok(()) } else { file.sync_all() }
}
