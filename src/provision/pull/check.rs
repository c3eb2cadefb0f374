//! Checks a pulled manifest before it replaces anything: reads it back, and compares it with the backend.

use super::uploads::Uploads;
use super::{Chosen, PullOptions};
use crate::app::App;
use crate::exit::{FAILED, Failure};
use crate::manifest::{
    DEFAULT_ENVIRONMENT, Manifest, ManifestError, ObjectPlaces, Problem, ReadOptions, ResourceName, differences,
};
use crate::provision::folder::check_sync;
use crate::ui::counted;
use anyhow::Result;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Reads a manifest, and compares each of its objects with the object of the backend from which it was made.
///
/// # Errors
/// Returns an error that lists each member that the manifest cannot represent.
pub(super) fn check(app: &App, options: &PullOptions, path: &Path, chosen: &[Chosen], uploads: &Uploads) -> Result<()> {
    let files: [PathBuf; 1] = [path.to_owned()];
    let environment = Some(options.environment.as_str()).filter(|name| *name != DEFAULT_ENVIRONMENT);
    let dialect = |_: Option<&str>| app.dialect_of(options.profile.as_deref());
    let read = ReadOptions {
        files: &files,
        environment,
        dialect: &dialect,
        check_sync: &check_sync,
        variables: &[],
        texts: None,
    };
    let manifest = match Manifest::read(read) {
        Ok(manifest) => manifest,
        Err(ManifestError::Input(error)) => return Err(error.into()),
        Err(ManifestError::Problems(problems)) => {
            let places = ObjectPlaces::read(path);
            return Err(failure(problems.iter().map(|problem| described(&places, chosen, problem)).collect()));
        }
    };
    let pulled = chosen.iter().map(|one| ((one.kind.section, one.name.clone()), one.live.id.clone()));
    let files = uploads.0.iter().map(|(id, upload)| (("files", upload.name.clone()), id.clone()));
    let ids: BTreeMap<ResourceName, String> = pulled.chain(files).collect();
    let causes: Vec<String> = chosen.iter().flat_map(|one| unlike(&manifest, one, &ids)).collect();
    if causes.is_empty() { Ok(()) } else { Err(failure(causes)) }
}

/// Returns a text for each member of an object that differs between the manifest and the backend.
fn unlike(manifest: &Manifest, one: &Chosen, ids: &BTreeMap<ResourceName, String>) -> Vec<String> {
    let (path, id) = (one.path(), &one.live.id);
    let Some(resource) = manifest.of_kind(one.kind).find(|resource| resource.name == one.name) else {
        return vec![format!("{path} ({id}) is missing in the composed manifest")];
    };
    let wanted = resource.resolved(|name| ids.get(name).cloned().unwrap_or_default());
    let found = differences(&resource.form(&one.live.members), &resource.form(&wanted.members));
    let texts = found.into_iter().map(|difference| {
        format!(
            "{path} ({id}): a manifest cannot represent `{}`: the backend has {}, the manifest would have {}",
            difference.path, difference.before, difference.after
        )
    });
    texts.collect()
}

/// Returns the text of a problem, with its object and its hint. The place is left out, because it is in a temporary
/// file.
fn described(places: &ObjectPlaces, chosen: &[Chosen], problem: &Problem) -> String {
    let object = places.object_at(&problem.place);
    let id = object.and_then(|(section, name)| {
        chosen.iter().find(|one| one.kind.section == section && one.name == name).map(|one| one.live.id.as_str())
    });
    let hint = problem.hint.as_ref().map(|hint| format!("; {hint}")).unwrap_or_default();
    match (object, id) {
        (Some((section, name)), Some(id)) => format!("{section}.{name} ({id}): {}{hint}", problem.message),
        (Some((section, name)), None) => format!("{section}.{name}: {}{hint}", problem.message),
        (None, _) => format!("{}{hint}", problem.message),
    }
}

fn failure(causes: Vec<String>) -> anyhow::Error {
    let hint = "pass the IDs of the other objects with --id to pull only those";
    let count = counted(causes.len() as u64, "problem");
    let message = format!("a manifest cannot represent these objects of the backend ({count}); nothing was written");
    Failure { causes, ..Failure::new(FAILED, message).hinted(hint) }.into()
}
