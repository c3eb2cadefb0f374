//! The journal of a running export: one line for each step since the manifest was written, so that an interrupted
//! export can be resumed. The journal is locked, because only one export at a time may write into a folder.

use super::entries::{Failure, FileEntry, ListEntry, Manifest, Progress, ThreadEntry, key};
use super::{ArchiveError, Layout, private};
use crate::json::{self, Closed};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::Path;

/// A completed step.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Done {
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
    Failed(Failure),
    /// The progress of a thread that is not complete yet.
    At {
        id: String,
        progress: Progress,
    },
}

impl Closed<'_> for Done {}
impl Closed<'_> for Manifest {}

/// A manifest with all entries of the journal applied, and the progress of unfinished threads.
#[derive(Debug, Default)]
pub(super) struct Known {
    pub(super) manifest: Manifest,
    pub(super) unfinished: BTreeMap<String, Progress>,
}

impl Known {
    pub(super) fn apply(&mut self, done: Done) {
        let Self { manifest, unfinished } = self;
        match done {
            Done::Thread { id, entry } => {
                manifest.failed.remove(&key("thread", Some(&id)));
                unfinished.remove(&id);
                manifest.threads.insert(id, entry);
            }
            Done::File { id, entry } => {
                manifest.failed.remove(&key("file", Some(&id)));
                manifest.files.insert(id, entry);
            }
            Done::List { name, entry } => {
                manifest.failed.remove(&key(&name, None));
                manifest.lists.insert(name, entry);
            }
            Done::Failed(failure) => drop(manifest.failed.insert(failure.key(), failure)),
            Done::At { id, progress } => drop(unfinished.insert(id, progress)),
        }
    }

    /// Reads the manifest and the journal. A truncated last line is ignored, because its step was not completed.
    pub(super) fn read(layout: &Layout) -> Result<Option<Self>, ArchiveError> {
        let path = layout.manifest();
        let text = match private::read(&path).and_then(read_all) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            read => read.map_err(ArchiveError::at(&path))?,
        };
        let damaged =
            |error: serde_json::Error| ArchiveError::Damaged { path: path.clone(), reason: error.to_string() };
        let manifest: Manifest = json::closed_bytes(&text).map_err(damaged)?;
        if manifest.format != super::entries::FORMAT {
            let reason = format!("it is of format {}, which this version does not know", manifest.format);
            return Err(ArchiveError::Damaged { path, reason });
        }
        let mut known = Self { manifest, ..Self::default() };
        let journal = layout.journal();
        match private::read(&journal) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            opened => {
                let lines = BufReader::new(opened.map_err(ArchiveError::at(&journal))?).split(b'\n');
                for line in lines {
                    let line = line.map_err(ArchiveError::at(&journal))?;
                    let Ok(done) = json::closed_bytes(&line) else { break };
                    known.apply(done);
                }
            }
        }
        Ok(Some(known))
    }
}

fn read_all(mut file: File) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    file.read_to_end(&mut bytes).map(|_| bytes)
}

/// The open, locked journal.
#[derive(Debug)]
pub(super) struct Journal {
    file: File,
    path: std::path::PathBuf,
}

impl Journal {
    /// Opens the journal and locks it.
    ///
    /// # Errors
    /// If another export holds the lock, or the file cannot be opened.
    pub(super) fn open(path: &Path) -> Result<Self, ArchiveError> {
        loop {
            let mut options = OpenOptions::new();
            options.create(true).read(true).append(true);
            let file = private::open(path, &mut options).map_err(ArchiveError::at(path))?;
            match file.try_lock() {
                Ok(()) => {}
                Err(TryLockError::WouldBlock) => return Err(ArchiveError::Busy { path: path.to_owned() }),
                Err(TryLockError::Error(error)) => return Err(ArchiveError::at(path)(error)),
            }
            // The previous owner of the lock may have removed the file before it was locked here.
            if path.exists() {
                return Ok(Self { file, path: path.to_owned() });
            }
        }
    }

    pub(super) fn note(&mut self, done: &Done) -> Result<(), ArchiveError> {
        let mut line = serde_json::to_vec(done).map_err(|error| ArchiveError::at(&self.path)(error.into()))?;
        line.push(b'\n');
        self.file.write_all(&line).map_err(ArchiveError::at(&self.path))
    }

    /// Syncs all noted steps to disk.
    pub(super) fn settle(&self) -> Result<(), ArchiveError> {
        self.file.sync_data().map_err(ArchiveError::at(&self.path))
    }

    /// Replaces the contents of the journal with these steps.
    pub(super) fn restart(&mut self, with: impl Iterator<Item = Done>) -> Result<(), ArchiveError> {
        self.file.set_len(0).and_then(|()| self.file.seek(SeekFrom::Start(0))).map_err(ArchiveError::at(&self.path))?;
        for done in with {
            self.note(&done)?;
        }
        Ok(())
    }

    /// Removes the journal after its steps were written to the manifest.
    pub(super) fn remove(self) -> Result<(), ArchiveError> {
        std::fs::remove_file(&self.path).map_err(ArchiveError::at(&self.path))
    }
}
