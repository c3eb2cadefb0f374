//! An archive that is being written: opens it, records finished objects in the journal, and closes it with its
//! manifest.

use super::entries::{FORMAT, Failure, FileEntry, ListEntry, Manifest, Part, Progress, ThreadEntry};
use super::journal::{Done, Journal, Known};
use super::{ArchiveError, Layout, private};
use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::Path;

/// An archive that is being written.
#[derive(Debug)]
pub struct Folder {
    layout: Layout,
    known: Known,
    journal: Journal,
}

impl Folder {
    /// Creates an archive in a folder, or continues the existing one.
    ///
    /// # Errors
    /// Returns an error if the folder contains something else or an archive of another origin.
    pub fn open(root: &Path, origin: &str, version: &str, now: &str) -> Result<Self, ArchiveError> {
        let layout = Layout::new(root);
        check(root)?;
        let known = Known::read(&layout)?;
        if let Some(known) = &known {
            of_origin(&layout, &known.manifest, origin)?;
        }
        private::make_root(root).map_err(ArchiveError::at(root))?;
        let journal = Journal::open(&layout.journal())?;
        // The archive may have changed before the lock on the journal was acquired, so read it again.
        let known = match Known::read(&layout)? {
            // `ended_at` is set again when this export completes.
            Some(known) => Known { manifest: Manifest { ended_at: None, ..known.manifest }, ..known },
            None => {
                let manifest = Manifest {
                    format: FORMAT,
                    asst: version.to_owned(),
                    origin: origin.to_owned(),
                    begun_at: now.to_owned(),
                    ..Manifest::default()
                };
                write(&layout, &manifest)?;
                Known { manifest, ..Known::default() }
            }
        };
        of_origin(&layout, &known.manifest, origin)?;
        Ok(Self { layout, known, journal })
    }

    /// Returns the paths of the archive.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Makes the folder of a thread or of a file.
    ///
    /// # Errors
    /// If it cannot be made, or if there is a link in its place.
    pub fn make(&self, folder: &Path) -> Result<(), ArchiveError> {
        private::make_folder(self.layout.root(), folder).map_err(ArchiveError::at(folder))
    }

    /// Returns the manifest, with everything recorded so far.
    pub fn manifest(&self) -> &Manifest {
        &self.known.manifest
    }

    /// Returns a thread that was exported before, if its files still exist with the recorded lengths.
    pub fn thread(&self, id: &str) -> Option<&ThreadEntry> {
        let entry = self.known.manifest.threads.get(id)?;
        let folder = self.layout.thread(id).ok()?;
        stand(self.layout.root(), &folder, &entry.parts).then_some(entry)
    }

    /// Returns the progress of a thread whose export was interrupted.
    pub fn unfinished(&self, id: &str) -> Option<&Progress> {
        self.known.unfinished.get(id)
    }

    /// Returns `true` if a file needs no further request: its content is in the archive, or it is known to be
    /// unavailable.
    pub fn has_file(&self, id: &str) -> bool {
        let entry = self.known.manifest.files.get(id);
        let root = self.layout.root();
        entry.is_some_and(|entry| self.layout.file(id).is_ok_and(|folder| stand(root, &folder, &entry.parts)))
    }

    /// Records a thread that is complete.
    pub fn note_thread(&mut self, id: &str, entry: ThreadEntry) -> Result<(), ArchiveError> {
        self.note(Done::Thread { id: id.to_owned(), entry })
    }

    /// Records the progress of a thread.
    pub fn note_progress(&mut self, id: &str, progress: Progress) -> Result<(), ArchiveError> {
        self.note(Done::At { id: id.to_owned(), progress })
    }

    /// Records the outcome of the download of a file.
    pub fn note_file(&mut self, id: &str, entry: FileEntry) -> Result<(), ArchiveError> {
        self.note(Done::File { id: id.to_owned(), entry })
    }

    /// Records a list that is complete.
    pub fn note_list(&mut self, name: &str, entry: ListEntry) -> Result<(), ArchiveError> {
        self.note(Done::List { name: name.to_owned(), entry })
    }

    /// Records a failure.
    pub fn note_failure(&mut self, failure: Failure) -> Result<(), ArchiveError> {
        self.note(Done::Failed(failure))
    }

    /// Writes the manifest after flushing all files to which it refers. Pass `now` if the export is complete.
    pub fn close(mut self, version: &str, now: Option<&str>) -> Result<(), ArchiveError> {
        if let Some(now) = now {
            self.known.manifest.ended_at = Some(now.to_owned());
        }
        version.clone_into(&mut self.known.manifest.asst);
        self.compact()?;
        if self.known.unfinished.is_empty() {
            self.journal.remove()?;
        }
        Ok(())
    }

    /// Flushes the journal to disk, and before it the files to which it refers.
    pub fn settle(&self) -> Result<(), ArchiveError> {
        settle(self.layout.root())?;
        self.journal.settle()
    }

    fn note(&mut self, done: Done) -> Result<(), ArchiveError> {
        self.journal.note(&done)?;
        self.known.apply(done);
        Ok(())
    }

    /// Moves the entries of the journal to the manifest. The progress of unfinished threads stays in the journal.
    fn compact(&mut self) -> Result<(), ArchiveError> {
        settle(self.layout.root())?;
        write(&self.layout, &self.known.manifest)?;
        let unfinished = self.known.unfinished.iter();
        self.journal.restart(unfinished.map(|(id, progress)| Done::At { id: id.clone(), progress: progress.clone() }))
    }
}

/// Rejects a folder that cannot be an archive, before anything is written.
fn check(root: &Path) -> Result<(), ArchiveError> {
    let refused = |reason: &str, hint: &str| {
        let hint = (!hint.is_empty()).then(|| hint.to_owned());
        Err(ArchiveError::NotThis { path: root.to_owned(), reason: reason.to_owned(), hint })
    };
    match fs::read_dir(root) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        Err(error) if error.kind() == std::io::ErrorKind::NotADirectory => refused("it is a file, not a folder", ""),
        Err(error) => Err(ArchiveError::at(root)(error)),
        Ok(mut entries) => {
            let layout = Layout::new(root);
            if entries.next().is_some() && !layout.manifest().exists() && !layout.journal().exists() {
                return refused(
                    "the folder holds something that is no export",
                    "an empty folder, or a new one, takes it",
                );
            }
            Ok(())
        }
    }
}

fn of_origin(layout: &Layout, manifest: &Manifest, origin: &str) -> Result<(), ArchiveError> {
    if manifest.origin == origin {
        return Ok(());
    }
    Err(ArchiveError::NotThis {
        path: layout.root().to_owned(),
        reason: format!("it is an export of {}, and this is {origin}", manifest.origin),
        hint: Some("each origin has an export of its own: name another folder, or choose the other profile".into()),
    })
}

/// Returns `true` if all files exist with the recorded lengths, and are not reached through links.
fn stand(root: &Path, folder: &Path, parts: &BTreeMap<String, Part>) -> bool {
    let reached = parts.is_empty() || private::check(root, folder).is_ok();
    reached
        && parts.iter().all(|(name, part)| {
            fs::symlink_metadata(folder.join(name)).is_ok_and(|facts| facts.is_file() && facts.len() == part.bytes)
        })
}

/// Writes the manifest to a temporary file and renames it over the old one.
fn write(layout: &Layout, manifest: &Manifest) -> Result<(), ArchiveError> {
    let path = layout.manifest();
    let part = super::layout::unfinished(&path);
    let done = || {
        let mut out = std::io::BufWriter::new(private::create(&part)?);
        serde_json::to_writer_pretty(&mut out, manifest)?;
        out.write_all(b"\n")?;
        out.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&part, &path)
    };
    done().map_err(ArchiveError::at(&path))
}

/// Flushes everything written so far with one system call. Flushing a hundred thousand small files one by one would
/// take an hour.
#[cfg(target_os = "linux")]
fn settle(root: &Path) -> Result<(), ArchiveError> {
    let folder = fs::File::open(root).map_err(ArchiveError::at(root))?;
    rustix::fs::syncfs(folder).map_err(|error| ArchiveError::at(root)(error.into()))
}

#[cfg(not(target_os = "linux"))]
fn settle(root: &Path) -> Result<(), ArchiveError> {
    let _ = root;
    Ok(())
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn open(root: &Path) -> Result<Folder, ArchiveError> {
        Folder::open(root, "url:http://here", "1", "now")
    }

    #[test]
    fn what_was_noted_is_known_again_also_without_a_close() {
        let home = tempfile::tempdir().unwrap();
        let root = home.path().join("a/b");
        let mut folder = open(&root).unwrap();
        folder.note_thread("thread_1", ThreadEntry::default()).unwrap();
        folder.note_progress("thread_2", Progress::default()).unwrap();
        drop(folder);
        fs::OpenOptions::new().append(true).open(root.join("journal.jsonl")).unwrap().write_all(b"{\"thr").unwrap();
        let folder = open(&root).unwrap();
        assert!(folder.thread("thread_1").is_some() && folder.unfinished("thread_2").is_some());
        folder.close("1", Some("later")).unwrap();
        assert!(open(&root).unwrap().unfinished("thread_2").is_some(), "a close keeps what is unfinished");
    }

    #[test]
    fn a_folder_is_of_one_origin_and_of_one_writer() {
        let home = tempfile::tempdir().unwrap();
        let folder = open(home.path()).unwrap();
        assert!(matches!(open(home.path()), Err(ArchiveError::Busy { .. })));
        folder.close("1", Some("later")).unwrap();
        assert!(!home.path().join("journal.jsonl").exists());
        let other = Folder::open(home.path(), "url:http://there", "1", "now");
        assert!(matches!(other, Err(ArchiveError::NotThis { .. })));
    }

    #[test]
    fn what_is_no_export_is_left_alone() {
        let home = tempfile::tempdir().unwrap();
        let file = home.path().join("file");
        fs::write(&file, "mine").unwrap();
        assert!(matches!(open(&file), Err(ArchiveError::NotThis { .. })));
        assert!(matches!(open(home.path()), Err(ArchiveError::NotThis { .. })));
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
        fs::write(home.path().join("manifest.json"), "{}").unwrap();
        assert!(matches!(open(home.path()), Err(ArchiveError::Damaged { .. })));
    }
}
