//! The bytes of files, each content once, under its hash. Must not know objects; rows say which bytes are wanted.

use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    io::{self, Write},
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};
use tempfile::{NamedTempFile, TempDir};
use tokio::sync::{RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What an upload that broke off left behind is rubbish after this.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The folder of the bytes.
#[derive(Debug)]
pub(in crate::serve) struct Blobs {
    folder: PathBuf,
    /// Within this process; the lock file is for the others.
    lock: RwLock<()>,
    _temporary: Option<TempDir>,
}

/// Bytes on their way in.
#[derive(Debug)]
pub(in crate::serve) struct Incoming {
    file: NamedTempFile,
    hash: Sha256,
    length: u64,
}

/// Keeps bytes from being removed between their arrival and their row.
#[derive(Debug)]
pub(in crate::serve) struct Shared<'a>(#[allow(dead_code)] RwLockReadGuard<'a, ()>, #[allow(dead_code)] File);

/// Keeps rows for the same bytes from being added while they are removed.
#[derive(Debug)]
pub(in crate::serve) struct Exclusive<'a>(#[allow(dead_code)] RwLockWriteGuard<'a, ()>, #[allow(dead_code)] File);

impl Blobs {
    pub(super) fn temporary() -> io::Result<Self> {
        let temporary = TempDir::with_prefix("asst-files-")?;
        let folder = temporary.path().to_owned();
        Ok(Self { _temporary: Some(temporary), ..Self::open(&folder)? })
    }

    pub(super) fn open(folder: &Path) -> io::Result<Self> {
        make_folder(folder)?;
        let incoming = folder.join("incoming");
        make_folder(&incoming)?;
        for entry in fs::read_dir(&incoming)?.flatten() {
            let old = |file: &fs::Metadata| file.modified().is_ok_and(|at| at + STALE < SystemTime::now());
            if entry.metadata().is_ok_and(|file| old(&file)) {
                let _ = fs::remove_file(entry.path()); // Another process may have been faster.
            }
        }
        Ok(Self { folder: folder.to_owned(), lock: RwLock::default(), _temporary: None })
    }

    /// Begins an upload.
    pub(in crate::serve) fn begin(&self) -> io::Result<Incoming> {
        let file = NamedTempFile::new_in(self.folder.join("incoming"))?;
        Ok(Incoming { file, hash: Sha256::new(), length: 0 })
    }

    /// Makes the bytes durable under their hash, which is returned. The row is to be made under the same [`Shared`].
    pub(in crate::serve) async fn keep(&self, incoming: Incoming) -> io::Result<(String, Shared<'_>)> {
        let Incoming { file, hash, .. } = incoming;
        let hash: String = hash.finalize().iter().map(|byte| format!("{byte:02x}")).collect();
        let shared = Shared(self.lock.read().await, self.lock_file(File::lock_shared).await?);
        let target = self.path(&hash);
        blocking(move || {
            file.as_file().sync_all()?;
            let folder = target.parent().unwrap_or(&target);
            make_folder(folder)?;
            file.persist(&target)?;
            File::open(folder)?.sync_all()
        })
        .await?;
        Ok((hash, shared))
    }

    /// Begins the removal of a file: no row for the same bytes appears meanwhile.
    pub(in crate::serve) async fn removing(&self) -> io::Result<Exclusive<'_>> {
        Ok(Exclusive(self.lock.write().await, self.lock_file(File::lock).await?))
    }

    /// Removes bytes that no row wants any more.
    pub(in crate::serve) fn remove(&self, hash: &str, _exclusive: &Exclusive<'_>) -> io::Result<()> {
        match fs::remove_file(self.path(hash)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }

    /// Opens bytes and returns their number as well.
    pub(in crate::serve) fn read(&self, hash: &str) -> io::Result<(File, u64)> {
        let file = File::open(self.path(hash))?;
        let length = file.metadata()?.len();
        Ok((file, length))
    }

    fn path(&self, hash: &str) -> PathBuf {
        self.folder.join(hash.get(..2).unwrap_or_default()).join(hash)
    }

    async fn lock_file(&self, lock: fn(&File) -> io::Result<()>) -> io::Result<File> {
        let path = self.folder.join("lock");
        blocking(move || {
            let file = File::options().create(true).truncate(false).write(true).open(path)?;
            lock(&file)?;
            Ok(file)
        })
        .await
    }
}

impl Incoming {
    /// Takes more bytes in.
    pub(in crate::serve) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.hash.update(bytes);
        self.length += bytes.len() as u64;
        self.file.write_all(bytes)
    }

    /// Returns how many bytes came so far.
    pub(in crate::serve) fn length(&self) -> u64 {
        self.length
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> io::Result<T> + Send + 'static) -> io::Result<T> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| Err(io::Error::other(error)))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
