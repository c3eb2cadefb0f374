//! The journal of a running export. It has one line for each completed step since the manifest was last written, so
//! that an interrupted export can continue. The journal is locked, because only one export at a time may write into a
//! folder.

use super::container::Container;
use super::error::ArchiveError;
use super::layout::ArchivePaths;
use super::manifest::{
    ArchiveManifest, ContainerEntry, FORMAT, FetchFailure, FileEntry, LinesState, ListEntry, ThreadEntry,
    ThreadProgress, failure_key,
};
use super::private_files;
use crate::json::{self, Closed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// A completed step of an export.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum JournalEntry {
    Thread {
        id: String,
        entry: ThreadEntry,
    },
    File {
        id: String,
        entry: FileEntry,
    },
    List {
        name: String,
        entry: ListEntry,
    },
    /// An object or a list could not be fetched.
    Failed(FetchFailure),
    /// The backend's list of threads or conversations was read, after it failed before.
    Listed {
        name: String,
    },
    /// The progress of a thread that is not complete yet.
    #[serde(rename = "at")]
    Progress {
        id: String,
        progress: ThreadProgress,
    },
    Container {
        container: Container,
        id: String,
        entry: ContainerEntry,
    },
    /// The progress of a list that is not complete yet.
    Items {
        container: Container,
        id: String,
        items: LinesState,
    },
}

impl Closed<'_> for JournalEntry {}
impl Closed<'_> for ArchiveManifest {}

/// The state of an archive: its manifest with all entries of the journal applied, and the progress of unfinished
/// objects.
#[derive(Debug, Default)]
pub(super) struct ArchiveState {
    pub(super) manifest: ArchiveManifest,
    pub(super) unfinished: BTreeMap<String, ThreadProgress>,
    /// The unfinished lists by the kind and the ID of their objects.
    pub(super) unfinished_items: BTreeMap<(Container, String), LinesState>,
}

impl ArchiveState {
    /// Adds an entry of the journal. A success removes an earlier failure of the same object.
    pub(super) fn apply(&mut self, entry: JournalEntry) {
        let Self { manifest, unfinished, unfinished_items } = self;
        match entry {
            JournalEntry::Thread { id, entry } => {
                manifest.failed.remove(&failure_key("thread", Some(&id)));
                unfinished.remove(&id);
                manifest.threads.insert(id, entry);
            }
            JournalEntry::File { id, entry } => {
                manifest.failed.remove(&failure_key("file", Some(&id)));
                manifest.files.insert(id, entry);
            }
            JournalEntry::List { name, entry } => {
                manifest.failed.remove(&failure_key(&name, None));
                manifest.lists.insert(name, entry);
            }
            JournalEntry::Listed { name } => drop(manifest.failed.remove(&failure_key(&name, None))),
            JournalEntry::Failed(failure) => drop(manifest.failed.insert(failure.key(), failure)),
            JournalEntry::Progress { id, progress } => drop(unfinished.insert(id, progress)),
            JournalEntry::Container { container, id, entry } => {
                manifest.failed.remove(&failure_key(container.kind().name(), Some(&id)));
                let key = (container, id);
                unfinished_items.remove(&key);
                manifest.containers_mut(container).insert(key.1, entry);
            }
            JournalEntry::Items { container, id, items } => drop(unfinished_items.insert((container, id), items)),
        }
    }

    /// Reads the manifest and the journal of an archive that must exist.
    ///
    /// # Errors
    /// Returns the errors of [`Self::read`], and an error if there is no manifest.
    pub(super) fn read_existing(layout: &ArchivePaths) -> Result<Self, ArchiveError> {
        Self::read(layout)?.ok_or_else(|| ArchiveError::WrongPath {
            path: layout.root().to_owned(),
            reason: "expected an archive, found no manifest.json".to_owned(),
            hint: None,
        })
    }

    /// Reads the manifest and the journal. Returns `None` if there is no manifest. A truncated last line of the journal
    /// is ignored, because its step was not completed.
    ///
    /// # Errors
    /// Returns an error if the manifest or the journal cannot be read, or if the manifest is not valid or has another
    /// format.
    pub(super) fn read(layout: &ArchivePaths) -> Result<Option<Self>, ArchiveError> {
        let path = layout.manifest();
        let text = match private_files::read(&path).and_then(read_all) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(ArchiveError::at(&path))?,
        };
        let damaged = |reason: String| ArchiveError::Damaged { path: path.clone(), reason };
        let manifest: ArchiveManifest = json::closed_bytes(&text)
            .map_err(|error| damaged(format!("expected the manifest of an archive: {error}")))?;
        if manifest.format != FORMAT {
            return Err(damaged(format!("expected an archive of format {FORMAT}, got format {}", manifest.format)));
        }
        let mut state = Self { manifest, ..Self::default() };
        let journal = layout.journal();
        match private_files::read(&journal) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            opened => {
                let lines = BufReader::new(opened.map_err(ArchiveError::at(&journal))?).split(b'\n');
                for line in lines {
                    let line = line.map_err(ArchiveError::at(&journal))?;
                    let Ok(entry) = json::closed_bytes(&line) else { break };
                    state.apply(entry);
                }
            }
        }
        Ok(Some(state))
    }
}

fn read_all(mut file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map(|_| bytes)
}

/// An open, locked file of JSON Lines, to which one line is appended for each completed step.
#[derive(Debug)]
pub struct Journal {
    file: File,
    path: PathBuf,
}

impl Journal {
    /// Opens the journal and locks it.
    ///
    /// # Errors
    /// Returns an error if another export holds the lock, or if the file cannot be opened.
    pub(super) fn open(path: &Path) -> Result<Self, ArchiveError> {
        loop {
            let mut options = OpenOptions::new();
            options.create(true).read(true).append(true);
            let file = private_files::open(path, &mut options).map_err(ArchiveError::at(path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(ArchiveError::Busy { path: path.to_owned() }),
                Err(TryLockError::Error(error)) => return Err(ArchiveError::at(path)(error)),
            }
            // The process that held the lock before may have removed the file. Then a new file is opened.
            if path.exists() {
                return Ok(Self { file, path: path.to_owned() });
            }
        }
    }

    /// Opens a journal that is kept, and passes each of its lines to `each`. A truncated last line is removed, because its
    /// step was not completed.
    pub(super) fn open_kept(path: &Path, mut each: impl FnMut(&[u8])) -> Result<Self, ArchiveError> {
        let journal = Self::open(path)?;
        let mut lines = BufReader::new(&journal.file);
        let (mut line, mut complete) = (Vec::new(), 0);
        loop {
            line.clear();
            lines.read_until(b'\n', &mut line).map_err(ArchiveError::at(path))?;
            if !line.ends_with(b"\n") {
                break;
            }
            complete += line.len() as u64;
            each(&line);
        }
        if !line.is_empty() {
            journal.file.set_len(complete).map_err(ArchiveError::at(path))?;
        }
        Ok(journal)
    }

    /// Appends an entry.
    ///
    /// # Errors
    /// Returns an error if the entry cannot be written.
    pub fn append(&mut self, entry: &impl Serialize) -> Result<(), ArchiveError> {
        let mut line = serde_json::to_vec(entry).map_err(|error| ArchiveError::at(&self.path)(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(ArchiveError::at(&self.path))
    }

    /// Flushes all appended entries to disk.
    ///
    /// # Errors
    /// Returns an error if the disk does not accept them.
    pub fn sync(&self) -> Result<(), ArchiveError> {
        self.file.sync_data().map_err(ArchiveError::at(&self.path))
    }

    /// Replaces the contents of the journal with these entries.
    pub(super) fn replace(&mut self, entries: impl Iterator<Item = JournalEntry>) -> Result<(), ArchiveError> {
        self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0))).map_err(ArchiveError::at(&self.path))?;
        for entry in entries {
            self.append(&entry)?;
        }
        Ok(())
    }

    /// Removes the journal after its entries were written to the manifest.
    pub(super) fn remove(self) -> Result<(), ArchiveError> {
        std::fs::remove_file(&self.path).map_err(ArchiveError::at(&self.path))
    }
}
