//! Lists the files below a path.

use super::sqlite;
use std::collections::VecDeque;
use std::fmt;
use std::fs::{self, DirEntry, FileType};
use std::io;
use std::path::{Path, PathBuf};

/// An iterator over the files below a path, folder by folder.
///
/// A symbolic link is followed only if the user named it, because a link inside a folder may lead anywhere or form a
/// cycle. Such a link is reported as left out, unless its target is part of the scan.
pub(super) struct Files<'a> {
    waiting: VecDeque<WalkEntry>,
    /// The resolved paths of the scan.
    roots: &'a [PathBuf],
}

/// A file to read, or a path that is left out.
#[derive(Debug)]
pub(super) enum WalkEntry {
    File(PathBuf),
    LeftOut(PathBuf, Reason),
}

/// The reason why a path is left out.
#[derive(Debug)]
pub(super) enum Reason {
    Unreadable(io::Error),
    Link,
    /// A pipe, a socket, or a device.
    Special,
}

impl fmt::Display for Reason {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(error) => error.fmt(out),
            Self::Link => out.write_str("it is a symbolic link; pass the path of its target to scan it"),
            Self::Special => out.write_str("it is a pipe, a socket or a device; pass its path to read it"),
        }
    }
}

impl<'a> Files<'a> {
    /// Returns the files below a path, which may be a file itself. `roots` are the resolved paths of the whole scan.
    pub(super) fn below(path: &Path, roots: &'a [PathBuf]) -> Self {
        Self { waiting: VecDeque::from([WalkEntry::File(path.to_owned())]), roots }
    }

    /// Adds the entries of a folder before all others, in the order of their names.
    fn open(&mut self, folder: &Path) -> io::Result<()> {
        let mut entries: Vec<WalkEntry> = fs::read_dir(folder)?.filter_map(|entry| self.entry(folder, entry)).collect();
        entries.sort_by(|one, other| one.path().cmp(other.path()));
        entries.into_iter().rev().for_each(|entry| self.waiting.push_front(entry));
        Ok(())
    }

    /// Returns an entry of a folder, or `None` if it is a link whose target is part of the scan.
    fn entry(&self, folder: &Path, entry: io::Result<DirEntry>) -> Option<WalkEntry> {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => return Some(WalkEntry::LeftOut(folder.to_owned(), Reason::Unreadable(error))),
        };
        let path = entry.path();
        match entry.file_type().map(|file_type| self.reason(&path, file_type)) {
            Ok(Some(Ok(()))) => Some(WalkEntry::File(path)),
            Ok(Some(Err(reason))) => Some(WalkEntry::LeftOut(path, reason)),
            Ok(None) => None,
            Err(error) => Some(WalkEntry::LeftOut(path, Reason::Unreadable(error))),
        }
    }

    /// Returns `Ok` if an entry is read, or the reason why it is left out. Returns `None` if it is a link whose target
    /// is part of the scan.
    fn reason(&self, path: &Path, file_type: FileType) -> Option<Result<(), Reason>> {
        if file_type.is_file() || file_type.is_dir() {
            return Some(Ok(()));
        }
        if !file_type.is_symlink() {
            return Some(Err(Reason::Special));
        }
        let target = path.canonicalize();
        let is_scanned = target.is_ok_and(|target| self.roots.iter().any(|root| target.starts_with(root)));
        (!is_scanned).then_some(Err(Reason::Link))
    }
}

impl WalkEntry {
    fn path(&self) -> &Path {
        match self {
            Self::File(path) | Self::LeftOut(path, _) => path,
        }
    }
}

impl Iterator for Files<'_> {
    type Item = WalkEntry;

    fn next(&mut self) -> Option<WalkEntry> {
        loop {
            let path = match self.waiting.pop_front()? {
                WalkEntry::File(path) => path,
                left_out @ WalkEntry::LeftOut(..) => return Some(left_out),
            };
            let opened = match fs::metadata(&path) {
                Ok(found) if found.is_dir() => self.open(&path),
                // The file is read together with its database.
                Ok(_) if sqlite::belongs_to_another(&path) => continue,
                Ok(_) => return Some(WalkEntry::File(path)),
                Err(error) => Err(error),
            };
            if let Err(error) = opened {
                return Some(WalkEntry::LeftOut(path, Reason::Unreadable(error)));
            }
        }
    }
}
