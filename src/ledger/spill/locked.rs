//! A spill file that is being imported. The module must not depend on the database.

use super::{
    DAMAGED_EXTENSION, SUFFIX, SpillHeader,
    files::{FileLock, is_own, open_own, owned_alike, private_file, reopen, sync_folder},
};
use crate::json;
use crate::ledger::entry::Entry;
use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

/// A spill file that no other process writes or imports while this value exists.
#[derive(Debug)]
pub(in crate::ledger) struct LockedSpill {
    pub(in crate::ledger) path: PathBuf,
    pub(in crate::ledger) name: String,
    file: File,
    text: Vec<u8>,
}

/// The result of an attempt to lock a spill file.
#[derive(Debug)]
pub(in crate::ledger) enum LockResult {
    Locked(LockedSpill),
    /// Another process writes the file or imports it.
    InUse,
    /// Another process has imported the file.
    Gone,
    /// The file belongs to another user.
    Foreign,
}

/// The contents of a spill file.
#[derive(Debug, Default)]
pub(in crate::ledger) struct SpillLines {
    /// The entries, each with the byte offset at which its line ends.
    pub(in crate::ledger) entries: Vec<(Entry, usize)>,
    /// The byte offset up to which the file was read: the end of its last complete line.
    pub(in crate::ledger) length: usize,
    /// The lines that are not valid entries.
    pub(in crate::ledger) damaged: Vec<Vec<u8>>,
}

impl LockedSpill {
    /// Locks a spill file in a folder of this user.
    pub(in crate::ledger) fn lock(path: PathBuf) -> io::Result<LockResult> {
        let folder = path.parent().unwrap_or(&path);
        // In a folder of another user, no file may even be opened.
        if !is_own(folder)? {
            return Ok(LockResult::Foreign);
        }
        match Self::lock_named(path.clone())? {
            LockResult::Locked(taken) if !owned_alike(folder, &taken.file)? => Ok(LockResult::Foreign),
            held => Ok(held),
        }
    }

    /// Locks a spill file whose path the user gave.
    pub(in crate::ledger) fn lock_named(path: PathBuf) -> io::Result<LockResult> {
        let (mut file, lock) = match reopen(&path)? {
            Some(held) => held,
            None => return Ok(if open_own(&path)?.is_some() { LockResult::InUse } else { LockResult::Gone }),
        };
        if lock == FileLock::None {
            return Err(io::Error::new(io::ErrorKind::Unsupported, "its file system does not support locks"));
        }
        if !file.metadata()?.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
        }
        let mut text = Vec::new();
        file.seek(SeekFrom::Start(0))?;
        file.read_to_end(&mut text)?;
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        Ok(LockResult::Locked(Self { path, name, file, text }))
    }

    /// Returns `true` if the first line is the head of a spill file.
    pub(in crate::ledger) fn is_spill(&self) -> bool {
        self.head().is_some()
    }

    /// Returns `true` if this file itself is a file of damaged lines, so that none can be moved out of it.
    pub(in crate::ledger) fn holds_damaged_lines(&self) -> bool {
        self.path.extension().is_some_and(|end| end == DAMAGED_EXTENSION)
    }

    /// Returns the name under which the ledger records how much of the file it has imported. A file that an older
    /// version moved as a whole keeps its original name.
    pub(in crate::ledger) fn recorded_name(&self) -> String {
        match self.name.strip_suffix(DAMAGED_EXTENSION) {
            Some(stem) if self.head().is_some_and(|head| !head.damaged) => {
                format!("{}{SUFFIX}", stem.trim_end_matches('.'))
            }
            _ => self.name.clone(),
        }
    }

    fn head(&self) -> Option<SpillHeader> {
        self.text.split(|byte| *byte == b'\n').next().and_then(|line| json::closed_bytes(line).ok())
    }

    /// Returns the lines after the byte offset `taken`, up to which the ledger has imported the file.
    pub(in crate::ledger) fn lines(&self, taken: usize) -> SpillLines {
        // An incomplete last line was never acknowledged.
        let whole = self.text.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let mut lines = SpillLines { length: whole.max(taken), ..SpillLines::default() };
        let mut end = taken;
        for line in self.text.get(taken..whole).unwrap_or_default().split_inclusive(|byte| *byte == b'\n') {
            end += line.len();
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            if line.iter().all(u8::is_ascii_whitespace) || json::closed_bytes::<SpillHeader>(line).is_ok() {
                continue;
            }
            match json::closed_bytes(line) {
                Ok(entry) => lines.entries.push((entry, end)),
                Err(_) => lines.damaged.push(line.to_owned()),
            }
        }
        lines
    }

    /// Returns the numbers of the damaged lines, starting at 1.
    pub(in crate::ledger) fn damaged_lines(&self) -> Vec<usize> {
        let is_damaged = |line: &[u8]| {
            let blank = line.iter().all(u8::is_ascii_whitespace);
            !blank && json::closed_bytes::<SpillHeader>(line).is_err() && json::closed_bytes::<Entry>(line).is_err()
        };
        let lines = self.text.split(|byte| *byte == b'\n').enumerate();
        lines.filter(|(_, line)| is_damaged(line)).map(|(number, _)| number + 1).collect()
    }

    /// Appends lines durably to the file of damaged lines beside this one, and returns its path. Lines that it already
    /// contains are not repeated.
    pub(in crate::ledger) fn append_damaged(&self, lines: &[Vec<u8>]) -> io::Result<PathBuf> {
        let path = self.path.with_extension(DAMAGED_EXTENSION);
        let mut file = private_file().create(true).truncate(false).open(&path)?;
        let mut known = Vec::new();
        file.read_to_end(&mut known)?;
        let mut text = Vec::new();
        if known.is_empty() {
            let head = self.head().unwrap_or(SpillHeader { asst_spill: 1, ledger: String::new(), damaged: true });
            serde_json::to_writer(&mut text, &SpillHeader { damaged: true, ..head })?;
            text.push(b'\n');
        }
        for line in lines.iter().filter(|line| !known.split(|byte| *byte == b'\n').any(|known| known == **line)) {
            text.extend_from_slice(line);
            text.push(b'\n');
        }
        file.seek(SeekFrom::End(0))?;
        file.write_all(&text)?;
        file.sync_all()?;
        sync_folder(self.path.parent().unwrap_or(Path::new(".")))?;
        Ok(path)
    }

    /// Removes the file after the ledger has stored all of its contents.
    pub(in crate::ledger) fn remove(self) -> io::Result<()> {
        fs::remove_file(&self.path)?;
        self.file.unlock()
    }
}
