//! The writer of a JSON Lines file. It writes a temporary file, which replaces the final file once it is complete.
//!
//! Objects of the previous export that can no longer change are copied. An object whose ID is already in the file is
//! skipped.

use super::atomic_file::sync_file;
use super::digest::HashingWriter;
use super::file_references::referenced_files;
use super::layout::temporary_path;
use super::manifest::{FileDigest, LinePosition, LinesState};
use super::private_files;
use crate::json;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The initial contents of a JSON Lines file.
#[derive(Debug, Clone)]
pub enum InitialContents {
    Empty,
    /// The contents of the previous export.
    Previous {
        state: LinesState,
        digest: FileDigest,
    },
    /// The contents that an interrupted export left in the temporary file.
    Interrupted(LinesState),
}

impl InitialContents {
    /// Returns the initial contents of a file. `progress` is the progress of an interrupted export, and `previous` the
    /// result of the previous export.
    ///
    /// Returns `None` if the contents that `progress` describes no longer exist.
    pub fn of(path: &Path, progress: Option<&LinesState>, previous: Option<(LinesState, FileDigest)>) -> Option<Self> {
        match (progress, previous) {
            (None, None) => Some(Self::Empty),
            (None, Some((state, digest))) => Some(Self::Previous { state, digest }),
            (Some(progress), Some((state, digest))) if progress.end == *state.final_end() => {
                Some(Self::Previous { state, digest })
            }
            (Some(progress), _) if progress.end.count == 0 => Some(Self::Empty),
            (Some(progress), _) => {
                let temporary = fs::symlink_metadata(temporary_path(path));
                let exists = temporary.is_ok_and(|metadata| metadata.len() >= progress.end.bytes);
                exists.then(|| Self::Interrupted(progress.clone()))
            }
        }
    }
}

/// A mark for an object: it is final, or it can still change on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Finality {
    Final,
    Changing,
}

/// A JSON Lines file that is being written.
pub struct JsonLinesWriter {
    path: PathBuf,
    initial: InitialContents,
    /// `None` until something must be written.
    out: Option<HashingWriter<BufWriter<File>>>,
    state: LinesState,
    /// Hashes of the IDs in the file. For 100,000 objects, they take much less memory than the IDs.
    seen: HashSet<u64>,
    /// The `created_at` of the last object.
    last_created: Option<f64>,
    /// The IDs of the files to which the objects refer. Covers the objects that this writer has read or written so far.
    referenced_files: BTreeSet<String>,
}

impl JsonLinesWriter {
    /// Creates a writer. Opens no file yet.
    pub fn new(path: PathBuf, initial: InitialContents) -> Self {
        let state = match &initial {
            InitialContents::Empty => LinesState::default(),
            InitialContents::Interrupted(state) => state.clone(),
            InitialContents::Previous { state, .. } => {
                LinesState { end: state.final_end().clone(), final_end: None, unordered: state.unordered }
            }
        };
        let referenced_files = BTreeSet::new();
        Self { path, initial, out: None, state, seen: HashSet::new(), last_created: None, referenced_files }
    }

    /// Returns the ID of the object after which the listing continues, or `None` if all objects must be listed.
    pub fn cursor(&self) -> Option<&str> {
        self.state.end.last.as_deref().filter(|_| !self.state.unordered)
    }

    /// Flushes the file and returns its progress. All objects in the progress are in the file when this returns.
    ///
    /// # Errors
    /// Returns an error if the file cannot be written. The same holds for the other functions.
    pub fn progress(&mut self) -> io::Result<LinesState> {
        if let Some(out) = &mut self.out {
            out.flush()?;
        }
        Ok(self.state.clone())
    }

    /// Returns `true` if the file contains the object already.
    pub fn contains(&mut self, object: &Value) -> io::Result<bool> {
        self.open()?;
        Ok(id_of(object).is_some_and(|id| self.seen.contains(&hash(&id))))
    }

    /// Marks all following objects as not final. The next export fetches them again.
    pub fn mark_changing(&mut self) {
        self.state.final_end.get_or_insert_with(|| self.state.end.clone());
    }

    /// Appends an object in the exact text of the server, unless the file contains it already.
    pub fn push(&mut self, object: &Value, text: &str, finality: Finality) -> io::Result<()> {
        self.open()?;
        let id = id_of(object);
        if id.as_ref().is_some_and(|id| !self.seen.insert(hash(id))) {
            return Ok(());
        }
        if finality == Finality::Changing {
            self.mark_changing();
        }
        referenced_files(object, &mut self.referenced_files);
        self.check_order(object);
        // A line break between JSON tokens has no meaning, and within a token it cannot occur unescaped.
        let line = text.replace(['\n', '\r'], " ") + "\n";
        self.out.as_mut().ok_or_else(not_open)?.write_all(line.as_bytes())?;
        let end = &mut self.state.end;
        *end =
            LinePosition { bytes: end.bytes + line.len() as u64, count: end.count + 1, last: id.or(end.last.take()) };
        Ok(())
    }

    /// Completes the temporary file and flushes it to disk. [`CompletedFile::commit`] moves it to its final path.
    pub fn finish(mut self) -> io::Result<CompletedFile> {
        if let (None, InitialContents::Previous { state, digest }) = (&self.out, &self.initial)
            && state.final_end.is_none()
        {
            let (state, digest) = (state.clone(), digest.clone());
            let referenced_files = self.referenced_files;
            return Ok(CompletedFile { path: self.path, state, digest, changed: false, referenced_files });
        }
        self.open()?;
        let (out, digest) = self.out.take().ok_or_else(not_open)?.finish();
        sync_file(&out.into_inner().map_err(io::IntoInnerError::into_error)?)?;
        let changed =
            !matches!(&self.initial, InitialContents::Previous { digest: previous, .. } if *previous == digest);
        let (path, state, referenced_files) = (self.path, self.state, self.referenced_files);
        Ok(CompletedFile { path, state, digest, changed, referenced_files })
    }

    /// Opens the temporary file and writes the initial contents.
    fn open(&mut self) -> io::Result<()> {
        if self.out.is_some() {
            return Ok(());
        }
        let temporary = temporary_path(&self.path);
        if let InitialContents::Interrupted(_) = self.initial {
            let file = private_files::open(&temporary, OpenOptions::new().read(true).write(true))?;
            file.set_len(self.state.end.bytes)?;
            let mut out = HashingWriter::new(BufWriter::new(file.try_clone()?));
            self.read_initial(file, |line| {
                out.add_existing(line);
                Ok(())
            })?;
            out.inner_mut().seek(SeekFrom::End(0))?;
            self.out = Some(out);
            return Ok(());
        }
        let mut out = HashingWriter::new(BufWriter::new(private_files::create(&temporary)?));
        if let InitialContents::Previous { .. } = self.initial {
            self.read_initial(private_files::read(&self.path)?, |line| out.write_all(line))?;
        }
        self.out = Some(out);
        Ok(())
    }

    /// Reads the initial contents line by line, and passes each line to `each`.
    fn read_initial(&mut self, file: File, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut lines = BufReader::new(file.take(self.state.end.bytes));
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            each(&line)?;
            if let Ok(object) = json::stored(&line) {
                self.seen.extend(id_of(&object).map(|id| hash(&id)));
                referenced_files(&object, &mut self.referenced_files);
                self.check_order(&object);
            }
            line.clear();
        }
        Ok(())
    }

    /// Marks the list as unordered if the object is older than the one before it.
    fn check_order(&mut self, object: &Value) {
        if let Some(created) = object.get("created_at").and_then(Value::as_f64) {
            self.state.unordered |= self.last_created.is_some_and(|last| last > created);
            self.last_created = Some(created);
        }
    }
}

fn not_open() -> io::Error {
    io::Error::other("the file is not open")
}

/// A complete JSON Lines file.
pub struct CompletedFile {
    path: PathBuf,
    pub state: LinesState,
    pub digest: FileDigest,
    /// `true` if the file differs from the previous export.
    pub changed: bool,
    pub referenced_files: BTreeSet<String>,
}

impl CompletedFile {
    /// Opens the file for reading, before or after the commit.
    pub fn read(&self) -> io::Result<BufReader<File>> {
        let temporary = temporary_path(&self.path);
        Ok(BufReader::new(private_files::read(if temporary.exists() { &temporary } else { &self.path })?))
    }

    /// Moves the file to its final path.
    pub fn commit(&self) -> io::Result<()> {
        let temporary = temporary_path(&self.path);
        if self.changed {
            return fs::rename(temporary, &self.path);
        }
        match fs::remove_file(temporary) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            _ => Ok(()),
        }
    }
}

/// Returns the ID of an object. Some servers send it as a number.
pub(super) fn id_of(object: &Value) -> Option<String> {
    match object.get("id")? {
        Value::String(id) => Some(id.clone()),
        Value::Number(id) => Some(id.to_string()),
        _ => None,
    }
}

fn hash(id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    id.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::archive::digest;

    fn push(lines: &mut JsonLinesWriter, id: &str, created: i64, finality: Finality) {
        let text = format!("{{\"id\":\"{id}\",\n \"created_at\":{created}}}");
        lines.push(&serde_json::from_str(&text).unwrap(), &text, finality).unwrap();
    }

    fn finish(lines: JsonLinesWriter) -> (InitialContents, bool) {
        let completed = lines.finish().unwrap();
        completed.commit().unwrap();
        (InitialContents::Previous { state: completed.state, digest: completed.digest }, completed.changed)
    }

    #[test]
    fn final_objects_are_copied_and_others_are_requested_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("runs.jsonl");
        let mut lines = JsonLinesWriter::new(path.clone(), InitialContents::Empty);
        push(&mut lines, "run_1", 1, Finality::Final);
        push(&mut lines, "run_2", 2, Finality::Changing);
        push(&mut lines, "run_3", 3, Finality::Final);
        let (previous, _) = finish(lines);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 3);
        let mut lines = JsonLinesWriter::new(path.clone(), previous);
        assert_eq!(lines.cursor(), Some("run_1"));
        push(&mut lines, "run_1", 1, Finality::Final);
        push(&mut lines, "run_2", 2, Finality::Final);
        let (previous, changed) = finish(lines);
        assert!(changed);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "{\"id\":\"run_1\",  \"created_at\":1}\n{\"id\":\"run_2\",  \"created_at\":2}\n");
        let lines = JsonLinesWriter::new(path.clone(), previous);
        assert_eq!(lines.cursor(), Some("run_2"));
        let (_, changed) = finish(lines);
        assert!(!changed && fs::read_dir(home.path()).unwrap().count() == 1, "without new objects, the file stays");
    }

    #[test]
    fn interrupted_export_continues_after_the_last_progress() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("messages.jsonl");
        let mut lines = JsonLinesWriter::new(path.clone(), InitialContents::Empty);
        push(&mut lines, "msg_1", 1, Finality::Final);
        let progress = lines.progress().unwrap();
        push(&mut lines, "msg_2", 2, Finality::Final);
        drop(lines);
        let mut lines = JsonLinesWriter::new(path.clone(), InitialContents::Interrupted(progress.clone()));
        assert_eq!(lines.cursor(), Some("msg_1"));
        push(&mut lines, "msg_3", 3, Finality::Final);
        let (InitialContents::Previous { state, digest }, true) = finish(lines) else { panic!("the file is new") };
        assert_eq!(state.end.count, 2);
        assert_eq!(digest::of_reader(BufReader::new(File::open(&path).unwrap())).unwrap(), digest);
        assert!(InitialContents::of(&path, Some(&progress), None).is_none(), "the temporary file is gone");
    }

    #[test]
    fn unordered_list_is_requested_as_a_whole() {
        let home = tempfile::tempdir().unwrap();
        let mut lines = JsonLinesWriter::new(home.path().join("messages.jsonl"), InitialContents::Empty);
        push(&mut lines, "msg_2", 2, Finality::Final);
        push(&mut lines, "msg_1", 1, Finality::Final);
        assert_eq!(lines.cursor(), None);
    }
}
