//! Verification of an archive: every file in the manifest must exist with the recorded length and hash.

use super::container::Container;
use super::digest;
use super::error::ArchiveError;
use super::journal::ArchiveState;
use super::json_lines::id_of;
use super::layout::ArchivePaths;
use super::manifest::{ArchiveManifest, FileDigest, FileState};
use super::names;
use super::private_files;
use crate::api::ids;
use crate::json;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::{Path, PathBuf};

/// A difference between a file and the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ArchiveProblem {
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

impl ArchiveProblem {
    /// Returns the problem as a message about the file.
    pub(super) const fn description(self) -> &'static str {
        match self {
            Self::Missing => "the file is missing",
            Self::Unreadable => "the file cannot be read:",
            Self::Length => "the file has another length than the manifest states:",
            Self::Content => "the file has other contents than the manifest states:",
            Self::Unknown => "the manifest does not list the file",
            Self::Unfinished => "an export of the file was interrupted",
        }
    }

    /// Returns `true` if the difference makes the archive incomplete.
    pub const fn is_damage(self) -> bool {
        !matches!(self, Self::Unknown)
    }
}

/// A file that differs from the manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// The path, relative to the folder of the archive.
    pub path: PathBuf,
    pub problem: ArchiveProblem,
    pub detail: String,
}

/// Compares the files of an archive with its manifest and passes each difference to `each`. Returns the manifest and
/// the number of intact files.
///
/// # Errors
/// - [`ArchiveError::WrongPath`] if the folder has no manifest
/// - [`ArchiveError::Damaged`] if the manifest is not valid, or lists a path outside the archive
/// - [`ArchiveError::Io`] if the manifest, the journal or a folder cannot be read
pub fn verify(root: &Path, mut each: impl FnMut(Finding)) -> Result<(ArchiveManifest, u64), ArchiveError> {
    let layout = ArchivePaths::new(root);
    let state = ArchiveState::read_existing(&layout)?;
    let listed = listed_files(&layout, &state.manifest)?;
    let mut intact = 0;
    for (path, recorded) in &listed {
        match check_file(root, &root.join(path), recorded) {
            None => intact += 1,
            Some((problem, detail)) => each(Finding { path: path.clone(), problem, detail }),
        }
    }
    if state.manifest.ended_at.is_none() || layout.journal().exists() {
        let detail = "the last export did not complete".to_owned();
        each(Finding { path: "manifest.json".into(), problem: ArchiveProblem::Unfinished, detail });
    }
    find_unlisted_files(&layout, &listed, &state, &mut each)?;
    Ok((state.manifest, intact))
}

/// Returns the IDs of the objects in a JSON Lines file, sorted.
///
/// # Errors
/// Returns an error if the file cannot be read.
pub fn ids_in(path: &Path) -> io::Result<BTreeSet<String>> {
    ids_of(BufReader::new(private_files::read(path)?))
}

/// Returns the IDs of the objects in JSON Lines, sorted.
///
/// # Errors
/// Returns an error if a line cannot be read.
pub fn ids_of(lines: impl BufRead) -> io::Result<BTreeSet<String>> {
    let mut ids = BTreeSet::new();
    for line in lines.lines() {
        if let Ok(object) = json::stored(line?) {
            ids.extend(id_of(&object));
        }
    }
    Ok(ids)
}

/// Returns every file in the manifest, by its path relative to the folder of the archive.
fn listed_files(
    layout: &ArchivePaths,
    manifest: &ArchiveManifest,
) -> Result<BTreeMap<PathBuf, FileDigest>, ArchiveError> {
    let mut listed = BTreeMap::new();
    let relative = |path: PathBuf| path.strip_prefix(layout.root()).map(Path::to_owned).unwrap_or(path);
    for (name, list) in &manifest.lists {
        let path = layout.list(name);
        // The manifest is an ordinary file that anyone may have written, so its contents are checked.
        ids::check(name).map_err(|_| invalid_name(layout, name))?;
        listed.insert(relative(path), list.digest.clone());
    }
    let threads = manifest.threads.iter().map(|(id, entry)| (layout.thread(id), &entry.parts));
    let files = manifest.files.iter().map(|(id, entry)| (layout.file(id), &entry.parts));
    let containers = Container::ALL.into_iter().flat_map(|container| {
        let entries = manifest.containers(container).iter();
        entries.map(move |(id, entry)| (layout.container(container, id), &entry.parts))
    });
    for (folder, parts) in threads.chain(files).chain(containers) {
        let folder = folder?;
        for (name, digest) in parts {
            check_name(layout, name)?;
            listed.insert(relative(folder.join(name)), digest.clone());
        }
    }
    Ok(listed)
}

/// Checks the name of a file in the folder of an object. The manifest is an ordinary file that anyone may have written.
pub(super) fn check_name(layout: &ArchivePaths, name: &str) -> Result<(), ArchiveError> {
    if name.contains(['/', '\\']) || name.starts_with('.') { Err(invalid_name(layout, name)) } else { Ok(()) }
}

fn invalid_name(layout: &ArchivePaths, name: &str) -> ArchiveError {
    ArchiveError::Damaged { path: layout.manifest(), reason: format!("expected the name of a file, found {name:?}") }
}

/// Compares a file with its recorded length and hash. Returns the difference and its details, or `None` if the file is
/// intact.
pub(super) fn check_file(root: &Path, path: &Path, recorded: &FileDigest) -> Option<(ArchiveProblem, String)> {
    let folder_check = path.parent().map_or(Ok(()), |folder| private_files::check_path(root, folder));
    let file = match folder_check.and_then(|()| private_files::read(path)) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Some((ArchiveProblem::Missing, String::new())),
        Err(error) => return Some((ArchiveProblem::Unreadable, error.to_string())),
        Ok(file) => file,
    };
    match file.metadata() {
        Ok(metadata) if metadata.len() != recorded.bytes => {
            let detail = format!("expected {} bytes, found {}", recorded.bytes, metadata.len());
            return Some((ArchiveProblem::Length, detail));
        }
        Ok(_) => {}
        Err(error) => return Some((ArchiveProblem::Unreadable, error.to_string())),
    }
    match digest::of_reader(BufReader::with_capacity(1 << 18, file)) {
        Err(error) => Some((ArchiveProblem::Unreadable, error.to_string())),
        Ok(found) if found != *recorded => {
            Some((ArchiveProblem::Content, format!("expected SHA-256 {}, found {}", recorded.sha256, found.sha256)))
        }
        Ok(_) => None,
    }
}

/// Returns the folders of objects whose export was interrupted, and whose progress is in the journal.
fn unfinished_folders(layout: &ArchivePaths, state: &ArchiveState) -> BTreeSet<PathBuf> {
    let threads = state.unfinished.keys().map(|id| layout.thread(id));
    let containers = state.unfinished_items.keys().map(|(container, id)| layout.container(*container, id));
    threads.chain(containers).flatten().collect()
}

/// Returns the folders of objects that the backend no longer has, or whose content it does not send.
fn unavailable_folders(layout: &ArchivePaths, manifest: &ArchiveManifest) -> BTreeSet<PathBuf> {
    let threads = manifest.threads.iter().filter(|(_, entry)| entry.gone_at.is_some());
    let files = manifest.files.iter().filter(|(_, entry)| entry.state != FileState::Saved);
    let containers = Container::ALL.into_iter().flat_map(|container| {
        let gone = manifest.containers(container).iter().filter(|(_, entry)| entry.gone_at.is_some());
        gone.map(move |(id, _)| layout.container(container, id))
    });
    let threads = threads.map(|(id, _)| layout.thread(id));
    threads.chain(files.map(|(id, _)| layout.file(id))).chain(containers).flatten().collect()
}

/// Passes each file that the manifest does not list to `each`.
fn find_unlisted_files(
    layout: &ArchivePaths,
    listed: &BTreeMap<PathBuf, FileDigest>,
    state: &ArchiveState,
    each: &mut impl FnMut(Finding),
) -> Result<(), ArchiveError> {
    let (unfinished, unavailable) = (unfinished_folders(layout, state), unavailable_folders(layout, &state.manifest));
    let mut folders = vec![layout.root().to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).map_err(ArchiveError::at(&folder))?;
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
        paths.iter_mut().for_each(|paths| paths.sort());
        for path in paths.map_err(ArchiveError::at(&folder))? {
            let relative = path.strip_prefix(layout.root()).unwrap_or(&path).to_owned();
            if path == layout.restored() {
                continue;
            }
            if path.is_dir() && !path.is_symlink() {
                folders.push(path);
            } else if path != layout.manifest() && path != layout.journal() && !listed.contains_key(&relative) {
                let is_unfinished = match names::without_temporary_extension(&relative) {
                    // No export can complete the files of an object that is gone.
                    Some(path) => names::is_written_by_export(&path) && !unavailable.contains(&folder),
                    None => names::is_written_by_export(&relative) && unfinished.contains(&folder),
                };
                let problem = if is_unfinished { ArchiveProblem::Unfinished } else { ArchiveProblem::Unknown };
                each(Finding { path: relative, problem, detail: String::new() });
            }
        }
    }
    Ok(())
}
