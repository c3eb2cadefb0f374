//! Downloads the files to which pulled objects refer. A file becomes a part of the manifest if asst uploaded it and the
//! backend returns its content.

use super::Chosen;
use super::names::{UsedNames, is_file_name, slug};
use crate::api::Endpoint;
use crate::api::files::FileContent;
use crate::app::{App, Call, Payload};
use crate::client::Overwrite;
use crate::exit;
use crate::manifest::{Content, FILES, reference_list};
use crate::provision::live::{LiveObject, listed};
use crate::provision::usage::is_not_offered;
use anyhow::{Context, Result};
use futures_util::stream::{self, StreamExt, TryStreamExt};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A file of the manifest.
pub(super) struct Upload {
    /// The name in the manifest.
    pub(super) name: String,
    /// The path relative to the manifest.
    pub(super) path: String,
    pub(super) purpose: String,
    /// The name at the backend.
    pub(super) filename: String,
}

/// The files of the manifest, by their IDs at the backend.
#[derive(Default)]
pub(super) struct Uploads(pub(super) BTreeMap<String, Upload>);

impl Uploads {
    /// Returns the name of a file in the manifest.
    pub(super) fn name_of(&self, id: &str) -> Option<String> {
        self.0.get(id).map(|upload| upload.name.clone())
    }

    /// Returns the paths relative to the manifest.
    pub(super) fn paths(&self) -> impl Iterator<Item = PathBuf> {
        self.0.values().map(|upload| PathBuf::from(&upload.path))
    }
}

/// Downloads the files to which the objects refer into `folder`. Leaves out files that a manifest could not upload again
/// under the same name.
///
/// # Errors
/// Returns an error if the list of files may be incomplete, or if a download was cut short.
pub(super) async fn fetch(app: &App, chosen: &[Chosen], folder: &Path) -> Result<Uploads> {
    let mut uploads = Uploads::default();
    let referred = referred(chosen);
    if referred.is_empty() {
        return Ok(uploads);
    }
    let files = match listed(app, &FILES, None).await {
        Err(error) if is_not_offered(&error) => return Ok(uploads),
        files => files?,
    };
    let mut count: BTreeMap<[&str; 2], usize> = BTreeMap::new();
    for file in &files {
        *count.entry(identity(file)).or_default() += 1;
    }
    let (mut names, mut paths) = (UsedNames::default(), UsedNames::default());
    let mut downloads = Vec::new();
    for file in files.iter().filter(|file| referred.contains(&file.id)) {
        // A manifest finds a file by its name and bytes, so it cannot refer to one of several equal files.
        let is_unique = count.get(&identity(file)) == Some(&1);
        let Some(on_disk) = file.name_on_disk().filter(|name| is_unique && is_file_name(name)) else { continue };
        let stem = on_disk.split('.').next().unwrap_or_default();
        let name = names.unused(&slug(stem, &file.id));
        let path = match paths.insert(&on_disk) {
            true => format!("files/{on_disk}"),
            false => format!("files/{name}/{on_disk}"),
        };
        downloads.push(async move {
            let is_here = download(app, file, &folder.join(&path)).await?;
            let [filename, purpose] = identity(file).map(str::to_owned);
            anyhow::Ok(is_here.then(|| (file.id.clone(), Upload { name, path, purpose, filename })))
        });
    }
    let concurrency = app.session().await?.concurrency;
    let found: Vec<Option<_>> = stream::iter(downloads).buffer_unordered(concurrency).try_collect().await?;
    uploads.0.extend(found.into_iter().flatten());
    Ok(uploads)
}

/// Returns the name at the backend and the purpose of a file.
fn identity(file: &LiveObject) -> [&str; 2] {
    ["filename", "purpose"].map(|name| file.members.get(name).and_then(Value::as_str).unwrap_or_default())
}

/// Returns the IDs of the files to which the objects refer.
fn referred(chosen: &[Chosen]) -> BTreeSet<String> {
    let lists = chosen.iter().flat_map(|one| {
        let references = one.kind.references.iter().filter(|reference| reference.section == FILES.section);
        references.filter_map(|reference| reference_list(&one.live.members, reference))
    });
    lists.flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Downloads a file. Returns `false` if the backend refuses the download, if the file is empty, or if the digest in its
/// name is not that of its content.
async fn download(app: &App, file: &LiveObject, path: &Path) -> Result<bool> {
    path.parent()
        .map_or(Ok(()), std::fs::create_dir_all)
        .with_context(|| format!("could not write {}", path.display()))?;
    let call = Call::to(FileContent::SPEC, &[&file.id], Map::new(), Payload::None)?;
    let saved = match app.download(&call).await {
        Ok(download) => download.save(path, Overwrite::No, |_| {}).await,
        Err(error) => Err(error),
    };
    if let Err(error) = saved {
        let refusals = [exit::REFUSED, exit::NOT_FOUND, exit::NOT_OFFERED, exit::NOT_PERMITTED];
        let is_refusal = exit::report(&error).is_some_and(|report| refusals.contains(&report.exit_code));
        return if is_refusal { Ok(false) } else { Err(error) };
    }
    let content = Content::read(path).with_context(|| format!("could not read {}", path.display()))?;
    if file.members.get("filename").and_then(Value::as_str) == Some(content.filename().as_str()) && content.bytes > 0 {
        return Ok(true);
    }
    std::fs::remove_file(path).with_context(|| format!("could not remove {}", path.display()))?;
    Ok(false)
}
