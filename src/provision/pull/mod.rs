//! Writes a manifest from the objects of a backend (docs/provisioning.md#pull).
//!
//! Everything is composed in a temporary folder and read back before the first file of the user is touched.

mod changed;
mod check;
mod compose;
mod drift;
mod environments;
mod existing_manifest;
mod names;
mod refusal;
mod same_files;
mod select;
mod uploads;
mod write;

pub use drift::pull_drift;
pub use write::Written;

use super::live::LiveObject;
use crate::app::App;
use crate::env::yaml::emit;
use crate::manifest::{Identity, ResourceKind};
use anyhow::{Context, Result};
use existing_manifest::ExistingManifest;
use std::path::{Path, PathBuf};

/// The file name of the manifest.
pub const MANIFEST: &str = "asst.yaml";

/// The choices of a pull.
#[derive(Debug)]
pub struct PullOptions {
    /// The folder into which the manifest is written.
    pub into: PathBuf,
    pub project: String,
    pub environment: String,
    /// The profile that is written into the manifest.
    pub profile: Option<String>,
    pub selection: Selection,
    /// `true` if files with other contents are overwritten.
    pub force: bool,
    /// `true` if no file is written.
    pub dry_run: bool,
}

/// The objects to pull.
#[derive(Debug)]
pub enum Selection {
    /// The objects with the identity of the project and environment.
    Project,
    /// All assistants and vector stores that belong to no other project.
    All,
    Ids(Vec<String>),
    /// The objects whose metadata has all of these pairs.
    Metadata(Vec<(String, String)>),
}

/// The result of a pull.
#[derive(Debug)]
pub struct Pulled {
    /// The written files. The manifest comes last.
    pub written: Vec<Written>,
    /// The number of objects in the manifest.
    pub objects: usize,
}

/// An object that becomes a part of the manifest.
struct Chosen {
    kind: &'static ResourceKind,
    /// The name in the manifest.
    name: String,
    live: LiveObject,
    /// `true` if the object has the identity of the project and environment already.
    is_own: bool,
}

/// Writes a manifest for objects of the backend.
///
/// # Errors
/// Returns an error if a list may be incomplete, if an object cannot be represented, if a file with other contents
/// exists, or if the manifest in the folder would lose a part. No file is written in these cases.
pub async fn pull(app: &App, options: &PullOptions) -> Result<Pulled> {
    let present = ExistingManifest::read(options)?;
    let chosen = select::select(app, options, present.as_ref()).await?;
    let staging = staging(options)?;
    let uploads = uploads::fetch(app, &chosen, staging.path()).await?;
    let composed = compose::compose(options, &chosen, &uploads, present.as_ref());
    // This comes before the check: a lost part, such as the variables of a kept member, makes the manifest invalid.
    present.as_ref().map_or(Ok(()), |present| present.check(options, &chosen, &composed.lost))?;
    for (path, contents) in &composed.files {
        let path = staging.path().join(path);
        let written =
            path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, contents));
        written.with_context(|| format!("could not write {}", path.display()))?;
    }
    let text = emit::document(&composed.document);
    let manifest = staging.path().join(MANIFEST);
    std::fs::write(&manifest, text).with_context(|| format!("could not write {}", manifest.display()))?;
    check::check(app, options, &manifest, &chosen, &uploads)?;
    let mut paths: Vec<PathBuf> = composed.files.keys().cloned().chain(uploads.paths()).collect();
    paths.sort();
    // The manifest comes last, so that it never refers to a file that does not exist yet.
    paths.push(MANIFEST.into());
    Ok(Pulled { written: write::write(options, staging.path(), &paths)?, objects: chosen.len() })
}

/// Creates a temporary folder in the folder of the manifest, or in its nearest parent that exists. From there, a rename
/// can move the files, because it stays in one file system.
fn staging(options: &PullOptions) -> Result<tempfile::TempDir> {
    if options.dry_run {
        return tempfile::tempdir().context("could not create a temporary folder");
    }
    let present = options.into.ancestors().find(|folder| folder.is_dir());
    let folder = present.filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let created = tempfile::Builder::new().prefix(".asst-pull-").tempdir_in(folder);
    created.with_context(|| format!("could not create a temporary folder in {}", folder.display()))
}

impl Chosen {
    /// Returns the path in the manifest.
    fn path(&self) -> String {
        format!("{}.{}", self.kind.section, self.name)
    }
}

/// Returns `true` if the objects of a kind have an identity in their metadata, so that they can be pulled.
fn is_pulled(kind: &ResourceKind) -> bool {
    kind.identity == Identity::Metadata
}
