//! The writer of an archive. It opens the archive, records each completed object in the journal, and writes the
//! manifest at the end.

use super::container::Container;
use super::error::ArchiveError;
use super::journal::{ArchiveState, Journal, JournalEntry};
use super::layout::{ArchivePaths, temporary_path};
use super::manifest::{
    ArchiveManifest, ContainerEntry, FORMAT, FetchFailure, FileDigest, FileEntry, LinesState, ListEntry, ThreadEntry,
    ThreadProgress, failure_key,
};
use super::private_files;
use crate::api::Kind;
use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write};
use std::path::Path;

/// An archive that is being written.
#[derive(Debug)]
pub struct ArchiveWriter {
    layout: ArchivePaths,
    state: ArchiveState,
    journal: Journal,
}

impl ArchiveWriter {
    /// Creates an archive in a folder, or continues the archive that the folder contains.
    ///
    /// # Errors
    /// - [`ArchiveError::WrongPath`] if the folder contains something else, or an archive of another origin
    /// - [`ArchiveError::Damaged`] if the manifest is not valid
    /// - [`ArchiveError::Busy`] if another export writes to the archive
    /// - [`ArchiveError::Io`] if the folder or the journal cannot be created or read
    pub fn open(root: &Path, origin: &str, version: &str, now: &str) -> Result<Self, ArchiveError> {
        let layout = ArchivePaths::new(root);
        check_folder(root)?;
        if let Some(existing) = ArchiveState::read(&layout)? {
            check_origin(&layout, &existing.manifest, origin)?;
        }
        private_files::create_root(root).map_err(ArchiveError::at(root))?;
        let journal = Journal::open(&layout.journal())?;
        // The archive may have changed before the lock on the journal was acquired, so it is read again.
        let state = match ArchiveState::read(&layout)? {
            // `ended_at` is set again when this export completes.
            Some(state) => ArchiveState { manifest: ArchiveManifest { ended_at: None, ..state.manifest }, ..state },
            None => {
                let manifest = ArchiveManifest {
                    format: FORMAT,
                    asst: version.to_owned(),
                    origin: origin.to_owned(),
                    begun_at: now.to_owned(),
                    ..ArchiveManifest::default()
                };
                write_manifest(&layout, &manifest)?;
                ArchiveState { manifest, ..ArchiveState::default() }
            }
        };
        check_origin(&layout, &state.manifest, origin)?;
        Ok(Self { layout, state, journal })
    }

    /// Returns the paths of the archive.
    pub fn layout(&self) -> &ArchivePaths {
        &self.layout
    }

    /// Creates the folder of an object.
    ///
    /// # Errors
    /// Returns an error if the folder cannot be created, or if a symbolic link is in its place.
    pub fn create_folder(&self, folder: &Path) -> Result<(), ArchiveError> {
        private_files::create_folder(self.layout.root(), folder).map_err(ArchiveError::at(folder))
    }

    /// Returns the manifest, with all entries so far.
    pub fn manifest(&self) -> &ArchiveManifest {
        &self.state.manifest
    }

    /// Returns a thread that was exported before, if its files still exist with the recorded lengths.
    pub fn thread(&self, id: &str) -> Option<&ThreadEntry> {
        let entry = self.state.manifest.threads.get(id)?;
        let folder = self.layout.thread(id).ok()?;
        has_files(self.layout.root(), &folder, &entry.parts).then_some(entry)
    }

    /// Returns the progress of a thread whose export was interrupted.
    pub fn progress_of(&self, id: &str) -> Option<&ThreadProgress> {
        self.state.unfinished.get(id)
    }

    /// Returns a vector store or a conversation that was exported before, if its files still exist with the recorded
    /// lengths.
    pub fn container(&self, container: Container, id: &str) -> Option<&ContainerEntry> {
        let entry = self.state.manifest.containers(container).get(id)?;
        let folder = self.layout.container(container, id).ok()?;
        has_files(self.layout.root(), &folder, &entry.parts).then_some(entry)
    }

    /// Returns the progress of a list whose export was interrupted.
    pub fn items_progress_of(&self, container: Container, id: &str) -> Option<&LinesState> {
        self.state.unfinished_items.get(&(container, id.to_owned()))
    }

    /// Returns `true` if a file needs no further request: its content is in the archive, or it is known to be
    /// unavailable, and no later request for it failed.
    pub fn has_file(&self, id: &str) -> bool {
        let has_failed = self.state.manifest.failed.contains_key(&failure_key(Kind::File.name(), Some(id)));
        let entry = self.state.manifest.files.get(id).filter(|_| !has_failed);
        let root = self.layout.root();
        entry.is_some_and(|entry| self.layout.file(id).is_ok_and(|folder| has_files(root, &folder, &entry.parts)))
    }

    /// Records that a thread is complete.
    ///
    /// # Errors
    /// Returns an error if the journal cannot be written. The same holds for the other `add` functions.
    pub fn add_thread(&mut self, id: &str, entry: ThreadEntry) -> Result<(), ArchiveError> {
        self.add(JournalEntry::Thread { id: id.to_owned(), entry })
    }

    /// Records the progress of a thread that is not complete yet.
    pub fn add_progress(&mut self, id: &str, progress: ThreadProgress) -> Result<(), ArchiveError> {
        self.add(JournalEntry::Progress { id: id.to_owned(), progress })
    }

    /// Records a vector store or a conversation that is complete.
    pub fn add_container(&mut self, container: Container, id: &str, entry: ContainerEntry) -> Result<(), ArchiveError> {
        self.add(JournalEntry::Container { container, id: id.to_owned(), entry })
    }

    /// Records the progress of a list.
    pub fn add_items_progress(
        &mut self,
        container: Container,
        id: &str,
        items: LinesState,
    ) -> Result<(), ArchiveError> {
        self.add(JournalEntry::Items { container, id: id.to_owned(), items })
    }

    /// Records the outcome of the download of a file.
    pub fn add_file(&mut self, id: &str, entry: FileEntry) -> Result<(), ArchiveError> {
        self.add(JournalEntry::File { id: id.to_owned(), entry })
    }

    /// Records that a list is complete.
    pub fn add_list(&mut self, name: &str, entry: ListEntry) -> Result<(), ArchiveError> {
        self.add(JournalEntry::List { name: name.to_owned(), entry })
    }

    /// Removes an earlier failure of a list that is not a file of the archive, such as the list of threads.
    pub fn clear_failure(&mut self, name: &str) -> Result<(), ArchiveError> {
        match self.manifest().failed.contains_key(&failure_key(name, None)) {
            true => self.add(JournalEntry::Listed { name: name.to_owned() }),
            false => Ok(()),
        }
    }

    /// Records that an object or a list could not be fetched.
    pub fn add_failure(&mut self, failure: FetchFailure) -> Result<(), ArchiveError> {
        self.add(JournalEntry::Failed(failure))
    }

    fn add(&mut self, entry: JournalEntry) -> Result<(), ArchiveError> {
        self.journal.append(&entry)?;
        self.state.apply(entry);
        Ok(())
    }

    /// Flushes all files to disk, then the journal, which refers to them.
    ///
    /// # Errors
    /// Returns an error if a file cannot be flushed.
    pub fn sync(&self) -> Result<(), ArchiveError> {
        sync_files(self.layout.root())?;
        self.journal.sync()
    }

    /// Flushes all files to disk, then writes the manifest, which refers to them. `completed_at` is the time at which
    /// the export was completed, or `None` if it was not.
    ///
    /// # Errors
    /// Returns an error if a file cannot be flushed, if the manifest cannot be written, or if the journal cannot be
    /// removed.
    pub fn close(mut self, version: &str, completed_at: Option<&str>) -> Result<(), ArchiveError> {
        if let Some(time) = completed_at {
            self.state.manifest.ended_at = Some(time.to_owned());
        }
        version.clone_into(&mut self.state.manifest.asst);
        self.move_entries_to_manifest()?;
        if self.state.unfinished.is_empty() && self.state.unfinished_items.is_empty() {
            self.journal.remove()?;
        }
        Ok(())
    }

    /// Moves the entries of the journal to the manifest. The progress of unfinished objects stays in the journal.
    fn move_entries_to_manifest(&mut self) -> Result<(), ArchiveError> {
        sync_files(self.layout.root())?;
        write_manifest(&self.layout, &self.state.manifest)?;
        let progress = |(id, progress): (&String, &ThreadProgress)| JournalEntry::Progress {
            id: id.clone(),
            progress: progress.clone(),
        };
        let items = |((container, id), items): (&(Container, String), &LinesState)| JournalEntry::Items {
            container: *container,
            id: id.clone(),
            items: items.clone(),
        };
        let threads = self.state.unfinished.iter().map(progress);
        self.journal.replace(threads.chain(self.state.unfinished_items.iter().map(items)))
    }
}

/// Rejects a folder that cannot be an archive, before anything is written.
fn check_folder(root: &Path) -> Result<(), ArchiveError> {
    let wrong = |reason: &str, hint: Option<&str>| {
        let (reason, hint) = (reason.to_owned(), hint.map(str::to_owned));
        Err(ArchiveError::WrongPath { path: root.to_owned(), reason, hint })
    };
    match fs::read_dir(root) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::NotADirectory => wrong("expected a folder, found a file", None),
        Err(error) => Err(ArchiveError::at(root)(error)),
        Ok(mut entries) => {
            let layout = ArchivePaths::new(root);
            if entries.next().is_some() && !layout.manifest().exists() && !layout.journal().exists() {
                let reason = "expected an empty folder or an archive, found other files";
                return wrong(reason, Some("pass a new or an empty folder"));
            }
            Ok(())
        }
    }
}

fn check_origin(layout: &ArchivePaths, manifest: &ArchiveManifest, origin: &str) -> Result<(), ArchiveError> {
    if manifest.origin == origin {
        return Ok(());
    }
    Err(ArchiveError::WrongPath {
        path: layout.root().to_owned(),
        reason: format!("expected an archive of {origin}, found an archive of {}", manifest.origin),
        hint: Some("pass another folder, or select the profile of that origin".to_owned()),
    })
}

/// Returns `true` if all files exist with the recorded lengths, and no path to them contains a symbolic link.
fn has_files(root: &Path, folder: &Path, files: &BTreeMap<String, FileDigest>) -> bool {
    let is_reachable = files.is_empty() || private_files::check_path(root, folder).is_ok();
    is_reachable
        && files.iter().all(|(name, digest)| {
            let metadata = fs::symlink_metadata(folder.join(name));
            metadata.is_ok_and(|metadata| metadata.is_file() && metadata.len() == digest.bytes)
        })
}

/// Writes the manifest to a temporary file and renames it over the old one.
fn write_manifest(layout: &ArchivePaths, manifest: &ArchiveManifest) -> Result<(), ArchiveError> {
    let path = layout.manifest();
    let temporary = temporary_path(&path);
    let write = || {
        let mut out = io::BufWriter::new(private_files::create(&temporary)?);
        serde_json::to_writer_pretty(&mut out, manifest)?;
        out.write_all(b"\n")?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&temporary, &path)
    };
    write().map_err(ArchiveError::at(&path))
}

/// Flushes everything written so far with one system call. Flushing a hundred thousand small files one by one would
/// take an hour.
#[cfg(target_os = "linux")]
fn sync_files(root: &Path) -> Result<(), ArchiveError> {
    let folder = fs::File::open(root).map_err(ArchiveError::at(root))?;
    rustix::fs::syncfs(folder).map_err(|error| ArchiveError::at(root)(error.into()))
}

/// Does nothing, because each file was flushed when it was completed.
#[cfg(not(target_os = "linux"))]
fn sync_files(_: &Path) -> Result<(), ArchiveError> {
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn open(root: &Path) -> Result<ArchiveWriter, ArchiveError> {
        ArchiveWriter::open(root, "url:http://here", "1", "now")
    }

    #[test]
    fn entries_survive_a_crash_before_the_archive_is_closed() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("a/b");
        let mut archive = open(&root).unwrap();
        archive.add_thread("thread_1", ThreadEntry::default()).unwrap();
        archive.add_progress("thread_2", ThreadProgress::default()).unwrap();
        drop(archive);
        fs::OpenOptions::new().append(true).open(root.join("journal.jsonl")).unwrap().write_all(b"{\"thr").unwrap();
        let archive = open(&root).unwrap();
        assert!(archive.thread("thread_1").is_some() && archive.progress_of("thread_2").is_some());
        archive.close("1", Some("later")).unwrap();
        assert!(open(&root).unwrap().progress_of("thread_2").is_some(), "closing keeps the progress");
    }

    #[test]
    fn archive_has_one_origin_and_one_writer() {
        let home = tempfile::tempdir().unwrap();
        let archive = open(home.path()).unwrap();
        assert!(matches!(open(home.path()), Err(ArchiveError::Busy { .. })));
        archive.close("1", Some("later")).unwrap();
        assert!(!home.path().join("journal.jsonl").exists());
        let other = ArchiveWriter::open(home.path(), "url:http://there", "1", "now");
        assert!(matches!(other, Err(ArchiveError::WrongPath { .. })));
    }

    #[test]
    fn other_folders_and_files_are_left_unchanged() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "mine").unwrap();
        assert!(matches!(open(&file), Err(ArchiveError::WrongPath { .. })));
        assert!(matches!(open(home.path()), Err(ArchiveError::WrongPath { .. })));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        fs::write(home.path().join("manifest.json"), "{}").unwrap();
        assert!(matches!(open(home.path()), Err(ArchiveError::Damaged { .. })));
    }
}
