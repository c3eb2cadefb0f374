//! The files of the manifest that a pull overwrites, and the pulled files with which they are the same.

use super::uploads::Upload;
use crate::manifest::{Content, DEFAULT_PURPOSE, is_pattern};
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::path::Path;

/// The properties by which a file is found again.
struct FileProperties<'a> {
    /// The name in the manifest.
    name: &'a str,
    /// The name at the backend, which contains a digest of the bytes, or `None` if there is no such file on disk.
    filename: Option<String>,
    /// The path relative to the manifest.
    path: &'a str,
    purpose: &'a str,
}

/// Returns the names of `uploads` by the names of the entries of `present` that are for the same files. The paths of
/// the entries are relative to `folder`.
///
/// The bytes decide. If they differ, the path does, and else the name, but only if one file on each side has it. Another
/// file must not get the members of an entry. An entry with a pattern stands for several files, so it has no such file.
pub(super) fn same_files<'a>(
    folder: &Path,
    present: &'a Map<String, Value>,
    uploads: &[&'a Upload],
) -> BTreeMap<&'a str, &'a str> {
    let mut entries: Vec<FileProperties<'a>> =
        present.iter().filter_map(|(name, entry)| FileProperties::of_entry(folder, name, entry)).collect();
    let mut files: Vec<FileProperties<'a>> = uploads.iter().map(|upload| FileProperties::of_upload(upload)).collect();
    let mut same = BTreeMap::new();
    for property in [FileProperties::bytes, FileProperties::path, FileProperties::file_name] {
        let files_by = sole_names(&files, property);
        let pairs = sole_names(&entries, property).into_iter();
        same.extend(pairs.filter_map(|(key, entry)| Some((entry, *files_by.get(&key)?))));
        entries.retain(|entry| !same.contains_key(entry.name));
        files.retain(|file| !same.values().any(|name| *name == file.name));
    }
    same
}

/// Returns the name in the manifest of each file that alone has a property.
fn sole_names<'a>(
    files: &[FileProperties<'a>],
    property: fn(&FileProperties<'a>) -> Option<(String, &'a str)>,
) -> BTreeMap<(String, &'a str), &'a str> {
    let mut names: BTreeMap<_, Vec<&str>> = BTreeMap::new();
    for file in files {
        if let Some(key) = property(file) {
            names.entry(key).or_default().push(file.name);
        }
    }
    let sole = |(key, names): (_, Vec<&'a str>)| if let [name] = names.as_slice() { Some((key, *name)) } else { None };
    names.into_iter().filter_map(sole).collect()
}

impl<'a> FileProperties<'a> {
    fn of_entry(folder: &Path, name: &'a str, entry: &'a Value) -> Option<Self> {
        let path = entry.get("path")?.as_str()?;
        let on_disk = folder.join(path);
        let is_file = on_disk.is_file();
        if is_pattern(path) && !is_file {
            return None;
        }
        let content = if is_file { Content::read(&on_disk).ok() } else { None };
        let purpose = entry.get("purpose").and_then(Value::as_str).unwrap_or(DEFAULT_PURPOSE);
        Some(Self { name, filename: content.map(|content| content.filename()), path, purpose })
    }

    fn of_upload(upload: &'a Upload) -> Self {
        let Upload { name, path, purpose, filename } = upload;
        Self { name, filename: Some(filename.clone()), path, purpose }
    }

    fn bytes(&self) -> Option<(String, &'a str)> {
        Some((self.filename.clone()?, self.purpose))
    }

    fn path(&self) -> Option<(String, &'a str)> {
        Some((self.path.to_owned(), self.purpose))
    }

    fn file_name(&self) -> Option<(String, &'a str)> {
        Some((self.path.rsplit('/').next()?.to_owned(), self.purpose))
    }
}
