//! File contents in a folder. Each distinct content is stored once, under its hash. The module must not depend on
//! objects, whose rows decide which contents are needed.

use crate::serve::store::regular_file;
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tempfile::NamedTempFile;
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// The minimum interval between two searches for contents that no object refers to.
const SWEEP_INTERVAL: Duration = Duration::from_secs(24 * 60 * 60);

/// The folder of the contents.
#[derive(Debug)]
pub(in crate::serve) struct Folder {
    folder: PathBuf,
    /// The lock within this process. The file `lock` in the folder excludes other processes.
    lock: RwLock<()>,
}

/// Contents that are being uploaded.
#[derive(Debug)]
pub(in crate::serve) struct IncomingFile {
    file: NamedTempFile,
    hash: Sha256,
    length: u64,
}

/// A shared lock. While it is held, no contents are removed, so that a row can be inserted for contents that were just
/// stored.
#[derive(Debug)]
pub(in crate::serve) struct SharedLock<'a>(#[allow(dead_code)] RwLockReadGuard<'a, ()>, #[allow(dead_code)] File);

/// An exclusive lock. While it is held, no contents can be stored, so that contents without a row can be removed.
#[derive(Debug)]
pub(in crate::serve::store) struct ExclusiveLock<'a>(
    #[allow(dead_code)] RwLockWriteGuard<'a, ()>,
    #[allow(dead_code)] File,
);

impl Folder {
    /// Opens the folder, or creates it. Removes the leftovers of uploads whose process has died.
    pub(in crate::serve::store) fn open(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let incoming = folder.join("incoming");
        make_folder(&incoming)?;
        for entry in fs::read_dir(&incoming)?.flatten() {
            // A file that can be locked is a leftover, because an active upload holds the lock of its file. If the
            // removal fails, another process has removed the file.
            let file = regular_file::open(File::options().read(true), &entry.path());
            if file.is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self { folder: folder.to_owned(), lock: RwLock::default() })
    }

    /// Begins an upload.
    pub(super) fn begin(&self) -> io::Result<IncomingFile> {
        loop {
            let file = NamedTempFile::new_in(self.folder.join("incoming"))?;
            file.as_file().lock()?;
            // Before the file was locked, a starting process may have removed it as a leftover.
            if file.path().exists() {
                return Ok(IncomingFile { file, hash: Sha256::new(), length: 0 });
            }
        }
    }

    /// Stores the contents durably under their hash, and returns the hash. The row must be inserted while the returned
    /// [`SharedLock`] exists.
    pub(super) async fn keep(&self, incoming: IncomingFile) -> io::Result<(String, SharedLock<'_>)> {
        let IncomingFile { file, hash, .. } = incoming;
        let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let shared = SharedLock(self.lock.read().await, self.lock_file(File::lock_shared).await?);
        let (root, target) = (self.folder.clone(), self.path(&hash));
        blocking(move || {
            file.as_file().sync_all()?;
            let folder = target.parent().unwrap_or(&target);
            if !folder.exists() {
                make_folder(folder)?;
                File::open(&root)?.sync_all()?;
            }
            file.persist(&target)?;
            File::open(folder)?.sync_all()
        })
        .await?;
        Ok((hash, shared))
    }

    /// Begins the removal of contents. Until the returned lock is dropped, no row for the same contents can be
    /// inserted.
    pub(in crate::serve::store) async fn begin_removal(&self) -> io::Result<ExclusiveLock<'_>> {
        Ok(ExclusiveLock(self.lock.write().await, self.lock_file(File::lock).await?))
    }

    /// Removes contents that no row refers to.
    pub(in crate::serve::store) fn remove(&self, hash: &str, _exclusive: &ExclusiveLock<'_>) -> io::Result<()> {
        match fs::remove_file(self.path(hash)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Opens contents and returns them with their size in bytes. Returns `None` if they were removed.
    pub(super) fn read(&self, hash: &str) -> io::Result<Option<(File, u64)>> {
        let file = match regular_file::open(File::options().read(true), &self.path(hash)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            opened => opened?,
        };
        let length = file.metadata()?.len();
        Ok(Some((file, length)))
    }

    /// Returns the folders to search for contents without a row, and records the time of the search. Returns no folders
    /// if the last search was recent.
    pub(in crate::serve::store) async fn folders_to_sweep(&self) -> io::Result<Vec<PathBuf>> {
        let root = self.folder.clone();
        blocking(move || {
            let record = root.join("swept");
            let last = fs::metadata(&record).and_then(|record| record.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            if last + SWEEP_INTERVAL > SystemTime::now() {
                return Ok(Vec::new());
            }
            regular_file::open(File::options().create(true).truncate(true).write(true), &record)?;
            // Contents are in folders that are named after the first byte of their hash, in two digits.
            let has_contents = |path: &PathBuf| path.file_name().is_some_and(|name| name.len() == 2);
            Ok(fs::read_dir(root)?.flatten().map(|entry| entry.path()).filter(has_contents).collect())
        })
        .await
    }

    /// Returns the hashes of the contents in a folder.
    pub(in crate::serve::store) async fn hashes(&self, folder: PathBuf) -> io::Result<Vec<String>> {
        blocking(move || Ok(fs::read_dir(folder)?.flatten().flat_map(|file| file.file_name().into_string()).collect()))
            .await
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(hash.get(..2).unwrap_or_default()).join(hash)
    }

    /// Locks the file that excludes other processes.
    async fn lock_file(&self, lock: fn(&File) -> io::Result<()>) -> io::Result<File> {
        let path = self.folder.join("lock");
        blocking(move || {
            let file = regular_file::open(File::options().create(true).truncate(false).write(true), &path)?;
            lock(&file)?;
            Ok(file)
        })
        .await
    }
}

impl IncomingFile {
    /// Adds bytes.
    pub(super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Returns the number of bytes received so far.
    pub(super) fn length(&self) -> u64 {
        self.length
    }
}

/// Runs blocking work outside the async worker threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
