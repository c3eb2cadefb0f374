//! The writer of a JSON Lines file. It writes a temporary file, which replaces the final file once it is complete.
//!
//! Objects of the previous export that can no longer change are carried over. Objects that occur again are left out.

use super::draft::durable;
use super::entries::{Mark, Part, Stream};
use super::hashed::Hashed;
use super::layout::unfinished;
use super::private;
use super::references::references;
use crate::json;
use serde_json::Value;
use std::collections::{BTreeSet, HashSet};
use std::fs::{self, File, OpenOptions};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The initial contents of a JSON Lines file.
#[derive(Debug, Clone)]
pub enum Start {
    /// No contents.
    Empty,
    /// The contents of the previous export.
    Known { stream: Stream, part: Part },
    /// The contents that an interrupted export left behind.
    Unfinished(Stream),
}

impl Start {
    /// Returns the initial contents of a file. `reached` is the progress of an interrupted export, and `before` the
    /// result of the previous export.
    ///
    /// Returns `None` if the contents that `reached` describes no longer exist.
    pub fn of(path: &Path, reached: Option<&Stream>, before: Option<(Stream, Part)>) -> Option<Self> {
        match (reached, before) {
            (None, None) => Some(Self::Empty),
            (None, Some((stream, part))) => Some(Self::Known { stream, part }),
            (Some(reached), Some((stream, part))) if reached.whole == *stream.settled() => {
                Some(Self::Known { stream, part })
            }
            (Some(reached), _) if reached.whole.count == 0 => Some(Self::Empty),
            (Some(reached), _) => {
                let left = fs::symlink_metadata(unfinished(path)).is_ok_and(|facts| facts.len() >= reached.whole.bytes);
                left.then(|| Self::Unfinished(reached.clone()))
            }
        }
    }
}

/// The finality of an object: `Yes` if it can no longer change on the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    Yes,
    No,
}

/// A JSON Lines file that is being written.
pub struct Sink {
    path: PathBuf,
    start: Start,
    /// `None` until something must be written.
    out: Option<Hashed<BufWriter<File>>>,
    stream: Stream,
    /// Hashes of the IDs in the file. They keep the memory small for 100,000 objects.
    seen: HashSet<u64>,
    newest: Option<f64>,
    /// The IDs of the files that its objects refer to, as far as the objects were read or written by this value.
    pub references: BTreeSet<String>,
}

impl Sink {
    /// Creates a sink. Opens no file yet.
    pub fn new(path: PathBuf, start: Start) -> Self {
        let stream = match &start {
            Start::Empty => Stream::default(),
            Start::Unfinished(stream) => stream.clone(),
            Start::Known { stream, .. } => {
                Stream { whole: stream.settled().clone(), settled: None, unordered: stream.unordered }
            }
        };
        Self { path, start, out: None, stream, seen: HashSet::new(), newest: None, references: BTreeSet::new() }
    }

    /// Returns the ID of the object after which the listing continues. Returns `None` if all objects must be listed.
    pub fn cursor(&self) -> Option<&str> {
        self.stream.whole.last.as_deref().filter(|_| !self.stream.unordered)
    }

    /// Flushes the file and returns its progress. All objects in the progress are in the file when this returns.
    pub fn progress(&mut self) -> io::Result<Stream> {
        if let Some(out) = &mut self.out {
            out.flush()?;
        }
        Ok(self.stream.clone())
    }

    /// Returns `true` if the file contains the object already.
    pub fn has(&mut self, object: &Value) -> io::Result<bool> {
        self.open()?;
        Ok(id_of(object).is_some_and(|id| self.seen.contains(&hash(&id))))
    }

    /// Marks all following objects as subject to change.
    pub fn unsettle(&mut self) {
        self.stream.settled.get_or_insert_with(|| self.stream.whole.clone());
    }

    /// Appends an object in the exact text of the server, unless the file contains it already.
    pub fn push(&mut self, object: &Value, text: &str, settled: Settled) -> io::Result<()> {
        self.open()?;
        let id = id_of(object);
        if id.as_ref().is_some_and(|id| !self.seen.insert(hash(id))) {
            return Ok(());
        }
        if settled == Settled::No {
            self.unsettle();
        }
        references(object, &mut self.references);
        self.note_order(object);
        // A line break between JSON tokens has no meaning, and within a token it cannot occur unescaped.
        let line = text.replace(['\n', '\r'], " ") + "\n";
        self.file()?.write_all(line.as_bytes())?;
        let whole = &mut self.stream.whole;
        *whole =
            Mark { bytes: whole.bytes + line.len() as u64, count: whole.count + 1, last: id.or(whole.last.take()) };
        Ok(())
    }

    /// Completes the temporary file and syncs it to disk. [`Sealed::commit`] moves it to its final path.
    pub fn seal(mut self) -> io::Result<Sealed> {
        if let (None, Start::Known { stream, part }) = (&self.out, &self.start)
            && stream.settled.is_none()
        {
            let (stream, part) = (stream.clone(), part.clone());
            return Ok(Sealed { path: self.path, stream, part, fresh: false, references: self.references });
        }
        self.open()?;
        let Some(out) = self.out.take() else { return Err(io::Error::other("it is not open")) };
        let (out, part) = out.finish();
        durable(&out.into_inner().map_err(io::IntoInnerError::into_error)?)?;
        let fresh = !matches!(&self.start, Start::Known { part: known, .. } if *known == part);
        Ok(Sealed { path: self.path, stream: self.stream, part, fresh, references: self.references })
    }

    fn file(&mut self) -> io::Result<&mut Hashed<BufWriter<File>>> {
        self.out.as_mut().ok_or_else(|| io::Error::other("it is not open"))
    }

    /// Opens the temporary file and writes the initial contents.
    fn open(&mut self) -> io::Result<()> {
        if self.out.is_some() {
            return Ok(());
        }
        let part = unfinished(&self.path);
        if let Start::Unfinished(_) = self.start {
            let file = private::open(&part, OpenOptions::new().read(true).write(true))?;
            file.set_len(self.stream.whole.bytes)?;
            let mut out = Hashed::new(BufWriter::new(file.try_clone()?));
            self.take_in(file, |line| {
                out.note(line);
                Ok(())
            })?;
            out.inner_mut().seek(SeekFrom::End(0))?;
            self.out = Some(out);
            return Ok(());
        }
        let mut out = Hashed::new(BufWriter::new(private::create(&part)?));
        if let Start::Known { .. } = self.start {
            self.take_in(private::read(&self.path)?, |line| out.write_all(line))?;
        }
        self.out = Some(out);
        Ok(())
    }

    /// Reads the initial contents line by line, and passes each line to `each`.
    fn take_in(&mut self, file: File, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
        let mut lines = BufReader::new(file.take(self.stream.whole.bytes));
        let mut line = Vec::new();
        while lines.read_until(b'\n', &mut line)? > 0 {
            each(&line)?;
            if let Ok(object) = json::stored(&line) {
                self.seen.extend(id_of(&object).map(|id| hash(&id)));
                references(&object, &mut self.references);
                self.note_order(&object);
            }
            line.clear();
        }
        Ok(())
    }

    fn note_order(&mut self, object: &Value) {
        if let Some(created) = object.get("created_at").and_then(Value::as_f64) {
            self.stream.unordered |= self.newest.is_some_and(|newest| newest > created);
            self.newest = Some(created);
        }
    }
}

/// A complete JSON Lines file.
pub struct Sealed {
    path: PathBuf,
    pub stream: Stream,
    pub part: Part,
    /// `true` if the file differs from the previous export.
    pub fresh: bool,
    pub references: BTreeSet<String>,
}

impl Sealed {
    /// Opens the file for reading, before or after the commit.
    pub fn read(&self) -> io::Result<BufReader<File>> {
        let part = unfinished(&self.path);
        Ok(BufReader::new(private::read(if part.exists() { &part } else { &self.path })?))
    }

    /// Moves the file to its final path.
    pub fn commit(&self) -> io::Result<()> {
        let part = unfinished(&self.path);
        if self.fresh {
            return fs::rename(part, &self.path);
        }
        match fs::remove_file(part) {
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

    fn push(sink: &mut Sink, id: &str, created: i64, settled: Settled) {
        let text = format!("{{\"id\":\"{id}\",\n \"created_at\":{created}}}");
        sink.push(&serde_json::from_str(&text).unwrap(), &text, settled).unwrap();
    }

    fn done(sink: Sink) -> (Start, bool) {
        let sealed = sink.seal().unwrap();
        sealed.commit().unwrap();
        (Start::Known { stream: sealed.stream, part: sealed.part }, sealed.fresh)
    }

    #[test]
    fn what_is_settled_is_carried_over_and_the_rest_is_asked_for_again() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("runs.jsonl");
        let mut sink = Sink::new(path.clone(), Start::Empty);
        push(&mut sink, "run_1", 1, Settled::Yes);
        push(&mut sink, "run_2", 2, Settled::No);
        push(&mut sink, "run_3", 3, Settled::Yes);
        let (known, _) = done(sink);
        assert_eq!(fs::read_to_string(&path).unwrap().lines().count(), 3);
        let mut sink = Sink::new(path.clone(), known);
        assert_eq!(sink.cursor(), Some("run_1"));
        push(&mut sink, "run_1", 1, Settled::Yes);
        push(&mut sink, "run_2", 2, Settled::Yes);
        let (known, fresh) = done(sink);
        assert!(fresh);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, "{\"id\":\"run_1\",  \"created_at\":1}\n{\"id\":\"run_2\",  \"created_at\":2}\n");
        let sink = Sink::new(path.clone(), known);
        assert_eq!(sink.cursor(), Some("run_2"));
        let (_, fresh) = done(sink);
        assert!(!fresh && fs::read_dir(home.path()).unwrap().count() == 1, "nothing new leaves the file alone");
    }

    #[test]
    fn what_was_cut_off_is_taken_up_where_it_was_sure() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("messages.jsonl");
        let mut sink = Sink::new(path.clone(), Start::Empty);
        push(&mut sink, "msg_1", 1, Settled::Yes);
        let progress = sink.progress().unwrap();
        push(&mut sink, "msg_2", 2, Settled::Yes);
        drop(sink);
        let mut sink = Sink::new(path.clone(), Start::Unfinished(progress.clone()));
        assert_eq!(sink.cursor(), Some("msg_1"));
        push(&mut sink, "msg_3", 3, Settled::Yes);
        let (Start::Known { stream, part }, true) = done(sink) else { panic!("it is new") };
        assert_eq!(stream.whole.count, 2);
        assert_eq!(super::super::hashed::read(BufReader::new(File::open(&path).unwrap())).unwrap(), part);
        assert!(Start::of(&path, Some(&progress), None).is_none(), "what is not there any more is begun anew");
    }

    #[test]
    fn a_list_that_is_not_in_order_is_asked_for_whole() {
        let home = tempfile::tempdir().unwrap();
        let mut sink = Sink::new(home.path().join("messages.jsonl"), Start::Empty);
        push(&mut sink, "msg_2", 2, Settled::Yes);
        push(&mut sink, "msg_1", 1, Settled::Yes);
        assert_eq!(sink.cursor(), None);
    }
}
