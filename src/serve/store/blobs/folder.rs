//! File contents in a folder. Each distinct content is stored once, under its hash. Must not depend on objects: the
//! rows decide which contents are needed.

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

/// The minimum interval between two searches for contents without a row.
const SWEEP: Duration = Duration::from_secs(24 * 60 * 60);

/// The folder of the contents.
#[derive(Debug)]
pub(in crate::serve) struct Folder {
    folder: PathBuf,
    /// The lock within this process. A lock file excludes other processes.
    lock: RwLock<()>,
}

/// Contents that are being uploaded.
#[derive(Debug)]
pub(in crate::serve) struct Incoming {
    file: NamedTempFile,
    hash: Sha256,
    length: u64,
}

/// Prevents the removal of contents between their arrival and the insertion of their row.
#[derive(Debug)]
pub(in crate::serve) struct Shared<'a>(#[allow(dead_code)] RwLockReadGuard<'a, ()>, #[allow(dead_code)] File);

/// Prevents the insertion of rows for contents that are being removed.
#[derive(Debug)]
pub(in crate::serve::store) struct Exclusive<'a>(
    #[allow(dead_code)] RwLockWriteGuard<'a, ()>,
    #[allow(dead_code)] File,
);

impl Folder {
    pub(in crate::serve::store) fn open(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let incoming = folder.join("incoming");
        make_folder(&incoming)?;
        for entry in fs::read_dir(&incoming)?.flatten() {
            // An active upload holds the lock of its file. Another process may remove the file first.
            let file = regular_file::open(File::options().read(true), &entry.path());
            if file.is_ok_and(|file| file.try_lock().is_ok()) {
                let _ = fs::remove_file(entry.path());
            }
        }
        Ok(Self { folder: folder.to_owned(), lock: RwLock::default() })
    }

    /// Begins an upload.
    pub(super) fn begin(&self) -> io::Result<Incoming> {
        loop {
            let file = NamedTempFile::new_in(self.folder.join("incoming"))?;
            file.as_file().lock()?;
            // Before the lock was taken, a starting process may have removed the file as a leftover.
            if file.path().exists() {
                return Ok(Incoming { file, hash: Sha256::new(), length: 0 });
            }
        }
    }

    /// Makes the contents durable under their hash, and returns the hash. The row must be inserted while the returned
    /// [`Shared`] exists.
    pub(super) async fn keep(&self, incoming: Incoming) -> io::Result<(String, Shared<'_>)> {
        let Incoming { file, hash, .. } = incoming;
        let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let shared = Shared(self.lock.read().await, self.lock_file(File::lock_shared).await?);
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

    /// Begins the removal of a file. No row for the same contents can be inserted until it ends.
    pub(in crate::serve::store) async fn removing(&self) -> io::Result<Exclusive<'_>> {
        Ok(Exclusive(self.lock.write().await, self.lock_file(File::lock).await?))
    }

    /// Removes contents that no row refers to.
    pub(in crate::serve::store) fn remove(&self, hash: &str, _exclusive: &Exclusive<'_>) -> io::Result<()> {
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

    /// Returns the folders to search for contents without a row, and records the search. Returns no folders if the last
    /// search was recent.
    pub(in crate::serve::store) async fn folders_to_sweep(&self) -> io::Result<Vec<PathBuf>> {
        let root = self.folder.clone();
        blocking(move || {
            let note = root.join("swept");
            let last = fs::metadata(&note).and_then(|note| note.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
            if last + SWEEP > SystemTime::now() {
                return Ok(Vec::new());
            }
            regular_file::open(File::options().create(true).truncate(true).write(true), &note)?;
            let is_of_bytes = |path: &PathBuf| path.file_name().is_some_and(|name| name.len() == 2);
            Ok(fs::read_dir(root)?.flatten().map(|entry| entry.path()).filter(is_of_bytes).collect())
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

impl Incoming {
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
