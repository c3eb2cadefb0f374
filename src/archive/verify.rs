//! Verification of an export: every file in the manifest must exist with the recorded length and hash.

use super::entries::{Manifest, Part};
use super::hashed;
use super::journal::Known;
use super::sink::id_of;
use super::{ArchiveError, Layout, private};
use crate::json;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// A difference between a file and the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Wrong {
    Missing,
    /// The file cannot be read.
    Unreadable,
    /// The file is longer or shorter than recorded.
    Length,
    /// The length matches, but the hash does not.
    Content,
    /// The manifest does not list the file.
    Unknown,
    /// A temporary file that an interrupted export left behind.
    Unfinished,
}

impl Wrong {
    /// Returns `true` if the difference makes the export incomplete.
    pub const fn is_damage(self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

/// A file that differs from the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The path, relative to the folder of the export.
    pub path: PathBuf,
    pub wrong: Wrong,
    pub detail: String,
}

/// Compares the files of an export with its manifest and passes each difference to `each`. Returns the manifest and the
/// number of intact files.
///
/// # Errors
/// If there is no export, or its manifest cannot be read.
pub fn verify(root: &Path, mut each: impl FnMut(Finding)) -> Result<(Manifest, u64), ArchiveError> {
    let layout = Layout::new(root);
    let known = Known::read(&layout)?.ok_or_else(|| ArchiveError::NotThis {
        path: root.to_owned(),
        reason: "there is no export: manifest.json is missing".into(),
        hint: None,
    })?;
    let parts = parts(&layout, &known.manifest)?;
    let mut good = 0;
    for (path, part) in &parts {
        match compare(root, &root.join(path), part) {
            None => good += 1,
            Some((wrong, detail)) => each(Finding { path: path.clone(), wrong, detail }),
        }
    }
    if known.manifest.ended_at.is_none() || layout.journal().exists() {
        let detail = "the last export into it did not come to its end".to_owned();
        each(Finding { path: "manifest.json".into(), wrong: Wrong::Unfinished, detail });
    }
    let unfinished: BTreeSet<PathBuf> = known.unfinished.keys().filter_map(|id| layout.thread(id).ok()).collect();
    strangers(&layout, &parts, &unfinished, &mut each)?;
    Ok((known.manifest, good))
}

/// Returns the IDs of the objects in a JSON Lines file, sorted.
pub fn ids_in(path: &Path) -> io::Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    for line in BufReader::new(private::read(path)?).lines() {
        if let Ok(object) = json::stored(line?) {
            ids.extend(id_of(&object));
        }
    }
    Ok(ids)
}

/// Returns every file in the manifest, by its path relative to the folder of the export.
fn parts(layout: &Layout, manifest: &Manifest) -> Result<BTreeMap<PathBuf, Part>, ArchiveError> {
    let mut all = BTreeMap::new();
    let below = |path: PathBuf| path.strip_prefix(layout.root()).map(Path::to_owned).unwrap_or(path);
    for (name, list) in &manifest.lists {
        let path = layout.list(name);
        // The manifest is an ordinary file, so its contents may come from anyone and must be checked.
        crate::api::ids::check(name).map_err(|_| bad_name(layout, name))?;
        all.insert(below(path), list.part.clone());
    }
    let threads = manifest.threads.iter().map(|(id, entry)| (layout.thread(id), &entry.parts));
    let files = manifest.files.iter().map(|(id, entry)| (layout.file(id), &entry.parts));
    for (folder, parts) in threads.chain(files) {
        let folder = folder?;
        for (name, part) in parts {
            if name.contains(['/', '\\']) || name.starts_with('.') {
                return Err(bad_name(layout, name));
            }
            all.insert(below(folder.join(name)), part.clone());
        }
    }
    Ok(all)
}

fn bad_name(layout: &Layout, name: &str) -> ArchiveError {
    ArchiveError::Damaged { path: layout.manifest(), reason: format!("it names a file {name:?}") }
}

fn compare(root: &Path, path: &Path, part: &Part) -> Option<(Wrong, String)> {
    let reached = path.parent().map_or(Ok(()), |folder| private::check(root, folder));
    let file = match reached.and_then(|()| private::read(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some((Wrong::Missing, String::new())),
        Err(error) => return Some((Wrong::Unreadable, error.to_string())),
        Ok(file) => file,
    };
    match file.metadata() {
        Ok(facts) if facts.len() != part.bytes => {
            return Some((Wrong::Length, format!("{} bytes where {} were written", facts.len(), part.bytes)));
        }
        Ok(_) => {}
        Err(error) => return Some((Wrong::Unreadable, error.to_string())),
    }
    match hashed::read(BufReader::with_capacity(1 << 18, file)) {
        Err(error) => Some((Wrong::Unreadable, error.to_string())),
        Ok(found) if found != *part => {
            Some((Wrong::Content, format!("SHA-256 {} where {} was written", found.sha256, part.sha256)))
        }
        Ok(_) => None,
    }
}

/// Passes each file that the manifest does not list to `each`.
fn strangers(
    layout: &Layout,
    parts: &BTreeMap<PathBuf, Part>,
    unfinished: &BTreeSet<PathBuf>,
    each: &mut impl FnMut(Finding),
) -> Result<(), ArchiveError> {
    let mut folders = vec![layout.root().to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(ArchiveError::at(&folder))?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
        paths.iter_mut().for_each(|paths| paths.sort());
        for path in paths.map_err(ArchiveError::at(&folder))? {
            let below = path.strip_prefix(layout.root()).unwrap_or(&path).to_owned();
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path == layout.manifest() || path == layout.journal() || parts.contains_key(&below) {
            } else if unfinished.contains(&folder) {
                each(Finding { path: below, wrong: Wrong::Unfinished, detail: String::new() });
            } else {
                each(Finding { path: below, wrong: Wrong::Unknown, detail: String::new() });
            }
        }
    }
    Ok(())
}
