//! The files that a manifest uploads, and the folders from which it uploads files.

use super::Manifest;
use super::folder_sync::FolderSync;
use crate::env::glob::GlobFilter;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// The paths of the files that a manifest may upload.
#[derive(Debug)]
pub struct UploadedPaths {
    /// The real paths of the files under `files`.
    files: BTreeSet<PathBuf>,
    folders: Vec<Folder>,
}

/// A folder under `sync`.
#[derive(Debug)]
struct Folder {
    /// The real path.
    path: PathBuf,
    filter: GlobFilter,
}

impl Manifest {
    /// Returns the paths of the files that the manifest uploads.
    pub fn uploaded_paths(&self) -> UploadedPaths {
        let contents = self.resources.iter().filter_map(|resource| resource.content.as_ref());
        let files = contents.filter_map(|content| content.path.canonicalize().ok()).collect();
        let syncs = self.resources.iter().filter_map(|resource| resource.sync.as_ref());
        UploadedPaths { files, folders: syncs.flat_map(Folder::of).collect() }
    }
}

impl UploadedPaths {
    /// Returns `true` if a file may be uploaded. `path` is its real path. Files that a `.gitignore` file excludes count
    /// too.
    pub fn may_have(&self, path: &Path) -> bool {
        self.files.contains(path) || self.folders.iter().any(|folder| folder.may_have(path))
    }
}

impl Folder {
    fn of(sync: &FolderSync) -> impl Iterator<Item = Self> {
        // Every pattern was checked when the manifest was read.
        let globs = |name| sync.globs(name).unwrap_or_default();
        let filter = GlobFilter { include: globs("include"), exclude: globs("exclude") };
        let real = sync.folders.iter().filter_map(|folder| folder.canonicalize().ok());
        real.map(move |path| Self { path, filter: filter.clone() })
    }

    fn may_have(&self, path: &Path) -> bool {
        let Ok(path) = path.strip_prefix(&self.path) else { return false };
        let path = path.to_string_lossy();
        self.filter.selects(&path.replace(std::path::MAIN_SEPARATOR, "/"))
    }
}
