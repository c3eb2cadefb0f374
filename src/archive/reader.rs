//! Reading an archive. The files of an object are compared with the manifest before the object is returned.

use super::container::Container;
use super::error::ArchiveError;
use super::journal::{ArchiveState, Journal};
use super::layout::ArchivePaths;
use super::manifest::{ArchiveManifest, FileDigest, FileState, LinesState};
use super::{private_files, verify};
use crate::api::objects::{FileObject, JsonObject};
use crate::json;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

/// An archive that is only read.
#[derive(Debug)]
pub struct ArchiveReader {
    layout: ArchivePaths,
    manifest: ArchiveManifest,
    /// `true` if the last export into the archive was completed.
    complete: bool,
}

/// A thread, or an object with one list of items. Its files match the manifest.
#[derive(Debug)]
pub struct ArchivedObject {
    /// The object as the server sent it.
    pub object: Map<String, Value>,
    folder: PathBuf,
    parts: BTreeMap<String, FileDigest>,
}

/// A file whose content is in the archive and matches the manifest.
#[derive(Debug)]
pub struct ArchivedFile {
    /// The file object as the server sent it.
    pub object: FileObject,
    /// The path of the content.
    pub content: PathBuf,
}

impl ArchiveReader {
    /// Opens an archive. The entries of an interrupted export count too.
    ///
    /// # Errors
    /// - [`ArchiveError::WrongPath`] if the folder has no manifest
    /// - [`ArchiveError::Damaged`] if the manifest is not valid or has another format
    /// - [`ArchiveError::Io`] if the manifest or the journal cannot be read
    pub fn open(root: &Path) -> Result<Self, ArchiveError> {
        let layout = ArchivePaths::new(root);
        let manifest = ArchiveState::read_existing(&layout)?.manifest;
        let complete = manifest.ended_at.is_some() && !layout.journal().exists();
        Ok(Self { layout, manifest, complete })
    }

    /// Returns the manifest.
    pub fn manifest(&self) -> &ArchiveManifest {
        &self.manifest
    }

    /// Returns the paths of the archive.
    pub fn layout(&self) -> &ArchivePaths {
        &self.layout
    }

    /// Returns `true` if the last export into the archive was completed.
    pub fn is_complete(&self) -> bool {
        self.complete
    }

    /// Reads a thread. Returns `None` if the archive does not have it.
    ///
    /// # Errors
    /// Returns an error if a file of the thread is missing, or differs from the manifest.
    pub fn thread(&self, id: &str) -> Result<Option<ArchivedObject>, ArchiveError> {
        let Some(entry) = self.manifest.threads.get(id) else { return Ok(None) };
        self.object(self.layout.thread(id)?, "thread.json", &entry.parts).map(Some)
    }

    /// Reads a vector store or a conversation. Returns `None` if the archive does not have it.
    ///
    /// # Errors
    /// Returns an error if a file of the object is missing, or differs from the manifest.
    pub fn container(&self, container: Container, id: &str) -> Result<Option<ArchivedObject>, ArchiveError> {
        let Some(entry) = self.manifest.containers(container).get(id) else { return Ok(None) };
        self.object(self.layout.container(container, id)?, container.object_file(), &entry.parts).map(Some)
    }

    /// Reads a file with its content. Returns `None` if the archive does not have the content.
    ///
    /// # Errors
    /// Returns an error if the file is missing, or differs from the manifest.
    pub fn file(&self, id: &str) -> Result<Option<ArchivedFile>, ArchiveError> {
        let entry = self.manifest.files.get(id).filter(|entry| entry.state == FileState::Saved);
        let Some(entry) = entry else { return Ok(None) };
        let folder = self.layout.file(id)?;
        let object = self.object(folder.clone(), "file.json", &entry.parts)?.object;
        Ok(Some(ArchivedFile { object: FileObject::from_map(object), content: folder.join("content") }))
    }

    /// Returns the file object, without a comparison of the content of the file. Returns `None` if the archive does not
    /// have it as the manifest states.
    pub fn file_object(&self, id: &str) -> Option<FileObject> {
        let recorded = self.manifest.files.get(id)?.parts.get("file.json")?;
        let path = self.layout.file(id).ok()?.join("file.json");
        let is_intact = verify::check_file(self.layout.root(), &path, recorded).is_none();
        is_intact.then(|| read_object(&path).ok().map(FileObject::from_map))?
    }

    /// Opens the journal with the new IDs of the objects that were restored at one backend, and passes each of its lines
    /// to `each`. `name` is the name of the file.
    ///
    /// # Errors
    /// - [`ArchiveError::Busy`] if another process restores the archive at the same backend
    /// - [`ArchiveError::Io`] if the archive cannot be written
    pub fn open_restored(&self, name: &str, each: impl FnMut(&[u8])) -> Result<Journal, ArchiveError> {
        let folder = self.layout.restored();
        private_files::create_folder(self.layout.root(), &folder).map_err(ArchiveError::at(&folder))?;
        Journal::open_kept(&folder.join(name), each)
    }

    /// Returns the path of the journal that [`Self::open_restored`] opens.
    pub fn restored_path(&self, name: &str) -> PathBuf {
        self.layout.restored().join(name)
    }

    /// Reads the journal that [`Self::open_restored`] opens, without a lock and without changing anything.
    ///
    /// # Errors
    /// Returns an error if the journal exists and cannot be read.
    pub fn read_restored(&self, name: &str, mut each: impl FnMut(&[u8])) -> Result<(), ArchiveError> {
        let path = self.layout.restored().join(name);
        match private_files::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            opened => {
                let mut lines = BufReader::new(opened.map_err(ArchiveError::at(&path))?);
                let mut line = Vec::new();
                while lines.read_until(b'\n', &mut line).map_err(ArchiveError::at(&path))? > 0 {
                    if line.ends_with(b"\n") {
                        each(&line);
                    }
                    line.clear();
                }
                Ok(())
            }
        }
    }

    fn object(
        &self,
        folder: PathBuf,
        name: &str,
        parts: &BTreeMap<String, FileDigest>,
    ) -> Result<ArchivedObject, ArchiveError> {
        for (part, recorded) in parts {
            verify::check_name(&self.layout, part)?;
            let path = folder.join(part);
            if let Some((problem, detail)) = verify::check_file(self.layout.root(), &path, recorded) {
                let reason = format!("{} {detail}", problem.description());
                return Err(ArchiveError::Damaged { path, reason: reason.trim_end().to_owned() });
            }
        }
        let object = read_object(&folder.join(name))?;
        Ok(ArchivedObject { object, folder, parts: parts.clone() })
    }
}

fn read_object(path: &Path) -> Result<Map<String, Value>, ArchiveError> {
    let mut text = Vec::new();
    private_files::read(path).and_then(|mut file| file.read_to_end(&mut text)).map_err(ArchiveError::at(path))?;
    let damaged = |reason| ArchiveError::Damaged { path: path.to_owned(), reason };
    match json::stored(&text) {
        Ok(Value::Object(object)) => Ok(object),
        Ok(_) => Err(damaged("expected a JSON object".to_owned())),
        Err(error) => Err(damaged(error.to_string())),
    }
}

impl ArchivedObject {
    /// Returns the recorded digest of a file of the object.
    pub fn digest(&self, name: &str) -> Option<&FileDigest> {
        self.parts.get(name)
    }

    /// Returns the objects of a JSON Lines file in order of creation. Without such a file, there are none.
    ///
    /// `state` is the state of the file in the manifest. The lines of an unordered list are read as a whole, because
    /// they must be sorted.
    ///
    /// # Errors
    /// Returns an error if the file cannot be opened, or if an unordered list cannot be read.
    pub fn lines(&self, name: &str, state: &LinesState) -> Result<JsonLines, ArchiveError> {
        let path = self.folder.join(name);
        if !self.parts.contains_key(name) {
            return Ok(JsonLines::Sorted(Vec::new().into_iter()));
        }
        let file = private_files::read(&path).map_err(ArchiveError::at(&path))?;
        let lines = FileLines { lines: BufReader::new(file), path, number: 0 };
        if !state.unordered {
            return Ok(JsonLines::File(lines));
        }
        let objects = lines.collect::<Result<Vec<_>, _>>()?;
        Ok(JsonLines::Sorted(in_order_of_creation(objects).into_iter()))
    }
}

/// Sorts objects by their `created_at`. Objects of the same second keep their order, or are reversed if the whole list
/// begins with the newest object.
fn in_order_of_creation(mut objects: Vec<Map<String, Value>>) -> Vec<Map<String, Value>> {
    let created = |object: &Map<String, Value>| object.get("created_at").and_then(Value::as_f64).unwrap_or_default();
    if objects.is_sorted_by(|first, second| created(first) >= created(second)) {
        objects.reverse();
    }
    objects.sort_by(|first, second| created(first).total_cmp(&created(second)));
    objects
}

/// The objects of a JSON Lines file.
pub enum JsonLines {
    File(FileLines),
    Sorted(std::vec::IntoIter<Map<String, Value>>),
}

impl Iterator for JsonLines {
    type Item = Result<Map<String, Value>, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::File(lines) => lines.next(),
            Self::Sorted(objects) => objects.next().map(Ok),
        }
    }
}

/// The lines of a file. Only one of them is in memory.
pub struct FileLines {
    lines: BufReader<File>,
    path: PathBuf,
    number: u64,
}

impl Iterator for FileLines {
    type Item = Result<Map<String, Value>, ArchiveError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut line = Vec::new();
        match self.lines.read_until(b'\n', &mut line) {
            Ok(0) => return None,
            Ok(_) => self.number += 1,
            Err(error) => return Some(Err(ArchiveError::at(&self.path)(error))),
        }
        let invalid = |reason: String| ArchiveError::Damaged {
            path: self.path.clone(),
            reason: format!("line {}: {reason}", self.number),
        };
        Some(match json::stored(&line) {
            Ok(Value::Object(object)) => Ok(object),
            Ok(_) => Err(invalid("expected a JSON object".to_owned())),
            Err(error) => Err(invalid(error.to_string())),
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use serde_json::json;

    fn ids(objects: &[(&str, u64)]) -> Vec<String> {
        let object = |(id, created): &(&str, u64)| match json!({ "id": id, "created_at": created }) {
            Value::Object(object) => object,
            _ => Map::new(),
        };
        let sorted = in_order_of_creation(objects.iter().map(object).collect());
        sorted.iter().map(|object| object["id"].as_str().unwrap().to_owned()).collect()
    }

    #[test]
    fn an_unordered_list_is_sorted_by_creation() {
        assert_eq!(ids(&[("c", 3), ("b", 1), ("a", 1)]), ["a", "b", "c"], "newest first: the whole list is reversed");
        assert_eq!(
            ids(&[("a", 2), ("b", 1), ("c", 2)]),
            ["b", "a", "c"],
            "mixed: objects of one second keep their order"
        );
        assert!(ids(&[]).is_empty());
    }
}
