//! Spill files: plain files that keep entries while the ledger cannot be written. The module must not depend on the
//! database.
//!
//! A file belongs to one process and one ledger. Its path is `DIR/asst-spill/LEDGER-PROCESS-NUMBER.jsonl`, where
//! `LEDGER` is a digest of the ledger's identity. The first line contains that identity in full. A process that writes
//! or imports a file holds its lock. If another user owns `DIR/asst-spill`, the folder is `DIR/asst-spill-UID`.

mod files;
mod locked;

pub(super) use locked::{LockResult, LockedSpill, SpillLines};

use super::entry::Entry;
use crate::json::{self, Closed};
use files::{FileLock, is_at, lock, make_folder, owned_alike, private_file, reopen, sync_folder};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use std::{
    fs::{self, File},
    hash::{BuildHasher, RandomState},
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

const SUFFIX: &str = ".jsonl";
/// The extension of a file with the damaged lines of a spill file.
const DAMAGED_EXTENSION: &str = "unread";
/// The number of attempts to create and lock a new file. Another process may remove it between the two steps.
const ATTEMPTS: usize = 8;
/// The maximum number of bytes to read for the first line, which names the ledger.
const LONGEST_HEAD: u64 = 64 << 10;

/// The folders of spill files.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SpillDirs {
    /// The folders to which spill files may be written, the best first.
    write: Vec<PathBuf>,
    /// More folders in which a process with another environment may have left spill files.
    search: Vec<PathBuf>,
}

impl SpillDirs {
    /// Returns the folders to which spill files may be written, the best first.
    pub fn new(write: Vec<PathBuf>) -> Self {
        Self { write, search: Vec::new() }
    }

    /// Adds folders that are only searched for spill files.
    #[must_use]
    pub fn searching(mut self, dirs: impl IntoIterator<Item = PathBuf>) -> Self {
        for dir in dirs {
            if !self.write.contains(&dir) && !self.search.contains(&dir) {
                self.search.push(dir);
            }
        }
        self
    }
}

/// The first line of a spill file.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct SpillHeader {
    asst_spill: u32,
    ledger: String,
    /// `true` if the file holds only the damaged lines of another one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    damaged: bool,
}

/// A spill file that is bound to a ledger other than the one in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherLedgerSpill {
    pub path: PathBuf,
    /// The ledger to which the file is bound: a path, or a URL without its password.
    pub ledger: String,
}

/// The spill files of one ledger.
#[derive(Debug)]
pub(super) struct SpillFiles {
    dirs: SpillDirs,
    ledger: String,
    /// The prefix of the names of this ledger's files.
    prefix: String,
    /// The file of this process, if it has created one.
    current: Mutex<Option<PathBuf>>,
}

impl SpillFiles {
    /// Returns the spill files of the ledger with this identity.
    pub(super) fn new(ledger: String, dirs: SpillDirs) -> Self {
        let digest = Sha256::digest(&ledger);
        let prefix = digest.iter().take(8).map(|byte| format!("{byte:02x}")).collect::<String>() + "-";
        Self { dirs, ledger, prefix, current: Mutex::default() }
    }

    /// Appends entries durably to a file in the first folder that accepts them.
    ///
    /// # Errors
    /// Returns an error if no folder accepts them, with the reason.
    pub(super) fn append(&self, entries: &[Entry]) -> Result<PathBuf, String> {
        let mut lines = Vec::new();
        for entry in entries {
            serde_json::to_writer(&mut lines, entry).map_err(|error| error.to_string())?;
            lines.push(b'\n');
        }
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(path) = current.as_deref()
            && let Ok(Some((mut file, _))) = reopen(path)
            && add(&mut file, path, &lines).is_ok()
        {
            return Ok(path.to_owned());
        }
        let mut reasons = Vec::new();
        for dir in &self.dirs.write {
            match self.start(dir).and_then(|(path, mut file)| add(&mut file, &path, &lines).map(|()| path)) {
                Ok(path) => {
                    *current = Some(path.clone());
                    return Ok(path);
                }
                Err(error) => reasons.push(format!("`{}`: {error}", dir.display())),
            }
        }
        Err(if reasons.is_empty() { "there is no folder for spill files".to_owned() } else { reasons.join("; ") })
    }

    /// Returns the files of this ledger that wait to be imported, the oldest first. They include undamaged files that
    /// an older version moved as a whole.
    pub(super) fn waiting(&self) -> Vec<PathBuf> {
        let mut found = self.files(|name| name.starts_with(&self.prefix) && name.ends_with(SUFFIX));
        found.extend(self.damaged_files().into_iter().filter(|path| head_of(path).is_some_and(|head| !head.damaged)));
        found
    }

    /// Returns the files of this ledger that hold damaged lines, the oldest first.
    pub(super) fn damaged_files(&self) -> Vec<PathBuf> {
        self.files(|name| name.starts_with(&self.prefix) && name.ends_with(DAMAGED_EXTENSION))
    }

    /// Returns the files of this user that are bound to other ledgers, the oldest first.
    pub(super) fn of_other_ledgers(&self) -> Vec<OtherLedgerSpill> {
        let others = self.files(|name| {
            !name.starts_with(&self.prefix) && (name.ends_with(SUFFIX) || name.ends_with(DAMAGED_EXTENSION))
        });
        let bound = |path: PathBuf| Some(OtherLedgerSpill { ledger: head_of(&path)?.ledger, path });
        others.into_iter().filter_map(bound).collect()
    }

    fn files(&self, wanted: impl Fn(&str) -> bool) -> Vec<PathBuf> {
        let mut found = Vec::new();
        for dir in self.dirs.write.iter().chain(&self.dirs.search) {
            for folder in files::folders(dir) {
                let Ok(files) = fs::read_dir(folder) else { continue };
                for file in files.flatten() {
                    if file.file_name().to_str().is_some_and(&wanted) {
                        found.push((file.metadata().and_then(|of| of.modified()).ok(), file.path()));
                    }
                }
            }
        }
        found.sort();
        found.dedup();
        found.into_iter().map(|(_, path)| path).collect()
    }

    /// Creates a new file in a folder of this user below `dir`.
    fn start(&self, dir: &Path) -> io::Result<(PathBuf, File)> {
        let mut last = None;
        for folder in files::folders(dir) {
            match self.start_in(dir, &folder) {
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => last = Some(error),
                done => return done,
            }
        }
        Err(last.unwrap_or_else(|| io::ErrorKind::PermissionDenied.into()))
    }

    fn start_in(&self, dir: &Path, folder: &Path) -> io::Result<(PathBuf, File)> {
        make_folder(folder)?;
        let head = SpillHeader { asst_spill: 1, ledger: self.ledger.clone(), damaged: false };
        let head = serde_json::to_string(&head)? + "\n";
        for _ in 0..ATTEMPTS {
            let number = RandomState::new().hash_one(0);
            let path = folder.join(format!("{}{}-{number:016x}{SUFFIX}", self.prefix, std::process::id()));
            let mut file = private_file().create_new(true).open(&path)?;
            if !owned_alike(folder, &file)? {
                fs::remove_file(&path)?;
                return Err(io::Error::new(
                    io::ErrorKind::PermissionDenied,
                    "its spill folder belongs to another user",
                ));
            }
            files::close_to_others(folder)?;
            // Without locks, no other process can import the file. It is written nevertheless.
            if lock(&file)? != FileLock::InUse && is_at(&file, &path) {
                file.write_all(head.as_bytes())?;
                sync_folder(folder)?;
                sync_folder(dir)?;
                return Ok((path, file));
            }
        }
        Err(io::Error::other("a new file disappeared after it was created"))
    }
}

impl Closed<'_> for SpillHeader {}
impl Closed<'_> for Entry {}

/// Reads the first line of a file. Returns `None` if it is not the head of a spill file or cannot be read.
fn head_of(path: &Path) -> Option<SpillHeader> {
    let mut line = Vec::new();
    let file = files::open_own(path).ok()??;
    BufReader::new(file.take(LONGEST_HEAD)).read_until(b'\n', &mut line).ok()?;
    json::closed_bytes(&line).ok()
}

/// Appends lines durably. A partial write is undone, so that no incomplete line precedes others.
fn add(file: &mut File, path: &Path, lines: &[u8]) -> io::Result<()> {
    let before = file.seek(SeekFrom::End(0))?;
    let added = file.write_all(lines).and_then(|()| file.sync_all());
    if added.is_err() {
        let _ = file.set_len(before);
    }
    added?;
    // If files cannot be locked, the file may have been removed in the meantime.
    if is_at(file, path) { Ok(()) } else { Err(io::ErrorKind::NotFound.into()) }
}
